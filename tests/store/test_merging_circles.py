"""In circles, two people who are one are one member with one voice."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.records import Platform
from bot.store import circles, merging, rounds, showing
from bot.store.circled import voice
from bot.store.circles import Circle
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.rounds import Round, Words
from tests.store.builders import DAY, NOON, run, somebody

ADA, BEN = "ada's own", "ben's own"
MESSAGE = "m" * 32


@pytest.fixture
def ada(store: Store) -> Present:
    """The one who stays."""
    return somebody(store, "ada")


@pytest.fixture
def ben(store: Store) -> Present:
    """The one who leaves."""
    return somebody(store, "ben")


def circle(store: Store, place: str = "C1") -> Circle:
    return run(
        store,
        lambda conn: circles.add(
            conn,
            store.keys,
            Platform.SLACK,
            place,
            title="Ward Seven",
            zone="Europe/London",
            language="en",
            now=NOON,
        ),
    )


def opened(store: Store, there: Circle) -> Round:
    held = rounds.new(
        there.id,
        number=1,
        practice="team_check_in",
        opened_at=NOON,
        closes_at=NOON + DAY,
        remind_at=None,
        message=MESSAGE,
    )
    run(store, lambda conn: rounds.add(conn, store.keys, held))
    return held


def joins(
    store: Store, there: Circle, who: Present, name: str | None, *, host: bool = False
) -> None:
    me = who.participant.id
    run(
        store,
        lambda conn: circles.join(conn, store.keys, there.id, me, name=name, host=host, now=NOON),
    )


def gives(store: Store, held: Round, who: Present, text: str) -> None:
    me, words = who.participant.id, Words(paragraphs=(text,))
    run(
        store,
        lambda conn: rounds.give(
            conn, store.keys, held.id, me, conversation="c" * 32, words=words
        ),
    )


def merge(store: Store, stays: Present, leaves: Present) -> None:
    run(
        store,
        lambda conn: merging.merge(
            conn, store.keys, stays=stays.participant.id, leaves=leaves.participant.id
        ),
    )
    store.keys.forget(leaves.participant.id)


def member(store: Store, there: Circle, who: Present) -> tuple[str | None, bool]:
    """The name somebody has in a circle, and whether they host it; they alone are in it."""
    me = who.participant.id

    def ask(conn: Connection) -> tuple[str | None, bool]:
        (one,) = circles.members(conn, there.id)
        assert one.participant == me
        return circles.name_of(conn, store.keys, there.id, me), one.host

    return run(store, ask)


def waiting(store: Store, held: Round) -> dict[str, str]:
    found = run(store, lambda conn: rounds.waiting(conn, store.keys, held.id))
    return {who: words.paragraphs[0] for who, words in found.items()}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (("Ada", "Ben"), "Ada"),
        (("", "Ben"), ""),
        ((None, "Ben"), "Ben"),
        (("Ada", None), "Ada"),
        ((None, None), None),
    ],
)
def test_the_name_of_whoever_stays_stands_or_else_the_others(
    store: Store,
    ada: Present,
    ben: Present,
    given: tuple[str | None, str | None],
    name: str | None,
) -> None:
    there = circle(store)
    for who, each in zip((ada, ben), given, strict=True):
        joins(store, there, who, each)
    merge(store, ada, ben)
    assert member(store, there, ada) == (name, False)


@pytest.mark.parametrize("hosts", [{"ada"}, {"ben"}, {"ada", "ben"}])
@pytest.mark.parametrize("name", [None, "Ada"])
def test_they_host_when_either_did(
    store: Store, ada: Present, ben: Present, hosts: set[str], name: str | None
) -> None:
    there, other = circle(store), circle(store, "C2")
    joins(store, there, ada, name, host="ada" in hosts)
    joins(store, there, ben, "Ben", host="ben" in hosts)
    joins(store, other, ada, "Ada")
    joins(store, other, ben, "Ben")
    merge(store, ada, ben)
    assert member(store, there, ada) == (name or "Ben", True)
    assert member(store, other, ada) == ("Ada", False)


def test_a_circle_of_one_is_the_circle_of_both(store: Store, ada: Present, ben: Present) -> None:
    there = circle(store)
    joins(store, there, ben, "Ben", host=True)
    merge(store, ada, ben)
    assert member(store, there, ada) == ("Ben", True)


def test_of_two_voices_that_wait_that_of_whoever_stays_is_kept(
    store: Store, ada: Present, ben: Present
) -> None:
    held = opened(store, circle(store))
    gives(store, held, ada, ADA)
    gives(store, held, ben, BEN)
    merge(store, ada, ben)
    assert waiting(store, held) == {ada.participant.id: ADA}


def test_a_voice_of_whoever_leaves_goes_along(store: Store, ada: Present, ben: Present) -> None:
    held = opened(store, circle(store))
    gives(store, held, ben, BEN)
    merge(store, ada, ben)
    assert waiting(store, held) == {ada.participant.id: BEN}


@pytest.mark.parametrize("stands", ["queued", "sent"])
@pytest.mark.parametrize("first", ["ada", "ben"])
def test_whoever_has_been_shown_gives_no_second_voice(
    store: Store, ada: Present, ben: Present, first: str, stands: str
) -> None:
    held = opened(store, circle(store))
    one, other = (ada, ben) if first == "ada" else (ben, ada)
    gives(store, held, one, ADA)

    def show(conn: Connection) -> None:
        showing.queued(conn, held.id, MESSAGE, [one.participant.id])
        if stands == "sent":
            showing.sent(conn, MESSAGE)

    run(store, show)
    gives(store, held, other, BEN)
    merge(store, ada, ben)
    assert waiting(store, held) == {}
    assert run(store, lambda conn: rounds.givers(conn, held.id)) == {ada.participant.id}
    in_messages = run(store, lambda conn: conn.scalars(select(voice.c.shown_in)).all())
    assert in_messages == [None if stands == "sent" else MESSAGE]


def test_one_of_two_choices_counts(store: Store, ada: Present, ben: Present) -> None:
    held = opened(store, circle(store))

    def choose(conn: Connection) -> None:
        rounds.choose(conn, held.id, ada.participant.id, 1)
        rounds.choose(conn, held.id, ben.participant.id, 2)

    run(store, choose)
    merge(store, ada, ben)
    assert run(store, lambda conn: rounds.chosen(conn, held.id)) == {1: 1}
