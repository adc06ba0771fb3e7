"""Two schedulers call the same prompts at the same moment: each goes out once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Connection, func, select

from bot import doors as door
from bot import prompting
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Platform
from bot.requests import planning
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import dues, occasions, people, rhythms
from bot.store.occasions import State
from bot.store.opening import Store, open_store
from bot.store.tables import new_id, occasion, outbox
from bot.turns import Heard
from tests.conftest import Urls
from tests.proofs import almanac
from tests.proofs.voyage import tell

#: How many people there are, and in the soak.
SOME, MANY = 20, 40
WEEKS = 4
MONDAY = datetime(2027, 1, 4, tzinfo=UTC)


@dataclass
class Pair:
    """Two schedulers at one database; on SQLite they share a process, hence its writer."""

    stores: tuple[Store, Store]
    folder: Path
    size: int

    def __post_init__(self) -> None:
        self.now = MONDAY
        self.calls: Counter[bool] = Counter()
        self.doors = [self._doors(store) for store in self.stores]

    def _doors(self, store: Store) -> Doors:
        house = House(
            keys=store.keys,
            shelf=Shelf(almanac.practices(self.folder)),
            quiet_gap=timedelta(0),
            zone="Europe/London",
            signposts="",
            retention_months=12,
            chance=lambda: 0,
            new_id=new_id,
        )
        deliverer = Deliverer(store.writer, store.keys, {}, lambda: self.now)
        return Doors(house, store, deliverer, {}, lambda: self.now)

    def begin(self, conn: Connection) -> None:
        keys = self.stores[0].keys
        for number in range(self.size):
            who = people.add(
                conn,
                keys,
                Platform.TELEGRAM,
                f"chat-{number}",
                language="en",
                zone="Europe/London",
                now=MONDAY,
            ).participant.id
            people.change(conn, who, keeps=True, joined_at=MONDAY)
        first = date(2027, 1, 4)
        for campaign in (almanac.inquiry(first), almanac.nudge(first), almanac.trial(first)):
            planning.start(conn, campaign, MONDAY)
        planning.plan(conn, list(rhythms.everyone(conn)), planning.running(conn), MONDAY)

    def counted(self, conn: Connection, house: House, due: dues.Due, now: datetime) -> Heard:
        """Call, and count whether the other one had done so."""
        heard = prompting.call(conn, house, due, now)
        self.calls[heard.new] += 1
        return heard

    async def run(self) -> None:
        """Both call at every instant at which something is due."""
        store = self.stores[0]
        await store.writer.run(self.begin)
        counting = mock.Mock(call=self.counted)
        with mock.patch.object(door, "prompting", counting):
            while self.now < MONDAY + timedelta(weeks=WEEKS):
                await asyncio.gather(*(each.call(self.now) for each in self.doors))
                soonest = await store.writer.run(dues.soonest)
                assert soonest is not None
                self.now = max(soonest, self.now + timedelta(minutes=1))

    def doubles(self) -> tuple[int, int]:
        """How many prompts were sent, and how many of them twice."""
        with self.stores[0].engine.connect() as conn:
            sent = conn.scalar(select(func.count()).where(occasion.c.state == State.SENT))
            asked = conn.scalar(select(func.count()).where(outbox.c.ask.is_not(None)))
        assert sent is not None
        assert asked is not None
        return sent, asked - sent


@pytest.fixture
def pair(urls: Urls, master: bytes, tmp_path: Path, size: int) -> Iterator[Pair]:
    def opened() -> Store:
        store = open_store(urls.words, urls.keys, lambda _: [master])
        store.writer.start()
        return store

    one = opened()
    two = one if urls.is_sqlite else opened()
    yield Pair((one, two), tmp_path, size)
    for store in {id(each): each for each in (one, two)}.values():
        store.close()


@pytest.mark.parametrize("size", [SOME, pytest.param(MANY, marks=pytest.mark.soak)])
async def test_what_two_schedulers_call_at_once_is_sent_once(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    await pair.run()
    sent, twice = pair.doubles()
    tell(
        capsys,
        f"two schedulers ({pair.stores[0].engine.dialect.name}): {sent} prompts sent, {twice} "
        f"twice; {pair.calls[False]} of {pair.calls.total()} calls came second",
    )
    assert twice == 0
    assert sent >= pair.size * WEEKS
    assert pair.calls[False] >= pair.size


@pytest.mark.parametrize(
    ("urls", "size"),
    [("sqlite", SOME), pytest.param("postgresql", MANY, marks=pytest.mark.soak)],
    indirect=["urls"],
)
async def test_without_the_claim_and_the_second_look_there_are_doubles(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(claim: Any) -> Any:  # noqa: ANN401
        def claimed(*args: Any) -> bool:  # noqa: ANN401
            claim(*args)
            return True

        return claimed

    monkeypatch.setattr(occasions, "claim", careless(occasions.claim))
    monkeypatch.setattr(dues, "get", lambda _conn, due: replace(due))
    await pair.run()
    assert pair.doubles()[1] > 0
