"""The dry run: who would get what and when, and why not. Pure, lazy, in linear time.

People who share a rhythm share the arithmetic: it is done once for each zone, days, hour, window
and holidays there are, and kept as long as there is room. Only random times are each person's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from scheduler.campaign import Campaign, Random, Step
from scheduler.course import Course, course, meant_for
from scheduler.person import Person
from scheduler.plan import Planned, occasions
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


def upcoming(
    campaign: Campaign, people: Iterable[Person], *, now: datetime, until: datetime
) -> Iterator[Line]:
    """All that a campaign would bring from an instant up to another, person by person.

    The lines of a person are in the order of time. Whoever is not in the audience has none, and
    so has what was planned before somebody joined. Deferral is shown once: what the deferred
    instant brings is judged when it comes.
    """
    shared = tuple(step for step in campaign.steps if not isinstance(step.when, Random))
    own = tuple(step for step in campaign.steps if isinstance(step.when, Random))
    kept: dict[tuple[object, ...], list[Line]] = {}
    room = _KEPT
    for person in people:
        if not meant_for(campaign, person):
            continue
        rhythm = _rhythm(person, now)
        lines = kept.get(rhythm)
        if lines is None:
            lines = _lines(campaign, shared, person, now, until)
            room -= len(lines) + 1
            if room < 0:
                kept.clear()
                room = _KEPT
            kept[rhythm] = lines
        if own:
            lines = sorted([*lines, *_lines(campaign, own, person, now, until)], key=_BY_TIME)
        name = person.id
        for line in lines:
            yield Line(name, *line[1:])


_BY_TIME = attrgetter("utc", "step")


def _rhythm(person: Person, now: datetime) -> tuple[object, ...]:
    """All of a person that decides when they get what, random times aside."""
    return (
        person.zone,
        person.days,
        person.minute,
        person.window,
        person.holidays,
        person.standing,
        person.paused_until,
        person.reachable,
        max(person.joined_at, now),
    )


def _lines(
    campaign: Campaign, steps: Iterable[Step], person: Person, now: datetime, until: datetime
) -> list[Line]:
    """What some steps bring one person."""
    each = (_step(course(campaign, step, person), now, until) for step in steps)
    return sorted(chain.from_iterable(each), key=_BY_TIME)


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
    return Line(running.person.id, running.step.id, planned.name, local, at, state, reason)
