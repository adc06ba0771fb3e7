"""Anchors: the occasions of a step that goes by a festival, all of them. Pure.

Days are counted from the date on which the festival opens or closes on the person's own clock,
hours and minutes as they go by (CALENDAR 3). What closes at 24:00 closes on that day. The days of
a festival are dates: each comes on that date, whatever the clock. People's own days and hour do
not move a festival.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from scheduler.calendar import later
from scheduler.campaign import Anchor, AtFestival, AtSession, FestivalDays, anchor
from scheduler.course import Course, Planned
from scheduler.festival import Festival, Session, Slot

_BEFORE_MIDNIGHT = timedelta(microseconds=1)
_BEGINNINGS = frozenset({"opens", "starts"})


def anchored(course: Course) -> tuple[Planned, ...]:
    """Every occasion, in the order of time; none without a festival."""
    when, festival = course.step.when, course.festival
    if festival is None:
        return ()
    match when:
        case AtFestival():
            found = [_at_festival(course, festival, anchor(when.on))]
        case FestivalDays():
            found = _festival_days(course, festival, when)
        case AtSession():
            found = _sessions(course, festival, when)
        case _:  # pragma: no cover - Nobody asks it of another.
            raise AssertionError(when)
    kept = (each for each in found if each is not None and each.wall.date() <= course.last)
    return tuple(sorted(kept, key=lambda each: (each.at, each.name)))


def _at_festival(course: Course, festival: Festival, when: Anchor) -> Planned | None:
    at = festival.opens_at if when.edge == "opens" else festival.closes_at
    return _after(course, when, at, when.name)


def _after(course: Course, when: Anchor, at: datetime, name: str) -> Planned | None:
    """So long after an instant; what is over at midnight is so on the day before."""
    if when.days is None:
        due = at + timedelta(minutes=when.minutes)
    elif course.minute is None:
        due = later(at, course.where, days=when.days)
    else:
        within = at if when.edge in _BEGINNINGS else at - _BEFORE_MIDNIGHT
        day = within.astimezone(course.where).date() + timedelta(days=when.days)
        return _on(course, name, course.opening.minute_of(day, course.minute))
    return Planned(name=name, wall=due.astimezone(course.where).replace(tzinfo=None), at=due)


def _on(course: Course, name: str, wall: datetime) -> Planned | None:
    """An occasion at a wall time; none when its day never was there."""
    at = course.at(wall)
    return None if at is None else Planned(name=name, wall=wall, at=at)


def _festival_days(course: Course, festival: Festival, when: FestivalDays) -> list[Planned | None]:
    return [
        _on(course, f"festival day {number}", course.opening.minute_of(day, course.minute or 0))
        for number, day in enumerate(festival.days, 1)
        if when.days is None or number in when.days
    ]


def _sessions(course: Course, festival: Festival, when: AtSession) -> list[Planned | None]:
    """One for all at one instant: people were at one of them at most, or are asked of the day."""
    told = anchor(when.on)
    edge = attrgetter(told.edge)
    names = sorted(
        (session_name(slot.session.id), edge(slot))
        for slot in festival.slots
        if wanted(when, slot.session)
    )
    found = (_after(course, told, at, name) for name, at in names)
    first: dict[datetime, Planned | None] = {}
    for each in found:
        if each is not None:
            first.setdefault(each.at, each)
    return list(first.values())


def wanted(when: AtSession, session: Session) -> bool:
    """Whether a step goes by sessions of this kind."""
    return when.kinds is None or session.kind in when.kinds


def session_name(session_id: str) -> str:
    """What the occasion of a session is called."""
    return f"session {session_id}"


def together(course: Course, name: str) -> tuple[Slot, ...]:
    """The sessions that one occasion is about: the one it is called by, and those beside it."""
    when, festival = course.step.when, course.festival
    if festival is None or not isinstance(when, AtSession):
        return ()
    told = anchor(when.on)
    edge = attrgetter(told.edge)
    slots = [slot for slot in festival.slots if wanted(when, slot.session)]
    named = [slot for slot in slots if session_name(slot.session.id) == name]
    if not named:
        return ()
    due = _after(course, told, edge(named[0]), name)
    beside = ((slot, _after(course, told, edge(slot), name)) for slot in slots)
    return tuple(
        slot for slot, at in beside if at is not None and due is not None and at.at == due.at
    )


def withdrawn(course: Course) -> tuple[Planned, ...]:
    """What does not come any more, since its session was cancelled or postponed."""
    when, festival = course.step.when, course.festival
    if festival is None or not isinstance(when, AtSession):
        return ()
    told = anchor(when.on)
    edge = attrgetter(told.edge)
    gone = ((edge(slot), slot) for slot in festival.off if wanted(when, slot.session))
    found = (_after(course, told, at, session_name(slot.session.id)) for at, slot in gone)
    return tuple(each for each in found if each is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of one person's occasions in one step, now that it is planned anew."""

    #: What comes next; None when nothing does.
    coming: Planned | None
    #: Whether that waits already and stays as it is: its time has come, and something defers it.
    waits: bool
    #: What lies in the past now and was never sent.
    past: tuple[Planned, ...]
    #: What ended without being sent, and lies ahead again: as if it had not ended.
    again: tuple[str, ...]


#: From and to.
Span = tuple[datetime, datetime]
#: By its name, whether an occasion that has ended was sent; whatever is not here has not ended.
Ended = Mapping[str, bool]


def settle(
    planned: Sequence[Planned],
    *,
    since: datetime,
    ahead: Span,
    ended: Ended,
    waiting: tuple[str, datetime] | None = None,
) -> Settled:
    """Plan anew what is not yet sent (CALENDAR 13).

    `planned` is all there is in the order of time. What lies ahead is after the first and not
    after the second instant of `ahead`; what is later is left to a later day. `waiting` is the
    name and planned instant of what was to come next: what comes after one that waits is left
    until that has ended.
    """
    now, until = ahead
    coming: Planned | None = None
    waits = False
    past: list[Planned] = []
    again: list[str] = []
    for each in planned:
        sent = ended.get(each.name)
        if each.at > until:
            break
        if each.at < since or sent:
            continue
        if each.at > now:
            coming = coming or each
            if sent is False:
                again.append(each.name)
        elif sent is None and not waits:
            if waiting == (each.name, each.at):
                coming, waits = each, True
            else:
                past.append(each)
    return Settled(coming=coming, waits=waits, past=tuple(past), again=tuple(again))
