"""The house of Slack's bench: `skerry run`, the fake it talks with, and people stored in it."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import Connection

from bench.replies import fill
from bot.adapters.slack.manifest import EVENTS
from bot.records import Outbound, Platform
from bot.store import outbox, people
from bot.store.opening import Store, open_store
from bot.trust import master
from tests.commands.skerry import free_port
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace

#: How long an event waits here for its acknowledgement, in seconds: longer than at Slack.
WE_WAIT = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class House:
    """`skerry run` with a database of its own, and the fake it talks with."""

    folder: Path
    slack: Slack
    workspace: Workspace
    port: int
    #: Whether Slack posts what it brings; else it comes over a socket.
    posted: bool
    #: How late this process itself was, again and again, in seconds.
    late: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> str:
        """The words' database."""
        return f"sqlite:///{self.folder}/words.sqlite"

    @property
    def env(self) -> dict[str, str]:
        """The settings that join the two."""
        slack = self.slack
        heard = ("SIGNING_SECRET", slack.signing_secret)
        if not self.posted:
            heard = ("APP_TOKEN", slack.app_token)
        return {
            **os.environ,
            "SKERRY_BREATH": "0",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "SKERRY_DATABASE_URL": self.store,
            "SKERRY_PORT": str(self.port),
            "SKERRY_SLACK_BOT_TOKEN": self.workspace.token,
            "SKERRY_SLACK_BASE_URL": slack.root,
            f"SKERRY_SLACK_{heard[0]}": heard[1],
            "SKERRY_LOG_LEVEL": "ERROR",
        }

    def opened(self) -> Store:
        """The store, while nobody else has it."""
        key = self.folder / "master.key"
        return open_store(
            self.store,
            f"sqlite:///{self.folder}/keys.sqlite",
            lambda empty: master.in_use(key, empty=empty),
        )


def settle(
    made: House, stored: int, count: int, message: Outbound | None = None, name: str = "p"
) -> list[Person]:
    """So many people with a chat, perhaps each with a message due; and silent ones."""
    store = made.opened()
    found = [made.workspace.person(f"{name}{number}") for number in range(count)]
    store.writer.start()
    for chunk in range(0, count, 500):
        store.writer.submit(_take_in(store, found[chunk : chunk + 500], message)).result()
    fill(store, max(stored - count, 0))
    store.close()
    return found


def _take_in(
    store: Store, found: list[Person], message: Outbound | None
) -> Callable[[Connection], None]:
    def work(conn: Connection) -> None:
        now = datetime.now(UTC)  # noqa: TID251 - The bench lives by the real clock.
        for person in found:
            known = people.add(
                conn,
                store.keys,
                Platform.SLACK,
                f"{person.team.id}:{person.id}",
                language="en",
                zone="Europe/London",
                now=now,
            )
            people.change(conn, known.participant.id, keeps=True)
            if message is not None:
                outbox.add(conn, store.keys, known.address, message, now=now)

    return work


@asynccontextmanager
async def house(*, posted: bool) -> AsyncIterator[House]:
    """A folder, a fake with one workspace, and a port."""
    with tempfile.TemporaryDirectory() as name:
        async with Slack(subscribed=set(EVENTS)).running() as slack:
            slack.sockets.patience = WE_WAIT
            made = House(Path(name), slack, slack.workspace(), free_port(), posted)
            if posted:
                slack.hook.url = f"{made.url}/slack/events"
                slack.post.carrier = slack.hook
            yield made


@asynccontextmanager
async def running(made: House) -> AsyncIterator[Callable[[], float]]:
    """`skerry run`, from when it listens to its end; says how busy it was so far, in seconds."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        cwd=made.folder,
        env=made.env,
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            await _listens(made)
        yield lambda: _busy(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _listens(made: House) -> None:
    """Until Slack can bring something."""
    while not made.posted and not made.slack.sockets.connections:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"{made.url}/healthz") as answer:
                    told = await answer.json()
            except aiohttp.ClientConnectionError:
                told = {}
            if told.get("slack", {}).get("state") == "well":
                return
            await asyncio.sleep(0.05)


def _busy(pid: int) -> float:
    """How long a processor was at work for a process, as Linux counts."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICKS
