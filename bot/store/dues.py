"""Dues: what comes next for each person in each step of a campaign, and when.

One row a person, step and kind, whatever the length of the campaign: the pulse looks at the
rows whose time has come, and each that is done makes way for the next.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from bot.store.tables import Insert, due, each, pick


class Kind(StrEnum):
    """What is due."""

    PROMPT = "prompt"
    REMINDER = "reminder"
    #: A message of staff: its campaign is the notice's name.
    NOTICE = "notice"
    #: A question whether what somebody shared may stay shared.
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What comes next for one person in one step."""

    campaign: str
    step: str
    participant: str
    kind: Kind = Kind.PROMPT
    #: The occasion's name.
    name: str
    #: When it was planned for, before anything deferred it.
    planned_at: datetime
    at: datetime
    #: Why it was deferred; empty when it was not.
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Wall times that were picked at random for one person in one step, made once."""

    campaign: str
    step: str
    participant: str
    #: Which week they are for, by its name in the campaign.
    span: str
    times: tuple[datetime, ...]


#: A campaign, a step and a participant.
Whose = tuple[str, str, str]

_KEY = ("campaign", "step", "participant", "kind")


def _put(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(due)
    values = {name: new.excluded[name] for name in ("name", "planned_at", "at", "reason")}
    built: Insert = new.on_conflict_do_update(index_elements=_KEY, set_=values)
    return built


_PUT = each(_put)


def put(conn: Connection, found: Iterable[Due]) -> None:
    """Say what comes next, each in place of what came next before."""
    rows = [_row(one) for one in found]
    if rows:
        conn.execute(_PUT(conn), rows)


def _row(one: Due) -> dict[str, Any]:
    return {
        "campaign": one.campaign,
        "step": one.step,
        "participant": one.participant,
        "kind": one.kind,
        "name": one.name,
        "planned_at": one.planned_at,
        "at": one.at,
        "reason": one.reason or None,
    }


def _add(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(due).on_conflict_do_nothing(index_elements=_KEY)
    return built


_ADD = each(_add)


def add(conn: Connection, found: Iterable[Due]) -> None:
    """Say what comes next where nothing does; what another process said meanwhile stays."""
    rows = [_row(one) for one in found]
    if rows:
        conn.execute(_ADD(conn), rows)


_COME = (
    select(due)
    .where(due.c.at <= bindparam("now"))
    .order_by(due.c.at, due.c.participant)
    .limit(bindparam("most"))
)


def come(conn: Connection, now: datetime, most: int) -> tuple[Due, ...]:
    """What is due by now, the longest due first, `most` of it."""
    return tuple(_due(row) for row in conn.execute(_COME, {"now": now, "most": most}))


def soonest(conn: Connection) -> datetime | None:
    """When the next of all is due; None when nothing is."""
    found: datetime | None = conn.scalar(select(due.c.at).order_by(due.c.at).limit(1))
    return found


_THEIRS = (
    select(due).where(due.c.participant == bindparam("of")).order_by(due.c.at, due.c.campaign)
)


def of_participant(conn: Connection, participant_id: str) -> tuple[Due, ...]:
    """All that comes next for somebody, the soonest first."""
    return tuple(_due(row) for row in conn.execute(_THEIRS, {"of": participant_id}))


_PROMPTS = select(due).where(
    due.c.participant.in_(bindparam("ids", expanding=True)), due.c.kind == Kind.PROMPT
)
_PROMPTS_IN = _PROMPTS.where(due.c.campaign == bindparam("only"))


def prompts_of(
    conn: Connection, participant_ids: Sequence[str], campaign: str | None = None
) -> dict[Whose, Due]:
    """The prompts that come next for some hundreds of people, in one campaign or in all."""
    if campaign is None:
        rows = conn.execute(_PROMPTS, {"ids": participant_ids})
    else:
        rows = conn.execute(_PROMPTS_IN, {"ids": participant_ids, "only": campaign})
    return {(row[0], row[1], row[2]): _due(row) for row in rows.all()}


#: Which due, of those that `_named` names.
_THIS = (
    (due.c.campaign == bindparam("which_campaign"))
    & (due.c.step == bindparam("which_step"))
    & (due.c.participant == bindparam("which_participant"))
    & (due.c.kind == bindparam("which_kind"))
)
_GET = select(due).where(_THIS)
_REMOVE = delete(due).where(_THIS)


def get(conn: Connection, of: Due) -> Due | None:
    """How a due stands now; None when it is no longer there."""
    row = conn.execute(_GET, _named(of)).first()
    return None if row is None else _due(row)


def remove(conn: Connection, of: Due) -> None:
    """Nothing comes next here any more."""
    conn.execute(_REMOVE, _named(of))


def remove_all(conn: Connection, many: Iterable[Due]) -> None:
    """Nothing comes next at many of them any more."""
    rows = [_named(each) for each in many]
    if rows:
        conn.execute(_REMOVE, rows)


def remove_of(conn: Connection, participant_id: str, kind: Kind | None = None) -> None:
    """Nothing comes next for somebody any more, or nothing of one kind."""
    theirs = due.c.participant == participant_id
    conn.execute(delete(due).where(theirs if kind is None else theirs & (due.c.kind == kind)))


def standing(conn: Connection, campaign: str) -> dict[tuple[str, str], int]:
    """What is to come in a campaign, counted by its step and why it was deferred, if it was."""
    reason = func.coalesce(due.c.reason, "")
    rows = conn.execute(
        select(due.c.step, reason, func.count())
        .where(due.c.campaign == campaign, due.c.kind == Kind.PROMPT)
        .group_by(due.c.step, reason)
    )
    return {(step, why): number for step, why, number in rows}


def of_campaign(conn: Connection, campaign: str) -> tuple[Due, ...]:
    """All that comes next in a campaign."""
    return tuple(_due(row) for row in conn.execute(select(due).where(due.c.campaign == campaign)))


def count(conn: Connection, campaign: str) -> int:
    """How many prompts of a campaign come next, one a person and step."""
    prompts = (due.c.campaign == campaign) & (due.c.kind == Kind.PROMPT)
    found = select(func.count()).select_from(due).where(prompts)
    return conn.scalar(found) or 0


def picked(
    conn: Connection, campaign: str, step: str, participant_id: str
) -> dict[str, tuple[datetime, ...]]:
    """The wall times that were picked for somebody in one step, by what they are for."""
    rows = conn.execute(
        select(pick.c.span, pick.c.times).where(
            pick.c.campaign == campaign,
            pick.c.step == step,
            pick.c.participant == participant_id,
        )
    )
    return {span: _times(times) for span, times in rows}


_PICKS = select(pick).where(pick.c.participant.in_(bindparam("ids", expanding=True)))


def picks_of(
    conn: Connection, participant_ids: Sequence[str]
) -> dict[Whose, dict[str, tuple[datetime, ...]]]:
    """The wall times that were picked for some hundreds of people, by what they are for."""
    found: dict[Whose, dict[str, tuple[datetime, ...]]] = defaultdict(dict)
    for row in conn.execute(_PICKS, {"ids": participant_ids}):
        found[row.campaign, row.step, row.participant][row.span] = _times(row.times)
    return found


def _times(text: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(time) for time in json.loads(text))


def _keep(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    key = ["campaign", "step", "participant", "span"]
    built: Insert = begin(pick).on_conflict_do_nothing(index_elements=key)
    return built


_KEEP = each(_keep)


def keep(conn: Connection, drawn: Iterable[Pick]) -> None:
    """Keep wall times that were picked; what was picked before stands."""
    rows = [
        {
            "campaign": one.campaign,
            "step": one.step,
            "participant": one.participant,
            "span": one.span,
            "times": json.dumps([time.isoformat() for time in one.times]),
        }
        for one in drawn
    ]
    if rows:
        conn.execute(_KEEP(conn), rows)


def _named(of: Due) -> dict[str, Any]:
    return {
        "which_campaign": of.campaign,
        "which_step": of.step,
        "which_participant": of.participant,
        "which_kind": of.kind,
    }


_KINDS = {each.value: each for each in Kind}


def _due(row: Any) -> Due:  # noqa: ANN401 - A row of `due`.
    campaign, step, participant, kind, name, planned_at, at, reason = row
    return Due(
        campaign=campaign,
        step=step,
        participant=participant,
        kind=_KINDS[kind],
        name=name,
        planned_at=planned_at,
        at=at,
        reason=reason or "",
    )
