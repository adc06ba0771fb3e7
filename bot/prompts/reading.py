"""How words that people type are read as a time of day or a date, in English and in Welsh."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.engine.hearing import fold

_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th|af|il|ail|ydd|edd|ed|fed|eg)\b")
_CLOCK = re.compile(r"^(\d{1,2})(?:[:.h ]?(\d{2}))? ?(am|pm|a m|p m)?$")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
#: Each month's other names, in its place: Welsh, and Welsh as it follows `o`.
_WELSH_MONTHS = (
    *(("ionawr",), ("chwefror",), ("mawrth", "fawrth"), ("ebrill",), ("mai", "fai")),
    *(("mehefin", "fehefin"), ("gorffennaf", "orffennaf"), ("awst",), ("medi", "fedi")),
    *(("hydref",), ("tachwedd", "dachwedd"), ("rhagfyr", "ragfyr")),
)
_WELSH_WEEKDAYS = ("llun", "mawrth", "mercher", "iau", "gwener", "sadwrn", "sul")
#: Spans that are one word, or a word that counts and one that is counted; as said after `am` too.
_WELSH_SPANS = {"wythnos": 7, "pythefnos": 14, "bythefnos": 14, "mis": 30, "fis": 30}
_WELSH_UNITS = {
    **dict.fromkeys(("diwrnod", "ddiwrnod", "niwrnod"), 1),
    **dict.fromkeys(("wythnos", "wythnosau"), 7),
    **dict.fromkeys(("mis", "fis"), 30),
}
_WELSH_NUMBERS = {
    **dict.fromkeys(("un",), 1),
    **dict.fromkeys(("dau", "ddau", "dwy", "ddwy"), 2),
    **dict.fromkeys(("tri", "dri", "tair", "dair"), 3),
    **dict.fromkeys(("pedwar", "bedwar", "pedair", "bedair"), 4),
    **dict.fromkeys(("pum", "bum", "pump"), 5),
    **dict.fromkeys(("chwe", "chwech"), 6),
}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NAMED_HOURS = {
    **dict.fromkeys(("noon", "midday", "hanner dydd", "ganol dydd", "canol dydd"), "12:00"),
    **dict.fromkeys(("midnight", "hanner nos", "ganol nos", "canol nos"), "0:00"),
}
_HOURS_OF_HALF_A_DAY = 12
#: Nobody means a date that is farther off.
_FARTHEST = timedelta(days=3 * 366)
_LAST_HOUR = 23
_LAST_MINUTE = 59
_SHORTEST_NAME = 3


def minute_of_day(text: str) -> str | None:
    """A time of day as minutes after midnight, in digits; None when it is not one."""
    said = " ".join(text.casefold().replace(".", ":").split())
    said = said.removeprefix("at ").removeprefix("am ").strip()
    found = _CLOCK.match(_NAMED_HOURS.get(said, said))
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
    said = re.sub(r"^(?:(?:until|till|til|for|on|the|tan|am|ar|y|yr) )+", "", fold(text))
    said = re.sub(_ORDINAL, r"\1", re.sub(r" (?:of|o) ", " ", said))
    day = _relative(said, today) or _named(said, today) or _written(said, today)
    return day if day and today < day <= today + _FARTHEST else None


def _relative(said: str, today: date) -> date | None:
    if said in {"tomorrow", "yfory"}:
        return today + timedelta(days=1)
    if found := re.match(r"^(?:next |d?dydd )?(\w+)(?: nesaf)?$", said):
        for weekday, names in enumerate(zip(_WEEKDAYS, _WELSH_WEEKDAYS, strict=True)):
            begun = any(name.startswith(found.group(1)) for name in names)
            if begun and len(found.group(1)) >= _SHORTEST_NAME:
                return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if span := _welsh_span(said):
        return today + timedelta(days=span)
    found = re.match(r"^(\d{1,3}|an?|one|two|three|four|five|six|next) (day|week|month)s?$", said)
    if not found:
        return None
    count = _NUMBERS.get(found.group(1)) or (
        1 if found.group(1) == "next" else int(found.group(1))
    )
    days = {"day": 1, "week": 7, "month": 30}[found.group(2)]
    return today + timedelta(days=count * days)


def _welsh_span(said: str) -> int | None:
    """How many days `pythefnos`, `tair wythnos` or `10 diwrnod` is."""
    number, _, unit = said.removesuffix(" nesaf").rpartition(" ")
    if not number:
        return _WELSH_SPANS.get(unit)
    count = int(number) if re.fullmatch(r"[0-9]{1,3}", number) else _WELSH_NUMBERS.get(number)
    return count * _WELSH_UNITS[unit] if count and unit in _WELSH_UNITS else None


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
    months = [
        number
        for number, names in enumerate(zip(_MONTHS, _WELSH_MONTHS, strict=True), 1)
        if any(each.startswith(name) for each in (names[0], *names[1]))
    ]
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
