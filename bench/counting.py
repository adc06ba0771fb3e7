"""The ballot box at night: a large count closed, and many shares dropped while people write.

usage: python -m bench.counting [close | drop] [people]

A close is measured in a process of its own, for its memory, beside a peer: the same tally of rows
without seals, tokens and keys. The replies come through the writer at a steady pace, first alone
and then while the drop is at work; what is told is by how much later they are acknowledged.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, insert, select

from bench import ours
from bench.replies import fill
from bot.measures.measure import Ballot, Kind, Measure
from bot.measures.rules import Cell, outcome
from bot.requests import counting
from bot.store import counts
from bot.store.columns import new_id
from bot.store.counted import ballot, pending, token, turnout
from bot.store.counts import ANSWERED, Count
from bot.store.dropping import week_of
from bot.store.opening import Store, open_store
from bot.store.tables import participant
from bot.trust import ballots
from bot.trust.keyring import COUNT
from bot.trust.sealing import new_key
from bot.turns import Heard

CLOSED = 100_000
DROPPED = (20_000, 100_000)
#: Replies a second, and of how many people.
PACE = 20
WRITING = 200
#: For how long replies come alone, in seconds.
ALONE = 15.0
_AT_ONCE = 5_000
_NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
_WEEK = timedelta(days=7)
_MEASURE = Measure(
    name="energy",
    title="Energy",
    question="How much energy was there?",
    kind=Kind.SCALE,
    favourable=(4, 5),
    not_to_conclude="Nothing of anyone.",
)
#: The peer's table: what was said, under nobody's name, and nothing else.
_plain = Table(
    "plain",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("count", String(32)),
    Column("said", Integer),
)


def main() -> None:
    """Print how long a close takes and what it holds, and how late replies are during a drop."""
    what, *sizes = sys.argv[1:] or ["all"]
    if what == "closing":
        _close(*sizes)
        return
    given = [int(each) for each in sizes]
    if what in ("all", "close"):
        for size in given or [CLOSED]:
            _closes(size)
    if what in ("all", "drop"):
        for size in given or DROPPED:
            _drops(size)


def _closes(size: int) -> None:
    """One count of so many people, closed by a process that does nothing else."""
    master = new_key()
    with tempfile.TemporaryDirectory() as folder:
        store = _open(folder, master)
        fill(store, size)
        _cast(store, size)
        store.close()
        told = _alone("closing", folder, master.hex())
        seconds, busy, memory, alone = (float(each) for each in told)
    plain = _peer(size)
    print(
        f"a count of {size:,} ballots: closed in {seconds:.1f} s (60 at most), "
        f"{busy:.1f} s of them at work, "
        f"{memory:.0f} MB at the peak (500 at most; {alone:.0f} before)"
    )
    print(f"the same of plain rows, without seals and keys: {plain:.1f} s; {seconds / plain:.1f}x")


def _alone(*words: str) -> list[str]:
    done = subprocess.run(  # noqa: S603 - Our own program.
        [sys.executable, "-m", "bench.counting", *words],
        cwd=Path(__file__).parent.parent,
        env=dict(os.environ),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


def _close(folder: str, master: str) -> None:
    store = _open(folder, bytes.fromhex(master))
    alone, worked = _peak(), time.process_time()
    began = time.perf_counter()
    night = counting.nightly(store, {_MEASURE.name: _MEASURE}, _NOW + 2 * _WEEK)
    seconds = time.perf_counter() - began
    store.close()
    if night is None or night.closed.told != 1:
        raise SystemExit(f"nothing was told: {night}")
    print(seconds, time.process_time() - worked, _peak(), alone)


def _peak() -> float:
    """The most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _peer(size: int) -> float:
    """The same values as plain rows: read, tallied, told and deleted; in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        store = _open(folder, new_key())

        def prepare(conn: Connection) -> None:
            _plain.create(conn)
            conn.execute(insert(_plain), [{"count": "c", "said": _value(n)} for n in range(size)])

        def close(conn: Connection) -> None:
            found = conn.scalars(select(_plain.c.said).where(_plain.c.count == "c"))
            given: tuple[Ballot, ...] = tuple(_MEASURE.check(((each,),)) for each in found)
            cell = Cell(
                name="Everybody",
                ballots=given,
                people=frozenset(map(str, range(size))),
                invited=size,
                opened=size,
                answered=size,
            )
            if not outcome(_MEASURE, [cell], []).told:
                raise SystemExit("nothing was told of plain rows")
            conn.execute(delete(_plain).where(_plain.c.count == "c"))

        store.writer.submit(prepare).result()
        began = time.perf_counter()
        store.writer.submit(close).result()
        seconds = time.perf_counter() - began
        store.close()
    return seconds


def _drops(size: int) -> None:
    """So many shares of one count dropped while replies come at a steady pace."""
    with ours.opened() as house:
        house.settle(WRITING)
        fill(house.store, size)
        _wait(house.store, size)
        alone = _during(house, lambda: time.sleep(ALONE))
        began = time.perf_counter()
        beside = _during(house, lambda: _drop(house.store, size))
        seconds = time.perf_counter() - began
    print(f"{size:,} shares dropped in {seconds:.1f} s, {PACE} replies a second beside it:")
    for name, at in (("median", 0.5), ("p99", 0.99), ("slowest", 1.0)):
        before, after = _quantile(alone, at), _quantile(beside, at)
        print(
            f"  {name:8} {before:6.1f} ms alone, {after:6.1f} ms beside the drop: "
            f"{after - before:+.1f} ms (+50 at most)"
        )


def _drop(store: Store, size: int) -> None:
    night = counting.nightly(store, {}, _NOW + timedelta(days=1))
    if night is None or night.dropped != size:
        raise SystemExit(f"not everything was dropped: {night}")


def _during(house: ours.Ours, work: Callable[[], object]) -> list[float]:
    """How long each reply took that came while a work was done, in milliseconds."""
    with _replies(house) as took:
        work()
    return took


@contextmanager
def _replies(house: ours.Ours) -> Iterator[list[float]]:
    """Replies at a steady pace, whether the ones before are done or not."""
    took: list[float] = []
    over = threading.Event()

    def write() -> None:
        began, number = time.perf_counter(), 0
        reply: Future[Heard] | None = None
        while not over.wait(max(0.0, began + number / PACE - time.perf_counter())):
            due = began + number / PACE
            reply = house.reply(number % WRITING)
            # mypy cannot infer what a lambda with a default is.
            reply.add_done_callback(lambda _, due=due: took.append(time.perf_counter() - due))  # type: ignore[misc]
            number += 1
        if reply is not None:
            reply.result()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()
    took[:] = [1000 * each for each in took]


def _quantile(found: list[float], at: float) -> float:
    return sorted(found)[min(len(found) - 1, int(at * len(found)))]


def _open(folder: str, master: bytes) -> Store:
    store = open_store(
        f"sqlite:///{folder}/words.sqlite", f"sqlite:///{folder}/keys.sqlite", lambda _: [master]
    )
    store.writer.start()
    return store


def _count(store: Store) -> Count:
    return store.writer.submit(
        lambda conn: counts.opened(
            conn,
            store.keys,
            _MEASURE,
            cell="Everybody",
            title="Everybody",
            now=_NOW,
            closes_at=_NOW + _WEEK,
        )
    ).result()


def _value(number: int) -> int:
    return 1 + (number * 7 + number // 3) % 5


def _people(store: Store, size: int) -> list[str]:
    with store.engine.connect() as conn:
        return list(conn.scalars(select(participant.c.id).limit(size).order_by(participant.c.id)))


def _put(store: Store, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows, some at a time."""
    some: list[Mapping[str, object]] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            store.writer.submit(partial(_insert, table=table, rows=some)).result()
            some = []
    if some:
        store.writer.submit(partial(_insert, table=table, rows=some)).result()


