"""The ballot box at night: the drop, then the close.

All of it goes through the writer in short pieces, so that nobody's reply waits for it, and what
takes long, opening seals and shuffling, is done beside it. One piece is not short: that which
tells of a large count, for who took part must stand there with the release. One process does it
at a time, under a lease that each piece renews: whoever has lost it meanwhile changes nothing
more. Whatever interrupts it, the next night goes on where it ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Self, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.measures.measure import Group, Measure
from bot.measures.release import Release, Told
from bot.measures.rules import Before, Cell, outcome, remembered
from bot.store import closing, counts, dropping, gates, leases, meta
from bot.store.closing import ChangedError, Due, Settled, Tally
from bot.store.columns import new_id
from bot.store.copying import snapshot
from bot.store.dropping import Piece
from bot.store.opening import Store
from bot.trust.databases import StoreError, checkpoint, ease, plain_fault, vacuum
from bot.trust.keyring import COUNT, DAY, KeyRing

#: The hour (UTC) of the nightly drop.
HOUR = 3
#: What one process at a time does.
LEASE = "ballot box"
_LENGTH = timedelta(minutes=10)
#: What a work in the writer gives back.
_T = TypeVar("_T")
#: Of which the last drop was noted.
_NOTED = "last drop"
#: A last drop that lies so far ahead was noted by a clock that was wrong.
_ABSURD = timedelta(days=2)
#: So many rows of a count that has ended go in one piece.
_AT_ONCE = 500
#: How often a count is tallied anew when somebody shared meanwhile.
_TRIES = 5

_log = structlog.get_logger("counting")


class BusyError(Exception):
    """Another process is at the ballot box just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a close came to, in groups of people."""

    told: int = 0
    held: int = 0
    expired: int = 0
    #: Left open before their day, since shares in them can still be taken back.
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What one night came to."""

    dropped: int = 0
    waiting: int = 0
    #: Counts that ended untold since their keys were gone.
    lost: int = 0
    closed: Closed = Closed()


def is_due(store: Store, now: datetime) -> bool:
    """Whether the nightly drop is still to be done; a clock moved back does not do it twice.

    The first is that of the night after the first look: nothing is dropped by day.
    """
    boundary = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if boundary > now:
        boundary -= timedelta(days=1)
    with store.engine.connect() as conn:
        noted = meta.noted(conn, _NOTED)
    if noted is None:
        store.writer.submit(lambda conn: meta.note(conn, _NOTED, now.isoformat())).result()
        return False
    last = datetime.fromisoformat(noted)
    return last < boundary or last > now + _ABSURD


def nightly(
    store: Store,
    measures: Mapping[str, Measure],
    now: datetime,
) -> Night | None:
    """The drop, then the close of what is due; None while another process is at it.

    It is noted as done at its end: one that fails on its way is tried again soon.
    """
    try:
        with _Box(store, now) as box:
            lost = _lose(store, box)
            dropped, waiting = _drop(store, box, now)
            closed = _close(store, box, measures, now, measure=None, early=False)
            box.run(partial(gates.fade, now=now))
            with store.engine.connect() as conn:
                empty = closing.empty_parts(conn, now)
            for week in empty:
                box.run(partial(closing.drop_part, week=week))
            box.run(lambda conn: meta.note(conn, _NOTED, now.isoformat()))
    except BusyError:
        return None
    return Night(dropped=dropped, waiting=waiting, lost=lost, closed=closed)


def close_due(
    store: Store,
    measures: Mapping[str, Measure],
    now: datetime,
    *,
    measure: str | None,
    early: bool,
) -> Closed:
    """Close what is due, or with `early` one measure now; raises BusyError.

    Until the nightly drop whoever shared can take it back. So with `early`, a count in which a
    share still waits for it is left open.
    """
    with _Box(store, now) as box:
        return _close(store, box, measures, now, measure=measure, early=early)


