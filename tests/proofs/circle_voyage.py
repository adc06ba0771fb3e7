"""Circles of eight, a house that dies again and again, and what its piers were handed."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from bot.records import Platform
from bot.store import circles, people
from bot.store.circled import round_
from bot.store.circles import State
from bot.store.opening import Store, open_store
from bot.store.tables import outbox
from bot.trust.databases import engine
from scheduler.tick import now
from tests.conftest import Urls
from tests.proofs.circle_program import Orders
from tests.proofs.nursery import Child, born
from tests.proofs.programs import _looking

EIGHT = 8
#: How long anything may take on a machine with other things to do, in seconds.
PATIENCE = 150.0
#: How many messages a second each pier takes.
PACE = 80.0
#: The names of the answers of a round.
PARTS = ("frame", "advocate", "illustrate", "inquire")
#: At which moments a house may die, and after how many of them at most.
MOMENTS = {"told": 12, "committed": 12, "offered": 8, "accepted": 8, "rewritten": 3}


class Role(StrEnum):
    """What somebody does in the round, beside answering it."""

    UNNAMED = "unnamed"
    NAMED = "named"
    #: They change a message they gave, so that their voice is taken back.
    EDITS = "edits"
    #: They do that too, and answer anew.
    ANEW = "anew"
    #: They go out of the place of the circle.
    LEAVES = "leaves"
    KEEPS = "keeps"
    #: They answer once it is closed.
    LATE = "late"


ROLES = (Role.UNNAMED, Role.UNNAMED, Role.NAMED, Role.EDITS, Role.ANEW, Role.LEAVES, Role.LATE)
MINE, WITHOUT, WITH = "Keep them to myself", "Without my name", "With my name"


@dataclass
class Person:
    """A member of a circle."""

    circle: Ring
    place: str
    name: str
    role: Role
    #: A word that stands in all they give; another one when they answer anew.
    word: str
    #: Whether their words stand when the round closes, and what name they chose to go with them.
    stands: bool = False
    shows_name: bool = False


@dataclass
class Ring:
    """A circle with its eight."""

    platform: Platform
    place: str
    id: str = ""
    people: list[Person] = field(default_factory=list)

    @property
    def standing(self) -> list[Person]:
        return [each for each in self.people if each.stands]

    @property
    def members(self) -> int:
        return sum(each.role is not Role.LEAVES for each in self.people)

    @property
    def names_stand(self) -> bool:
        """Whether all have a name, or two people at least have not been heard."""
        all_named = all(each.shows_name for each in self.standing)
        return all_named or self.members - len(self.standing) >= 2


@dataclass(frozen=True)
class Handed:
    """What a pier was handed."""

    what: str
    place: str
    name: str
    thread: str
    text: str
    options: list[list[str]]

    def token(self, label: str) -> str:
        return next((token for each, token in self.options if each == label), "")


@dataclass
class Voyage:
    """The circles, and the databases and the piers that outlive every house."""

    urls: Urls
    master: bytes
    seed: int
    size: int
    rings: list[Ring] = field(default_factory=list)
    #: What the piers were handed, in its order; and the same by its place.
    handed: list[Handed] = field(default_factory=list)
    by_place: dict[str, list[Handed]] = field(default_factory=dict)
    kills: int = 0
    #: How many messages each kill caught between a pier and the database.
    caught: list[int] = field(default_factory=list)
    ahead: timedelta = timedelta(0)
    _unacknowledged: dict[str, bytes] = field(default_factory=dict)
    _waiting: dict[str, asyncio.Event] = field(default_factory=dict)
    _house: Child | None = None
    _spares: deque[Child] = field(default_factory=deque)
    _reading: asyncio.Task[None] | None = None
    _read: int = 0
    _known: set[str] = field(default_factory=set)
    _count: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.pier = self.urls.folder / "pier"
        self.pier.touch()
        self.log = self.urls.folder / "house.log"
        self.orders = self.urls.folder / "orders"
        Orders(
            words=self.urls.words,
            keys=self.urls.keys,
            master=self.master.hex(),
            pier=str(self.pier),
            pace=PACE,
        ).write(self.orders)
        self.engine: Engine = engine(self.urls.words)
        store = open_store(self.urls.words, self.urls.keys, lambda _: [self.master])
        store.writer.start()
        for number in range(self.size):
            store.writer.submit(self._gathers(store, number)).result(30)
        store.close()

    def _gathers(self, store: Store, number: int) -> Callable[[Connection], None]:
        """A circle whose round is due, with people who have joined it."""
        slack = bool(number % 2)
        ring = Ring(
            Platform.SLACK if slack else Platform.TELEGRAM,
            f"T0PROOF:C{number}" if slack else f"-100{number}",
        )
        self.rings.append(ring)
        roles = [*ROLES, self.chance.choice([Role.KEEPS, Role.NAMED])]
        self.chance.shuffle(roles)

        def gather(conn: Connection) -> None:
            at = now()
            ring.people.clear()
            made = circles.add(
                conn, store.keys, ring.platform, ring.place, title="", zone="Europe/London",
                language="en", now=at,
            )  # fmt: skip
            ring.id = made.id
            soon = at - timedelta(seconds=1)
            circles.change(
                conn, made.id, state=State.ACTIVE, rhythm="weekly", open_for="one_day",
                began_at=at - timedelta(days=9), next_at=soon,
            )  # fmt: skip
            for which, role in enumerate(roles):
                one = number * EIGHT + which
                place = f"T0PROOF:U{one}" if slack else f"{one + 1}"
                person = Person(ring, place, f"Nora{one}x", role, f"word{one}x")
                ring.people.append(person)
                theirs = people.add(
                    conn, store.keys, ring.platform, place, language="en",
                    zone="Europe/London", now=at,
                ).participant.id  # fmt: skip
                people.change(conn, theirs, keeps=True, joined_at=at)
                hosts = role is not Role.LEAVES
                circles.join(
                    conn, store.keys, made.id, theirs, name=person.name, host=hosts, now=at
                )

        return gather

    # --- houses ---

    async def opens(self) -> None:
        """The first house opens."""
        self._spares += [self._makes(), self._makes()]
        self._begins()

    def _makes(self) -> Child:
        with self.log.open("ab") as errors:
            program = "tests.proofs.circle_program"
            return born(program, str(self.orders), errors=errors, talks=True)

    def _begins(self) -> None:
        """A house opens, and is told again what nobody acknowledged."""
        self._house = self._spares.popleft()
        self._tells({"ahead": self.ahead.total_seconds()})
        for line in self._unacknowledged.values():
            self._writes(line)
        self._reading = asyncio.create_task(self._reads(self._house))

    def _tells(self, told: dict[str, Any]) -> None:
        self._writes(json.dumps(told).encode() + b"\n")

    def _writes(self, line: bytes) -> None:
        assert self._house is not None
        with suppress(ConnectionError):
            self._house.stdin.write(line)
            self._house.stdin.flush()

    async def _reads(self, house: Child) -> None:
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), house.stdout)
        while line := await reader.readline():
            if not line.endswith(b"\n"):
                break
            self._unacknowledged.pop(line.decode().strip(), None)
            if waiting := self._waiting.pop(line.decode().strip(), None):
                waiting.set()

    async def dies(self, kills: int, work: Awaitable[object], *moments: str) -> None:
        """Do some work to its end, while the house dies so often and begins anew."""
        task = asyncio.ensure_future(work)
        for _ in range(kills):
            moment = self.chance.choice(moments)
            self._tells({"moment": moment, "left": self.chance.randint(1, MOMENTS[moment])})
            await self._death(asyncio.ensure_future(asyncio.shield(task)))
        await self.patiently(task)

    async def _death(self, work: asyncio.Future[object]) -> None:
        """The house dies by itself, or at our hand where its moment does not come."""
        house, reading = self._house, self._reading
        assert house is not None
        assert reading is not None
        dead = asyncio.create_task(house.over())
        either: set[asyncio.Future[Any]] = {dead, work}
        await asyncio.wait(either, timeout=4, return_when=asyncio.FIRST_COMPLETED)
        if not dead.done():
            house.kill()
        await dead
        await reading
        house.closes()
        self.kills += 1
        self._looks()
        self._begins()
        self._spares.append(self._makes())

    def _looks(self) -> None:
        """How many messages a pier has that the database knows nothing of."""
        self.handed_now()
        sent = [each for each in self.handed if each.what == "send"]
        with self.engine.connect() as conn:
            known = set(conn.scalars(select(outbox.c.receipt)))
        untold = [each for each in sent if each.name not in known | self._known]
        # One message of a place is on its way at most: so much a kill can repeat, and no more.
        assert len(untold) == len({each.place for each in untold})
        self._known |= {each.name for each in untold}
        self.caught.append(len(untold))

    async def closes(self) -> None:
        """All houses are gone."""
        for house in (self._house, *self._spares):
            if house is not None:
                house.kill()
                await house.over()
                house.closes()
        if self._reading is not None:
            await self._reading
        self.engine.dispose()

    # --- what people do, and what they get ---

    async def does(
        self, person: Person, kind: str, *, group: bool = False, **body: object
    ) -> None:
        """Somebody does something; once it is acknowledged. Some of it is told twice."""
        self._count += 1
        id_ = f"u{self._count}"
        there = person.circle.place if group else person.place
        told: dict[str, object] = {"id": id_, "place": there, "kind": kind}
        told |= {"platform": person.circle.platform}
        told |= {"body": body, "group": group, "by": person.place if group else ""}
        line = json.dumps(told).encode() + b"\n"
        self._unacknowledged[id_] = line
        done = self._waiting[id_] = asyncio.Event()
        self._writes(line)
        if self.chance.random() < 0.2:
            self._writes(line)
        await done.wait()

    def handed_now(self) -> None:
        """Read what the piers were handed meanwhile."""
        with self.pier.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                one = Handed(**json.loads(line))
                self.handed.append(one)
                self.by_place.setdefault(one.place, []).append(one)

    async def offered(self, place: str, label: str, before: str = "") -> str:
        """Until somebody is offered something new; what choosing it sends back."""
        while True:
            self.handed_now()
            for each in reversed(self.by_place.get(place, [])):
                if (token := each.token(label)) and token != before:
                    return token
            await asyncio.sleep(0.03)

    # --- time, and what is stored ---

    def looking(self) -> AbstractContextManager[Engine]:
        return _looking(self.urls.words)

    def now(self) -> datetime:
        return now() + self.ahead

    def turns(self, at: datetime) -> None:
        """The clock stands at an instant from now on."""
        self.ahead = at - now()
        self._tells({"ahead": self.ahead.total_seconds()})

    def rows(self, *columns: Any) -> list[Any]:  # noqa: ANN401 - Of the rounds.
        with self.engine.connect() as conn:
            return list(conn.execute(select(*columns).select_from(round_)).all())

    async def all_said(self) -> None:
        """Until nothing waits to be sent, or to be said anew by now."""
        waits = select(outbox.c.id).where(outbox.c.ended_at.is_(None)).limit(1)
        while True:
            with self.engine.connect() as conn:
                waiting = conn.scalar(waits)
                redo = conn.scalar(select(round_.c.id).where(round_.c.redo_at <= self.now()))
            if waiting is None and redo is None:
                self.handed_now()
                return
            await asyncio.sleep(0.05)

    async def until(self, predicate: Callable[[], object]) -> None:
        while not predicate():  # noqa: ASYNC110 - The store tells nobody.
            await asyncio.sleep(0.05)

    async def patiently(self, what: Awaitable[object]) -> None:
        try:
            await asyncio.wait_for(what, PATIENCE)
        except TimeoutError:
            pytest.fail(self._state())

    def _state(self) -> str:
        """Where everybody is, for whoever reads why a proof failed."""
        with self.engine.connect() as conn:
            queued = conn.execute(
                select(outbox.c.chat, outbox.c.in_flight).where(outbox.c.ended_at.is_(None))
            ).all()
        rounds = self.rows(round_.c.circle, round_.c.state, round_.c.redo_at, round_.c.due_at)
        waiting = [line.decode() for line in self._unacknowledged.values()]
        return f"{waiting}\n{queued}\n{rounds}\n{self.now()}\n{self.log.read_text()[-3000:]}"
