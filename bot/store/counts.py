"""Counts that are open: who is counted together, how far people have come, what they share.

A share is sealed twice before it is written: inside for the close, outside with the key of the
day, which the nightly drop destroys. Until that drop it stands under its participant's name, and
can be taken back; after it nobody can find it (TRUST 3.1, 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, union

from bot.measures.measure import Ballot, Measure
from bot.store.columns import Insert, each, new_id
from bot.store.counted import ballot, day_key, open_count, pending, token, turnout
from bot.trust import ballots
from bot.trust.databases import is_sqlite
from bot.trust.keyring import COUNT, DAY, KeyGoneError, KeyRing

#: How long after it may first be closed a count still waits for enough people.
PATIENCE = timedelta(weeks=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One measure being counted for one group of people."""

    id: str
    measure: str
    cell: str
    title: str
    public: bytes
    opened_at: datetime
    asks_until: datetime
    closes_at: datetime
    expires_at: datetime

    def takes(self, asked_at: datetime) -> bool:
        """Whether somebody asked at a time is counted here: before its end, or once it is held."""
        held = self.closes_at > self.expires_at - PATIENCE
        return held or asked_at < self.asks_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A share that waits for the nightly drop."""

    count: str
    measure: str
    cell: str
    title: str
    body: Measure


class Counted(Exception):  # noqa: N818 - Not a fault: what is done is done.
    """Somebody's share of this count was dropped already, and cannot be found any more."""


_COLUMNS = (
    open_count.c.id,
    open_count.c.measure,
    open_count.c.cell,
    open_count.c.title,
    open_count.c.public,
    open_count.c.opened_at,
    open_count.c.asks_until,
    open_count.c.closes_at,
    open_count.c.expires_at,
)
_OF_CELL = (
    select(*_COLUMNS)
    .where(open_count.c.measure == bindparam("of"), open_count.c.cell == bindparam("within"))
    .order_by(open_count.c.asks_until)
)
#: Where somebody was counted when this count was opened for them they stay.
_FROZEN = (
    select(*_COLUMNS)
    .join(turnout, turnout.c.count == open_count.c.id)
    .where(turnout.c.participant == bindparam("whose"), open_count.c.measure == bindparam("of"))
    .order_by(open_count.c.asks_until.desc())
    .limit(1)
)


