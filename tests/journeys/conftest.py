"""People at the beginning of a journey."""

from __future__ import annotations

import pytest

from bot.store.opening import Store
from tests.journeys.playing import begin
from tests.journeys.someone import Ids, Someone


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
