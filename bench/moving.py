"""A festival moves for 100,000 people, while others write.

usage: python -m bench.moving [people]

The move is the command's own work in a process of its own; the replies are written by this one.
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

from bench import crowd
from bench.lanes import run, served
from bench.moment import EVERY, WRITERS
from bench.moment import write as writing
from bench.ours import Ours
from bot.commands import moving
from bot.commands.opening import New, Opened, opened
from bot.commands.steering import plan_all
from bot.requests import festivals, planning
from bot.settings import Settings
from bot.store import dues
from scheduler.campaign import Campaign, Weekday
from scheduler.festival import Festival, moved
from scheduler.tick import now

PEOPLE = 100_000
#: What is promised: seconds, and milliseconds that a reply waits longer.
MOST_SECONDS, MOST_WAIT = 10, 100
NAME, CAMPAIGN = "spring", "four_days"
_DAY = timedelta(days=1)
#: How many days it moves, and what that is.
MOVES = {
    "1": "a day later, with its first prompt written down for everybody",
    "14": "two weeks later, with its first prompt written down for everybody",
    "-34": "earlier, so that three prompts are past for everybody and a day of it is near",
    "70": "far away",
}


def main() -> None:
    """Print every figure."""
    match sys.argv[1:]:
        case ["move", days]:
            print(json.dumps(_move(int(days))))
        case given:
            for kind, database in (("SQLite", _sqlite), ("PostgreSQL", served)):
                _figures(kind, database, int(given[0]) if given else PEOPLE)


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/words.sqlite"


def _figures(
    kind: str, database: Callable[[Path], AbstractContextManager[str]], count: int
) -> None:
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        folder, at = Path(name), now()
        settings = Settings(
            database_url=url,
            keys_url=f"sqlite:///{folder}/keys.sqlite",
            master_key_file=str(folder / "master.key"),
        )
        with opened(settings, New.MADE) as house:
            crowd.stored(house.store, count, at - _DAY)
            ours = Ours(house.store)
            ours.settle(WRITERS)
            began = time.perf_counter()
            _start(house, at)
            took = time.perf_counter() - began
            rows = run(house.store, lambda conn: dues.count(conn, CAMPAIGN))
            print(f"{kind}: started for {count:,} people in {took:.1f} s, {rows:,} rows")
            for days, what in MOVES.items():
                asyncio.run(_beside(kind, ours, settings, days, what))


def _start(house: Opened, at: datetime) -> None:
    """A festival of four days in which something is due to everybody tomorrow."""
    first = at.date() + timedelta(days=23)
    submit = house.store.writer.submit
    submit(lambda conn: festivals.keep(conn, _festival(first), at)).result()
    submit(lambda conn: planning.start(conn, _campaign(at.date()), at)).result()
    plan_all(house, CAMPAIGN, at)


def _festival(first: date) -> Festival:
    hours = ("08:00", "12:30", "18:30")
    sessions = [
        {"id": f"s{day}{number}", "title": "A session", "starts": f"{first + day * _DAY} {hour}"}
        for day in range(4)
        for number, hour in enumerate(hours)
    ]
    told = {"name": NAME, "title": "Spring", "opens": first, "closes": first + 3 * _DAY}
    return Festival.model_validate(told | {"sessions": sessions})


def _campaign(first: date) -> Campaign:
    """Ten steps: all that a festival brings."""
    around = ("21 days before it opens", "7 days before it opens", "1 day before it opens")
    after = ("2 days after it closes", "14 days after it closes", "60 days after it closes")
    whens: list[tuple[dict[str, str], str | None]] = [
        ({"kind": "festival", "on": on}, "09:30") for on in (*around, *after)
    ]
    whens += [({"kind": "festival_day"}, "08:30"), ({"kind": "festival_day"}, "17:30")]
    whens += [({"kind": "session", "on": "10 minutes after it ends"}, None)]
    steps = [
        {"id": f"step_{number}", "practice": "weekly", "when": when} | ({"at": at} if at else {})
        for number, (when, at) in enumerate(whens)
    ]
    told = {
        "name": CAMPAIGN,
        "title": "Four days",
        "starts": first,
        "festival": NAME,
        "window": "07:00-22:00",
        "holidays": "none",
        "working_days": list(Weekday),
        "steps": steps,
    }
    return Campaign.model_validate(told)


async def _beside(kind: str, ours: Ours, settings: Settings, days: str, what: str) -> None:
    """Replies alone, then replies while it moves in another process."""
    calm, amid = list[float](), list[float]()
    await _writing(ours, calm, asyncio.sleep(5))
    took = await _writing(ours, amid, asyncio.to_thread(_apart, settings, days))
    rows = await ours.store.writer.run(lambda conn: dues.count(conn, CAMPAIGN))
    print(
        f"{kind}: moved {what}: {took:.1f} s (under {MOST_SECONDS}), {rows:,} rows; a reply waits "
        f"p50 {_part(amid, 50):.0f} ms, p95 {_part(amid, 95):.0f} ms, at most "
        f"{max(amid) * 1000:.0f} ms; before it p95 {_part(calm, 95):.0f} ms, at most "
        f"{max(calm) * 1000:.0f} ms (delayed by less than {MOST_WAIT})"
    )


def _part(waits: list[float], percent: int) -> float:
    return sorted(waits)[len(waits) * percent // 100] * 1000


async def _writing(ours: Ours, waits: list[float], beside: object) -> float:
    task = asyncio.create_task(writing(ours, waits))
    found = await beside  # type: ignore[misc]  # A future of any kind.
    await asyncio.sleep(10 * EVERY)
    task.cancel()
    return found or 0.0


def _apart(settings: Settings, days: str) -> float:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    env["SKERRY_DATABASE_URL"] = settings.database_url
    env["SKERRY_KEYS_URL"] = settings.keys_url
    env["SKERRY_MASTER_KEY_FILE"] = settings.master_key_file
    done = subprocess.run(  # noqa: S603 - Our own program.
        [sys.executable, "-m", "bench.moving", "move", days],
        env=env,
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(done.stdout.splitlines()[-1])


def _move(days: int) -> float:
    """Seconds from the decision to the last row."""
    with opened(Settings()) as house:
        held = moving.known(house, NAME)
        began = time.perf_counter()
        moving.change_to(house, held, moved(held, held.first + days * _DAY), yes=True)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
