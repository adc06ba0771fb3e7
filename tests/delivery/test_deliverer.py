"""The loop: from the outbox to the platform and back, whatever fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, ProgrammingError
from structlog.testing import capture_logs

from bot.adapters.port import Departed, Limits, Moved, Pace, Refused, Throttled, Unreachable
from bot.delivery import attempts, deliverer
from bot.delivery.deliverer import Deliverer
from bot.records import Address, LaneClass, OnUncertain, Option, Platform
from bot.store.opening import Store
from bot.store.sending import Ending
from bot.store.writer import Writer
from tests.delivery.harness import NOON, Post, text_of, words
from tests.fakes.adapter import FakeAdapter

LONG = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FIRST", timedelta(milliseconds=20))
    monkeypatch.setattr(attempts, "LONGEST", timedelta(milliseconds=50))
    monkeypatch.setattr(deliverer, "PAUSE", timedelta(milliseconds=20))


@pytest.fixture
def writer(store: Store) -> Writer:
    return store.writer


@dataclass
class Clock:
    """Noon when it is made; it can be put ahead, as a frozen process would find it."""

    start: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return NOON + timedelta(seconds=time.monotonic() - self.start)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - What is waited for is in a database.
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(made: Deliverer) -> AsyncIterator[Deliverer]:
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        made.stop()
        async with asyncio.timeout(30):
            await task


@dataclass
class Bench:
    """A deliverer over a fake platform."""

    post: Post
    writer: Writer
    adapter: FakeAdapter
    clock: Clock = field(default_factory=Clock)
    gone: list[Address] = field(default_factory=list)

    def make(self, **terms: timedelta | int) -> Deliverer:
        def on_departed(_conn: Connection, address: Address, _now: datetime) -> None:
            self.gone.append(address)

        return Deliverer(
            self.writer,
            self.post.keys,
            {self.adapter.platform: self.adapter},
            self.clock,
            on_departed=on_departed,
            **terms,  # type: ignore[arg-type]
        )

    def state(self, message: str) -> Ending | None:
        return self.post.outcome(message).state

    async def ends(self, message: str) -> Ending:
        await until(lambda: self.state(message) is not None)
        found = self.state(message)
        assert found is not None
        return found


@pytest.fixture
def bench(post: Post, writer: Writer) -> Bench:
    return Bench(post, writer, FakeAdapter())


async def test_what_is_added_is_sent_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliverer, "NAP", timedelta(seconds=60))
    address = bench.post.somebody("7")
    async with running(bench.make()) as made:
        await asyncio.sleep(0.1)
        message = bench.post.add(address, "hello")
        made.nudge()
        assert await bench.ends(message) is Ending.SENT
    assert bench.adapter.texts == ["hello"]


async def test_what_another_process_adds_is_found_within_a_nap(bench: Bench) -> None:
    address = bench.post.somebody("7")
    async with running(bench.make()):
        await asyncio.sleep(0.1)
        assert await bench.ends(bench.post.add(address, "hello")) is Ending.SENT


async def test_a_chat_gets_its_messages_in_order_and_never_two_at_once(bench: Bench) -> None:
    bench.adapter.slow = timedelta(milliseconds=5)
    chats = [bench.post.somebody(str(number)) for number in range(5)]
    for text in ("one", "two", "three"):
        for address in chats:
            bench.post.add(address, text)
    async with running(bench.make()):
        await until(lambda: len(bench.adapter.taken) == 15)
    for address in chats:
        mine = [
            text
            for text, (place, _) in zip(bench.adapter.texts, bench.adapter.taken, strict=True)
            if place == address.place
        ]
        assert mine == ["one", "two", "three"]
    assert not bench.adapter.crowded


async def test_a_network_that_fails_is_tried_again(bench: Bench) -> None:
    bench.adapter.troubles.extend([Unreachable("down", uncertain=False)] * 3)
    message = bench.post.add(bench.post.somebody("7"), "hello")
    async with running(bench.make()):
        assert await bench.ends(message) is Ending.SENT
    assert bench.post.outcome(message).attempts == 4
    assert bench.adapter.texts == ["hello"]


async def test_what_may_have_arrived_is_sent_again_when_it_says_so(bench: Bench) -> None:
    bench.adapter.arrives = True
    bench.adapter.troubles.append(Unreachable("timeout", uncertain=True))
    message = bench.post.add(bench.post.somebody("7"), "hello")
    async with running(bench.make()):
        assert await bench.ends(message) is Ending.SENT
    assert bench.adapter.texts == ["hello", "hello"]


async def test_what_may_have_arrived_is_left_when_it_says_so(bench: Bench) -> None:
    bench.adapter.arrives = True
    bench.adapter.troubles.append(Unreachable("timeout", uncertain=True))
    address = bench.post.somebody("7")
    message = bench.post.add(address, words("hello", on_uncertain=OnUncertain.SKIP))
    later = bench.post.add(address, "next")
    async with running(bench.make()):
        assert await bench.ends(later) is Ending.SENT
    assert (bench.state(message), bench.post.outcome(message).reason) == (
        Ending.SKIPPED,
        "uncertain",
    )
    assert bench.adapter.texts == ["hello", "next"]


async def test_retry_after_is_kept(bench: Bench) -> None:
    bench.adapter.troubles.append(Throttled(timedelta(seconds=0.3)))
    address = bench.post.somebody("7")
    message = bench.post.add(address, "hello")
    async with running(bench.make()):
        await until(lambda: not bench.adapter.troubles)
        held_at = bench.clock()
        bench.post.add(address, words("help", LaneClass.HELP), now=held_at)
        assert await bench.ends(message) is Ending.SENT
        assert bench.clock() - held_at > timedelta(seconds=0.25)
    assert bench.adapter.texts == ["help", "hello"]


async def test_a_refused_message_ends_and_the_next_one_goes(bench: Bench) -> None:
    bench.adapter.troubles.append(Refused("400 bad"))
    address = bench.post.somebody("7")
    message = bench.post.add(address, "bad")
    later = bench.post.add(address, "good")
    async with running(bench.make()):
        assert await bench.ends(later) is Ending.SENT
    assert (bench.state(message), bench.post.outcome(message).reason) == (
        Ending.REFUSED,
        "400 bad",
    )


async def test_a_departed_person_gets_nothing_more_and_the_house_is_told(bench: Bench) -> None:
    bench.adapter.troubles.append(Departed("403 blocked"))
    address = bench.post.somebody("7")
    messages = [bench.post.add(address, text) for text in ("one", "two")]
    async with running(bench.make()):
        for message in messages:
            assert await bench.ends(message) is Ending.DEPARTED
    assert bench.gone == [address]
    assert bench.adapter.taken == []
    assert bench.post.outcome(messages[1]).reason == "403 blocked"


async def test_a_chat_that_moved_is_followed(bench: Bench) -> None:
    bench.adapter.troubles.append(Moved("-1007"))
    address = bench.post.somebody("-7")
    bench.post.add(address, "one")
    later = bench.post.add(address, "two")
    async with running(bench.make()):
        assert await bench.ends(later) is Ending.SENT
    assert [place for place, _ in bench.adapter.taken] == ["-1007", "-1007"]
    assert bench.adapter.texts == ["one", "two"]


async def test_a_long_message_goes_in_pieces_and_a_piece_that_failed_is_the_next(
    bench: Bench,
) -> None:
    bench.adapter.limits = Limits(text=10, label=10, options=3)
    bench.adapter.troubles.extend([None, Unreachable("down", uncertain=False), None])
    options = (Option(label="Yes", token="y"),)
    message = bench.post.add(
        bench.post.somebody("7"), replace(words("One two. Three. Four."), options=options)
    )
    async with running(bench.make()):
        assert await bench.ends(message) is Ending.SENT
    assert bench.adapter.texts == ["One two. ", "Three. ", "Four."]
    assert [bool(said.options) for _, said in bench.adapter.taken] == [False, False, True]


async def test_a_message_that_shows_nothing_is_not_sent(bench: Bench) -> None:
    message = bench.post.add(bench.post.somebody("7"), " ")
    async with running(bench.make()):
        assert await bench.ends(message) is Ending.REFUSED
    assert bench.adapter.taken == []


async def test_a_platform_that_does_not_answer_is_given_up_in_time(bench: Bench) -> None:
    bench.adapter.slow = LONG
    message = bench.post.add(
        bench.post.somebody("7"), words("hello", on_uncertain=OnUncertain.SKIP)
    )
    async with running(bench.make(patience=timedelta(seconds=0.1))):
        assert await bench.ends(message) is Ending.SKIPPED


async def test_an_adapter_with_a_fault_blocks_its_chat_for_a_while_only(bench: Bench) -> None:
    bench.adapter.troubles.extend([KeyError("canary")] * deliverer.FAULTS)
    address = bench.post.somebody("7")
    message = bench.post.add(address, "bad")
    later = bench.post.add(address, "good")
    with capture_logs() as logs:
        async with running(bench.make()):
            assert await bench.ends(later) is Ending.SENT
    assert (bench.state(message), bench.post.outcome(message).reason) == (
        Ending.REFUSED,
        "KeyError",
    )
    assert "canary" not in str(logs)


async def test_stopping_lets_what_is_in_flight_land(bench: Bench) -> None:
    bench.adapter.slow = timedelta(seconds=0.2)
    address = bench.post.somebody("7")
    first, second = (bench.post.add(address, text) for text in ("one", "two"))
    async with running(bench.make()):
        await until(lambda: bench.adapter.busy == ["7"])
    assert bench.state(first) is Ending.SENT
    assert bench.state(second) is None


async def test_no_more_are_in_flight_than_there_is_room_for(bench: Bench) -> None:
    bench.adapter.slow = timedelta(milliseconds=50)
    for number in range(6):
        bench.post.add(bench.post.somebody(str(number)), "hello")
    most = 0
    async with running(bench.make(most=2)):
        while len(bench.adapter.taken) < 6:
            most = max(most, len(bench.adapter.busy))
            await asyncio.sleep(0.005)
    assert most == 2


async def test_a_process_that_was_frozen_before_it_sent_leaves_the_message(bench: Bench) -> None:
    message = bench.post.add(bench.post.somebody("7"), "hello")
    made = bench.make()
    (stale,) = bench.post.claim(bench.clock())
    bench.clock.start -= 91
    await made._carry(stale)
    assert bench.adapter.taken == []
    async with running(made):
        assert await bench.ends(message) is Ending.SENT
    assert bench.adapter.texts == ["hello"]


async def test_a_process_that_was_frozen_while_it_sent_cannot_undo_what_another_did(
    bench: Bench,
) -> None:
    bench.adapter.slow = timedelta(milliseconds=50)
    message = bench.post.add(bench.post.somebody("7"), "hello")
    made = bench.make()
    (stale,) = bench.post.claim(bench.clock())
    sending = asyncio.create_task(made._carry(stale))
    await until(lambda: bench.adapter.busy == ["7"])
    (other,) = bench.post.claim(bench.clock() + timedelta(seconds=91))
    with capture_logs() as logs:
        await sending
    assert [each["event"] for each in logs] == ["somebody else has the message"]
    assert bench.state(message) is None
    assert text_of(other) == "hello"
    assert bench.post.sent(other)


async def test_whoever_lost_the_claim_cannot_make_an_address_depart(bench: Bench) -> None:
    bench.adapter.slow = timedelta(milliseconds=50)
    bench.adapter.troubles.append(Departed("403"))
    message = bench.post.add(bench.post.somebody("7"), "hello")
    (stale,) = bench.post.claim(bench.clock())
    sending = asyncio.create_task(bench.make()._carry(stale))
    await until(lambda: bench.adapter.busy == ["7"])
    bench.post.claim(bench.clock() + timedelta(seconds=91))
    await sending
    assert bench.state(message) is None
    assert bench.gone == []


class Away:
    """A writer whose database can be away."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.away = False

    async def run(self, work: Callable[[Connection], object], lane: str = "") -> object:
        if self.away:
            raise OperationalError("SELECT 'canary'", {}, Exception("gone"))
        return await self.writer.run(work, lane)


