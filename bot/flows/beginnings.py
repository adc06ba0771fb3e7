"""Beginnings: a small practice to start from, or a copy of one there is, under a new name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.flows import shelves
from bot.flows.practice import Library, Practice

_FOLDER = shelves.FLOWS / "beginning"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 40
#: What our own files say to editors: the schema lies beside ours alone.
_SCHEMA = re.compile(r"^# yaml-language-server:.*\n")


class NoBeginningError(ValueError):
    """The practice cannot be begun under this name, or in this place; the message says why."""


def begin(name: str, folder: Path, library: Library, copied: Practice | None) -> tuple[Path, ...]:
    """Write the files of a new practice; raises NoBeginningError, and then nothing is written."""
    _refuse_name(name, folder, library)
    files = {folder / file: text for file, text in _files(name, copied).items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            with file.open("x", encoding="utf-8") as new:
                new.write(text)
    except OSError as wrong:
        raise NoBeginningError(f"{folder} cannot be written: {wrong.strerror}.") from wrong
    return tuple(files)


def _files(name: str, copied: Practice | None) -> Mapping[str, str]:
    """What is written, by the names of the files."""
    if copied is None:
        yaml = shelves.content(_FOLDER / "beginning.yaml").decode()
        words = {"en": shelves.content(_FOLDER / "beginning.en.j2").decode()}
        found = {f"{name}.yaml": yaml, **{f"{name}.{of}.j2": text for of, text in words.items()}}
        return {file: text.replace("beginning", name) for file, text in found.items()}
    yaml = _SCHEMA.sub("", shelves.content(Path(copied.file)).decode())
    old = re.escape(copied.flow.name)
    return {
        f"{name}.yaml": re.sub(rf"(?m)^name:\s*['\"]?{old}\b['\"]?", f"name: {name}", yaml),
        **{f"{name}.{of}.j2": words.source for of, words in copied.words.items()},
    }


def _refuse_name(name: str, folder: Path, library: Library) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise NoBeginningError(
            f'"{name}" cannot be a name: write small letters, digits and single _, a letter '
            f"first, {_LONGEST} at most."
        )
    beside = [*(f"{name}{ending}" for ending in shelves.ENDINGS), f"{name}.en.j2"]
    for file in beside:
        if (folder / file).exists():
            raise NoBeginningError(f"There is {folder / file} already: choose another name.")
    torn = {fault.practice for fault in library.faults}
    if name in library.practices or name in torn:
        raise NoBeginningError(f"There is a practice named {name} already: choose another name.")
