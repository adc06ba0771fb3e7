"""What Slack brings to the app: events until it takes them, interactions and commands once.

Slack's docs say: three retries, at once, after a minute and after five. They do not say what an
acknowledgement does which comes after its three seconds; here it is too late and counts nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

Json = dict[str, Any]

#: How many minutes pass before each retry.
WAITS = (0, 1, 5)


class Sort(StrEnum):
    """The kinds of thing that are brought, as Socket Mode names them."""

    EVENT = "events_api"
    INTERACTION = "interactive"
    COMMAND = "slash_commands"


class State(StrEnum):
    """Where a parcel is."""

    WAITING = "waiting"
    TAKEN = "taken"
    #: Slack gave up; the app never hears of it.
    LOST = "lost"


@dataclass(frozen=True)
class Answer:
    """What the app answered to one attempt."""

    #: Why the attempt failed, in Slack's words; empty when it did not.
    reason: str = ""
    #: The status, 0 when there was none; Socket Mode has none but 200.
    code: int = 200
    #: The body or payload, when there was one.
    body: Json | None = None
    #: Whether the app asked for no retry.
    stop: bool = False


@dataclass(eq=False)
class Parcel:
    """One thing that Slack brings, and what became of it."""

    sort: Sort
    team: str
    body: Json
    channel: str = ""
    #: What Slack does when the one answer to an interaction or a command has come.
    then: Callable[[Answer], None] = lambda _answer: None
    #: The retry number that its first attempt claims: more than 0 for a repeat.
    number: int = 0
    state: State = State.WAITING
    attempts: list[Answer] = field(default_factory=list)
    #: Set when a late answer asked for no retry.
    stop: bool = False
    #: What the person was told when it went wrong.
    error: str = ""
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> str:
        """The event's id; nothing else has one."""
        return str(self.body.get("event_id", ""))

    @property
    def kind(self) -> str:
        """What it is: the type of the event or of the interaction, or the command."""
        inner = self.body.get("event", self.body)
        return str(inner.get("type") or inner.get("command", ""))

    @property
    def answer(self) -> Json | None:
        """What the app answered, if it answered with something."""
        return self.attempts[-1].body if self.attempts else None

    async def settled(self, seconds: float = 60) -> Parcel:
        """Until Slack is done with it."""
        async with asyncio.timeout(seconds):
            await self._settled.wait()
        return self

    def settle(self, state: State) -> None:
        self.state = state
        self._settled.set()


class Carrier(Protocol):
    """A way to bring something to the app."""

    async def carry(self, parcel: Parcel, number: int, reason: str) -> Answer:
        """One attempt; `reason` is why the one before it failed."""


@dataclass(eq=False)
class Post:
    """Everything that is on its way. Tests turn it about with `repeat`, `held` and `arrange`."""

    #: Called after every change.
    changed: Callable[[], None]
    carrier: Carrier
    #: How long a minute lasts between retries, in real seconds.
    minute: float = 0.5
    parcels: list[Parcel] = field(default_factory=list)
    #: Turns what was held about before it is brought, for events out of order.
    arrange: Callable[[list[Parcel]], list[Parcel]] = list
    #: How many acknowledgements of events are still to be lost on their way.
    to_lose: int = 0
    #: How many attempts there were, and how many of them were retries.
    attempts: int = 0
    retries: int = 0
    _held: int = 0
    _waiting: list[Parcel] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def pending(self) -> list[Parcel]:
        """What was said and is not acknowledged."""
        return [parcel for parcel in self.parcels if parcel.state is State.WAITING]

    @property
    def lost(self) -> list[Parcel]:
        """What Slack gave up."""
        return [parcel for parcel in self.parcels if parcel.state is State.LOST]

    def send(self, parcel: Parcel) -> Parcel:
        """Bring it, at once unless everything is held."""
        self.parcels.append(parcel)
        if self._held:
            self._waiting.append(parcel)
        else:
            self._start(parcel)
        self.changed()
        return parcel

    def repeat(self, event: str | Parcel) -> Parcel:
        """Bring an event once more, though the app may have taken it."""
        name = event.id if isinstance(event, Parcel) else event
        first = next(one for one in self.parcels if one.id == name)
        return self.send(Parcel(first.sort, first.team, first.body, first.channel, number=1))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is brought meanwhile: a delay."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            if not self._held:
                for parcel in self.arrange(self._waiting):
                    self._start(parcel)
                self._waiting = []

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, parcel: Parcel) -> None:
        task = asyncio.create_task(self._bring(parcel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _bring(self, parcel: Parcel) -> None:
        reason = "http_timeout" if parcel.number else ""
        for wait in (None, *WAITS):
            if wait is not None:
                await asyncio.sleep(wait * self.minute)
                parcel.number += 1
            if parcel.stop and parcel.number > 1:
                break
            answer = await self._attempt(parcel, reason)
            if parcel.sort is not Sort.EVENT:
                parcel.then(answer)
            if not answer.reason:
                parcel.settle(State.TAKEN)
                break
            if answer.stop or parcel.sort is not Sort.EVENT or wait == WAITS[-1]:
                break
            reason = answer.reason
        if parcel.state is State.WAITING:
            parcel.settle(State.LOST)
        self.changed()

    async def _attempt(self, parcel: Parcel, reason: str) -> Answer:
        self.attempts += 1
        self.retries += parcel.number > 0
        answer = await self.carrier.carry(parcel, parcel.number, reason)
        if self.to_lose and not answer.reason and parcel.sort is Sort.EVENT:
            self.to_lose -= 1
            answer = Answer("http_timeout", 0)
        parcel.attempts.append(answer)
        self.changed()
        return answer
