"""The row of the example, IRC: a strict small server over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.adapters.claims import until
from tests.adapters.contract import (
    Can,
    CannotError,
    Ear,
    Lines,
    Plain,
    Row,
    Seen,
    Trouble,
)
from tests.adapters.irc import Irc, place_of
from tests.adapters.irc_server import CODES, Fault, Person, Server

CANNOT: dict[Can | Trouble, str] = {
    Can.PRESS: "it has no buttons: options are numbered lines, and are typed",
    Can.CHANGE: "what was said stays",
    Can.FILES: "it carries lines of text; a file is refused",
    Can.SPACES: "a line of nothing cannot be sent",
    Can.LINES: "a client sends each line as a message of its own",
    Can.GROUPS: "the bot joins no channel",
    Can.TELL_GONE: "who goes is told in channels only; a message to them says so",
    Can.EDIT: "what was said stays",
    Can.ACKNOWLEDGE: "the server keeps nothing for us, and wants no word",
    Can.REPEAT: "the server says nothing twice",
    Trouble.THROTTLED: "263 says to try again, and not when",
    Trouble.GATE: "a server that takes nobody does not open a connection: it is away",
    Trouble.UNWELL: "nothing stands between us and the server that could answer for it",
    Trouble.GARBLED: "what cannot be read is passed over, and the PONG still comes",
}
FAULTS = {
    Trouble.TOO_FAST: Fault.TRY_AGAIN,
    Trouble.CUT: Fault.CUT,
    Trouble.LOST: Fault.LOST,
    Trouble.SILENT: Fault.MUTE,
    Trouble.REFUSED: Fault.CANNOT_SEND,
}
#: What happens to a whole message, for all of its lines are refused.
WHOLE = frozenset({Trouble.TOO_FAST, Trouble.REFUSED})


@dataclass
class Someone(Lines):
    """Somebody with an IRC client."""

    person: Person

    @property
    def place(self) -> str:
        return place_of(self.person.nick)

    def sees(self) -> list[Seen]:
        return [seen(line) for line in self.person.lines]

    def writes(self, text: str) -> None:
        self.person.writes(text)

    def goes(self) -> None:
        self.person.quits()


def seen(line: str) -> Seen:
    return Seen(line.removeprefix("| "), live=tuple(sorted(CODES & set(line))))


async def nobody(_well: bool, _detail: str) -> None:  # noqa: FBT001 - As it is called.
    pass


@dataclass
class Net(Plain):
    """A server, and our bot there; one connection for both ways, so it is there from the first."""

    server: Server
    adapter: Irc
    ear: Ear = field(default_factory=Ear)
    nowhere: str = "nobody"

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.server.password,)

    async def somebody(self, name: str) -> Someone:
        return Someone(self.server.person(name))

    async def listens(self) -> None:
        await until(lambda: self.adapter._writer)

    async def goes_wrong(self, trouble: Trouble, *, always: bool = False) -> None:
        if trouble is Trouble.AWAY:
            await self.server.goes_away()
            await until(lambda: self.adapter._writer is None)
            return
        if trouble not in FAULTS:
            raise CannotError(trouble)
        if trouble in WHOLE and not always:
            self.server.mood = FAULTS[trouble]
        else:
            self.server.faults += [FAULTS[trouble]] * (100 if always else 1)

    async def is_well(self) -> None:
        self.server.faults.clear()
        self.server.mood = None
        await self.server.goes_away()
        await self.server.comes_back()
        await until(lambda: self.adapter._writer is None)
        await self.listens()


@asynccontextmanager
async def irc(_folder: Path) -> AsyncIterator[Net]:
    async with Server().running() as server:
        net = Net(server, Irc("127.0.0.1", server.port, "skerry", server.password))
        running = asyncio.create_task(net.adapter.run(net.ear.hear, nobody))
        try:
            await net.listens()
            yield net
        finally:
            running.cancel()
            await asyncio.wait([running])
            await net.adapter.close()
            assert server.complaints == []


ROW = Row(name="irc", opened=irc, cannot=CANNOT)
