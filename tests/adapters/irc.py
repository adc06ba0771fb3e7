"""IRC as a platform, in one file: the example of docs/adapters.md. It is tested, not shipped.

RFC 2812 has no buttons, no edits, no files and no receipts, and a server keeps nothing for a bot.
So options are read as a numbered list and typed; a receipt is what we can know ourselves; and
what came in is tried until it is taken, for nobody would say it again.

The rule of order: behind the lines of each message goes a PING of ours, a fence. A server works
through what we send in its order, so whatever it says before the PONG is about those lines.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex

import structlog

from bot.adapters.port import (
    Departed,
    Hear,
    Limits,
    Pace,
    Receipt,
    Refused,
    Throttled,
    Undeliverable,
    Unreachable,
)
from bot.records import Inbound, Outbound, Paragraph, Platform, Quote, Shown, Words

#: A line has 512 bytes with the sender's name before it. 130 UTF-16 units are never more than 390.
LIMITS = Limits(text=130, label=0, options=0)
#: RFC 2813: two seconds are counted for each line.
PACE = Pace(bot=0.5)
#: How long to wait when the server says "try again": it does not say when.
A_WHILE = timedelta(seconds=10)
#: Seconds for a connection, for an answer, and for what is being taken when we close.
CONNECT, ANSWER, LAST = 10.0, 20.0, 5.0
#: Seconds to wait after a failure: the first, and the longest.
FIRST, LONGEST = 0.2, 30.0
#: What IRC cannot carry, and what its clients read as colours, bold and hidden commands.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
#: RFC 2812: these signs are the small letters of `[]\~`, and a name is one whatever its case.
_FOLDED = str.maketrans("[]\\~", "{}|^")
AWAY_DETAIL = "IRC cannot be reached ({}). Skerry goes on trying."
_SAYS_NOTHING = "\u2026"
#: The end of the welcome: the end of the message of the day, or that there is none.
_WELCOMED = frozenset({"376", "422"})
#: "Try again" is no error by its number.
_TRY_AGAIN = "263"

Tell = Callable[[bool, str], Awaitable[None]]

_log = structlog.get_logger("irc")


# --- pure: from a message to lines, from a line to what was said ------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line from the server."""

    source: str
    command: str
    params: tuple[str, ...]


def parsed(raw: bytes) -> Line:
    """Any line; what is not there is empty."""
    text, source = raw.rstrip(b"\r\n").decode(errors="replace"), ""
    if text.startswith(":"):
        source, _, text = text[1:].partition(" ")
    head, colon, last = text.partition(" :")
    command, *params = head.split() or [""]
    return Line(source, command.upper(), (*params, *([last] if colon else [])))


def place_of(nick: str) -> str:
    """The one place of a nickname, however it is written."""
    return nick.lower().translate(_FOLDED)


def said(line: Line, us: str) -> Inbound | None:
    """What somebody said to us; None for channels, servers and questions of other clients."""
    nick, is_person, _ = line.source.partition("!")
    to, text = (*line.params, "", "")[:2]
    if not is_person or place_of(to) != place_of(us) or text.startswith("\x01"):
        return None
    if not text.strip():
        return None
    words = Words(message=token_hex(8), text=text)
    return Inbound(platform=Platform.TERMINAL, id=token_hex(16), place=place_of(nick), body=words)


def written(paragraphs: Sequence[Paragraph | Quote]) -> list[str]:
    """A message as lines, in which nothing is markup; a quote has a stroke before each."""
    lines: list[str] = []
    for part in paragraphs:
        text = part.text.replace("\r\n", "\n").replace("\r", "\n")
        mark = "| " if isinstance(part, Quote) else ""
        shown = _UNSENDABLE.sub("\ufffd", text).split("\n")
        lines += [mark + line for line in shown if line.strip()]
    return lines or [_SAYS_NOTHING]


def undeliverable(number: str) -> Undeliverable:
    """What a numeric answer to our lines means for them; reasons quote nobody."""
    match number:
        case "401":
            return Departed("401 nobody there")
        case "263":
            return Throttled(A_WHILE, everywhere=True)
        case _:
            return Refused(number)


# --- the port ---------------------------------------------------------------------------------


@dataclass(eq=False)
class _Fence:
    """A PING behind the lines of one message."""

    #: How many lines there are, and how many of them the server did not take.
    lines: int
    refused: int = 0
    trouble: Undeliverable | None = None
    token: str = field(default_factory=lambda: token_hex(8))
    passed: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def refuse(self, trouble: Undeliverable) -> None:
        """Another line was not taken."""
        self.trouble = trouble
        self.refused += 1

    def end(self, trouble: Undeliverable | None = None) -> None:
        """Tell whoever waits, if anybody still does, what became of the message."""
        if self.passed.done():
            return
        trouble = trouble or self.trouble
        if 0 < self.refused < self.lines:
            trouble = Unreachable("in part", uncertain=True)
        if trouble is None:
            self.passed.set_result(None)
        else:
            self.passed.set_exception(trouble)
            self.passed.exception()  # Nobody may be there to ask.


