"""Agenda: a campaign as entries of a calendar, on one clock; nobody's name is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.diaries.writing import Entry
from bot.requests.planning import Running
from scheduler.anchors import withdrawn
from scheduler.campaign import Random
from scheduler.course import Course, Planned
from scheduler.person import Person
from scheduler.plan import occasions

#: How far back and ahead a calendar goes.
BEFORE, AHEAD = timedelta(days=60), timedelta(days=400)
#: How long an entry lasts, in minutes.
MINUTES = 15
#: The most entries of a calendar.
MOST = 2000


def entries(
    running: Running, *, zone: str, now: datetime, sequence: int, title_of: Callable[[str], str]
) -> tuple[Entry, ...]:
    """When each step comes to somebody in a zone who chose nothing; at random it has no entry."""
    somebody = Person(id="", zone=zone, joined_at=now - BEFORE)
    found: list[Entry] = []
    for step in running.campaign.steps:
        if isinstance(step.when, Random):
            continue
        under = running.course(step, somebody)
        for planned, gone in _all(under, now):
            entry = Entry(
                uid=f"{step.id}.{planned.name.replace(' ', '-')}",
                title=f"{running.campaign.title}: {title_of(step.practice)}",
                description=f"{planned.name}, at this time on each person's own clock.",
                starts=planned.at,
                minutes=MINUTES,
                cancelled=gone,
                sequence=sequence,
                zone=zone,
            )
            found.append(entry)
    return tuple(sorted(found, key=lambda each: (each.starts, each.uid))[:MOST])


def _all(under: Course, now: datetime) -> Iterator[tuple[Planned, bool]]:
    for planned in occasions(under, after=now - BEFORE):
        if planned.at > now + AHEAD:
            break
        yield planned, False
    for planned in withdrawn(under):
        yield planned, True
