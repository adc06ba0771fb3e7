"""Campaigns for 100,000 people: the dry run, the start, a quiet minute and a big moment.

usage: python -m bench.planning [people [people of the big moment]]

Whatever is measured in memory runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from bench import crowd, jobs, moment
from bench.lanes import run, served, spread
from bot.commands import campaigns
from bot.commands.opening import New, opened
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.requests.desk import House
from bot.settings import Settings
from bot.store import conversations, dues
from bot.store.opening import Store
from scheduler.tick import now
from scheduler.upcoming import upcoming

PEOPLE = 100_000
#: How many are due at one instant.
DUE = 10_000
#: How many jobs the peer stores.
JOBS = 10_000
#: Megabytes, and milliseconds.
MOST_MEMORY = 300
MOST_TICK = 20
#: The first day of the dry run: clocks change within its four weeks, and Easter is in them.
FIRST = date(2027, 3, 8)
FILE = "thirty.yaml"
PULSES = 60
_DAY = timedelta(days=1)


def main() -> None:
    """Print every figure."""
    match sys.argv[1:]:
        case ["dry", count, alike]:
            _say(*_dry(int(count), alike=alike == "alike"))
        case ["start"]:
            _say(*_start())
        case ["jobs", count]:
            _say(*jobs.figures(int(count)))
        case given:
            people, due = [*map(int, given), *(PEOPLE, DUE)[len(given) :]]
            _print_all(people, due)


def _print_all(people: int, due: int) -> None:
    dry_runs(people)
    for kind, database in (("SQLite", _sqlite), ("PostgreSQL", served)):
        planned(kind, database, people)
    moment.big(due)
    job_store(min(JOBS, people))


def dry_runs(people: int) -> None:
    """The dry run for a tenth, for half and for all, to show how it grows."""
    for count in (people // 10, people // 2, people):
        _dry_run(count, "alike")
    _dry_run(people // 10, "unlike")


def _dry_run(count: int, alike: str) -> None:
    seconds, own, lines, memory = _apart("dry", str(count), alike)
    whose = "in 40 zones" if alike == "alike" else "of whom no two share a rhythm"
    print(
        f"dry run, {count:,} people {whose}, 30 steps: {lines:,.0f} prompts in {seconds:.1f} s, "
        f"{own / count * 1000:.2f} ms of processor time a person (the same for each count), "
        f"{memory:.0f} MB at most (under {MOST_MEMORY})"
    )


def _dry(count: int, *, alike: bool) -> tuple[float, float, int]:
    """Seconds, those of the processor, and prompts of a dry run."""
    at = crowd.midnight(FIRST) - _DAY
    joined = at - 30 * _DAY if alike else at
    people = (crowd.person(each, joined, alike=alike) for each in range(count))
    begun, worked = time.perf_counter(), time.process_time()
    lines = upcoming(crowd.campaign(FIRST), people, now=at, until=at + 32 * _DAY)
    number = sum(1 for _ in lines)
    return time.perf_counter() - begun, time.process_time() - worked, number


def planned(
    kind: str, database: Callable[[Path], AbstractContextManager[str]], count: int
) -> None:
    """The campaign started for people who are stored; then a quiet minute with all of it."""
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        folder, at = Path(name), now()
        settings = Settings(
            database_url=url,
            keys_url=f"sqlite:///{folder}/keys.sqlite",
            master_key_file=str(folder / "master.key"),
        )
        (folder / FILE).write_text(crowd.campaign(at.date()).model_dump_json())
        with opened(settings, New.MADE) as house:
            crowd.stored(house.store, count, at - _DAY)
        seconds, own, memory = _apart("start", folder=folder, settings=settings)
        with opened(settings) as house:
            rows = run(house.store, lambda conn: dues.count(conn, "thirty"))
            print(
                f"{kind}: started for {count:,} people: {rows:,} rows in {seconds:.1f} s, "
                f"{own / count * 1000:.2f} ms of our processor time a person, "
                f"{memory:.0f} MB at most (under {MOST_MEMORY})"
            )
            _questions(kind, house.store, at)
            asyncio.run(_pulses(kind, house.store, house.house, at))


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/words.sqlite"


def _start() -> tuple[float, float]:
    """Seconds of `skerry campaigns start`, and those of the processor."""
    begun, worked = time.perf_counter(), time.process_time()
    campaigns.start(FILE)
    return time.perf_counter() - begun, time.process_time() - worked


def _questions(kind: str, store: Store, at: datetime) -> None:
    """What the pulse asks of the database, alone."""
    took: list[float] = []
    with store.engine.connect() as conn:
        for _ in range(PULSES):
            begun = time.perf_counter()
            found = dues.come(conn, at, 200), conversations.due(conn, at, 500)
            took.append(time.perf_counter() - begun)
            if found != ((), ()):
                raise AssertionError(found)
    print(
        f"{kind}: {PULSES} quiet pulses, their two questions alone: {sum(took) * 1000:.1f} ms, "
        f"each {spread(took)} (under {MOST_TICK})"
    )


async def _pulses(kind: str, store: Store, house: House, at: datetime) -> None:
    """The pulse as it is: both questions through the writer."""
    doors = Doors(house, store, Deliverer(store.writer, store.keys, {}, now), {}, now)
    took: list[float] = []
    for _ in range(PULSES):
        begun = time.perf_counter()
        await doors.wake(at)
        await doors.call(at)
        took.append(time.perf_counter() - begun)
    print(
        f"{kind}: {PULSES} quiet pulses, through the writer: {sum(took) * 1000:.1f} ms, "
        f"each {spread(took)} (under {MOST_TICK})"
    )


def job_store(count: int) -> None:
    """The peer, for the record."""
    adding, quiet, due, memory = _apart("jobs", str(count))
    print(
        f"for the record: {count:,} jobs in APScheduler's SQLAlchemy job store: added in "
        f"{adding:.1f} s, {memory:.0f} MB at most; a wake-up with nothing due {quiet:.2f} ms, "
        f"with {jobs.DUE} due {due:.0f} ms"
    )


def _apart(
    *words: str, folder: Path | None = None, settings: Settings | None = None
) -> list[float]:
    """What another process measures, its peak of resident memory in megabytes last."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    if settings is not None:
        env["SKERRY_DATABASE_URL"] = settings.database_url
        env["SKERRY_KEYS_URL"] = settings.keys_url
        env["SKERRY_MASTER_KEY_FILE"] = settings.master_key_file
    done = subprocess.run(  # noqa: S603 - Our own program.
        [sys.executable, "-m", "bench.planning", *words],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        check=True,
    )
    return [float(each) for each in json.loads(done.stdout.splitlines()[-1])]


def _say(*figures: float) -> None:
    print(json.dumps([*figures, _peak()]))


def _peak() -> float:
    """This process's peak of resident memory, in megabytes.

    `getrusage` would tell the peak of the process that started this one, were it the higher.
    """
    status = Path("/proc/self/status").read_text().splitlines()
    (line,) = (each for each in status if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
