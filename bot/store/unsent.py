"""Unsent: what somebody wrote in a window and has not sent, sealed, until its question is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.store.tables import Insert, each, unsent
from bot.trust.keyring import KeyRing

_TABLE = unsent.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Words of one window."""

    conversation: str
    #: The number of the question in that conversation.
    ask: int
    text: str
    written_at: datetime

    @property
    def row(self) -> str:
        """What the seal knows the row by."""
        return _row(self.conversation, self.ask)


def _keep(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(unsent)
    built: Insert = new.on_conflict_do_update(
        index_elements=["participant", "conversation", "ask"],
        set_={"written_at": new.excluded.written_at, "body": new.excluded.body},
    )
    return built


_KEEP = each(_keep)


def keep(conn: Connection, keys: KeyRing, participant_id: str, given: Unsent) -> None:
    """Keep what stands in a window, in place of what stood there before."""
    sealed = keys.sealer(participant_id).seal(_TABLE, given.row, given.text.encode())
    row = {
        "participant": participant_id,
        "conversation": given.conversation,
        "ask": given.ask,
        "written_at": given.written_at,
        "body": sealed,
    }
    conn.execute(_KEEP(conn), row)


def get(
    conn: Connection, keys: KeyRing, participant_id: str, conversation_id: str, ask: int
) -> Unsent | None:
    """What stands in the window of this question; None when nothing does."""
    found = _found(conn, keys, participant_id, _of(participant_id, conversation_id, ask))
    return found[0] if found else None


def all_of(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Unsent, ...]:
    """All that somebody has not sent, the oldest first."""
    return _found(conn, keys, participant_id, unsent.c.participant == participant_id)


def carry(  # noqa: PLR0913 - Whose, where, from which question to which.
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    conversation_id: str,
    *,
    before: int,
    after: int,
) -> None:
    """Move it with its question, which is asked again under another number."""
    held = get(conn, keys, participant_id, conversation_id, before)
    if held is not None:
        moved = Unsent(
            conversation=conversation_id, ask=after, text=held.text, written_at=held.written_at
        )
        keep(conn, keys, participant_id, moved)
        remove(conn, participant_id, conversation_id, before)


def remove(
    conn: Connection, participant_id: str, conversation_id: str, ask: int | None = None
) -> None:
    """Delete what stands in one window, or in all those of a conversation."""
    conn.execute(delete(unsent).where(_of(participant_id, conversation_id, ask)))


def _of(participant_id: str, conversation_id: str, ask: int | None) -> ColumnElement[bool]:
    here = unsent.c.participant == participant_id
    here &= unsent.c.conversation == conversation_id
    return here if ask is None else here & (unsent.c.ask == ask)


def _found(
    conn: Connection, keys: KeyRing, participant_id: str, which: ColumnElement[bool]
) -> tuple[Unsent, ...]:
    columns = (unsent.c.conversation, unsent.c.ask, unsent.c.written_at, unsent.c.body)
    order = (unsent.c.written_at, unsent.c.conversation, unsent.c.ask)
    rows = conn.execute(select(*columns).where(which).order_by(*order)).all()
    if not rows:
        return ()
    sealer = keys.sealer(participant_id)
    return tuple(
        Unsent(
            conversation=conversation,
            ask=ask,
            text=sealer.open(_TABLE, _row(conversation, ask), body).decode(),
            written_at=written_at,
        )
        for conversation, ask, written_at, body in rows
    )


def _row(conversation: str, ask: int) -> str:
    return f"{conversation}/{ask}"
