"""What Slack brings, and what it becomes when nothing about it is certain."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.slack.events import (
    BOT,
    CHANNEL,
    DM,
    ROBIN,
    TEAM,
    acted,
    changed,
    clip,
    command,
    deleted,
    event,
    in_channel,
    in_view,
    metadata,
    of_channel,
    photo,
    press,
    said,
    submitted,
    suggestion,
)

Json = dict[str, Any]

TYPING = {"type": "plain_text_input", "action_id": "answer", "value": "It w"}
PICKED = {"action_id": "field.days", "selected_options": [{"value": "1"}]}
EMOJI = {"type": "emoji", "name": "wave", "unicode": "1f44b"}
BLOCKS = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [EMOJI]}]}]
#: Everything that means something to us, as Slack has it.
REAL: tuple[Json, ...] = (
    said("We argued & <https://example.org|talked> :wave:", blocks=BLOCKS),
    said("help"),
    said("See", subtype="file_share", files=[photo(), clip(), photo(mimetype="text/plain")]),
    said("", attachments=[{}]),
    changed({"text": "a", "files": [photo()]}, {"text": "b"}),
    changed({"text": "a"}, {"subtype": "tombstone", "user": "USLACKBOT"}),
    deleted(files=[photo(), clip()]),
    said(f"<@{BOT}> hi", type="app_mention", channel=CHANNEL, channel_type="channel"),
    of_channel("member_joined_channel", user=BOT, inviter=ROBIN),
    of_channel("member_left_channel", user=ROBIN),
    of_channel("channel_rename", channel={"id": CHANNEL, "name": "harbour", "created": 1}),
    of_channel("channel_archive", user=ROBIN),
    of_channel("channel_unarchive", user=ROBIN),
    of_channel("group_deleted", actor_id=ROBIN),
    event(type="channel_id_changed", old_channel_id=CHANNEL, new_channel_id="C0HARBOUR"),
    event(type="app_home_opened", user=ROBIN, channel=DM, tab="home"),
    event(type="user_change", user={"id": ROBIN, "tz": "Europe/Paris", "locale": "fr-FR"}),
    event(type="tokens_revoked", tokens={"oauth": ["U1"], "bot": []}),
    acted(press()),
    acted(press("c:1:window", "unfold")),
    in_channel(press()),
    in_channel(press("Zm9v-_1", "open.0")),
    acted({"action_id": "menu", "selected_option": {"value": "c:1:3"}}),
    in_view(TYPING, private_metadata=metadata()),
    in_view(PICKED),
    in_view(press("export", "link.0")),
    submitted(),
    suggestion(),
    command("pause until monday"),
    command("circle end", channel_name="harbour"),
    {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1},
)
#: What stands where something else should.
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**4000, 0.5, 1e308, float("inf"), float("nan")),
    *("", "0", "im", "U1", "C1", "D0OTHER01", "1.1", "9" * 400 + ".1", "\x00", "\n", "x" * 5000),
    *("\ud83d", "a\ud83db", "\udc00 half", "\u202e", "<", "<@>", "<!>", "<#|>", "<|>", "&amp;"),
    *("message_changed", "message_deleted", "file_share", "tombstone", "event_callback", "home"),
    *("press.0", "field.", "link.", "answer", "unfold", "menu", ":wave:", "https://evil.example"),
    *([], {}, [[]], [{}], [None], {"id": 1}, {"": ""}, ["a"] * 100, {"user": {"id": "U1"}}),
)


def nested(depth: int) -> Json:
    """An object in an object, and so on."""
    made: Json = {}
    for _ in range(depth):
        made = {"elements": [made], "event": made} if depth < 10 else {"elements": [made]}
    return made


def paths(of: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything within something."""
    inner: list[tuple[Any, ...]] = []
    if isinstance(of, dict):
        inner = [path for key, one in of.items() for path in paths(one, (*here, key))]
    elif isinstance(of, list):
        inner = [path for key, one in enumerate(of) for path in paths(one, (*here, key))]
    return [*([here] if here else []), *inner]


def at(of: Any, path: tuple[Any, ...]) -> Any:  # noqa: ANN401
    for key in path:
        of = of[key]
    return of


@dataclass
class Mutator:
    """Makes payloads, each by chance another."""

    chance: Random
    made: list[Json] = field(default_factory=list)
    count: int = 0

    def one(self) -> Json:
        """The next payload."""
        if self.made and self.chance.random() < 0.05:
            return copy.deepcopy(self.chance.choice(self.made))  # It comes again.
        self.count += 1
        payload = copy.deepcopy(self.chance.choice(REAL))
        if "event_id" in payload:
            payload["event_id"] = f"Ev{self.count}"
        for _ in range(self.chance.choice((0, 1, 1, 2, 3, 6))):
            self._mutate(payload)
        self.made = [*self.made[-50:], payload]
        return copy.deepcopy(payload)

    def _mutate(self, payload: Json) -> None:
        ways = paths(payload)
        if not ways:
            return
        path = self.chance.choice(ways)
        holder, key = at(payload, path[:-1]), path[-1]
        match self.chance.randrange(6):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(self.chance.choice(JUNK))
            case 2:
                holder[key] = [holder[key]]
            case 3:
                holder[key] = copy.deepcopy(at(payload, self.chance.choice(ways)))
            case 4:
                holder[key] = nested(self.chance.choice((3, 12, 60)))
            case _:
                other = self.chance.choice(REAL)
                holder[key] = copy.deepcopy(at(other, self.chance.choice(paths(other))))
