"""People at the beginning of a journey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.opening import Store
from tests.conftest import Server, Urls, on_sqlite
from tests.journeys.playing import begin
from tests.journeys.someone import Ids, Someone


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Urls]:
    """Blank databases of each kind.

    What a conversation says is the same on both, and the store has tests of its own on both. So
    most journeys go on PostgreSQL in the soak; a module that says `on_both` goes on both always.
    """
    if request.param == "sqlite":
        yield on_sqlite(tmp_path)
        return
    server: Server = request.getfixturevalue("postgres")
    with server.pair(tmp_path) as pair:
        yield pair


#: What a module's `pytestmark` says whose journeys go on both databases always.
on_both = pytest.mark.parametrize("urls", ["sqlite", "postgresql"], indirect=True)


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
