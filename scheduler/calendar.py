"""The calendar's rules: wall-clock times in people's own zones, turned into instants. Pure.

One rule for odd nights: a time fires at the earliest instant at which the person's own clock
shows that time or later. A time inside a gap (the night the clocks go forward) fires at the
gap's end; a time that comes twice (the night they go back) fires the first time.

Days and weeks are counted on a person's own clock, hours and minutes as they go by. A week runs
from Monday to Sunday, and the week of the start date is week 0.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)
_MONTHS = 12


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone with this IANA name, kept; raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


@lru_cache(maxsize=65536)
def instant(day: date, at: time, where: ZoneInfo) -> datetime:
    """The instant (UTC) at which a clock there first shows this time of this day, or later."""
    wall = datetime.combine(day, at.replace(tzinfo=None))
    first = wall.replace(tzinfo=where, fold=0).astimezone(UTC)
    if first.astimezone(where).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(wall, where)


def _end_of_gap(wall: datetime, where: ZoneInfo) -> datetime:
    """The first second at which the clock, having jumped, shows the wall time or later."""
    before = wall.replace(tzinfo=where, fold=1, microsecond=0).astimezone(UTC)
    after = wall.replace(tzinfo=where, fold=0).astimezone(UTC)

    def shows_it(second: int) -> bool:
        shown = (before + second * _SECOND).astimezone(where)
        return shown.replace(tzinfo=None) >= wall

    seconds = range((after - before) // _SECOND + 1)
    return before + bisect_left(seconds, True, key=shows_it) * _SECOND  # noqa: FBT003 - Sought.


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
    raise AssertionError(days)  # pragma: no cover - Every weekday comes within eight days.


def occurrence(day: date, at: time, where: ZoneInfo) -> datetime | None:
    """The instant of a local day and time; None when that day never was there.

    Samoa had no 30 December 2011: a prompt of that day has no occasion (CALENDAR 4).
    """
    due = instant(day, at, where)
    return due if due.astimezone(where).date() == day or exists(day, where) else None


def exists(day: date, where: ZoneInfo) -> bool:
    """Whether a clock there ever showed this day."""
    return instant(day, time(), where).astimezone(where).date() == day


def later(  # noqa: PLR0913 - Each unit by its name.
    anchor: datetime,
    where: ZoneInfo,
    *,
    weeks: int = 0,
    days: int = 0,
    hours: int = 0,
    minutes: int = 0,
    at: time | None = None,
) -> datetime:
    """What comes so long after an anchor (CALENDAR 3).

    Weeks and days count dates on the clock there, at the anchor's wall time or at `at`; hours
    and minutes are elapsed time. Negative numbers lead before the anchor.
    """
    elapsed = timedelta(hours=hours, minutes=minutes)
    if not (weeks or days) and at is None:
        return anchor + elapsed
    wall = anchor.astimezone(where)
    day = wall.date() + timedelta(weeks=weeks, days=days)
    return instant(day, wall.time() if at is None else at, where) + elapsed


def monday(start: date, week: int) -> date:
    """The Monday of a week, counted from the start date's week, which is week 0."""
    return start + timedelta(weeks=week, days=-start.weekday())


def week_of(day: date, start: date) -> int:
    """In which week a day lies, counted from the start date's week; may be negative."""
    return (day - monday(start, 0)).days // 7


def month_of(day: date, start: date) -> int:
    """In which month a day lies, counted from the start date's month; may be negative."""
    return (day.year - start.year) * _MONTHS + day.month - start.month


def day_of_month(start: date, month: int, day: int) -> date:
    """A day of a month, counted from the start date's; the last day of a shorter month."""
    years, index = divmod(start.month - 1 + month, _MONTHS)
    year = start.year + years
    return date(year, index + 1, min(day, monthrange(year, index + 1)[1]))
