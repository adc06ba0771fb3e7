"""Old backups, the WAL, free pages, partitions: what is left of a count after its close."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing as closed
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from bot.requests import counting
from bot.store import closing
from bot.store.backup import backup
from bot.store.counted import BOX, ballot, open_count, owed, pending, token, turnout
from bot.store.dropping import partition, week_of
from bot.store.opening import Store
from bot.trust import ballots
from bot.trust.databases import checkpoint
from bot.trust.keybackup import backup_keys
from bot.trust.keyring import COUNT
from bot.trust.sealing import BrokenSealError
from tests.conftest import Urls
from tests.counting.box import Box
from tests.counting.crowd import crowd
from tests.store.builders import run

only_sqlite = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("urls", ["postgresql"], indirect=True)
PEOPLE = 200


def tell(capsys: pytest.CaptureFixture[str], *words: object) -> None:
    with capsys.disabled():
        print("\n", *words)  # noqa: T201 - A figure.


def copied(urls: Urls, name: str) -> Path:
    """The words' file as it stands, with what stands beside it."""
    folder = urls.folder / name
    folder.mkdir()
    for file in urls.folder.glob("words.sqlite*"):
        shutil.copyfile(file, folder / file.name)
    return folder / "words.sqlite"


def blobs(file: Path) -> list[bytes]:
    """Every sealed thing of the ballot box in a copy."""
    with closed(sqlite3.connect(file)) as conn:
        return [
            row[0]
            for table in ("pending", "ballot")
            for row in conn.execute(f"SELECT body FROM {table}")  # noqa: S608
        ]


def secrets_of(store: Store) -> list[bytes]:
    """Every secret that the key store still has."""
    return [store.keys.secret(each) for each in (*store.keys.passing(), *store.keys.owners())]


def opened(sealed: Iterable[bytes], secrets: Iterable[bytes]) -> int:
    """How many things open with any of these secrets, also what is sealed twice."""
    known, found = list(secrets), 0
    for each in sealed:
        for secret in known:
            try:
                ballots.open_(secret, each)
            except BrokenSealError:
                continue
            found += 1
            break
    return found


def recorded(box: Box) -> dict[str, list[bytes]]:
    """What stands in the ballot box now, as bytes that lie in the file in that way."""
    with box.store.engine.connect() as conn:
        waiting = conn.execute(select(pending)).all()
        came = conn.execute(select(turnout)).all()
        cast = conn.execute(select(ballot)).all()
        return {
            "what waits": [row.body for row in waiting],
            "who shared": [f"{row.participant}{row.count}".encode() for row in waiting],
            "who was asked": [f"{row.participant}{row.count}".encode() for row in came],
            "ballots": [row.body for row in cast] + [row.id.encode() for row in cast],
            "tokens": [each.encode() for each in conn.scalars(select(token.c.token))],
            "counts": [each.encode() for each in conn.scalars(select(open_count.c.id))],
        }


def hits(content: bytes, canaries: Mapping[str, list[bytes]]) -> dict[str, int]:
    found = {kind: sum(each in content for each in all_) for kind, all_ in canaries.items()}
    return {kind: number for kind, number in found.items() if number}


def everything(urls: Urls) -> bytes:
    """Both SQLite files and all that stands beside them, as raw bytes."""
    return b"\n".join(
        file.read_bytes() for file in sorted(urls.folder.glob("*.sqlite*")) if file.is_file()
    )


def joined(*found: Mapping[str, list[bytes]]) -> dict[str, list[bytes]]:
    return {kind: [each for one in found for each in one[kind]] for kind in found[0]}


