"""A count from the first share to what is told, on both databases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import DBAPIError

from bot.measures.release import Amount
from bot.requests import counting
from bot.store import counts, forgetting, releases
from bot.store.counted import gate, mark, open_count, token, turnout
from bot.store.counts import ANSWERED, Counted
from bot.store.opening import Store
from bot.trust.databases import is_sqlite, writing
from bot.trust.keyring import COUNT, DAY, GATE
from scheduler.festival import Session
from tests.counting.box import WEEK, Box
from tests.store.builders import run

SEVEN = {f"p{n}": 1 + n % 5 for n in range(7)}


@pytest.fixture
def box(store: Store) -> Box:
    return Box(store)


def box_keys(box: Box) -> list[str]:
    return sorted(each.split(":")[0] for each in box.store.keys.passing())


def rows(box: Box, table: Table) -> list[Any]:
    def work(conn: Connection) -> list[Any]:
        return list(conn.execute(select(table)).all())

    return run(box.store, work)


def test_what_waits_is_dropped_at_night_and_told_at_the_end_of_the_week(box: Box) -> None:
    box.share(SEVEN)
    assert (box.waiting, box.ballots) == (7, 0)
    night = box.night()
    assert night is not None
    assert (night.dropped, night.waiting) == (7, 0)
    assert (box.waiting, box.ballots, box.told) == (0, 7, ())
    night = box.night(7)
    assert night is not None
    assert night.closed == counting.Closed(told=1)
    assert len(box.told) == 1
    (told,) = box.told[0].told
    assert told.groups == ("Team",)
    assert told.contributed == Amount(low=5, high=9)


def test_nothing_is_left_of_a_count_that_was_told_but_who_took_part(box: Box) -> None:
    box.share(SEVEN)
    box.night()
    box.night(7)
    assert [rows(box, table) for table in (open_count, token, turnout)] == [[], [], []]
    assert (box.waiting, box.ballots) == (0, 0)
    marks = rows(box, mark)
    assert len(marks) == 7
    assert not {row.mark for row in marks} & set(box.people.values())
    assert box_keys(box) == ["day", "gate"]


def test_fewer_than_three_wait_for_the_next_drop_sealed_anew(box: Box) -> None:
    box.share({"ada": 4, "ben": 2})
    before = {each.split(":")[1] for each in box.store.keys.passing() if each.startswith(DAY)}
    night = box.night()
    assert night is not None
    assert (night.dropped, night.waiting, box.waiting, box.ballots) == (0, 2, 2, 0)
    after = {each.split(":")[1] for each in box.store.keys.passing() if each.startswith(DAY)}
    assert not before & after
    box.share({"cem": 3})
    night = box.night()
    assert night is not None
    assert (night.dropped, box.waiting, box.ballots) == (3, 0, 3)


def test_a_share_can_be_taken_back_until_the_drop_and_not_after(box: Box) -> None:
    box.share(SEVEN)
    whose, of = box.id_of("p0"), box.count()
    assert run(box.store, lambda conn: counts.withdraw(conn, whose, "energy"))
    assert not run(box.store, lambda conn: counts.withdraw(conn, whose, "energy"))
    box.night()
    assert box.ballots == 6
    other = box.id_of("p1")
    assert not run(box.store, lambda conn: counts.withdraw(conn, other, "energy"))
    with pytest.raises(Counted):
        run(
            box.store,
            lambda conn: counts.share(conn, box.store.keys, other, of, ((1,),), now=box.now),
        )


def test_a_session_is_counted_however_long_its_title_may_be(box: Box) -> None:
    longest = "é" * 200
    assert Session(id="walk", title=longest, starts=box.now.replace(tzinfo=None)).title == longest
    opened = partial(
        counts.opened,
        keys=box.store.keys,
        measure=box.measure,
        cell="spring/walk",
        title=longest,
        now=box.now,
        closes_at=box.now + WEEK,
    )
    assert run(box.store, opened).title == longest


def test_the_same_share_a_hundred_times_counts_once(box: Box) -> None:
    box.share(SEVEN)
    for _ in range(33):
        box.share({"p0": 5})
    box.night()
    for _ in range(67):
        with pytest.raises(Counted):
            box.share({"p0": 5})
    box.night()
    assert box.ballots == 7


def test_too_few_are_never_told_and_expire_after_eight_weeks(box: Box) -> None:
    box.share({"ada": 4, "ben": 2, "cem": 5, "dev": 1})
    for _ in range(8):
        box.night(7)
        assert box.told == ()
    assert box_keys(box) == ["day"]
    assert (box.waiting, box.ballots) == (0, 0)


def test_too_few_wait_until_there_are_enough(box: Box) -> None:
    box.share({"ada": 4, "ben": 2, "cem": 5, "dev": 1})
    box.night(8)
    assert box.told == ()
    box.share({"eve": 3})
    box.night(8)
    assert len(box.told) == 1
    assert box.told[0].told[0].contributed == Amount(low=5, high=9)


def test_what_was_never_dropped_is_counted_at_the_close(box: Box) -> None:
    box.share(SEVEN)
    box.night()
    box.share({"late": 3})
    box.night(7)
    assert box.told[0].told[0].contributed == Amount(low=5, high=9)
    assert box.waiting == 0


def close_now(box: Box) -> counting.Closed:
    return counting.close_due(box.store, {}, box.now, measure=None, early=True)


def test_before_its_day_nothing_is_closed_that_can_still_be_taken_back(box: Box) -> None:
    box.share(SEVEN)
    box.night()
    box.share({"late": 3})
    box.share(SEVEN, cell="Other")
    assert close_now(box) == counting.Closed(waiting=2)
    assert (box.told, box.waiting, box.ballots) == ((), 8, 7)
    late = box.id_of("late")
    assert run(box.store, lambda conn: counts.withdraw(conn, late, "energy"))
    assert close_now(box) == counting.Closed(told=1, waiting=1)
    box.night()
    assert close_now(box) == counting.Closed(told=1)
    assert (box.waiting, box.ballots) == (0, 0)


def test_before_its_day_a_count_of_too_few_stays_open_for_more(box: Box) -> None:
    box.share({"ada": 4, "ben": 2, "cem": 5})
    box.night()
    assert close_now(box) == counting.Closed(held=1)
    box.share({"dev": 3})
    assert box.waiting == 1


def test_two_counts_of_one_cell_are_told_one_after_the_other(box: Box) -> None:
    first = box.now + timedelta(days=2)
    for names, until in ((SEVEN, first), ({f"q{n}": 4 for n in range(6)}, first + WEEK)):
        opened = partial(
            counts.opened,
            keys=box.store.keys,
            measure=box.measure,
            cell="Team",
            title="Team",
            now=until - timedelta(days=1),
            closes_at=until + timedelta(days=2),
            asks_until=until,
        )
        of = run(box.store, opened)
        for name, value in names.items():
            whose = box.id_of(name)
            came = partial(counts.came, participant_id=whose, counts=[of.id], stage=ANSWERED)
            run(box.store, came)
            share = partial(
                counts.share,
                keys=box.store.keys,
                participant_id=whose,
                count=of,
                given=((value,),),
                now=box.now,
            )
            run(box.store, share)
    assert len(rows(box, open_count)) == 2
    night = box.night(14)
    assert night is not None
    assert night.closed == counting.Closed(told=2)
    assert [each.told[0].groups for each in box.told] == [("Team",), ("Team",)]


def test_a_clock_moved_back_over_a_drop_drops_nothing_twice(box: Box) -> None:
    box.share(SEVEN)
    box.night()
    assert not counting.is_due(box.store, box.now)
    box.now -= timedelta(hours=3)
    assert not counting.is_due(box.store, box.now)
    box.night(0)
    assert (box.waiting, box.ballots) == (0, 7)
    assert counting.is_due(box.store, box.now + timedelta(days=1, hours=4))


def test_nothing_is_dropped_by_day_when_skerry_is_new(box: Box) -> None:
    assert not counting.is_due(box.store, box.now)
    assert not counting.is_due(box.store, box.now + timedelta(hours=14))
    assert counting.is_due(box.store, box.now + timedelta(hours=15))


def test_a_clock_that_was_a_year_ahead_does_not_stop_the_drop(box: Box) -> None:
    box.night(365)
    box.now -= timedelta(days=364)
    assert counting.is_due(box.store, box.now)


def test_a_count_closed_twice_is_told_once(box: Box) -> None:
    box.share(SEVEN)
    box.night()
    measures = {"energy": box.measure}
    first = counting.close_due(box.store, measures, box.now, measure="energy", early=True)
    again = counting.close_due(box.store, measures, box.now, measure="energy", early=True)
    assert (first.told, again.told, len(box.told)) == (1, 0, 1)


def test_a_floor_that_rose_holds_and_one_that_fell_does_not(box: Box) -> None:
    box.share(SEVEN)
    higher = {"energy": box.measure.model_copy(update={"floor": 8})}
    held = counting.close_due(box.store, higher, box.now + 2 * WEEK, measure=None, early=False)
    assert (held.told, held.held) == (0, 1)


def test_a_floor_in_force_when_a_count_was_opened_stays(box: Box) -> None:
    box.measure = box.measure.model_copy(update={"floor": 8})
    box.share(SEVEN)
    lower = {"energy": box.measure.model_copy(update={"floor": 5})}
    held = counting.close_due(box.store, lower, box.now + 2 * WEEK, measure=None, early=False)
    assert (held.told, held.held) == (0, 1)


def test_the_database_itself_refuses_to_change_what_was_told(box: Box) -> None:
    box.share(SEVEN)
    box.night(8)
    statements = ["UPDATE release SET body = ''", "DELETE FROM release"]
    if is_sqlite(box.store.engine):
        statements.append("INSERT OR REPLACE INTO release SELECT id, measure, '', '' FROM release")
    else:
        statements.append("TRUNCATE release CASCADE")
    before = box.told
    for statement in statements:
        with (
            pytest.raises(DBAPIError, match="a release never changes"),
            writing(box.store.engine).begin() as conn,
        ):
            conn.execute(text(statement))
    assert box.told == before


def test_somebody_who_leaves_holds_their_team_back(box: Box) -> None:
    box.share(SEVEN)
    box.night(8)
    box.share({name: value for name, value in SEVEN.items() if name != "p0"})
    night = box.night(8)
    assert night is not None
    assert (night.closed.told, night.closed.held) == (0, 1)


def test_somebody_who_is_forgotten_holds_their_team_back_too(box: Box) -> None:
    box.share(SEVEN)
    box.night(8)
    store = box.store
    forgetting.forget(store.engine, store.writer, store.keys, box.people.pop("p0"))
    box.share({name: value for name, value in SEVEN.items() if name != "p0"})
    night = box.night(8)
    assert night is not None
    assert (night.closed.told, night.closed.held) == (0, 1)


def test_the_same_people_are_told_of_again(box: Box) -> None:
    box.share(SEVEN)
    box.night(8)
    box.share(SEVEN)
    night = box.night(8)
    assert night is not None
    assert night.closed.told == 1
    assert box_keys(box) == ["day", "gate"]


def test_what_was_told_before_the_last_time_is_held_against_it_too(box: Box) -> None:
    people = {f"p{n}": 1 + n % 5 for n in range(13)}
    for number, told in ((13, 1), (7, 1), (7, 1), (12, 0), (13, 1)):
        box.share(dict(list(people.items())[:number]))
        night = box.night(8)
        assert night is not None
        assert night.closed.told == told, number
        if not told:  # It goes on with whoever is back.
            box.share(dict(list(people.items())[12:]))
            night = box.night(8)
            assert night is not None
            assert night.closed.told == 1


def test_of_the_same_people_in_turn_four_groups_are_remembered(box: Box) -> None:
    for number in range(6):
        box.share({f"p{5 * number + n}": 3 for n in range(7 + 5)})
        box.night(8)
    assert len(rows(box, gate)) == 4
    assert box_keys(box) == ["day", "gate"]


def test_whoever_is_forgotten_takes_what_waits_with_them(box: Box) -> None:
    box.share(SEVEN)
    store = box.store
    forgetting.forget(store.engine, store.writer, store.keys, box.people["p0"])
    assert box.waiting == 6


def test_a_count_whose_key_is_lost_goes_untold(box: Box) -> None:
    box.share(SEVEN)
    box.store.keys.forget_all([COUNT + box.count().id])
    box.night()
    night = box.night(8)
    assert night is not None
    assert night.closed == counting.Closed()
    assert (box.waiting, box.ballots, box.told) == (0, 0, ())


def test_keys_that_a_crash_left_behind_are_forgotten(box: Box) -> None:
    box.share(SEVEN)
    for owner in (COUNT + "0" * 32, DAY + "1" * 32, GATE + "2" * 32):
        box.store.keys.make_secret(owner)
    assert counting.Sweeper(timedelta()).sweep(box.store, box.now) == 3
    assert box_keys(box) == ["count", "day"]


def test_only_one_process_is_at_the_box(box: Box) -> None:
    with counting._Box(box.store, box.now):
        assert box.night(0) is None
        with pytest.raises(counting.BusyError):
            counting.close_due(box.store, {}, box.now, measure=None, early=False)


def test_those_who_answered_are_owed_what_was_told_whether_they_shared_or_not(box: Box) -> None:
    box.share(SEVEN)
    box.asked(["quiet"], stage=counts.ANSWERED)
    box.asked(["silent"], stage=counts.BEGUN)
    box.night(8)
    owed = run(box.store, lambda conn: releases.owing(conn, 100))
    told = {each.participant for each in owed}
    assert told == {box.id_of(name) for name in (*SEVEN, "quiet")}
