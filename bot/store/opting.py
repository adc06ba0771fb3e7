"""Opting: the campaigns that somebody has left, while they stay with the others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from bot.store.dues import Kind
from bot.store.occasions import State
from bot.store.tables import Insert, due, each, occasion, opt_out
from scheduler.reasons import Reason


def _once(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(opt_out).on_conflict_do_nothing(
        index_elements=["participant", "campaign"]
    )
    return built


_LEAVE = each(_once)


def leave(conn: Connection, participant_id: str, campaign: str, now: datetime) -> None:
    """Somebody wants nothing more of a campaign: no reminder, nor what waits in their chat.

    What comes next for them is to be planned anew by the caller.
    """
    row = {"participant": participant_id, "campaign": campaign, "left_at": now}
    conn.execute(_LEAVE(conn), row)
    conn.execute(
        delete(due).where(
            due.c.participant == participant_id,
            due.c.campaign == campaign,
            due.c.kind == Kind.REMINDER,
        )
    )
    conn.execute(
        update(occasion)
        .where(
            occasion.c.participant == participant_id,
            occasion.c.campaign == campaign,
            occasion.c.state == State.DEFERRED,
        )
        .values(state=State.SKIPPED, reason=Reason.LEFT, changed_at=now)
    )


def come_back(conn: Connection, participant_id: str, campaign: str) -> None:
    """Somebody wants to have a campaign again; what comes next is to be planned anew."""
    conn.execute(
        delete(opt_out).where(
            opt_out.c.participant == participant_id, opt_out.c.campaign == campaign
        )
    )


def left_by(conn: Connection, participant_id: str) -> dict[str, datetime]:
    """The campaigns that somebody has left, by name, and when; the one left first comes first."""
    rows = conn.execute(
        select(opt_out.c.campaign, opt_out.c.left_at)
        .where(opt_out.c.participant == participant_id)
        .order_by(opt_out.c.left_at, opt_out.c.campaign)
    )
    return {row.campaign: row.left_at for row in rows}
