"""Planning: what comes next for people in the campaigns that run, kept as it changes.

For each person and step one next occasion is kept. Whatever changes when somebody wants to hear
from us plans what is not yet sent anew; what then lies in the past is skipped as `past`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from bot.records import Occasion
from bot.store import campaigns, dues, occasions, rhythms
from bot.store.campaigns import Progress, Started
from bot.store.dues import Due, Kind
from bot.store.occasions import State
from scheduler.campaign import Campaign, Step
from scheduler.course import Course, course, meant_for
from scheduler.person import Person
from scheduler.plan import Planned, next_due
from scheduler.reasons import Reason


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign that was started, with its file read."""

    started: Started
    campaign: Campaign

    @property
    def frozen(self) -> bool:
        """Whether staff paused it."""
        return self.started.progress is Progress.PAUSED


@lru_cache(maxsize=256)
def _read(started: Started) -> Running:
    return Running(started, Campaign.model_validate_json(started.body))


def start(conn: Connection, campaign: Campaign, now: datetime) -> None:
    """Keep a campaign as it is started; what comes next for people is planned by `plan`."""
    campaigns.start(
        conn,
        campaign.name,
        title=campaign.title,
        rank=campaign.rank,
        body=campaign.model_dump_json(),
        now=now,
    )


def running(conn: Connection) -> tuple[Running, ...]:
    """The campaigns that were started and not cancelled."""
    return tuple(
        _read(each) for each in campaigns.all_of(conn) if each.progress is not Progress.CANCELLED
    )


def running_named(conn: Connection, name: str) -> Running | None:
    """One of them; None when none of that name runs."""
    started = campaigns.get(conn, name)
    over = started is None or started.progress is Progress.CANCELLED
    return None if started is None or over else _read(started)


def plan_anew(conn: Connection, participant_id: str, now: datetime) -> None:
    """Plan what comes next for somebody whose rhythm has changed."""
    person = rhythms.of(conn, participant_id)
    if person is not None:
        plan(conn, [person], running(conn), now)


def plan(
    conn: Connection, people: Iterable[Person], under: Sequence[Running], now: datetime
) -> None:
    """Plan what comes next for people in some campaigns, in place of what was planned."""
    found: list[Due] = []
    for person in people:
        before = {(due.campaign, due.step): due for due in dues.of_participant(conn, person.id)}
        for each in under:
            for step in each.campaign.steps:
                old = before.get((each.started.name, step.id))
                if old is not None and old.kind is Kind.PROMPT and old.planned_at <= now:
                    end(conn, old, step, State.SKIPPED, Reason.PAST, now)
                coming = _next(conn, each.campaign, step, person, now)
                if coming is not None:
                    found.append(coming)
                elif old is not None:
                    dues.remove(conn, old)
    dues.put(conn, found)


def _next(
    conn: Connection, campaign: Campaign, step: Step, person: Person, after: datetime
) -> Due | None:
    """What comes next for one person in one step; None when nothing does, or it is not theirs."""
    if not meant_for(campaign, person):
        return None
    return following(conn, course(campaign, step, person), after)


def cancel(conn: Connection, name: str, now: datetime) -> None:
    """Take away all that comes next in a campaign; what was deferred ends as cancelled."""
    started = campaigns.get(conn, name)
    campaign = _read(started).campaign if started else None
    for due in dues.of_campaign(conn, name):
        step = campaign.step(due.step) if campaign else None
        if step is not None and due.kind is Kind.PROMPT and due.planned_at <= now:
            end(conn, due, step, State.SKIPPED, Reason.CANCELLED, now)
    campaigns.clear(conn, name)
    campaigns.forget_picks(conn, name)


def following(conn: Connection, under: Course, after: datetime) -> Due | None:
    """The next occasion of a course after an instant; what is picked for it is kept."""
    names = under.campaign.name, under.step.id, under.person.id
    picks = dues.picked(conn, *names) if under.minute is None else {}
    planned = next_due(under, picks, after=after)
    if planned is None:
        return None
    if planned.drawn:
        dues.keep_picks(conn, *names, {planned.span: planned.drawn})
    return _due(under, planned)


def _due(under: Course, planned: Planned) -> Due:
    return Due(
        campaign=under.campaign.name,
        step=under.step.id,
        participant=under.person.id,
        name=planned.name,
        planned_at=planned.at,
        at=planned.at,
    )


def occasion_of(due: Due, step: Step) -> Occasion:
    """What is due, as the occasion it is claimed as."""
    return Occasion(
        campaign=due.campaign,
        step=due.step,
        name=due.name,
        practice=step.practice,
        participant=due.participant,
    )


def end(  # noqa: PLR0913, PLR0917 - Which, how, why and when.
    conn: Connection, due: Due, step: Step, state: State, reason: Reason, now: datetime
) -> None:
    """Say that an occasion ends without being sent, unless it was sent already."""
    occasion = occasion_of(due, step)
    if occasions.claim(conn, occasion, now, due.planned_at):
        occasions.end(conn, occasion, state, now=now, reason=reason)
