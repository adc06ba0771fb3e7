"""Backup and restore: all rows in one SQLite file, whichever database they came from.

A backup holds sealed words and no key. The key store is backed up apart (`bot.trust.keybackup`),
for seven days at most, so that an old backup opens nothing of anybody who was forgotten.

BackupError
    FileTakenError, NoBackupError, NotEmptyError, OtherKeysError
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from bot.store import circles, forgetting, gates, meta, outbox, rounds
from bot.store.connect import upgrade
from bot.store.copying import Progress, copy, snapshot
from bot.trust.databases import (
    StoreError,
    engine,
    file_of,
    mark_of,
    name_of,
    plain_faults,
    settle,
    writing,
)
from bot.trust.files import new_file
from bot.trust.keyring import KeyRing

#: `SKRY`: what says that an SQLite file is a backup of words.
MARK = 0x534B5259


class BackupError(StoreError):
    """A backup or a restore is refused; one line says why and what to do."""


class FileTakenError(BackupError):
    """There is a file of that name."""


class NoBackupError(BackupError):
    """The file is not a backup of ours."""


class NotEmptyError(BackupError):
    """The database to restore into has people in it."""


class OtherKeysError(BackupError):
    """The backup was sealed with the keys of another key store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did."""

    rows: int
    #: How many people had no key any more, and how many circles: their rows are deleted.
    swept: int
    circles: int
    #: How many messages had not been sent at the backup: they have expired.
    expired: int


def backup(source: Engine, path: Path, progress: Progress | None = None) -> int:
    """Write all rows as they are now into a new file; say how many rows.

    It works while the house runs. Raises BackupError and StoreError.
    """
    try:
        with new_file(path) as draft:
            target = engine(f"sqlite:///{draft}")
            try:
                upgrade(target)
                rows = _copied(source, target, progress)
                settle(target, MARK)
            finally:
                target.dispose()
    except FileExistsError:
        raise FileTakenError(f"There is a file {path} already. Name another.") from None
    except OSError as error:
        raise BackupError(f"{path} cannot be written ({error.strerror}). Name another.") from None
    return rows


def look_at(path: Path) -> None:
    """Raise NoBackupError where a file is no backup of ours."""
    try:
        if mark_of(path) != MARK:
            raise NoBackupError(
                f"{path} is not a backup of Skerry's. Name the file that skerry backup wrote."
            )
    except OSError as error:
        raise NoBackupError(
            f"{path} cannot be read ({error.strerror}). Name the file that skerry backup wrote."
        ) from None


def restore(
    path: Path, target: Engine, keys: KeyRing, now: datetime, progress: Progress | None = None
) -> Restored:
    """Put the rows of a backup into an empty database, all or none.

    What had not been sent ends as expired, open wake-ups stay, what waited in rounds of circles is
    not shown, and people and circles whose keys are gone are deleted. An older backup is upgraded.
    Raises BackupError, NewerError and StoreError.
    """
    if not meta.is_empty(target):
        raise NotEmptyError(
            f"{name_of(target)} has people in it. Restore into a new, empty database: "
            "README.md says how, under Back up and restore."
        )
    with _opened(path, file_of(target)) as source:
        upgrade(source)
        if meta.key_store(source) not in (None, keys.id):
            raise OtherKeysError(
                f"{path} was sealed with the keys of another key store. Move what is here aside, "
                "and name the backup of those keys with --keys."
            )
        with plain_faults(target), snapshot(source) as conn, writing(target).begin() as into:
            rows = copy(conn, into, progress)
            expired = outbox.expire_all(into, "restored", now)
            gates.lose_all(into, now)
            rounds.let_all_go(into)
            swept = forgetting.sweep_keyless(into, keys)
            gone = circles.sweep_keyless(into, keys)
    meta.note_key_store(target, keys.id)
    return Restored(rows=rows, swept=swept, circles=gone, expired=expired)


def _copied(source: Engine, target: Engine, progress: Progress | None) -> int:
    with (
        plain_faults(source),
        plain_faults(target),
        snapshot(source) as conn,
        writing(target).begin() as into,
    ):
        return copy(conn, into, progress)


@contextmanager
def _opened(path: Path, beside: Path | None) -> Iterator[Engine]:
    """A backup opened as a copy, so that the file itself stays as it is."""
    look_at(path)
    try:
        with TemporaryDirectory(dir=beside.parent if beside else None) as folder:
            copied = Path(folder) / "backup.sqlite"
            shutil.copyfile(path, copied)
            source = engine(f"sqlite:///{copied}")
            try:
                yield source
            finally:
                source.dispose()
    except OSError as error:
        raise NoBackupError(f"{path} cannot be read ({error.strerror}).") from None
