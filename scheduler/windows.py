"""When somebody may be written to: days, holidays, windows and quiet hours. Pure.

A window's start is in it and its end is not. A window may go over midnight; its small hours
belong to the day on which it opened, so Friday's 22:00 to 02:00 ends on Saturday and is still
Friday's. Minutes are counted from the midnight of that day, so that 01:00 of the next is 1500.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduler.calendar import instant
from scheduler.holidays import is_holiday
from scheduler.reasons import Reason

#: From and to, in minutes.
Span = tuple[int, int]
DAY = 24 * 60
#: For so many minutes from the hour somebody chose, they may be written to (CALENDAR 11).
OWN_HOUR = 120
#: So many days ahead an allowed minute is looked for.
_AHEAD = 90


@lru_cache(maxsize=4096)
def spans(window: Span, quiet: Span | None = None, own: int | None = None) -> tuple[Span, ...]:
    """The minutes of a day at which somebody may be written to, in order.

    An hour of their own is open to them even outside the window and within quiet hours.
    """
    whole = _unrolled(window)
    left = [whole] if quiet is None else list(_without(whole, quiet))
    if own is not None:
        begin = _within(own, whole)
        if not any(opens <= begin < closes for opens, closes in left):
            left.append((begin, min(begin + OWN_HOUR, max(DAY, whole[1]))))
    return _merged(left)


def _unrolled(span: Span) -> Span:
    opens, closes = span
    return (opens, closes) if opens < closes else (opens, closes + DAY)


def _within(minute: int, whole: Span) -> int:
    """A minute as a window counts it: its small hours lie after midnight."""
    return minute + DAY if minute + DAY < whole[1] else minute


def _without(whole: Span, quiet: Span) -> Iterator[Span]:
    """What quiet hours leave of a window."""
    begin, closes = whole
    first, last = _unrolled(quiet)
    for shift in (-DAY, 0, DAY):
        if last + shift <= begin or first + shift >= closes:
            continue
        if first + shift > begin:
            yield begin, first + shift
        begin = last + shift
    if begin < closes:
        yield begin, closes


def _merged(many: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for begin, end in sorted(many):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def wall_of(day: date, minute: int) -> datetime:
    """The wall time of a minute, counted from a day's midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When one person may be written to in one step of a campaign."""

    where: ZoneInfo
    #: Weekdays, 0 for Monday.
    days: frozenset[int]
    spans: tuple[Span, ...]
    #: The region the person chose; empty when they chose none.
    holidays: str = ""
    #: The campaign's region; empty when the person's own counts instead.
    group_holidays: str = ""

    def day_of(self, at: datetime) -> date:
        """The day whose window an instant belongs to, be the window open or not."""
        wall = at.astimezone(self.where)
        small_hours = self._holds(wall.hour * 60 + wall.minute + DAY)
        return wall.date() - timedelta(days=1) if small_hours else wall.date()

    def _holds(self, minute: int) -> bool:
        for begin, end in self.spans:  # noqa: SIM110 - Asked millions of times; `any` is slower.
            if begin <= minute < end:
                return True
        return False

    def minute_of(self, day: date, minute: int) -> datetime:
        """The wall time of a minute of the clock in the window of a day."""
        late = bool(self.spans) and minute + DAY < self.spans[-1][1]
        return wall_of(day, minute + DAY if late else minute)

    def closed(self, at: datetime) -> Reason | None:
        """Why nothing may be sent at an instant; None when it may (CALENDAR 9)."""
        wall = at.astimezone(self.where)
        today = wall.date()
        minute = wall.hour * 60 + wall.minute
        small_hours = self._holds(minute + DAY)
        day = today - timedelta(days=1) if small_hours else today
        for each in {today, day}:
            if is_holiday(self.holidays, each):
                return Reason.HOLIDAY
            if is_holiday(self.group_holidays, each):
                return Reason.GROUP_HOLIDAY
        if day.weekday() not in self.days:
            return Reason.WORKING_DAYS
        return None if small_hours or self._holds(minute) else Reason.QUIET

    def earliest(self, at: datetime) -> datetime | None:
        """The first instant from `at` on that is allowed; None when none is in sight."""
        if self.closed(at) is None:
            return at
        return self._search(at, self.day_of(at) - timedelta(days=1))

    def next_window(self, at: datetime) -> datetime | None:
        """The first allowed instant in the window of a later day than that of `at`."""
        return self._search(at, self.day_of(at) + timedelta(days=1))

    def _search(self, at: datetime, first: date) -> datetime | None:
        for ahead in range(_AHEAD):
            begins = self._beginnings(first + timedelta(days=ahead))
            allowed = [each for each in begins if each >= at and self.closed(each) is None]
            if allowed:
                return min(allowed)
        return None

    def _beginnings(self, day: date) -> Iterator[datetime]:
        """The instants at which a day's spans begin; twice where the clock shows them twice."""
        for begin, _ in self.spans:
            wall = wall_of(day, begin)
            yield instant(wall.date(), wall.time(), self.where)
            yield wall.replace(tzinfo=self.where, fold=1).astimezone(UTC)