class _Box:
    """The right to be at the ballot box, alone."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now
        self._began = time.monotonic()
        self._holder = new_id()
        self._token: int | None = None

    def __enter__(self) -> Self:
        self._token = self._store.writer.submit(self._hold).result()
        if self._token is None:
            raise BusyError
        return self

    def __exit__(self, *_: object) -> None:
        self._store.writer.submit(
            lambda conn: leases.let_go(conn, LEASE, self._holder, self._now)
        ).result()

    def run(self, work: Callable[[Connection], _T]) -> _T:
        """Do a piece of work in the writer, if the right to it still stands; raises BusyError.

        It is renewed in the same transaction. Whoever was held up for longer than it lasts, so
        that another process may have taken it, does nothing.
        """

        def rightly(conn: Connection) -> _T:
            if self._hold(conn) != self._token:
                raise BusyError
            return work(conn)

        return self._store.writer.submit(rightly).result()

    def _hold(self, conn: Connection) -> int | None:
        return leases.hold(conn, LEASE, self._holder, self._at(), _LENGTH)

    def _at(self) -> datetime:
        """What time it is, by what has gone by since this began."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)


def _lose(store: Store, box: _Box) -> int:
    """End the counts whose keys are gone, whenever they are due: nobody can open what is in them.

    Until then, nobody in them could share anything.
    """
    with store.engine.connect() as conn:
        found = closing.lost(conn, store.keys)
    for count, measure in found:
        _log.error("a count is lost: its key is gone", measure=measure, count=count)
        box.run(partial(counts.lose, count=count))
    return len(found)


def _drop(store: Store, box: _Box, now: datetime) -> tuple[int, int]:
    """Drop what waits; how many shares, and how many of them wait on."""
    run = box.run
    run(lambda conn: dropping.begin(conn, store.keys, now))
    dropped, waiting = 0, 0
    # Twice: a piece that some left since it was read may be too small, and then waits.
    for _ in range(2):
        more, held = _pieces(store, box)
        dropped, waiting = dropped + more, waiting + held
    over = run(dropping.end)
    if over:
        store.keys.forget_all(DAY + each for each in over)
    _tidy(store)
    return dropped, waiting


def _pieces(store: Store, box: _Box) -> tuple[int, int]:
    """Drop piece by piece; how many shares, and how many wait on, sealed anew."""
    dropped, waiting = 0, 0
    days: dict[str, bytes | None] = {}
    with store.engine.connect() as conn:
        for row in dropping.to_drop(conn):
            with _apart("the shares of a count wait for another night", measure=row.measure):
                for found in dropping.pieces(conn, store.keys, row, days):
                    conn.rollback()  # A long look at the database would hold its old rows.
                    if isinstance(found, Piece):
                        dropped += box.run(partial(dropping.drop, piece=found))
                    else:
                        count, shares = found
                        waiting += len(shares)
                        wait = partial(dropping.wait, keys=store.keys, count=count, shares=shares)
                        box.run(wait)
                    ease(store.engine)
                    time.sleep(0)  # Whoever waits for the writer goes first.
            conn.rollback()
    return dropped, waiting


def _close(  # noqa: PLR0913 - Where, by what right, of what and when.
    store: Store,
    box: _Box,
    measures: Mapping[str, Measure],
    now: datetime,
    *,
    measure: str | None,
    early: bool,
) -> Closed:
    with store.engine.connect() as conn:
        keyless = gates.keyless(conn, store.keys)
    if keyless:
        _log.error("who was in what was told is not known any more", measures=keyless)
        box.run(partial(gates.lose, measures=keyless, now=now))
    with store.engine.connect() as conn:
        found = closing.due(conn, now, measure, early=early)
        unreadable = closing.unreadable(conn, now)
    told = held = expired = waiting = 0
    weeks: set[str] = set()
    for count, over in unreadable:
        _log.error("a count cannot be read", count=count, expired=over)
        if over:
            box.run(partial(counts.lose, count=count))
            store.keys.forget_all([COUNT + count])
            expired += 1
    for together in _alike(found):
        with _apart("a count is closed another night", measure=together[0].measure.name):
            settled = _settle(store, box, measures, together, now, early=early)
            told, held = told + settled.told, held + settled.held
            expired, waiting = expired + settled.expired, waiting + settled.waiting
            weeks |= settled.weeks
            # At once, so that no more than one measure's keys outlive their count.
            store.keys.forget_all(settled.keys)
    _clear(store, box)
    for week in sorted(weeks):
        box.run(partial(closing.drop_part, week=week))
    if found:
        _tidy(store)
    return Closed(told=told, held=held, expired=expired, waiting=waiting)


