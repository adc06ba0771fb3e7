"""How words that people type are read as a time of day or a date."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.engine.hearing import fold

_CLOCK = re.compile(r"^(\d{1,2})(?:[:.h ]?(\d{2}))? ?(am|pm|a m|p m)?$")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_HOURS_OF_HALF_A_DAY = 12
#: Nobody means a date that is farther off.
_FARTHEST = timedelta(days=3 * 366)
_LAST_HOUR = 23
_LAST_MINUTE = 59
_SHORTEST_NAME = 3


def minute_of_day(text: str) -> str | None:
    """A time of day as minutes after midnight, in digits; None when it is not one."""
    said = " ".join(text.casefold().replace(".", ":").split())
    said = {"noon": "12:00", "midday": "12:00", "midnight": "0:00"}.get(said, said)
    found = _CLOCK.match(said.removeprefix("at ").strip())
    if not found:
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    half = (found.group(3) or "")[:1]
    if half:
        if not 1 <= hour <= _HOURS_OF_HALF_A_DAY:
            return None
        hour = hour % _HOURS_OF_HALF_A_DAY + (_HOURS_OF_HALF_A_DAY if half == "p" else 0)
    if hour > _LAST_HOUR or minute > _LAST_MINUTE:
        return None
    return str(hour * 60 + minute)


def coming_date(text: str, today: date) -> date | None:
    """The date, later than today, that `Monday`, `3 March` or `two weeks` means; or None."""
    said = re.sub(r"^(?:(?:until|till|til|for|on|the) )+", "", fold(text))
    said = re.sub(r"\b(\d+)(st|nd|rd|th)\b", r"\1", said.replace(" of ", " "))
    day = _relative(said, today) or _named(said, today) or _written(said, today)
    return day if day and today < day <= today + _FARTHEST else None


def _relative(said: str, today: date) -> date | None:
    if said == "tomorrow":
        return today + timedelta(days=1)
    if found := re.match(r"^(?:next )?(\w+)$", said):
        for weekday, name in enumerate(_WEEKDAYS):
            if name.startswith(found.group(1)) and len(found.group(1)) >= _SHORTEST_NAME:
                return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    found = re.match(r"^(\d{1,3}|an?|one|two|three|four|five|six|next) (day|week|month)s?$", said)
    if not found:
        return None
    count = _NUMBERS.get(found.group(1)) or (
        1 if found.group(1) == "next" else int(found.group(1))
    )
    days = {"day": 1, "week": 7, "month": 30}[found.group(2)]
    return today + timedelta(days=count * days)


def _named(said: str, today: date) -> date | None:
    """`3 March` or `March 3`, with or without a year; without one, the next that comes."""
    found = re.match(r"^(\d{1,2}) ([a-z]+)(?: (\d{4}))?$", said)
    swapped = re.match(r"^([a-z]+) (\d{1,2})(?: (\d{4}))?$", said)
    if found:
        day, name, year = found.groups()
    elif swapped:
        name, day, year = swapped.groups()
    else:
        return None
    months = [n for n, month in enumerate(_MONTHS, 1) if month.startswith(name)]
    if len(name) < _SHORTEST_NAME or not months:
        return None
    return _next_of(int(day), months[0], int(year) if year else None, today)


def _written(said: str, today: date) -> date | None:
    """`2027-03-03`, `3/3` or `3/3/2027`, day before month; punctuation is folded to spaces."""
    if found := re.match(r"^(\d{4}) (\d{1,2}) (\d{1,2})$", said):
        year, month, day = (int(part) for part in found.groups())
        return _next_of(day, month, year, today)
    if found := re.match(r"^(\d{1,2}) (\d{1,2})(?: (\d{4}))?$", said):
        day, month = int(found.group(1)), int(found.group(2))
        return _next_of(day, month, int(found.group(3)) if found.group(3) else None, today)
    return None


def _next_of(day: int, month: int, year: int | None, today: date) -> date | None:
    for candidate in (year,) if year else (today.year, today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or found > today:
            return found
    return None
