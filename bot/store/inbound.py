"""Inbound: what came in, so that nothing is taken twice and an edit finds its conversation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from bot.records import Platform
from bot.store.prepared import Prepared
from bot.store.tables import Insert, each, inbound

#: How long it is known what came in: platforms repeat themselves for hours, people edit for weeks.
KNOWN_FOR = timedelta(days=35)


def _note(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(inbound)
    built: Insert = new.on_conflict_do_nothing(index_elements=["platform", "id"])
    return built


_NOTE = Prepared(
    each(_note), "platform", "id", "participant", "conversation", "message", "received_at"
)


def note(  # noqa: PLR0913 - What is known of it, each by its name.
    conn: Connection,
    platform: Platform,
    inbound_id: str,
    *,
    now: datetime,
    participant: str | None = None,
    conversation: str | None = None,
    message: str | None = None,
) -> bool:
    """Note that something came in; False when it has come before."""
    row = {
        "platform": platform,
        "id": inbound_id,
        "participant": participant,
        "conversation": conversation,
        "message": message,
        "received_at": now,
    }
    return _NOTE.run(conn, row) == 1


_CONVERSATION = (
    select(inbound.c.conversation)
    .where(inbound.c.participant == bindparam("of"), inbound.c.message == bindparam("named"))
    .order_by(inbound.c.received_at.desc())
    .limit(1)
)


def conversation_of(conn: Connection, participant_id: str, message: str) -> str | None:
    """The conversation that a message of theirs went into; None when it is not known."""
    found: str | None = conn.scalar(_CONVERSATION, {"of": participant_id, "named": message})
    return found


def prune(conn: Connection, now: datetime) -> int:
    """Delete what is no longer needed; say how much it was."""
    return conn.execute(delete(inbound).where(inbound.c.received_at < now - KNOWN_FOR)).rowcount
