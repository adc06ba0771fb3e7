"""Roster: a CSV of people for a dry run, every bad row reported at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from bot.commands import sheets
from bot.records import Platform, Standing
from scheduler.calendar import instant, zone
from scheduler.campaign import Weekday, minute, span
from scheduler.holidays import NONE, regions
from scheduler.person import Person

#: What a column may be called.
_NAMES: Mapping[str, str] = {
    "id": "id",
    "participant": "id",
    "zone": "zone",
    "time_zone": "zone",
    "timezone": "zone",
    "joined": "joined_at",
    "joined_at": "joined_at",
    "standing": "standing",
    "paused_until": "paused_until",
    "cohort": "cohorts",
    "cohorts": "cohorts",
    "platform": "platforms",
    "platforms": "platforms",
    "days": "days",
    "hour": "minute",
    "at": "minute",
    "window": "window",
    "holidays": "holidays",
}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read(path: Path) -> list[Person]:
    """The people of a CSV, of which `id` and `zone` must be told; refuses, each bad row named."""
    sheet = sheets.read(path, _NAMES, {"id", "zone"})
    found, faults = sheet.each(lambda line: _person(line.cells))
    if faults:
        sheets.faulty(path, faults)
    return found


def _person(told: Mapping[str, str]) -> Person:
    if not told["id"]:
        raise ValueError("the id is missing")
    if told["zone"] not in available_timezones():
        raise ValueError(f"{told['zone'] or 'nothing'} is not a zone such as Europe/London")
    more: dict[str, Any] = {
        name: reading(told[name], told["zone"])
        for name, reading in _READINGS.items()
        if told.get(name)
    }
    return Person(id=told["id"], zone=told["zone"], **{"joined_at": _LONG_AGO} | more)


def _day(text: str, _zone: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a date such as 2027-01-31") from None


def _joined(text: str, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not an instant such as 2027-01-31T09:00Z") from None
    return at if at.tzinfo else instant(at.date(), at.time() or time(), zone(where))


def _words(text: str) -> Iterator[str]:
    return (word.strip() for word in text.replace(";", ",").split(",") if word.strip())


def _region(text: str, _zone: str) -> str:
    if text.lower() == NONE:
        return ""
    if text not in regions():
        raise ValueError(f"{text} is not a region such as GB-SCT, nor none")
    return text


def _days(text: str, _zone: str) -> tuple[int, ...]:
    names = {day[:3]: number for number, day in enumerate(Weekday)}
    try:
        words = _words(text.replace(" ", ","))
        return tuple(sorted({names[word.lower()[:3]] for word in words}))
    except KeyError as unknown:
        raise ValueError(f"{unknown.args[0]} is not a weekday") from None


def _clock(text: str, _zone: str) -> int:
    try:
        time.fromisoformat(text)
        return minute(text)
    except ValueError:
        raise ValueError(f"{text} is not a time such as 09:30") from None


def _span(text: str, _zone: str) -> tuple[int, int]:
    opens, _, closes = text.partition("-")
    fault = f"{text} does not give hours such as 09:00-20:00"
    try:
        time.fromisoformat(opens)
        time.fromisoformat("00:00" if closes == "24:00" else closes)
    except ValueError:
        raise ValueError(fault) from None
    if opens == closes:
        raise ValueError(fault)
    return span(text)


def _one_of(kind: Callable[[str], Any]) -> Callable[[str, str], Any]:
    def reading(text: str, _zone: str) -> Any:  # noqa: ANN401 - Whatever kind it is.
        return kind(text.lower())

    return reading


_READINGS: Mapping[str, Callable[[str, str], Any]] = {
    "joined_at": _joined,
    "standing": _one_of(Standing),
    "paused_until": _day,
    "cohorts": lambda text, _zone: frozenset(_words(text)),
    "platforms": lambda text, _zone: frozenset(Platform(word.lower()) for word in _words(text)),
    "days": _days,
    "minute": _clock,
    "window": _span,
    "holidays": _region,
}
