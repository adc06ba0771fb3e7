"""Copying: every row of one database into another, table by table and in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select

from bot.store.meta import NOBODYS
from bot.store.tables import BOX, health, lease, media, metadata, outbox, visit
from bot.trust.databases import is_sqlite

#: Told after each chunk: the table's name, and how many of its rows are copied.
Progress = Callable[[str, int], None]

#: What running processes tell each other, and who is on their way just now: of no use to those
#: that come after a restore.
OF_PROCESSES = (lease, health, visit)
# Counts that are open stay out too: their keys are in no backup, so nothing of them would open.
_CHUNK = 500
#: Rows of these may carry photos.
_HEAVY = {media: 10, outbox: 10}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    with engine.connect() as conn:
        if not is_sqlite(engine):
            conn = conn.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        yield conn


def copy(source: Connection, target: Connection, progress: Progress | None = None) -> int:
    """Copy every row in place of what nobody owns in `target`; say how many rows."""
    for table in NOBODYS:
        target.execute(delete(table))
    return sum(
        _copy(source, target, table, progress)
        for table in metadata.sorted_tables
        if table not in (*OF_PROCESSES, *BOX)
    )


def _copy(source: Connection, target: Connection, table: Table, progress: Progress | None) -> int:
    chunk = _HEAVY.get(table, _CHUNK)
    copied = 0
    found = source.execute(select(table), execution_options={"yield_per": chunk})
    for rows in found.mappings().partitions():
        target.execute(insert(table), [dict(row) for row in rows])
        copied += len(rows)
        if progress:
            progress(table.name, copied)
    _count_on(target, table)
    return copied


def _count_on(target: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were copied with their numbers."""
    column = table.autoincrement_column
    if column is None or is_sqlite(target):
        return
    following = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
    numbers = func.pg_get_serial_sequence(table.name, column.name)
    target.execute(select(func.setval(numbers, following, False)))  # noqa: FBT003 - Not yet given.
