"""Files of our own that hold keys or backups: written whole or not at all, for our eyes only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a private file to write to, which takes the name `path` once all is on the disk.

    Raises FileExistsError when there is such a file, and OSError.
    """
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield draft
        _settle(draft)
        os.link(draft, path)  # Unlike a rename, this fails when somebody was faster.
    finally:
        for left in draft.parent.glob(f"{draft.name}*"):
            with suppress(FileNotFoundError):
                left.unlink()
    _settle(path.parent)


def replace(old: Path, new: Path) -> None:
    """Let `old` take the place of `new`, whatever happens meanwhile; raises OSError."""
    old.replace(new)
    _settle(new.parent)


def _settle(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
