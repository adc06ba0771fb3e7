"""Pure: what a time in a diary is on its clock, and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from bot.diaries import times
from bot.diaries.components import Property
from bot.diaries.faults import UnfitError
from bot.diaries.zones import Clock, Clocks

#: The years in which something may be.
_FIRST, _LAST = 1900, 2200
_DAYS_END = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in a diary."""

    #: What its clock shows, without a zone.
    wall: datetime
    #: In UTC.
    at: datetime
    clock: Clock
    #: True when the diary gives a date alone.
    whole_day: bool


def moments(given: Property, clocks: Clocks) -> list[Moment]:
    """The times in a property, which may hold several; of a period, when it begins."""
    clock = clocks.of(given.params.get("TZID", ""))
    return [_moment(each.partition("/")[0], clock) for each in given.value.split(",")]


def _moment(written: str, clock: Clock) -> Moment:
    found = times.read(written)
    if not _FIRST <= found.wall.year <= _LAST:
        raise UnfitError(f"it has a time in the year {found.wall.year}. Give it another")
    used = Clock() if found.is_utc else clock
    return Moment(found.wall, used.at(found.wall), used, found.whole_day)


def until(written: str, clock: Clock) -> datetime:
    """The last instant that a rule means; a date alone counts in full."""
    found = times.read(written)
    if not _FIRST <= found.wall.year <= _LAST:  # So programs write "for ever".
        return found.wall.replace(tzinfo=UTC)
    if found.whole_day:
        return clock.at(datetime.combine(found.wall.date(), _DAYS_END))
    return (Clock() if found.is_utc else clock).at(found.wall)
