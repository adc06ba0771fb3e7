"""The terminal's row: what is printed goes to a stream, what is typed comes through a pipe."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TextIO

from bot.adapters.terminal import HERE, Terminal
from tests.adapters.contract import (
    Can,
    CannotError,
    Ear,
    Lines,
    Person,
    Plain,
    Row,
    Seen,
    Trouble,
)

#: What stands around a message while a line is being typed.
_CLEAR, _PROMPT = "\r\x1b[K", "\n\n> "
_QUOTED = re.compile(r"^    \|(?: |$)", re.MULTILINE)

_WIRE = "there is no wire between us and the stream"
CANNOT: dict[Can | Trouble, str] = {
    Can.PRESS: "it has no buttons: options are numbered lines, and are typed",
    Can.CHANGE: "what was printed stays",
    Can.SPACES: "it breaks lines to the width of the window",
    Can.LINES: "a line that is typed ends with the line",
    Can.SEVERAL: "one person sits there",
    Can.GROUPS: "one person sits there",
    Can.GO: "whoever goes takes the process with them",
    Can.TELL_GONE: "whoever goes takes the process with them",
    Can.EDIT: "what was typed stays",
    Can.ACKNOWLEDGE: "a typed line is told once, and nobody waits for word of it",
    Can.REPEAT: "a typed line is told once",
    Can.AGAIN: "the chat ends with the error, before the eyes of whoever typed",
    Can.END: "the stream is not ours to close, and takes what it is given",
    **dict.fromkeys(Trouble, _WIRE),
}


class Paper(StringIO):
    """A stream that remembers what was written in one go."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[str] = []

    def write(self, text: str, /) -> int:
        self.sheets.append(text)
        return super().write(text)


@dataclass
class Typist(Lines):
    """Whoever sits there."""

    paper: Paper
    folder: Path
    keys: TextIO
    place: str = HERE

    def sees(self) -> list[Seen]:
        shown = [each.removeprefix(_CLEAR).removesuffix(_PROMPT) for each in self.paper.sheets]
        return [
            Seen(_QUOTED.sub("", each).strip("\n"))
            for each in shown
            if "Saved for you" not in each
        ]

    def files(self) -> list[bytes]:
        return [file.read_bytes() for file in sorted(self.folder.glob("*"))]

    def writes(self, text: str) -> None:
        self.keys.write(f"{text}\n")
        self.keys.flush()


@dataclass
class Desk(Plain):
    """The terminal, its screen and its keyboard."""

    adapter: Terminal
    typist: Typist
    ear: Ear = field(default_factory=Ear)
    secrets: tuple[str, ...] = ()
    nowhere: str = "there"
    listening: asyncio.Task[None] | None = None

    async def somebody(self, name: str) -> Person:  # noqa: ARG002 - There is one.
        return self.typist

    async def listens(self) -> None:
        there = asyncio.Event()
        self.listening = asyncio.create_task(self.adapter.listen(self.ear.hear, there.set))
        await there.wait()
        self.ear.heard.clear()
        self.ear.tried.clear()

    async def goes_wrong(self, trouble: Trouble, *, always: bool = False) -> None:  # noqa: ARG002
        raise CannotError(trouble)

    async def is_well(self) -> None:
        """It always is."""


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Desk]:
    paper, (there, here) = Paper(), os.pipe()
    before = sys.stdin
    with os.fdopen(there, encoding="utf-8") as stdin, os.fdopen(here, "w") as keys:
        sys.stdin = stdin
        desk = Desk(Terminal(paper, folder), Typist(paper, folder, keys))
        try:
            yield desk
        finally:
            await desk.adapter.close()
            keys.close()
            if desk.listening is not None:
                await asyncio.wait([desk.listening])
            sys.stdin = before


ROW = Row(name="terminal", opened=terminal, cannot=CANNOT)
