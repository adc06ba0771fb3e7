"""Closing counts: opened and tallied in memory, told in one release, then gone with their keys.

`tally` reads and opens, outside any transaction that writes. `settle` writes the release, ends the
count, so that nobody finds it any more, and notes who took part for the next change gate, all in
one transaction; the keys are destroyed once it is committed, and ballots, tokens and turnout,
which nobody can read then, go in pieces. What is not told now stays open until there are enough
people or its time is over (TRUST 3.5, 3.6).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, func, insert, literal, select, text, update

from bot.measures.measure import Ballot, Group, Measure, OutOfScaleError
from bot.measures.release import Release
from bot.measures.rules import Before, Cell
from bot.store import counts, gates
from bot.store.columns import new_id
from bot.store.counted import (
    ballot,
    day_key,
    gate,
    mark,
    open_count,
    owed,
    pending,
    release,
    token,
    turnout,
)
from bot.store.counts import ANSWERED, BEGUN
from bot.store.dropping import part_for, partition, week_named, week_of
from bot.store.tables import participant
from bot.trust import ballots
from bot.trust.databases import is_sqlite
from bot.trust.keyring import COUNT, DAY, GATE, KeyGoneError, KeyRing
from bot.trust.sealing import BrokenSealError

#: When a count that could not be told is looked at again.
AGAIN = timedelta(days=7)
#: The same for a session's, whose festival soon has others.
SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A count that may be closed."""

    id: str
    measure: Measure
    cell: str
    title: str
    opened_at: datetime
    closes_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One count, opened in memory."""

    due: Due
    cell: Cell
    #: The shares that were in it without having been dropped, as they were.
    shares: Mapping[str, bytes] = field(default_factory=dict)
    #: How many ballots stood in it as rows; and how many of these and of the shares could not be
    #: read, or were on no scale.
    ballots: int = 0
    spoiled: int = 0


_DUE = select(open_count)


def due(conn: Connection, now: datetime, name: str | None, *, early: bool) -> tuple[Due, ...]:
    """The counts that may be closed; with `early`, those of a measure before their time too.

    One that nobody can read is left out: see `unreadable`.
    """
    question = _DUE.order_by(open_count.c.measure, open_count.c.cell, open_count.c.asks_until)
    if name is not None:
        question = question.where(open_count.c.measure == name)
    if not early:
        question = question.where(open_count.c.closes_at <= now)
    return tuple(
        Due(
            id=row.id,
            measure=measure,
            cell=row.cell,
            title=row.title,
            opened_at=row.opened_at,
            closes_at=row.closes_at,
            expires_at=row.expires_at,
        )
        for row in conn.execute(question)
        if (measure := _measure(row.body)) is not None
    )


def _measure(body: str) -> Measure | None:
    """The measure as a count was opened with it; None when it cannot be read any more."""
    try:
        return Measure.model_validate_json(body)
    except ValidationError:
        return None


def unreadable(conn: Connection, now: datetime) -> tuple[tuple[str, bool], ...]:
    """The counts due whose measure cannot be read: their ids, and whether their time is over."""
    rows = conn.execute(_DUE.where(open_count.c.closes_at <= now))
    return tuple((row.id, now >= row.expires_at) for row in rows if _measure(row.body) is None)


_BALLOTS = select(ballot.c.body).where(ballot.c.count == bindparam("of"))
_TOKENS = select(token.c.token).where(token.c.count == bindparam("of"))
_PENDING = select(pending.c.participant, pending.c.day_key, pending.c.body).where(
    pending.c.count == bindparam("of")
)
#: The same, and nobody takes any of them back until the transaction ends.
_PENDING_HELD = _PENDING.order_by(pending.c.participant).with_for_update()
_TURNOUT = select(turnout.c.participant, turnout.c.stage).where(turnout.c.count == bindparam("of"))
_CHUNK = 5_000


def tally(conn: Connection, keys: KeyRing, found: Due) -> Tally | None:
    """Open a count in memory; None when its key is gone, and with it all that is in it.

    `conn` must see all of it as it was at one moment: else what is dropped meanwhile is in none.
    """
    try:
        secret = keys.secret(COUNT + found.id)
    except KeyGoneError:
        return None
    where = {"of": found.id}
    rows = conn.execution_options(yield_per=_CHUNK).execute(_BALLOTS, where)
    given: list[Ballot] = []
    cast = opened = 0
    for body in rows.scalars():
        cast += 1
        given.extend(_read(found.measure, secret, body))
    stages = {row.participant: row.stage for row in conn.execute(_TURNOUT, where)}
    by_token = {
        ballots.token(secret, found.measure.name, found.cell, whose): whose for whose in stages
    }
    people = {by_token.get(each, f"token {each}") for each in conn.scalars(_TOKENS, where)}
    shares: dict[str, bytes] = {}
    for whose, body, inner in _waiting(conn, keys, found.id):
        shares[whose] = body
        if inner is not None and whose not in people:
            opened += 1
            mine = list(_read(found.measure, secret, inner))
            given.extend(mine)
            people |= {whose} if mine else set()
    return Tally(
        due=found,
        cell=Cell(
            name=found.cell,
            ballots=tuple(given),
            people=frozenset(people),
            invited=max(len(stages), len(given)),
            opened=max(_reached(stages, BEGUN), len(given)),
            answered=max(_reached(stages, ANSWERED), len(given)),
        ),
        shares=shares,
        ballots=cast,
        spoiled=cast + opened - len(given),
    )


def _reached(stages: Mapping[str, int], least: int) -> int:
    return sum(stage >= least for stage in stages.values())


def _read(measure: Measure, secret: bytes, sealed: bytes) -> Iterator[Ballot]:
    """The ballot under the inner seal; nothing when it does not open or is on no scale."""
    try:
        yield measure.check(ballots.unpacked(ballots.open_(secret, sealed)))
    except (BrokenSealError, OutOfScaleError, ValueError):
        return


def _waiting(
    conn: Connection, keys: KeyRing, count: str
) -> Iterator[tuple[str, bytes, bytes | None]]:
    """The shares that no drop has taken yet: whose, as they stand, and under the outer seal."""
    days: dict[str, bytes] = {}
    for row in conn.execute(_PENDING, {"of": count}):
        try:
            if row.day_key not in days:
                days[row.day_key] = keys.secret(DAY + row.day_key)
            yield row.participant, row.body, ballots.open_(days[row.day_key], row.body)
        except (KeyGoneError, BrokenSealError):
            yield row.participant, row.body, None


_GATES = select(gate.c.id, gate.c.cells).where(gate.c.measure == bindparam("of"))
_MARKS = select(mark.c.mark).where(mark.c.gate == bindparam("of"))


def before(
    conn: Connection, keys: KeyRing, measure: str, cells: Iterable[Cell]
) -> dict[str, Before]:
    """What was told before, by its gate, with who took part as far as they take part again.

    The oldest comes first. Nobody else is made out: a mark of somebody who does not take part now
    stays a mark.
    """
    now = {whose for cell in cells for whose in cell.people}
    found: dict[str, Before] = {}
    rows = conn.execute(_GATES.order_by(gate.c.told_at, gate.c.id), {"of": measure}).all()
    known = _known(keys, measure, now) if rows else {}
    for row in rows:
        marks = conn.scalars(_MARKS, {"of": row.id})
        found[row.id] = Before(
            cells=frozenset(json.loads(row.cells)),
            people=frozenset(known.get(each, f"mark {each}") for each in marks),
        )
    return found


def _known(keys: KeyRing, measure: str, people: Iterable[str]) -> dict[str, str]:
    """Whose mark is whose: one key for all gates of a measure, so that marks can be compared."""
    try:
        secret = keys.secret(GATE + measure)
    except KeyGoneError:
        return {}
    return {ballots.token(secret, measure, "", whose): whose for whose in people}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What one close came to."""

    told: int = 0
    held: int = 0
    expired: int = 0
    #: Left open before their day, since shares in them can still be taken back.
    waiting: int = 0
    #: Owners of keys that open nothing any more.
    keys: tuple[str, ...] = ()
    #: Partitions that may be dropped once they are empty.
    weeks: frozenset[str] = frozenset()


