"""Databases: how the words' database and the key store are opened, on SQLite and PostgreSQL.

SQLite gets WAL with synchronous=FULL, so that what is committed survives a power cut, and
secure_delete, so that what is deleted is overwritten (TRUST 3.5). Transactions are begun by
hand: BEGIN IMMEDIATE for those that write, so that two writers wait instead of failing.

StoreError
    UnknownDatabaseError, UnreachableError, FolderMissingError, ReadOnlyError, DiskFullError,
    BusyError, NotADatabaseError
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

#: How long a connection waits for another one's lock, in seconds.
PATIENCE = 20.0
#: How long it looks at a time whether it may write, in milliseconds.
_LOOK = 4
#: How many connections a process keeps to one PostgreSQL database.
POOL = 8

_PRAGMAS: tuple[str, ...] = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    "cache_size=-16384",
    "wal_autocheckpoint=8000",
)
#: A number of our own: whoever holds this lock alone may change a PostgreSQL schema.
_SCHEMA_LOCK = 0x534B4552


class StoreError(Exception):
    """A database cannot do what was asked; one line says what happened and what to do."""


class UnknownDatabaseError(StoreError):
    """The URL names no database that we can use."""


class UnreachableError(StoreError):
    """The database does not answer."""


class FolderMissingError(StoreError):
    """The folder that is to hold the SQLite file is not there."""


class ReadOnlyError(StoreError):
    """The file or its folder cannot be written."""


class DiskFullError(StoreError):
    """There is no room left to write."""


class BusyError(StoreError):
    """Another program holds the database."""


class NotADatabaseError(StoreError):
    """The file is no SQLite database, or a damaged one."""


_FULL = DiskFullError, "The disk of {} is full. Make room, then go on."
_SHUT = ReadOnlyError, "{} cannot be written. Give Skerry its file and its folder."
_BUSY = BusyError, "Another program holds {}. Stop it, then try again."
_DAMAGED = NotADatabaseError, "{} is no database, or a damaged one. Restore a backup."
#: After these, SQLite may have rolled the transaction back by itself.
_SPOILING = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_CORRUPT,
}
_NOT_KNOWN = (
    "A database URL names no database we know: write sqlite:///FILE or postgresql://HOST/NAME."
)
#: What SQLite's result codes mean.
_BY_CODE: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _SHUT,
    sqlite3.SQLITE_PERM: _SHUT,
    sqlite3.SQLITE_CANTOPEN: _SHUT,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}
#: What PostgreSQL's states mean.
_BY_STATE: dict[str, tuple[type[StoreError], str]] = {
    "53100": _FULL,
    "25006": (ReadOnlyError, "{} takes no writes. Name its primary server instead."),
    "55P03": _BUSY,
}


def engine(url: str) -> Engine:
    """Make the engine for a database; raises StoreError, most often when it is first used."""
    place = place_of(url)
    if place.get_backend_name() == "postgresql":
        return create_engine(
            place,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=POOL,
            connect_args={"connect_timeout": 5, "application_name": "skerry"},
        )
    made = create_engine(
        place,
        hide_parameters=True,
        pool_size=POOL,
        connect_args={"isolation_level": None, "timeout": PATIENCE},
    )
    event.listen(made, "connect", _tell_pragmas)
    event.listen(made, "begin", _begin)
    return made


def writing(made: Engine) -> Engine:
    """The same engine, whose transactions begin as writers."""
    return made.execution_options(writes=True)


def make_file(made: Engine) -> None:
    """Make the SQLite file before SQLite does, so that only its owner reads it.

    Raises StoreError.
    """
    path = file_of(made)
    if path is None:
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except FileNotFoundError:
        raise FolderMissingError(
            f"The folder {path.parent} is not there. Make it, or name another."
        ) from None
    except OSError as error:
        kind, line = _FULL if error.errno == errno.ENOSPC else _SHUT
        raise kind(line.format(path)) from None


def has_file(made: Engine) -> bool:
    """Whether something is in the SQLite file; true on PostgreSQL, and when nobody can tell."""
    path = file_of(made)
    try:
        return path is None or path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # Whoever opens it says what is wrong.
        return True


def is_sqlite(made: Engine | Connection) -> bool:
    """Whether this database is an SQLite file."""
    return made.dialect.name == "sqlite"


def file_of(made: Engine) -> Path | None:
    """The SQLite file behind an engine; None on PostgreSQL."""
    return Path(made.url.database or "") if is_sqlite(made) else None


def name_of(made: Engine) -> str:
    """What to call a database in a line for people: its URL without the password."""
    return made.url.render_as_string(hide_password=True)


@contextmanager
def plain_faults(made: Engine) -> Iterator[None]:
    """Turn what the database's driver raises into a StoreError, where one says it better."""
    try:
        yield
    except DBAPIError as error:
        plain = plain_fault(error, name_of(made))
        if plain is None:
            raise
        raise plain from error


