"""Backups of the key store: a file of their own, good for seven days (TRUST 2).

The keys in it are wrapped by the master key, which is not in it. It is refused when it is
older, for it would give back the keys of people who were forgotten since.

KeyBackupError
    TooOldError
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import BigInteger, Column, Engine, MetaData, Table, insert, select

from bot.trust import keystore
from bot.trust.databases import StoreError, engine, mark_of, plain_faults, settle, writing
from bot.trust.files import new_file
from bot.trust.keyring import DEPLOYMENT, KeyRing
from bot.trust.keystore import Facts, Wrapped

#: `SKRK`: what says that an SQLite file is a backup of keys.
MARK = 0x534B524B
#: How long a backup of keys is good.
LIFE = timedelta(days=7)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
#: When the backup was made, in milliseconds since 1970.
_stamp = Table("made", MetaData(), Column("at", BigInteger, nullable=False))


class KeyBackupError(StoreError):
    """A backup of keys or its restore is refused; one line says why and what to do."""


class TooOldError(KeyBackupError):
    """The backup has outlived its seven days."""


def backup_keys(ring: KeyRing, path: Path, now: datetime) -> int:
    """Write all wrapped keys as they are now into a new file; say how many. Raises StoreError."""
    said, wrapped = ring.all_wrapped()
    try:
        with new_file(path) as draft:
            _write(draft, said, wrapped, now)
    except FileExistsError:
        raise KeyBackupError(f"There is a file {path} already. Name another.") from None
    except OSError as error:
        raise KeyBackupError(
            f"{path} cannot be written ({error.strerror}). Name another."
        ) from None
    return len(wrapped)


def look_at(path: Path, now: datetime) -> None:
    """Raise KeyBackupError where a file is no backup of keys, or too old a one."""
    _fresh(path, _read(path)[0], now)


def restore_keys(path: Path, url: str, now: datetime) -> int:
    """Put a backup of keys into a key store that has none; say how many.

    The key ring is opened afterwards, with the master key of the backup. Raises StoreError.
    """
    made_at, said, wrapped = _read(path)
    _fresh(path, made_at, now)
    target = engine(url)
    try:
        _put(target, said, wrapped)
    finally:
        target.dispose()
    return len(wrapped)


def _fresh(path: Path, made_at: datetime, now: datetime) -> None:
    if now - made_at > LIFE:
        raise TooOldError(
            f"{path} is older than {LIFE.days} days and may hold the keys of people who asked "
            "to be forgotten. Use a newer one."
        )


def _put(target: Engine, said: Facts, wrapped: tuple[Wrapped, ...]) -> None:
    keystore.make_tables(target)
    with plain_faults(target), writing(target).begin() as conn:
        if keystore.owners(conn) - {DEPLOYMENT}:
            raise KeyBackupError(
                "This key store has keys. Restore into a new, empty one: README.md says how, "
                "under Back up and restore."
            )
        keystore.remove(conn, DEPLOYMENT)
        keystore.set_facts(conn, said)
        keystore.add(conn, wrapped)


def _write(draft: Path, said: Facts, wrapped: tuple[Wrapped, ...], now: datetime) -> None:
    target = engine(f"sqlite:///{draft}")
    keystore.make_tables(target)
    with plain_faults(target), writing(target).begin() as conn:
        _stamp.create(conn)
        conn.execute(insert(_stamp), {"at": (now - _EPOCH) // _MILLISECOND})
        keystore.set_facts(conn, said)
        keystore.add(conn, wrapped)
    settle(target, MARK)


def _read(path: Path) -> tuple[datetime, Facts, tuple[Wrapped, ...]]:
    """Read a copy of the file, so that the file itself stays as it is."""
    try:
        if mark_of(path) != MARK:
            raise KeyBackupError(
                f"{path} is not a backup of Skerry's keys. "
                "Name the file that skerry backup --keys wrote."
            )
        with TemporaryDirectory() as folder:
            copied = Path(folder) / "keys.sqlite"
            shutil.copyfile(path, copied)
            source = engine(f"sqlite:///{copied}")
            with plain_faults(source), source.connect() as conn:
                at = conn.scalar(select(_stamp.c.at)) or 0
                said, wrapped = keystore.facts(conn), keystore.keys(conn)
            source.dispose()
    except OSError as error:
        raise KeyBackupError(
            f"{path} cannot be read ({error.strerror}). "
            "Name the file that skerry backup --keys wrote."
        ) from None
    if said is None:
        raise KeyBackupError(f"{path} is not whole. Use another backup.")
    return _EPOCH + at * _MILLISECOND, said, wrapped
