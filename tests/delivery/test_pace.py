"""How fast messages are claimed, on a clock that is only told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest

from bot.adapters.port import Pace
from bot.records import LaneClass, Platform
from bot.store import outbox
from bot.store.pacing import AHEAD
from bot.store.sending import Hold, Sending
from tests.delivery.harness import (
    LEASE,
    NO_PACE,
    NOON,
    PACED,
    Post,
    seconds,
    text_of,
    texts,
    words,
)

SECOND = timedelta(seconds=1)
#: What is kept is whole milliseconds.
ROUNDING = timedelta(milliseconds=1)


def drain(
    post: Post, now: datetime, paces: Mapping[Platform, Pace] = PACED, most: int = 100
) -> list[Sending]:
    """Send all there is, each in its slot; the clock jumps to whatever comes next."""
    said: list[Sending] = []
    while True:
        taken, due = post.claim_and_when(now, paces, most=most)
        for sending in taken:
            assert post.sent(sending, sending.at)
        said += taken
        if due is None:
            return said
        now = max(now, due)


def test_the_bot_keeps_its_pace_over_all_chats(post: Post) -> None:
    for number in range(60):
        post.add(post.somebody(str(number)), words("hello", LaneClass.BROADCAST))
    slots = [sending.at for sending in drain(post, NOON)]
    for number, slot in enumerate(slots):
        assert sum(slot <= other < slot + SECOND for other in slots[number:]) <= 30
    assert len(slots) == 60
    assert slots[-1] - slots[0] < 1.05 * 59 / 30 * SECOND


def test_a_chat_keeps_its_pace_and_a_group_its_slower_one(post: Post) -> None:
    person, group = post.somebody("7"), post.somebody("-7")
    for text in ("one", "two", "three"):
        post.add(person, text)
        post.add(group, text)
    slots: dict[str, list[datetime]] = defaultdict(list)
    for sending in drain(post, NOON):
        slots[sending.address.place].append(sending.at)
    for place, gap in (("7", SECOND), ("-7", 3 * SECOND)):
        first, second, third = slots[place]
        assert second - first >= gap - ROUNDING
        assert third - second >= gap - ROUNDING
        assert third - first < 2 * gap + SECOND


def test_a_claim_reaches_only_a_moment_ahead(post: Post) -> None:
    for number in range(20):
        post.add(post.somebody(str(number)), "hello")
    taken, due = post.claim_and_when(NOON, PACED)
    assert 1 < len(taken) < 10
    assert all(NOON <= sending.at <= NOON + AHEAD for sending in taken)
    assert due is not None
    assert taken[-1].at - AHEAD < due < taken[-1].at  # No slot may go by unused.


def test_time_gone_by_is_not_saved_up(post: Post) -> None:
    post.add(post.somebody("first"), "hello")
    drain(post, NOON)
    for number in range(40):
        post.add(post.somebody(str(number)), "hello")
    slots = [sending.at for sending in drain(post, seconds(3600))]
    assert slots[30] - slots[0] >= SECOND


def test_a_reply_overtakes_ten_broadcasts_that_wait_for_the_pace(post: Post) -> None:
    for number in range(30):
        post.add(post.somebody(str(number)), words("broadcast", LaneClass.BROADCAST))
    _, due = post.claim_and_when(NOON, PACED)
    post.add(post.somebody("somebody"), words("reply"), now=seconds(0.1))
    assert due is not None
    assert text_of(post.claim(due, PACED)[0]) == "reply"


def test_without_a_pace_everything_may_go_at_once(post: Post) -> None:
    for number in range(40):
        post.add(post.somebody(str(number)), "hello")
    assert {sending.at for sending in post.claim(NOON)} == {NOON}


def test_a_clock_put_back_delays_nothing(post: Post) -> None:
    chats = [post.somebody(str(number)) for number in range(4)]
    for address in chats:
        post.add(address, "before", now=seconds(3600))
    flying, failed, held, sent = post.claim(seconds(3600), PACED)
    assert post.again(failed, seconds(3900))
    assert post.again(held, seconds(3700), Hold.BOT)
    assert post.sent(sent, seconds(3600))
    for address in chats:
        post.add(address, "after", now=NOON)
    said = [sending.id for sending in drain(post, NOON)]
    assert len(said) == 7
    assert {flying.id, failed.id, held.id} < set(said)


def test_a_very_slow_pace_is_not_mistaken_for_a_clock_put_back(post: Post) -> None:
    paces = {Platform.TELEGRAM: Pace(bot=1 / 100)}
    for number in range(3):
        post.add(post.somebody(str(number)), "hello")
    slots = [sending.at for sending in drain(post, NOON, paces)]
    assert [round((slot - NOON).total_seconds()) for slot in slots] == [0, 100, 200]


def test_a_clock_put_forward_loses_nothing(post: Post) -> None:
    post.add(post.somebody("7"), "hello")
    post.claim(NOON, PACED)
    assert texts(post.claim(seconds(3600), PACED)) == ["hello"]


def test_two_claimers_never_claim_the_same_chat(post: Post) -> None:
    for number in range(30):
        address = post.somebody(str(number))
        for text in ("one", "two"):
            post.add(address, text)
    barrier = Barrier(2)
    found: list[list[Sending]] = [[], []]

    def claim(mine: list[Sending]) -> None:
        barrier.wait()
        for _ in range(20):
            mine += post.claim(NOON, most=2)

    threads = [Thread(target=claim, args=(mine,)) for mine in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chats = [sending.chat for sending in (*found[0], *found[1])]
    assert len(chats) == len(set(chats)) == 30


def test_a_chat_that_somebody_else_holds_is_asked_for_again_soon(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, "one")
    if post.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    with post.engine.begin() as conn:
        outbox.add(conn, post.keys, address, words("two"), now=NOON)
        taken, due = post.claim_and_when(NOON)
        assert taken == ()
        assert due is not None
        assert NOON < due < NOON + SECOND / 10
    assert texts(post.claim(due)) == ["one"]


def test_what_is_added_while_another_is_acknowledged_is_not_overlooked(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, "0")
    said: list[str] = []

    def add() -> None:
        for number in range(1, 40):
            post.add(address, str(number))

    adding = Thread(target=add)
    adding.start()
    while len(said) < 40:
        alive = adding.is_alive()
        taken = post.claim(NOON, NO_PACE)
        assert taken or alive
        for sending in taken:
            said.append(text_of(sending))
            assert post.sent(sending)
    adding.join()
    assert said == [str(number) for number in range(40)]
    assert post.claim(NOON + LEASE) == ()
