"""Planning: what comes next for people in the campaigns that run, kept as it changes.

For each person and step one next occasion is kept. Whatever changes when somebody wants to hear
from us plans what is not yet sent anew; what then lies in the past is skipped as `past`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product

from sqlalchemy import Connection

from bot.records import Occasion
from bot.store import campaigns, dues, occasions, rhythms
from bot.store.campaigns import Progress, Started
from bot.store.dues import Due, Kind, Pick
from bot.store.occasions import State
from scheduler.campaign import Campaign, Step
from scheduler.course import Course, course, meant_for
from scheduler.person import Person
from scheduler.picks import Picks
from scheduler.plan import Planned, next_due
from scheduler.plan import occasions as all_planned
from scheduler.reasons import Reason

#: No change of a rhythm moves an occasion further than this: it stays in its week or its month.
_FARTHEST = timedelta(days=32)


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
    """Plan what comes next for some hundreds of people in some campaigns, in place of what was."""
    some = tuple(people)
    ids = [person.id for person in some]
    before, picks = dues.prompts_of(conn, ids), dues.picks_of(conn, ids)
    found: list[Due] = []
    drawn: list[Pick] = []
    for person, each in product(some, under):
        meant = meant_for(each.campaign, person)
        for step in each.campaign.steps:
            key = (each.started.name, step.id, person.id)
            old = before.get(key)
            its = course(each.campaign, step, person) if meant else None
            kept = picks.get(key, {})
            coming = next_due(its, kept, after=now) if its else None
            if old is not None and its is not None and (not coming or coming.name != old.name):
                coming = _moved(conn, its, kept, old, coming, now)
            if its is not None and coming is not None:
                found.append(_due(its, coming))
                drawn += _drawn(its, coming)
            elif old is not None:
                if old.planned_at <= now:
                    end(conn, old, step, State.SKIPPED, Reason.PAST, now)
                dues.remove(conn, old)
    dues.put(conn, found)
    dues.keep(conn, drawn)


def _moved(  # noqa: PLR0913, PLR0917 - In what, what was to come, what comes, and when.
    conn: Connection, under: Course, kept: Picks, old: Due, coming: Planned | None, now: datetime
) -> Planned | None:
    """What comes next, when it is not what was to come: what now lies in the past ends as `past`.

    What was sent before the change and would now lie ahead does not come again.
    """
    behind = ahead = False
    for each in all_planned(under, kept, after=min(old.planned_at, now) - _FARTHEST):
        if each.at > now + _FARTHEST:
            break
        behind = behind or each.name == old.name or each.at > old.planned_at
        ahead = ahead or (each.name == old.name and each.at > now)
        if behind and each.at <= now:
            end(conn, _due(under, each), under.step, State.SKIPPED, Reason.PAST, now)
    if old.planned_at <= now and not ahead:
        end(conn, old, under.step, State.SKIPPED, Reason.PAST, now)
    while coming and occasions.get(conn, occasion_of(_due(under, coming), under.step)):
        coming = next_due(under, kept, after=coming.at)
    return coming


def cancel(conn: Connection, name: str, now: datetime) -> None:
    """Take away all that comes next in a campaign; what was put off or waits ends as cancelled."""
    started = campaigns.get(conn, name)
    campaign = _read(started).campaign if started else None
    for due in dues.of_campaign(conn, name):
        step = campaign.step(due.step) if campaign else None
        if step is not None and due.kind is Kind.PROMPT and due.planned_at <= now:
            end(conn, due, step, State.SKIPPED, Reason.CANCELLED, now)
    occasions.cancelled(conn, name, now)
    campaigns.clear(conn, name)
    campaigns.forget_picks(conn, name)


def following(conn: Connection, under: Course, after: datetime) -> Due | None:
    """The next occasion of a course after an instant; what is picked for it is kept."""
    names = under.campaign.name, under.step.id, under.person.id
    picks = dues.picked(conn, *names) if under.minute is None else {}
    planned = next_due(under, picks, after=after)
    if planned is None:
        return None
    dues.keep(conn, _drawn(under, planned))
    return _due(under, planned)


def _drawn(under: Course, planned: Planned) -> list[Pick]:
    """What was picked at random for it just now, to be kept."""
    if not planned.drawn:
        return []
    pick = Pick(
        campaign=under.campaign.name,
        step=under.step.id,
        participant=under.person.id,
        span=planned.span,
        times=planned.drawn,
    )
    return [pick]


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
