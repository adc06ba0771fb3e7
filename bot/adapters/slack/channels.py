"""Channels: who comes, who goes, and what becomes of the place itself; pure and total.

Of people it is told that they went, never that they came; of us, both. What is said in a channel
is not read here.
"""

from __future__ import annotations

import re

from bot.adapters.slack import fields
from bot.adapters.slack.came import Came, Heard, Teller
from bot.adapters.slack.fields import Json
from bot.adapters.slack.workspaces import Workspace, place_of
from bot.records import Arrived, Body, Left, Migrated, Parted, Renamed, Returned

#: The longest title that is carried; Slack's names of channels have 80 letters.
MOST_TITLE = 80
#: What Slack says in the place of a name that it does not tell, and of a talk of a few people.
_NAMELESS = frozenset({"directmessage", "privategroup"})
_OF_A_FEW = re.compile(r"mpdm-.*-\d+")
#: Who does what Slack does by itself, such as to archive what nobody uses.
_SLACKS = "USLACKBOT"

#: What each event means, when it is only the channel that it tells of.
_MEANS: dict[str, Body] = {
    "channel_left": Left(),
    "group_left": Left(),
    "channel_archive": Left(),
    "group_archive": Left(),
    "channel_deleted": Left(),
    "group_deleted": Left(),
    "channel_unarchive": Returned(),
    "group_unarchive": Returned(),
}
_MEMBERS = frozenset({"member_joined_channel", "member_left_channel"})
_RENAMES = frozenset({"channel_rename", "group_rename"})
_MOVES = "channel_id_changed"
#: All events that are of a channel.
OF_CHANNELS = frozenset({*_MEANS, *_MEMBERS, *_RENAMES, _MOVES})


def title(named: str) -> str:
    """What people call a channel, without its sign; empty when that is no name of theirs."""
    bare = " ".join(named.split()).removeprefix("#")
    return "" if bare in _NAMELESS or _OF_A_FEW.fullmatch(bare) else bare[:MOST_TITLE]


def which(event: Json) -> str:
    """The channel that an event is of; empty when it is of none."""
    return (
        fields.channel(event, "channel")
        or fields.channel(fields.part(event, "channel"), "id")
        or fields.channel(event, "old_channel_id")
    )


def told(event: Json, id_: str, ours: Workspace) -> Came | None:
    """What an event of a channel means; None when it is nothing to us."""
    kind, channel = fields.text(event, "type"), which(event)
    if not channel:
        return None
    if kind in _MEMBERS:
        return _member(event, id_, ours)
    if kind == _MOVES:
        now = fields.channel(event, "new_channel_id")
        body: Body | None = Migrated(to=place_of(ours.id, now)) if now else None
    else:
        body = Renamed() if kind in _RENAMES else _MEANS.get(kind)
    if body is None:
        return None
    who = fields.person(event, "user") or fields.person(event, "actor_id")
    named = fields.text(fields.part(event, "channel"), "name")
    return _came(_teller(channel, who, ours, named), body, id_)


def _member(event: Json, id_: str, ours: Workspace) -> Came | None:
    """We were let in or taken out, or somebody went; who comes has said nothing to us."""
    channel, who = which(event), fields.person(event, "user")
    joined = fields.text(event, "type") == "member_joined_channel"
    if who == ours.bot_user:
        if not joined:
            return _came(_teller(channel, "", ours), Left(), id_)
        asked = fields.person(event, "inviter")
        return _came(_teller(channel, asked, ours), Arrived(), id_, channel)
    if joined or not who:
        return None
    return _came(_teller(channel, who, ours), Parted(), id_)


def _teller(channel: str, who: str, ours: Workspace, named: str = "") -> Teller:
    by = place_of(ours.id, who) if who and who not in {ours.bot_user, _SLACKS} else ""
    return Teller(place=place_of(ours.id, channel), group=True, by=by, title=title(named))


def _came(teller: Teller, body: Body, id_: str, nameless: str = "") -> Came:
    return Came(heard=(Heard(inbound=teller.told(body, id_), nameless=nameless),))
