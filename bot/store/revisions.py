"""Revisions: a practice and its words, kept by content hash for conversations pinned to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.store.tables import Insert, each, revision


def _keep(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(revision)
    built: Insert = new.on_conflict_do_nothing(index_elements=["hash"])
    return built


_KEEP = each(_keep)
_GET = select(revision.c.body).where(revision.c.hash == bindparam("of"))


def keep(conn: Connection, hash_: str, practice: str, body: str, *, now: datetime) -> None:
    """Keep a revision; one that is there stays as it is, for its hash is its content's."""
    row = {"hash": hash_, "practice": practice, "body": body, "made_at": now}
    conn.execute(_KEEP(conn), row)


def get(conn: Connection, hash_: str) -> str | None:
    """The body of a revision; None when it was never kept."""
    body: str | None = conn.scalar(_GET, {"of": hash_})
    return body
