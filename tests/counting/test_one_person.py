"""One person many times: whatever they do, they count once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.engine.conversation import About
from bot.records import Platform, Words
from bot.requests import counting
from bot.store import forgetting
from bot.store.counted import ballot, open_count, pending
from bot.store.opening import Store
from bot.trust import ballots
from bot.trust.keyring import COUNT
from tests.journeys.playing import begin
from tests.journeys.someone import MORNING, Ids, Someone, measures, texts

WALK = About(id="walk", title="A walk", group="spring", ends_at=MORNING - timedelta(minutes=10))
DAY = timedelta(days=1)


@pytest.fixture
def ids() -> Ids:
    return Ids()


def gives(someone: Someone, name: str, value: int = 4) -> list[str]:
    """Feedback to a session, up to the choice that has it counted; what was said to it."""
    someone.is_due("session_feedback", name, about=(WALK,))
    for line in ("A walk", "for all of it", str(value), "5", "fresh thinking"):
        someone.says(line)
    someone.says("1")
    said = texts(someone.says("done"))
    for _ in range(3):
        someone.says("skip")
    return said


def others(store: Store, ids: Ids, number: int = 6) -> Iterator[Someone]:
    for n in range(number):
        one = begin(Someone(store, place=f"other-{n}", ids=ids), "joined")
        gives(one, "once", 2)
        yield one


def waiting(store: Store) -> Counter[str]:
    """How many shares wait, by measure."""
    with store.engine.connect() as conn:
        found = conn.scalars(
            select(open_count.c.measure).join(pending, pending.c.count == open_count.c.id)
        )
        return Counter(found)


def cast(store: Store) -> Counter[int]:
    """What the ballots of the session's usefulness say."""
    with store.engine.connect() as conn:
        of = conn.execute(select(open_count).where(open_count.c.measure == "session_useful")).one()
        secret = store.keys.secret(COUNT + of.id)
        found = list(conn.scalars(select(ballot.c.body).where(ballot.c.count == of.id)))
    return Counter(ballots.unpacked(ballots.open_(secret, each))[0][0] for each in found)


def night(someone: Someone) -> None:
    """The next night; whoever lives on lives after it."""
    counting.nightly(someone.store, measures(), someone.now + timedelta(hours=6))


def test_a_share_made_a_hundred_times_through_the_doors_counts_once(
    store: Store, ids: Ids
) -> None:
    list(others(store, ids))
    one = begin(Someone(store, ids=ids), "joined")
    for number in range(20):
        gives(one, f"again {number}", 1 + number % 5)
    assert waiting(store)["session_useful"] == 7
    night(one)
    assert cast(store) == Counter({2: 6, 5: 1})
    late = [gives(one, f"late {number}", 1) for number in range(5)]
    assert all("has you in it already" in "\n".join(said) for said in late)
    # The very same message, told again by the platform as often as it likes.
    one.is_due("session_feedback", "told again", about=(WALK,))
    for line in ("A walk", "for all of it", "3", "5", "fresh thinking", "1"):
        one.says(line)
    for _ in range(75):
        one.does(Words(message="same", text="done"), "same-update")
    one.now += DAY
    night(one)
    night(one)
    assert cast(store) == Counter({2: 6, 5: 1})


def linked(one: Someone, other: Someone) -> None:
    """Two chats of one person become one."""
    (said,) = texts(one.says("link"))
    code = next(line for line in said.splitlines() if line.startswith("link "))
    other.now = one.now
    if texts(other.says(code))[0].startswith("Both chats"):
        other.says("yes, link")
    one.now = other.now
    one.says("yes, link")
    assert one.heard.leaves
    forgetting.forget(one.store.engine, one.store.writer, one.store.keys, one.heard.leaves)
    assert one.id == other.id


def two(store: Store, ids: Ids) -> tuple[Someone, Someone]:
    """The same person in two chats, both of which have joined."""
    return (
        begin(Someone(store, place="slack", platform=Platform.SLACK, ids=ids), "joined"),
        begin(Someone(store, place="telegram", platform=Platform.TELEGRAM, ids=ids), "joined"),
    )


def test_somebody_with_two_linked_chats_counts_once(store: Store, ids: Ids) -> None:
    list(others(store, ids))
    one, other = two(store, ids)
    linked(one, other)
    for number, chat in enumerate((one, other) * 3):
        chat.now = max(one.now, other.now)
        gives(chat, f"time {number}", 5)
    night(one)
    assert cast(store) == Counter({2: 6, 5: 1})


def test_whoever_links_two_chats_before_the_drop_counts_once(store: Store, ids: Ids) -> None:
    list(others(store, ids))
    one, other = two(store, ids)
    gives(one, "here", 5)
    gives(other, "there", 4)
    assert waiting(store)["session_useful"] == 8
    linked(one, other)
    assert waiting(store)["session_useful"] == 7
    night(one)
    assert cast(store).total() == 7


def test_whoever_links_them_after_the_drop_was_counted_as_two(store: Store, ids: Ids) -> None:
    """Nobody can find a ballot to take it out again: it stands in the documents."""
    list(others(store, ids))
    one, other = two(store, ids)
    gives(one, "here", 5)
    gives(other, "there", 5)
    night(one)
    linked(one, other)
    one.now += DAY
    gives(one, "again", 5)
    night(one)
    assert cast(store) == Counter({2: 6, 5: 2})
