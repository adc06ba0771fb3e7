"""Occasions: planned prompts claimed, each once, and how each one ended (CALENDAR 14, 15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from bot.records import Occasion
from bot.store.tables import Insert, each, occasion


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
    conn.execute(update(occasion).where(_is(planned)).values(values))


def opened(conn: Connection, participant_id: str, conversation: str, now: datetime) -> None:
    """A prompt that waited behind another conversation has gone out."""
    _settle(conn, participant_id, conversation, State.SENT, None, now)


def superseded(conn: Connection, participant_id: str, conversation: str, now: datetime) -> None:
    """A prompt that waited behind another conversation gave way to a newer one."""
    _settle(conn, participant_id, conversation, State.EXPIRED, "superseded", now)


def _settle(  # noqa: PLR0913, PLR0917 - Whose, which, how, why and when.
    conn: Connection,
    participant_id: str,
    conversation: str,
    state: State,
    reason: str | None,
    now: datetime,
) -> None:
    conn.execute(
        update(occasion)
        .where(
            occasion.c.participant == participant_id,
            occasion.c.conversation == conversation,
            occasion.c.state == State.DEFERRED,
        )
        .values(state=state, reason=reason, changed_at=now)
    )


def last_sent(conn: Connection, participant_id: str, *, beside: str) -> datetime | None:
    """When a campaign other than this one last sent somebody a prompt."""
    found: datetime | None = conn.scalar(
        select(occasion.c.changed_at)
        .where(
            occasion.c.participant == participant_id,
            occasion.c.campaign != beside,
            occasion.c.state == State.SENT,
        )
        .order_by(occasion.c.changed_at.desc())
        .limit(1)
    )
    return found


def get(conn: Connection, planned: Occasion) -> Record | None:
    """What came of an occasion; None when nobody claimed it."""
    found = _records(conn, _is(planned))
    return found[0] if found else None


def all_of(conn: Connection, participant_id: str) -> tuple[Record, ...]:
    """Every planned prompt to somebody, the one changed first coming first."""
    return _records(conn, occasion.c.participant == participant_id)


def _is(planned: Occasion) -> ColumnElement[bool]:
    return (
        (occasion.c.campaign == planned.campaign)
        & (occasion.c.step == planned.step)
        & (occasion.c.name == planned.name)
        & (occasion.c.participant == planned.participant)
    )


def _records(conn: Connection, which: ColumnElement[bool]) -> tuple[Record, ...]:
    rows = conn.execute(select(occasion).where(which).order_by(occasion.c.changed_at))
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
