"""Festivals: those that staff have told of, and how often each has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.store.tables import festival


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A festival as it stands."""

    name: str
    title: str
    #: The festival, checked, as JSON.
    body: str
    #: Counts its changes.
    revision: int
    made_at: datetime
    changed_at: datetime


_ONE = select(festival).where(festival.c.name == bindparam("of"))


def get(conn: Connection, name: str) -> Known | None:
    """One festival; None when none has that name."""
    row = conn.execute(_ONE, {"of": name}).first()
    return None if row is None else _known(row)


def all_of(conn: Connection) -> tuple[Known, ...]:
    """Every festival, by its name."""
    return tuple(map(_known, conn.execute(select(festival).order_by(festival.c.name))))


def put(conn: Connection, name: str, *, title: str, body: str, now: datetime) -> None:
    """Keep a festival, new or changed; each change counts."""
    held = get(conn, name)
    values: dict[str, Any] = {"title": title, "body": body, "changed_at": now}
    if held is None:
        row = values | {"name": name, "revision": 0, "made_at": now}
        conn.execute(insert(festival), row)
    elif (held.title, held.body) != (title, body):
        values["revision"] = held.revision + 1
        conn.execute(update(festival).where(festival.c.name == name).values(values))


def remove(conn: Connection, name: str) -> None:
    """Take a festival out."""
    conn.execute(delete(festival).where(festival.c.name == name))


def _known(row: Any) -> Known:  # noqa: ANN401 - A row of `festival`.
    return Known(
        name=row.name,
        title=row.title,
        body=row.body,
        revision=row.revision,
        made_at=row.made_at,
        changed_at=row.changed_at,
    )