class Irc:
    """One bot on one server. `run` hears, `send` speaks; both share one connection."""

    platform = Platform.TERMINAL  # On loan: what is not shipped has no member of its own.
    limits = LIMITS

    def __init__(self, host: str, port: int, nick: str, password: str, pace: Pace = PACE) -> None:
        #: A server that knows us lets us speak faster.
        self.pace = pace
        self._server = (host, port)
        self._nick = nick
        self._password = password
        #: None until the server has welcomed us.
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._fences: deque[_Fence] = deque()
        #: The last thing that each person said; the next waits for it.
        self._last: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    async def send(self, place: str, message: Outbound) -> Receipt:
        """Hand over one message as its lines; raises Undeliverable."""
        if message.files:
            raise Refused("no files here")
        fence = self._put(place, written((*message.paragraphs, Paragraph(text=message.aside))))
        try:
            async with asyncio.timeout(ANSWER):
                await fence.passed
        except TimeoutError:
            self._hang_up()
            raise Unreachable("no answer", uncertain=True) from None
        return Receipt(message=fence.token)

    async def sign_of_life(self, place: str) -> None:
        """Nothing to show: IRC does not know that somebody types."""

    async def show(self, place: str, shown: Shown) -> None:
        """Nothing to change: what was said stays."""

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        """Nothing to change: what was said stays."""
        del place, name, message
        return True

    async def belongs(self, place: str, person: str) -> bool | None:
        """Nobody knows: there are no places of several people."""
        del place, person
        return None

    async def close(self) -> None:
        """Let what is being taken come to its end, and leave."""
        self._closed = True
        tasks = set(self._last.values())
        if tasks:
            await asyncio.wait(tasks, timeout=LAST)
        self._write("QUIT")
        self._hang_up()
        tasks |= {self._reading} if self._reading else set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _put(self, place: str, lines: Sequence[str]) -> _Fence:
        """Send lines and their fence in one go, so that nothing comes between."""
        if self._closed:
            raise Unreachable("closed", uncertain=False)
        if self._writer is None:
            raise Unreachable("not connected", uncertain=False)
        fence = _Fence(len(lines))
        self._fences.append(fence)
        self._write(*(f"PRIVMSG {place} :{line}" for line in lines), f"PING {fence.token}")
        return fence

    def _write(self, *lines: str) -> None:
        if self._writer is not None:
            self._writer.write("".join(f"{line}\r\n" for line in lines).encode())

    def _hang_up(self) -> None:
        """End the connection, if there is one; nobody knows what became of the last messages."""
        if self._writer is not None:
            self._writer.close()
        self._writer = None
        while self._fences:
            self._fences.popleft().end(Unreachable("cut off", uncertain=True))

    # --- what comes in ------------------------------------------------------------------------

    async def run(self, hear: Hear, tell: Tell) -> None:
        """Stay connected and hear, until cancelled; whatever fails is waited out.

        The connection goes on until `close`: the last messages are still to be sent.
        """
        wait = FIRST
        while True:
            try:
                reader, self._writer = await self._connect()
                wait = FIRST
                self._reading = asyncio.create_task(self._read(reader, hear))
                with suppress(Exception):  # Health is a courtesy: the database may be away.
                    await tell(True, "IRC is connected.")  # noqa: FBT003 - Well, then in which words.
                await asyncio.wait([self._reading])
                reason = "the connection ended"
            except (OSError, ValueError) as error:
                reason = type(error).__name__
            _log.warning("not connected", reason=reason)
            with suppress(Exception):
                await tell(False, AWAY_DETAIL.format(reason))  # noqa: FBT003 - The same.
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which the server has welcomed us; raises OSError or ValueError."""
        async with asyncio.timeout(CONNECT):
            reader, writer = await asyncio.open_connection(*self._server)
            try:
                await self._register(reader, writer)
            except BaseException:
                writer.close()
                raise
        return reader, writer

    async def _register(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secret = [f"PASS {self._password}"] if self._password else []
        hello = [*secret, f"NICK {self._nick}", f"USER {self._nick} 0 * :Skerry"]
        writer.write("".join(f"{line}\r\n" for line in hello).encode())
        while (line := parsed(await reader.readline())).command not in _WELCOMED:
            if line.command in {"", "ERROR"} or line.command[0] in "45":
                raise ConnectionRefusedError(line.command)

    async def _read(self, reader: asyncio.StreamReader, hear: Hear) -> None:
        """Take every line until the end."""
        try:
            with suppress(OSError, ValueError):  # ValueError: a line that has no end.
                while raw := await reader.readline():
                    self._take(parsed(raw), hear)
        finally:
            self._hang_up()

    def _take(self, line: Line, hear: Hear) -> None:
        match line.command:
            case "PING":
                self._write(f"PONG :{line.params[-1] if line.params else ''}")
            case "PONG":
                self._passed(line.params[-1] if line.params else "")
            case "PRIVMSG":
                if (came := said(line, self._nick)) is not None:
                    self._line_up(came, hear)
            case number if number == _TRY_AGAIN or (number.isdigit() and number[0] in "45"):
                if self._fences:
                    self._fences[0].refuse(undeliverable(number))
            case _:
                pass

    def _passed(self, token: str) -> None:
        """A fence is passed: those before it are too, and each knows by now what was wrong."""
        if token in {fence.token for fence in self._fences}:
            fence = None
            while fence is None or fence.token != token:
                fence = self._fences.popleft()
                fence.end()

    def _line_up(self, came: Inbound, hear: Hear) -> None:
        """Hear one thing after the other of each person, and people beside each other."""
        before = self._last.get(came.place)
        task = asyncio.create_task(self._until_taken(before, came, hear))
        self._last[came.place] = task
        task.add_done_callback(lambda done: self._over(came.place, done))

    def _over(self, place: str, done: asyncio.Task[None]) -> None:
        if self._last.get(place) is done:
            del self._last[place]

    async def _until_taken(
        self, before: asyncio.Task[None] | None, came: Inbound, hear: Hear
    ) -> None:
        """Nobody says it again, so it is tried until it is committed."""
        if before is not None:
            await asyncio.wait([before])
        wait = FIRST
        while True:
            try:
                await hear(came)
            except Exception as error:  # noqa: BLE001 - Whatever it is, the words are held on to.
                _log.warning("words are not taken yet", error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST)
            else:
                return
