"""The lock: one `skerry run` at a time on an SQLite file; on PostgreSQL any number share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import Engine

from bot.trust.databases import BusyError, ReadOnlyError, file_of


@contextmanager
def sole(engine: Engine) -> Iterator[None]:
    """Hold the database for this process alone; raises BusyError when another one does."""
    path = file_of(engine)
    if path is None:
        yield
        return
    lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"Another Skerry runs on {path}. Stop it, or give this one its own database."
        ) from None
    except OSError as error:
        raise ReadOnlyError(f"{path.parent} cannot be written ({error.strerror}).") from None
    try:
        yield
    finally:
        lock.release()
