"""What the change gate remembers, for how long, and what becomes of it when it is lost.

Groups that were told are kept with marks of who took part. They are in no backup, so after a
restore nobody knows who was in what had been told: then it is not told of anew for as long as it
would have been remembered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from bot.store import meta, releases
from bot.store.counted import gate, mark, open_count, release
from bot.trust.keyring import GATE, KeyRing

#: How long a group is remembered after anything was last held against it.
KEPT_FOR = timedelta(weeks=26)
#: Of which measures what was remembered was lost, and when, as JSON in one line.
_LOST = "gates lost"


def forget(conn: Connection, gates: Iterable[str]) -> None:
    """Take gates out, with the marks of who took part."""
    ids = list(gates)
    conn.execute(delete(mark).where(mark.c.gate.in_(ids)))
    conn.execute(delete(gate).where(gate.c.id.in_(ids)))


def fade(conn: Connection, now: datetime) -> int:
    """Forget the groups that nothing was held against for long, unless a cell is being counted.

    Says how many.
    """
    rows = conn.execute(
        select(gate.c.id, gate.c.measure, gate.c.cells).where(gate.c.held_at < now - KEPT_FOR)
    ).all()
    counted = {
        (row.measure, row.cell)
        for row in conn.execute(select(open_count.c.measure, open_count.c.cell))
    }
    old = [
        row.id
        for row in rows
        if not counted.intersection((row.measure, cell) for cell in json.loads(row.cells))
    ]
    if old:
        forget(conn, old)
    return len(old)


def keyless(conn: Connection, keys: KeyRing) -> tuple[str, ...]:
    """The measures whose marks nobody can compare any more; read before the keys are."""
    measures = conn.scalars(select(gate.c.measure).distinct()).all()
    here = keys.passing() if measures else frozenset()
    return tuple(each for each in measures if GATE + each not in here)


def lose(conn: Connection, measures: Iterable[str], now: datetime) -> None:
    """Note that nothing is known any more of who was in what was told of some measures."""
    noted = _noted(conn)
    for measure in measures:
        forget(conn, conn.scalars(select(gate.c.id).where(gate.c.measure == measure)))
        noted[measure] = now.isoformat()
    if noted:
        meta.note(conn, _LOST, json.dumps(noted, sort_keys=True))


def lose_all(conn: Connection, now: datetime) -> None:
    """The same, of every measure of which something was told: after a restore."""
    lose(conn, conn.scalars(select(release.c.measure).distinct()).all(), now)


def unknown(conn: Connection, measure: str, now: datetime) -> frozenset[str]:
    """The titles of groups that were told not long ago and are not remembered any more."""
    lost = _noted(conn).get(measure)
    if lost is None:
        return frozenset()
    until = datetime.fromisoformat(lost).date()
    found = releases.all_of(conn, measure, (now - KEPT_FOR).date())
    return frozenset(
        title
        for each in found
        if each.until <= until
        for told in each.told
        for title in told.groups
    )


def _noted(conn: Connection) -> dict[str, str]:
    found: dict[str, str] = json.loads(meta.noted(conn, _LOST) or "{}")
    return found
