"""Rhythms: what planning needs to know of people, read in one go for many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select

from bot.records import Platform, Standing
from bot.store.tables import address, cohort, membership, opt_out, participant
from scheduler.calendar import zone
from scheduler.holidays import NONE
from scheduler.person import Person

#: So many people are read at once.
CHUNK = 500
_FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
_NONE: frozenset[str] = frozenset()
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
    select(membership.c.participant, cohort.c.name, membership.c.joined_at)
    .join(cohort, cohort.c.id == membership.c.cohort)
    .where(membership.c.participant.in_(bindparam("ids", expanding=True)))
    .order_by(cohort.c.name)
)
_LEFT = select(opt_out.c.participant, opt_out.c.campaign).where(
    opt_out.c.participant.in_(bindparam("ids", expanding=True))
)


def of(conn: Connection, participant_id: str) -> Person | None:
    """Somebody's rhythm; None for one who has not joined."""
    found = _people(conn, conn.execute(_ONE, {"of": participant_id}).all())
    return found[0] if found else None


def held(conn: Connection, participant_ids: Sequence[str]) -> list[Person]:
    """The rhythms of some hundreds of people, whom nobody changes until the transaction ends."""
    those = _JOINED.where(participant.c.id.in_(participant_ids)).order_by(participant.c.id)
    return _people(conn, conn.execute(those.with_for_update(key_share=True)).all())


def count(
    conn: Connection, campaign: str, cohorts: Sequence[str], platforms: Sequence[str]
) -> int:
    """How many who have joined a campaign is for: in one of these cohorts, on one of these."""
    who = participant.c.joined_at.is_not(None) & participant.c.id.not_in(
        select(opt_out.c.participant).where(opt_out.c.campaign == campaign)
    )
    if cohorts:
        among = select(membership.c.participant).join(cohort, cohort.c.id == membership.c.cohort)
        who &= participant.c.id.in_(among.where(cohort.c.name.in_(cohorts)))
    if platforms:
        there = select(address.c.participant).where(address.c.platform.in_(platforms))
        who &= participant.c.id.in_(there)
    return conn.scalar(select(func.count()).select_from(participant).where(who)) or 0


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
    platforms: dict[str, set[Platform]] = {}
    reached: set[str] = set()
    for whose, platform, gone_at in conn.execute(_ADDRESSES, {"ids": ids}).all():
        platforms.setdefault(whose, set()).add(_PLATFORMS[platform])
        if gone_at is None:
            reached.add(whose)
    entered: dict[str, list[tuple[str, datetime]]] = {}
    for whose, name, joined_at in conn.execute(_COHORTS, {"ids": ids}).all():
        entered.setdefault(whose, []).append((name, joined_at))
    left: dict[str, set[str]] = {}
    for whose, name in conn.execute(_LEFT, {"ids": ids}).all():
        left.setdefault(whose, set()).add(name)
    return [
        _person(
            row,
            reachable=row.id in reached,
            platforms=frozenset(platforms.get(row.id, ())),
            entered=tuple(entered.get(row.id, ())),
            left=frozenset(left.get(row.id, ())),
        )
        for row in rows
    ]


_PLATFORMS = {each.value: each for each in Platform}
_STANDINGS = {each.value: each for each in Standing}


def _person(
    row: Any,  # noqa: ANN401 - A row of _COLUMNS.
    *,
    reachable: bool,
    platforms: frozenset[Platform],
    entered: tuple[tuple[str, datetime], ...],
    left: frozenset[str],
) -> Person:
    id_, standing, where, days, minute, until, joined_at, chosen, opens, closes, holidays = row
    chosen = chosen or ""
    return Person(
        id=id_,
        zone=where,
        joined_at=joined_at,
        standing=_STANDINGS[standing],
        paused_until=None if until is None else _day(until, zone(where)),
        reachable=reachable,
        platforms=platforms,
        cohorts=frozenset(name for name, _ in entered) if entered else _NONE,
        entered=entered,
        left=left,
        days=tuple(int(day) for day in days) if "d" in chosen else None,
        minute=minute if "h" in chosen else None,
        window=None if opens is None else (opens, closes),
        holidays=None if holidays is None else holidays.replace(NONE, ""),
    )


def _day(until: datetime, where: ZoneInfo) -> date:
    """The date on their clock on which they are there again."""
    return date.max if until >= _FOREVER else until.astimezone(where).date()
