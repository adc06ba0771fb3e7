"""Nights that meet trouble, on both databases: what goes on, what waits, what is tried again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, select, text, update

from bot.measures.measure import Group
from bot.requests import counting
from bot.store import closing, counts, dropping
from bot.store.backup import backup, restore
from bot.store.counted import gate, mark, open_count
from bot.store.opening import Store, open_store
from bot.trust.databases import StoreError
from bot.trust.keybackup import backup_keys, restore_keys
from bot.trust.keyring import COUNT, GATE, KeyGoneError
from tests.counting.box import WEEK, Box
from tests.store.builders import run

SEVEN = {f"p{n}": 1 + n % 5 for n in range(7)}


only_postgresql = pytest.mark.parametrize("urls", ["postgresql"], indirect=True)


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


def twelve(names: int = 12) -> dict[str, int]:
    return {f"p{n}": 4 - n % 3 for n in range(names)}


def told_gates(box: Box) -> tuple[int, int]:
    def work(conn: Connection) -> tuple[int, int]:
        return len(conn.execute(select(gate)).all()), len(conn.execute(select(mark)).all())

    return run(box.store, work)


def again(box: Box, days: int = 8) -> int:
    """Eleven of the twelve share, and in the end of that week something is told or not."""
    box.share(twelve(11))
    night = box.night(days)
    assert night is not None
    return night.closed.told


def test_after_a_restore_what_was_told_is_not_told_of_one_person_less(
    box: Box, tmp_path: Path, master: bytes
) -> None:
    box.share(twelve())
    box.night(8)
    backup(box.store.engine, tmp_path / "words.backup")
    backup_keys(box.store.keys, tmp_path / "keys.backup", box.now)
    urls = [f"sqlite:///{tmp_path}/{name}-restored.sqlite" for name in ("words", "keys")]
    restore_keys(tmp_path / "keys.backup", urls[1], box.now)
    restored = open_store(urls[0], urls[1], lambda _: [master])
    try:
        restored.writer.start()
        restore(tmp_path / "words.backup", restored.engine, restored.keys, box.now)
        later = Box(restored, now=box.now, people=box.people)
        assert len(later.told) == 1
        assert again(later) == 0
        later.night(90)
        assert again(later) == 0  # Nor in a count that was opened later.
        later.night(90)
        assert again(later) == 1  # Half a year after it was told.
    finally:
        restored.close()


def test_when_the_key_of_marks_is_lost_what_was_told_is_not_told_of_one_person_less(
    box: Box,
) -> None:
    box.share(twelve())
    box.night(8)
    box.store.keys.forget_all([GATE + box.measure.name])
    assert again(box) == 0


def test_who_took_part_in_sessions_is_forgotten_half_a_year_later(box: Box) -> None:
    box.measure = box.measure.model_copy(update={"group": Group.SESSION})
    for number in range(3):
        box.share(SEVEN, f"festival/{number}")
        box.night(8)
    assert told_gates(box) == (3, 21)
    box.night(25 * 7)
    assert told_gates(box) == (1, 7)
    box.night(7 * 7)
    assert told_gates(box) == (0, 0)
    assert counting.Sweeper(timedelta()).sweep(box.store, box.now) == 1
    assert GATE + box.measure.name not in box.store.keys.passing()


def test_a_group_that_is_still_counted_is_remembered_however_long_it_is_held(box: Box) -> None:
    box.share(twelve())
    box.night(8)
    for _ in range(5):  # Each of these expires untold.
        assert again(box, 60) == 0
    assert told_gates(box) == (1, 12)


def parts(box: Box) -> list[str]:
    def work(conn: Connection) -> list[str]:
        children = "SELECT 1 FROM pg_inherits WHERE inhparent = 'ballot'::regclass"
        return [str(row) for row in conn.execute(text(children))]

    return run(box.store, work)


@only_postgresql
def test_a_partition_that_a_crash_left_goes_the_next_night(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.share(SEVEN)
    box.night()

    def killed(*_: object, **__: object) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(closing, "drop_part", killed)
        with pytest.raises(StoreError):
            box.night(8)
    assert (len(box.told), len(parts(box))) == (1, 1)
    box.night(7)
    assert parts(box) == []


@only_postgresql
def test_the_partition_of_a_count_whose_key_is_lost_goes_once_its_week_is_past(box: Box) -> None:
    box.share(SEVEN)
    box.share(SEVEN, "Elsewhere")
    box.night()
    box.store.keys.forget_all([COUNT + box.count().id])
    box.night()
    assert len(parts(box)) == 1  # The other count is in it.
    box.store.keys.forget_all([COUNT + box.count("Elsewhere").id])
    box.night()
    box.night(14)
    assert parts(box) == []


def test_a_close_that_is_cut_short_tells_once_and_the_rest_goes_the_next_night(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.share(SEVEN)
    box.night()
    monkeypatch.setattr(counting, "_AT_ONCE", 2)
    clear = counts.clear
    pieces = [0]

    def killed(conn: Connection, count: str, most: int) -> bool:
        pieces[0] += 1
        if pieces[0] == 6:
            raise StoreError("killed")
        return clear(conn, count, most)

    with monkeypatch.context() as patch:
        patch.setattr(counts, "clear", killed)
        with pytest.raises(StoreError):
            box.night(8)
    assert len(box.told) == 1
    assert not [each for each in box.store.keys.passing() if each.startswith(COUNT)]
    assert 0 < box.ballots <= 7  # Which nobody can read any more.
    box.share(SEVEN)  # Meanwhile the next count of the same cell is open.
    box.night(0.1)
    assert (len(box.told), box.ballots, box.waiting) == (1, 7, 0)
    assert run(box.store, counts.left) == ()
    box.night(8)
    assert (len(box.told), box.ballots) == (2, 0)
