"""A database is opened, made or refused with one clear line."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bot.store.connect import NewerError, connect, head, revision_of
from bot.store.lock import sole
from bot.store.opening import Store, open_store
from bot.store.tables import metadata
from bot.trust import databases, master
from bot.trust.databases import (
    BusyError,
    DiskFullError,
    FolderMissingError,
    NotADatabaseError,
    ReadOnlyError,
    StoreError,
    UnknownDatabaseError,
    UnreachableError,
    engine,
    plain_faults,
    writing,
)
from bot.trust.keyring import KeysLostError
from tests.conftest import DURABLE, Server, Urls
from tests.store.builders import somebody

only_sqlite = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)


def test_the_migrations_make_the_very_tables_of_the_program(store: Store) -> None:
    with store.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert revision_of(store.engine) == head()


def test_a_database_of_a_newer_program_is_refused(urls: Urls) -> None:
    made = connect(urls.words)
    with writing(made).begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made.dispose()
    with pytest.raises(NewerError, match="Run that version"):
        connect(urls.words)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_of_no_database_we_know_is_refused(url: str) -> None:
    with pytest.raises(UnknownDatabaseError):
        connect(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_goes_by_several_names(scheme: str) -> None:
    assert engine(f"{scheme}://localhost/x").url.drivername == "postgresql+psycopg"


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderMissingError, match="none"):
        connect(f"sqlite:///{tmp_path}/none/words.sqlite")


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.EROFS, ReadOnlyError), (errno.ENOSPC, DiskFullError)]
)
def test_a_file_that_cannot_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[StoreError]
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(kind, match=r"words\.sqlite"):
        connect(f"sqlite:///{tmp_path}/words.sqlite")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.sqlite").write_text("a shopping list " * 100)
    with pytest.raises(NotADatabaseError):
        connect(f"sqlite:///{tmp_path}/words.sqlite")


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError) as caught:
        connect(f"postgresql://skerry:hush@/words?host={tmp_path}")
    assert "does not answer" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_server_without_that_database_is_named(postgres: Server) -> None:
    url = postgres.make()
    postgres.drop(url)
    with pytest.raises(UnreachableError):
        connect(url)


def test_an_error_that_says_enough_is_left_as_it_is(store: Store) -> None:
    with (
        pytest.raises(Exception, match="nowhere"),
        plain_faults(store.engine),
        store.engine.connect() as conn,
    ):
        conn.execute(text("SELECT * FROM nowhere"))


@only_sqlite
def test_a_database_held_by_another_program_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch, urls: Urls
) -> None:
    monkeypatch.setattr(databases, "PATIENCE", 0.05)
    with writing(store.engine).begin(), pytest.raises(BusyError):
        connect(urls.words)


@only_sqlite
def test_a_checkpoint_says_when_a_reader_stands_in_its_way(
    urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "PATIENCE", 0.05)
    made = connect(urls.words)
    with made.connect() as reader:
        reader.execute(text("SELECT count(*) FROM participant")).all()
        with writing(made).begin() as conn:
            conn.execute(text("INSERT INTO meta VALUES ('a', 'b')"))
        assert not databases.checkpoint(made)
    assert databases.checkpoint(made)
    made.dispose()


def test_what_sqlite_alone_can_do_is_not_asked_of_postgresql(postgres: Server) -> None:
    url = postgres.make()
    made = engine(url)
    assert databases.checkpoint(made)
    with pytest.raises(TypeError):
        databases.settle(made, 1)
    made.dispose()
    postgres.drop(url)


def test_the_database_is_private_and_safe_against_power_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_PRAGMAS", DURABLE)
    file = tmp_path / "made_here.sqlite"
    made = connect(f"sqlite:///{file}")
    assert file.stat().st_mode & 0o777 == 0o600
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    with made.connect() as conn:
        found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    made.dispose()
    assert found == wanted


@only_sqlite
def test_a_second_skerry_on_the_same_file_is_refused(store: Store, urls: Urls) -> None:
    program = (
        "import sys; from bot.store.connect import connect; from bot.store.lock import sole\n"
        "with sole(connect(sys.argv[1])): print('mine')"
    )
    command = [sys.executable, "-c", program, urls.words]
    with sole(store.engine):
        second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "Another Skerry runs on" in second.stderr
    third = subprocess.run(command, capture_output=True, text=True, check=False)
    assert third.stdout == "mine\n"


@only_sqlite
def test_a_lock_that_cannot_be_made_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("bot.store.lock.FileLock.acquire", refuse)
    with pytest.raises(ReadOnlyError), sole(store.engine):
        pass


@pytest.mark.parametrize("urls", ["postgresql"], indirect=True)
def test_any_number_may_share_postgresql(store: Store) -> None:
    with sole(store.engine), sole(store.engine):
        pass


UPGRADES = "import sys; from bot.store.connect import connect; connect(sys.argv[1])"


def test_several_processes_may_open_a_blank_database_at_once(
    tmp_path: Path, postgres: Server
) -> None:
    blank = postgres.make()
    for url in (f"sqlite:///{tmp_path}/words.sqlite", blank):
        several = [subprocess.Popen([sys.executable, "-c", UPGRADES, url]) for _ in range(3)]
        assert [each.wait(60) for each in several] == [0, 0, 0]
    postgres.drop(blank)


def test_words_without_their_key_store_are_refused(urls: Urls, postgres: Server) -> None:
    path = urls.folder / "master.key"

    def masters(empty: bool) -> tuple[bytes, ...]:  # noqa: FBT001
        return master.in_use(path, empty=empty)

    house = open_store(urls.words, urls.keys, masters)
    house.writer.start()
    somebody(house)
    house.close()
    blank = postgres.make()
    with pytest.raises(KeysLostError):
        open_store(urls.words, blank, masters)
    postgres.drop(blank)
    path.unlink()
    with pytest.raises(master.MissingKeyError):
        open_store(urls.words, urls.keys, masters)


WRITES = """
import sys
from datetime import UTC, datetime
from bot.records import Platform
from bot.store import people
from bot.store.opening import open_store
house = open_store(sys.argv[1], sys.argv[2], lambda _: [bytes.fromhex(sys.argv[3])])
house.writer.start()
for number in range(25):
    house.writer.submit(lambda conn: people.add(
        conn, house.keys, Platform.SLACK, f"{sys.argv[4]}{number}",
        language="en", zone="UTC", now=datetime.now(UTC),
    )).result(30)
house.close()
"""


def test_two_processes_may_write_at_once(store: Store, urls: Urls, master: bytes) -> None:
    command = [sys.executable, "-c", WRITES, urls.words, urls.keys, master.hex()]
    several = [subprocess.Popen([*command, letter]) for letter in "ab"]
    for number in range(20):
        somebody(store, f"c{number}")
    assert [each.wait(60) for each in several] == [0, 0]
    with store.engine.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM participant")) == 70
    assert len(store.keys.owners()) == 71
