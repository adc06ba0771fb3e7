"""Pure: whose clock a diary's time is shown on, whatever its program calls that zone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bot.diaries import times
from bot.diaries.components import Component
from bot.diaries.faults import UnfitError
from bot.diaries.rules import Budget, Rule, rule, walk
from bot.diaries.texts import shown
from scheduler.calendar import zone

#: Names of UTC, one of which no list of zones has.
_UTC = frozenset({"z", "utc", "etc/utc", "gmt", "etc/gmt"})
_FOREVER = datetime(9999, 12, 31)  # noqa: DTZ001 - On whichever clock.


class Clock:
    """A clock that shows UTC."""

    @property
    def name(self) -> str:
        """Its zone's IANA name; empty when it has none that says more than UTC."""
        return ""

    def at(self, wall: datetime) -> datetime:
        """The instant at which it shows a time; the first when it does so twice."""
        return wall.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Known(Clock):
    """A clock in a zone that has an IANA name."""

    iana: str

    @property
    def name(self) -> str:
        """The IANA name."""
        return self.iana

    def at(self, wall: datetime) -> datetime:
        """A time that clocks leave out as they go forward comes as much later (RFC 5545)."""
        return wall.replace(tzinfo=zone(self.iana), fold=0).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of the year in a zone of the file's own, such as summer time."""

    starts: datetime
    rules: tuple[Rule, ...]
    dates: tuple[datetime, ...]
    before: timedelta
    offset: timedelta

    def began(self, year: int, budget: Budget) -> list[datetime]:
        """When it began, on the clock before it, until the end of a year."""
        budget.look(len(self.dates))
        last = date(year, 12, 31)
        found = [at for at in (self.starts, *self.dates) if at.year <= year]
        for by in self.rules:
            until = self._until(by)
            days = walk(by, self.starts.date(), date(max(year - 2, 1), 1, 1), last, budget)
            found += [at for day in days if (at := self._on(day)) <= until]
        return found

    def _until(self, by: Rule) -> datetime:
        """Until when a rule holds, which is written in UTC, on the clock before it."""
        until = times.read(by.until).wall if by.until else _FOREVER
        return until + self.before if until.year < _FOREVER.year else until

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.starts.time())


@dataclass(frozen=True)
class Described(Clock):
    """A clock in a zone that only its file describes (VTIMEZONE)."""

    spans: tuple[Span, ...]
    budget: Budget
    _years: dict[int, list[tuple[datetime, Span]]] = field(default_factory=dict)

    def at(self, wall: datetime) -> datetime:
        """The instant at which it shows a time."""
        changes = self._changes(wall.year)
        index = bisect_right(changes, wall, key=lambda change: change[0])
        if index == 0:
            ahead = min(self.spans, key=lambda span: span.starts).before
        else:
            since, span = changes[index - 1]
            in_gap = wall - since < span.offset - span.before
            ahead = span.before if in_gap else span.offset
        return wall.replace(tzinfo=UTC) - ahead

    def _changes(self, year: int) -> list[tuple[datetime, Span]]:
        """Its changes until the end of a year, in their order."""
        if year not in self._years:
            found = [(at, span) for span in self.spans for at in span.began(year, self.budget)]
            self._years[year] = sorted(found, key=lambda change: change[0])
        return self._years[year]


class Clocks:
    """The clocks of one file, by the names it has for them."""

    def __init__(self, usual: str, described: Sequence[Component], budget: Budget) -> None:
        """`usual` is the zone of times that name none."""
        self._usual = Known(usual)
        self._described = {_name(each): each for each in described}
        self._budget = budget
        self._known: dict[str, Clock] = {}

    def of(self, name: str) -> Clock:
        """The clock of a name, as it stands at a time; raises UnfitError."""
        if not name:
            return self._usual
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Clock:
        if name.lower().strip("/") in _UTC:
            return Clock()
        if found := iana(name):
            return Known(found)
        if described := self._described.get(name):
            return _described(described, self._budget)
        raise UnfitError(f"there is no time zone {shown(name)}. Give it another")


def iana(name: str) -> str:
    """The IANA name of a zone that programs call by their own names; empty when there is none."""
    parts = name.strip("/").split("/")
    # Some put themselves before it: `/mozilla.org/20050126_1/Europe/London`.
    longest = ("/".join(parts[begin:]) for begin in range(len(parts)))
    names = [name, WINDOWS_TO_OLSON.get(name, ""), *(longest if name.startswith("/") else ())]
    return next((each for each in names if each in _zones()), "")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _name(described: Component) -> str:
    given = described.one("TZID")
    return given.value if given else ""


def _described(given: Component, budget: Budget) -> Clock:
    try:
        spans = [_span(each) for name in ("STANDARD", "DAYLIGHT") for each in given.inner(name)]
    except UnfitError:
        spans = []
    if not spans:
        name = shown(_name(given))
        raise UnfitError(f"the file does not say what its time zone {name} is. Give it another")
    return Described(tuple(spans), budget)


def _span(given: Component) -> Span:
    starts = times.read(_value(given, "DTSTART")).wall
    return Span(
        starts=starts,
        rules=tuple(rule(each.value, starts) for each in given.all("RRULE")),
        dates=tuple(_dates(given)),
        before=times.offset(_value(given, "TZOFFSETFROM")),
        offset=times.offset(_value(given, "TZOFFSETTO")),
    )


def _dates(given: Component) -> list[datetime]:
    return [times.read(day).wall for each in given.all("RDATE") for day in each.value.split(",")]


def _value(given: Component, name: str) -> str:
    found = given.one(name)
    return found.value if found else ""
