"""A voyage: a crowd on the shore, a house that may die, and what is found when it is over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine, select

from bot.records import LaneClass, Outbound, Platform
from bot.store import answers, conversations, media, parked, people
from bot.store.opening import Store, open_store
from bot.store.sending import Ending
from bot.store.tables import inbound, outbox
from bot.trust.databases import engine
from scheduler.tick import now
from tests.conftest import Urls
from tests.fakes.shore import Shore
from tests.proofs.crowd import Person
from tests.proofs.house import Orders
from tests.proofs.nursery import Child, born

T = TypeVar("T")
#: A program, begun from its first line or forked.
Process = Child | subprocess.Popen[bytes]
#: How long a quiet gap is here, in seconds: longer than a house is ever away.
GAP = 5.0
#: How many of the crowd write to a house that does not know them yet.
STRANGERS = 4
#: How long a voyage may take, in seconds, on a machine that has other things to do.
PATIENCE = 300.0


def tell(capsys: pytest.CaptureFixture[str], figures: str) -> None:
    """Print figures where somebody reads them."""
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")


def process(orders: Path, log: Path) -> Child:
    """A house made ready; `go` makes it open."""
    with log.open("ab") as errors:
        return born("tests.proofs.house", str(orders), errors=errors)


def go(house: Process) -> None:
    assert house.stdin is not None
    house.stdin.write(b"go\n")
    house.stdin.flush()


def kill(house: Process) -> None:
    house.kill()
    house.wait()
    if house.stdin is not None and not house.stdin.closed:
        house.stdin.close()


@dataclass(frozen=True, slots=True)
class Caught:
    """What a kill caught half done."""

    #: Handed over and not committed.
    untaken: int
    #: Committed and not acknowledged.
    unacknowledged: int
    #: Claimed and not accepted by the platform.
    unsent: int
    #: Accepted by the platform, and the house does not know.
    untold: int


@dataclass
class Voyage:
    """A crowd, its shore, and the databases that outlive every house."""

    urls: Urls
    master: bytes
    seed: int
    nudges: int = 1
    size: int = 20
    names: tuple[str, ...] = ("house",)
    #: How large a share of the answers ends without a word, by the quiet gap.
    silent: float = 0.1
    gap: float = GAP
    pace: float = 60.0
    people: dict[str, Person] = field(default_factory=dict)
    planned: dict[str, str] = field(default_factory=dict)
    #: What was accepted and what was claimed when a house died last.
    seen: int = 0
    claimed: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.shore = Shore(self.urls.folder / "shore", self._hears, houses=self.names)
        for number in range(self.size):
            place = f"chat-{number}"
            stranger = number < STRANGERS
            self.people[place] = Person(
                place,
                self.shore.does,
                Random(self.chance.random()),
                self.nudges,
                stranger,
                self.silent,
            )
        store = self.store()
        store.writer.start()
        for place, person in self.people.items():
            if not person.stranger:
                self.planned[place] = store.writer.submit(self._joined(store, place)).result(30)
        store.close()
        self.log = self.urls.folder / "house.log"

    def store(self) -> Store:
        return open_store(self.urls.words, self.urls.keys, lambda _: [self.master])

    def make(self, name: str = "house") -> Child:
        """A house made ready."""
        orders = Orders(
            name=name,
            socket=str(self.shore.path),
            words=self.urls.words,
            keys=self.urls.keys,
            master=self.master.hex(),
            gap=self.gap,
            pace=self.pace,
            planned=tuple(self.planned.values()),
        )
        path = self.urls.folder / f"{name}.json"
        if not path.exists():  # A house made ready before may be reading it.
            orders.write(path)
        return process(path, self.log)

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[Shore]:
        """The shore open, and everybody who comes by themselves there."""
        await self.shore.open()
        for person in self.people.values():
            person.arrives()
        try:
            yield self.shore
        finally:
            await self.shore.close()

    async def over(self) -> None:
        """Everybody has come to the end, and everything is acknowledged and sent."""
        with self.looking() as made:
            while not (self._all_said() and self._all_sent(made)):
                self.shore.changed.clear()
                # What the house writes down last, the shore does not hear of.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.shore.changed.wait(), 0.2)

    def looking(self) -> _Looking:
        return _Looking(self.urls.words)

    def caught(self, made: Engine) -> Caught:
        """What the house that just died left half done; not what an earlier one left."""
        shore, house = self.shore, self.names[0]
        with made.connect() as conn:
            taken = set(conn.scalars(select(inbound.c.id)))
            known = set(conn.scalars(select(outbox.c.receipt)))
            claims = select(outbox.c.id, outbox.c.attempts).where(outbox.c.in_flight)
            claimed = {(id_, attempts) for id_, attempts in conn.execute(claims)}
        told = {each.id for each in shore.told[house]} & shore.waiting[house].keys()
        untold = [each for each in shore.accepted[self.seen :] if each.receipt not in known]
        # One message of a chat is on its way at most: so much a kill can repeat, and no more.
        assert len(untold) == len({each.place for each in untold})
        caught = Caught(
            untaken=len(told - taken),
            unacknowledged=len(told & taken),
            unsent=len(claimed - self.claimed) - len(untold),
            untold=len(untold),
        )
        self.seen, self.claimed = len(shore.accepted), self.claimed | claimed
        return caught

    def _hears(self, place: str, message: Outbound) -> None:
        self.people[place].hears(message)

    def _joined(self, store: Store, place: str) -> Callable[[Connection], str]:
        def join(conn: Connection) -> str:
            who = people.add(
                conn,
                store.keys,
                Platform.TELEGRAM,
                place,
                language="en",
                zone="Europe/London",
                now=now(),
            ).participant.id
            people.change(conn, who, keeps=True, joined_at=now())
            return who

        return join

    async def patiently(self, what: Awaitable[None]) -> None:
        """Wait for something that must come; if it does not, say where everybody is."""
        try:
            await asyncio.wait_for(what, PATIENCE)
        except TimeoutError:
            pytest.fail(self._state())

    def _state(self) -> str:
        waiting = {name: list(each) for name, each in self.shore.waiting.items()}
        late = {place: who.answered for place, who in self.people.items() if not who.finished}
        last = [each for each in self.shore.accepted if each.place in late][-8:]
        errors = self.log.read_text()[-4000:]
        return f"not acknowledged: {waiting}; not at the end: {late}; last: {last}; {errors}"

    def _all_said(self) -> bool:
        return self.shore.idle and all(each.finished for each in self.people.values())

    def _all_sent(self, made: Engine) -> bool:
        with made.connect() as conn:
            return conn.scalar(select(outbox.c.id).where(outbox.c.ended_at.is_(None))) is None


class _Looking:
    """An engine of our own on the words' database, let go of afterwards."""

    def __init__(self, url: str) -> None:
        self._engine = engine(url)

    def __enter__(self) -> Engine:
        return self._engine

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()


