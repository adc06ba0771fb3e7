"""Circles that close in the same minute: how soon all is revealed, and how long others wait."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from bench import ours
from bench.moment import WRITERS, write
from bench.ours import Ours
from bot.adapters.slack.adapter import Slack
from bot.adapters.telegram.adapter import Telegram
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Platform
from bot.requests import rounds as going
from bot.store import circles, people, rounds
from bot.store.circled import round_
from bot.store.circles import State
from bot.store.rounds import Words
from bot.store.tables import outbox

COUNT, EIGHT = 500, 8
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
#: About as many words as somebody writes to a round.
_ANSWER = "The late shift hears of changes last, and the early one writes them down. " * 4
#: Circles that are stored in one transaction.
_CHUNK = 20
#: What a close says: all voices, which question, and the message that opened it once more.
_SAYS = 3


def main() -> None:
    """Print how soon all is in the outbox, and how long a reply waits amid it and before."""
    with ours.opened() as house:
        house.settle(WRITERS)
        for first in range(0, COUNT, _CHUNK):
            house.store.writer.submit(_gathering(house, range(first, first + _CHUNK))).result()
        asyncio.run(_close(house))


def _gathering(house: Ours, numbers: range) -> Callable[[Connection], None]:
    """Circles of eight who have all answered a round that closes at noon."""
    keys, early = house.store.keys, NOON - timedelta(days=3)

    def work(conn: Connection) -> None:
        for number in numbers:
            made = circles.add(
                conn,
                keys,
                Platform.TELEGRAM,
                f"-100{number}",
                title="Ward",
                zone="Europe/London",
                language="en",
                now=early,
            )
            circles.change(conn, made.id, state=State.ACTIVE, rhythm="weekly", began_at=early)
            held = going.begin(conn, house.house, replace(made, state=State.ACTIVE), early)
            for which in range(EIGHT):
                _gives(conn, house, held.id, made.id, f"{number}.{which}", early)
            rounds.save(conn, keys, rounds.changed(held, closes_at=NOON, remind_at=None))

    return work


def _gives(  # noqa: PLR0913, PLR0917 - Who gives what to which round of what.
    conn: Connection, house: Ours, round_id: str, circle: str, place: str, early: datetime
) -> None:
    keys = house.store.keys
    who = people.add(
        conn,
        keys,
        Platform.TELEGRAM,
        place,
        language="en",
        zone="Europe/London",
        now=early,
    ).participant.id
    circles.join(conn, keys, circle, who, name=f"Somebody {place}", host=False, now=early)
    words = Words(paragraphs=(_ANSWER,) * 4, question=_ANSWER, messages=())
    rounds.give(conn, keys, round_id, who, conversation="", words=words)


async def _close(house: Ours) -> None:
    store = house.store
    deliverer = Deliverer(store.writer, store.keys, {}, lambda: NOON)
    doors = Doors(house.house, store, deliverer, {}, lambda: NOON)
    before = await store.writer.run(_queued)
    calm, amid = list[float](), list[float]()
    writing = asyncio.create_task(write(house, calm))
    await asyncio.sleep(5)
    writing.cancel()
    writing = asyncio.create_task(write(house, amid))
    begun = time.perf_counter()
    while await store.writer.run(_open):
        await doors.circle(NOON)
    took = time.perf_counter() - begun
    writing.cancel()
    said = await store.writer.run(_queued) - before
    print(
        f"SQLite: {COUNT} circles of {EIGHT} close at once: all is in the outbox after "
        f"{took:.1f} s, {COUNT / took:,.0f} circles/s; {said:,} messages more in it"
    )
    print(f"    a reply waits {_waits(amid)}; before it {_waits(calm)}")
    for pace in (Telegram.pace, Slack.pace):
        name = "Telegram" if pace is Telegram.pace else "Slack"
        print(
            f"    at {name}'s {pace.bot:.0f}/s all of it stands there after "
            f"{COUNT * _SAYS / (pace.bot or 1):.0f} s"
        )


def _open(conn: Connection) -> int:
    still = select(func.count()).where(round_.c.state == rounds.State.OPEN)
    return conn.scalar(still) or 0


def _queued(conn: Connection) -> int:
    waits = select(func.count()).select_from(outbox).where(outbox.c.ended_at.is_(None))
    return conn.scalar(waits) or 0


def _waits(waits: list[float]) -> str:
    ordered = sorted(waits)
    slow = ordered[len(ordered) * 95 // 100]
    middle = statistics.median(ordered)
    worst = ordered[-1]
    return f"p50 {middle * 1000:.1f} ms, p95 {slow * 1000:.1f} ms, at worst {worst * 1000:.1f} ms"


if __name__ == "__main__":
    main()
