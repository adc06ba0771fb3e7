"""A reply, durably: Skerry beside python-telegram-bot's handler and a bare loop, in one run.

usage: python -m bench.replies [stored people]

All sides play the same six-turn check-in, turn by turn, with the same replies. Ours includes
encryption and ends at the commit that the acknowledgement waits for.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from bench import ours, peers
from bot.store.opening import Store
from bot.store.tables import address, new_id, participant

PEOPLE = 200
STORED = 100_000
ROUNDS = 5
_BOT = Path(__file__).parent.parent / "bot"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print every figure as a median of a few rounds, taken in turn, and their ratios."""
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else STORED
    with ours.opened() as small, ours.opened() as large:
        small.settle(PEOPLE)
        large.settle(PEOPLE)
        fill(large.store, stored - PEOPLE)
        sides: dict[str, Callable[[], float]] = {
            "ours, one at a time": lambda: ours.one_at_a_time(small, PEOPLE, 1200),
            f"ours, one at a time, {stored:,} stored": lambda: ours.one_at_a_time(
                large, PEOPLE, 1200
            ),
            "handler, pickle flushed": lambda: peers.with_pickle(PEOPLE, 300),
            "ours, 32 at once": lambda: ours.at_once(small, PEOPLE, 2400),
            f"ours, 32 at once, {stored:,} stored": lambda: ours.at_once(large, PEOPLE, 2400),
            "handler, SQLite FULL": lambda: peers.with_sqlite(PEOPLE, 1500),
            "bare sqlite3 loop": lambda: peers.bare(PEOPLE, 5000),
        }
        rates: dict[str, list[float]] = defaultdict(list)
        for _ in range(ROUNDS):
            for name, side in sides.items():
                rates[name].append(side())
        print_rates(rates)
        profile(small)


def fill(store: Store, count: int) -> None:
    """Store so many more people, who stay silent."""
    with store.engine.begin() as conn:
        for start in range(0, count, 10_000):
            ids = [new_id() for _ in range(start, min(start + 10_000, count))]
            conn.execute(insert(participant), [_person(each) for each in ids])
            conn.execute(
                insert(address),
                [
                    {
                        "id": new_id(),
                        "participant": each,
                        "platform": "slack",
                        "place": each,
                        "added_at": _NOW,
                    }
                    for each in ids
                ],
            )


def _person(id_: str) -> dict[str, object]:
    return {
        "id": id_,
        "standing": "active",
        "language": "en",
        "zone": "Europe/London",
        "zone_chosen": False,
        "days": "0",
        "minute": 540,
        "keeps": True,
        "created_at": _NOW,
    }


def print_rates(rates: dict[str, list[float]]) -> None:
    """The medians, then what was promised of them."""
    middle = {name: statistics.median(found) for name, found in rates.items()}
    for name, found in rates.items():
        print(f"{name:44} {middle[name]:8,.0f} /s   ({min(found):,.0f} to {max(found):,.0f})")
    one, many = middle["ours, one at a time"], middle["ours, 32 at once"]
    print(
        f"one at a time : pickle       {one / middle['handler, pickle flushed']:.2f}  (3 or more)"
    )
    print(f"32 at once : handler, SQLite {many / middle['handler, SQLite FULL']:.2f}  (over 1)")
    print(
        f"32 at once : bare loop         {many / middle['bare sqlite3 loop']:.2f}  (0.5 or more)"
    )
    for kind in ("one at a time", "32 at once"):
        large = next(v for k, v in middle.items() if k.startswith(f"ours, {kind}, "))
        print(f"{kind}, many stored : few {large / middle[f'ours, {kind}']:.2f}  (about 1)")


def profile(house: ours.Ours) -> None:
    """Where the time of a reply goes, room by room, in the writer's own thread."""
    profiler = cProfile.Profile()
    house.store.writer.submit(lambda _: profiler.enable()).result()
    ours.at_once(house, PEOPLE, 1200)
    house.store.writer.submit(lambda _: profiler.disable()).result()
    rooms: dict[str, float] = defaultdict(float)
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        rooms[_room(file)] += own
    total = sum(rooms.values())
    print("where the time goes, in the writer's thread:")
    for room, own in sorted(rooms.items(), key=lambda each: -each[1]):
        if own / total > 0.01:  # noqa: PLR2004 - what is less than a hundredth is noise
            print(f"  {room:24} {own / total:5.0%}")


def _room(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_BOT):
        return "bot." + path.relative_to(_BOT).parts[0].removesuffix(".py")
    for library in ("sqlalchemy", "pydantic", "cryptography", "jinja2", "babel"):
        if library in file:
            return library
    return "sqlite3 and Python itself" if file.startswith(("~", "<")) else "standard library"


if __name__ == "__main__":
    main()