def plain_fault(error: DBAPIError, name: str) -> StoreError | None:
    """The StoreError that says what a driver's error means; None when none does."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    state = getattr(error.orig, "sqlstate", None)
    found = _BY_CODE.get(code & 0xFF) if code is not None else _BY_STATE.get(state or "")
    if found is None and lost(error):
        found = UnreachableError, "{} does not answer. Start it, or mend its URL."
    if found is None:
        return None
    kind, line = found
    return kind(line.format(name))


def lost(error: DBAPIError) -> bool:
    """Whether the connection to PostgreSQL is gone, or never came to be."""
    state = getattr(error.orig, "sqlstate", "") or ""
    refused = state.startswith(("08", "28", "57P", "3D"))
    silent = type(error.orig).__module__.startswith("psycopg") and not state
    return error.connection_invalidated or refused or (silent and _operational(error))


def spoils(error: DBAPIError) -> bool:
    """Whether an error of SQLite leaves its whole transaction in doubt."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _SPOILING


def checkpoint(made: Engine) -> bool:
    """On SQLite, take what is in the WAL into the file and cut the WAL to nothing (TRUST 3.5).

    False when somebody who reads for long stood in the way.
    """
    if not is_sqlite(made):
        return True
    with made.connect() as conn:
        busy, *_ = _bare(conn).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def ease(made: Engine) -> None:
    """On SQLite, take what is in the WAL into the file as far as nobody stands in the way.

    The writer goes on meanwhile; later it has that much less to do within somebody's reply.
    """
    if is_sqlite(made):
        with made.connect() as conn:
            _bare(conn).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def settle(made: Engine, mark: int) -> None:
    """Make an SQLite file one that stands alone, without a WAL, and mark what it is."""
    with made.connect() as conn:
        bare = _bare(conn)
        bare.execute(f"PRAGMA application_id={mark}")
        bare.execute("PRAGMA journal_mode=DELETE").fetchone()
    made.dispose()


def mark_of(path: Path) -> int | None:
    """The mark that `settle` gave an SQLite file; None when it is no SQLite file.

    Raises OSError.
    """
    with path.open("rb") as file:
        top = file.read(100)
    if not top.startswith(b"SQLite format 3\0"):
        return None
    return int.from_bytes(top[68:72])


def vacuum(made: Engine, table: str) -> None:
    """On PostgreSQL, let go of the dead rows of a table; on SQLite, of the WAL."""
    if is_sqlite(made):
        checkpoint(made)
        return
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f'VACUUM "{table}"'))


def hold_schema(conn: Connection) -> None:
    """Make other processes wait until this transaction has changed the schema."""
    if not is_sqlite(conn):
        conn.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _SCHEMA_LOCK})


def place_of(url: str) -> URL:
    """Where a URL leads, said in full; raises UnknownDatabaseError."""
    try:
        place = make_url(url)
    except ArgumentError:
        raise UnknownDatabaseError(_NOT_KNOWN) from None
    if place.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return place.set(drivername="postgresql+psycopg")
    if place.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise UnknownDatabaseError(_NOT_KNOWN)
    if place.database in (None, "", ":memory:"):
        raise UnknownDatabaseError("An SQLite URL names no file: write sqlite:///FILE.")
    return place


def _bare(conn: Connection) -> sqlite3.Connection:
    """The driver's own connection, for what SQLite does only outside a transaction."""
    bare = conn.connection.driver_connection
    if not isinstance(bare, sqlite3.Connection):
        raise TypeError("This is for SQLite alone.")
    return bare


def _operational(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError")


def _tell_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(conn: Connection) -> None:
    if not conn.get_execution_options().get("writes", False):
        conn.exec_driver_sql("BEGIN")
        return
    # SQLite looks less and less often whether it is its turn, up to each tenth of a second: who
    # writes much and pauses shortly would never let others in. So we look again and again.
    driver: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment]
    until = time.monotonic() + PATIENCE
    driver.execute(f"PRAGMA busy_timeout={_LOOK}")
    try:
        while True:
            try:
                conn.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                busy = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() >= until:
                    raise
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={round(PATIENCE * 1000)}")
