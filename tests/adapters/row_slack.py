"""Slack's row: the strict fake over HTTP, and Socket Mode over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.slack.adapter import Slack
from bot.adapters.slack.sockets import Sockets
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
from tests.fakes.slack import faults
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.people import Person as Fake
from tests.fakes.slack.records import Message
from tests.fakes.slack.server import Slack as Server
from tests.fakes.slack.surfaces import all_elements
from tests.fakes.slack.workspace import Workspace
from tests.slack.house import Known

CANNOT: dict[Can | Trouble, str] = {}
FAULTS = {
    Trouble.THROTTLED: faults.flood(WAIT),
    Trouble.TOO_FAST: Fault(code=429, text="<html>Slow down</html>"),
    Trouble.GATE: faults.gateway(503),
    Trouble.UNWELL: faults.gateway(502),
    Trouble.CUT: faults.reset(),
    Trouble.LOST: faults.lost(),
    Trouble.GARBLED: faults.garbage(accepted=True),
    Trouble.SILENT: faults.hang(1),
    Trouble.REFUSED: faults.refuse("invalid_blocks", response_metadata={"messages": [CANARY]}),
}


async def nobody(_well: bool, _detail: str) -> None:  # noqa: FBT001 - As it is called.
    pass


@dataclass
class Someone:
    """Somebody with Slack before them."""

    workspace: Workspace
    person: Fake
    wrote: Message | None = None

    @property
    def place(self) -> str:
        return f"{self.workspace.id}:{self.person.id}"

    def sees(self) -> list[Seen]:
        return [seen(each) for each in self.person.channel.from_bot if not each.files]

    def files(self) -> list[bytes]:
        return [file.content for each in self.person.channel.from_bot for file in each.files]

    def writes(self, text: str) -> None:
        self.wrote = self.person.writes(text)

    def edits(self, text: str) -> None:
        assert self.wrote is not None
        self.person.edits(self.wrote, text)

    def presses(self, label: str) -> None:
        """A button, or an option of a menu."""
        message = self.person.last
        menus = [element for _, element in all_elements(message) if "options" in element]
        if menus:
            self.person.picks(message, menus[0]["action_id"], label)
        else:
            self.person.presses(message, label)

    def says_in_a_group(self, text: str) -> None:
        channel = self.workspace.channel("general", self.person, bot=True)
        self.person.mentions_bot(channel, text)

    def goes(self) -> None:
        self.person.is_deactivated()


def seen(message: Message) -> Seen:
    live = (*message.mentions, *message.styled, *message.links)
    return Seen(message.text, tuple(message.labels), live)


@dataclass
class Office:
    """A workspace, and our app there."""

    server: Server
    workspace: Workspace
    adapter: Slack
    ear: Ear = field(default_factory=Ear)
    sockets: asyncio.Task[None] | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.workspace.token, self.server.app_token)

    @property
    def nowhere(self) -> str:
        return f"{self.workspace.id}:U0NOBODY01"

    async def somebody(self, name: str) -> Someone:
        return Someone(self.workspace, self.workspace.person(name))

    async def listens(self) -> None:
        sockets = Sockets(
            self.server.app_token,
            self.server.root,
            lambda came: self.adapter.take(came, self.ear.hear),
            nobody,
        )
        self.sockets = asyncio.create_task(sockets.run())
        await until(lambda: self.server.sockets.connections)

    async def goes_wrong(self, trouble: Trouble, *, always: bool = False) -> None:
        if trouble is Trouble.AWAY:
            await self.server.goes_away()
        elif always:
            self.server.faults.add(FAULTS[trouble], times=None)
        else:
            self.server.faults.add(FAULTS[trouble], "chat.postMessage")

    async def is_well(self) -> None:
        self.server.faults.clear()
        await self.server.goes_away()
        await self.server.comes_back()

    def waiting(self) -> int:
        return len(self.server.pending)

    def repeats(self) -> None:
        self.server.post.repeat(self.server.post.parcels[-1])

    async def settles(self) -> None:
        await self.adapter._beside.done()


@asynccontextmanager
async def slack(_folder: Path) -> AsyncIterator[Office]:
    async with Server().running() as server:
        server.limits.on = False
        server.sockets.patience, server.post.minute = 1.0, 0.05
        workspace = server.workspace()
        office = Office(server, workspace, Slack(Known(workspace), server.root, nobody))
        try:
            yield office
        finally:
            server.faults.clear()
            if office.sockets is not None:
                office.sockets.cancel()
                await asyncio.wait([office.sockets])
            await office.adapter.close()


ROW = Row(name="slack", opened=slack, cannot=CANNOT)
