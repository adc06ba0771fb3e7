"""Who is to be asked, and about which of what they shared, on each kind of database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.store import dues, merging, people, shared
from bot.store.dues import Due, Kind
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.tables import new_id
from tests.store.builders import DAY, NOON, run, somebody


def joined(store: Store, place: str) -> Present:
    who = somebody(store, place)
    run(store, lambda conn: people.change(conn, who.participant.id, joined_at=NOON))
    return who


def gives(store: Store, who: Present, title: str, at: datetime = NOON) -> str:
    def work(conn: Connection) -> str:
        return shared.give(
            conn,
            store.keys,
            who.participant.id,
            conversation=new_id(),
            turn="pass_on",
            practice="story",
            level="unnamed",
            body=shared.Body(title=title, about="", name=None, paragraphs=(title,)),
            now=at,
        )

    return run(store, work)


def next_of(store: Store, who: Present, before: datetime) -> str:
    found = run(
        store,
        lambda conn: shared.longest_unasked(conn, store.keys, who.participant.id, before),
    )
    return found.title if found else ""


def due(who: Present, at: datetime) -> Due:
    return Due(
        campaign="consent-again",
        step="consent",
        participant=who.participant.id,
        kind=Kind.CONSENT,
        name="consent",
        planned_at=at,
        at=at,
    )


def test_each_is_asked_about_once_and_again_when_it_was_to_stay(store: Store) -> None:
    ada, ben, new = joined(store, "ada"), joined(store, "ben"), somebody(store, "new")
    mine, later = gives(store, ada, "mine"), gives(store, ada, "later", NOON + DAY)
    gives(store, new, "of somebody who has not joined")
    gives(store, ben, "of somebody else", NOON + DAY)
    whose = ada.participant.id

    def asked_of(before: datetime) -> tuple[str, ...]:
        return run(store, lambda conn: shared.to_be_asked(conn, before, NOON + 9 * DAY, most=9))

    assert asked_of(NOON - DAY) == ()
    assert asked_of(NOON) == (whose,)
    assert set(asked_of(NOON + DAY)) == {whose, ben.participant.id}
    assert next_of(store, ada, NOON + DAY) == "mine"
    run(store, lambda conn: shared.asked(conn, whose, mine, NOON + 2 * DAY))
    assert next_of(store, ada, NOON + DAY) == "later"
    run(store, lambda conn: shared.asked(conn, whose, later, NOON + 3 * DAY))
    assert next_of(store, ada, NOON + 9 * DAY) == ""
    assert run(store, lambda conn: shared.unanswered(conn, whose, since=NOON)) == later
    run(store, lambda conn: shared.kept(conn, whose, later, NOON + 4 * DAY))
    assert run(store, lambda conn: shared.unanswered(conn, whose, since=NOON)) == mine
    assert next_of(store, ada, NOON + 3 * DAY) == ""
    assert next_of(store, ada, NOON + 4 * DAY) == "later"


def test_what_another_process_has_noted_meanwhile_stays(store: Store) -> None:
    ada = joined(store, "ada")
    gives(store, ada, "mine")
    for at in (NOON + DAY, NOON):
        run(store, lambda conn, at=at: dues.add(conn, [due(ada, at)]))  # type: ignore[misc]
    assert run(store, lambda conn: dues.get(conn, due(ada, NOON))) == due(ada, NOON + DAY)
    assert run(store, lambda conn: shared.to_be_asked(conn, NOON, NOON, most=9)) == ()


def test_two_who_become_one_are_asked_about_all_of_it_and_once_a_day(store: Store) -> None:
    ada, ben = joined(store, "ada"), joined(store, "ben")
    gives(store, ada, "of the one")
    other = gives(store, ben, "of the other", NOON - DAY)

    def work(conn: Connection) -> None:
        me, them = ada.participant.id, ben.participant.id
        shared.asked(conn, them, other, NOON)
        dues.put(conn, [due(ada, NOON), due(ben, NOON + DAY)])
        merging.merge(conn, store.keys, stays=me, leaves=them)

    run(store, work)
    assert next_of(store, ada, NOON) == "of the one"
    assert run(store, lambda conn: dues.of_participant(conn, ada.participant.id)) == (
        due(ada, NOON + DAY),
    )
