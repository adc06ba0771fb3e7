"""Telegram's row: the strict fake over HTTP, polled as the house polls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.telegram.adapter import Telegram
from bot.adapters.telegram.polling import Poller
from bot.adapters.telegram.transport import Transport, transport
from tests.adapters.claims import until
from tests.adapters.contract import (
    CANARY,
    WAIT,
    Can,
    Ear,
    Row,
    Seen,
    Trouble,
)
from tests.fakes.telegram import faults
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.people import Person as Fake
from tests.fakes.telegram.records import Message
from tests.fakes.telegram.server import Telegram as Server

CANNOT: dict[Can | Trouble, str] = {}

#: What Telegram's clients find in any text by themselves: in a chat of two it calls nobody.
_FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
FAULTS = {
    Trouble.THROTTLED: faults.flood(WAIT),
    Trouble.TOO_FAST: Fault(code=429, text="<html>Slow down</html>"),
    Trouble.GATE: Fault(code=503, text="<html>Service Unavailable</html>"),
    Trouble.UNWELL: faults.gateway(502),
    Trouble.CUT: faults.reset(),
    Trouble.LOST: faults.lost(),
    Trouble.GARBLED: faults.garbage(accepted=True),
    Trouble.SILENT: faults.hang(1),
    Trouble.REFUSED: faults.refuse(400, f"Bad Request: can't parse entities: {CANARY}"),
}


class Alone:
    """The right to poll, which nobody else wants."""

    async def hold(self) -> int:
        return 1

    async def let_go(self) -> None:
        pass


async def nobody(_well: bool, _detail: str) -> None:  # noqa: FBT001 - As it is called.
    pass


@dataclass
class Someone:
    """Somebody with Telegram on their phone."""

    person: Fake
    wrote: Message | None = None

    @property
    def place(self) -> str:
        return str(self.person.id)

    def sees(self) -> list[Seen]:
        return [seen(each) for each in self.person.chat.from_bot if not each.file]

    def files(self) -> list[bytes]:
        return [each.file.content for each in self.person.chat.from_bot if each.file]

    def writes(self, text: str) -> None:
        self.wrote = self.person.writes(text)

    def edits(self, text: str) -> None:
        assert self.wrote is not None
        self.person.edits(self.wrote, text)

    def presses(self, label: str) -> None:
        self.person.presses(self.person.last, label)

    def says_in_a_group(self, text: str) -> None:
        world = self.person.world
        assert isinstance(world, Server)
        group = world.group("Tuesday", self.person)
        group.adds_bot()
        group.says(self.person, f"@{world.me.username} {text}")

    def goes(self) -> None:
        self.person.blocks()


def seen(message: Message) -> Seen:
    kinds = (str(each["type"]) for each in message.entities)
    live = tuple(kind for kind in kinds if kind not in _FOUND | {"blockquote"})
    return Seen(message.text, tuple(message.labels), live)


@dataclass
class Phone:
    """Telegram, and our bot there."""

    server: Server
    way: Transport
    adapter: Telegram
    ear: Ear = field(default_factory=Ear)
    nowhere: str = "999"
    polling: asyncio.Task[None] | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.server.token,)

    async def somebody(self, name: str) -> Someone:
        person = self.server.person(name)
        person.starts()
        self.server.updates.confirm(self.server.updates.next_id)
        return Someone(person)

    async def listens(self) -> None:
        poller = Poller(
            self.way, lambda came: self.adapter.take(came, self.ear.hear), Alone(), nobody
        )
        self.polling = asyncio.create_task(poller.run())
        await until(lambda: self.server.updates.polls)

    async def goes_wrong(self, trouble: Trouble, *, always: bool = False) -> None:
        if trouble is Trouble.AWAY:
            await self.server.goes_away()
        elif always:
            self.server.faults.add(FAULTS[trouble], times=None)
        else:
            self.server.faults.add(FAULTS[trouble], "sendMessage")

    async def is_well(self) -> None:
        self.server.faults.clear()
        await self.server.goes_away()
        await self.server.comes_back()

    def waiting(self) -> int:
        return len(self.server.updates.pending)

    def repeats(self) -> None:
        self.server.updates.repeat(self.server.updates.put_ever[-1].id)

    async def settles(self) -> None:
        await until(lambda: not self.adapter._beside)


@asynccontextmanager
async def telegram(_folder: Path) -> AsyncIterator[Phone]:
    async with Server().running() as server:
        way = transport(server.token, server.root)
        phone = Phone(server, way, Telegram(way))
        try:
            yield phone
        finally:
            server.faults.clear()
            if phone.polling is not None:
                phone.polling.cancel()
                await asyncio.wait([phone.polling])
            await phone.adapter.close()


ROW = Row(name="telegram", opened=telegram, cannot=CANNOT)
