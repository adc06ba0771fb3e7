"""A ballot box with people around it, for tests that look into both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from bot.measures.measure import Kind, Measure
from bot.measures.release import Release
from bot.requests import counting
from bot.store import counts, releases
from bot.store.counted import ballot, pending
from bot.store.counts import ANSWERED, Count
from bot.store.opening import Store
from tests.store.builders import NOON, run, somebody

ENERGY = Measure(
    name="energy",
    title="Energy",
    question="How much energy was there?",
    kind=Kind.SCALE,
    favourable=(4, 5),
    not_to_conclude="Nothing of anyone.",
)
WEEK = timedelta(days=7)


@dataclass
class Box:
    """People who share what they answered, and the nights that follow."""

    store: Store
    now: datetime = NOON
    measure: Measure = ENERGY
    people: dict[str, str] = field(default_factory=dict)

    def count(self, cell: str = "Team") -> Count:
        """The open count of a cell."""
        return run(
            self.store,
            lambda conn: counts.opened(
                conn,
                self.store.keys,
                self.measure,
                cell=cell,
                title=cell,
                now=self.now,
                closes_at=self.now + WEEK,
            ),
        )

    def id_of(self, name: str) -> str:
        """Somebody's id; they come to be when they are first named."""
        if name not in self.people:
            self.people[name] = somebody(self.store, name).participant.id
        return self.people[name]

    def asked(self, names: Iterable[str], cell: str = "Team", stage: int = 0) -> None:
        """These are asked, or come further than that."""
        of = self.count(cell)
        ids = [self.id_of(name) for name in names]
        for whose in ids:
            run(self.store, partial(_came, whose=whose, count=of.id, stage=stage))

    def share(self, given: Mapping[str, int], cell: str = "Team") -> None:
        """These answer and agree to share."""
        self.asked(given, cell, ANSWERED)
        of = self.count(cell)
        for name, value in given.items():
            whose = self.id_of(name)
            run(
                self.store,
                partial(
                    counts.share,
                    keys=self.store.keys,
                    participant_id=whose,
                    count=of,
                    given=((value,),),
                    now=self.now,
                ),
            )

    def night(self, days: float = 1.0) -> counting.Night | None:
        """Time goes by, then the drop and the close."""
        self.now += timedelta(days=days)
        return counting.nightly(self.store, {self.measure.name: self.measure}, self.now)

    @property
    def waiting(self) -> int:
        """How many shares stand under names."""
        return len(run(self.store, lambda conn: conn.execute(select(pending)).all()))

    @property
    def ballots(self) -> int:
        """How many ballots there are."""
        return len(run(self.store, lambda conn: conn.execute(select(ballot)).all()))

    @property
    def told(self) -> tuple[Release, ...]:
        """What was told."""
        return run(self.store, releases.all_of)


def _came(conn: Connection, *, whose: str, count: str, stage: int) -> None:
    counts.came(conn, whose, [count], stage)
