"""A tiny, strict IRC server over TCP (RFC 2812): what a bot does wrong ends its connection."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from tests.fakes.cutting import cut

#: RFC 2812 2.3: with its end, and as others get it, with the sender's name before it.
MOST = 512
NICK = re.compile(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]{0,29}")
#: What clients read as bold, colours, another font, underlining, or a hidden command.
CODES = frozenset("\x01\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f")
NAME = "irc.test"
_FOLDED = str.maketrans("[]\\~", "{}|^")


def folded(nick: str) -> str:
    return nick.lower().translate(_FOLDED)


class Fault(StrEnum):
    """What happens to the next line for somebody."""

    TRY_AGAIN = "263"
    CANNOT_SEND = "404"
    CUT = "cut"
    #: It arrives, and then the connection is cut.
    LOST = "lost"
    #: It arrives, and the server says nothing more on this connection.
    MUTE = "mute"


class WrongError(Exception):
    """A bot did what no client may."""


@dataclass(eq=False)
class Person:
    """Somebody with a client of their own."""

    server: Server
    nick: str
    here: bool = True
    #: The lines that came to them from the bot.
    lines: list[str] = field(default_factory=list)
    #: What they said, and whether it reached anybody.
    wrote: list[tuple[str, bool]] = field(default_factory=list)

    def writes(self, text: str) -> None:
        self.server.relay(self, text)

    def quits(self) -> None:
        self.here = False

    def comes_back(self) -> None:
        self.here = True


@dataclass(eq=False)
class Client:
    """One connection of a bot."""

    writer: asyncio.StreamWriter
    nick: str = ""
    user: str = ""
    password: str = ""
    welcome: bool = False
    mute: bool = False
    pongs: int = 0

    def says(self, line: str) -> None:
        if not self.mute and not self.writer.is_closing():
            self.writer.write(f"{line}\r\n".encode())

    def answers(self, number: str, *params: str) -> None:
        self.says(" ".join((f":{NAME} {number} {self.nick or '*'}", *params)))


@dataclass(eq=False)
class Server:
    """The whole server: `async with Server().running() as server`."""

    password: str = "a-password-of-the-server"
    port: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    clients: list[Client] = field(default_factory=list)
    #: What happens to the next lines, each once; and to all until the next PING.
    faults: list[Fault] = field(default_factory=list)
    mood: Fault | None = None
    #: What bots did wrong.
    complaints: list[str] = field(default_factory=list)
    _listening: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Server]:
        await self.comes_back()
        try:
            yield self
        finally:
            await self.goes_away()

    async def comes_back(self) -> None:
        self._listening = await asyncio.start_server(self._begin, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def goes_away(self) -> None:
        """Nothing listens any more, and every connection is cut."""
        if self._listening is None:
            return
        self._listening.close()
        for client in list(self.clients):
            cut(client.writer.transport)
        if self._serving:
            await asyncio.wait(set(self._serving))
        await self._listening.wait_closed()
        self._listening = None

    def person(self, nick: str = "Robin") -> Person:
        self.people[folded(nick)] = made = Person(self, nick)
        return made

    @property
    def bot(self) -> Client | None:
        """The bot, once it is welcome."""
        return next((one for one in self.clients if one.welcome), None)

    def relay(self, person: Person, text: str) -> None:
        """What somebody says to the bot; a client sends each line by itself."""
        bot = self.bot
        person.wrote.append((text, bot is not None))
        for line in text.split("\n") if bot else ():
            assert bot is not None
            bot.says(f":{person.nick}!~user@client.example PRIVMSG {bot.nick} :{line}")

    def pings(self) -> None:
        """The server looks whether its clients are there."""
        for client in self.clients:
            client.says(f"PING :{NAME}")

    # --- what a bot sends ----------------------------------------------------------------

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(writer)
        self.clients.append(client)
        try:
            while raw := await reader.readuntil(b"\n"):
                self._take(client, line_of(raw))
                await writer.drain()
        except WrongError as wrong:
            self.complaints.append(str(wrong))
            client.says(f"ERROR :Closing Link: {wrong}")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass
        finally:
            self.clients.remove(client)
            writer.close()

    def _take(self, client: Client, line: str) -> None:
        head, colon, last = line.partition(" :")
        command, *params = [*head.split(" "), *([last] if colon else [])]
        match command:
            case "PASS" | "NICK" | "USER":
                self._register(client, command, params)
            case "QUIT":
                client.says("ERROR :Closing Link: Quit")
                client.writer.close()
            case _ if not client.welcome:
                client.answers("451", ":You have not registered")
            case "PING":
                self.mood = None
                client.says(f":{NAME} PONG {NAME} :{params[0]}")
            case "PONG":
                client.pongs += 1
            case "PRIVMSG":
                self._message(client, params)
            case _:
                raise WrongError(f"421 {command} :Unknown command")

    def _register(self, client: Client, command: str, params: list[str]) -> None:
        match command, params:
            case _ if client.welcome:
                raise WrongError("462 :You may not reregister")
            case "PASS", [password]:
                client.password = password
            case "NICK", [nick] if NICK.fullmatch(nick):
                if any(folded(one.nick) == folded(nick) for one in self.clients):
                    client.answers("433", nick, ":Nickname is already in use")
                    return
                client.nick = nick
            case "USER", [user, _, _, _]:
                client.user = user
            case _:
                raise WrongError(f"461 {command} :Not enough parameters")
        if client.nick and client.user:
            self._welcome(client)

    def _welcome(self, client: Client) -> None:
        if client.password != self.password:
            client.answers("464", ":Password incorrect")
            client.writer.close()
            return
        client.welcome = True
        client.answers("001", ":Welcome to the network")
        client.answers("422", ":MOTD File is missing")

    def _message(self, client: Client, params: list[str]) -> None:
        to, text = (*params, "", "")[:2]
        if not to or not text:
            raise WrongError("411 :No recipient given" if not to else "412 :No text to send")
        if "," in to:
            raise WrongError(f"407 {to} :Too many recipients")
        whole = f":{client.nick}!~{client.user}@{'h' * 63} PRIVMSG {to} :{text}\r\n"
        if len(whole.encode()) > MOST:
            raise WrongError("a line would be cut off on its way")
        self._suffer(client, self.people.get(folded(to)), to, text)

    def _suffer(self, client: Client, person: Person | None, to: str, text: str) -> None:
        """A line for somebody, to which something may happen."""
        fault = self.faults.pop(0) if self.faults else self.mood
        match fault:
            case Fault.TRY_AGAIN:
                client.answers("263", "PRIVMSG", ":Please wait a while and try again.")
                return
            case Fault.CANNOT_SEND:
                client.answers("404", to, f":Cannot send {text}")
                return
            case Fault.CUT:
                cut(client.writer.transport)
                return
            case _:
                pass
        if person is None or not person.here:
            client.answers("401", to, ":No such nick/channel")
            return
        person.lines.append(text)
        client.mute = client.mute or fault is Fault.MUTE
        if fault is Fault.LOST:
            cut(client.writer.transport)


def line_of(raw: bytes) -> str:
    """A line, if it is one."""
    if len(raw) > MOST:
        raise WrongError("417 :Input line was too long")
    if not raw.endswith(b"\r\n") or b"\r" in raw[:-2] or b"\0" in raw:
        raise WrongError("a line ends with CR and LF, and has neither within, nor NUL")
    try:
        return raw[:-2].decode()
    except UnicodeDecodeError:
        raise WrongError("this network is UTF-8 only") from None
