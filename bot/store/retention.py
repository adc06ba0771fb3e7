"""Retention: what is older than each person wants it kept is deleted, a little at a time."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from bot.store.tables import answer, conversation, media, parked, participant, unsent

#: Where a table says when its row was last written, for those that hold words.
_AGES = (
    (answer, answer.c.said_at),
    (media, media.c.said_at),
    (unsent, unsent.c.written_at),
)
_MONTHS_IN_A_YEAR = 12


def sweep(conn: Connection, now: datetime, *, months: int, limit: int = 500) -> int:
    """Delete words that are too old, at most so many rows of a table; say how many there were.

    `months` is for people who chose nothing, and for what is parked. A conversation that
    nobody touched for so long goes too, ended or not. Sweep again until it says 0.
    """
    chosen = func.coalesce(participant.c.retention_months, months)
    swept = 0
    for kept in conn.scalars(select(chosen).distinct()).all():
        whose = select(participant.c.id).where(chosen == kept)
        before = months_before(now, kept)
        for table, age in (*_AGES, (conversation, conversation.c.touched_at)):
            old = table.c.participant.in_(whose) & (age < before)
            swept += _delete(conn, table, old, limit)
    return swept + _delete(conn, parked, parked.c.parked_at < months_before(now, months), limit)


def months_before(now: datetime, months: int) -> datetime:
    """The same day and time so many months ago, or the last day of a shorter month."""
    year, month = divmod(now.year * _MONTHS_IN_A_YEAR + now.month - 1 - months, _MONTHS_IN_A_YEAR)
    day = min(now.day, monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def _delete(conn: Connection, table: Table, which: ColumnElement[bool], limit: int) -> int:
    """Delete up to `limit` rows; they are found by their keys first, on either database."""
    keys = list(table.primary_key.columns)
    rows = conn.execute(select(*keys).where(which).limit(limit)).all()
    for row in rows:
        same = (column == value for column, value in zip(keys, row, strict=True))
        conn.execute(delete(table).where(*same))
    return len(rows)
