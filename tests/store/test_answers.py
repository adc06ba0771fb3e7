"""Answers are kept once a turn, recalled verbatim, and deleted when they are to be."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from bot.engine.conversation import Answer
from bot.engine.script import Recollect
from bot.records import Media
from bot.store import answers, media
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.tables import answer as answer_table
from bot.trust.sealing import BrokenSealError
from tests.store.builders import DAY, NOON, keep, place, run, said, somebody

ONE, TWO, THREE, FOUR = ("1" * 32, "2" * 32, "3" * 32, "4" * 32)


def recalled(store: Store, who: Present, which: str, held: str = FOUR) -> str | None:
    wanted = {"it": Recollect(practice="nudge", turn="noticed", which=which)}
    found = run(
        store,
        lambda conn: answers.recollect(
            conn, store.keys, who.participant.id, wanted, before_conversation=held
        ),
    )
    return found["it"].text if found else None


def latest(store: Store, who: Present, limit: int = 9, offset: int = 0) -> list[str]:
    found = run(
        store,
        lambda conn: answers.latest(conn, store.keys, who.participant.id, limit, offset),
    )
    return [each.answer.text for each in found]


def test_an_answer_comes_back_where_it_belongs(store: Store) -> None:
    ada, where = somebody(store), place(ONE)
    given = Answer(value=("calm", "tired"), said_at=NOON, wording=None)
    keep(store, ada, where, given)
    kept = run(
        store, lambda conn: answers.get(conn, store.keys, ada.participant.id, ONE, "noticed")
    )
    assert kept == answers.Kept(place=where, answer=given)


def test_a_second_answer_to_a_turn_replaces_the_first(store: Store) -> None:
    ada = somebody(store)
    keep(store, ada, place(ONE), said("A gull."))
    keep(store, ada, place(ONE), said("Two gulls."))
    assert latest(store, ada) == ["Two gulls."]


def test_recall_brings_back_the_latest_the_one_before_and_the_first(store: Store) -> None:
    ada = somebody(store)
    for number, (conversation, words) in enumerate(
        [(ONE, "first"), (TWO, "second"), (THREE, "third")]
    ):
        keep(store, ada, place(conversation), said(words, NOON + number * DAY))
    keep(store, ada, place(THREE, "other"), said("elsewhere", NOON + 9 * DAY))
    assert recalled(store, ada, "latest") == "third"
    assert recalled(store, ada, "before") == "second"
    assert recalled(store, ada, "first") == "first"


def test_recall_leaves_out_the_conversation_being_held(store: Store) -> None:
    ada = somebody(store)
    keep(store, ada, place(ONE), said("before"))
    keep(store, ada, place(TWO), said("now", NOON + DAY))
    assert recalled(store, ada, "latest", held=TWO) == "before"
    assert recalled(store, ada, "first", held=ONE) == "now"


def test_recall_finds_nothing_where_nothing_is(store: Store) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")
    keep(store, ben, place(ONE), said("mine alone"))
    assert recalled(store, ada, "latest") is None
    assert recalled(store, ben, "before") is None


def test_what_was_deleted_is_not_recalled(store: Store) -> None:
    ada = somebody(store)
    keep(store, ada, place(ONE), said("gone"))
    run(store, lambda conn: answers.drop(conn, ada.participant.id, ONE, "noticed"))
    assert recalled(store, ada, "latest") is None


def test_the_latest_come_first_a_page_at_a_time(store: Store) -> None:
    ada = somebody(store)
    for number in range(5):
        keep(store, ada, place(ONE, f"turn{number}"), said(f"{number}", NOON + number * DAY))
    assert latest(store, ada, 2) == ["4", "3"]
    assert latest(store, ada, 2, 2) == ["2", "1"]
    everything = run(store, lambda conn: answers.all_of(conn, store.keys, ada.participant.id))
    assert [each.answer.text for each in everything] == ["0", "1", "2", "3", "4"]


def test_the_answers_of_one_conversation_come_in_their_order(store: Store) -> None:
    ada = somebody(store)
    keep(store, ada, place(ONE, "second"), said("2", NOON + DAY))
    keep(store, ada, place(ONE, "first"), said("1", NOON))
    keep(store, ada, place(TWO, "first"), said("other"))
    found = run(
        store,
        lambda conn: answers.of_conversation(conn, store.keys, ada.participant.id, ONE),
    )
    assert [each.answer.text for each in found] == ["1", "2"]


def test_deleting_the_latest_takes_its_photos_too(store: Store) -> None:
    ada = somebody(store)
    photo = Media(name="photo.jpg", mime="image/jpeg", content=b"\xff\xd8rock")
    media_id = run(
        store,
        lambda conn: media.add(conn, store.keys, ada.participant.id, ONE, photo, now=NOON),
    )
    keep(store, ada, place(ONE), said("older"))
    keep(store, ada, place(TWO), said("newer", NOON + DAY, media=media_id))
    deleted = run(store, lambda conn: answers.delete_latest(conn, store.keys, ada.participant.id))
    assert deleted is not None
    assert deleted.answer.text == "newer"
    assert latest(store, ada) == ["older"]
    again = run(store, lambda conn: answers.delete_latest(conn, store.keys, ada.participant.id))
    assert again is not None
    assert latest(store, ada) == []
    gone = run(store, lambda conn: media.get(conn, store.keys, ada.participant.id, media_id))
    assert gone is None


def test_there_may_be_nothing_to_delete(store: Store) -> None:
    ada = somebody(store)
    nothing = run(store, lambda conn: answers.delete_latest(conn, store.keys, ada.participant.id))
    assert nothing is None


def test_answers_swapped_between_turns_do_not_open(store: Store) -> None:
    ada = somebody(store)
    keep(store, ada, place(ONE, "noticed"), said("A gull."))
    keep(store, ada, place(ONE, "why"), said("A rock."))
    swap = text(
        "UPDATE answer SET body = (SELECT body FROM answer WHERE key = 'why') "
        "WHERE key = 'noticed'"
    )
    run(store, lambda conn: conn.execute(swap).rowcount)
    with pytest.raises(BrokenSealError):
        latest(store, ada)


def test_no_word_stands_open_in_a_table(store: Store) -> None:
    ada = somebody(store)
    keep(store, ada, place(ONE), said("A gull on the rock."))
    with store.engine.connect() as conn:
        body = conn.scalar(select(answer_table.c.body))
        assert conn.scalar(select(func.count()).select_from(answer_table)) == 1
    assert body is not None
    assert b"gull" not in body
