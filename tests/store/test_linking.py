"""A code works once, for a quarter of an hour, and the table does not give it away."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.engine.hearing import Asked, Word, interpret
from bot.store import linking
from bot.store.linking import Link
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.tables import link
from bot.trust.keyring import DEPLOYMENT
from tests.store.builders import NOON, run, somebody

QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


def make(store: Store, who: Present) -> str:
    return run(store, lambda conn: linking.make(conn, store.keys, who.address, NOON))


def find(store: Store, code: str, after: timedelta = MINUTE) -> Link | None:
    return run(store, lambda conn: linking.find(conn, store.keys, code, NOON + after))


def test_a_code_is_three_short_groups_of_signs_that_nobody_confuses(store: Store) -> None:
    ada = somebody(store)
    for _ in range(50):
        code = make(store, ada)
        assert re.fullmatch(r"[2-9A-HJKMNP-Z]{3}(-[2-9A-HJKMNP-Z]{3}){2}", code)
        assert interpret(f"link {code}", (), {"link": "link"}) == Asked(
            Word.LINK, code.casefold().replace("-", " ")
        )


def test_there_are_more_than_two_to_the_fortieth_codes() -> None:
    signs, letters, digits = 31, 23, 8
    assert (signs**3 - letters**3 - digits**3) ** 3 > 2**40


def test_the_table_holds_no_code_and_no_hash_that_can_be_made_without_the_key(
    store: Store,
) -> None:
    code = make(store, somebody(store))
    (row,) = run(store, lambda conn: conn.execute(select(link)).all())
    assert code not in repr(row)
    mine = store.keys.sealer(DEPLOYMENT).digest("link", code.replace("-", "").casefold())
    assert row.hash == mine
    another = store.keys.make("somebody else").digest("link", code.replace("-", "").casefold())
    assert row.hash != another


def test_a_code_is_good_for_a_quarter_of_an_hour(store: Store) -> None:
    ada = somebody(store)
    code = make(store, ada)
    found = find(store, code, QUARTER - timedelta(seconds=1))
    assert found is not None
    assert (found.participant, found.address) == (ada.participant.id, ada.address.id)
    assert (found.used_by, found.agreed) == (None, False)
    assert find(store, code, QUARTER) is None


def test_a_clock_that_was_put_back_brings_no_code_to_life(store: Store) -> None:
    code = make(store, somebody(store))
    assert find(store, code, -timedelta(seconds=30)) is not None
    assert find(store, code, -timedelta(minutes=2)) is None
    run(store, lambda conn: linking.prune(conn, NOON - timedelta(hours=1)))
    assert find(store, code) is None


def test_a_new_code_takes_the_place_of_the_earlier_one(store: Store) -> None:
    ada = somebody(store)
    first, second = make(store, ada), make(store, ada)
    assert find(store, first) is None
    assert find(store, second) is not None


def test_the_codes_of_others_stay(store: Store) -> None:
    first = make(store, somebody(store))
    make(store, somebody(store, "ben"))
    assert find(store, first) is not None


def test_a_code_that_was_used_is_known_in_both_places(store: Store) -> None:
    ada, ben = somebody(store), somebody(store, "ben")
    found = find(store, make(store, ada))
    assert found is not None
    at = NOON + MINUTE
    assert run(store, lambda conn: linking.made_at(conn, ada.address, at)) is None
    run(store, lambda conn: linking.use(conn, found, ben.address))
    run(store, lambda conn: linking.agree(conn, found, at))
    made = run(store, lambda conn: linking.made_at(conn, ada.address, at))
    used = run(store, lambda conn: linking.used_at(conn, ben.address, at))
    assert made == used
    assert made is not None
    assert (made.used_by, made.agreed) == (ben.address.id, True)
    over = NOON + QUARTER
    assert run(store, lambda conn: linking.made_at(conn, ada.address, over)) is None
    assert run(store, lambda conn: linking.used_at(conn, ben.address, over)) is None


def test_a_second_code_used_in_a_place_lets_the_first_go(store: Store) -> None:
    ben = somebody(store, "ben")
    for name in ("ada", "cleo"):
        found = find(store, make(store, somebody(store, name)))
        assert found is not None
        run(store, lambda conn, found=found: linking.use(conn, found, ben.address))  # type: ignore[misc]
    assert len(run(store, lambda conn: conn.execute(select(link)).all())) == 1


def tries(store: Store, who: Present, after: timedelta) -> bool:
    return run(store, lambda conn: linking.may_try(conn, who.address, NOON + after))


def test_five_tries_in_a_quarter_of_an_hour_then_no_more_until_it_is_over(store: Store) -> None:
    ada, ben = somebody(store), somebody(store, "ben")
    assert [tries(store, ada, MINUTE * minute) for minute in range(7)] == [True] * 5 + [False] * 2
    assert tries(store, ben, MINUTE)
    assert not tries(store, ada, QUARTER - timedelta(seconds=1))
    assert tries(store, ada, QUARTER)


@pytest.mark.parametrize("back", [timedelta(seconds=5), timedelta(days=400)])
def test_a_clock_that_is_put_back_shuts_a_chat_for_a_quarter_of_an_hour_at_most(
    store: Store, back: timedelta
) -> None:
    ada = somebody(store)
    for _ in range(6):
        tries(store, ada, MINUTE)
    assert not tries(store, ada, MINUTE - back)
    assert tries(store, ada, MINUTE - back + QUARTER)
