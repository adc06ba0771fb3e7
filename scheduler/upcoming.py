"""The dry run: who would get what and when, and why not. Pure, lazy, in linear time.

People who share a rhythm share the arithmetic: it is done once for each zone, days, hour, window
and holidays there are, and kept as long as there is room. Only random times are each person's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from scheduler.calendar import zone
from scheduler.campaign import Campaign, Random, Step
from scheduler.course import Course, Planned, course, entered, meant_for
from scheduler.festival import Festival
from scheduler.person import Person
from scheduler.plan import occasions
from scheduler.reasons import Reason
from scheduler.verdict import Case, Defer, Go, Skip, verdict

#: So many lines are kept for people who share a rhythm.
_KEPT = 100_000


class Line(NamedTuple):
    """One prompt of a dry run."""

    participant: str
    step: str
    occasion: str
    #: What their clock shows then.
    local: datetime
    #: The instant; for a prompt that is deferred, that at which it goes.
    utc: datetime
    #: `planned`, `deferred` or `skipped`.
    state: str
    reason: Reason | None
    #: The day whose window it lies in: that of `local`, or the one before in small hours.
    window: date

    @property
    def goes(self) -> bool:
        """Whether it goes out, be it later than planned."""
        return self.state != "skipped"


class Plans:
    """The lines of a campaign from an instant up to another, for one person after the other."""

    def __init__(
        self,
        campaign: Campaign,
        *,
        now: datetime,
        until: datetime,
        festival: Festival | None = None,
    ) -> None:
        self.campaign = campaign
        self.now = now
        self._until = until
        self._festival = festival
        self._shared = tuple(step for step in campaign.steps if not isinstance(step.when, Random))
        self._own = tuple(step for step in campaign.steps if isinstance(step.when, Random))
        self._kept: dict[tuple[object, ...], list[Line]] = {}
        self._room = _KEPT

    @property
    def alike(self) -> bool:
        """Whether people of one rhythm get the same: nothing comes at random."""
        return not self._own

    def of(self, person: Person) -> list[Line]:
        """All that somebody of the audience gets, in the order of time.

        Lines that people share name the first of them.
        """
        lines = self._of_rhythm(person)
        if self._own:
            return sorted([*lines, *self._planned(self._own, person)], key=_BY_TIME)
        return lines

    def lines(self, people: Iterable[Person]) -> Iterator[Line]:
        """What everybody in the audience gets, person by person, each by their own name."""
        for person in people:
            if meant_for(self.campaign, person):
                name = person.id
                for line in self.of(person):
                    yield Line(name, *line[1:])

    def rhythm(self, person: Person) -> tuple[object, ...]:
        """All of a person that decides when they get what, random times aside."""
        since = entered(self.campaign, person)
        counted = self.campaign.counts_from == "joining"
        return (
            person.zone,
            person.days,
            person.minute,
            person.window,
            person.holidays,
            person.standing,
            person.paused_until,
            person.reachable,
            max(since, self.now),
            since.astimezone(zone(person.zone)).date() if counted else None,
        )

    def _of_rhythm(self, person: Person) -> list[Line]:
        key = self.rhythm(person)
        lines = self._kept.get(key)
        if lines is None:
            lines = self._planned(self._shared, person)
            self._room -= len(lines) + 1
            if self._room < 0:
                self._kept.clear()
                self._room = _KEPT
            self._kept[key] = lines
        return lines

    def _planned(self, steps: Iterable[Step], person: Person) -> list[Line]:
        """What some steps bring one person."""
        courses = (course(self.campaign, step, person, self._festival) for step in steps)
        each = (_step(running, self.now, self._until) for running in courses)
        return sorted(chain.from_iterable(each), key=_BY_TIME)


def upcoming(
    campaign: Campaign,
    people: Iterable[Person],
    *,
    now: datetime,
    until: datetime,
    festival: Festival | None = None,
) -> Iterator[Line]:
    """All that a campaign would bring from an instant up to another, person by person.

    The lines of a person are in the order of time. Whoever is not in the audience has none, and
    so has what was planned before somebody joined. Deferral is shown once: what the deferred
    instant brings is judged when it comes.
    """
    return Plans(campaign, now=now, until=until, festival=festival).lines(people)


_BY_TIME = attrgetter("utc", "step")


def _step(running: Course, now: datetime, until: datetime) -> Iterator[Line]:
    """What one step brings one person, each with what becomes of it."""
    coming = occasions(running, after=now - now.resolution)
    planned = next(coming, None)
    while planned is not None and planned.at < until:
        following = next(coming, None)
        yield _line(running, planned, following)
        planned = following


def _line(running: Course, planned: Planned, following: Planned | None) -> Line:
    case = Case(
        course=running,
        planned_at=planned.at,
        due=planned.at,
        following=following.at if following else None,
        absent=running.step.awaited,
    )
    at, state, reason = planned.at, "planned", None
    match verdict(case, planned.at):
        case Go():
            pass
        case Defer(deferred, why):
            at, state, reason = deferred, "deferred", why
        case Skip(why):
            state, reason = "skipped", why
        case other:  # pragma: no cover - Nothing expires at its own time.
            raise AssertionError(other)
    local = at.astimezone(running.where).replace(tzinfo=None)
    window = running.opening.day_of(at)
    return Line(running.person.id, running.step.id, planned.name, local, at, state, reason, window)
