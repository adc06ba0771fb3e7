"""Dates as people say them: `on Tuesday 3 November`, `three weeks ago`.

English and Welsh are written here, for Babel would say `3 weeks ago`, and in Welsh it knows no
mutations; every other language is Babel's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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
#: The same in Welsh, each with the mutations of a time at which something was.
_WELSH: dict[_Unit, tuple[str, ...]] = {
    "day": (
        *("", "", "ddau ddiwrnod", "dri diwrnod", "bedwar diwrnod", "bum niwrnod"),
        "chwe diwrnod",
    ),
    "week": (
        *("", "wythnos", "bythefnos", "dair wythnos", "bedair wythnos", "bum wythnos"),
        *("chwe wythnos", "saith wythnos", "wyth wythnos"),
    ),
    "month": (
        *("", "", "ddau fis", "dri mis", "bedwar mis", "bum mis", "chwe mis", "saith mis"),
        *("wyth mis", "naw mis", "ddeg mis"),
    ),
    "year": (
        *("", "flwyddyn", "ddwy flynedd", "dair blynedd", "bedair blynedd", "bum mlynedd"),
        *("chwe blynedd", "saith mlynedd", "wyth mlynedd", "naw mlynedd", "ddeng mlynedd"),
    ),
}
#: What follows a number in digits; only months and years are counted so far.
_WELSH_MANY: dict[_Unit, str] = {"month": "mis", "year": "mlynedd"}
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
class _Near:
    """The days around today in one language, and what stands for `on` before a weekday."""

    earlier: str
    later: str
    yesterday: str
    tomorrow: str
    on: Callable[[str], str]


_WRITTEN = {
    "en": _Near("earlier today", "later today", "yesterday", "tomorrow", "on {}".format),
    "cy": _Near(
        "yn gynharach heddiw",
        "yn nes ymlaen heddiw",
        "ddoe",
        "yfory",
        lambda weekday: weekday.replace("Dydd", "ddydd"),
    ),
}


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


def moment(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """An instant as one clock shows it, such as `on Thursday 3 December, 12:00`.

    Its day is a date also where it is tomorrow: it may be read on another day.
    """
    wall = at.astimezone(zone)
    day = _dated(wall.date(), now.astimezone(zone).year, language)
    return f"{day}, {hour(wall.hour * 60 + wall.minute, language)}"


def days(numbers: Sequence[int], language: str) -> str:
    """Weekdays, such as `Monday and Thursday`; 0 is Monday."""
    locale = locale_of(language)
    names = get_day_names("wide", "format", locale)
    if locale.language == "cy":  # Babel leaves open which `and` it is; before `dydd` it is `a`.
        *first, last = (names[number].replace("Dydd", "dydd") for number in numbers)
        return f"{', '.join(first)} a {last}" if first else last
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
    if locale.language not in _WRITTEN:
        return format_date(day, "full", locale=locale)
    said = _WRITTEN[locale.language]
    if day == today:
        return said.later if later else said.earlier
    if near := {-1: said.yesterday, 1: said.tomorrow}.get((day - today).days):
        return near
    return _dated(day, today.year, language)


@lru_cache(maxsize=4096)
def _dated(day: date, this_year: int, language: str) -> str:
    locale = locale_of(language)
    if locale.language not in _WRITTEN:
        return format_date(day, "full", locale=locale)
    year = "" if day.year == this_year else f" {day.year}"
    weekday = get_day_names("wide", "format", locale)[day.weekday()]
    month = locale.months["format"]["wide"][day.month]
    return f"{_WRITTEN[locale.language].on(weekday)} {day.day} {month}{year}"


@lru_cache(maxsize=4096)
def _ago(count: int, language: str) -> str:
    """So many whole days ago, told in days, weeks, months or years."""
    locale = locale_of(language)
    count = max(count, 0)
    unit, number = _measured(count)
    if locale.language not in _WRITTEN:
        since = timedelta(seconds=-_SECONDS[unit] * max(number, 1))
        return format_timedelta(
            since, granularity=unit, threshold=math.inf, add_direction=True, locale=locale
        )
    if count <= 1:
        said = _WRITTEN[locale.language]
        return said.yesterday if count else said.earlier
    if locale.language == "cy":
        return f"{_welsh(unit, number)} yn ôl"
    written = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{written} {unit}{'s' if number > 1 else ''} ago"


def _welsh(unit: _Unit, number: int) -> str:
    """So many days, weeks, months or years, as they follow in a Welsh sentence."""
    counted = _WELSH[unit]
    return counted[number] if number < len(counted) else f"{number} {_WELSH_MANY[unit]}"


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
