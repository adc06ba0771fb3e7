"""Somebody who practises: says things through the doors, and gets what the house says back.

Between every two things they say the house is made anew from what is stored, so that whatever
a conversation needs has survived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from sqlalchemy import Connection

from bot import turns
from bot.adapters.port import Pace, Receipt
from bot.adapters.terminal import shown
from bot.flows.loader import load
from bot.flows.practice import Library
from bot.records import Arrived, Body, Edit, Inbound, Outbound, Platform, Press, Quote, Words
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import acknowledging, conversations, lanes
from bot.store.opening import Store
from bot.store.sending import Sending
from bot.turns import Heard

T = TypeVar("T")

#: A Tuesday morning.
MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
GAP = timedelta(seconds=12)


@cache
def library() -> Library:
    return load()


@dataclass
class Ids:
    """Ids in order, so that what is told is the same each time."""

    count: int = 0

    def __call__(self) -> str:
        self.count += 1
        return f"{self.count:032x}"


@dataclass
class Someone:
    """One person in one place, and the clock they live by."""

    store: Store
    place: str = "here"
    platform: Platform = Platform.TERMINAL
    now: datetime = MORNING
    gap: timedelta = GAP
    practices: Library = field(default_factory=library)
    chance: int = 0
    #: What came of the last thing they did.
    heard: Heard = field(default_factory=Heard)
    #: Everything the house said to them, oldest first.
    told: list[Outbound] = field(default_factory=list)
    count: int = 0
    ids: Ids = field(default_factory=Ids)

    def house(self) -> House:
        return House(
            keys=self.store.keys,
            shelf=Shelf(self.practices),
            quiet_gap=self.gap,
            zone="Europe/London",
            signposts="",
            retention_months=12,
            chance=lambda: self.chance,
            new_id=self.ids,
        )

    def arrives(self) -> list[Outbound]:
        return self._does(Arrived())

    def says(self, text: str, message: str = "") -> list[Outbound]:
        self.count += 1
        return self._does(Words(message=message or f"m{self.count}", text=text))

    def sends(self, words: Words) -> list[Outbound]:
        return self._does(words)

    def edits(self, message: str, text: str) -> list[Outbound]:
        return self._does(Edit(message=message, text=text))

    def presses(self, token: str) -> list[Outbound]:
        return self._does(Press(token=token))

    def does(self, body: Body, update: str = "") -> list[Outbound]:
        return self._does(body, update)

    def waits(self, time: timedelta) -> list[Outbound]:
        """Let time pass; what is due wakes when it is due, in order."""
        until = self.now + time
        said: list[Outbound] = []
        while due := self._run(lambda conn: conversations.due(conn, until, 1)):
            held = self._held(due[0].participant, due[0].conversation)
            self.now = max(self.now, held or self.now)
            house = self.house()
            self._run(lambda conn: turns.wake(conn, house, due[0], self.now))
            said += self._listen()
        self.now = until
        return said

    def _does(self, body: Body, update: str = "") -> list[Outbound]:
        self.count += 1
        self.now += timedelta(seconds=1)
        came = Inbound(
            platform=self.platform,
            id=update or f"{self.place}-u{self.count}",
            place=self.place,
            body=body,
        )
        house = self.house()
        self.heard = self._run(lambda conn: turns.hear(conn, house, came, self.now))
        return self._listen()

    def _listen(self) -> list[Outbound]:
        """Take what waits for this place out of the outbox, in its order."""
        said = list(self._claimed())
        self.told += said
        return said

    def _claimed(self) -> Iterator[Outbound]:
        paces = {self.platform: Pace()}
        while True:
            taken, _ = self._run(
                lambda conn: lanes.claim(
                    conn,
                    self.store.keys,
                    self.now,
                    paces,
                    most=1,
                    lease=timedelta(seconds=60),
                )
            )
            if not taken:
                return
            for sending in taken:
                yield sending.message
                self._acknowledge(sending)

    def _acknowledge(self, sending: Sending) -> None:
        receipt = Receipt(message=f"r{self.count}")
        self._run(lambda conn: acknowledging.sent(conn, sending, receipt, self.now, more=False))

    def _held(self, participant: str, conversation: str) -> datetime | None:
        def ask(conn: Connection) -> datetime | None:
            held = conversations.get(conn, self.store.keys, participant, conversation)
            return held.wake_at if held else None

        return self._run(ask)

    def _run(self, work: Callable[[Connection], T]) -> T:
        return self.store.writer.submit(work).result(timeout=30)


def texts(said: Iterable[Outbound]) -> list[str]:
    """What was said, as plain text, a message each."""
    return ["\n\n".join(part.text for part in message.paragraphs) for message in said]


def quotes(said: Iterable[Outbound]) -> list[str]:
    """The person's own words among what was said."""
    return [part.text for each in said for part in each.paragraphs if isinstance(part, Quote)]


def printed(said: Iterable[Outbound]) -> str:
    """What was said, as a terminal shows it."""
    return "\n".join(shown(message, width=88) for message in said)
