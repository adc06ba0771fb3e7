"""Who lets us in, as the adapter asks it: remembered a little, and never longer than it is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.commands.letting_in import LetIn, NotKnownYetError
from bot.store.opening import Store, open_store
from bot.trust.sealing import new_key
from tests.store.builders import NOON
from tests.store.test_workspaces import HILLSIDE, RIVERSIDE


@dataclass
class Watch:
    """A clock that stands still until it is moved."""

    seconds: float = 0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    words, keys = (f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("words", "keys"))
    master = new_key()
    opened = open_store(words, keys, lambda _: [master])
    opened.writer.start()
    yield opened
    opened.close()


def let_in(store: Store, watch: Watch, *, awaits: bool = False) -> LetIn:
    return LetIn(store, lambda: NOON, awaits=awaits, ticks=watch)


async def test_one_that_is_kept_is_there_at_once_and_gone_at_once(
    store: Store, watch: Watch
) -> None:
    here = let_in(store, watch)
    assert await here.get(RIVERSIDE.id) is None
    await here.keep(RIVERSIDE)
    assert await here.get(RIVERSIDE.id) == RIVERSIDE
    await here.keep(replace(RIVERSIDE, token="xoxb-new"))
    found = await here.get(RIVERSIDE.id)
    assert found is not None
    assert found.token == "xoxb-new"
    await here.remove(RIVERSIDE.id, "uninstalled")
    assert await here.get(RIVERSIDE.id) is None


async def test_what_another_process_changes_is_seen_within_a_minute(
    store: Store, watch: Watch
) -> None:
    here, there = let_in(store, watch), let_in(store, watch)
    await there.keep(RIVERSIDE)
    assert await here.get(RIVERSIDE.id) == RIVERSIDE
    await there.remove(RIVERSIDE.id, "uninstalled")
    assert await here.get(RIVERSIDE.id) == RIVERSIDE
    watch.seconds = 60
    assert await here.get(RIVERSIDE.id) is None
    await there.keep(RIVERSIDE)
    assert await here.get(RIVERSIDE.id) is None
    watch.seconds = 120
    assert await here.get(RIVERSIDE.id) == RIVERSIDE


async def test_the_one_of_the_settings_is_there_until_it_removes_us(
    store: Store, watch: Watch
) -> None:
    here = let_in(store, watch, awaits=True)
    await here.meet(RIVERSIDE)
    assert await here.get(RIVERSIDE.id) == RIVERSIDE
    await here.remove(RIVERSIDE.id, "revoked")
    assert await here.get(RIVERSIDE.id) is None
    await here.meet(RIVERSIDE)
    assert await here.get(RIVERSIDE.id) == RIVERSIDE


async def test_before_slack_has_said_whose_a_token_is_nobody_is_turned_away(
    store: Store, watch: Watch
) -> None:
    here = let_in(store, watch, awaits=True)
    await here.keep(HILLSIDE)
    assert await here.get(HILLSIDE.id) == HILLSIDE
    with pytest.raises(NotKnownYetError):
        await here.get(RIVERSIDE.id)
    await here.meet(RIVERSIDE)
    assert await here.get("T0NOBODY") is None
    assert await here.get(RIVERSIDE.id) == RIVERSIDE
