"""The terminal as a platform: one person, here and now, line by line.

Plain lines in and out, so that a screen reader and a pipe can follow. A blank line means
`done`. Where GNU readline is there, a line being typed holds the quiet gap open and is put
back under what is said meanwhile.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import TextIO
from unicodedata import category

from bot.adapters.port import Hear, Limits, Pace, Receipt
from bot.records import (
    Arrived,
    Body,
    Composing,
    Inbound,
    Media,
    Option,
    Outbound,
    Paragraph,
    Platform,
    Quote,
    Shown,
    Words,
)

try:
    import readline
except ImportError:  # pragma: no cover - a Python built without it
    readline = None  # type: ignore[assignment]

#: The one place there is.
HERE = "here"
_PROMPT = "> "
_WIDEST = 78
_INDENT = "    "
#: Seconds between two looks at whether somebody is typing.
_LOOK = 1.0
_CLEAR_LINE = "\r\x1b[K"


class Terminal:
    """Says what is to be said on a stream, and hears the lines that are typed."""

    platform = Platform.TERMINAL
    pace = Pace(chat=timedelta(0))
    limits = Limits(text=1_000_000, label=200, options=50)

    def __init__(self, out: TextIO, files: Path) -> None:
        #: Where exports and photos are put.
        self._files = files
        self._out = out
        self._reading = False
        self._gathered = False

    # --- what goes out ------------------------------------------------------------------

    async def send(self, place: str, message: Outbound) -> Receipt:
        """Print one message, or put one file where its path says."""
        del place
        self._gathered = False
        for file in message.files:
            self._print(f"Saved for you: {self._save(file)}")
            if alt := _cleaned(file.alt).strip():
                self._print(textwrap.fill(alt, self._width()))
        if message.paragraphs or message.options:
            self._print(shown(message, width=self._width()))
        return Receipt(message=token_hex(8))

    async def sign_of_life(self, place: str) -> None:
        """Nothing to show: the typed line itself stands there."""
        del place

    async def show(self, place: str, shown: Shown) -> None:
        """Nothing to change: what was printed stays."""
        del place, shown

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        """Nothing to change: what was printed stays."""
        del place, name, message
        return True

    async def belongs(self, place: str, person: str) -> bool | None:
        """Nobody knows: there are no places of several people."""
        del place, person
        return None

    async def close(self) -> None:
        """Nothing to let go of."""

    def say(self, line: str) -> None:
        """Print a line of the terminal's own."""
        self._print(line)

    def _width(self) -> int:
        return min(_WIDEST, shutil.get_terminal_size().columns)

    def _save(self, file: Media) -> Path:
        self._files.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = Path(file.name).name
        path = self._files / f"{token_hex(3)}-{name}"
        path.touch(mode=0o600)
        path.write_bytes(file.content)
        return path

    def _print(self, text: str) -> None:
        """Print above the line that is being typed, and put that line back."""
        if not self._reading:
            self._out.write(f"{text}\n")
        else:
            typed = readline.get_line_buffer() if readline else ""
            self._out.write(f"{_CLEAR_LINE}{text}\n\n{_PROMPT}{typed}")
        self._out.flush()

    # --- what comes in ------------------------------------------------------------------

    async def listen(self, hear: Hear, arrived: Callable[[], None]) -> None:
        """Hear each line until the end of input.

        The first thing heard is an arrival; `arrived` is called once it has been taken, so that
        nothing wakes before somebody is there.
        """
        await hear(_inbound(Arrived()))
        arrived()
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        reader = threading.Thread(target=self._read, args=(loop, lines), daemon=True)
        reader.start()
        typed = ""
        while True:
            try:
                line = await asyncio.wait_for(lines.get(), timeout=_LOOK)
            except TimeoutError:
                typed = await self._composing(hear, typed)
                continue
            if line is None:
                return
            await self._line(hear, line)

    async def _line(self, hear: Hear, line: str) -> None:
        if not line.strip():
            if self._gathered:
                await hear(_inbound(_said("done")))
            return
        self._gathered = True
        reply = await hear(_inbound(_said(line)))
        if reply.toast:
            self._print(reply.toast)

    async def _composing(self, hear: Hear, before: str) -> str:
        """Tell of a line that is being typed, once each time it has grown."""
        typed = readline.get_line_buffer() if readline and self._reading else ""
        if typed and typed != before and self._gathered:
            await hear(_inbound(Composing()))
        return typed

    def _read(self, loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
        """Read lines in a thread of its own, for reading blocks."""
        if readline:
            readline.set_auto_history(False)
        while True:
            try:
                self._reading = True
                line: str | None = input(_PROMPT)
            except (EOFError, KeyboardInterrupt, ValueError, OSError):
                line = None
            self._reading = False
            try:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            except RuntimeError:
                return
            if line is None:
                return


def shown(message: Outbound, *, width: int) -> str:
    """A message as plain lines: paragraphs, quotes set in, options numbered."""
    pieces = [_paragraph(part, width) for part in message.paragraphs]
    if message.options:
        pieces.append("\n".join(_numbered(n, each) for n, each in enumerate(message.options, 1)))
    if quiet := _cleaned(message.aside).strip():
        pieces.append(textwrap.fill(f"({quiet})", width))
    return "\n\n".join(["", *pieces]) if pieces else ""


def _paragraph(part: Paragraph | Quote, width: int) -> str:
    lines = _cleaned(part.text).split("\n")
    if isinstance(part, Paragraph):
        return "\n".join(textwrap.fill(line, width) for line in lines)
    return "\n".join(
        textwrap.fill(line, width, initial_indent=f"{_INDENT}| ", subsequent_indent=f"{_INDENT}| ")
        or f"{_INDENT}|"
        for line in lines
    )


def _numbered(number: int, option: Option) -> str:
    chosen = " (chosen)" if option.chosen else ""
    return f"  {_cleaned(option.numbered(number))}{chosen}"


def _cleaned(text: str) -> str:
    """Words without what would steer the terminal; each such sign is shown as one that is lost."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if _steers(each) else each for each in lines)


def _steers(letter: str) -> bool:
    return category(letter) in {"Cc", "Cs"} and letter not in "\n\t"


def _said(line: str) -> Words:
    return Words(message=token_hex(8), text=line)


def _inbound(body: Body) -> Inbound:
    return Inbound(platform=Platform.TERMINAL, id=token_hex(16), place=HERE, body=body)


def is_terminal() -> bool:
    """Whether somebody can type here."""
    return sys.stdin.isatty() and sys.stdout.isatty()
