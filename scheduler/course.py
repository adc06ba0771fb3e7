"""Course: how one step of a campaign runs for one person, their own choices put first. Pure.

An occasion is named by its anchor or ordinal, never by its date (CALENDAR 14): `week 5`, the
second of a week `week 5.2`, `month 3`, `date 2`, `opens-7d`, `festival day 3`. Weeks and months
count from those of the start, which are week 0 and month 0; dates by their place in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.records import Standing
from scheduler.calendar import exists, instant, monday, occurrence, zone
from scheduler.campaign import (
    Anchored,
    Campaign,
    Dates,
    Random,
    Step,
    minute,
    numbers,
    span,
)
from scheduler.festival import Festival
from scheduler.person import Person
from scheduler.reasons import Reason
from scheduler.windows import Opening, Span, spans

_WEEK = 7
_ONE = timedelta(days=1)
_MIDNIGHT = time()
#: The last day of a campaign without end.
_FAR = date(9000, 1, 1)
_EVERY_DAY = tuple(range(_WEEK))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One step of a campaign for one person."""

    campaign: Campaign
    step: Step
    person: Person
    where: ZoneInfo
    #: What was planned for before this instant is not for them.
    since: datetime
    #: The campaign's first day, the same date on every clock; theirs where it counts from joining.
    first: date
    #: The campaign's last day for them; far away when it has no end.
    last: date
    #: The weekdays the person chose; None when they chose none.
    days: tuple[int, ...] | None
    #: Minutes after midnight; None for a step that has no time of day.
    minute: int | None
    opening: Opening
    #: The festival it goes by; None when by none.
    festival: Festival | None = None

    @property
    def end(self) -> datetime:
        """The instant at which the campaign's last day is over for them."""
        return instant(self.last + _ONE, _MIDNIGHT, self.where)

    def away(self, at: datetime) -> Reason | None:
        """Why they are not there for any prompt at an instant; None when they are."""
        person = self.person
        if person.standing is not Standing.ACTIVE:
            return Reason.STOPPED
        if person.paused_until and at.astimezone(self.where).date() < person.paused_until:
            return Reason.PAUSED
        return None if person.reachable else Reason.UNREACHABLE

    def at(self, wall: datetime) -> datetime | None:
        """The instant of a wall time; None when its day never was there."""
        return occurrence(wall.date(), wall.time(), self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One occasion of one person in one step."""

    #: `week 5`, `week 5.2`, `month 3`, `date 2`, `opens-7d`, `festival day 3`: never a date.
    name: str
    #: The wall time on their own clock.
    wall: datetime
    #: The instant (UTC) at which their clock first shows it or later.
    at: datetime
    #: The week whose picks it is of, `week 5`; empty when it is not at random.
    span: str = ""
    #: That week's picks, when they were drawn just now and are to be stored.
    drawn: tuple[datetime, ...] = ()


def course(
    campaign: Campaign, step: Step, person: Person, festival: Festival | None = None
) -> Course:
    """How a step runs for somebody; raises ValueError for a campaign without its first day."""
    if campaign.starts is None:
        raise ValueError("the campaign has no first day yet: see `started`")
    where = zone(person.zone)
    days = _days(person)
    since = entered(campaign, person)
    first, last = campaign.starts, campaign.last_day or _FAR
    if campaign.counts_from == "joining":
        first = max(first, since.astimezone(where).date())
        if campaign.weeks is not None:
            last = min(last, first + timedelta(weeks=campaign.weeks, days=-1))
    return Course(
        campaign=campaign,
        step=step,
        person=person,
        festival=festival,
        where=where,
        since=since,
        first=first,
        last=last,
        days=days,
        minute=_minute(step, person),
        opening=Opening(
            where=where,
            days=frozenset(_open_days(campaign, step, days)),
            spans=_spans(campaign, step, person),
            holidays=person.holidays or "",
            group_holidays=campaign.region if person.holidays is None else "",
        ),
    )


def meant_for(campaign: Campaign, person: Person) -> bool:
    """Whether somebody belongs to a campaign's audience and has not left it."""
    if campaign.name in person.left:
        return False
    audience = campaign.audience
    cohorts = not audience.cohorts or not person.cohorts.isdisjoint(audience.cohorts)
    platforms = not audience.platforms or not person.platforms.isdisjoint(audience.platforms)
    return cohorts and platforms


def entered(campaign: Campaign, person: Person) -> datetime:
    """Since when a campaign is for somebody: they joined, and came into its audience."""
    cohorts = campaign.audience.cohorts
    into = [at for name, at in person.entered if name in cohorts]
    return max(person.joined_at, min(into)) if into else person.joined_at


def _days(person: Person) -> tuple[int, ...] | None:
    if person.days is None:
        return None
    return tuple(sorted(set(person.days))) or _EVERY_DAY


def _minute(step: Step, person: Person) -> int | None:
    """The hour they chose, else the step's; what goes by a festival keeps its own."""
    if isinstance(step.when, Random):
        return None
    if isinstance(step.when, Anchored):
        return minute(step.at) if step.at else None
    if person.minute is not None:
        return person.minute
    return minute(step.at or "09:00")


def _open_days(campaign: Campaign, step: Step, days: tuple[int, ...] | None) -> tuple[int, ...]:
    """The weekdays on which a prompt may come; nobody's days move a listed date or a festival."""
    if days is not None and not isinstance(step.when, Dates | Anchored):
        return days
    if isinstance(step.when, Random) and step.when.days:
        return numbers(step.when.days)
    return _EVERY_DAY if step.any_day else numbers(campaign.working_days)


def _spans(campaign: Campaign, step: Step, person: Person) -> tuple[Span, ...]:
    """The hours they chose, else the step's or the campaign's; with the hour they chose."""
    quiet = span(campaign.quiet) if campaign.quiet else None
    if isinstance(step.when, Random):
        if person.window is not None:
            return spans(person.window)
        return spans(span(step.when.window or campaign.window), quiet)
    if person.window is not None:
        return spans(person.window, None, person.minute)
    return spans(span(campaign.window), quiet, person.minute)


@lru_cache(maxsize=4096)
def fitted(asked: tuple[int, ...], theirs: tuple[int, ...] | None) -> tuple[int, ...]:
    """The weekdays of a week on which somebody gets what a campaign asks on some.

    One day: the first of theirs on or after it, else the last of theirs. Several: those asked
    when all are theirs; else as many of theirs, as far apart as can be and then as near as can
    be to those asked.
    """
    if theirs is None or set(asked) <= set(theirs):
        return asked
    if len(asked) == 1:
        return (next((day for day in theirs if day >= asked[0]), theirs[-1]),)
    count = min(len(asked), len(theirs))
    return min(
        combinations(theirs, count),
        key=lambda days: (-_closest(days), sum(map(_distance, days, asked)), days),
    )


def _closest(days: tuple[int, ...]) -> int:
    """The fewest days between two of these, this week's last and next week's first among them."""
    return min(
        after - before for before, after in zip(days, (*days[1:], days[0] + _WEEK), strict=True)
    )


def _distance(one: int, other: int) -> int:
    return abs(one - other)


def days_of_week(course: Course, week: int, weekdays: Iterable[int]) -> list[date]:
    """The dates of some weekdays in a week of the campaign."""
    begins = monday(course.first, week).toordinal()
    return [date.fromordinal(begins + weekday) for weekday in weekdays]


def day_in_month(course: Course, day: date) -> date:
    """A day of a month, moved to one of theirs: the first on or after it, else the last before.

    It stays in its month. Only a month without any of their days there, which cannot be, would
    leave it where it is.
    """
    if course.days is None:
        return day
    month = [date(day.year, day.month, 1).toordinal() + ahead for ahead in range(31)]
    theirs = [
        each
        for each in map(date.fromordinal, month)
        if each.month == day.month and each.weekday() in course.days
    ]
    return next((each for each in theirs if each >= day), theirs[-1])


def existing(course: Course, days: Iterable[date]) -> list[date]:
    """Those days that were on the clock there."""
    return [day for day in days if exists(day, course.where)]
