"""The calendar's rules: wall-clock times in people's own zones, turned into instants. Pure.

One rule for odd nights: a time fires at the earliest instant at which the person's own clock
shows that time or later. A time inside a gap (the night the clocks go forward) fires at the
gap's end; a time that comes twice (the night they go back) fires the first time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone with this IANA name, kept; raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


def instant(day: date, at: time, where: ZoneInfo) -> datetime:
    """The instant (UTC) at which a clock there first shows this time of this day, or later."""
    wall = datetime.combine(day, at.replace(tzinfo=None))
    first = wall.replace(tzinfo=where, fold=0).astimezone(UTC)
    if first.astimezone(where).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(wall, where)


def _end_of_gap(wall: datetime, where: ZoneInfo) -> datetime:
    """The first second at which the clock, having jumped, shows the wall time or later."""
    before = wall.replace(tzinfo=where, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=where, fold=0).astimezone(UTC)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(where).replace(tzinfo=None) >= wall:
            after = middle
        else:
            before = middle
    return after


def next_at(now: datetime, where: ZoneInfo, days: Sequence[int], at: time) -> datetime:
    """The first instant after `now` at this time on one of these weekdays (0 is Monday).

    No days at all means every day.
    """
    today = now.astimezone(where).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if days and day.weekday() not in days:
            continue
        due = instant(day, at, where)
        if due > now:
            return due
    message = "every weekday comes within eight days"
    raise AssertionError(message)  # pragma: no cover - `days` holds weekdays only
