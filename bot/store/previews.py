"""Previews: codes under which a campaign's messages are played, for an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from bot.store.cohorts import new_code
from bot.store.tables import preview

#: How long a code is good.
LASTS = timedelta(hours=1)


def make(conn: Connection, body: str, now: datetime) -> str:
    """Keep a campaign to be played, and make a code for it."""
    code = new_code()
    conn.execute(insert(preview), {"hash": _hash(code), "body": body, "ends_at": now + LASTS})
    return code


def prune(conn: Connection, now: datetime) -> None:
    """Take out those that are over."""
    conn.execute(delete(preview).where(preview.c.ends_at <= now))


def get(conn: Connection, code: str, now: datetime) -> str | None:
    """What is to be played under a code; None for a code that is none."""
    good = (preview.c.hash == _hash(code)) & (preview.c.ends_at > now)
    found: str | None = conn.scalar(select(preview.c.body).where(good))
    return found


def _hash(code: str) -> str:
    return sha256(code.lower().encode()).hexdigest()
