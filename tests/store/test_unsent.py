"""What somebody wrote in a window and has not sent is sealed, theirs alone, and goes in time."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select, update

from bot.store import retention, unsent
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.tables import unsent as table
from bot.store.unsent import Unsent
from bot.trust.sealing import BrokenSealError
from tests.store.builders import DAY, NOON, run, somebody

WHERE = "c" * 32
LONG = "kittiwake \U0001f469\u200d\U0001f4bb\n\n" * 5_000


def write(
    store: Store, who: Present, text: str, *, ask: int = 1, conversation: str = WHERE
) -> None:
    half = Unsent(conversation=conversation, ask=ask, text=text, written_at=NOON)
    run(store, lambda conn: unsent.keep(conn, store.keys, who.participant.id, half))


def read(store: Store, who: Present, ask: int = 1, conversation: str = WHERE) -> str | None:
    found = run(
        store,
        lambda conn: unsent.get(conn, store.keys, who.participant.id, conversation, ask),
    )
    return found.text if found else None


def test_what_is_kept_is_read_again_whole(store: Store) -> None:
    ada = somebody(store)
    assert read(store, ada) is None
    write(store, ada, LONG)
    assert read(store, ada) == LONG


def test_what_stands_there_now_takes_the_place_of_what_stood_there(store: Store) -> None:
    ada = somebody(store)
    write(store, ada, "one")
    write(store, ada, "two")
    assert read(store, ada) == "two"
    assert len(run(store, lambda conn: conn.execute(select(table)).all())) == 1


def test_it_is_sealed_and_a_row_in_anothers_place_does_not_open(store: Store) -> None:
    ada = somebody(store)
    write(store, ada, "kittiwake")
    assert "kittiwake" not in repr(run(store, lambda conn: conn.execute(select(table)).all()))
    run(store, lambda conn: conn.execute(update(table).values(ask=2)))
    with pytest.raises(BrokenSealError):
        read(store, ada, ask=2)


def test_it_belongs_to_one_question_of_one_person(store: Store) -> None:
    ada, ben = somebody(store), somebody(store, "ben")
    write(store, ada, "mine")
    write(store, ada, "other", ask=2)
    write(store, ben, "yours")
    run(store, lambda conn: unsent.remove(conn, ada.participant.id, WHERE, 1))
    assert (read(store, ada), read(store, ada, ask=2), read(store, ben)) == (
        None,
        "other",
        "yours",
    )


def test_all_of_a_conversation_goes_at_once(store: Store) -> None:
    ada = somebody(store)
    write(store, ada, "one")
    write(store, ada, "two", ask=2)
    write(store, ada, "elsewhere", conversation="d" * 32)
    run(store, lambda conn: unsent.remove(conn, ada.participant.id, WHERE))
    every = run(store, lambda conn: unsent.all_of(conn, store.keys, ada.participant.id))
    assert [each.text for each in every] == ["elsewhere"]


def test_it_goes_with_its_question_when_that_is_asked_again(store: Store) -> None:
    ada = somebody(store)
    write(store, ada, "one")

    def carry(conn: Connection) -> None:
        for before in (1, 9):
            unsent.carry(conn, store.keys, ada.participant.id, WHERE, before=before, after=2)

    run(store, carry)
    assert (read(store, ada, 1), read(store, ada, 2)) == (None, "one")


def test_it_is_swept_when_it_is_too_old(store: Store) -> None:
    ada = somebody(store)
    write(store, ada, "one")
    run(store, lambda conn: retention.sweep(conn, NOON + 360 * DAY, months=12))
    assert read(store, ada) == "one"
    run(store, lambda conn: retention.sweep(conn, NOON + 370 * DAY, months=12))
    assert read(store, ada) is None
