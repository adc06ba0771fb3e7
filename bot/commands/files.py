"""Files that a command is given or writes; whatever is wrong is one clear line."""

from __future__ import annotations

from pathlib import Path

from bot.commands.refusing import refuse

#: The largest file that is read.
LARGEST = 2_000_000
#: Read and written by the owner alone.
OWNERS = 0o600


def read_bytes(path: Path) -> bytes:
    """What a file holds; refuses one that cannot be read, or is too large."""
    try:
        if path.stat().st_size > LARGEST:
            refuse(f"{path} is larger than 2 MB. Take a smaller file.")
        return path.read_bytes()
    except OSError as error:
        refuse(f"{path} cannot be read ({error.strerror}). Look at its name and its rights.")


def has_folder(path: Path) -> None:
    """Refuse a file whose folder is not there."""
    if not path.parent.is_dir():
        refuse(f"There is no folder {path.parent}. Make it, or name another file.")


def write_bytes(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file, in place of one that is there; refuses where that cannot be.

    A private one can be read by nobody else on this machine, whoever could read the one before.
    """
    has_folder(path)
    try:
        if private:
            path.touch(mode=OWNERS)
            if path.is_file():
                path.chmod(OWNERS)
        path.write_bytes(content)
    except OSError as error:
        refuse(f"{path} cannot be written ({error.strerror}). Name another file.")
