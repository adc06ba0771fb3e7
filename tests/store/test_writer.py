"""The writer runs works in order, commits them, and only then says so."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import CancelledError, Future
from threading import Event

import pytest
from sqlalchemy import Connection, event, text

from bot.store import attempts
from bot.store.opening import Store
from bot.store.writer import ClosedError, Writer
from bot.trust.databases import DiskFullError
from tests.store.builders import run

only_sqlite = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("urls", ["postgresql"], indirect=True)


def put(conn: Connection, name: str, value: str = "") -> str:
    conn.execute(text("INSERT INTO meta VALUES (:n, :v)"), {"n": name, "v": value})
    return name


def names(store: Store) -> list[str]:
    with store.engine.connect() as conn:
        found = conn.scalars(text("SELECT name FROM meta WHERE name LIKE 't%' ORDER BY name"))
        return list(found)


def held(store: Store) -> tuple[Event, Future[bool]]:
    """Keep the writer busy, so that what follows is taken as one group."""
    begun, go = Event(), Event()

    def wait(_: Connection) -> bool:
        begun.set()
        return go.wait(10)

    waiting = store.writer.submit(wait, "lane")
    begun.wait(10)
    return go, waiting


def test_a_work_gives_what_it_returns_once_it_is_committed(store: Store) -> None:
    assert run(store, lambda conn: put(conn, "t1")) == "t1"
    assert names(store) == ["t1"]


async def test_a_work_can_be_awaited(store: Store) -> None:
    assert await store.writer.run(lambda conn: put(conn, "t1")) == "t1"
    with pytest.raises(ZeroDivisionError):
        await store.writer.run(lambda _: 1 / 0)


def test_works_of_one_lane_run_in_their_order(store: Store) -> None:
    seen: list[int] = []
    works = [
        store.writer.submit(lambda _, number=number: seen.append(number), "lane")  # type: ignore[misc]
        for number in range(100)
    ]
    for work in works:
        work.result(10)
    assert seen == list(range(100))


def test_a_work_that_fails_undoes_itself_alone(store: Store) -> None:
    def fails(conn: Connection) -> None:
        put(conn, "t2")
        raise ValueError("no")

    go, first = held(store)
    one = store.writer.submit(lambda conn: put(conn, "t1"), "lane")
    two = store.writer.submit(fails, "lane")
    three = store.writer.submit(lambda conn: put(conn, "t3"), "lane")
    go.set()
    assert first.result(10)
    assert (one.result(10), three.result(10)) == ("t1", "t3")
    with pytest.raises(ValueError, match="no"):
        two.result(10)
    assert names(store) == ["t1", "t3"]


def test_a_statement_that_fails_undoes_its_work_alone(store: Store) -> None:
    go, _ = held(store)
    works = [
        store.writer.submit(lambda conn, name=name: put(conn, name), "lane")  # type: ignore[misc]
        for name in ("t1", "t1", "t2")
    ]
    go.set()
    assert works[2].result(30) == "t2"
    assert isinstance(works[1].exception(30), Exception)
    assert names(store) == ["t1", "t2"]


def test_a_savepoint_left_open_by_a_work_that_fails_does_no_harm(store: Store) -> None:
    def leaves(conn: Connection) -> None:
        conn.begin_nested()
        put(conn, "t1")
        raise ValueError("no")

    go, _ = held(store)
    failing = store.writer.submit(leaves, "lane")
    after = store.writer.submit(lambda conn: put(conn, "t2"), "lane")
    go.set()
    assert isinstance(failing.exception(10), ValueError)
    assert after.result(10) == "t2"
    assert names(store) == ["t2"]


def test_even_an_exit_within_a_work_goes_to_its_future(store: Store) -> None:
    def leaves(_: Connection) -> None:
        raise SystemExit(3)

    assert isinstance(store.writer.submit(leaves).exception(10), SystemExit)
    assert run(store, lambda conn: put(conn, "t1")) == "t1"


def test_nothing_is_acknowledged_before_it_is_committed(store: Store) -> None:
    seen: list[list[str]] = []
    go, _ = held(store)
    works = [
        store.writer.submit(lambda conn, name=name: put(conn, name), "lane")  # type: ignore[misc]
        for name in ("t1", "t2", "t3")
    ]
    for work in works:
        work.add_done_callback(lambda _: seen.append(names(store)))
    go.set()
    works[-1].result(10)
    store.writer.submit(lambda _: None, "lane").result(10)
    assert "t1" in seen[0]
    assert seen[-1] == ["t1", "t2", "t3"]


def test_a_work_cancelled_while_it_waits_is_never_run(store: Store) -> None:
    go, _ = held(store)
    work = store.writer.submit(lambda conn: put(conn, "t1"), "lane")
    after = store.writer.submit(lambda conn: put(conn, "t2"), "lane")
    assert work.cancel()
    go.set()
    assert after.result(10) == "t2"
    with pytest.raises(CancelledError):
        work.result(10)
    assert names(store) == ["t2"]


def test_closing_finishes_what_was_taken_and_takes_no_more(store: Store) -> None:
    go, _ = held(store)
    works = [
        store.writer.submit(lambda conn, number=number: put(conn, f"t{number}"))  # type: ignore[misc]
        for number in range(9)
    ]
    go.set()
    store.writer.close()
    assert all(work.done() for work in works)
    assert len(names(store)) == 9
    with pytest.raises(ClosedError):
        store.writer.submit(lambda _: None)
    store.writer.close()


def test_a_writer_that_never_began_can_be_closed(store: Store) -> None:
    Writer(store.engine).close()


async def test_many_at_once_are_all_committed(store: Store) -> None:
    works = [
        store.writer.run(lambda conn, number=number: put(conn, f"t{number:03}"), str(number % 7))  # type: ignore[misc]
        for number in range(200)
    ]
    assert len(await asyncio.gather(*works)) == 200
    assert len(names(store)) == 200


@only_sqlite
def test_what_waits_is_committed_together_up_to_a_group(store: Store) -> None:
    commits: list[int] = []
    event.listen(store.engine, "commit", lambda _: commits.append(1))
    go, first = held(store)
    works = [
        store.writer.submit(lambda conn, number=number: put(conn, f"t{number}"))  # type: ignore[misc]
        for number in range(40)
    ]
    go.set()
    assert first.result(10)
    for work in works:
        work.result(10)
    assert len(commits) == 3  # The one that held it up, then 32, then 8.


def limit(conn: Connection) -> None:
    """Leave room for 30 more pages on this connection."""
    pages = conn.exec_driver_sql("PRAGMA page_count").scalar() or 0
    conn.exec_driver_sql(f"PRAGMA max_page_count={pages + 30}")


@only_sqlite
def test_when_the_disk_is_full_each_work_is_tried_singly(store: Store) -> None:
    run(store, limit)
    go, _ = held(store)
    small = store.writer.submit(lambda conn: put(conn, "t1", "x"))
    huge = store.writer.submit(lambda conn: put(conn, "t2", "x" * 1_000_000))
    last = store.writer.submit(lambda conn: put(conn, "t3", "x"))
    go.set()
    assert (small.result(10), last.result(10)) == ("t1", "t3")
    with pytest.raises(DiskFullError, match="Make room"):
        huge.result(10)
    assert names(store) == ["t1", "t3"]


@only_sqlite
def test_a_group_that_cannot_be_committed_is_tried_singly(store: Store) -> None:
    refusals = iter([sqlite3.OperationalError("disk I/O error")])

    def refuse(_: Connection) -> None:
        for refusal in refusals:
            raise refusal

    go, first = held(store)
    works = [
        store.writer.submit(lambda conn, number=number: put(conn, f"t{number}"))  # type: ignore[misc]
        for number in range(3)
    ]
    event.listen(store.engine, "commit", refuse)
    go.set()
    first.exception(10)
    assert [work.result(10) for work in works] == ["t0", "t1", "t2"]
    assert names(store) == ["t0", "t1", "t2"]


@only_postgres
def test_a_lost_connection_is_made_again_and_the_work_repeated(store: Store) -> None:
    runs: list[int] = []

    def cut(conn: Connection) -> str:
        runs.append(1)
        if len(runs) == 1:
            conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return put(conn, "t1")

    assert run(store, cut) == "t1"
    assert len(runs) == 2
    assert names(store) == ["t1"]


@only_postgres
def test_works_of_different_lanes_run_at_the_same_time(store: Store) -> None:
    one, two = Event(), Event()

    def first(_: Connection) -> bool:
        one.set()
        return two.wait(10)

    def second(_: Connection) -> bool:
        two.set()
        return one.wait(10)

    works = [store.writer.submit(work) for work in (first, second)]
    assert all(work.result(10) for work in works)


@only_postgres
def test_a_database_that_stays_away_is_given_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "PAUSES", (0.0, 0.0))
    runs: list[int] = []

    def cut(conn: Connection) -> None:
        runs.append(1)
        conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    error = store.writer.submit(cut).exception(10)
    assert type(error).__name__ == "UnreachableError"
    assert len(runs) == 3
