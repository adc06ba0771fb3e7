"""Leases: what only one process may do at a time, held for a while and fenced by a token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, or_, select, update

from bot.store.tables import Insert, each, lease


def _begin(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(lease).on_conflict_do_nothing(index_elements=["name"])
    return built


_BEGIN = each(_begin)


def hold(conn: Connection, name: str, holder: str, now: datetime, length: timedelta) -> int | None:
    """Take a lease, or go on with it; its token, or None while somebody else holds it.

    Who takes it from another gets a higher token, so that whoever was before is known to be late.
    """
    until = now + length
    conn.execute(_BEGIN(conn), {"name": name, "holder": holder, "token": 1, "until": until})
    same = lease.c.holder == holder
    taken = conn.execute(
        update(lease)
        .where(lease.c.name == name, or_(same, lease.c.until <= now))
        .values(
            holder=holder,
            token=case((same, lease.c.token), else_=lease.c.token + 1),
            until=until,
        )
    ).rowcount
    if not taken:
        return None
    return conn.scalar(select(lease.c.token).where(lease.c.name == name))


def holds(conn: Connection, name: str, token: int, now: datetime) -> bool:
    """Whether a lease taken with this token stands."""
    standing = select(lease.c.token).where(
        lease.c.name == name, lease.c.token == token, lease.c.until > now
    )
    return conn.scalar(standing) is not None


def let_go(conn: Connection, name: str, holder: str, now: datetime) -> None:
    """Give a lease back, so that another process need not wait for its end."""
    conn.execute(
        update(lease).where(lease.c.name == name, lease.c.holder == holder).values(until=now)
    )
