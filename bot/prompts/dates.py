"""Dates as people say them: `on Tuesday 3 November`, `three weeks ago`.

English is written here, for Babel would say `3 weeks ago`; every other language is Babel's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta, get_day_names
from babel.lists import format_list

_Unit = Literal["day", "week", "month", "year"]
_NUMBERS = ("", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WEEK, _MONTH, _YEAR = 7, 30.44, 365.25
#: What Babel counts as one of each.
_SECONDS: dict[_Unit, int] = {
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}
#: From so many days on it is told in months, and in years.
_MONTHS_FROM, _YEARS_FROM = 9 * 7, 700


@dataclass(frozen=True, slots=True)
class Clock:
    """The present as one participant has it."""

    now: datetime
    zone: ZoneInfo
    language: str

    def when(self, at: datetime) -> str:
        """The day of an instant, such as `on Tuesday 3 November`."""
        day, today = self._day(at), self._day(self.now)
        return _when(day, today, self.language, later=at > self.now)

    def ago(self, at: datetime) -> str:
        """How long since, such as `a week ago`."""
        return _ago((self._day(self.now) - self._day(at)).days, self.language)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def on_day(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """The day of an instant, past or to come, as one participant would say it."""
    return Clock(now, zone, language).when(at)


def hour(minute: int, language: str) -> str:
    """A time of day, such as `09:30`."""
    clock = time(minute // 60, minute % 60)
    return format_time(clock, "short", locale=locale_of(language))


def days(numbers: Sequence[int], language: str) -> str:
    """Weekdays, such as `Monday and Thursday`; 0 is Monday."""
    locale = locale_of(language)
    names = get_day_names("wide", "format", locale)
    return format_list([names[number] for number in numbers], locale=locale)


@lru_cache
def locale_of(language: str) -> Locale:
    """Babel's locale of a language; English, as it is written here, for one it does not know."""
    if language == "en":
        return Locale("en", "GB")
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


@lru_cache(maxsize=4096)
def _when(day: date, today: date, language: str, *, later: bool) -> str:
    locale = locale_of(language)
    if locale.language != "en":
        return format_date(day, "full", locale=locale)
    if day == today:
        return "later today" if later else "earlier today"
    if near := {-1: "yesterday", 1: "tomorrow"}.get((day - today).days):
        return near
    year = "" if day.year == today.year else f" {day.year}"
    weekday = get_day_names("wide", "format", locale)[day.weekday()]
    month = locale.months["format"]["wide"][day.month]
    return f"on {weekday} {day.day} {month}{year}"


@lru_cache(maxsize=4096)
def _ago(count: int, language: str) -> str:
    """So many whole days ago, told in days, weeks, months or years."""
    locale = locale_of(language)
    count = max(count, 0)
    unit, number = _measured(count)
    if locale.language != "en":
        since = timedelta(seconds=-_SECONDS[unit] * max(number, 1))
        return format_timedelta(
            since, granularity=unit, threshold=math.inf, add_direction=True, locale=locale
        )
    if count <= 1:
        return "yesterday" if count else "earlier today"
    written = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{written} {unit}{'s' if number > 1 else ''} ago"


def _measured(count: int) -> tuple[_Unit, int]:
    """The unit that days are best told in, and how many of it."""
    if count < _WEEK:
        return "day", count
    if count < _MONTHS_FROM:
        return "week", count // _WEEK
    if count < _YEARS_FROM:
        months = max(2, round(count / _MONTH))
        return ("year", 1) if months == 12 else ("month", months)  # noqa: PLR2004
    return "year", round(count / _YEAR)
