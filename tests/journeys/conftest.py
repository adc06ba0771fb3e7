"""People at the beginning of a journey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.store.opening import Store
from tests.conftest import Server, Urls, on_sqlite
from tests.journeys.playing import begin
from tests.journeys.someone import Ids, Someone


@pytest.fixture(scope="session")
def shared(postgres: Server) -> Iterator[tuple[str, str]]:
    """Two databases for all journeys of this process: making them takes longer than a journey."""
    words, keys = postgres.make_words(), postgres.make()
    yield words, keys
    for url in (words, keys):
        postgres.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Urls]:
    """Blank databases of each kind; on PostgreSQL those of the test before, emptied.

    What a conversation says is the same on both, and the store has tests of its own on both. So
    most journeys go on PostgreSQL in the soak; a module that says `on_both` goes on both always.
    """
    if request.param == "sqlite":
        yield on_sqlite(tmp_path)
        return
    words, keys = request.getfixturevalue("shared")
    yield Urls(words=words, keys=keys, folder=tmp_path)
    for url in (words, keys):
        _empty(url)


#: What a module's `pytestmark` says whose journeys go on both databases always.
on_both = pytest.mark.parametrize("urls", ["sqlite", "postgresql"], indirect=True)


def _empty(url: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as conn:
        found = conn.execute(
            "SELECT tablename FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename != 'alembic_version'"
        )
        emptying = [f'DELETE FROM "{name}"' for (name,) in found]  # noqa: S608
        # A replica does not look at foreign keys, so that the order does not matter.
        conn.execute("; ".join(["SET session_replication_role = replica", *emptying]).encode())


@pytest.fixture
def ids() -> Ids:
    """Ids for everybody in one store."""
    return Ids()


@pytest.fixture
def someone(store: Store, ids: Ids) -> Someone:
    """Somebody who has joined, keeps their words, and likes Tuesdays and Thursdays at 09:30."""
    return begin(Someone(store, ids=ids), "joined")


@pytest.fixture
def other(store: Store, ids: Ids) -> Someone:
    """Somebody else in the same store."""
    return begin(Someone(store, place="there", ids=ids), "joined")


@pytest.fixture
def stranger(store: Store, ids: Ids) -> Someone:
    """Somebody who never wrote before."""
    return Someone(store, place="new", ids=ids)
