"""The world behind the Web API: which teams there are, what was said, what the app may do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from tests.fakes.slack.accounts import File
from tests.fakes.slack.faults import Faults
from tests.fakes.slack.hook import Hook
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.post import Parcel, Post, Sort
from tests.fakes.slack.records import Accepted, Channel, Message, Standing, Team
from tests.fakes.slack.screens import Trigger
from tests.fakes.slack.screens import View as Screen
from tests.fakes.slack.sockets import Sockets

Json = dict[str, Any]

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
STARTED = time.monotonic()
#: What the app subscribes to, and the scope that each needs.
EVENTS = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
    "app_home_opened": "",
    "user_change": "users:read",
    "team_join": "users:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_id_changed": "channels:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "group_deleted": "groups:read",
    "file_shared": "files:read",
    "app_uninstalled": "",
    "tokens_revoked": "",
}
#: What has one name for all channels, and needs this scope in place of its own in private ones.
IN_PRIVATE = {
    "member_joined_channel": "groups:read",
    "member_left_channel": "groups:read",
    "channel_id_changed": "groups:read",
}
MICRO = 1_000_000


def ticking() -> datetime:
    """The usual clock: it begins on a certain day and goes on."""
    return BEGINNING + timedelta(seconds=time.monotonic() - STARTED)


@dataclass(eq=False, repr=False)
class World:
    """Everything the fake knows."""

    app_id: str = "A0SKERRY01"
    client_id: str = "1000000001.2000000002"
    client_secret: str = "made-up-client-secret"
    signing_secret: str = "made-up-signing-secret"
    app_token: str = "xapp-1-A0SKERRY01-3000000003-madeup"
    #: The token that Slack once used to prove who it is; it is still sent.
    verification: str = "made-up-verification"
    clock: Callable[[], datetime] = ticking
    #: How long a trigger is good, in real seconds.
    trigger_life: float = 3
    #: Whether the app shows its Messages tab.
    messages_tab: bool = True
    #: The slash commands that the app registered, and the events that it subscribed to.
    commands: set[str] = field(default_factory=lambda: {"/skerry"})
    subscribed: set[str] = field(default_factory=lambda: set(EVENTS))
    teams: dict[str, Team] = field(default_factory=dict)
    #: Every token ever given out, with its team and how it stands by itself.
    tokens: dict[str, tuple[Team, Standing]] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    views: dict[str, Screen] = field(default_factory=dict)
    #: Codes of OAuth that are still good: team, scopes, redirect address, installer.
    codes: dict[str, tuple[Team, str, str, str]] = field(default_factory=dict)
    #: Files that were announced, by their ticket, and how long they are to be.
    uploads: dict[str, tuple[File, int]] = field(default_factory=dict)
    #: Addresses at which an interaction may be answered: channel, message, person, uses left.
    responses: dict[str, list[Any]] = field(default_factory=dict)
    #: Everything that was taken from the app, in its order.
    accepted: list[Accepted] = field(default_factory=list)
    #: Every request in its order: the method, and its parameters.
    requests: list[tuple[str, Json]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    on_accept: Callable[[Accepted], None] = lambda _: None
    on_request: Callable[[str, Json], None] = lambda _method, _params: None
    sockets: Sockets = field(init=False)
    hook: Hook = field(init=False)
    post: Post = field(init=False)
    _changes: set[asyncio.Event] = field(default_factory=set)
    _numbers: dict[str, count[int]] = field(default_factory=dict)
    _last: int = 0

    def __post_init__(self) -> None:
        self.sockets = Sockets(self.app_id, self.changed)
        self.hook = Hook(self.signing_secret)
        self.post = Post(self.changed, self.sockets)

    @property
    def origin(self) -> str:
        """Where it listens."""
        raise NotImplementedError

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    @property
    def pending(self) -> list[Parcel]:
        """What was said and is not acknowledged."""
        return self.post.pending

    def number(self, kind: str, first: int = 1) -> int:
        """The next number of its kind."""
        return next(self._numbers.setdefault(kind, count(first)))

    def name(self, letter: str) -> str:
        """The next id of its kind."""
        return f"{letter}0SKERRY{self.number(letter):03}"

    def block_id(self) -> str:
        """The id of a block which came without one."""
        return f"b{self.number('block'):04x}"

    def ts(self) -> str:
        """When something is said, never the same twice."""
        self._last = max(self._last + 1, int(self.clock().timestamp() * MICRO))
        return f"{self._last // MICRO}.{self._last % MICRO:06}"

    def changed(self) -> None:
        """Something happened: whoever waits looks again."""
        for event in self._changes:
            event.set()

    async def wait_for(self, predicate: Callable[[], object], seconds: float = 60) -> None:
        """Until this is so; at once when it is."""
        event = asyncio.Event()
        self._changes.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not predicate():
                    event.clear()
                    await event.wait()
        finally:
            self._changes.discard(event)

    def accept(self, method: str, message: Message, params: Json) -> None:
        """Note a message that the app sent, changed or took back."""
        channel = message.channel
        self.note(
            method, channel.team, channel.id, message.ts, params, message.text, message.fallback
        )

    def note(  # noqa: PLR0913, PLR0917 - These are the fields of what was taken.
        self,
        method: str,
        team: Team,
        channel: str,
        name: str,
        params: Json,
        text: str = "",
        fallback: str = "",
    ) -> None:
        """Note anything that was taken from the app."""
        told = Accepted(method, team.id, channel, name, text, fallback, params, self.clock())
        self.accepted.append(told)
        self.on_accept(told)
        self.changed()

    def say(self, channel: Channel, user: str, text: str = "", **more: Any) -> Message:  # noqa: ANN401
        """A new message in a conversation."""
        message = Message(self.ts(), channel, user, text, **more)
        channel.messages.append(message)
        self.changed()
        return message

    def tell(
        self,
        team: Team,
        event: Json,
        kind: str = "",
        channel: str = "",
        *,
        private: bool = False,
    ) -> Parcel | None:
        """Bring an event, if the app wants it and may have it."""
        kind = kind or event["type"]
        scope = IN_PRIVATE.get(kind, "") if private else ""
        scope = scope or EVENTS.get(kind, "")
        wanted = kind in self.subscribed and (not scope or scope in team.scopes)
        reaches = team.standing is Standing.INSTALLED or kind in {
            "app_uninstalled",
            "tokens_revoked",
        }
        return self.push_event(team, event, channel) if wanted and reaches else None

    def push_event(self, team: Team, event: Json, channel: str = "") -> Parcel:
        """Bring any event, wanted or not, in its wrapping."""
        body = self.wrap(team, event)
        return self.post.send(Parcel(Sort.EVENT, team.id, body, channel))

    def wrap(self, team: Team, event: Json) -> Json:
        """The wrapping in which events come."""
        ours = {
            "enterprise_id": None,
            "team_id": team.id,
            "user_id": team.bot.id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": self.verification,
            "team_id": team.id,
            "context_team_id": team.id,
            "context_enterprise_id": None,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev0{self.number('event', 100_000_001):X}",
            "event_time": self.now,
            "authorizations": [ours],
            "is_ext_shared_channel": False,
            "event_context": f"4-{uuid4().hex}",
        }

    def trigger(self, team: Team, user: str, view: str = "") -> str:
        """A new trigger, which begins to age."""
        name = f"{self.number('trigger', 1001)}.{self.number('trigger', 1001)}.{uuid4().hex}"
        self.triggers[name] = Trigger(name, team.id, user, time.monotonic(), view)
        return name
