"""One invitation for each person whom staff name, whatever happens at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.store import cohorts, invitees
from bot.store.invitees import Kept
from bot.store.opening import Store
from bot.trust.databases import writing
from tests.store.builders import NOON, run, somebody

MANY = {f"S{number}": f"Cohort {number % 3}" for number in range(1200)}


def keep(store: Store, wanted: dict[str, str]) -> Kept:
    return run(store, lambda conn: invitees.keep(conn, wanted, NOON))


def codes(store: Store) -> dict[str, str]:
    return {name: each.code for name, each in run(store, invitees.all_of).items()}


def invitations(store: Store) -> int:
    return sum(each.personal for each in run(store, cohorts.everything))


def test_a_list_kept_twice_is_kept_once(store: Store) -> None:
    assert keep(store, MANY) == Kept(made=1200, moved=0, stayed=0, followed=0)
    before = codes(store)
    assert len(set(before.values())) == 1200
    assert keep(store, MANY) == Kept(made=0, moved=0, stayed=1200, followed=0)
    assert codes(store) == before
    assert invitations(store) == 1200


def test_an_invitation_moves_with_its_code_unless_it_was_followed(store: Store) -> None:
    keep(store, MANY)
    before = codes(store)
    ada = somebody(store).participant.id
    run(store, lambda conn: cohorts.follow(conn, ada, before["S0"], NOON))
    moved = dict.fromkeys(MANY, "Cohort 1")
    assert keep(store, moved) == Kept(made=0, moved=799, stayed=400, followed=1)
    assert codes(store) == before
    found = run(store, invitees.all_of)
    assert {each.cohort for name, each in found.items() if name != "S0"} == {"Cohort 1"}
    assert found["S0"].cohort == "Cohort 0"
    assert run(store, lambda conn: cohorts.of(conn, ada)) == ("Cohort 0",)


def test_two_who_keep_the_same_list_at_once_make_each_invitation_once(store: Store) -> None:
    together = Barrier(2)

    def keeps(_: int) -> Kept:
        together.wait()
        with writing(store.engine).begin() as conn:
            return invitees.keep(conn, MANY, NOON)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(keeps, range(2)))
    assert codes(store).keys() == MANY.keys()
    assert invitations(store) == 1200
    assert all(not each.invitations for each in run(store, cohorts.everything))
