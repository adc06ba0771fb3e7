"""Fanning out: one occasion of a festival written down for thousands of people by one statement.

People in one zone have it at one instant. So each statement is told the instant of every zone, and
the database does the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    case,
    delete,
    exists,
    literal,
    null,
    select,
)

from bot.store.dues import Kind
from bot.store.occasions import UNSENT, State
from bot.store.tables import (
    Insert,
    Instant,
    address,
    cohort,
    due,
    each,
    membership,
    occasion,
    opt_out,
    participant,
)
from scheduler.reasons import Reason

#: The instant of an occasion in each zone.
Times = Mapping[str, datetime]
_OCCASION = ("campaign", "step", "name", "participant")
_DUE = ("campaign", "step", "participant", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Some thousands of people for whom a campaign is, whose windows do not go over midnight."""

    campaign: str
    #: The steps that go by its festival: with them the database finds its rows at once.
    steps: Sequence[str]
    #: The first and the last id.
    first: str
    last: str
    #: Cohorts and platforms of its audience; all when none is named.
    cohorts: Sequence[str]
    platforms: Sequence[str]
    #: Those of whom each is planned for by themselves.
    but: Collection[str] = ()

    @property
    def everybody(self) -> ColumnElement[bool]:
        """Which people are written for here, in the audience or not."""
        return participant.c.id.between(self.first, self.last) & participant.c.id.not_in(
            sorted(self.but)
        )

    def meant(self, at: ColumnElement[datetime]) -> ColumnElement[bool]:
        """Whom it is for: they had joined by then, and come into its audience."""
        who = self.everybody & (participant.c.joined_at <= at)
        left = select(opt_out.c.participant).where(opt_out.c.campaign == self.campaign)
        who &= participant.c.id.not_in(left)
        if self.cohorts:
            who &= exists(
                select(membership.c.participant)
                .join(cohort, cohort.c.id == membership.c.cohort)
                .where(
                    membership.c.participant == participant.c.id,
                    membership.c.joined_at <= at,
                    cohort.c.name.in_(self.cohorts),
                )
            )
        if self.platforms:
            who &= exists(
                select(address.c.participant).where(
                    address.c.participant == participant.c.id,
                    address.c.platform.in_(self.platforms),
                )
            )
        return who


def zones(conn: Connection, crowd: Crowd) -> tuple[str, ...]:
    """The zones they are in."""
    found = select(participant.c.zone).where(crowd.everybody).distinct()
    return tuple(conn.scalars(found.order_by(participant.c.zone)))


def written(conn: Connection, crowd: Crowd) -> frozenset[str]:
    """The steps of which something comes next for any of them."""
    found = select(due.c.step).where(
        due.c.campaign == crowd.campaign,
        due.c.step.in_(crowd.steps),
        due.c.participant.between(crowd.first, crowd.last),
    )
    return frozenset(conn.scalars(found.distinct()))


def odd(conn: Connection, crowd: Crowd, begin: datetime) -> list[str]:
    """Who is planned for by themselves: a window over midnight, or something that waits."""
    waits = select(due.c.participant).where(
        due.c.campaign == crowd.campaign,
        due.c.step.in_(crowd.steps),
        due.c.kind == Kind.PROMPT,
        due.c.planned_at <= begin,
        due.c.participant.between(crowd.first, crowd.last),
    )
    over = participant.c.window_from.is_not(None) & (
        participant.c.window_to <= participant.c.window_from
    )
    both = over | participant.c.id.in_(waits)
    return list(conn.scalars(select(participant.c.id).where(crowd.everybody, both)))


