"""Attempts: how works are run and committed, together or alone, and when they are tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.trust.databases import StoreError, lost, name_of, plain_fault, spoils

#: How long to wait before each further try on PostgreSQL, in seconds.
PAUSES = (0.02, 0.1, 0.3, 0.8, 1.5, 2.0, 2.0)
#: Two transactions stood in each other's way: a serialization failure, a deadlock, one new row.
_COLLISIONS = frozenset({"40001", "40P01", "23505"})
#: How often such a collision is tried again.
_COLLIDE = 3


@dataclass(frozen=True, slots=True)
class Work:
    """A function of a connection, and the future that waits for it."""

    run: Callable[[Connection], Any]
    future: Future[Any]
    #: What is done instead, in the same place, when the work raises; not when the database fails.
    otherwise: Callable[[Connection, Exception], Any] | None = None


class Line:
    """One thread's own connection, kept open from work to work and left when anything fails."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._conn: Connection | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back when something is raised."""
        conn = self._conn or self.engine.connect()
        try:
            with conn.begin():
                yield conn
        except BaseException:
            self.leave()
            conn.close()
            raise
        self._conn = conn

    def leave(self) -> None:
        """Let go of the connection."""
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.close()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a work gave before it was committed."""

    value: Any = None
    error: BaseException | None = None


def together(line: Line, works: list[Work]) -> None:
    """Run works and commit them as one.

    Hardly ever does one raise, so they are first run without savepoints, which cost a tenth of
    a reply. When one does, all are run again, each within a savepoint of its own; and singly,
    when even so the group cannot be committed.
    """
    for run in (_within_nothing, _within_savepoint):
        try:
            with line.begin() as conn:
                outcomes = [run(conn, work) for work in works]
        except BaseException:  # noqa: BLE001, S112 - The next way gives each work its own end.
            continue
        for work, outcome in zip(works, outcomes, strict=True):
            _tell(work, outcome)
        return
    for work in works:
        persistently(line, work)


def _within_nothing(conn: Connection, work: Work) -> _Outcome:
    """Run a work; what it raises undoes the whole group."""
    return _Outcome(value=work.run(conn))


def persistently(line: Line, work: Work) -> None:
    """Run a work in its own transaction, a few times if the database was in its way."""
    tries = 0
    while True:
        try:
            with line.begin() as conn:
                value = work.run(conn)
        except BaseException as error:  # noqa: BLE001 - Whatever it is, its future has it.
            if not _again(error, tries):
                _tell(work, _instead(line, work, _plain(line.engine, error)))
                return
        else:
            _tell(work, _Outcome(value=value))
            return
        time.sleep(PAUSES[tries])
        tries += 1


def _within_savepoint(conn: Connection, work: Work) -> _Outcome:
    """Run a work; what it raises undoes it alone, unless the whole transaction is spoilt."""
    conn.exec_driver_sql("SAVEPOINT work")
    try:
        outcome = _Outcome(value=work.run(conn))
    except BaseException as error:  # Whatever it is, its future has it.
        if isinstance(error, DBAPIError) and spoils(error):
            raise
        _undo(conn)
        outcome = _instead_within(conn, work, error)
    conn.exec_driver_sql("RELEASE work")
    return outcome


def _replacement(work: Work, error: BaseException) -> Callable[[Connection], Any] | None:
    """What is to be done instead of a work; nothing when it was a database that failed."""
    otherwise = work.otherwise
    if otherwise is None or not isinstance(error, Exception) or isinstance(error, StoreError):
        return None
    return lambda conn: otherwise(conn, error)


def _undo(conn: Connection) -> None:
    while nested := conn.get_nested_transaction():
        nested.rollback()
    conn.exec_driver_sql("ROLLBACK TO work")


def _instead_within(conn: Connection, work: Work, error: BaseException) -> _Outcome:
    """Do what is to be done instead of a work that was undone, within its savepoint."""
    instead = _replacement(work, error)
    if instead is None:
        return _Outcome(error=error)
    try:
        return _Outcome(value=instead(conn))
    except Exception as worse:
        if isinstance(worse, DBAPIError) and spoils(worse):
            raise
        _undo(conn)
        return _Outcome(error=worse)


def _instead(line: Line, work: Work, error: BaseException) -> _Outcome:
    """Do what is to be done instead of a work, in a transaction of its own."""
    instead = _replacement(work, error)
    if instead is None:
        return _Outcome(error=error)
    try:
        with line.begin() as conn:
            return _Outcome(value=instead(conn))
    except Exception as worse:  # noqa: BLE001 - Whatever it is, the future has it.
        return _Outcome(error=_plain(line.engine, worse))


def _again(error: BaseException, tries: int) -> bool:
    """Whether another try may mend it."""
    if tries == len(PAUSES):
        return False
    if not isinstance(error, DBAPIError):
        return False
    collided = getattr(error.orig, "sqlstate", None) in _COLLISIONS
    return lost(error) or (collided and tries < _COLLIDE)


def _plain(engine: Engine, error: BaseException) -> BaseException:
    """The error in plain words, if the store has them."""
    if not isinstance(error, DBAPIError):
        return error
    plain: StoreError | None = plain_fault(error, name_of(engine))
    if plain is None:
        return error
    plain.__cause__ = error
    return plain


def _tell(work: Work, outcome: _Outcome) -> None:
    if outcome.error is None:
        work.future.set_result(outcome.value)
    else:
        work.future.set_exception(outcome.error)
