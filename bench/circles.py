"""Circles: 500 of 8 people close in the same minute, and people write meanwhile.

usage: python -m bench.circles [circles]

The closes are done one after the other, as the pulse does them, while replies come at a steady
pace; what is told is how late those are. Then all that was said goes out at Telegram's pace, on a
told clock: nothing is waited for.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bench import ours
from bench.counting import PACE, WRITING, during, quantile
from bot import turns
from bot.adapters.port import Pace, Receipt
from bot.records import LaneClass, Platform
from bot.requests import rounds as going
from bot.store import acknowledging, circles, lanes, people, rounds
from bot.store.circles import State
from bot.store.opening import Store
from bot.store.rounds import Words

CIRCLES, PEOPLE = 500, 8
#: For how long replies come alone, in seconds.
ALONE = 10.0
_NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
_CLOSES = datetime(2026, 11, 6, 12, 0, tzinfo=UTC)
_SAID = "The late shift hears of changes last, and I would like ten minutes at handover. " * 4
_TELEGRAM = Pace(
    bot=30,
    chat=timedelta(seconds=1),
    group=timedelta(seconds=3),
    is_group=lambda place: place.startswith("-"),
)
_LEASE = timedelta(seconds=90)


def main() -> None:
    """Print how long the closes take, how late replies are, and when the last voice is shown."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else CIRCLES
    with ours.opened() as house:
        house.settle(WRITING)
        gather(house, size)
        alone = during(house, lambda: time.sleep(ALONE))
        send(house.store)  # What was said so far.
        began = time.perf_counter()
        beside = during(house, partial(close, house))
        seconds = time.perf_counter() - began
        reveals, last = send(house.store)
    print(
        f"{size:,} circles of {PEOPLE} closed in {seconds:.1f} s, {PACE} replies a second beside:"
    )
    for name, at in (("median", 0.5), ("p99", 0.99), ("slowest", 1.0)):
        before, after = quantile(alone, at), quantile(beside, at)
        print(f"  {name:8} {before:6.1f} ms alone, {after:6.1f} ms beside it (1,000 at most)")
    ideal = reveals / 30
    print(
        f"all {reveals:,} reveals are out after {last:.1f} s at Telegram's pace "
        f"({ideal:.1f} s if nothing else were said; each circle's question follows its reveal)"
    )


def gather(house: ours.Ours, size: int) -> None:
    """Circles with an open round in which everybody's voice is in."""
    for number in range(size):
        house.store.writer.submit(partial(_circle, house=house, number=number)).result()


def _circle(conn: Connection, house: ours.Ours, number: int) -> None:
    keys = house.store.keys
    made = circles.add(
        conn,
        keys,
        Platform.TELEGRAM,
        f"-{number + 1}",
        title=f"Team {number}",
        zone="Europe/London",
        language="en",
        now=_NOW,
    )
    circles.change(conn, made.id, state=State.ACTIVE, began_at=_NOW, rounds=1)
    found = circles.get(conn, keys, made.id)
    if found is None:
        raise SystemExit("a circle is gone")
    held = going.begin(conn, house.house, found, _NOW)
    for each in range(PEOPLE):
        person = people.add(
            conn,
            keys,
            Platform.TELEGRAM,
            f"{number}.{each}",
            language="en",
            zone="Europe/London",
            now=_NOW,
        )
        who = person.participant.id
        circles.join(conn, keys, made.id, who, name=f"Name {each}", host=not each, now=_NOW)
        words = Words(
            name=f"Name {each}" if each % 2 else "",
            paragraphs=(_SAID, _SAID),
            question=f"What would question {each} of us need?",
        )
        rounds.give(conn, keys, held.id, who, conversation="0" * 32, words=words)


def close(house: ours.Ours) -> None:
    """Close what is due, as the pulse does."""
    run = house.store.writer.submit
    while due := run(lambda conn: rounds.due(conn, _CLOSES, 100)).result():
        for id_, circle in due:
            work = partial(turns.tend_round, house=house.house, round_id=id_, now=_CLOSES)
            run(work, circle).result()


def send(store: Store) -> tuple[int, float]:
    """Send all that waits at Telegram's pace: how many reveals, and when the last of them went."""
    now, reveals, last = _CLOSES, 0, _CLOSES
    paces = {Platform.TELEGRAM: _TELEGRAM}
    while True:
        taken, again = store.writer.submit(
            partial(lanes.claim, keys=store.keys, now=now, paces=paces, most=32, lease=_LEASE)
        ).result()
        if not taken and again is None:
            return reveals, (last - _CLOSES).total_seconds()
        for each in taken:
            if not each.message.options and each.message.lane_class is LaneClass.BROADCAST:
                reveals += 1
                last = max(last, each.at)
            store.writer.submit(
                partial(
                    acknowledging.sent,
                    sending=each,
                    receipt=Receipt(message="1"),
                    now=each.at,
                    more=False,
                )
            ).result()
        now = max(again or now, now + timedelta(milliseconds=10))


if __name__ == "__main__":
    main()
