"""Nights that meet trouble, on both databases: what goes on, what waits, what is tried again."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, text, update

from bot.requests import counting
from bot.store import counts, dropping
from bot.store.counted import open_count
from bot.store.opening import Store
from bot.trust.databases import StoreError
from bot.trust.keyring import COUNT, KeyGoneError
from tests.counting.box import WEEK, Box
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


def test_a_count_whose_key_is_lost_ends_the_next_night_so_that_people_can_share_anew(
    box: Box,
) -> None:
    box.share(SEVEN)
    box.night()
    box.store.keys.forget_all(list(box.store.keys.passing()))  # As after restoring keys alone.
    with pytest.raises(KeyGoneError):
        box.share({"p0": 3})
    night = box.night()
    assert night is not None
    assert night.lost == 1
    assert (box.waiting, box.ballots) == (0, 0)
    box.share(SEVEN)
    box.night()
    assert box.ballots == 7


def test_a_day_whose_key_is_lost_is_retired_so_that_shares_of_today_can_be_opened(
    box: Box,
) -> None:
    box.share({"early": 3})
    box.store.keys.forget_all([each for each in box.store.keys.passing() if "day:" in each])
    counting.Sweeper().sweep(box.store, box.now)
    box.share(SEVEN)
    night = box.night()
    assert night is not None
    assert (night.dropped, box.ballots) == (7, 7)


def test_a_key_whose_row_is_long_in_coming_is_not_swept(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = [0]
    clock = SimpleNamespace(monotonic=lambda: 60.0 * minutes[0])
    monkeypatch.setattr(counting, "time", clock)
    sweeper = counting.Sweeper()
    box.store.keys.make_secret(COUNT + "0" * 32)
    for minutes[0], swept in ((0, 0), (14, 0), (15, 1), (60, 0)):
        assert sweeper.sweep(box.store, box.now) == swept, minutes


def test_a_key_that_had_its_row_meanwhile_is_waited_for_anew(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = [0]
    clock = SimpleNamespace(monotonic=lambda: 60.0 * minutes[0])
    monkeypatch.setattr(counting, "time", clock)
    sweeper = counting.Sweeper()

    def frozen(conn: Connection) -> None:
        counts.opened(
            conn,
            box.store.keys,
            box.measure,
            cell="Team",
            title="Team",
            now=box.now,
            closes_at=box.now + WEEK,
        )
        for minutes[0] in (0, 5):  # Beside a transaction that takes its time.
            assert sweeper.sweep(box.store, box.now) == 0

    run(box.store, frozen)
    minutes[0] = 60
    assert sweeper.sweep(box.store, box.now) == 0
    box.share(SEVEN)
    assert box.waiting == 7