class ChangedError(Exception):
    """A count is not as it was tallied: it was closed meanwhile, or somebody shared or left."""


def settle(  # noqa: PLR0913 - What was tallied, what is told of it, and when.
    conn: Connection,
    tallies: Sequence[Tally],
    made: Release | None,
    told: Sequence[Before],
    *,
    marks: Sequence[Sequence[str]] = (),
    useless: Iterable[str] = (),
    against: Iterable[str] = (),
    now: datetime,
    early: bool = False,
) -> Settled:
    """Write what is told and end what it was told from, in one transaction.

    `told` has the cells and the people of each group of the release, in its order, and `marks` who
    took part in each; `useless` are gates that nothing is held against any more, `against` those
    that these counts were held against. What is left of an ended count goes afterwards. A share
    that came since the tally raises ChangedError: it is tallied anew.
    """
    _hold(conn, tallies)
    conn.execute(update(gate).where(gate.c.id.in_(list(against))).values(held_at=now))
    by_cell = {each.due.cell: each for each in tallies}
    gone: list[str] = []
    if made is not None:
        conn.execute(
            insert(release),
            {
                "id": made.id,
                "measure": made.measure.name,
                "told_on": made.until.isoformat(),
                "body": made.model_dump_json(),
            },
        )
        for part, group in enumerate(told):
            _mark(conn, made.measure.name, group, marks[part], now)
            for cell in sorted(group.cells):
                _owe(conn, made.id, part, by_cell[cell].due.id)
        gates.forget(conn, useless)
    closed = {cell for group in told for cell in group.cells}
    expired = [
        each
        for each in tallies
        if each.due.cell not in closed
        and (now >= each.due.expires_at or not each.cell.people)
        and not (early and now < each.due.closes_at)
    ]
    finished = [*(by_cell[cell] for cell in closed), *expired]
    for each in finished:
        counts.lose(conn, each.due.id)
        gone.append(COUNT + each.due.id)
    held = [each for each in tallies if each not in finished]
    for each in held:
        if now >= each.due.closes_at:
            _go_on(conn, each.due, now)
    return Settled(
        told=len(closed),
        held=len(held),
        expired=len(expired),
        keys=tuple(gone),
        weeks=frozenset(week_of(each.due.closes_at) for each in tallies),
    )


