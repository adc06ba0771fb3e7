"""Pure: when the events of a diary take place, with all that comes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import recurring_ical_events
from icalendar import Calendar
from icalendar import Event as Entry

from bot.diaries.events import Event
from bot.diaries.faults import DiaryError, TooMuchError, UnfitError
from bot.diaries.moments import Moment, until
from bot.diaries.rules import Budget, Rule, walk
from bot.diaries.texts import about
from bot.diaries.zones import Clock
from scheduler.calendar import zone

_ONE = timedelta(days=1)
_INDEX = "X-INDEX"


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are asked for, and when they begin and end."""

    first: date
    last: date
    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which an event takes place."""

    event: Event
    at: datetime
    #: Which time of its series it stands for, on the clock of the series; None for itself alone.
    of: datetime | None
    sequence: int


def occurrences(events: Sequence[Event], span: Span, budget: Budget) -> list[Occurrence]:
    """Each time that begins in a span, in their order; raises DiaryError."""
    series = {each.uid for each in events if each.in_series}
    near = [each for each in events if each.uid in series or span.holds(each.starts.at)]
    masters = {each.uid: each for each in near if each.instead is None}
    walls: dict[str, dict[datetime, datetime]] = {}
    calendar = Calendar()
    for index, each in enumerate(near):
        times = _times(each, span, budget)
        walls.setdefault(each.uid, {}).update(times)
        entry = _entry(each, masters.get(each.uid, each), times)
        entry.add(_INDEX, str(index))
        calendar.add_component(entry)
    found = []
    for entry in recurring_ical_events.of(calendar).between(span.begins, span.ends):
        event, original = near[int(entry[_INDEX])], entry["RECURRENCE-ID"].dt
        of = None
        if event.uid in series:
            clock = masters.get(event.uid, event).starts.clock
            of = walls[event.uid].get(original) or _shown(original, clock)
        found.append(Occurrence(event, entry["DTSTART"].dt, of, entry["SEQUENCE"]))
    return sorted(found, key=lambda each: (each.at, each.event.uid))


def _entry(event: Event, master: Event, times: Mapping[datetime, datetime]) -> Entry:
    """The event as the library wants it: in UTC, its rules worked out, of no length."""
    entry = Entry()
    entry.add("UID", event.uid)
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTART", event.starts.at)
    if event.instead is not None:
        entry.add("RECURRENCE-ID", _as(event.instead, master))
    if others := sorted(times.keys() - {event.starts.at}):
        entry.add("RDATE", others)
    if gone := sorted({_as(each, event) for each in event.fewer}):
        entry.add("EXDATE", gone)
    return entry


def _times(event: Event, span: Span, budget: Budget) -> dict[datetime, datetime]:
    """When an event takes place in a span and when it first does, with what its clock shows."""
    try:
        found = {event.starts.at: event.starts.wall}
        for each in event.more:
            at = _as(each, event)
            if span.holds(at):
                budget.find()
                found[at] = _shown(at, event.starts.clock)
        for by in event.rules:
            found |= _by(by, event, span, budget)
    except UnfitError as wrong:
        raise DiaryError(about(event.title, event.starts.wall, str(wrong))) from None
    except TooMuchError:
        fault = "it comes again too often. Enter its days one by one"
        raise DiaryError(about(event.title, event.starts.wall, fault)) from None
    return found


def _by(by: Rule, event: Event, span: Span, budget: Budget) -> Iterable[tuple[datetime, datetime]]:
    """The times of a rule."""
    starts = event.starts
    end = until(by.until, starts.clock) if by.until else datetime.max.replace(tzinfo=UTC)
    # On its own clock it may be another day.
    for day in walk(by, starts.wall.date(), span.first - _ONE, span.last + _ONE, budget):
        wall = datetime.combine(day, starts.wall.time())
        if starts.at <= (at := starts.clock.at(wall)) <= end:
            yield at, wall


def _shown(at: datetime, clock: Clock) -> datetime:
    """What a clock shows at an instant, as near as is known."""
    return at.astimezone(zone(clock.name)) if clock.name else at


def _as(moment: Moment, master: Event) -> datetime:
    """The instant that is meant; a date alone means the hour of its series."""
    if not moment.whole_day or master.starts.whole_day:
        return moment.at
    return master.starts.clock.at(datetime.combine(moment.wall.date(), master.starts.wall.time()))
