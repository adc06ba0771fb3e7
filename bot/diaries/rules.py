"""Pure: rules by which something comes again (RFC 5545: RRULE), walked through day by day.

The usual library walks on to the year 9999 when a rule names a day that never comes, such as 30
February. Here a walk ends with the days that are asked for, and each day it looks at is counted.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.diaries.faults import TooMuchError, UnfitError

#: So many days may be looked at for one file, and so many times may be found in it.
MOST_LOOKS = 100_000
MOST_FOUND = 2_000
_OFTEN = {"SECONDLY": "every second", "MINUTELY": "every minute", "HOURLY": "every hour"}
_EACH = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_KEYS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_WEEK, _MONTHS, _LONGEST_MONTH, _LONGEST_YEAR = 7, 12, 31, 366
_MEND = "Enter its days one by one"


@dataclass(slots=True)
class Budget:
    """What is left of the days that may be looked at, and of the times that may be found."""

    looks: int = MOST_LOOKS
    found: int = MOST_FOUND

    def look(self, days: int) -> None:
        """Count days that are looked at; raises TooMuchError."""
        self.looks -= days
        if self.looks < 0:
            raise TooMuchError

    def find(self) -> None:
        """Count one time that was found; raises TooMuchError."""
        self.found -= 1
        if self.found < 0:
            raise TooMuchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """On which days something comes again."""

    each: str
    interval: int
    count: int | None
    #: As it is written; empty when it has no end.
    until: str
    #: Weekdays (0 is Monday), and which of them in the month or year; 0 is every one.
    days: frozenset[tuple[int, int]]
    month_days: frozenset[int]
    months: frozenset[int]
    #: Which of the days of each period, the first being 1 and the last -1; none for all.
    places: tuple[int, ...]
    #: The weekday on which weeks begin.
    week: int


def rule(written: str, starts: datetime) -> Rule:
    """Read a rule of something that starts at a time; raises UnfitError."""
    pairs = (part.partition("=") for part in written.upper().replace(" ", "").split(";") if part)
    parts = {key: value.split(",") for key, _, value in pairs}
    each = parts.get("FREQ", [""])[0]
    if each in _OFTEN:
        raise UnfitError(f"it comes again {_OFTEN[each]}, as no session does. {_MEND}")
    _forget_the_hour(parts, starts)
    if unknown := sorted(parts.keys() - _KEYS):
        raise UnfitError(f"it comes again by {unknown[0][:20]}, which is not known here. {_MEND}")
    try:
        return _rule(each, parts)
    except ValueError:
        raise UnfitError(f"how it comes again cannot be read. {_MEND}") from None


def _forget_the_hour(parts: dict[str, list[str]], starts: datetime) -> None:
    """Leave out what only says the time of the start once more."""
    same = {"BYHOUR": starts.hour, "BYMINUTE": starts.minute, "BYSECOND": starts.second}
    for key, value in same.items():
        if parts.get(key) in ([f"{value}"], [f"{value:02}"]):
            del parts[key]


def _rule(each: str, parts: Mapping[str, list[str]]) -> Rule:
    if each not in _EACH:
        raise ValueError(each)
    [interval] = _numbers(parts, "INTERVAL", 1, 9999) or [1]
    count = next(iter(_numbers(parts, "COUNT", 1, 9999)), None)
    of_all = each in {"DAILY", "WEEKLY"}  # Then it cannot be the second of a month.
    days = [_weekday(value) for value in parts.get("BYDAY", [])]
    return Rule(
        each=each,
        interval=interval,
        count=count,
        until=",".join(parts.get("UNTIL", [])),
        days=frozenset((day, 0 if of_all else which) for day, which in days),
        month_days=frozenset(_numbers(parts, "BYMONTHDAY", -_LONGEST_MONTH, _LONGEST_MONTH)),
        months=frozenset(_numbers(parts, "BYMONTH", 1, _MONTHS)),
        places=tuple(_numbers(parts, "BYSETPOS", -_LONGEST_YEAR, _LONGEST_YEAR)),
        week=_WEEKDAYS.index(parts.get("WKST", ["MO"])[0]),
    )


def _numbers(parts: Mapping[str, list[str]], key: str, least: int, most: int) -> list[int]:
    found = []
    for value in parts.get(key, []):
        if not _NUMBER.fullmatch(value) or not least <= int(value) <= most or int(value) == 0:
            raise ValueError(value)
        found.append(int(value))
    return found


def _weekday(value: str) -> tuple[int, int]:
    if not (found := _WEEKDAY.fullmatch(value)):
        raise ValueError(value)
    return _WEEKDAYS.index(found[2]), int(found[1] or 0)


def walk(by: Rule, starts: date, first: date, last: date, budget: Budget) -> Iterator[date]:
    """The days of a rule that begins on a day, those from the first to the last that is asked for.

    Raises TooMuchError.
    """
    count = 0
    for period in _periods(by, starts, first, last):
        budget.look(len(period))
        for day in _placed([day for day in period if _fits(by, starts, day)], by.places):
            if day < starts:
                continue
            count += 1
            if day > last or (by.count is not None and count > by.count):
                return
            if day >= first:
                budget.find()
                yield day


def _periods(by: Rule, starts: date, first: date, last: date) -> Iterator[Sequence[date]]:
    """The days, weeks, months or years in which a rule looks for its days."""
    number = 0 if by.count else max(0, _number(by, starts, first) // by.interval) * by.interval
    final = _number(by, starts, last)
    for each in range(number, final + 1, by.interval):
        yield _period(by, starts, each)


def _number(by: Rule, starts: date, day: date) -> int:
    """In which period a day lies, counted from that of the start, which is 0."""
    match by.each:
        case "DAILY":
            return (day - starts).days
        case "WEEKLY":
            return (day - _week(by, starts)).days // _WEEK
        case "MONTHLY":
            return (day.year - starts.year) * _MONTHS + day.month - starts.month
        case _:
            return day.year - starts.year


def _week(by: Rule, day: date) -> date:
    """The first day of a week."""
    return day - timedelta(days=(day.weekday() - by.week) % _WEEK)


def _period(by: Rule, starts: date, number: int) -> Sequence[date]:
    match by.each:
        case "DAILY":
            return (starts + timedelta(days=number),)
        case "WEEKLY":
            begins = _week(by, starts) + timedelta(weeks=number)
            return [begins + timedelta(days=day) for day in range(_WEEK)]
        case "MONTHLY":
            years, month = divmod(starts.month - 1 + number, _MONTHS)
            return _month(starts.year + years, month + 1)
        case _:
            some = by.months or (range(1, _MONTHS + 1) if _says_days(by) else (starts.month,))
            year = starts.year + number
            return [day for month in sorted(some) for day in _month(year, month)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _says_days(by: Rule) -> bool:
    return bool(by.days or by.month_days)


def _fits(by: Rule, starts: date, day: date) -> bool:
    """Whether a rule means this day of a period; what it leaves open is as on the start's day."""
    if by.months and day.month not in by.months:
        return False
    if not _says_days(by):
        return by.each == "DAILY" or (
            day.weekday() == starts.weekday() if by.each == "WEEKLY" else day.day == starts.day
        )
    if by.month_days:
        from_end = day.day - monthrange(day.year, day.month)[1] - 1
        if not {day.day, from_end} & by.month_days:
            return False
    return not by.days or any(
        weekday == day.weekday() and _is_which(by, day, which) for weekday, which in by.days
    )


def _is_which(by: Rule, day: date, which: int) -> bool:
    """Whether it is the third, say, or the last of its weekdays in its month or year."""
    if which == 0:
        return True
    if by.each == "MONTHLY" or by.months:
        index, length = day.day, monthrange(day.year, day.month)[1]
    else:
        index, length = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
    return which == ((index - 1) // _WEEK + 1 if which > 0 else -((length - index) // _WEEK + 1))


def _placed(days: Sequence[date], places: Sequence[int]) -> Sequence[date]:
    if not places:
        return days
    inside = {place - 1 if place > 0 else len(days) + place for place in places}
    return [day for index, day in enumerate(days) if index in inside]
