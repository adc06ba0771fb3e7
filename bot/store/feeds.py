"""Feeds: the secret address under which a campaign's calendar is read.

Only a hash of the secret is kept: whoever reads the table cannot use it. The secret is 256 random
bits, so that nobody finds it by trying either.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, select

from bot.store.tables import Insert, each, feed

#: How long a secret is, in bytes.
LENGTH = 32


def _anew(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(feed)
    built: Insert = new.on_conflict_do_update(
        index_elements=["campaign"],
        set_={"hash": new.excluded.hash, "made_at": new.excluded.made_at},
    )
    return built


_MAKE = each(_anew)


def make(conn: Connection, campaign: str, now: datetime) -> str:
    """Make a campaign's secret; one that it had before leads nowhere from then on."""
    secret = secrets.token_urlsafe(LENGTH)
    conn.execute(_MAKE(conn), {"campaign": campaign, "hash": _hash(secret), "made_at": now})
    return secret


def campaign_of(conn: Connection, secret: str) -> str | None:
    """Whose secret it is; None when it is nobody's."""
    return conn.scalar(select(feed.c.campaign).where(feed.c.hash == _hash(secret)))


def made_at(conn: Connection, campaign: str) -> datetime | None:
    """When a campaign's secret was made; None when it has none."""
    return conn.scalar(select(feed.c.made_at).where(feed.c.campaign == campaign))


def revoke(conn: Connection, campaign: str) -> bool:
    """Take a campaign's secret away; whether it had one."""
    return conn.execute(delete(feed).where(feed.c.campaign == campaign)).rowcount == 1


def _hash(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()
