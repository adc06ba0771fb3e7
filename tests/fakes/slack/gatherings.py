"""What becomes of channels: who comes and goes, and what they are called.

Slack's docs say little of whom the end of our own membership is told to; here it is `channel_left`
or `group_left` alone, for whoever is out is told nothing of a channel any more. A channel that is
archived keeps its people; the bot is out of it and has to be let in anew. What becomes of a public
channel is told to the app wherever its bot is, and of a private one only where it is inside.
"""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.post import Parcel
from tests.fakes.slack.records import Channel, Kind
from tests.fakes.slack.world import World

Json = dict[str, Any]


def joins(world: World, channel: Channel, user: str, inviter: str = "") -> Parcel | None:
    """Somebody is in a channel now, or a bot."""
    channel.members.add(user)
    event = _of(channel, "member_joined_channel", user=user, channel_type=_letter(channel))
    event["team"] = channel.team.id
    if inviter:
        event["inviter"] = inviter
    return _tell(world, channel, event)


def leaves(world: World, channel: Channel, user: str, by: str = "") -> Parcel | None:
    """Somebody is in a channel no more, or a bot; the bot of the app hears it of itself."""
    if user == channel.team.bot.id:
        event = _of(channel, f"{_kind(channel)}_left", actor_id=by)
        parcel = _tell(world, channel, event)
        channel.members.discard(user)
        return parcel
    channel.members.discard(user)
    event = _of(channel, "member_left_channel", user=user, channel_type=_letter(channel))
    event["team"] = channel.team.id
    return _tell(world, channel, event)


def renames(world: World, channel: Channel, name: str) -> Parcel | None:
    """A channel is called something else."""
    channel.name = name
    told = {
        "id": channel.id,
        "name": name,
        "name_normalized": name,
        "created": channel.created,
        "is_channel": channel.kind is Kind.CHANNEL,
        "is_mpim": False,
    }
    event = _of(channel, f"{_kind(channel)}_rename") | {"channel": told}
    return _tell(world, channel, event)


def archives(world: World, channel: Channel, by: str) -> Parcel | None:
    """Nothing more can be said in a channel, and the bot is out of it."""
    channel.archived = True
    parcel = _tell(world, channel, _of(channel, f"{_kind(channel)}_archive", user=by))
    channel.members.discard(channel.team.bot.id)
    return parcel


def unarchives(world: World, channel: Channel, by: str) -> Parcel | None:
    """A channel is open again."""
    channel.archived = False
    return _tell(world, channel, _of(channel, f"{_kind(channel)}_unarchive", user=by))


def deletes(world: World, channel: Channel, by: str) -> Parcel | None:
    """A channel is gone with all that was said in it."""
    parcel = _tell(world, channel, _of(channel, f"{_kind(channel)}_deleted", actor_id=by))
    del channel.team.channels[channel.id]
    return parcel


def moves(world: World, channel: Channel, to: str) -> Parcel | None:
    """A channel has another id, as when it becomes one of several workspaces."""
    event: Json = {
        "type": "channel_id_changed",
        "old_channel_id": channel.id,
        "new_channel_id": to,
        "event_ts": world.ts(),
    }
    del channel.team.channels[channel.id]
    channel.id = to
    channel.team.channels[to] = channel
    return _tell(world, channel, event)


def _of(channel: Channel, kind: str, **more: Any) -> Json:  # noqa: ANN401
    return {"type": kind, "channel": channel.id, **more}


def _kind(channel: Channel) -> str:
    return "group" if channel.kind is Kind.GROUP else "channel"


def _letter(channel: Channel) -> str:
    return "G" if channel.kind is Kind.GROUP else "C"


def _tell(world: World, channel: Channel, event: Json) -> Parcel | None:
    """Bring an event of a channel to the app, where it may know of it."""
    private, inside = channel.kind is Kind.GROUP, channel.team.bot.id in channel.members
    if not inside and (private or event["type"].startswith("member_")):
        return None
    event.setdefault("event_ts", world.ts())
    return world.tell(channel.team, event, channel=channel.id, private=private)
