"""Releases: what was told of counts, as it was told; and how many counts are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, select

from bot.measures.release import Release
from bot.store.counted import open_count, owed, release


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What somebody is still to be told: of each release, which of its groups they are in."""

    participant: str
    parts: tuple[tuple[str, int], ...]


def all_of(
    conn: Connection, measure: str | None = None, since: date | None = None
) -> tuple[Release, ...]:
    """What was told, of all measures or one, from a day on; the oldest first."""
    question = select(release.c.body).order_by(release.c.told_on, release.c.measure, release.c.id)
    if measure is not None:
        question = question.where(release.c.measure == measure)
    if since is not None:
        question = question.where(release.c.told_on >= since.isoformat())
    return tuple(Release.model_validate_json(body) for body in conn.scalars(question))


def get(conn: Connection, id_: str) -> Release | None:
    """One release; None when there is none of that id."""
    body = conn.scalar(select(release.c.body).where(release.c.id == id_))
    return None if body is None else Release.model_validate_json(body)


def open_counts(conn: Connection) -> tuple[tuple[str, int, date], ...]:
    """Of each measure that is being counted: in how many groups, and when the first may close."""
    rows = conn.execute(
        select(open_count.c.measure, func.count(), func.min(open_count.c.closes_at))
        .group_by(open_count.c.measure)
        .order_by(open_count.c.measure)
    )
    return tuple((row[0], row[1], row[2].date()) for row in rows)


def owing(conn: Connection, most: int) -> tuple[Owed, ...]:
    """Some of those who are still to be told something, each with all of it."""
    some = select(owed.c.participant).distinct().order_by(owed.c.participant).limit(most)
    found: dict[str, list[tuple[str, int]]] = {}
    rows = conn.execute(
        select(owed.c.participant, owed.c.release, owed.c.part)
        .where(owed.c.participant.in_(some))
        .order_by(owed.c.participant, owed.c.release)
    )
    for row in rows:
        found.setdefault(row.participant, []).append((row.release, row.part))
    return tuple(Owed(participant=whose, parts=tuple(parts)) for whose, parts in found.items())


def told(conn: Connection, each: Sequence[Owed]) -> None:
    """These are told."""
    for one in each:
        names = [name for name, _ in one.parts]
        conn.execute(
            delete(owed).where(owed.c.participant == one.participant, owed.c.release.in_(names))
        )
