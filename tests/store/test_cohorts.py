"""Cohorts and the invitations that lead into them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import cohorts
from bot.store.opening import Store
from tests.store.builders import DAY, NOON, run, somebody


def test_an_invitation_leads_into_its_cohort_as_often_as_it_is_followed(store: Store) -> None:
    ada, ben = somebody(store), somebody(store, "ben")
    made = run(store, lambda conn: cohorts.invite(conn, "Spring", now=NOON))
    for who in (ada, ben, ada):
        id_ = who.participant.id
        assert run(store, lambda conn, id_=id_: cohorts.follow(conn, id_, made.code, NOON)) == (  # type: ignore[misc]
            "Spring"
        )
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
    assert run(store, lambda conn: cohorts.follow(conn, ada, code, NOON)) is None
    assert run(store, lambda conn: cohorts.of(conn, ada)) == ()


def test_a_code_may_be_typed_in_capitals(store: Store) -> None:
    ada = somebody(store).participant.id
    made = run(store, lambda conn: cohorts.invite(conn, "Spring", now=NOON))
    assert run(store, lambda conn: cohorts.follow(conn, ada, made.code.upper(), NOON)) == "Spring"


def test_an_invitation_ends_when_it_was_said_to(store: Store) -> None:
    ada = somebody(store).participant.id
    made = run(
        store, lambda conn: cohorts.invite(conn, "Spring", now=NOON, ends_at=NOON + 7 * DAY)
    )
    late = NOON + 7 * DAY
    assert run(store, lambda conn: cohorts.follow(conn, ada, made.code, late)) is None
    early = late - timedelta(milliseconds=1)
    assert run(store, lambda conn: cohorts.follow(conn, ada, made.code, early)) == "Spring"
