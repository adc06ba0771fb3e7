"""Nights that meet trouble, on both databases: what goes on, what waits, what is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bot.requests import counting
from bot.store import dropping
from bot.store.counted import open_count
from bot.store.opening import Store
from bot.trust.databases import StoreError
from tests.counting.box import Box
from tests.store.builders import run

SEVEN = {f"p{n}": 1 + n % 5 for n in range(7)}


@pytest.fixture
def box(store: Store) -> Box:
    return Box(store)


def test_a_night_that_fails_on_its_way_is_tried_again(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.night()
    box.share(SEVEN)

    def fails(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(dropping, "end", fails)
        with pytest.raises(StoreError):
            box.night()
    assert counting.is_due(box.store, box.now)
    box.night(0.05)
    assert not counting.is_due(box.store, box.now)
    assert (box.waiting, box.ballots) == (0, 7)


def test_a_count_that_cannot_be_read_stops_no_other_and_ends_when_its_time_is_over(
    box: Box,
) -> None:
    box.share(SEVEN, "North")
    box.share(SEVEN, "South")
    broken = box.count("North")
    run(
        box.store,
        lambda conn: conn.execute(
            update(open_count).where(open_count.c.id == broken.id).values(body='{"gone": 1}')
        ),
    )
    night = box.night(8)
    assert night is not None
    assert night.closed.told == 1
    assert [each.groups for each in box.told[0].told] == [("South",)]
    assert not counting.is_due(box.store, box.now)
    night = box.night(60)
    assert night is not None
    assert night.closed == counting.Closed(expired=1)
    assert (box.waiting, box.ballots) == (0, 0)


def test_a_count_whose_key_is_broken_stops_neither_drop_nor_close_of_another(box: Box) -> None:
    box.share(SEVEN, "North")
    box.share(SEVEN, "South")
    broken = f"count:{box.count('North').id}"
    with box.store.keys.engine.begin() as conn:
        conn.execute(
            text("UPDATE wrapped_key SET wrapped = :other WHERE owner = :owner"),
            {"other": b"broken" * 10, "owner": broken},
        )
    night = box.night(8)
    assert night is not None
    assert (night.dropped, night.closed.told) == (7, 1)
    assert not counting.is_due(box.store, box.now + timedelta(minutes=1))
