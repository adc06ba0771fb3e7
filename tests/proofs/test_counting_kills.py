"""A night at the ballot box that is killed again and again loses no share and counts none twice.

After each kill the databases are looked into with the keys that are there then: what waits and
what is cast must be exactly what people shared, by each count and each value.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Connection, select

from bot.measures.release import Amount
from bot.requests import counting
from bot.store import closing
from bot.store.counted import ballot, day_key, mark, open_count, pending, token, turnout
from bot.store.opening import Store, open_store
from bot.store.tables import lease
from bot.trust import ballots
from bot.trust.keyring import COUNT, DAY, GATE
from tests.conftest import Urls
from tests.counting.box import ENERGY, Box
from tests.proofs.counting_program import Orders
from tests.proofs.nursery import born
from tests.proofs.programs import PATIENCE
from tests.proofs.voyage import kill, tell
from tests.store.builders import run

MEASURES = tuple(ENERGY.model_copy(update={"name": f"measure_{n}"}) for n in range(3))
CELLS = {"North": 13, "South": 24}
#: Longer than the lease of a process that died.
LATER = timedelta(minutes=11)
Said = Counter[tuple[str, str, int]]


@dataclass
class Nights:
    """People who share week after week, and the nights that are killed."""

    urls: Urls
    master: bytes
    chance: Random
    truth: Said = field(default_factory=Counter)
    kills: int = 0
    half: Counter[str] = field(default_factory=Counter)
    #: How long a night takes, in seconds.
    takes: float = 1.0
    weeks: int = 0

    def __post_init__(self) -> None:
        self.store: Store = open_store(self.urls.words, self.urls.keys, lambda _: [self.master])
        self.store.writer.start()
        self.box = Box(self.store)
        self.tallies = self.urls.folder / "tallies"
        self.log = self.urls.folder / "night.log"

    def share(self) -> None:
        """Everybody shares in each count; some of them change their mind, some take it back."""
        self.weeks += 1
        self.truth.clear()
        for self.box.measure in MEASURES:
            name = self.box.measure.name
            for cell, people in CELLS.items():
                who = [f"{cell} {n}" for n in range(people)]
                self.box.share(dict.fromkeys(who[:4], 3), cell)
                given = {each: self.chance.randint(1, 5) for each in who}
                self.box.share(given, cell)
                self.truth.update((name, cell, value) for value in given.values())

    def night(self, most: int) -> None:
        """One night, killed so many times on its way, or less often if it ends before."""
        for _ in range(most):
            self.box.now += LATER
            if not self._runs(killed_after=self.chance.uniform(0, self.takes)):
                return
            self._look()
        self.box.now += LATER
        assert not self._runs(killed_after=None)

    def _runs(self, killed_after: float | None) -> bool:
        """One process; whether it was killed."""
        orders = self.urls.folder / "orders"
        Orders(
            words=self.urls.words,
            keys=self.urls.keys,
            master=self.master.hex(),
            now=self.box.now.isoformat(),
            tallies=str(self.tallies),
        ).write(orders)
        with self.log.open("ab") as errors:
            process = born("tests.proofs.counting_program", str(orders), errors=errors, talks=True)
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"ready\n"
            began = time.perf_counter()
            if killed_after is None:
                said = process.stdout.read()
                assert process.wait(PATIENCE) == 0, self.log.read_text()
            else:
                time.sleep(killed_after)
                kill(process)
                said = process.stdout.read()
        finally:
            kill(process)
            process.closes()
        if b"done" not in said:
            assert killed_after is not None, said
            self.kills += 1
            return True
        if killed_after is None:
            self.takes = time.perf_counter() - began
        assert b"busy" not in said
        return False

    def _look(self) -> None:
        """After a kill: what is there is what people shared, less what was told already."""
        self._is_left_alone_until_its_lease_is_over()
        found, cast, tokens = run(self.store, self._held)
        here = run(self.store, _open)
        assert found == Counter(
            {key: number for key, number in self.truth.items() if key[:2] in here}
        )
        assert cast == tokens
        if len(here) < len(MEASURES) * len(CELLS):
            self.half["closed"] += bool(here)
        elif cast and cast.total() < self.truth.total():
            self.half["dropped"] += 1

    def _is_left_alone_until_its_lease_is_over(self) -> None:
        until = run(self.store, lambda conn: conn.scalar(select(lease.c.until)))
        soon = self.box.now + timedelta(minutes=1)
        if until is not None and until > soon:
            self.half["leased"] += 1
            assert counting.nightly(self.store, {}, soon) is None

    def _held(self, conn: Connection) -> tuple[Said, Counter[str], Counter[str]]:
        """All that waits or is cast, opened; ballots and tokens by count."""
        keys, found = self.store.keys, Said()
        cast, tokens = Counter[str](), Counter[str]()
        for count in conn.execute(select(open_count)).all():
            secret = keys.secret(COUNT + count.id)
            inner = [
                ballots.open_(keys.secret(DAY + row.day_key), row.body)
                for row in conn.execute(select(pending).where(pending.c.count == count.id))
            ]
            inside = list(conn.scalars(select(ballot.c.body).where(ballot.c.count == count.id)))
            cast[count.id] = len(inside)
            tokens[count.id] = len(
                list(conn.scalars(select(token.c.token).where(token.c.count == count.id)))
            )
            for each in (*inner, *inside):
                value = ballots.unpacked(ballots.open_(secret, each))[0][0]
                found[count.measure, count.cell, value] += 1
        return found, cast, tokens

    def is_told_exactly(self) -> None:
        """Each count is told once, from exactly what was shared."""
        lines = [json.loads(line) for line in self.tallies.read_text().splitlines()]
        last = {(each["measure"], each["cell"]): dict(each["said"]) for each in lines}
        exact = Said(
            {
                (measure, cell, value): number
                for (measure, cell), said in last.items()
                for value, number in said.items()
            }
        )
        assert exact == self.truth
        releases = self.box.told
        assert len(releases) == self.weeks * len(MEASURES)
        for measure in MEASURES:
            of = [each for each in releases if each.measure.name == measure.name]
            for each in of:
                amounts = {cell: t.contributed for t in each.told for cell in t.groups}
                assert amounts == {
                    "North": Amount(low=15, high=15),
                    "South": Amount(low=25, high=25),
                }
        self.tallies.unlink()

    def leaves_nothing(self) -> None:
        """No row of a count is left, and no key that no row needs."""
        run(self.store, self._is_empty)
        with self.store.engine.connect() as conn:
            assert closing.orphans(conn, self.store.keys) == frozenset()
        begins = Counter(each.split(":")[0] + ":" for each in self.store.keys.passing())
        assert begins[COUNT] == 0
        assert begins[GATE] == len(MEASURES)
        assert begins[DAY] == run(
            self.store, lambda conn: len(conn.execute(select(day_key)).all())
        )

    def _is_empty(self, conn: Connection) -> None:
        for table in (pending, ballot, token, turnout, open_count):
            assert conn.execute(select(table)).all() == []
        assert len(conn.execute(select(mark)).all()) == len(MEASURES) * sum(CELLS.values())


def _open(conn: Connection) -> set[tuple[str, str]]:
    found = conn.execute(select(open_count.c.measure, open_count.c.cell))
    return {(row.measure, row.cell) for row in found}


def prove(urls: Urls, master: bytes, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Share, drop, close, week after week, until so many processes were killed."""
    nights = Nights(urls, master, Random(kills))
    try:
        while nights.kills < kills:
            left = kills - nights.kills
            nights.share()
            nights.night(min(2, left // 2 + 1))
            nights.box.now += timedelta(days=8)
            nights.night(min(3, kills - nights.kills))
            nights.is_told_exactly()
            nights.leaves_nothing()
    finally:
        nights.store.close()
    tell(
        capsys,
        f"{urls.words.partition(':')[0]}: {nights.kills} kills at the ballot box in "
        f"{nights.weeks} weeks of {nights.truth.total()} shares; caught half dropped "
        f"{nights.half['dropped']}, half closed {nights.half['closed']}, holding the lease "
        f"{nights.half['leased']}; nothing lost, nothing twice, no key left",
    )


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_four_kills_lose_no_share_and_count_none_twice(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(urls, master, 4, capsys)


@pytest.mark.soak
def test_many_kills_lose_no_share_and_count_none_twice(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(urls, master, 25 if urls.is_sqlite else 8, capsys)
