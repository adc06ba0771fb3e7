"""Occasions: planned prompts claimed, each once, and how each one ended (CALENDAR 14, 15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, or_, select, update

from bot.records import Occasion
from bot.store.campaigns import Progress
from bot.store.tables import Insert, campaign, each, occasion
from scheduler.reasons import Reason


class State(StrEnum):
    """How a planned prompt stands."""

    #: Somebody is at it now.
    CLAIMED = "claimed"
    #: It went out.
    SENT = "sent"
    #: Still to come, later than planned.
    DEFERRED = "deferred"
    #: It does not go out, for the reason that stands beside.
    SKIPPED = "skipped"
    #: Its time went by.
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A planned prompt and what came of it."""

    occasion: Occasion
    state: State
    #: Why it was deferred, skipped or expired.
    reason: str | None
    planned_at: datetime | None
    changed_at: datetime
    #: The conversation it began.
    conversation: str | None


def _claim(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(occasion)
    built: Insert = new.on_conflict_do_nothing(
        index_elements=["campaign", "step", "name", "participant"]
    )
    return built.execution_options(preserve_rowcount=True)


_CLAIM = each(_claim)


def claim(
    conn: Connection, planned: Occasion, now: datetime, planned_at: datetime | None = None
) -> bool:
    """Claim an occasion, so that nobody else sends it; False when somebody has."""
    row = {
        "campaign": planned.campaign,
        "step": planned.step,
        "name": planned.name,
        "participant": planned.participant,
        "practice": planned.practice,
        "state": State.CLAIMED,
        "planned_at": planned_at,
        "changed_at": now,
    }
    return conn.execute(_CLAIM(conn), row).rowcount == 1


#: Which occasion, of those that `_named` names.
_THIS = (
    (occasion.c.campaign == bindparam("which_campaign"))
    & (occasion.c.step == bindparam("which_step"))
    & (occasion.c.name == bindparam("which_name"))
    & (occasion.c.participant == bindparam("which_participant"))
)
_END = update(occasion).where(_THIS)


def end(  # noqa: PLR0913 - Which, how, why and when.
    conn: Connection,
    planned: Occasion,
    state: State,
    *,
    now: datetime,
    reason: str | None = None,
    conversation: str | None = None,
) -> None:
    """Say what came of a claimed occasion."""
    values = {"state": state, "reason": reason, "changed_at": now, "conversation": conversation}
    conn.execute(_END, _named(planned) | values)


#: How an occasion ends that was not sent, and may be planned again.
UNSENT = frozenset({State.SKIPPED, State.EXPIRED})


def _finish(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(occasion)
    built: Insert = new.on_conflict_do_nothing(
        index_elements=["campaign", "step", "name", "participant"]
    )
    return built


_FINISH = each(_finish)


def finish(
    conn: Connection,
    planned: Iterable[tuple[Occasion, datetime]],
    reason: Reason,
    now: datetime,
) -> None:
    """Skip many occasions, each with when it was planned for; those that have ended stay so."""
    rows = [
        {
            "campaign": each.campaign,
            "step": each.step,
            "name": each.name,
            "participant": each.participant,
            "practice": each.practice,
            "state": State.SKIPPED,
            "reason": reason,
            "planned_at": planned_at,
            "changed_at": now,
        }
        for each, planned_at in planned
    ]
    if rows:
        conn.execute(_FINISH(conn), rows)


#: One comparison each: a list of states could not be asked for many rows at once.
_IS_UNSENT = or_(*(occasion.c.state == state for state in sorted(UNSENT)))
_REOPEN = delete(occasion).where(_THIS & _IS_UNSENT)


def reopen(conn: Connection, planned: Iterable[Occasion]) -> None:
    """Take back that many occasions ended, where they were not sent."""
    rows = [_named(each) for each in planned]
    if rows:
        conn.execute(_REOPEN, rows)


_STATES = select(occasion.c.step, occasion.c.participant, occasion.c.name, occasion.c.state).where(
    occasion.c.campaign == bindparam("campaign"),
    occasion.c.participant.in_(bindparam("ids", expanding=True)),
)


def sent_of(
    conn: Connection, campaign_name: str, participant_ids: Sequence[str]
) -> dict[tuple[str, str], dict[str, bool]]:
    """By step and person, for some hundreds of people: what ended, and whether it was sent."""
    found: dict[tuple[str, str], dict[str, bool]] = {}
    values = {"campaign": campaign_name, "ids": participant_ids}
    for step, participant, name, state in conn.execute(_STATES, values).all():
        found.setdefault((step, participant), {})[name] = state not in UNSENT
    return found


def opens(conn: Connection, participant_id: str, conversation: str, now: datetime) -> bool:
    """A prompt that waited behind another conversation goes out; False when it is not to any more.

    It is not when it has ended meanwhile, or when its campaign is paused, which ends it.
    """
    theirs = (occasion.c.participant == participant_id) & (occasion.c.conversation == conversation)
    paused = select(campaign.c.name).where(campaign.c.state == Progress.PAUSED)
    _settle(conn, theirs & occasion.c.campaign.in_(paused), State.SKIPPED, Reason.FROZEN, now)
    return _settle(conn, theirs, State.SENT, None, now) == 1


def superseded(conn: Connection, participant_id: str, conversation: str, now: datetime) -> None:
    """A prompt that waited behind another conversation gave way to a newer one."""
    theirs = (occasion.c.participant == participant_id) & (occasion.c.conversation == conversation)
    _settle(conn, theirs, State.EXPIRED, Reason.SUPERSEDED, now)


def stopped(conn: Connection, participant_id: str, now: datetime) -> None:
    """Whatever waited behind a conversation of somebody who said stop does not go out."""
    theirs = occasion.c.participant == participant_id
    _settle(conn, theirs, State.SKIPPED, Reason.STOPPED, now)


def cancelled(conn: Connection, name: str, now: datetime) -> None:
    """Whatever of a campaign waited behind a conversation does not go out."""
    _settle(conn, occasion.c.campaign == name, State.SKIPPED, Reason.CANCELLED, now)


def _settle(
    conn: Connection,
    which: ColumnElement[bool],
    state: State,
    reason: Reason | None,
    now: datetime,
) -> int:
    """Say what came of prompts that waited; says how many they were."""
    waited = which & (occasion.c.state == State.DEFERRED)
    values = {"state": state, "reason": reason, "changed_at": now}
    return conn.execute(update(occasion).where(waited).values(values)).rowcount


_LAST_SENT = (
    select(occasion.c.changed_at)
    .where(
        occasion.c.participant == bindparam("of"),
        occasion.c.campaign != bindparam("beside"),
        # A notice invites nobody: it takes no campaign's window. No campaign's name has a `-`.
        occasion.c.campaign.not_like("notice-%"),
        occasion.c.state == State.SENT,
    )
    .order_by(occasion.c.changed_at.desc())
    .limit(1)
)


def last_sent(conn: Connection, participant_id: str, *, beside: str) -> datetime | None:
    """When a campaign other than this one last sent somebody a prompt."""
    found: datetime | None = conn.scalar(_LAST_SENT, {"of": participant_id, "beside": beside})
    return found


def get(conn: Connection, planned: Occasion) -> Record | None:
    """What came of an occasion; None when nobody claimed it."""
    found = _records(conn, _GET, _named(planned))
    return found[0] if found else None


def all_of(conn: Connection, participant_id: str) -> tuple[Record, ...]:
    """Every planned prompt to somebody, the one changed first coming first."""
    return _records(conn, _ALL, {"of": participant_id})


def _named(planned: Occasion) -> dict[str, Any]:
    return {
        "which_campaign": planned.campaign,
        "which_step": planned.step,
        "which_name": planned.name,
        "which_participant": planned.participant,
    }


_GET = select(occasion).where(_THIS)
_ALL = (
    select(occasion)
    .where(occasion.c.participant == bindparam("of"))
    .order_by(occasion.c.changed_at, occasion.c.planned_at, occasion.c.name)
)


def _records(
    conn: Connection, question: Select[Any], values: dict[str, Any]
) -> tuple[Record, ...]:
    rows = conn.execute(question, values)
    return tuple(
        Record(
            occasion=Occasion(
                campaign=row.campaign,
                step=row.step,
                name=row.name,
                practice=row.practice,
                participant=row.participant,
            ),
            state=State(row.state),
            reason=row.reason,
            planned_at=row.planned_at,
            changed_at=row.changed_at,
            conversation=row.conversation,
        )
        for row in rows
    )
