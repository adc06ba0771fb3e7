"""Visits: who went to a platform's page of consent and has not come back yet.

What a visitor brings back is random, good once and for ten minutes, and only a hash of it is
kept: whoever reads the table cannot use it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from bot.store.tables import visit

#: How long a visit may take.
LIFE = timedelta(minutes=10)
#: How many may be on their way at once; those that are nearest their end give way.
MOST = 500


def begin(conn: Connection, secret: str, now: datetime) -> None:
    """Somebody sets out with this secret; visits that have ended are deleted."""
    conn.execute(delete(visit).where(visit.c.ends_at <= now))
    newest = select(visit.c.hash).order_by(visit.c.ends_at.desc()).limit(MOST - 1)
    conn.execute(delete(visit).where(visit.c.hash.not_in(newest)))
    conn.execute(insert(visit), {"hash": _hash(secret), "ends_at": now + LIFE})


def end(conn: Connection, secret: str, now: datetime) -> bool:
    """Somebody comes back; whether they had set out, in time, and for the first time."""
    standing = (visit.c.hash == _hash(secret)) & (visit.c.ends_at > now)
    return conn.execute(delete(visit).where(standing)).rowcount == 1


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