@dataclass(frozen=True)
class Found:
    """What is stored of one person when it is over."""

    #: Every message in their answers and drafts, as often as it stands there.
    messages: Counter[str]
    texts: dict[str, str]
    media: dict[str, bytes]
    #: How many media rows there are.
    files: int
    choices: int
    closed: Counter[str]


def found(voyage: Voyage) -> dict[str, Found]:
    """What is stored of everybody, opened with their keys."""
    store = voyage.store()
    store.writer.start()
    try:
        return {
            place: store.writer.submit(finds(store, place)).result(30) for place in voyage.people
        }
    finally:
        store.close()


def finds(
    store: Store, place: str, platform: Platform = Platform.TELEGRAM
) -> Callable[[Connection], Found]:
    """Look up what is stored of somebody; nothing of anybody may be parked."""

    def find(conn: Connection) -> Found:
        present = people.find(conn, platform, place)
        assert present is not None
        who = present.participant.id
        given = answers.all_of(conn, store.keys, who)
        held = conversations.all_of(conn, store.keys, who)
        parts = [part for each in given for part in each.answer.parts]
        parts += [part for each in held for part in each.draft]
        files = dict(media.all_of(conn, store.keys, who))
        assert not parked.waiting(conn)
        return Found(
            messages=Counter(part.message for part in parts),
            texts={part.message: part.text for part in parts},
            media={part.message: files[part.media].content for part in parts if part.media},
            files=len(files),
            choices=sum(each.answer.value is not None for each in given),
            closed=Counter(each.practice for each in held if each.status == "closed"),
        )

    return find


def check_words(voyage: Voyage) -> int:
    """Every reply is stored once and verbatim, and everybody came to the end; say how many."""
    for place, stored in found(voyage).items():
        person = voyage.people[place]
        assert stored.messages == Counter(dict.fromkeys(person.wrote, 1)), place
        assert stored.texts == {name: text for name, (text, _) in person.wrote.items()}, place
        carried = {name: file for name, (_, file) in person.wrote.items() if file}
        assert stored.media == carried, place
        assert stored.files == len(carried), place
        # The very first choice, whether anything may be kept, is made before anything is.
        assert stored.choices == person.chose - person.stranger, place
        wanted = {"weekly": 1, "nudge": voyage.nudges} | ({"join": 1} if person.stranger else {})
        assert stored.closed == wanted, place
    return sum(len(person.wrote) for person in voyage.people.values())


def check_sends(voyage: Voyage) -> int:
    """What was meant for a chat came in its order, and all of it; say how much came twice."""
    with voyage.looking() as made, made.connect() as conn:
        rows = conn.execute(
            select(outbox.c.chat, outbox.c.rank, outbox.c.receipt, outbox.c.state).order_by(
                outbox.c.seq
            )
        ).all()
    assert {row.state for row in rows} == {Ending.SENT}
    lanes: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in rows:
        lanes[row.chat, row.rank].append(int(row.receipt))
    for lane, receipts in lanes.items():
        assert receipts == sorted(set(receipts)), lane
    known = {row.receipt for row in rows}
    assert known <= {each.receipt for each in voyage.shore.accepted}
    return sum(_twice(voyage, known))


def _twice(voyage: Voyage, known: set[str]) -> Iterator[int]:
    """For each message that came before its acknowledged self: it is the next of its lane."""
    following: dict[tuple[str, LaneClass], Outbound] = {}
    for each in reversed(voyage.shore.accepted):
        lane = each.place, each.message.lane_class
        if each.receipt not in known:
            assert following[lane] == each.message, each.place
            yield 1
        following[lane] = each.message
