"""The ballot box at night: the drop, then the close.

All of it goes through the writer in short pieces, so that nobody's reply waits for it, and what
takes long, opening seals and shuffling, is done beside it. One process does it at a time, under
a lease. Whatever interrupts it, the next night goes on where it ended.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import structlog

from bot.measures.measure import Measure
from bot.measures.release import Release, Told
from bot.measures.rules import Before, outcome, remembered
from bot.store import closing, counts, dropping, leases, meta
from bot.store.closing import ChangedError, Due, Settled, Tally
from bot.store.columns import new_id
from bot.store.dropping import Piece
from bot.store.opening import Store
from bot.trust.databases import checkpoint, ease, vacuum
from bot.trust.keyring import DAY

#: The hour (UTC) of the nightly drop.
HOUR = 3
#: What one process at a time does.
LEASE = "ballot box"
_LENGTH = timedelta(minutes=10)
#: Of which the last drop was noted.
_NOTED = "last drop"
#: A last drop that lies so far ahead was noted by a clock that was wrong.
_ABSURD = timedelta(days=2)
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
    """The drop, then the close of what is due; None while another process is at it."""
    try:
        with _Box(store, now):
            store.writer.submit(lambda conn: meta.note(conn, _NOTED, now.isoformat())).result()
            dropped, waiting = _drop(store, now)
            closed = _close(store, measures, now, measure=None, early=False)
    except BusyError:
        return None
    return Night(dropped=dropped, waiting=waiting, closed=closed)


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
    with _Box(store, now):
        return _close(store, measures, now, measure=measure, early=early)


class _Box:
    """The right to be at the ballot box, alone."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now
        self._holder = new_id()

    def __enter__(self) -> None:
        held = self._store.writer.submit(
            lambda conn: leases.hold(conn, LEASE, self._holder, self._now, _LENGTH)
        ).result()
        if held is None:
            raise BusyError

    def __exit__(self, *_: object) -> None:
        self._store.writer.submit(
            lambda conn: leases.let_go(conn, LEASE, self._holder, self._now)
        ).result()


def _drop(store: Store, now: datetime) -> tuple[int, int]:
    """Drop what waits; how many shares, and how many of them wait on."""
    run = store.writer.submit
    run(lambda conn: dropping.begin(conn, store.keys, now)).result()
    dropped, waiting = 0, 0
    with store.engine.connect() as conn:
        for found in dropping.pieces(conn, store.keys):
            conn.rollback()  # A long look at the database would hold its old rows.
            if isinstance(found, Piece):
                dropped += run(partial(dropping.drop, piece=found)).result()
            else:
                count, shares = found
                waiting += len(shares)
                run(partial(dropping.wait, keys=store.keys, count=count, shares=shares)).result()
            ease(store.engine)
            time.sleep(0)  # Whoever waits for the writer goes first.
    over = run(dropping.end).result()
    if over:
        store.keys.forget_all(DAY + each for each in over)
    _tidy(store)
    return dropped, waiting


def _close(
    store: Store,
    measures: Mapping[str, Measure],
    now: datetime,
    *,
    measure: str | None,
    early: bool,
) -> Closed:
    with store.engine.connect() as conn:
        found = closing.due(conn, now, measure, early=early)
    told = held = expired = waiting = 0
    keys: list[str] = []
    weeks: set[str] = set()
    for together in _alike(found):
        settled = _settle(store, measures, together, now, early=early)
        told, held, expired = told + settled.told, held + settled.held, expired + settled.expired
        waiting += settled.waiting
        keys += settled.keys
        weeks |= settled.weeks
        # At once, so that no more than one measure's keys outlive their count if it is cut short.
        store.keys.forget_all(settled.keys)
    for week in sorted(weeks):
        store.writer.submit(partial(closing.drop_part, week=week)).result()
    if found:
        _tidy(store)
    return Closed(told=told, held=held, expired=expired, waiting=waiting)


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


def _settle(
    store: Store,
    measures: Mapping[str, Measure],
    found: Sequence[Due],
    now: datetime,
    *,
    early: bool,
) -> Settled:
    name = found[0].measure.name
    for _ in range(_TRIES):
        with store.engine.connect() as conn:
            tallies = [(due, closing.tally(conn, store.keys, due)) for due in found]
            whole = [tally for _, tally in tallies if tally is not None]
            there = [tally for tally in whole if not (early and tally.shares)]
            waiting = len(whole) - len(there)
            lost = [due for due, tally in tallies if tally is None]
            cells = [tally.cell for tally in there]
            gates = closing.before(conn, store.keys, name, cells)
        _spoiled(there)
        for due in lost:
            _log.error("a count is lost: its key is gone", measure=name, count=due.id)
            store.writer.submit(partial(counts.lose, count=due.id)).result()
        if not there:
            return Settled(waiting=waiting)
        measure = _with_floor(found, measures)
        before = list(gates.values())
        made = outcome(measure, cells, before)
        kept = remembered(before, cells, made)
        told = kept[len(kept) - len(made.cells) :]
        titles = {tally.due.cell: tally.due.title for tally in there}
        release = _release(measure, there, made.told, titles, now)
        try:
            settled = store.writer.submit(
                partial(
                    closing.settle,
                    keys=store.keys,
                    tallies=there,
                    made=release,
                    told=_in_order(told, made.cells),
                    useless=[
                        gate
                        for gate, each in gates.items()
                        if each not in kept[: len(kept) - len(told)]
                    ],
                    now=now,
                    early=early,
                )
            ).result()
        except ChangedError:
            found = _still(store, found)
            if not found:
                return Settled()
        else:
            return replace(settled, waiting=waiting)
    _log.warning("a count was shared in again and again, and is closed another time", measure=name)
    return Settled()


def _in_order(told: Iterable[Before], cells: Sequence[frozenset[str]]) -> list[Before]:
    """What was told of these groups of cells, in their order."""
    by_cells = {each.cells: each for each in told}
    return [by_cells[each] for each in cells]


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


def sweep(store: Store, patience: float = 5.0) -> int:
    """Forget keys that no row needs, which a crash may have left; says how many.

    A key is made before its row, so one that has none yet is looked at again after `patience`
    seconds.
    """
    with store.engine.connect() as conn:
        first = closing.orphans(conn, store.keys)
    if not first:
        return 0
    time.sleep(patience)
    with store.engine.connect() as conn:
        both = first & closing.orphans(conn, store.keys)
    if both:
        store.keys.forget_all(both)
    return len(both)
