"""Nights, shares, withdrawals and forgettings at the same time: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, insert, select, update

from bot.requests import counting
from bot.store import closing, counts, dropping, forgetting, leases
from bot.store.closing import Settled, Tally
from bot.store.counted import ballot, open_count, pending, token
from bot.store.counts import ANSWERED, Counted
from bot.store.dropping import Piece, week_of
from bot.store.opening import Store, open_store
from bot.trust import ballots
from bot.trust.keyring import COUNT, DAY
from tests.conftest import Urls
from tests.counting.box import WEEK, Box
from tests.counting.crowd import crowd
from tests.proofs.voyage import tell
from tests.store.builders import run

SEVEN = {f"p{n}": 1 + n % 5 for n in range(7)}
#: So long something else is waited for in the middle of a transaction: if it waits for that
#: transaction itself, it is done after it.
_A_WHILE = 2.0


@pytest.fixture
def second(store: Store, urls: Urls, master: bytes) -> Iterator[Store]:
    """The same databases, opened by another process."""
    opened = open_store(urls.words, urls.keys, lambda _: [master])
    opened.writer.start()
    yield opened
    opened.close()


@contextmanager
def meanwhile(store: Store, what: str, statement: str, work: Callable[[], Any]) -> Iterator[Any]:
    """At the first such statement of a store's transactions, another one begins; what it gave."""
    given: list[Any] = []

    def does() -> None:
        try:
            given.append(work())
        except Exception as error:  # noqa: BLE001 - Whoever began it looks at it.
            given.append(error)

    thread = Thread(target=does)

    def at(_conn: object, _cursor: object, said: str, *_: object) -> None:
        if said.startswith(statement) and thread.ident is None:
            thread.start()
            thread.join(_A_WHILE)

    event.listen(store.engine, what, at)
    try:
        yield given
        assert thread.ident is not None
    finally:
        event.remove(store.engine, what, at)
        if thread.ident is not None:
            thread.join(30)


def said(box: Box) -> Counter[int]:
    """What the ballots of the open count say."""
    of = box.count()
    secret = box.store.keys.secret(COUNT + of.id)
    with box.store.engine.connect() as conn:
        found = list(conn.scalars(select(ballot.c.body).where(ballot.c.count == of.id)))
    return Counter(ballots.unpacked(ballots.open_(secret, each))[0][0] for each in found)


def withdraws(store: Store, box: Box, name: str) -> bool:
    whose = box.people[name]
    return run(store, lambda conn: counts.withdraw(conn, whose, box.measure.name))


def shares(store: Store, box: Box, name: str, value: int) -> bool:
    """Whether it waits now; if not, theirs was counted before."""
    whose = box.people[name]

    def work(conn: Connection) -> None:
        of = counts.opened(
            conn, store.keys, box.measure, cell="Team", title="", now=box.now, closes_at=box.now
        )
        counts.share(conn, store.keys, whose, of, ((value,),), now=box.now)

    try:
        run(store, work)
    except Counted:
        return False
    return True


def test_what_is_taken_back_in_the_middle_of_a_drop_is_either_out_or_said_to_be_in(
    store: Store, second: Store
) -> None:
    box = Box(store)
    box.share(SEVEN)
    take = partial(withdraws, second, box, "p0")
    with meanwhile(store, "before_cursor_execute", "DELETE FROM pending", take) as given:
        box.night()
    assert box.ballots == 7 - given[0]


def test_of_a_piece_that_others_left_nobody_is_dropped_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box(store)
    box.share({"ada": 1, "ben": 2, "cem": 3})
    drop = dropping.drop

    def late(conn: Connection, piece: Piece) -> int:
        for name in ("ada", "ben"):
            counts.withdraw(conn, box.people[name], "energy")
        return drop(conn, piece)

    with monkeypatch.context() as patch:
        patch.setattr(dropping, "drop", late)
        night = box.night()
    assert night is not None
    assert (night.dropped, night.waiting) == (0, 1)
    assert (box.waiting, box.ballots) == (1, 0)
    assert len([each for each in store.keys.passing() if each.startswith(DAY)]) == 1
    box.share({"dev": 4, "eve": 5})
    box.night()
    assert said(box) == Counter({3: 1, 4: 1, 5: 1})


