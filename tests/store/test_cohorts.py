"""Cohorts and the invitations that lead into them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from bot.store import cohorts, forgetting
from bot.store.cohorts import Followed
from bot.store.opening import Store
from bot.trust.databases import writing
from tests.store.builders import DAY, NOON, run, somebody


def follows(store: Store, who: str, code: str, now: datetime = NOON) -> Followed | None:
    return run(store, lambda conn: cohorts.follow(conn, who, code, now))


def test_an_invitation_leads_into_its_cohort_as_often_as_it_is_followed(store: Store) -> None:
    ada, ben = somebody(store), somebody(store, "ben")
    made = run(store, lambda conn: cohorts.invite(conn, "Spring", now=NOON))
    for who in (ada, ben, ada):
        id_ = who.participant.id
        assert follows(store, id_, made.code) == Followed(cohort="Spring")
    assert run(store, cohorts.sizes) == {"Spring": 2}
    assert run(store, lambda conn: cohorts.of(conn, ada.participant.id)) == ("Spring",)


def test_two_invitations_of_one_name_lead_into_one_cohort(store: Store) -> None:
    codes = {run(store, lambda conn: cohorts.invite(conn, "Spring", now=NOON)).code for _ in "ab"}
    assert len(codes) == 2
    assert run(store, cohorts.sizes) == {"Spring": 0}


@pytest.mark.parametrize("code", ["", "nonsense", "' OR 1=1 --", "x" * 64, "\x00"[:0] + "ä"])
def test_a_code_that_is_none_lets_nobody_in(store: Store, code: str) -> None:
    ada = somebody(store).participant.id
    run(store, lambda conn: cohorts.invite(conn, "Spring", now=NOON))
    assert follows(store, ada, code) is None
    assert run(store, lambda conn: cohorts.of(conn, ada)) == ()


def test_a_code_may_be_typed_in_capitals(store: Store) -> None:
    ada = somebody(store).participant.id
    made = run(store, lambda conn: cohorts.invite(conn, "Spring", now=NOON))
    assert follows(store, ada, made.code.upper()) == Followed(cohort="Spring")


def test_an_invitation_ends_when_it_was_said_to(store: Store) -> None:
    ada = somebody(store).participant.id
    made = run(
        store, lambda conn: cohorts.invite(conn, "Spring", now=NOON, ends_at=NOON + 7 * DAY)
    )
    late = NOON + 7 * DAY
    assert follows(store, ada, made.code, late) is None
    early = late - timedelta(milliseconds=1)
    assert follows(store, ada, made.code, early) == Followed(cohort="Spring")


# How many it lets in.


def invites(store: Store, most: int | None, name: str = "Spring") -> str:
    return run(store, lambda conn: cohorts.invite(conn, name, now=NOON, capacity=most)).code


def used(store: Store, code: str) -> int:
    (found,) = (
        each
        for known in run(store, cohorts.everything)
        for each in known.invitations
        if each.code == code
    )
    return found.used


def test_a_full_invitation_lets_nobody_in_and_says_which_cohort_it_was_for(store: Store) -> None:
    code = invites(store, 2)
    people = [somebody(store, each).participant.id for each in ("ada", "ben", "cai")]
    assert [follows(store, each, code) for each in people] == [
        Followed(cohort="Spring"),
        Followed(cohort="Spring"),
        Followed(cohort="Spring", full=True),
    ]
    assert run(store, lambda conn: cohorts.of(conn, people[2])) == ()
    assert run(store, cohorts.sizes) == {"Spring": 2}
    assert used(store, code) == 2


def test_whoever_follows_twice_takes_one_place(store: Store) -> None:
    code = invites(store, 2)
    ada, ben = somebody(store).participant.id, somebody(store, "ben").participant.id
    for _ in range(3):
        assert follows(store, ada, code) == Followed(cohort="Spring")
    assert used(store, code) == 1
    assert follows(store, ben, code) == Followed(cohort="Spring")
    assert follows(store, ada, code) == Followed(cohort="Spring")  # Full, and she is in it.


def test_whoever_is_in_the_cohort_already_takes_no_place(store: Store) -> None:
    ada = somebody(store).participant.id
    follows(store, ada, invites(store, None))
    code = invites(store, 1)
    assert follows(store, ada, code) == Followed(cohort="Spring")
    assert used(store, code) == 0


def test_no_place_is_given_twice_however_many_come_at_once(store: Store) -> None:
    code = invites(store, 5)
    people = [somebody(store, f"person {number}").participant.id for number in range(16)]
    together = Barrier(len(people))

    def comes(who: str) -> Followed | None:
        together.wait()
        with writing(store.engine).begin() as conn:
            return cohorts.follow(conn, who, code, NOON)

    with ThreadPoolExecutor(len(people)) as pool:
        found = list(pool.map(comes, people))
    assert sum(each == Followed(cohort="Spring") for each in found) == 5
    assert sum(each == Followed(cohort="Spring", full=True) for each in found) == 11
    assert run(store, cohorts.sizes) == {"Spring": 5}
    assert used(store, code) == 5


def test_one_person_who_comes_twice_at_once_takes_one_place(store: Store) -> None:
    code = invites(store, 5)
    ada = somebody(store).participant.id
    together = Barrier(2)

    def comes(_: int) -> Followed | None:
        together.wait()
        with writing(store.engine).begin() as conn:
            return cohorts.follow(conn, ada, code, NOON)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(comes, range(2))) == [Followed(cohort="Spring")] * 2
    assert used(store, code) == 1


def test_staff_know_of_a_cohort_how_many_are_in_it_and_its_invitations(store: Store) -> None:
    ada = somebody(store).participant.id
    first, second = invites(store, 3), invites(store, None)
    invites(store, None, "North")
    follows(store, ada, first)
    north, spring = run(store, cohorts.everything)
    assert (north.name, north.people, len(north.invitations)) == ("North", 0, 1)
    assert (spring.name, spring.people, spring.personal) == ("Spring", 1, 0)
    assert {(each.code, each.used, each.capacity) for each in spring.invitations} == {
        (first, 1, 3),
        (second, 0, None),
    }


def test_only_ids_of_people_are_somebodys(store: Store) -> None:
    ada, ben = somebody(store).participant.id, somebody(store, "ben").participant.id
    run(store, lambda conn: forgetting.begin(conn, ben))
    found = run(store, lambda conn: cohorts.present(conn, [ada, ben, "nobody"]))
    assert found == {ada}