def _clear(store: Store, box: _Box) -> None:
    """Take out in pieces what counts left that have ended, now or when a night was cut short."""
    with store.engine.connect() as conn:
        found = counts.left(conn)
    for count in found:
        while box.run(partial(counts.clear, count=count, most=_AT_ONCE)):
            ease(store.engine)
            time.sleep(0)  # Whoever waits for the writer goes first.


@contextmanager
def _apart(what: str, measure: str) -> Iterator[None]:
    """Whatever is wrong with one count must not hold the others; a database at fault holds all."""
    try:
        yield
    except (BusyError, StoreError):
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and plain_fault(error, "") is not None:
            raise
        _log.error(what, measure=measure, error=type(error).__name__)


def _alike(found: Iterable[Due]) -> list[tuple[Due, ...]]:
    """Counts of one measure, as it was worded on one day, floors aside; of each cell one.

    A cell may have two, of which the older is settled first: what it tells is held against the
    other.
    """

    def key(due: Due) -> str:
        return due.measure.name + due.measure.model_dump_json(exclude={"floor"})

    rounds: list[tuple[Due, ...]] = []
    for _, group in groupby(sorted(found, key=key), key):
        rest = list(group)
        while rest:
            first = {due.cell: due for due in reversed(rest)}
            rounds.append(tuple(due for due in rest if first[due.cell] is due))
            rest = [due for due in rest if first[due.cell] is not due]
    return rounds


def _settle(  # noqa: PLR0913 - The same.
    store: Store,
    box: _Box,
    measures: Mapping[str, Measure],
    found: Sequence[Due],
    now: datetime,
    *,
    early: bool,
) -> Settled:
    name = found[0].measure.name
    for _ in range(_TRIES):
        with snapshot(store.engine) as conn:
            whole, lost = _tallied(conn, store.keys, found)
            there = [tally for tally in whole if not (early and tally.shares)]
            waiting = len(whole) - len(there)
            cells = [tally.cell for tally in there]
            known = closing.before(conn, store.keys, name, cells)
            unknown = gates.unknown(conn, name, now)
        _spoiled(there)
        for due in lost:
            _log.error("a count is lost: its key is gone", measure=name, count=due.id)
            box.run(partial(counts.lose, count=due.id))
        if not there:
            return Settled(waiting=waiting)
        measure = _with_floor(found, measures)
        before = list(known.values())
        cells = _comparable(measure, there, unknown)
        made = outcome(measure, cells, before)
        kept = remembered(before, cells, made)
        told = kept[len(kept) - len(made.cells) :]
        titles = {tally.due.cell: tally.due.title for tally in there}
        release = _release(measure, there, made.told, titles, now)
        in_order = _in_order(told, made.cells)
        try:
            settled = box.run(
                partial(
                    closing.settle,
                    tallies=there,
                    made=release,
                    told=in_order,
                    useless=[
                        gate
                        for gate, each in known.items()
                        if each not in kept[: len(kept) - len(told)]
                    ],
                    against=_against(measure, known, there),
                    marks=[closing.marks_of(store.keys, name, group) for group in in_order],
                    now=now,
                    early=early,
                )
            )
        except ChangedError:
            found = _still(store, found)
            if not found:
                return Settled()
        else:
            return replace(settled, waiting=waiting)
    _log.warning("a count was shared in again and again, and is closed another time", measure=name)
    return Settled()


def _tallied(
    conn: Connection, keys: KeyRing, found: Iterable[Due]
) -> tuple[list[Tally], list[Due]]:
    """Counts opened in memory, and those that are lost; what fails is in neither."""
    there, lost = list[Tally](), list[Due]()
    for due in found:
        with _apart("a count is closed another night", measure=due.measure.name):
            tally = closing.tally(conn, keys, due)
            if tally is None:
                lost.append(due)
            else:
                there.append(tally)
    return there, lost


