"""Occasions: when a step of a campaign comes to one person, one by one. Pure.

Nothing here knows what was sent. The scheduler stores the one next occasion of each person and
step (`next_due`), and asks `verdict` when its time has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import assert_never

from scheduler.anchors import anchored
from scheduler.calendar import day_of_month, later, monday, month_of, week_of
from scheduler.campaign import (
    AtFestival,
    AtSession,
    Dates,
    FestivalDays,
    Monthly,
    Random,
    Weekly,
    after,
    numbers,
)
from scheduler.course import Course, Planned, day_in_month, days_of_week, fitted
from scheduler.picks import Chance, Picks, by_name, draw
from scheduler.reasons import Reason

#: So many days ahead the next working day is looked for.
_AHEAD = 90
_NO_PICKS: Mapping[str, tuple[datetime, ...]] = {}


def occasions(
    course: Course, picks: Picks = _NO_PICKS, *, after: datetime, chance: Chance = by_name
) -> Iterator[Planned]:
    """The occasions after an instant, in the order of time; without end when the campaign is.

    What was planned for before they joined is not among them; exactly at joining is (CALENDAR 12).
    """
    since = max(after, course.since).astimezone(course.where).date()
    begin = max(course.first, since - timedelta(days=2))
    for planned in _all(course, picks, begin, chance):
        if planned.at > after and planned.at >= course.since:
            yield planned


def next_due(
    course: Course, picks: Picks = _NO_PICKS, *, after: datetime, chance: Chance = by_name
) -> Planned | None:
    """The first occasion after an instant; None when there is none any more."""
    return next(occasions(course, picks, after=after, chance=chance), None)


def _all(course: Course, picks: Picks, begin: date, chance: Chance) -> Iterator[Planned]:
    """All occasions of about a day and of those that follow."""
    when = course.step.when
    match when:
        case Weekly():
            return _weekly(course, when, begin)
        case Monthly():
            return _monthly(course, when, begin)
        case Dates():
            return _dates(course, when)
        case Random():
            return _random(course, when, begin, picks, chance)
        case AtFestival() | FestivalDays() | AtSession():
            return iter(anchored(course))
        case _:
            assert_never(when)


def _weeks(course: Course, begin: date, every: int = 1) -> Iterator[int]:
    """Every so many weeks of the campaign, from that of a day on."""
    week = max(0, week_of(begin, course.first)) // every * every
    while monday(course.first, week) <= course.last:
        yield week
        week += every


def _weekly(course: Course, when: Weekly, begin: date) -> Iterator[Planned]:
    asked = numbers(when.on)
    days = fitted(asked, course.days)
    for week in _weeks(course, begin, when.every):
        if when.weeks is not None and week not in when.weeks:
            if week > max(when.weeks):
                return
            continue
        for number, day in enumerate(days_of_week(course, week, days), 1):
            name = f"week {week}.{number}" if asked[1:] else f"week {week}"
            yield from _on(course, name, day)


def _monthly(course: Course, when: Monthly, begin: date) -> Iterator[Planned]:
    month = max(0, month_of(begin, course.first))
    while day_of_month(course.first, month, 1) <= course.last:
        day = day_of_month(course.first, month, when.day)
        yield from _on(course, f"month {month}", day_in_month(course, day))
        month += 1


def _dates(course: Course, when: Dates) -> Iterator[Planned]:
    for day, number in sorted((day, number) for number, day in enumerate(when.on, 1)):
        yield from _on(course, f"date {number}", day)


def _random(
    course: Course, when: Random, begin: date, picks: Picks, chance: Chance
) -> Iterator[Planned]:
    if not course.opening.spans:
        return  # Quiet hours leave nothing of the window; a check refuses such a campaign.
    for week in _weeks(course, begin):
        span = f"week {week}"
        kept = picks.get(span)
        drawn = draw(course, when, week, chance) if kept is None else ()
        for number, wall in enumerate(drawn if kept is None else kept, 1):
            name = f"{span}.{number}" if when.times > 1 else span
            yield from _named(course, name, wall, span=span, drawn=drawn)


def _on(course: Course, name: str, day: date) -> Iterator[Planned]:
    """The occasion of a day at its step's time."""
    return _named(course, name, course.opening.minute_of(day, course.minute or 0))


def _named(
    course: Course, name: str, wall: datetime, span: str = "", drawn: tuple[datetime, ...] = ()
) -> Iterator[Planned]:
    """The occasion of a wall time; none when that is not the campaign's or never was there."""
    if course.first <= wall.date() <= course.last and (at := course.at(wall)) is not None:
        yield Planned(name=name, wall=wall, at=at, span=span, drawn=drawn)


def reminder_at(course: Course, sent: datetime) -> datetime | None:
    """When the one reminder of a prompt comes; None when it has none, or it has closed by then.

    Days are counted on the person's own clock, hours as they go by. Ask `verdict` of it, with
    the instant of closing as what follows.
    """
    text = course.step.reminder
    if text is None:
        return None
    due = _after(course, sent, text) or _next_working_day(course, sent)
    closes = closes_at(course, sent)
    return None if due is None or (closes is not None and due >= closes) else due


def closes_at(course: Course, sent: datetime) -> datetime | None:
    """When reminders of a prompt end; None when never."""
    if course.step.closes == "end of day":
        return later(sent, course.where, days=1, at=time())
    return _after(course, sent, course.step.closes)


def _after(course: Course, sent: datetime, text: str) -> datetime | None:
    if (lasting := after(text)) is None:
        return None
    return later(sent, course.where, days=lasting.days, hours=lasting.hours)


def _next_working_day(course: Course, sent: datetime) -> datetime | None:
    """The time at which it was sent, on the next day that is open to them."""
    for ahead in range(1, _AHEAD):
        due = later(sent, course.where, days=ahead)
        if course.opening.closed(due) in {None, Reason.QUIET}:
            return due
    return None
