"""Prompting: what is due in a campaign, judged when its time has come, and sent once.

Each is a plain function run inside one transaction of the store's writer, as a turn is. Whatever
becomes of a prompt, what comes next in its step takes its place.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Connection

from bot import turns
from bot.engine.conversation import About, Status
from bot.requests import notices, planning, renewing
from bot.requests.desk import House
from bot.requests.planning import Running
from bot.store import campaigns, conversations, dues, occasions, people, rhythms
from bot.store.dues import Due, Kind
from bot.store.occasions import State
from bot.turns import Heard
from scheduler.anchors import together
from scheduler.calendar import instant
from scheduler.campaign import Anchored, Step
from scheduler.course import Course, meant_for
from scheduler.person import Person
from scheduler.plan import closes_at, reminder_at
from scheduler.verdict import LATE, Beside, Case, Defer, Expire, Go, Rival, Skip, verdict
from scheduler.windows import wall_of

#: Prompts of other campaigns that are due so soon may be rivals for the same window.
_SOON = timedelta(days=1)


def call(conn: Connection, house: House, due: Due, now: datetime) -> Heard:
    """Do what is due, if it still is; nobody else does while this participant is held."""
    if people.get(conn, due.participant, lock=True) is None:
        return Heard(new=False)
    standing = dues.get(conn, due)
    if standing is None or standing.at > now:
        return Heard(new=False)
    if standing.kind is Kind.NOTICE:
        return Heard(said=notices.call(conn, house, standing, now))
    if standing.kind is Kind.CONSENT:
        return Heard(said=renewing.call(conn, house, standing, now))
    running = planning.running_named(conn, due.campaign)
    step = running.campaign.step(due.step) if running else None
    person = rhythms.of(conn, due.participant)
    if running is None or step is None or person is None:
        dues.remove(conn, standing)
        return Heard(new=False)
    if standing.kind is Kind.REMINDER:
        return _remind(conn, house, standing, running, step, person, now)
    if not meant_for(running.campaign, person):
        dues.remove(conn, standing)
        return Heard(new=False)
    under = running.course(step, person)
    if not planning.stands(under, standing):
        planning.plan(conn, [person], [running], now)
        return Heard(new=False)
    return _prompt(conn, house, standing, running, under, now)


def _prompt(  # noqa: PLR0913, PLR0917 - What is due, under what, and when.
    conn: Connection, house: House, due: Due, running: Running, under: Course, now: datetime
) -> Heard:
    """Send it, defer it or end it, and plan what comes next."""
    following = planning.following(conn, under, due.planned_at, now)
    case = Case(
        course=under,
        planned_at=due.planned_at,
        due=due.at,
        following=_next_window(under, following.planned_at) if following else None,
        frozen=running.frozen,
        absent=under.step.awaited and under.step.practice not in house.shelf.library.practices,
        beside=_beside(conn, house, due, running, now),
    )
    if now < due.planned_at and under.step.heads_up:
        return _heads_up(conn, house, due, replace(case, due=due.planned_at), now)
    heard = Heard()
    match verdict(case, now):
        case Go():
            occasion = planning.occasion_of(due, under.step)
            heard = turns.begin_occasion(
                conn, house, occasion, now, due.planned_at, about=_about(under, occasion.name)
            )
            if heard.said and (at := reminder_at(under, now)):
                dues.put(conn, [replace(due, kind=Kind.REMINDER, planned_at=now, at=at)])
        case Defer(at=at, reason=reason):
            dues.put(conn, [replace(due, at=at, reason=reason)])
            return heard
        case Skip(reason=reason):
            planning.end(conn, due, under.step, State.SKIPPED, reason, now)
        case Expire(reason=reason):
            planning.end(conn, due, under.step, State.EXPIRED, reason, now)
        case other:
            assert_never(other)
    if following is None:
        dues.remove(conn, due)
    else:
        dues.put(conn, [following])
    return heard


def _heads_up(conn: Connection, house: House, due: Due, case: Case, now: datetime) -> Heard:
    """Say that a prompt is coming, if it will and the time is open; then wait for its time."""
    dues.put(conn, [replace(due, at=due.planned_at)])
    comes = isinstance(verdict(case, due.planned_at), Go)
    if not comes or case.course.away(now) or case.course.opening.closed(now):
        return Heard()
    return turns.announce(
        conn, house, planning.occasion_of(due, case.course.step), due.planned_at, now
    )


def _about(under: Course, name: str) -> tuple[About, ...]:
    """The sessions that an occasion is about; none for most."""
    festival = under.festival
    if festival is None:
        return ()
    return tuple(
        About(
            id=slot.session.id,
            title=slot.session.title,
            group=festival.name,
            ends_at=slot.ends,
        )
        for slot in together(under, name)
    )


def _next_window(under: Course, following: datetime) -> datetime:
    """When the window of a step's next occasion opens: two of one step never share a day.

    Those that go by a festival may: its sessions come several a day.
    """
    if isinstance(under.step.when, Anchored):
        return following
    opening = under.opening
    if not opening.spans:
        return following
    wall = wall_of(opening.day_of(following), opening.spans[0][0])
    return min(following, instant(wall.date(), wall.time(), under.where))


def _beside(conn: Connection, house: House, due: Due, running: Running, now: datetime) -> Beside:
    """What else there is for the same person."""
    waiting = conversations.open_ones(conn, house.keys, due.participant)
    invited = [each for each in waiting if each.status is Status.OPEN and not each.begun]
    ranks = campaigns.ranks(conn)
    return Beside(
        open=bool(invited),
        invited_at=occasions.last_sent(conn, due.participant, beside=running.started.name),
        rivals=tuple(
            Rival(rank=ranks[each.campaign], campaign=each.campaign, due=each.at)
            for each in dues.of_participant(conn, due.participant)
            if each.kind is Kind.PROMPT
            and each.campaign != due.campaign
            and each.campaign in ranks
            and each.at < now + _SOON
        ),
    )


def _remind(  # noqa: PLR0913, PLR0917 - What is due, under what, and when.
    conn: Connection,
    house: House,
    due: Due,
    running: Running,
    step: Step,
    person: Person,
    now: datetime,
) -> Heard:
    """Remind once, at a time that is open to them, and not after the prompt has closed.

    After an outage no reminder comes late: a newer prompt may come with it.
    """
    under = running.course(step, person)
    case = Case(
        course=under,
        planned_at=due.at,
        due=due.at,
        following=closes_at(under, due.planned_at),
        frozen=running.frozen,
    )
    found = verdict(case, now)
    if isinstance(found, Defer):
        dues.put(conn, [replace(due, at=found.at, reason=found.reason)])
        return Heard()
    dues.remove(conn, due)
    if isinstance(found, Go) and now - due.at <= LATE:
        return turns.remind(conn, house, planning.occasion_of(due, step), now)
    return Heard()