def withdraw(  # noqa: PLR0913, PLR0917 - Of whom, which, what stays, and when.
    conn: Connection, crowd: Crowd, step: str, practice: str, names: Collection[str], now: datetime
) -> None:
    """Nothing of a step comes next; what is not among these names any more ends as cancelled."""
    theirs = due.c.participant.in_(select(participant.c.id).where(crowd.everybody))
    this = (due.c.campaign == crowd.campaign) & (due.c.step == step) & theirs
    this &= due.c.participant.between(crowd.first, crowd.last) & (due.c.kind == Kind.PROMPT)
    gone = _ended(due.c.name, due.c.participant, due.c.planned_at, Reason.CANCELLED, now)
    found = gone(crowd, step, practice).where(
        this,
        due.c.name.not_in(sorted(names)),
        participant.c.id == due.c.participant,
        crowd.meant(due.c.planned_at),
    )
    _add(conn, occasion, found, _OCCASION)
    conn.execute(delete(due).where(this))


def bring(conn: Connection, crowd: Crowd, step: str, name: str, at: Times) -> None:
    """An occasion comes next to those who have nothing sooner; whoever had it does not again."""
    when, there = _times(at)
    known = exists(
        select(occasion.c.name).where(
            occasion.c.campaign == crowd.campaign,
            occasion.c.step == step,
            occasion.c.name == name,
            occasion.c.participant == participant.c.id,
        )
    )
    found = select(
        literal(crowd.campaign).label("campaign"),
        literal(step).label("step"),
        participant.c.id.label("participant"),
        literal(Kind.PROMPT.value).label("kind"),
        literal(name).label("name"),
        when.label("planned_at"),
        when.label("at"),
        null().label("reason"),
    ).where(there, crowd.meant(when), ~known)
    _add(conn, due, found, _DUE)


def end(  # noqa: PLR0913, PLR0917 - Of whom, which, why and when.
    conn: Connection,
    crowd: Crowd,
    step: str,
    practice: str,
    name: str,
    at: Times,
    reason: Reason,
    now: datetime,
) -> None:
    """An occasion ends without being sent, for those for whom it has not ended."""
    when, there = _times(at)
    ended = _ended(literal(name), participant.c.id, when, reason, now)
    _add(conn, occasion, ended(crowd, step, practice).where(there, crowd.meant(when)), _OCCASION)


def reopen(conn: Connection, crowd: Crowd, step: str, name: str, at: Times) -> None:
    """What ended without being sent, and lies ahead again, is as if it had not ended."""
    this = (occasion.c.campaign == crowd.campaign) & (occasion.c.step == step)
    this &= (occasion.c.name == name) & occasion.c.state.in_(sorted(UNSENT))
    if not at or conn.execute(select(occasion.c.name).where(this).limit(1)).first() is None:
        return
    when, there = _times(at)
    theirs = select(participant.c.id).where(there, crowd.meant(when))
    conn.execute(delete(occasion).where(this, occasion.c.participant.in_(theirs)))


def _times(at: Times) -> tuple[ColumnElement[datetime], ColumnElement[bool]]:
    """The instant in each person's zone, and whether theirs is among these."""
    instants = {where: literal(each, Instant) for where, each in sorted(at.items())}
    when: ColumnElement[datetime] = case(instants, value=participant.c.zone)
    return when, participant.c.zone.in_(sorted(at))


def _ended(
    name: ColumnElement[str],
    who: ColumnElement[str],
    planned_at: ColumnElement[datetime],
    reason: Reason,
    now: datetime,
) -> Any:  # noqa: ANN401 - Makes the selection of a crowd's step.
    def selection(crowd: Crowd, step: str, practice: str) -> Any:  # noqa: ANN401 - A selection.
        return select(
            literal(crowd.campaign).label("campaign"),
            literal(step).label("step"),
            name.label("name"),
            who.label("participant"),
            literal(practice).label("practice"),
            literal(State.SKIPPED.value).label("state"),
            literal(reason.value).label("reason"),
            planned_at.label("planned_at"),
            literal(now, Instant).label("changed_at"),
        )

    return selection


def _add(conn: Connection, table: Table, found: Select[Any], key: Sequence[str]) -> None:
    """Add what is found; a row that is there already stays."""
    names = [column.name for column in found.selected_columns]

    def build(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
        new = begin(table).from_select(names, found, include_defaults=False)
        built: Insert = new.on_conflict_do_nothing(index_elements=list(key))
        return built

    conn.execute(each(build)(conn))