def _hold(conn: Connection, tallies: Sequence[Tally]) -> None:
    """See to it that nobody else closes these, and that they are as they were tallied."""
    ids = [each.due.id for each in tallies]
    here = set(
        conn.scalars(select(open_count.c.id).where(open_count.c.id.in_(ids)).with_for_update())
    )
    if here != set(ids):
        raise ChangedError
    for each in tallies:
        of = {"of": each.due.id}
        shares = {row.participant: row.body for row in conn.execute(_PENDING_HELD, of)}
        number = conn.scalar(
            select(func.count()).select_from(ballot).where(ballot.c.count == each.due.id)
        )
        if shares != dict(each.shares) or number != each.ballots:
            raise ChangedError


def marks_of(keys: KeyRing, measure: str, group: Before) -> tuple[str, ...]:
    """What says who took part in a group; made beside the transaction that keeps it."""
    secret = keys.make_secret(GATE + measure)
    return tuple(sorted(ballots.token(secret, measure, "", whose) for whose in group.people))


def _mark(conn: Connection, measure: str, group: Before, of: Sequence[str], now: datetime) -> None:
    """Note who took part in a group that is told."""
    id_ = new_id()
    cells = json.dumps(sorted(group.cells))
    row = {"id": id_, "measure": measure, "cells": cells, "told_at": now, "held_at": now}
    conn.execute(insert(gate), row)
    if of:
        conn.execute(insert(mark), [{"gate": id_, "mark": each} for each in of])


def _owe(conn: Connection, made: str, part: int, count: str) -> None:
    """Note that whoever answered is to be told."""
    known = select(owed.c.participant).where(owed.c.release == made)
    theirs = (
        select(turnout.c.participant, literal(made), literal(part))
        .join(participant, participant.c.id == turnout.c.participant)
        .where(turnout.c.count == count, turnout.c.stage >= ANSWERED)
        .where(turnout.c.participant.not_in(known))
        # Whoever is being forgotten just now is waited for, and is then not there.
        .with_for_update(read=True, key_share=True, of=participant)
    )
    conn.execute(insert(owed).from_select(["participant", "release", "part"], theirs))


def _go_on(conn: Connection, found: Due, now: datetime) -> None:
    """Leave a count open for longer; on PostgreSQL its ballots move to a later partition."""
    step = SOON if found.measure.group is Group.SESSION else AGAIN
    later = found.closes_at
    while later <= now:
        later += step
    conn.execute(update(open_count).where(open_count.c.id == found.id).values(closes_at=later))
    week = week_of(later)
    if week != week_of(found.closes_at):
        part_for(conn, week)
        conn.execute(update(ballot).where(ballot.c.count == found.id).values(week=week))


def drop_part(conn: Connection, week: str) -> bool:
    """On PostgreSQL, drop the partition of a week, if nothing is in it any more."""
    if is_sqlite(conn):
        return False
    name = partition(week)
    if conn.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
        return False
    # Nobody may put a ballot into it between the look and the drop.
    conn.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
    if conn.scalar(select(func.count()).select_from(ballot).where(ballot.c.week == week)):
        return False
    conn.execute(text(f"DROP TABLE {name}"))
    return True


_PARTS = text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = to_regclass('ballot') ORDER BY c.relname"
)


def empty_parts(conn: Connection, now: datetime) -> tuple[str, ...]:
    """On PostgreSQL, the weeks that are past and whose partitions hold no ballot.

    Whatever closed the last count of one may have been cut short before it was dropped.
    """
    if is_sqlite(conn):
        return ()
    by_name = {name: week_named(name) for name in conn.scalars(_PARTS)}
    past = (week for week in by_name.values() if week is not None and week < week_of(now))
    held = select(ballot.c.id).where(ballot.c.week == bindparam("of")).limit(1)
    return tuple(week for week in past if conn.scalar(held, {"of": week}) is None)


def lost(conn: Connection, keys: KeyRing) -> tuple[tuple[str, str], ...]:
    """The open counts whose keys are gone, and with them all that is in them: id and measure.

    The rows are read before the keys: a key is there before its row.
    """
    rows = conn.execute(select(open_count.c.id, open_count.c.measure)).all()
    here = keys.passing() if rows else frozenset()
    return tuple((row.id, row.measure) for row in rows if COUNT + row.id not in here)


def orphans(conn: Connection, keys: KeyRing) -> frozenset[str]:
    """The keys of the ballot box that no row needs; some may have been made just now."""
    needed = {COUNT + id_ for id_ in conn.scalars(select(open_count.c.id))}
    needed |= {DAY + id_ for id_ in conn.scalars(select(day_key.c.id))}
    needed |= {GATE + of for of in conn.scalars(select(gate.c.measure).distinct())}
    return keys.passing() - needed
