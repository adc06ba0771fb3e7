"""A conversation comes back as it was kept, and the right one is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from bot.engine.conversation import Answer, Conversation, Part, Status
from bot.records import Platform, Standing
from bot.store import conversations, people
from bot.store.opening import Store
from bot.store.people import Present
from bot.trust.keyring import KeyGoneError
from bot.trust.sealing import BrokenSealError
from tests.store.builders import DAY, NOON, present, run, save, somebody, talk

FULL = replace(
    talk(),
    at="noticed",
    ask=4,
    ordinal=2,
    wordings={"noticed": 1, "rest": None},
    answers={
        "energy": Answer(value=3, said_at=NOON),
        "mood": Answer(value=("calm", "tired"), said_at=NOON, wording=None),
        "why": Answer(value="calm", said_at=NOON),
    },
    trail=("energy", "mood"),
    draft=(Part(message="9", text="A gull. 🪨", media="m1"),),
    chosen=("calm",),
)


def current(store: Store) -> Conversation | None:
    found = present(store)
    assert found is not None
    return found.conversation


def test_a_conversation_comes_back_as_it_was_kept(store: Store) -> None:
    ada = somebody(store)
    save(store, ada, FULL)
    assert current(store) == FULL
    found = run(
        store, lambda conn: conversations.get(conn, store.keys, ada.participant.id, FULL.id)
    )
    assert found == FULL


def test_who_is_present_comes_with_the_conversation_last_touched(store: Store) -> None:
    ada = somebody(store)
    assert present(store) == ada
    older, newer = talk(touched_at=NOON), talk(Status.RESTING, touched_at=NOON + DAY)
    older = replace(older, status=Status.RESTING)
    for held in (newer, older, talk(Status.CLOSED, touched_at=NOON + 2 * DAY)):
        save(store, ada, held)
    assert current(store) == newer
    save(store, ada, replace(older, touched_at=NOON + 3 * DAY))
    assert current(store) == replace(older, touched_at=NOON + 3 * DAY)


def test_the_open_conversation_is_current_whatever_was_set_aside_in_that_instant(
    store: Store,
) -> None:
    ada = somebody(store)
    held = talk()
    for each in (talk(Status.RESTING), held, talk(Status.RESTING, touched_at=NOON + DAY)):
        save(store, ada, each)
    assert current(store) == held


@pytest.mark.parametrize("status", [Status.QUEUED, Status.CLOSED, Status.FOLDED, Status.STOPPED])
def test_a_conversation_that_is_not_going_on_is_not_current(store: Store, status: Status) -> None:
    save(store, somebody(store), talk(status))
    assert current(store) is None


def test_nobody_is_present_where_nobody_is(store: Store) -> None:
    assert present(store, "nobody") is None
    with store.engine.connect() as conn:
        look = conversations.present(conn, store.keys, Platform.SLACK, "ada", lock=False)
    assert look is None


def listed(store: Store, who: Present, which: str) -> list[str]:
    ask = getattr(conversations, which)
    found = run(store, lambda conn: ask(conn, store.keys, who.participant.id))
    return [held.id for held in found]


def test_conversations_are_listed_by_how_they_stand(store: Store) -> None:
    ada = somebody(store)
    assert listed(store, ada, "queued") == []
    first = talk(Status.QUEUED, touched_at=NOON)
    second = talk(Status.QUEUED, touched_at=NOON + DAY)
    resting = talk(Status.RESTING, touched_at=NOON + 2 * DAY)
    going = talk(touched_at=NOON + 3 * DAY)
    ended = talk(Status.CLOSED, touched_at=NOON - DAY)
    for held in (second, going, first, resting, ended):
        save(store, ada, held)
    save(store, somebody(store, "ben"), talk())
    assert listed(store, ada, "queued") == [first.id, second.id]
    assert listed(store, ada, "open_ones") == [going.id, resting.id]
    assert listed(store, ada, "unended") == [first.id, second.id, resting.id, going.id]
    assert listed(store, ada, "all_of")[0] == ended.id


def test_what_is_due_is_listed_the_longest_overdue_first(store: Store) -> None:
    ada = somebody(store)
    late, later = talk(wake_at=NOON - DAY), talk(wake_at=NOON)
    for held in (later, late, talk(wake_at=NOON + timedelta(seconds=1)), talk()):
        save(store, ada, held)
    due = run(store, lambda conn: conversations.due(conn, NOON, 10))
    assert [each.conversation for each in due] == [late.id, later.id]
    assert due[0].participant == ada.participant.id
    assert due[0].wake == 3
    assert run(store, lambda conn: conversations.due(conn, NOON, 1)) == due[:1]


def test_nobody_who_is_being_forgotten_is_woken(store: Store) -> None:
    ada = somebody(store)
    save(store, ada, talk(wake_at=NOON))
    run(
        store,
        lambda conn: people.change(conn, ada.participant.id, standing=Standing.FORGETTING),
    )
    assert run(store, lambda conn: conversations.due(conn, NOON, 10)) == ()


def test_conversations_of_a_practice_are_counted_once_they_are_begun(store: Store) -> None:
    ada = somebody(store)
    for held in (talk(), talk(Status.CLOSED), talk(Status.QUEUED), talk(practice="weekly")):
        save(store, ada, held)
    count = run(store, lambda conn: conversations.count_before(conn, ada.participant.id, "nudge"))
    assert count == 2


def test_the_occasion_of_a_conversation_stays_when_it_is_kept_again(store: Store) -> None:
    ada, held = somebody(store), talk()
    save(store, ada, held, occasion="week 5")
    save(store, ada, replace(held, ask=1))
    with store.engine.connect() as conn:
        row = conn.execute(text("SELECT occasion, opened_at FROM conversation")).one()
    assert row[0] == "week 5"


def test_rows_that_were_swapped_do_not_open(store: Store) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")
    mine, theirs = talk(), talk()
    save(store, ada, mine)
    save(store, ben, theirs)
    swap = text(
        "UPDATE conversation SET body = (SELECT body FROM conversation WHERE id = :other) "
        "WHERE id = :id"
    )
    which = {"id": mine.id, "other": theirs.id}
    run(store, lambda conn: conn.execute(swap, which).rowcount)
    with pytest.raises(BrokenSealError):
        present(store, "ada")


def test_a_conversation_of_somebody_forgotten_does_not_open(store: Store) -> None:
    ada = somebody(store)
    save(store, ada, talk())
    store.keys.forget(ada.participant.id)
    with pytest.raises(KeyGoneError):
        present(store)


def test_another_persons_conversation_is_not_given(store: Store) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")
    save(store, ada, FULL)
    found = run(
        store, lambda conn: conversations.get(conn, store.keys, ben.participant.id, FULL.id)
    )
    assert found is None


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_the_current_conversation_is_found_by_the_index_of_those_going_on(
    store: Store,
) -> None:
    statement = (
        conversations._present_question()
        .params(on="telegram", at="ada")
        .compile(store.engine, compile_kwargs={"literal_binds": True})
    )
    with store.engine.connect() as conn:
        plan = " ".join(
            str(row) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        )
    assert "ix_conversation_live" in plan
    assert "SCAN" not in plan


def test_two_turns_at_once_do_not_lose_each_others_moves(store: Store) -> None:
    ada = somebody(store)
    save(store, ada, talk())

    def move(conn: Connection) -> None:
        found = conversations.present(conn, store.keys, Platform.TELEGRAM, "ada", lock=True)
        assert found is not None
        assert found.conversation is not None
        moved = replace(found.conversation, ask=found.conversation.ask + 1)
        conversations.save(conn, store.keys, ada.participant.id, moved)

    for work in [store.writer.submit(move) for _ in range(100)]:
        work.result(30)
    held = current(store)
    assert held is not None
    assert held.ask == 100
