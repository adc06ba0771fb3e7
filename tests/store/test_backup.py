"""A backup holds every row and opens nothing by itself; a restore puts all back or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, select, text

from bot.store import (
    answers,
    circles,
    cohorts,
    conversations,
    health,
    leases,
    meta,
    outbox,
    rounds,
)
from bot.store.backup import (
    BackupError,
    FileTakenError,
    NoBackupError,
    NotEmptyError,
    OtherKeysError,
    backup,
    restore,
)
from bot.store.connect import NewerError, connect
from bot.store.opening import Store, open_store
from bot.store.tables import metadata
from bot.trust.databases import DiskFullError, engine
from bot.trust.keybackup import KeyBackupError, TooOldError, backup_keys, restore_keys
from bot.trust.keyring import KeyRing
from bot.trust.sealing import new_key
from tests.conftest import Server, Urls
from tests.store.builders import DAY, NOON, keep, place, run, said, somebody, talk
from tests.store.test_forgetting import CANARY, circles_of, dump, words


@pytest.fixture
def other(urls: Urls, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Urls]:
    """A second pair of blank databases of the same kind."""
    folder = tmp_path / "other"
    folder.mkdir()
    if urls.is_sqlite:
        words, keys = (f"sqlite:///{folder}/{name}.sqlite" for name in ("words", "keys"))
        yield Urls(words=words, keys=keys, folder=folder)
        return
    server: Server = request.getfixturevalue("postgres")
    with server.pair(folder) as pair:
        yield pair


def recalled(store: Store, participant: str) -> list[str]:
    found = run(store, lambda conn: answers.all_of(conn, store.keys, participant))
    return [each.answer.text for each in found]


def test_everything_comes_back_from_both_backups(
    store: Store, other: Urls, tmp_path: Path, master: bytes
) -> None:
    ada = somebody(store)
    words(store, ada)
    before = dump(store)
    rows = backup(store.engine, tmp_path / "words.backup")
    keys = backup_keys(store.keys, tmp_path / "keys.backup", NOON)
    assert rows >= 10
    assert keys == 3  # The deployment's, theirs, and that of their circle.

    assert restore_keys(tmp_path / "keys.backup", other.keys, NOON + DAY) == 3
    house = open_store(other.words, other.keys, lambda _: [master])
    house.writer.start()
    done = restore(tmp_path / "words.backup", house.engine, house.keys, NOON)
    assert (done.rows, done.swept, done.circles, done.expired) == (rows, 0, 0, 1)
    assert [each.title for each in circles_of(house)] == ["Ward Seven"]
    assert recalled(house, ada.participant.id) == [CANARY]
    after = dump(house)
    changed = {name for name in before if before[name] != after[name]}
    # Counts that are open stay behind: their keys are in no backup.
    box = {"pending", "turnout", "open_count", "day_key"}
    # And it is noted that nobody can tell any more who was in what had been told.
    # What waited for a round is not shown any more, and the count in its place is said anew.
    assert changed == {"outbox", "outbox_chat", "meta", "voice", "round", *box}
    assert {after[name] for name in (*box, "voice")} == {"[]"}
    due = run(house, lambda conn: conversations.due(conn, NOON, 9))
    assert len(due) == 1
    assert [each.queued for each in run(house, outbox.counts)] == []
    words(house, somebody(house, "ben"))
    house.close()


def test_after_a_restore_people_whose_keys_are_gone_are_forgotten(
    store: Store, other: Urls, tmp_path: Path, master: bytes
) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")
    words(store, ada)
    words(store, ben)
    backup(store.engine, tmp_path / "words.backup")
    store.keys.forget(ada.participant.id)
    engine_ = connect(other.words)
    done = restore(tmp_path / "words.backup", engine_, store.keys, NOON)
    assert done.swept == 1
    with engine_.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM participant")) == 1
    engine_.dispose()
    assert master not in (tmp_path / "words.backup").read_bytes()


def test_after_a_restore_circles_whose_keys_are_gone_are_deleted(
    store: Store, other: Urls, tmp_path: Path
) -> None:
    words(store, somebody(store))
    (circle,) = circles_of(store)
    backup(store.engine, tmp_path / "words.backup")
    store.keys.forget(circle.id)
    engine_ = connect(other.words)
    done = restore(tmp_path / "words.backup", engine_, store.keys, NOON)
    assert (done.swept, done.circles) == (0, 1)
    with engine_.connect() as conn:
        for table in ("circle", "circle_member", "round", "voice", "vote"):
            assert conn.execute(select(metadata.tables[table])).all() == []
    engine_.dispose()


def test_a_voice_that_was_taken_back_since_the_backup_is_not_shown_after_a_restore(
    store: Store, other: Urls, tmp_path: Path
) -> None:
    ada = somebody(store)
    words(store, ada)
    backup(store.engine, tmp_path / "words.backup")
    me = ada.participant.id
    assert run(store, lambda conn: rounds.take_back(conn, me, "c" * 32))
    engine_ = connect(other.words)
    restore(tmp_path / "words.backup", engine_, store.keys, NOON)
    with engine_.connect() as conn:
        (circle,) = circles.all_of(conn, store.keys)
        (held,) = rounds.of_circle(conn, store.keys, circle.id)
        assert rounds.waiting(conn, store.keys, held.id) == {}
        assert rounds.unsaid(conn, NOON, 9) == ((held.id, circle.id),)
    engine_.dispose()


def test_a_circle_opens_with_another_master_key(store: Store, urls: Urls) -> None:
    words(store, somebody(store))
    new = new_key()
    store.keys.rotate(new)
    store.close()
    again = open_store(urls.words, urls.keys, lambda _: [new])
    assert [each.title for each in circles_of(again)] == ["Ward Seven"]
    again.close()


def test_what_processes_told_each_other_is_not_restored(
    store: Store, other: Urls, tmp_path: Path
) -> None:
    run(store, lambda conn: leases.hold(conn, "poll", "one", NOON, DAY))
    run(store, lambda conn: health.tell(conn, "telegram", well=True, detail="Fine.", now=NOON))
    run(store, lambda conn: cohorts.invite(conn, "Spring", now=NOON))
    backup(store.engine, tmp_path / "words.backup")
    engine_ = connect(other.words)
    restore(tmp_path / "words.backup", engine_, store.keys, NOON)
    with engine_.connect() as conn:
        assert health.told(conn, "telegram") is None
        assert cohorts.sizes(conn) == {"Spring": 0}
        assert conn.scalar(text("SELECT count(*) FROM lease")) == 0
    engine_.dispose()


def test_a_backup_is_private_and_holds_no_word_and_no_key(store: Store, tmp_path: Path) -> None:
    words(store, somebody(store))
    path = tmp_path / "words.backup"
    backup(store.engine, path)
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    for word in CANARY.split()[:1]:
        assert word.encode() not in content
    with closing(sqlite3.connect(path)) as conn:
        tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master")}
    assert "wrapped_key" not in tables
    assert not list(tmp_path.glob(".*"))


def test_a_backup_is_one_moment_although_the_house_runs(store: Store, tmp_path: Path) -> None:
    ada = somebody(store)
    me = ada.participant.id
    stop, wrote = Event(), Event()

    def both(conn: Connection, number: int) -> None:
        held = talk(touched_at=NOON + number * DAY)
        conversations.save(conn, store.keys, me, held)
        answers.keep(conn, store.keys, me, place(held.id), said("x"))

    def write() -> None:
        for number in count():
            store.writer.submit(partial(both, number=number)).result(30)
            if number > 20:
                wrote.set()
            if stop.is_set():
                return

    writer = Thread(target=write)
    writer.start()
    wrote.wait(30)
    told: list[tuple[str, int]] = []
    backup(store.engine, tmp_path / "words.backup", lambda name, rows: told.append((name, rows)))
    stop.set()
    writer.join()
    with closing(sqlite3.connect(tmp_path / "words.backup")) as conn:
        (talks,) = conn.execute("SELECT count(*) FROM conversation").fetchone()
        (kept,) = conn.execute("SELECT count(*) FROM answer").fetchone()
    assert talks == kept > 20
    assert ("conversation", talks) in told


def test_a_file_that_is_there_is_never_overwritten(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "words.backup"
    path.write_text("mine")
    with pytest.raises(FileTakenError):
        backup(store.engine, path)
    with pytest.raises(KeyBackupError):
        backup_keys(store.keys, path, NOON)
    assert path.read_text() == "mine"


def test_a_backup_into_no_folder_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be written"):
        backup(store.engine, tmp_path / "none" / "words.backup")
    with pytest.raises(KeyBackupError, match="cannot be written"):
        backup_keys(store.keys, tmp_path / "none" / "keys.backup", NOON)


def test_a_backup_that_is_cut_short_leaves_no_file(store: Store, tmp_path: Path) -> None:
    somebody(store)

    def full(*_: object) -> None:
        raise DiskFullError("full")

    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(DiskFullError):
        backup(store.engine, folder / "words.backup", full)
    assert list(folder.iterdir()) == []


def test_a_restore_over_people_is_refused(store: Store, tmp_path: Path) -> None:
    somebody(store)
    backup(store.engine, tmp_path / "words.backup")
    with pytest.raises(NotEmptyError, match="empty database"):
        restore(tmp_path / "words.backup", store.engine, store.keys, NOON)


def test_a_restore_with_other_keys_is_refused(store: Store, other: Urls, tmp_path: Path) -> None:
    somebody(store)
    backup(store.engine, tmp_path / "words.backup")
    house = open_store(other.words, other.keys, lambda _: [new_key()])
    with pytest.raises(OtherKeysError):
        restore(tmp_path / "words.backup", house.engine, house.keys, NOON)
    assert meta.is_empty(house.engine)
    house.close()


def test_a_file_that_is_no_backup_is_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with pytest.raises(NoBackupError, match="cannot be read"):
        restore(path, store.engine, store.keys, NOON)
    path.write_bytes(b"not a database" * 10)
    with pytest.raises(NoBackupError):
        restore(path, store.engine, store.keys, NOON)
    path.unlink()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE x (y)")
    with pytest.raises(NoBackupError):
        restore(path, store.engine, store.keys, NOON)


def test_a_backup_of_a_newer_program_is_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "words.backup"
    backup(store.engine, path)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
        conn.commit()
    with pytest.raises(NewerError, match="newer Skerry"):
        restore(path, store.engine, store.keys, NOON)


def test_a_restore_that_fails_changes_nothing(store: Store, other: Urls, tmp_path: Path) -> None:
    words(store, somebody(store))
    backup(store.engine, tmp_path / "words.backup")
    target = connect(other.words)

    def stop(name: str, _: int) -> None:
        if name == "answer":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "words.backup", target, store.keys, NOON, stop)
    assert meta.is_empty(target)
    target.dispose()


def test_a_restore_leaves_the_backup_as_it_is(store: Store, other: Urls, tmp_path: Path) -> None:
    words(store, somebody(store))
    path = tmp_path / "words.backup"
    backup(store.engine, path)
    before = path.read_bytes()
    target = connect(other.words)
    restore(path, target, store.keys, NOON)
    assert path.read_bytes() == before
    assert not [each for each in tmp_path.iterdir() if each.name.startswith("words.backup-")]
    target.dispose()


def test_a_backup_of_keys_is_good_for_seven_days(
    store: Store, other: Urls, tmp_path: Path
) -> None:
    backup_keys(store.keys, tmp_path / "keys.backup", NOON)
    with pytest.raises(TooOldError, match="7 days"):
        restore_keys(tmp_path / "keys.backup", other.keys, NOON + 7 * DAY + timedelta(seconds=1))
    assert restore_keys(tmp_path / "keys.backup", other.keys, NOON + 7 * DAY) == 1


def test_a_backup_of_keys_is_not_restored_over_keys(store: Store, urls: Urls) -> None:
    somebody(store)
    path = urls.folder / "keys.backup"
    backup_keys(store.keys, path, NOON)
    with pytest.raises(KeyBackupError, match="has keys"):
        restore_keys(path, urls.keys, NOON)


def test_keys_are_not_restored_from_something_else(
    store: Store, other: Urls, tmp_path: Path
) -> None:
    path = tmp_path / "words.backup"
    backup(store.engine, path)
    with pytest.raises(KeyBackupError, match="not a backup"):
        restore_keys(path, other.keys, NOON)
    with pytest.raises(KeyBackupError, match="cannot be read"):
        restore_keys(tmp_path / "none", other.keys, NOON)
    whole, broken = tmp_path / "keys.backup", tmp_path / "broken.backup"
    backup_keys(store.keys, whole, NOON)
    shutil.copyfile(whole, broken)
    with closing(sqlite3.connect(broken)) as conn:
        conn.execute("DELETE FROM facts")
        conn.commit()
    with pytest.raises(KeyBackupError, match="not whole"):
        restore_keys(broken, other.keys, NOON)


def test_a_backup_of_keys_needs_its_master_key(
    store: Store, other: Urls, tmp_path: Path, master: bytes
) -> None:
    path = tmp_path / "keys.backup"
    backup_keys(store.keys, path, NOON)
    assert master not in path.read_bytes()
    restore_keys(path, other.keys, NOON)
    ring = KeyRing(other.keys, master, expected=store.keys.id)
    assert ring.owners() == {"deployment"}
    ring.close()


def test_an_old_backup_of_words_opens_nothing_of_somebody_forgotten(
    store: Store, tmp_path: Path
) -> None:
    ada = somebody(store)
    keep(store, ada, place("1" * 32), said(CANARY))
    path = tmp_path / "words.backup"
    backup(store.engine, path)
    store.keys.forget(ada.participant.id)
    source = engine(f"sqlite:///{path}")
    with source.connect() as conn, pytest.raises(Exception, match="no key"):
        answers.all_of(conn, store.keys, ada.participant.id)
    source.dispose()
    assert len(metadata.sorted_tables) > 10


def test_a_key_store_without_keys_can_be_backed_up_too(
    urls: Urls, other: Urls, tmp_path: Path, master: bytes
) -> None:
    ring = KeyRing(urls.keys, master)
    assert backup_keys(ring, tmp_path / "keys.backup", NOON) == 0
    assert restore_keys(tmp_path / "keys.backup", other.keys, NOON) == 0
    again = KeyRing(other.keys, master, expected=ring.id)
    for each in (ring, again):
        each.close()