def _insert(conn: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    conn.execute(insert(table), [dict(row) for row in rows])


def _came(store: Store, of: Count, people: list[str]) -> None:
    rows = ({"participant": each, "count": of.id, "stage": ANSWERED} for each in people)
    _put(store, turnout, rows)


def _cast(store: Store, size: int) -> None:
    """Everybody has shared, and what they shared was dropped."""
    of, people = _count(store), _people(store, size)
    secret = store.keys.secret(COUNT + of.id)
    week = week_of(of.closes_at)
    _came(store, of, people)
    tokens = sorted(ballots.token(secret, of.measure, of.cell, each) for each in people)
    _put(store, token, ({"count": of.id, "token": each} for each in tokens))
    _put(
        store,
        ballot,
        (
            {
                "id": new_id(),
                "week": week,
                "count": of.id,
                "body": ballots.seal(of.public, ballots.packed(((_value(n),),))),
            }
            for n in range(size)
        ),
    )


def _wait(store: Store, size: int) -> None:
    """Everybody has shared, and it waits for the drop."""
    of, people = _count(store), _people(store, size)
    _came(store, of, people)
    day, public = store.writer.submit(lambda conn: counts.new_day(conn, store.keys, _NOW)).result()
    inner = (ballots.seal(of.public, ballots.packed(((_value(n),),))) for n in range(size))
    rows = (
        {"participant": each, "count": of.id, "day_key": day, "body": ballots.seal(public, body)}
        for each, body in zip(people, inner, strict=True)
    )
    _put(store, pending, rows)


if __name__ == "__main__":
    main()