def test_of_a_piece_in_which_others_cannot_be_opened_nobody_is_dropped_alone(
    store: Store,
) -> None:
    box = Box(store)
    box.share({"ada": 1, "ben": 2, "cem": 3})
    run(
        store,
        lambda conn: conn.execute(
            update(pending).where(pending.c.participant == box.people["ada"]).values(body=b"x")
        ),
    )
    night = box.night()
    assert night is not None
    assert (night.dropped, night.waiting) == (0, 2)
    assert (box.waiting, box.ballots) == (2, 0)
    # Nothing that cannot be opened keeps the secret of a day.
    assert len([each for each in store.keys.passing() if each.startswith(DAY)]) == 1


def test_what_is_changed_in_the_middle_of_a_drop_is_either_counted_or_said_to_be_late(
    store: Store, second: Store
) -> None:
    box = Box(store)
    box.share(dict.fromkeys(SEVEN, 1))
    change = partial(shares, second, box, "p0", 5)
    with meanwhile(store, "before_cursor_execute", "DELETE FROM pending", change) as given:
        box.night()
    box.share({"late": 1, "later": 1})
    box.night()
    box.night()
    assert given[0] in {True, False}
    assert said(box)[5] == given[0]
    assert said(box).total() >= 7


def test_a_share_in_whose_middle_a_whole_night_falls_is_not_lost_without_a_word(
    store: Store, second: Store
) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("one transaction at a time")
    box = Box(store)
    box.share(dict.fromkeys(SEVEN, 1))
    other = Box(second, now=box.now)
    with meanwhile(store, "before_cursor_execute", "SELECT day_key.id", other.night):
        late = not shares(store, box, "p0", 5)
    box.now = other.now
    box.night()
    assert late
    assert said(box) == Counter({1: 7})
    assert box.waiting == 0


def test_a_share_in_whose_middle_its_days_key_is_retired_is_kept(
    store: Store, second: Store
) -> None:
    box = Box(store)
    box.share(dict.fromkeys(SEVEN, 1))
    box.asked(["late"])
    other = Box(second, now=box.now)
    with meanwhile(store, "before_cursor_execute", "INSERT INTO pending", other.night):
        assert shares(store, box, "late", 5)
    assert box.ballots + box.waiting == 8
    box.now = other.now
    box.share({"later": 1, "still later": 1, "latest": 1})
    box.night()
    assert said(box) == Counter({1: 10, 5: 1})


