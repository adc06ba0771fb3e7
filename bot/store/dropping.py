"""The nightly drop: what waited under people's names becomes ballots, in an order drawn anew.

The outer seal is opened, each count's shares are shuffled, and they are written as ballots while
the rows that named people go, in the same transaction. Where one count has many, they go in
pieces, each of them large enough to hide in. Fewer than three in a count wait, sealed anew for
the next day. Then the day's key is destroyed: whoever has an old copy of the rows can neither
open them nor match them to ballots (TRUST 3.2, 3.3).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, text, update

from bot.store.columns import new_id
from bot.store.counted import ballot, day_key, open_count, pending, token
from bot.store.counts import new_day
from bot.trust import ballots
from bot.trust.databases import is_sqlite
from bot.trust.keyring import COUNT, DAY, KeyGoneError, KeyRing
from bot.trust.sealing import BrokenSealError

#: A count with fewer shares than this waits for the next drop (TRUST 3.3).
FEWEST = 3
#: So many shares go in one transaction at most, so that replies need not wait for more.
MOST = 50

_CHANCE = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One share as it waits."""

    participant: str
    day_key: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some shares of one count, ready to be dropped: by whom, and, in another order, what."""

    count: str
    week: str
    shares: tuple[Share, ...]
    #: The token of each share's participant, in the shares' order.
    tokens: tuple[str, ...]
    #: What was inside the outer seal, in the shares' order.
    inner: tuple[bytes, ...]
    #: Those that nobody can open any more.
    broken: tuple[Share, ...] = ()


def begin(conn: Connection, keys: KeyRing, now: datetime) -> None:
    """Have shares sealed with a new key from now on; those before are to be dropped."""
    fresh, _ = new_day(conn, keys, now)
    conn.execute(
        update(day_key)
        .where(day_key.c.id != fresh, day_key.c.retired_at.is_(None))
        .values(retired_at=now)
    )


def keyless(conn: Connection, keys: KeyRing) -> tuple[str, ...]:
    """The days that shares are sealed for and whose secret is gone; read before the keys are."""
    days = conn.scalars(select(day_key.c.id).where(day_key.c.retired_at.is_(None))).all()
    here = keys.passing() if days else frozenset()
    return tuple(each for each in days if DAY + each not in here)


def retire(conn: Connection, days: Iterable[str], now: datetime) -> None:
    """Have no share sealed for these days any more."""
    conn.execute(update(day_key).where(day_key.c.id.in_(list(days))).values(retired_at=now))


def week_of(at: datetime) -> str:
    """The ISO week of an instant in UTC, as `2026-W48`."""
    year, week, _ = at.isocalendar()
    return f"{year:04d}-W{week:02d}"


_RETIRED = select(day_key.c.id).where(day_key.c.retired_at.is_not(None))
_SIZES = (
    select(
        pending.c.count.label("within"),
        open_count.c.measure,
        open_count.c.cell,
        open_count.c.closes_at,
    )
    .join(open_count, open_count.c.id == pending.c.count)
    .where(pending.c.day_key.in_(_RETIRED))
    .distinct()
)
_WHOSE = (
    select(pending.c.participant)
    .where(
        pending.c.count == bindparam("of"),
        pending.c.participant > bindparam("after"),
        pending.c.day_key.in_(_RETIRED),
    )
    .order_by(pending.c.participant)
    .limit(1_000)
)
_SHARES = select(pending.c.participant, pending.c.day_key, pending.c.body).where(
    pending.c.count == bindparam("of"),
    pending.c.participant.in_(bindparam("whose", expanding=True)),
    pending.c.day_key.in_(_RETIRED),
)


def to_drop(conn: Connection) -> list[Any]:
    """The counts in which something is to be dropped, in no order."""
    found = list(conn.execute(_SIZES))
    _CHANCE.shuffle(found)
    return found


def pieces(
    conn: Connection,
    keys: KeyRing,
    row: Any,  # noqa: ANN401 - One of `to_drop`.
    days: dict[str, bytes | None],
) -> Iterator[Piece | tuple[str, tuple[Share, ...]]]:
    """What is to be dropped of one count, opened and in no order; or that it has too few.

    `days` remembers the secrets of days from count to count.
    """
    whose = _whose(conn, row.within)
    if len(whose) < FEWEST:
        yield row.within, _shares(conn, row.within, whose)
        return
    try:
        secret = keys.secret(COUNT + row.within)
    except KeyGoneError:
        return  # The close takes the whole count away.
    _CHANCE.shuffle(whose)
    for part in _split(whose):
        yield _piece(keys, days, row, secret, _shares(conn, row.within, part))


def _whose(conn: Connection, count: str) -> list[str]:
    """Whose shares of a count are to be dropped, read a few at a time: others are at work too."""
    found: list[str] = []
    while rows := conn.scalars(_WHOSE, {"of": count, "after": found[-1] if found else ""}).all():
        found += rows
        time.sleep(0)
    return found


def _shares(conn: Connection, count: str, whose: Sequence[str]) -> tuple[Share, ...]:
    """The shares of these people, in no order."""
    shares = [
        Share(participant=each.participant, day_key=each.day_key, body=each.body)
        for each in conn.execute(_SHARES, {"of": count, "whose": whose})
    ]
    _CHANCE.shuffle(shares)
    return tuple(shares)


def _split(whose: Sequence[str]) -> Iterator[Sequence[str]]:
    """In pieces of much the same size, none of them larger than `MOST`."""
    number = -(-len(whose) // MOST)
    for first in range(number):
        yield whose[first::number]


def _piece(
    keys: KeyRing,
    days: dict[str, bytes | None],
    row: Any,  # noqa: ANN401 - A row of _SIZES.
    secret: bytes,
    shares: Sequence[Share],
) -> Piece:
    whole = [(share, _inside(keys, days, share)) for share in shares]
    opened = [(share, inner) for share, inner in whole if inner is not None]
    return Piece(
        count=row.within,
        week=week_of(row.closes_at),
        shares=tuple(share for share, _ in opened),
        tokens=tuple(
            ballots.token(secret, row.measure, row.cell, share.participant) for share, _ in opened
        ),
        inner=tuple(inner for _, inner in opened),
        broken=tuple(share for share, inner in whole if inner is None),
    )


def _inside(keys: KeyRing, days: dict[str, bytes | None], share: Share) -> bytes | None:
    """What the outer seal holds; None when its key is gone."""
    if share.day_key not in days:
        try:
            days[share.day_key] = keys.secret(DAY + share.day_key)
        except KeyGoneError:
            days[share.day_key] = None
    secret = days[share.day_key]
    if secret is None:
        return None
    try:
        return ballots.open_(secret, share.body)
    except BrokenSealError:
        return None


#: Held until the transaction ends, so that nobody takes back or changes what is being dropped.
_STILL = (
    select(pending.c.participant, pending.c.body)
    .where(
        pending.c.count == bindparam("of"),
        pending.c.participant.in_(bindparam("whose", expanding=True)),
    )
    .order_by(pending.c.participant)
    .with_for_update()
)
_KNOWN = select(token.c.token).where(
    token.c.count == bindparam("of"), token.c.token.in_(bindparam("named", expanding=True))
)
_GONE = delete(pending).where(
    pending.c.count == bindparam("of"),
    pending.c.participant.in_(bindparam("whose", expanding=True)),
)


def drop(conn: Connection, piece: Piece) -> int:
    """Turn a piece into ballots; says how many.

    What was taken back or changed since it was read stays as it is now, and nobody who has a
    ballot in this count already gets another. If that leaves too few to hide in, these wait: one
    ballot that comes while one row goes is that person's. What nobody can open goes.
    """
    here = _still(conn, piece.count, (*piece.shares, *piece.broken))
    named = dict(zip(piece.shares, zip(piece.tokens, piece.inner, strict=True), strict=True))
    mine = {share: named[share] for share in piece.shares if share in here}
    tokens = [each for each, _ in mine.values()]
    known = set(conn.scalars(_KNOWN, {"of": piece.count, "named": tokens})) if tokens else set()
    new = {share: each for share, each in mine.items() if each[0] not in known}
    if len(new) < FEWEST:
        new = {}
    over = [
        share.participant
        for share in here
        if share in new or share not in mine or mine[share][0] in known
    ]
    if over:
        conn.execute(_GONE, {"of": piece.count, "whose": over})
    if not new:
        return 0
    part_for(conn, piece.week)
    conn.execute(
        insert(token),
        [
            {"count": piece.count, "token": each}
            for each in sorted(each for each, _ in new.values())
        ],
    )
    inner = [each for _, each in new.values()]
    _CHANCE.shuffle(inner)
    conn.execute(
        insert(ballot),
        [
            {"id": new_id(), "week": piece.week, "count": piece.count, "body": each}
            for each in inner
        ],
    )
    return len(inner)


def _still(conn: Connection, count: str, shares: Sequence[Share]) -> list[Share]:
    """Those of some shares that wait as they were read."""
    whose = [share.participant for share in shares]
    if not whose:
        return []
    rows = conn.execute(_STILL, {"of": count, "whose": whose})
    now = {row.participant: row.body for row in rows}
    return [share for share in shares if now.get(share.participant) == share.body]


def part_for(conn: Connection, week: str) -> None:
    """On PostgreSQL, see to it that ballots of a week have their partition."""
    if is_sqlite(conn):
        return
    name = partition(week)
    if conn.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None:
        return
    # IF NOT EXISTS alone fails where two transactions make the same table at once.
    conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
    conn.execute(
        text(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF ballot FOR VALUES IN ('{week}')")
    )


def partition(week: str) -> str:
    """What PostgreSQL calls the partition of a week's ballots."""
    return "ballot_" + week.lower().replace("-", "_")


