"""Somebody who practises: says things through the doors, and gets what the house says back.

Between every two things they say the house is made anew from what is stored, so that whatever
a conversation needs has survived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from sqlalchemy import Connection

from bot import prompting, turns
from bot.adapters.port import Pace, Receipt
from bot.adapters.terminal import shown
from bot.engine.conversation import About
from bot.flows.loader import load
from bot.flows.practice import Library
from bot.measures import loader as counted
from bot.measures.measure import Measure
from bot.records import (
    Arrived,
    Body,
    Deleted,
    Edit,
    Inbound,
    Occasion,
    Outbound,
    Platform,
    Press,
    Quote,
    Words,
)
from bot.requests import planning
from bot.requests.desk import House, Lately
from bot.requests.shelf import Shelf
from bot.store import (
    acknowledging,
    answers,
    conversations,
    dues,
    forgetting,
    lanes,
    people,
    rhythms,
)
from bot.store.conversations import Due
from bot.store.opening import Store
from bot.turns import Heard
from scheduler.campaign import Campaign

T = TypeVar("T")

#: A Tuesday morning.
MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
GAP = timedelta(seconds=12)


@cache
def library() -> Library:
    return load()


@cache
def measures() -> Mapping[str, Measure]:
    return counted.load().measures


_SHELVES: dict[int, tuple[Library, Shelf]] = {}


def _shelf(practices: Library) -> Shelf:
    """Practices compiled once: all else of the house is made anew, but this takes the time."""
    if id(practices) not in _SHELVES:
        _SHELVES[id(practices)] = (practices, Shelf(practices))
    return _SHELVES[id(practices)][1]


@dataclass
class Ids:
    """Ids in order, so that what is told is the same each time."""

    count: int = 0
    #: The first digit of the next ones.
    mark: str = "0"

    def __call__(self) -> str:
        self.count += 1
        return f"{self.mark}{self.count:031x}"


class _UndoneError(Exception):
    def __init__(self, said: list[Outbound], written: str) -> None:
        super().__init__()
        self.said = said
        self.written = written


@dataclass
class Someone:
    """One person in one place, and the clock they live by."""

    store: Store
    place: str = "here"
    platform: Platform = Platform.TERMINAL
    now: datetime = MORNING
    gap: timedelta = GAP
    breath: timedelta = timedelta(0)
    practices: Library = field(default_factory=library)
    chance: int = 0
    #: What their platform tells of them.
    zone: str = ""
    language: str = ""
    #: What came of the last thing they did.
    heard: Heard = field(default_factory=Heard)
    #: Everything the house said to them, oldest first.
    told: list[Outbound] = field(default_factory=list)
    #: What they wrote, by the platform's id of the message.
    wrote: dict[str, str] = field(default_factory=dict)
    #: Other places that heard something while they were listening.
    elsewhere: list[str] = field(default_factory=list)
    count: int = 0
    #: Who they were before they were forgotten.
    _id: str = ""
    ids: Ids = field(default_factory=Ids)
    #: What the running house knows that is not stored: it may be lost, and nothing else changes.
    lately: Lately = field(default_factory=Lately)
    #: What the deployment says of where to turn.
    signposts: str = ""

    def house(self) -> House:
        return House(
            keys=self.store.keys,
            shelf=_shelf(self.practices),
            quiet_gap=self.gap,
            zone="Europe/London",
            signposts=self.signposts,
            retention_months=12,
            chance=lambda: self.chance,
            new_id=self.ids,
            measures=measures(),
            lately=self.lately,
            breath=self.breath,
        )

    def arrives(self) -> list[Outbound]:
        return self._does(Arrived())

    def says(self, text: str, message: str = "") -> list[Outbound]:
        self.count += 1
        return self.sends(Words(message=message or f"m{self.count}", text=text))

    def sends(self, words: Words) -> list[Outbound]:
        self.wrote[words.message] = words.text
        return self._does(words)

    def edits(self, message: str, text: str) -> list[Outbound]:
        self.wrote[message] = text
        return self._does(Edit(message=message, text=text))

    def changes(self, old: str, new: str) -> list[Outbound]:
        """Edit the last message that read `old`."""
        message = [name for name, text in self.wrote.items() if text == old][-1]
        return self.edits(message, new)

    def deletes(self, text: str) -> list[Outbound]:
        """Take the last message that read so out of the chat."""
        message = [name for name, written in self.wrote.items() if written == text][-1]
        return self._does(Deleted(message=message))

    def is_due(
        self, practice: str, name: str = "", about: tuple[About, ...] = ()
    ) -> list[Outbound]:
        """A planned prompt comes round."""
        self.count += 1
        occasion = Occasion(
            campaign="programme",
            step=practice,
            name=name or f"week {self.count}",
            practice=practice,
            participant=self.id,
        )
        house = self.house()
        self.heard = self._run(
            lambda conn: turns.begin_occasion(conn, house, occasion, self.now, about=about)
        )
        return self._listen()

    @property
    def id(self) -> str:
        """Who they are in the store."""
        found = self._run(lambda conn: people.find(conn, self.platform, self.place))
        if found is None:
            assert self._id
            return self._id
        return found.participant.id

    def presses(self, token: str, message: str = "") -> list[Outbound]:
        """Press a button; `message` is the message it stands on, where it can be changed."""
        return self._does(Press(token=token, message=message))

    def does(self, body: Body, update: str = "") -> list[Outbound]:
        return self._does(body, update)

    def does_in(self, group: str, body: Body) -> list[Outbound]:
        """Do something in a place of several people."""
        return self._does(body, group=group)

    def does_words(self, text: str, update: str) -> list[Outbound]:
        """Say something under an update's id of one's own."""
        return self._does(Words(message=update, text=text), update)

    def starts(self, campaign: Campaign) -> None:
        """Staff start a campaign, for everybody there is."""

        def start(conn: Connection) -> None:
            planning.start(conn, campaign, self.now)
            planning.plan(conn, rhythms.everyone(conn), planning.running(conn), self.now)

        self._run(start)

    def is_called(self) -> list[Outbound]:
        """The pulse beats: what is due in campaigns is done."""
        house = self.house()
        while due := self._run(lambda conn: dues.come(conn, self.now, 1)):
            self.heard = self._run(lambda conn: prompting.call(conn, house, due[0], self.now))
        return self._listen()

    def lives(self, until: datetime, pulse: timedelta = timedelta(hours=1)) -> list[Outbound]:
        """Time goes by, and the pulse beats now and then, exactly when something is due."""
        said: list[Outbound] = []
        while self.now < until:
            soonest = self._run(dues.soonest)
            step = min(until, self.now + pulse)
            self.now = min(step, soonest) if soonest and soonest > self.now else step
            said += self.is_called()
        return said

    def gone(self) -> None:
        """They are forgotten, behind the chat's back."""
        self._id = self.id
        forgetting.forget(self.store.engine, self.store.writer, self.store.keys, self._id)

    def waits(self, time: timedelta) -> list[Outbound]:
        """Let time pass; what is due wakes when it is due, in order."""
        until = self.now + time
        said: list[Outbound] = []
        while due := self._run(lambda conn: conversations.due(conn, until, 1)):
            held = self._held(due[0].participant, due[0].conversation)
            self.now = max(self.now, held or self.now)
            self._wake(due[0])
            said += self._listen()
        self.now = until
        return said

    def _wake(self, due: Due) -> None:
        house = self.house()
        self._run(lambda conn: turns.wake(conn, house, due, self.now))

    def _does(self, body: Body, update: str = "", *, group: str = "") -> list[Outbound]:
        self.count += 1
        self.now += timedelta(seconds=1)
        came = Inbound(
            platform=self.platform,
            id=update or f"{self.place}-u{self.count}",
            place=group or self.place,
            body=body,
            zone=self.zone,
            language=self.language,
            group=bool(group),
        )
        house = self.house()
        self.heard = self.store.writer.submit(
            lambda conn: turns.hear(conn, house, came, self.now),
            otherwise=lambda conn, error: turns.not_heard(conn, house, came, error, self.now),
        ).result(timeout=120)
        return self._listen()

    def _listen(self) -> list[Outbound]:
        """Take what waits for this place out of the outbox, in its order."""
        said = self._claimed()
        self.told += said
        return said

    def _claimed(self) -> list[Outbound]:
        """All that waits, claimed and acknowledged in one go."""
        paces = {self.platform: Pace()}
        lease = timedelta(seconds=60)

        def listen(conn: Connection) -> list[Outbound]:
            said: list[Outbound] = []
            while True:
                taken, _ = lanes.claim(conn, self.store.keys, self.now, paces, most=1, lease=lease)
                if not taken:
                    return said
                for sending in taken:
                    said.append(sending.message)
                    if sending.address.place != self.place:
                        self.elsewhere.append(sending.address.place)
                    receipt = Receipt(message=f"r{self.count}")
                    acknowledging.sent(conn, sending, receipt, self.now, more=False)

        return self._run(listen)

    def _held(self, participant: str, conversation: str) -> datetime | None:
        def ask(conn: Connection) -> datetime | None:
            held = conversations.get(conn, self.store.keys, participant, conversation)
            return held.wake_at if held else None

        return self._run(ask)

    def tries(self, text: str) -> tuple[list[Outbound], str]:
        """Say something and undo it all: what was said, and everything that was written by then.

        The second is every draft and every answer of theirs, one after another.
        """
        came = Inbound(
            platform=self.platform,
            id="tried",
            place=self.place,
            body=Words(message="tried", text=text),
        )
        house = self.house()
        now = self.now + timedelta(seconds=1)

        def work(conn: Connection) -> None:
            person = people.find(conn, self.platform, self.place)
            assert person is not None
            turns.hear(conn, house, came, now)
            taken, _ = lanes.claim(
                conn, self.store.keys, now, {self.platform: Pace()}, most=9, lease=GAP
            )
            theirs = person.participant.id
            open_ones = conversations.open_ones(conn, self.store.keys, theirs)
            kept = answers.all_of(conn, self.store.keys, theirs)
            written = [part.text for each in open_ones for part in each.draft]
            written += [each.answer.text for each in kept]
            raise _UndoneError([sending.message for sending in taken], "\n".join(written))

        try:
            self._run(work)
        except _UndoneError as undone:
            return undone.said, undone.written
        raise AssertionError("it was to be undone")

    def listens(self, time: timedelta) -> list[Outbound]:
        """Let time pass, and hear what was to come a moment later."""
        self.now += time
        return self._listen()

    def asks(self, work: Callable[[Connection], T]) -> T:
        """Look something up in the store."""
        return self._run(work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        return self.store.writer.submit(work).result(timeout=120)


def texts(said: Iterable[Outbound]) -> list[str]:
    """What was said, as plain text, a message each."""
    return ["\n\n".join(part.text for part in message.paragraphs) for message in said]


def quotes(said: Iterable[Outbound]) -> list[str]:
    """The person's own words among what was said."""
    return [part.text for each in said for part in each.paragraphs if isinstance(part, Quote)]


def printed(said: Iterable[Outbound]) -> str:
    """What was said, as a terminal shows it."""
    return "\n".join(shown(message, width=88) for message in said)
