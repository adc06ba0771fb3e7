"""Asked: which wordings of a question somebody was given, so that none comes back too soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.store.tables import Insert, asked, each


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """When somebody was last given a wording of a question."""

    practice: str
    turn: str
    wording: int
    asked_at: datetime


def _note(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(asked)
    built: Insert = new.on_conflict_do_update(
        index_elements=["participant", "practice", "turn", "wording"],
        set_={"asked_at": new.excluded.asked_at},
    )
    return built


_NOTE = each(_note)


def note(  # noqa: PLR0913 - Whom, what and when.
    conn: Connection,
    participant_id: str,
    practice: str,
    turn: str,
    *,
    wording: int,
    now: datetime,
) -> None:
    """Note that somebody was given this wording now."""
    row = {
        "participant": participant_id,
        "practice": practice,
        "turn": turn,
        "wording": wording,
        "asked_at": now,
    }
    conn.execute(_NOTE(conn), row)


_RECENT = select(asked.c.wording).where(
    asked.c.participant == bindparam("of"),
    asked.c.practice == bindparam("home"),
    asked.c.turn == bindparam("named"),
    asked.c.asked_at >= bindparam("since"),
)


def recent(
    conn: Connection, participant_id: str, practice: str, turn: str, *, since: datetime
) -> frozenset[int]:
    """The wordings somebody was given since then."""
    where = {"of": participant_id, "home": practice, "named": turn, "since": since}
    return frozenset(conn.scalars(_RECENT, where))


def all_of(conn: Connection, participant_id: str) -> tuple[Asking, ...]:
    """Every wording somebody was given, the longest ago first."""
    found = select(asked.c.practice, asked.c.turn, asked.c.wording, asked.c.asked_at)
    theirs = found.where(asked.c.participant == participant_id).order_by(asked.c.asked_at)
    return tuple(
        Asking(practice=practice, turn=turn, wording=wording, asked_at=at)
        for practice, turn, wording, at in conn.execute(theirs)
    )
