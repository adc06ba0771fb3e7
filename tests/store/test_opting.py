"""Leaving one campaign, and only that one."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.records import Occasion
from bot.store import cohorts, dues, occasions, opting, people, rhythms
from bot.store.dues import Due, Kind
from bot.store.occasions import State
from bot.store.opening import Store
from scheduler.person import Person
from tests.store.builders import DAY, NOON, run, somebody


@pytest.fixture
def ada(store: Store) -> str:
    who = somebody(store).participant.id
    run(store, lambda conn: joins(conn, who))
    return who


def joins(conn: Connection, who: str) -> None:
    people.change(conn, who, joined_at=NOON)


def known(store: Store, who: str) -> Person:
    found = run(store, lambda conn: rhythms.of(conn, who))
    assert found is not None
    return found


def leaves(store: Store, who: str, campaign: str) -> None:
    run(store, lambda conn: opting.leave(conn, who, campaign, NOON))


def test_what_somebody_left_is_known_and_planning_is_told(store: Store, ada: str) -> None:
    assert known(store, ada).left == frozenset()
    for name in ("spring", "autumn", "spring"):
        leaves(store, ada, name)
    assert run(store, lambda conn: opting.left_by(conn, ada)) == {"autumn": NOON, "spring": NOON}
    assert known(store, ada).left == {"autumn", "spring"}


def test_whoever_comes_back_has_left_only_the_others(store: Store, ada: str) -> None:
    for name in ("spring", "autumn"):
        leaves(store, ada, name)
    for _ in range(2):
        run(store, lambda conn: opting.come_back(conn, ada, "spring"))
    assert known(store, ada).left == {"autumn"}


def test_leaving_is_ones_own_matter(store: Store, ada: str) -> None:
    ben = somebody(store, "ben").participant.id
    run(store, lambda conn: joins(conn, ben))
    leaves(store, ada, "spring")
    assert known(store, ben).left == frozenset()
    everyone = {each.id: each.left for each in run(store, lambda conn: [*rhythms.everyone(conn)])}
    assert everyone == {ada: {"spring"}, ben: frozenset()}


def test_no_reminder_comes_of_what_was_left_and_the_others_stay(store: Store, ada: str) -> None:
    def due(campaign: str, kind: Kind) -> Due:
        return Due(
            campaign=campaign,
            step="s",
            participant=ada,
            kind=kind,
            name="week 1",
            planned_at=NOON,
            at=NOON + DAY,
        )

    rows = [
        due(campaign, kind)
        for campaign in ("spring", "autumn")
        for kind in (Kind.PROMPT, Kind.REMINDER)
    ]
    run(store, lambda conn: dues.put(conn, rows))
    leaves(store, ada, "spring")
    found = run(store, lambda conn: dues.of_participant(conn, ada))
    assert {(each.campaign, each.kind) for each in found} == {
        ("autumn", Kind.PROMPT),
        ("autumn", Kind.REMINDER),
        ("spring", Kind.PROMPT),  # Planning anew takes it away.
    }


def test_what_waits_in_the_chat_ends_because_they_left_and_what_was_sent_stays(
    store: Store, ada: str
) -> None:
    def occasion(campaign: str, name: str) -> Occasion:
        return Occasion(campaign=campaign, step="s", name=name, practice="weekly", participant=ada)

    told = {
        ("spring", "week 1"): State.SENT,
        ("spring", "week 2"): State.DEFERRED,
        ("autumn", "week 1"): State.DEFERRED,
    }

    def put(conn: Connection) -> None:
        for (campaign, name), state in told.items():
            occasions.claim(conn, occasion(campaign, name), NOON)
            occasions.end(conn, occasion(campaign, name), state, now=NOON)

    run(store, put)
    leaves(store, ada, "spring")
    found = run(store, lambda conn: occasions.all_of(conn, ada))
    assert {(each.occasion.campaign, each.occasion.name): each.state for each in found} == (
        told | {("spring", "week 2"): State.SKIPPED}
    )
    (ended,) = [each for each in found if each.state is State.SKIPPED]
    assert ended.reason == "left"


def test_planning_is_told_when_somebody_joined_each_cohort(store: Store, ada: str) -> None:
    for name, at in (("Spring", NOON + DAY), ("North", NOON)):
        code = run(store, lambda conn, name=name: cohorts.invite(conn, name, now=NOON)).code  # type: ignore[misc]
        for later in (0, 5):
            run(
                store,
                lambda conn, code=code, at=at + later * DAY: cohorts.follow(conn, ada, code, at),  # type: ignore[misc]
            )
    person = known(store, ada)
    assert person.entered == (("North", NOON), ("Spring", NOON + DAY))
    assert person.cohorts == {"North", "Spring"}
    assert hash(person)