@only_sqlite
def test_copies_from_before_open_nothing_with_any_key_that_is_left(
    store: Store, urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    box = Box(store)
    box.share({f"p{n}": 1 + n % 5 for n in range(20)})
    before_drop, day = copied(urls, "before the drop"), secrets_of(store)
    assert opened(blobs(before_drop), day) == 20
    box.night()
    # The day's key is gone: not even with the count's own can it be matched with a ballot.
    assert opened(blobs(before_drop), [*secrets_of(store), master]) == 0
    before_close = copied(urls, "before the close")
    assert opened(blobs(before_close), secrets_of(store)) == 20
    of = box.count()
    theirs = {
        ballots.token(store.keys.secret(COUNT + of.id), of.measure, of.cell, each)
        for each in box.people.values()
    }
    box.night(8)
    assert len(box.told) == 1
    left = [*secrets_of(store), master]
    old = [*blobs(before_drop), *blobs(before_close)]
    assert opened(old, left) == 0
    with closed(sqlite3.connect(before_close)) as conn:
        there = {row[0] for row in conn.execute("SELECT token FROM token")}
    assert there == theirs
    tried = {
        ballots.token(secret, of.measure, cell, whose)
        for secret in left
        for cell in ("", of.cell)
        for whose in box.people.values()
    }
    assert not tried & there
    tell(
        capsys,
        f"{len(old)} sealed shares and ballots in copies from before the drop and the close, "
        f"{len(left)} keys that are left: 0 opened; of {len(there)} tokens 0 matched",
    )


def test_backups_hold_nothing_of_the_ballot_box(store: Store, urls: Urls) -> None:
    box = Box(store)
    box.share({f"p{n}": 1 + n % 5 for n in range(20)})
    found = [recorded(box)]
    for stage in ("pending", "dropped"):
        file, keys = urls.folder / f"{stage}.backup", urls.folder / f"{stage}.keys"
        backup(store.engine, file)
        backup_keys(store.keys, keys, box.now)
        with closed(sqlite3.connect(file)) as conn:
            for table in BOX:
                assert not conn.execute(f"SELECT 1 FROM {table.name}").fetchall()  # noqa: S608
        found.append(recorded(box))
        assert hits(file.read_bytes() + keys.read_bytes(), joined(*found)) == {}
        with closed(sqlite3.connect(keys)) as conn:
            owners = {row[0] for row in conn.execute("SELECT owner FROM wrapped_key")}
        assert not owners & store.keys.passing()
        box.night()


@only_sqlite
def test_after_the_close_no_byte_of_a_count_is_left_in_the_files(
    store: Store, urls: Urls, capsys: pytest.CaptureFixture[str]
) -> None:
    box = Box(store)
    crowd(box, [1 + n % 5 for n in range(PEOPLE)])
    before_drop = recorded(box)
    assert hits(everything(urls), before_drop).keys() >= {"what waits", "who shared", "counts"}
    box.night()
    dropped = recorded(box)
    # That somebody was asked is told by a row of the same first bytes until the close.
    assert hits(everything(urls), {"what waits": before_drop["what waits"]}) == {}
    box.night(8)
    assert len(box.told) == 1
    run(store, lambda conn: conn.execute(owed.delete()))
    checkpoint(store.engine)
    whole = joined(before_drop, dropped)
    content = everything(urls)
    tell(
        capsys,
        f"after the close, {sum(map(len, whole.values()))} canaries in {len(content):,} bytes "
        f"of words, WAL and keys: {sum(hits(content, whole).values())} found",
    )
    assert hits(content, whole) == {}


@only_postgresql
def test_on_postgresql_the_partitions_file_is_gone_once_its_week_is_over(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    box = Box(store)
    crowd(box, [1 + n % 5 for n in range(PEOPLE)])
    week = week_of(box.count().closes_at)
    before_drop = recorded(box)
    box.night()
    dropped = recorded(box)
    file = _file(store, partition(week))
    _checkpoint(store)
    assert dropped["ballots"][0] in file.read_bytes()
    box.night(8)
    assert not run(store, partial(closing.drop_part, week=week))
    _checkpoint(store)
    assert not file.exists()
    tables = {name: _file(store, name) for name in ("pending", "token", "turnout", "open_count")}
    whole = joined(before_drop, dropped)
    left = {
        name: hits(path.read_bytes() if path.exists() else b"", whole)
        for name, path in tables.items()
    }
    tell(capsys, f"PostgreSQL, the partition's file is gone; in the files of tables: {left}")
    assert not any(left[name] for name in ("pending", "token", "turnout"))


@only_postgresql
def test_a_count_that_is_held_over_moves_to_a_later_partition(store: Store) -> None:
    box = Box(store)
    box.share({"ada": 4, "ben": 2, "cem": 5})
    first = week_of(box.count().closes_at)
    box.night()
    assert box.ballots == 3
    assert not run(store, partial(closing.drop_part, week=first))  # It has ballots in it.
    box.night(8)
    later = week_of(box.count().closes_at)
    assert later > first
    assert box.ballots == 3
    names = run(store, _parts)
    assert partition(first) not in names
    assert partition(later) in names
    box.share({"dev": 3, "eve": 3})
    box.night(8)
    assert len(box.told) == 1
    assert run(store, _parts) == set()


def test_a_count_that_expires_leaves_no_partition_and_no_key(store: Store) -> None:
    box = Box(store)
    box.share({"ada": 4, "ben": 2, "cem": 5})
    for _ in range(9):
        box.night(7)
    assert box.told == ()
    assert counting.Sweeper(timedelta()).sweep(store, box.now) == 0
    assert not [each for each in store.keys.passing() if each.startswith(COUNT)]


def _parts(conn: Connection) -> set[str]:
    found = conn.execute(
        text(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ballot'::regclass"
        )
    )
    return {row[0] for row in found}


def _file(store: Store, name: str) -> Path:
    """Where PostgreSQL keeps a table."""
    with store.engine.connect() as conn:
        return Path(
            str(conn.scalar(text("SELECT current_setting('data_directory')"))),
            str(conn.scalar(text("SELECT pg_relation_filepath(:name)"), {"name": name})),
        )


def _checkpoint(store: Store) -> None:
    with store.engine.connect() as conn:
        conn.execute(text("CHECKPOINT"))