def test_a_share_in_whose_middle_its_count_is_closed_is_told_or_waits_for_the_next(
    store: Store, second: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(monkeypatch)
    box = Box(store)
    box.share(dict.fromkeys(SEVEN, 1))
    box.asked(["late"])
    close = partial(counting.close_due, second, {}, box.now + WEEK, measure="energy", early=False)
    with meanwhile(store, "before_cursor_execute", "INSERT INTO pending", close) as given:
        assert shares(store, box, "late", 5)
    assert given[0].told == 1
    (counted,) = told.values()
    assert counted[1] == 7
    assert counted[5] + box.waiting == 1


def test_what_is_taken_back_in_the_middle_of_a_close_is_either_out_or_said_to_be_in(
    store: Store, second: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(monkeypatch)
    box = Box(store)
    box.share(SEVEN)
    take = partial(withdraws, second, box, "p0")
    with meanwhile(store, "before_cursor_execute", "DELETE FROM pending", take) as given:
        counting.close_due(store, {}, box.now + WEEK, measure="energy", early=False)
    (counted,) = told.values()
    assert counted.total() == 7 - given[0]


def test_somebody_forgotten_in_the_middle_of_a_close_stops_nothing(
    store: Store, second: Store
) -> None:
    box = Box(store)
    box.share(SEVEN)
    whose = box.people["p0"]
    close = partial(counting.close_due, second, {}, box.now + WEEK, measure="energy", early=False)
    with meanwhile(store, "after_cursor_execute", "DELETE FROM participant", close) as given:
        forgetting.forget(store.engine, store.writer, store.keys, whose)
    assert isinstance(given[0], counting.Closed), given[0]
    assert given[0].told == 1


def told_of(monkeypatch: pytest.MonkeyPatch) -> dict[str, Counter[int]]:
    """What each count came to at its close, as it was settled last."""
    found: dict[str, Counter[int]] = {}
    settle = closing.settle

    def spied(
        conn: Connection,
        tallies: list[Tally],
        *rest: Any,  # noqa: ANN401 - As it is called.
        **named: Any,  # noqa: ANN401 - The same.
    ) -> Settled:
        done = settle(conn, tallies, *rest, **named)
        for each in tallies:
            found[each.due.id] = Counter(given[0][0] for given in each.cell.ballots)
        return done

    monkeypatch.setattr(closing, "settle", spied)
    return found


def test_of_two_nights_at_once_one_is_done(store: Store, second: Store) -> None:
    box = Box(store)
    box.share(SEVEN)
    box.now += timedelta(days=8)
    given: list[counting.Night | None] = []
    threads = [
        Thread(target=lambda each=each: given.append(counting.nightly(each, {}, box.now)))
        for each in (store, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done = [night for night in given if night is not None]
    assert len(given) == 2
    assert sum(night.closed.told for night in done) == len(box.told) == 1
    assert sum(night.dropped for night in done) == 7


def test_what_is_dropped_in_the_middle_of_a_tally_is_told_with_the_rest(
    store: Store, second: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(monkeypatch)
    # The other process believes the night to be its own.
    monkeypatch.setattr(leases, "hold", lambda *_: 1)
    box = Box(store)
    box.share({f"x{n}": 4 for n in range(6)})
    box.night()
    box.share(dict.fromkeys(SEVEN, 1))
    drop = partial(Box(second, now=box.now).night, 0)
    with meanwhile(store, "before_cursor_execute", "SELECT turnout.participant", drop) as given:
        counting.close_due(store, {}, box.now + WEEK, measure="energy", early=False)
    assert given[0].dropped == 7
    assert list(told.values()) == [Counter({4: 6, 1: 7})]
    assert (box.ballots, box.waiting) == (0, 0)


def test_a_count_with_more_ballots_than_were_tallied_is_not_settled(store: Store) -> None:
    box = Box(store)
    box.share(SEVEN)
    box.night()
    with store.engine.connect() as conn:
        (due,) = closing.due(conn, box.now, "energy", early=True)
        tally = closing.tally(conn, store.keys, due)
    assert tally is not None
    late = {"id": "f" * 32, "week": week_of(due.closes_at), "count": due.id, "body": b""}
    run(store, lambda conn: conn.execute(insert(ballot), late))
    with pytest.raises(closing.ChangedError):
        run(
            store,
            lambda conn: closing.settle(conn, [tally], None, [], now=box.now, early=True),
        )
    assert box.ballots == 8


def test_a_process_that_was_held_up_for_longer_than_its_lease_changes_nothing_more(
    store: Store, second: Store
) -> None:
    box = Box(store)
    box.share(SEVEN)
    with counting._Box(store, box.now) as late:
        with (
            counting._Box(second, box.now + timedelta(minutes=11)),
            pytest.raises(counting.BusyError),
        ):
            late.run(lambda conn: conn.execute(delete(pending)))
        # Nor when the other has done its work and let go.
        with pytest.raises(counting.BusyError):
            late.run(lambda conn: conn.execute(delete(pending)))
    assert box.waiting == 7


def test_each_piece_of_a_long_night_renews_its_lease(
    store: Store, second: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box(store)
    passed = timedelta()
    clock = SimpleNamespace(monotonic=lambda: passed.total_seconds())  # noqa: PLW0108 - It changes.
    monkeypatch.setattr(counting, "time", clock)
    with counting._Box(store, box.now) as long:
        for _ in range(2):
            passed += timedelta(minutes=9)
            long.run(lambda _: None)
        with (
            pytest.raises(counting.BusyError),
            counting._Box(second, box.now + timedelta(minutes=19)),
        ):
            pass


@dataclass
class Crowded:
    """People who share, change and take back by chance while nights go by."""

    stores: tuple[Store, Store]
    box: Box
    ids: list[str]
    #: What each count must come to: whose, and in which count.
    expected: dict[tuple[str, str], int] = field(default_factory=dict)
    errors: list[BaseException] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def lives(self, number: int) -> None:
        try:
            self._lives(Random(number), self.ids[number::4])
        except BaseException as error:  # noqa: BLE001 - The test looks at it.
            self.errors.append(error)

    def _lives(self, chance: Random, mine: list[str]) -> None:
        for each in [whose for whose in mine for _ in range(3)]:
            store = chance.choice(self.stores)
            if chance.random() < 0.25:
                self._takes_back(store, each)
            else:
                self._shares(store, each, chance.randint(1, 4))
        for whose in mine[::10]:
            # Fives are theirs alone: whether it was dropped before they went, nobody knows.
            self._shares(chance.choice(self.stores), whose, 5)
            store = chance.choice(self.stores)
            forgetting.forget(store.engine, store.writer, store.keys, whose)
            self.done["forgotten"] += 1

    def _shares(self, store: Store, whose: str, value: int) -> None:
        def work(conn: Connection) -> str:
            of = counts.opened(
                conn,
                store.keys,
                self.box.measure,
                cell="Team",
                title="Team",
                now=self.box.now,
                closes_at=self.box.now + timedelta(days=7),
            )
            counts.came(conn, whose, [of.id], ANSWERED)
            counts.share(conn, store.keys, whose, of, ((value,),), now=self.box.now)
            return of.id

        try:
            count = run(store, work)
        except Counted:
            self.done["late"] += 1
            return
        self.expected[whose, count] = value
        self.done["shared"] += 1

    def _takes_back(self, store: Store, whose: str) -> None:
        for who, count in list(self.expected):
            if who == whose:
                back = partial(
                    counts.withdraw, participant_id=whose, measure="energy", count=count
                )
                if run(store, back):
                    del self.expected[whose, count]
                    self.done["taken back"] += 1


@pytest.mark.parametrize("alone", [True, False], ids=["under the lease", "as if it had ended"])
def test_shares_withdrawals_and_forgettings_beside_drops_and_closes(
    store: Store,
    second: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    alone: bool,
) -> None:
    told = told_of(monkeypatch)
    if not alone:
        monkeypatch.setattr(leases, "hold", lambda *_: 1)
    box = Box(store)
    people = Crowded((store, second), box, crowd(box, [1] * 80, "Elsewhere"))
    threads = [Thread(target=people.lives, args=(number,)) for number in range(4)]

    def nights(mine: Store, every: int) -> None:
        number = 0
        try:
            while any(thread.is_alive() for thread in threads):
                number += 1
                if number % every:
                    night = counting.nightly(mine, {}, box.now + timedelta(seconds=1))
                    people.done["dropped"] += night.dropped if night else 0
                else:
                    early = number % 2 == 0
                    now = box.now if early else box.now + 2 * WEEK
                    done = counting.close_due(mine, {}, now, measure="energy", early=early)
                    people.done["closed"] += done.told
        except counting.BusyError:
            nights(mine, every)
        except BaseException as error:  # noqa: BLE001 - The test looks at it.
            people.errors.append(error)

    keepers = [Thread(target=nights, args=(each, 3)) for each in (store, second)]
    for thread in (*threads, *keepers):
        thread.start()
    for thread in (*threads, *keepers):
        thread.join(120)
    assert people.errors == []
    monkeypatch.undo()
    again = told_of(monkeypatch)
    box.now += timedelta(days=70)  # The rest is told or expires, whatever it is.
    counting.nightly(store, {}, box.now)
    told |= again
    wanted: dict[str, Counter[int]] = {}
    for (_, count), value in people.expected.items():
        wanted.setdefault(count, Counter())[value] += value != 5
    for count, values in wanted.items():
        found = told[count]
        gone = found.pop(5, 0)
        values.pop(5, None)
        assert +found == +values, count
        assert gone <= people.done["forgotten"]
    assert run(
        store,
        lambda conn: [conn.execute(select(t)).all() for t in (pending, ballot, token, open_count)],
    ) == [[], [], [], []]
    counting.Sweeper(timedelta()).sweep(store, box.now)
    with store.engine.connect() as conn:
        assert not closing.orphans(conn, store.keys)
    tell(
        capsys,
        f"{store.engine.dialect.name}, two stores and four people at once: {dict(people.done)}; "
        f"{len(wanted)} counts came to exactly what was shared",
    )
