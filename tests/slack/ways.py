"""The two ways in which Slack brings things: over sockets, and posted to us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from bot.adapters.slack.sockets import Sockets
from bot.adapters.slack.webhook import PATH, route
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.fakes.telegram.listening import Listening
from tests.slack.house import House, stopped


@asynccontextmanager
async def socketed(house: House) -> AsyncIterator[Sockets]:
    """Slack brings everything over a socket."""
    slack, before = house.slack, house.slack.sockets.opened
    sockets = Sockets(slack.app_token, slack.root, house.take, house.tell)
    running = asyncio.create_task(sockets.run())
    await slack.wait_for(lambda: slack.sockets.opened > before)
    try:
        yield sockets
    finally:
        await stopped(running)


@asynccontextmanager
async def posted(house: House) -> AsyncIterator[str]:
    """Slack posts everything; to which address."""
    made = route(house.slack.signing_secret, house.take)
    listening = Listening(Starlette(routes=[made]))
    await listening.open()
    url = f"http://127.0.0.1:{listening.port}{PATH}"
    try:
        await house.slack.subscribe(url)
        yield url
    finally:
        await listening.close()


@asynccontextmanager
async def at_home(
    slack: Slack, *workspaces: Workspace, way: str = "socket"
) -> AsyncIterator[House]:
    """A house that listens in one of the ways."""
    house = House(slack, *workspaces)
    try:
        if way == "socket":
            async with socketed(house):
                yield house
        else:
            async with posted(house):
                yield house
    finally:
        await house.ours.close()
