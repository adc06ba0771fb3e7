"""In every zone, around every change of its clocks, a daily prompt comes once a local day.

What should come is found by looking at the clock every minute, not by the calendar's own rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from scheduler.calendar import zone
from scheduler.plan import occasions
from tests.scheduler.builders import ALWAYS, DAILY, person, running

BEGIN, END = datetime(2027, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLOCKS = ("00:00", "00:15", "01:30", "02:30", "09:00")
AROUND = 5
SAMPLE = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/London",
    "Europe/Madrid",
    "Pacific/Chatham",
)


def transitions(where: ZoneInfo) -> Iterator[datetime]:
    """Days on which the clocks change, to within a day; the first day where they never do."""
    days = [BEGIN + number * DAY for number in range((END - BEGIN).days + 1)]
    offsets = [day.astimezone(where).utcoffset() for day in days]
    changes = [
        day for day, now, then in zip(days, offsets, offsets[1:], strict=False) if now != then
    ]
    yield from changes or days[:1]


@cache
def minutes_of(where: ZoneInfo, begin: datetime) -> list[tuple[datetime, datetime]]:
    """Every minute of some days, with what the clock shows."""
    count = (2 * AROUND + 1) * 24 * 60
    return [
        (now, now.astimezone(where).replace(tzinfo=None))
        for now in (begin + number * MINUTE for number in range(count))
    ]


def expected(where: ZoneInfo, begin: datetime, clock: str) -> list[datetime]:
    """For each whole local day, the first minute at which the clock shows the time or later."""
    shown = minutes_of(where, begin)
    days = sorted({wall.date() for _, wall in shown})[1:-1]
    hour, minute = map(int, clock.split(":"))
    found = []
    seen = iter(shown)
    now, wall = next(seen)
    for day in days:
        due = datetime.combine(day, time(hour, minute))
        while wall < due:
            now, wall = next(seen)
        found.append(now)
    return found


def check(name: str) -> int:
    """How many daily prompts of a zone were checked."""
    where = zone(name)
    checked = 0
    for change in transitions(where):
        begin = change - AROUND * DAY
        for clock in CLOCKS:
            due = expected(where, begin, clock)
            daily = running(
                person(zone=name), starts=f"{begin - DAY:%F}", when=DAILY, at=clock, **ALWAYS
            )
            coming = occasions(daily, after=due[0] - MINUTE)
            assert [next(coming).at for _ in due] == due, (name, change, clock)
            checked += len(due)
        minutes_of.cache_clear()
    return checked


def told(checked: int, names: Sequence[str]) -> str:
    """The figure, as docs/calendar.md has it."""
    days = checked // len(CLOCKS)
    return f"{checked:,} daily prompts on {days:,} local days in {len(names)} zones"


def test_daily_prompts_come_once_a_local_day_in_a_sample_of_zones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checked = sum(check(name) for name in SAMPLE)
    with capsys.disabled():
        print(f"\n{told(checked, SAMPLE)}")  # noqa: T201 - The figure is asked for.
    assert checked > 2_000


@pytest.mark.soak
def test_daily_prompts_come_once_a_local_day_in_every_zone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = sorted(available_timezones())
    checked = sum(check(name) for name in names)
    with capsys.disabled():
        print(f"\n{told(checked, names)}")  # noqa: T201 - The same.
    assert checked > 50_000