async def test_a_database_that_was_away_is_found_again(bench: Bench) -> None:
    away = Away(bench.writer)
    bench.writer = away  # type: ignore[assignment]
    away.away = True
    message = bench.post.add(bench.post.somebody("7"), "hello")
    with capture_logs() as logs:
        async with running(bench.make()):
            await asyncio.sleep(0.1)
            away.away = False
            assert await bench.ends(message) is Ending.SENT
    assert logs[0]["event"] == "the outbox cannot be read"
    assert "canary" not in str(logs)


async def test_what_was_sent_while_the_database_was_away_is_not_sent_again(bench: Bench) -> None:
    """The lease is long over when the database comes back; the outcome is written first."""
    away = Away(bench.writer)
    bench.writer = away  # type: ignore[assignment]
    bench.adapter.slow = timedelta(milliseconds=50)
    message = bench.post.add(bench.post.somebody("7"), "hello")
    async with running(bench.make()) as made:
        await until(lambda: bench.adapter.busy == ["7"])
        away.away = True
        await until(lambda: made._untold == 1)
        bench.clock.start -= 1000
        made.nudge()
        await asyncio.sleep(0.1)
        away.away = False
        assert await bench.ends(message) is Ending.SENT
    assert bench.adapter.texts == ["hello"]


async def test_stopping_does_not_wait_for_ever_for_a_database_that_is_away(bench: Bench) -> None:
    away = Away(bench.writer)
    bench.writer = away  # type: ignore[assignment]
    bench.adapter.slow = timedelta(milliseconds=50)
    message = bench.post.add(bench.post.somebody("7"), "hello")
    async with running(bench.make()):
        await until(lambda: bench.adapter.busy == ["7"])
        away.away = True
    assert bench.state(message) is None