def week_named(part: str) -> str | None:
    """The week whose ballots a partition holds, by its name; None when it is none of ours."""
    found = re.fullmatch(r"ballot_(\d{4})_w(\d{2})", part)
    return f"{found[1]}-W{found[2]}" if found else None


def wait(conn: Connection, keys: KeyRing, count: str, shares: Sequence[Share]) -> None:
    """Have a few shares wait for the next drop, sealed with the new day's key.

    One that nobody can open any more goes.
    """
    fresh = conn.execute(
        select(day_key.c.id, day_key.c.public)
        .where(day_key.c.retired_at.is_(None))
        .order_by(day_key.c.made_at.desc(), day_key.c.id)
        .limit(1)
    ).one()
    days: dict[str, bytes | None] = {}
    for share in shares:
        here = (pending.c.count == count) & (pending.c.participant == share.participant)
        here &= pending.c.body == share.body
        inner = _inside(keys, days, share)
        if inner is None:
            conn.execute(delete(pending).where(here))
            continue
        body = ballots.seal(fresh.public, inner)
        conn.execute(update(pending).where(here).values(day_key=fresh.id, body=body))


def end(conn: Connection) -> tuple[str, ...]:
    """Take out the keys that no share needs any more; their ids, for the key store to forget."""
    done = select(day_key.c.id).where(
        day_key.c.retired_at.is_not(None),
        ~exists(select(pending.c.count).where(pending.c.day_key == day_key.c.id)),
    )
    ids = tuple(conn.scalars(done))
    if ids:
        conn.execute(delete(day_key).where(day_key.c.id.in_(ids)))
    return ids
