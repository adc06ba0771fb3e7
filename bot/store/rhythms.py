"""Rhythms: what planning needs to know of people, read in one go for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from bot.records import Platform, Standing
from bot.store.tables import address, cohort, membership, participant
from scheduler.calendar import zone
from scheduler.holidays import NONE
from scheduler.person import Person

#: So many people are read at once.
CHUNK = 500
_FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
_COLUMNS = (
    participant.c.id,
    participant.c.standing,
    participant.c.zone,
    participant.c.days,
    participant.c.minute,
    participant.c.paused_until,
    participant.c.joined_at,
    participant.c.chosen,
    participant.c.window_from,
    participant.c.window_to,
    participant.c.holidays,
)
_JOINED = select(*_COLUMNS).where(participant.c.joined_at.is_not(None))
_ONE = _JOINED.where(participant.c.id == bindparam("of"))
_ADDRESSES = select(address.c.participant, address.c.platform, address.c.gone_at).where(
    address.c.participant.in_(bindparam("ids", expanding=True))
)
_COHORTS = (
    select(membership.c.participant, cohort.c.name)
    .join(cohort, cohort.c.id == membership.c.cohort)
    .where(membership.c.participant.in_(bindparam("ids", expanding=True)))
)


def of(conn: Connection, participant_id: str) -> Person | None:
    """Somebody's rhythm; None for one who has not joined."""
    found = _people(conn, conn.execute(_ONE, {"of": participant_id}).all())
    return found[0] if found else None


def held(conn: Connection, participant_ids: Sequence[str]) -> list[Person]:
    """The rhythms of some hundreds of people, whom nobody changes until the transaction ends."""
    those = _JOINED.where(participant.c.id.in_(participant_ids)).order_by(participant.c.id)
    return _people(conn, conn.execute(those.with_for_update(key_share=True)).all())


def joined(conn: Connection) -> list[str]:
    """The ids of all who have joined."""
    ids = select(participant.c.id).where(participant.c.joined_at.is_not(None))
    return list(conn.scalars(ids.order_by(participant.c.id)))


def everyone(conn: Connection) -> Iterator[Person]:
    """The rhythm of everybody who has joined, a chunk at a time."""
    last = ""
    while rows := conn.execute(
        _JOINED.where(participant.c.id > last).order_by(participant.c.id).limit(CHUNK)
    ).all():
        yield from _people(conn, rows)
        last = rows[-1].id


def _people(conn: Connection, rows: Sequence[Any]) -> list[Person]:
    ids = [row.id for row in rows]
    platforms: dict[str, set[Platform]] = defaultdict(set)
    reached: set[str] = set()
    for whose, platform, gone_at in conn.execute(_ADDRESSES, {"ids": ids}):
        platforms[whose].add(Platform(platform))
        if gone_at is None:
            reached.add(whose)
    cohorts: dict[str, set[str]] = defaultdict(set)
    for whose, name in conn.execute(_COHORTS, {"ids": ids}):
        cohorts[whose].add(name)
    return [
        replace(
            _person(row),
            reachable=row.id in reached,
            platforms=frozenset(platforms[row.id]),
            cohorts=frozenset(cohorts[row.id]),
        )
        for row in rows
    ]


def _person(row: Any) -> Person:  # noqa: ANN401 - A row of _COLUMNS.
    chosen = row.chosen or ""
    return Person(
        id=row.id,
        zone=row.zone,
        joined_at=row.joined_at,
        standing=Standing(row.standing),
        paused_until=_day(row.paused_until, zone(row.zone)),
        days=tuple(int(day) for day in row.days) if "d" in chosen else None,
        minute=row.minute if "h" in chosen else None,
        window=None if row.window_from is None else (row.window_from, row.window_to),
        holidays=None if row.holidays is None else row.holidays.replace(NONE, ""),
    )


def _day(until: datetime | None, where: ZoneInfo) -> date | None:
    """The date on their clock on which they are there again."""
    if until is None:
        return None
    return date.max if until >= _FOREVER else until.astimezone(where).date()
