"""Health: how parts that only a running process can see were last, for whoever asks elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.store.tables import Insert, each, health

#: The longest detail.
LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a part was when a process last told."""

    part: str
    well: bool
    detail: str
    told_at: datetime


def _tell(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new = begin(health)
    values = {name: new.excluded[name] for name in ("well", "detail", "told_at")}
    built: Insert = new.on_conflict_do_update(index_elements=["part"], set_=values)
    return built


_TELL = each(_tell)


def tell(conn: Connection, part: str, *, well: bool, detail: str, now: datetime) -> None:
    """Say how a part is now."""
    row = {"part": part, "well": well, "detail": detail[:LONGEST], "told_at": now}
    conn.execute(_TELL(conn), row)


def told(conn: Connection, part: str) -> Told | None:
    """How a part was last; None when no process ever said."""
    row = conn.execute(select(health).where(health.c.part == part)).first()
    if row is None:
        return None
    return Told(part=row.part, well=row.well, detail=row.detail, told_at=row.told_at)