async def test_a_fault_of_our_own_in_one_outcome_does_not_stop_the_rest(bench: Bench) -> None:
    bench.adapter.troubles.append(Departed("403"))
    bench.post.add(bench.post.somebody("7"), "one")

    def fault(_conn: Connection, _address: Address, _now: datetime) -> None:
        raise ProgrammingError("SELECT 'canary'", {}, Exception("no such table"))

    made = Deliverer(
        bench.writer,
        bench.post.keys,
        {bench.adapter.platform: bench.adapter},
        bench.clock,
        on_departed=fault,
    )
    with capture_logs() as logs:
        async with running(made):
            await until(lambda: "a delivery broke off" in str(logs))
            other = bench.post.add(bench.post.somebody("8"), "two")
            made.nudge()
            assert await bench.ends(other) is Ending.SENT
    assert "canary" not in str(logs)


async def test_logs_carry_ids_and_never_words(bench: Bench) -> None:
    bench.adapter.troubles.extend(
        [Unreachable("down", uncertain=False), ValueError("canary"), Refused("400")]
    )
    message = bench.post.add(bench.post.somebody("canary-place"), "canary")
    with capture_logs() as logs:
        async with running(bench.make()):
            assert await bench.ends(message) is Ending.REFUSED
    assert message in str(logs)
    assert "canary" not in str(logs)


async def test_the_pace_is_kept_on_the_real_clock(bench: Bench) -> None:
    bench.adapter.pace = Pace(bot=50)
    for number in range(20):
        bench.post.add(bench.post.somebody(str(number)), "hello")
    at: list[float] = []
    send = bench.adapter.send

    def timed(*told: object) -> Awaitable[object]:
        at.append(time.monotonic())
        return send(*told)  # type: ignore[arg-type]

    bench.adapter.send = timed  # type: ignore[assignment]
    async with running(bench.make()):
        await until(lambda: len(bench.adapter.taken) == 20)
    assert at[-1] - at[0] > 0.8 * 19 / 50


async def test_platforms_do_not_wait_for_each_other(post: Post, writer: Writer) -> None:
    slow = FakeAdapter(Platform.TELEGRAM, slow=LONG)
    quick = FakeAdapter(Platform.SLACK)
    post.add(post.somebody("7"), "slow")
    message = post.add(post.somebody("7", Platform.SLACK), "quick")
    adapters = {each.platform: each for each in (slow, quick)}
    made = Deliverer(writer, post.keys, adapters, Clock(), patience=timedelta(seconds=0.5))
    async with running(made):
        await until(lambda: post.outcome(message).state is Ending.SENT)