def _in_order(told: Iterable[Before], cells: Sequence[frozenset[str]]) -> list[Before]:
    """What was told of these groups of cells, in their order."""
    by_cells = {each.cells: each for each in told}
    return [by_cells[each] for each in cells]


def _comparable(measure: Measure, tallies: Sequence[Tally], unknown: frozenset[str]) -> list[Cell]:
    """The cells that can be held against what was told before, as far as that is known still.

    Of a session, its own count alone matters; of other cells, whatever was told of the measure.
    """
    if unknown and measure.group is not Group.SESSION:
        tallies = []
    if unknown:
        _log.warning("what was told before is not remembered any more", measure=measure.name)
    return [
        each.cell for each in tallies if not unknown.intersection((each.due.title, each.due.cell))
    ]


def _against(measure: Measure, known: Mapping[str, Before], tallies: Sequence[Tally]) -> list[str]:
    """The gates that these counts were held against: of their cells, or of people in them."""
    cells = frozenset(each.due.cell for each in tallies)
    people = frozenset[str]()
    if measure.group is not Group.SESSION:
        people = people.union(*(each.cell.people for each in tallies))
    return [gate for gate, each in known.items() if each.cells & cells or each.people & people]


def _still(store: Store, found: Sequence[Due]) -> tuple[Due, ...]:
    """Those of some counts that are still open."""
    with store.engine.connect() as conn:
        here = {due.id for due in closing.due(conn, found[0].closes_at, None, early=True)}
    return tuple(due for due in found if due.id in here)


def _with_floor(found: Sequence[Due], measures: Mapping[str, Measure]) -> Measure:
    """The measure as it was asked; its floor may have risen since, and never falls."""
    asked = found[0].measure
    floors = [due.measure.floor for due in found]
    if today := measures.get(asked.name):
        floors.append(today.floor)
    return asked.model_copy(update={"floor": max(floors)})


def _release(
    measure: Measure,
    tallies: Sequence[Tally],
    told: Sequence[Told],
    titles: Mapping[str, str],
    now: datetime,
) -> Release | None:
    if not told:
        return None
    named = [
        each.model_copy(update={"groups": tuple(titles.get(cell, cell) for cell in each.groups)})
        for each in told
    ]
    return Release(
        id=new_id(),
        measure=measure,
        since=min(tally.due.opened_at for tally in tallies).date(),
        until=now.date(),
        told=tuple(named),
    )


def _spoiled(tallies: Iterable[Tally]) -> None:
    for tally in tallies:
        if tally.spoiled:
            _log.warning(
                "some ballots were on no scale, and are not counted",
                measure=tally.due.measure.name,
                number=tally.spoiled,
            )


def _tidy(store: Store) -> None:
    """Let go of what the rows left behind in the file (TRUST 3.5)."""
    checkpoint(store.engine)
    for table in ("pending", "token", "turnout"):
        vacuum(store.engine, table)


class Sweeper:
    """Forgets keys that no row needs, which a crash may have left."""

    def __init__(self, patience: timedelta = timedelta(minutes=15)) -> None:
        """Make a sweeper.

        A key is made before its row, and the row may take its time to come: until `patience` has
        passed since a key was first seen without one, it stays.
        """
        self._patience = patience.total_seconds()
        #: When each was first seen, by a clock that nobody moves.
        self._seen: dict[str, float] = {}

    def sweep(self, store: Store, now: datetime) -> int:
        """Forget what has been without a row for long enough; says how many keys.

        Days whose secret is gone are retired as well, so that the next share is sealed for a new.
        """
        with store.engine.connect() as conn:
            here = closing.orphans(conn, store.keys)
            days = dropping.keyless(conn, store.keys)
        if days:
            _log.error("the key of a day is gone, with what was shared on it", days=len(days))
            store.writer.submit(partial(dropping.retire, days=days, now=now)).result()
        moment = time.monotonic()
        self._seen = {each: self._seen.get(each, moment) for each in here}
        useless = [each for each, since in self._seen.items() if moment - since >= self._patience]
        if useless:
            store.keys.forget_all(useless)
        return len(useless)
