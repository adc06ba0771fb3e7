"""A big moment: thousands of people due at one instant, while others write."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bench import ours
from bench.ours import Ours
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Platform
from bot.requests import planning
from bot.store import dues, outbox, people, rhythms
from scheduler.campaign import Campaign

#: A Tuesday; the campaign's hour on everybody's clock.
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
WRITERS = 200
#: Seconds between two replies.
EVERY = 0.05
#: What is promised of a reply at the busiest, in milliseconds.
MOST_WAIT = 300
_CHUNK = 200
_CAMPAIGN = {
    "name": "moment",
    "title": "All at once",
    "starts": "2026-11-02",
    "steps": [
        {
            "id": "check_in",
            "practice": "checkin",
            "when": {"kind": "weekly", "on": ["tuesday"]},
            "at": "12:00",
        }
    ],
}


def big(count: int) -> None:
    """Print how soon all is in the outbox, and how long a reply waits before, amid and after."""
    with ours.opened() as house:
        house.settle(WRITERS)
        _plan(house, count)
        asyncio.run(_call(house, count))


def _plan(house: Ours, count: int) -> None:
    """So many people who have joined, in a campaign that is due to all of them at noon."""
    campaign = Campaign.model_validate_json(json.dumps(_CAMPAIGN))
    early = NOON - timedelta(days=1)
    submit = house.store.writer.submit
    submit(lambda conn: planning.start(conn, campaign, early)).result()
    for first in range(0, count, _CHUNK):
        submit(_joining(house, range(first, min(first + _CHUNK, count)), early)).result()


def _joining(house: Ours, numbers: range, early: datetime) -> Callable[[Connection], None]:
    def work(conn: Connection) -> None:
        running = planning.running(conn)
        for number in numbers:
            present = people.add(
                conn,
                house.house.keys,
                Platform.TELEGRAM,
                f"due {number}",
                language="en",
                zone="Europe/London",
                now=early,
            )
            people.change(conn, present.participant.id, keeps=True, joined_at=early)
            person = rhythms.of(conn, present.participant.id)
            planning.plan(conn, [person] if person else [], running, early)

    return work


async def _call(house: Ours, count: int) -> None:
    store = house.store
    deliverer = Deliverer(store.writer, store.keys, {}, lambda: NOON)
    doors = Doors(house.house, store, deliverer, {}, lambda: NOON)
    before = await _queued(house)
    calm, amid = list[float](), list[float]()
    writing = asyncio.create_task(write(house, calm))
    await asyncio.sleep(5)
    writing.cancel()
    writing = asyncio.create_task(write(house, amid))
    begun = time.perf_counter()
    await doors.call(NOON)
    took = time.perf_counter() - begun
    writing.cancel()
    sent = await _queued(house) - before
    left = await store.writer.run(lambda conn: len(dues.come(conn, NOON, 1)))
    print(
        f"SQLite: {count:,} people due at once: all in the outbox after {took:.1f} s, "
        f"{count / took:,.0f}/s; {left} left (0), {sent:,} messages more in it"
    )
    print(f"    a reply waits {_waits(amid)} (p95 at most {MOST_WAIT}); before it {_waits(calm)}")


async def write(house: Ours, waits: list[float]) -> None:
    """Reply after reply, each when it is due, however long those before it take."""
    begun, number = time.perf_counter(), 0
    while True:
        due = begun + number * EVERY
        await asyncio.sleep(due - time.perf_counter())
        house.reply(number % WRITERS).add_done_callback(_noting(waits, due))
        number += 1


def _noting(waits: list[float], due: float) -> Callable[[object], None]:
    return lambda _: waits.append(time.perf_counter() - due)


async def _queued(house: Ours) -> int:
    counts = await house.store.writer.run(outbox.counts)
    return sum(each.queued for each in counts)


def _waits(waits: list[float]) -> str:
    ordered = sorted(waits)
    slow = ordered[len(ordered) * 95 // 100]
    return f"p50 {statistics.median(ordered) * 1000:.1f} ms, p95 {slow * 1000:.1f} ms"