def _once(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(open_count).on_conflict_do_nothing(
        index_elements=["measure", "cell", "asks_until"]
    )
    return built


_OPEN = each(_once)


def frozen(conn: Connection, participant_id: str, measure: str) -> Count | None:
    """The open count in which somebody was asked last."""
    found = _held(conn, _FROZEN, {"whose": participant_id, "of": measure})
    return found[0] if found else None


def _held(conn: Connection, question: Select[Any], where: dict[str, str]) -> tuple[Count, ...]:
    """The counts asked for; on PostgreSQL, nobody closes them until this turn has ended."""
    if not is_sqlite(conn):
        question = question.with_for_update(read=True, key_share=True, of=open_count)
    return tuple(_count(row) for row in conn.execute(question, where))


def opened(  # noqa: PLR0913 - One count and when it is due.
    conn: Connection,
    keys: KeyRing,
    measure: Measure,
    *,
    cell: str,
    title: str,
    now: datetime,
    closes_at: datetime,
    asks_until: datetime | None = None,
) -> Count:
    """The open count of a measure for a group, opened if need be; its keys are made first.

    It is the oldest that takes whoever is asked now. Those asked until `asks_until` are counted
    in a new one; without one, those asked until it closes.
    """
    where = {"of": measure.name, "within": cell}
    taking = [each for each in _held(conn, _OF_CELL, where) if each.takes(now)]
    if not taking:
        id_ = new_id()
        secret = keys.make_secret(COUNT + id_)
        conn.execute(
            _OPEN(conn),
            {
                "id": id_,
                "measure": measure.name,
                "cell": cell,
                "title": title,
                "body": measure.model_dump_json(),
                "public": ballots.public_of(secret),
                "opened_at": now,
                "asks_until": asks_until or closes_at,
                "closes_at": closes_at,
                "expires_at": closes_at + PATIENCE,
            },
        )
        until = asks_until or closes_at
        taking = [each for each in _held(conn, _OF_CELL, where) if each.asks_until == until]
    return taking[0]


def _came(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(turnout)
    built: Insert = new.on_conflict_do_update(
        index_elements=["participant", "count"],
        set_={"stage": new.excluded.stage},
        where=turnout.c.stage < new.excluded.stage,
    )
    return built


_CAME = each(_came)
#: How far somebody has come.
ASKED, BEGUN, ANSWERED = 0, 1, 2


def came(conn: Connection, participant_id: str, counts: Sequence[str], stage: int) -> None:
    """Note how far somebody has come in some counts; it only ever goes up."""
    rows = [{"participant": participant_id, "count": each, "stage": stage} for each in counts]
    if rows:
        conn.execute(_CAME(conn), rows)


def has_answered(conn: Connection, participant_id: str) -> bool:
    """Whether somebody has answered what some open count is about, and so may be in it."""
    found = select(turnout.c.count).where(
        turnout.c.participant == participant_id, turnout.c.stage == ANSWERED
    )
    return conn.execute(found.limit(1)).first() is not None


def _put(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(pending)
    built: Insert = new.on_conflict_do_update(
        index_elements=["participant", "count"],
        set_={"day_key": new.excluded.day_key, "body": new.excluded.body},
    )
    return built


_PUT = each(_put)
_COUNTED = select(token.c.token).where(
    token.c.count == bindparam("within"), token.c.token == bindparam("of")
)


def share(  # noqa: PLR0913 - Whose, in which count, and what.
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    count: Count,
    given: Ballot,
    *,
    now: datetime,
) -> None:
    """Have a share wait for the nightly drop; it takes the place of one that waits already.

    `given` is on the measure's scale. Raises Counted when theirs was dropped already, and
    KeyGoneError when the count's key is lost.
    """
    secret = keys.secret(COUNT + count.id)
    theirs = ballots.token(secret, count.measure, count.cell, participant_id)
    day, outer = _today(conn, keys, now)
    sealed = ballots.seal(outer, ballots.seal(count.public, ballots.packed(given)))
    conn.execute(
        _PUT(conn),
        {"participant": participant_id, "count": count.id, "day_key": day, "body": sealed},
    )
    # Only now: on PostgreSQL, a drop that took theirs meanwhile has ended by the time this waits.
    if conn.scalar(_COUNTED, {"within": count.id, "of": theirs}) is not None:
        withdraw(conn, participant_id, count.measure, count.id)
        raise Counted


def withdraw(conn: Connection, participant_id: str, measure: str, count: str = "") -> bool:
    """Take a share back; False when none of theirs waits."""
    of = select(open_count.c.id).where(open_count.c.measure == measure)
    which = pending.c.count == count if count else pending.c.count.in_(of)
    gone = conn.execute(delete(pending).where(pending.c.participant == participant_id, which))
    return gone.rowcount > 0


def waiting(conn: Connection, participant_id: str) -> tuple[Waiting, ...]:
    """The shares of somebody that wait for the nightly drop."""
    rows = conn.execute(
        select(
            open_count.c.id,
            open_count.c.measure,
            open_count.c.cell,
            open_count.c.title,
            open_count.c.body,
        )
        .join(pending, pending.c.count == open_count.c.id)
        .where(pending.c.participant == participant_id)
        .order_by(open_count.c.measure, open_count.c.id)
    )
    return tuple(
        Waiting(
            count=row.id,
            measure=row.measure,
            cell=row.cell,
            title=row.title,
            body=Measure.model_validate_json(row.body),
        )
        for row in rows
    )


_TODAY = (
    select(day_key.c.id, day_key.c.public)
    .where(day_key.c.retired_at.is_(None))
    .order_by(day_key.c.made_at.desc(), day_key.c.id)
    .limit(1)
)
#: A drop that retires a key waits for whoever is sealing with it.
_TODAY_HELD = _TODAY.with_for_update(read=True)


def _today(conn: Connection, keys: KeyRing, now: datetime) -> tuple[str, bytes]:
    """The id and the public half of the key that shares are sealed with now."""
    row = conn.execute(_TODAY if is_sqlite(conn) else _TODAY_HELD).first()
    if row is None:
        return new_day(conn, keys, now)
    try:
        keys.secret(DAY + row.id)
    except KeyGoneError:  # What is sealed with it, nobody can drop.
        return new_day(conn, keys, now)
    return row.id, row.public


def new_day(conn: Connection, keys: KeyRing, now: datetime) -> tuple[str, bytes]:
    """Make a new key for shares; its id and its public half."""
    id_ = new_id()
    public = ballots.public_of(keys.make_secret(DAY + id_))
    conn.execute(insert(day_key), {"id": id_, "public": public, "made_at": now})
    return id_, public


def lose(conn: Connection, count: str) -> None:
    """End a count: nobody finds it any more, and what waits in it is gone.

    The rest of it, which may be much, goes in pieces afterwards: see `left` and `clear`.
    """
    conn.execute(delete(pending).where(pending.c.count == count))
    conn.execute(delete(open_count).where(open_count.c.id == count))


#: What a count leaves when it ends, and by what its rows are told apart within it.
_REST = ((turnout, turnout.c.participant), (token, token.c.token), (ballot, ballot.c.id))


def left(conn: Connection) -> tuple[str, ...]:
    """The counts that have ended and of which something is left."""
    here = select(open_count.c.id)
    ended = (select(table.c.count).where(table.c.count.not_in(here)) for table, _ in _REST)
    return tuple(sorted(conn.scalars(union(*ended))))


def clear(conn: Connection, count: str, most: int) -> bool:
    """Take out some of what a count that has ended left; False once nothing is left."""
    for table, key in _REST:
        some = select(key).where(table.c.count == count).limit(most)
        gone = conn.execute(delete(table).where(table.c.count == count, key.in_(some)))
        if gone.rowcount:
            return True
    return False


def _count(row: Any) -> Count:  # noqa: ANN401 - A row of _COLUMNS.
    return Count(
        id=row[0],
        measure=row[1],
        cell=row[2],
        title=row[3],
        public=row[4],
        opened_at=row[5],
        asks_until=row[6],
        closes_at=row[7],
        expires_at=row[8],
    )
