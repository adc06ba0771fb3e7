"""The whole house in this process, as `skerry run` runs it, connected to the fake Slack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TypeVar

import httpx
from sqlalchemy import Connection

from bot.commands.looking import parts
from bot.commands.opening import Opened, opened
from bot.commands.run import _port, _Running
from bot.settings import Settings
from bot.store.lock import sole
from bot.trust import master
from bot.web import Part
from tests.conftest import Urls
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack

T = TypeVar("T")
#: How long anything may take on a machine with much else to do, in seconds.
PATIENCE = 60.0


@dataclass
class Whole:
    """A house with its doors open."""

    slack: Slack
    opened: Opened
    running: _Running
    url: str

    def reads(self, work: Callable[[Connection], T]) -> T:
        with self.opened.store.engine.connect() as conn:
            return work(conn)

    def health(self, part: str = "slack") -> Part:
        return next(each for each in parts(self.opened) if each.part == part)

    async def until(self, predicate: Callable[[], object]) -> None:
        """Until something is so that the fake sees come about."""
        await self.slack.wait_for(predicate, PATIENCE)

    async def eventually(self, predicate: Callable[[], object]) -> None:
        """Until something is so that nobody tells us of."""
        async with asyncio.timeout(PATIENCE):
            while not predicate():  # noqa: ASYNC110 - The store tells nobody.
                await asyncio.sleep(0.02)

    async def is_told(self, detail: str) -> Part:
        await self.eventually(lambda: detail in self.health().detail)
        return self.health()

    async def answers(self, person: Person, typed: str, then: str) -> None:
        """Somebody writes, and until they see this in answer."""
        before = len(person.sees)
        person.writes(typed)
        await self.until(lambda: any(then in text for text in person.sees[before:]))

    async def serves(self) -> None:
        """Until the web application answers."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(httpx.TransportError):
                    await self.get("/healthz?database")
                    return
                await asyncio.sleep(0.02)

    async def get(self, path: str, cookie: str = "", **query: str) -> httpx.Response:
        """Open a page, as a browser that has this cookie."""
        headers = {"Cookie": cookie} if cookie else {}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{self.url}{path}", params=query or None, headers=headers)


@asynccontextmanager
async def whole(
    slack: Slack, urls: Urls, key: bytes, settings: Mapping[str, str], *, heard: bool = True
) -> AsyncIterator[Whole]:
    """A house, its doors open until the end of the block; `heard`: once a socket is open."""
    # Validated, not made, so that nothing comes from the environment.
    made = Settings.model_validate(
        {
            **settings,
            "host": "127.0.0.1",
            "port": 0,
            "database_url": urls.words,
            "keys_url": urls.keys,
            "master_key": master.to_text(key),
            "slack_base_url": slack.root,
            "quiet_gap": 0,
            "breath": 0,
        }
    )
    with _port(made) as socket:
        url = f"http://127.0.0.1:{socket.getsockname()[1]}"
        with opened(made) as found, sole(found.store.engine):
            held = replace(found, house=replace(found.house, chance=lambda: 0))
            house = Whole(slack, held, _Running(held, socket), url)
            task = asyncio.create_task(house.running.run())
            try:
                await house.serves()
                if heard and made.slack_socket:
                    await house.until(lambda: slack.sockets.connections)
                yield house
                assert not task.done(), "it stopped by itself"
            finally:
                house.running._stopping.set()
                async with asyncio.timeout(PATIENCE):
                    assert await task, "a part of it broke down"
