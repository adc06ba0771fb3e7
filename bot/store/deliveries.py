"""Deliveries: how messages stand and how they ended, for staff; never a word of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.records import LaneClass
from bot.store.outbox import QUEUED, RANKS
from bot.store.tables import outbox

#: What a message is called that still waits, whether or not it was tried.
WAITING = "waiting"
_CLASSES: Mapping[int, LaneClass] = {rank: lane_class for lane_class, rank in RANKS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """So many messages that stand or ended alike."""

    lane_class: LaneClass
    #: `waiting`, or how they ended: `sent`, `skipped`, `refused`, `expired`, `departed`.
    state: str
    #: Why they ended so, or could not be sent at the last attempt; empty without a reason.
    reason: str
    count: int
    #: When the latest of them was added.
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to somebody."""

    id: str
    lane_class: LaneClass
    state: str
    reason: str
    attempts: int
    queued_at: datetime
    ended_at: datetime | None


def alike(conn: Connection, since: datetime) -> tuple[Alike, ...]:
    """How the messages added since then stand, those of one class, state and reason together."""
    reason = func.coalesce(outbox.c.reason, "")
    rows = conn.execute(
        select(outbox.c.rank, outbox.c.state, reason, func.count(), func.max(outbox.c.queued_at))
        .where(outbox.c.queued_at >= since)
        .group_by(outbox.c.rank, outbox.c.state, reason)
        .order_by(outbox.c.rank, outbox.c.state, reason)
    )
    return tuple(
        Alike(
            lane_class=_CLASSES[rank],
            state=_named(state),
            reason=why,
            count=count,
            latest=latest,
        )
        for rank, state, why, count, latest in rows
    )


def of_participant(
    conn: Connection, participant_id: str, since: datetime, most: int
) -> tuple[Delivery, ...]:
    """The messages to a participant since then, the latest first, `most` of them."""
    rows = conn.execute(
        select(outbox)
        .where(outbox.c.participant == participant_id, outbox.c.queued_at >= since)
        .order_by(outbox.c.seq.desc())
        .limit(most)
    )
    return tuple(_delivery(row) for row in rows)


def _delivery(row: Any) -> Delivery:  # noqa: ANN401 - A row of the outbox.
    return Delivery(
        id=row.id,
        lane_class=_CLASSES[row.rank],
        state=_named(row.state),
        reason=row.reason or "",
        attempts=row.attempts,
        queued_at=row.queued_at,
        ended_at=row.ended_at,
    )


def _named(state: str) -> str:
    return WAITING if state == QUEUED else state
