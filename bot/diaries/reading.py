"""Pure: from a diary's file to sessions; all of it, or nothing and why.

The file may be anybody's: it is refused before it costs time, and no text of it is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.diaries import names
from bot.diaries.components import Component, calendars
from bot.diaries.events import Event, event, title
from bot.diaries.faults import DiaryError, UnfitError
from bot.diaries.rules import Budget
from bot.diaries.series import Occurrence, Span, occurrences
from bot.diaries.texts import about, plain, shown
from bot.diaries.times import read as read_time
from bot.diaries.zones import Clocks, iana
from scheduler.calendar import instant
from scheduler.calendar import zone as zone_of
from scheduler.festival import Session

#: The most sessions that come of one file; as many as a festival may have.
MOST = 500
#: The most events that one file may hold, on whichever days.
MOST_EVENTS = 3_000
#: How far it looks when nobody says how far.
_YEAR = timedelta(days=365)
_ONE = timedelta(days=1)
#: The longest span that may be asked for.
_LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a diary's file holds."""

    #: In the order of their start.
    sessions: tuple[Session, ...]
    #: What the calendar is called; empty when it does not say.
    title: str
    #: The calendar's IANA time zone; empty when it does not say, or says one that is not known.
    zone: str
    #: What is no session and why, a line each.
    left_out: tuple[str, ...]
    #: The titles of sessions of which some text was longer than fits.
    clipped: tuple[str, ...]
    #: How many events lie on other days than those that were asked for.
    outside: int


def read(
    content: bytes, *, zone: str, first: date | None = None, last: date | None = None
) -> Reading:
    """Read a file for a festival in a zone; raises DiaryError.

    Without a first day it begins with the first event; without a last day it goes on for a year.
    """
    found = calendars(content)
    budget = Budget()
    events = _events(found, zone, budget)
    span = _span(events, zone, first, last)
    came = occurrences(events, span, budget) if span else []
    kept = [each for each in came if not each.event.left_out]
    if len(kept) > MOST:
        raise DiaryError(
            f"The file has more than {MOST} sessions in those days. Export the festival's "
            "calendar alone."
        )
    in_series = {each.uid for each in events if each.in_series}
    single = [each for each in events if each.uid not in in_series]
    return Reading(
        sessions=tuple(_sessions(kept, zone)),
        title=_title(found),
        zone=next((name for each in found if (name := _zone(each))), ""),
        left_out=tuple(_left_out(each for each in came if each.event.left_out)),
        clipped=tuple(dict.fromkeys(each.event.title for each in kept if each.event.clipped)),
        outside=sum(not span.holds(each.starts.at) for each in single) if span else 0,
    )


def _events(found: Sequence[Component], zone: str, budget: Budget) -> list[Event]:
    """All events, or all that is wrong with them."""
    if sum(len(each.inner("VEVENT")) for each in found) > MOST_EVENTS:
        raise DiaryError(
            f"The file has more than {MOST_EVENTS} events. Export the festival's calendar alone, "
            "or fewer months of it."
        )
    events, faults = [], []
    for calendar in found:
        clocks = Clocks(zone, calendar.inner("VTIMEZONE"), budget)
        method = calendar.one("METHOD")
        cancelled = method is not None and method.value.strip().upper() == "CANCEL"
        for each in calendar.inner("VEVENT"):
            try:
                events.append(event(each, clocks, cancelled=cancelled))
            except UnfitError as wrong:
                faults.append(_fault(each, str(wrong)))
    if faults:
        raise DiaryError(*faults)
    return events


def _fault(given: Component, fault: str) -> str:
    starts = given.one("DTSTART")
    try:
        if starts is not None:
            return about(title(given), read_time(starts.value).wall, fault)
    except UnfitError:
        pass
    return f"{shown(title(given))}: {fault}."


def _span(
    events: Sequence[Event], zone: str, first: date | None, last: date | None
) -> Span | None:
    """The days to look at; None when there is nothing to look for."""
    where = zone_of(zone)
    if first is None:
        starts = [each.starts.at for each in events]
        if not starts:
            return None
        first = min(starts).astimezone(where).date()
    last = first + _YEAR if last is None else last
    if not timedelta() <= last - first <= _LONGEST:
        raise DiaryError(
            f"From {first} to {last} is no span of up to five years. Name other days."
        )
    begins, ends = (instant(day, time(), where) for day in (first, last + _ONE))
    return Span(first, last, begins, ends)


def _title(found: Iterable[Component]) -> str:
    names_ = (each.one(key) for each in found for key in ("X-WR-CALNAME", "NAME"))
    most = 60
    return next((plain(each.text)[:most].rstrip() for each in names_ if each), "")


def _zone(calendar: Component) -> str:
    given = calendar.one("X-WR-TIMEZONE")
    return iana(given.value.strip()) if given else ""


def _left_out(found: Iterable[Occurrence]) -> Iterator[str]:
    """A line about what is no session; of a series, one line."""
    told: set[tuple[str, str]] = set()
    for each in found:
        what, why = each.event.uid, each.event.left_out
        if (what, why) in told:
            continue
        told.add((what, why))
        day = (each.of or each.event.starts.wall).date()
        if why == "private":
            yield f"An event of {day} is private."
        else:
            yield f"{shown(each.event.title)} of {day} lasts {why}."


def _sessions(kept: Iterable[Occurrence], zone: str) -> Iterator[Session]:
    taken: set[str] = set()
    for each in kept:
        uid = names.kept(each.event.uid, each.of)
        id_ = names.session_of(uid)
        if id_ in taken:  # It comes twice on one day, or another festival has it too.
            uid = names.kept(f"{each.event.uid}_{each.at:%H%M}", each.of)
            id_ = names.hashed(uid)
        taken.add(id_)
        yield _session(each, uid, id_, zone)


def _session(each: Occurrence, uid: str, id_: str, zone: str) -> Session:
    event_ = each.event
    starts, where = _wall(each.at, event_.starts.clock.name or zone, zone)
    return Session(
        id=id_,
        title=event_.title,
        kind=event_.kind,
        host=event_.host,
        starts=starts,
        minutes=event_.minutes,
        zone=where,
        theme=event_.theme,
        access=event_.access,
        status=event_.status,
        uid=uid,
        sequence=each.sequence,
    )


def _wall(at: datetime, where: str, usual: str) -> tuple[datetime, str | None]:
    """What a clock shows at an instant, and the zone if it is not the usual one.

    A time that comes twice in a night is told in UTC where the second is meant.
    """
    at = at.replace(second=0, microsecond=0)
    wall = at.astimezone(zone_of(where)).replace(tzinfo=None)
    if instant(wall.date(), wall.time(), zone_of(where)) == at:
        return wall, None if where == usual else where
    return at.replace(tzinfo=None), "UTC"
