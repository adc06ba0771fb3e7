"""The master key, which wraps everybody's data key: from the environment or from a key file.

While a key file is being changed for a new one, the new key stands beside it in a file with
`.next` at the end of its name; both are read, so that a change that was cut short loses nothing.

MasterKeyError
    MissingKeyError, MalformedKeyError, ExposedKeyError, UnreadableKeyError
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path

from bot.trust.files import new_file, replace
from bot.trust.sealing import KEY_LENGTH, new_key

#: The rights of others, none of which a key file may give.
_OTHERS = 0o077


class MasterKeyError(Exception):
    """The master key cannot be had; one line says what happened and what to do."""


class MissingKeyError(MasterKeyError):
    """There is no key, and there are words that need it."""


class MalformedKeyError(MasterKeyError):
    """What stands there is no key."""


class ExposedKeyError(MasterKeyError):
    """Others can read the key file."""


class UnreadableKeyError(MasterKeyError):
    """The key file or its folder does not let us in."""


def from_text(text: str, source: str = "SKERRY_MASTER_KEY") -> bytes:
    """Read a key as it is written: 32 bytes in urlsafe base64; raises MalformedKeyError."""
    bare = text.strip().rstrip("=")
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise MalformedKeyError(f"{source} is not urlsafe base64. Copy the key again.") from None
    if len(key) != KEY_LENGTH:
        raise MalformedKeyError(
            f"{source} holds {len(key)} bytes, not {KEY_LENGTH}. Copy the whole key again."
        )
    return key


def to_text(key: bytes) -> str:
    """Write a key as `from_text` reads it."""
    return base64.urlsafe_b64encode(key).decode()


def from_file(path: Path) -> bytes:
    """Read the key in a file; raises MasterKeyError."""
    try:
        with path.open(encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(1024)
    except FileNotFoundError:
        raise MissingKeyError(
            f"The key file {path} is missing. Put it back: without it nobody's words open."
        ) from None
    except UnicodeDecodeError:
        raise MalformedKeyError(f"{path} is not urlsafe base64. Put the key back.") from None
    except OSError as error:
        raise UnreadableKeyError(
            f"The key file {path} cannot be read ({error.strerror}). Give it to Skerry's user."
        ) from None
    if mode & _OTHERS:
        raise ExposedKeyError(f"Others can read the key file {path}. Run: chmod 600 {path}")
    return from_text(text, str(path))


def make_file(path: Path) -> bytes:
    """Make a new key and its file, mode 0600; raises MasterKeyError, also when there is one."""
    key = new_key()
    try:
        with new_file(path) as draft:
            draft.write_text(f"{to_text(key)}\n", encoding="ascii")
    except FileExistsError:
        raise UnreadableKeyError(f"There is a key file {path} already. Keep it.") from None
    except OSError as error:
        raise UnreadableKeyError(
            f"The key file {path} cannot be made ({error.strerror}). Let Skerry write its folder."
        ) from None
    return key


def in_use(path: Path, *, empty: bool) -> tuple[bytes, ...]:
    """The key in a file, then the one that is to follow it, if a change was begun.

    A missing file is made when the caller says that the database is `empty`.
    Raises MasterKeyError.
    """
    if empty and not path.exists():
        return (make_file(path),)
    following = next_to(path)
    return (from_file(path), *([from_file(following)] if following.exists() else []))


def begin_change(path: Path) -> bytes:
    """Make the key that is to follow the one in a file, or read it when a change was begun."""
    following = next_to(path)
    return from_file(following) if following.exists() else make_file(following)


def end_change(path: Path) -> None:
    """Put the following key in the file, once the key store is wrapped with it.

    Raises OSError.
    """
    replace(next_to(path), path)


def next_to(path: Path) -> Path:
    """The file of the key that is to follow."""
    return path.with_name(f"{path.name}.next")


def fingerprint(key: bytes) -> str:
    """A name for a master key that says nothing about it."""
    return hashlib.sha256(b"skerry master key\0" + key).hexdigest()[:16]
