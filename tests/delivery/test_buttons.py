"""Buttons of messages that were sent: changed in the bot's pace, and given up quietly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.adapters.port import Pace, Receipt
from bot.delivery.buttons import Buttons
from bot.records import Address, Option, Platform, Settled, Shown
from bot.store import acknowledging, lanes, outbox, pacing
from bot.store.opening import Store
from scheduler.tick import now
from tests.delivery.harness import LEASE, NO_PACE, NOON, Post, seconds, words
from tests.fakes.adapter import FakeAdapter

QUICK = Pace(bot=1000)


def marked(message: str, *chosen: str) -> Shown:
    options = tuple(Option(label=each, token=each, chosen=each in chosen) for each in "ab")
    return Shown(message=message, options=options)


async def drained(buttons: Buttons) -> None:
    """Until everything that was wanted is shown."""
    async with asyncio.timeout(60):
        while buttons._looking or buttons._showing:
            await asyncio.wait([*buttons._looking, *buttons._showing.values()])
            await asyncio.sleep(0)


@pytest.fixture
def ada(post: Post) -> Address:
    return post.somebody("ada")


def asked(store: Store, ada: Address, ask: int) -> None:
    """A question that was put and taken by the platform."""
    message = replace(words("Well?"), ask=ask)
    store.writer.submit(
        lambda conn: outbox.add(conn, store.keys, ada, message, now=NOON, conversation="c" * 32)
    ).result()

    def send(conn: Connection) -> None:
        (sending,), _ = lanes.claim(conn, store.keys, NOON, NO_PACE, most=1, lease=LEASE)
        acknowledging.sent(conn, sending, Receipt(message=f"m{ask}"), NOON)

    store.writer.submit(send).result()


async def test_the_last_of_several_changes_is_the_one_that_stands(
    store: Store, post: Post, ada: Address
) -> None:
    del post
    adapter = FakeAdapter(pace=QUICK)
    buttons = Buttons(store, {Platform.TELEGRAM: adapter}, now)
    for chosen in ((), ("a",), ("a", "b")):
        buttons.change(ada, marked("7", *chosen), ())
    buttons.change(ada, Shown(message="8"), ())
    await drained(buttons)
    assert adapter.shown == [("ada", marked("7", "a", "b")), ("ada", Shown(message="8"))]


async def test_a_settled_question_is_found_by_what_the_platform_called_it(
    store: Store, ada: Address
) -> None:
    asked(store, ada, 1)
    asked(store, ada, 2)
    adapter = FakeAdapter(pace=QUICK)
    buttons = Buttons(store, {Platform.TELEGRAM: adapter}, now)
    for ask in (2, 3):
        buttons.change(ada, None, [Settled(conversation="c" * 32, ask=ask, chosen="Yes")])
    await drained(buttons)
    assert adapter.shown == [("ada", Shown(message="m2", chosen="Yes"))]


async def test_nothing_is_shown_where_there_is_no_adapter(store: Store, ada: Address) -> None:
    buttons = Buttons(store, {}, now)
    buttons.change(ada, Shown(message="7"), [Settled(conversation="c", ask=1, chosen="")])
    assert not buttons._looking
    assert not buttons._showing


class _Broken(FakeAdapter):
    async def show(self, place: str, shown: Shown) -> None:
        await super().show(place, shown)
        raise RuntimeError(place)


async def test_an_adapter_that_breaks_holds_up_no_later_change(store: Store, ada: Address) -> None:
    adapter = _Broken(pace=QUICK)
    buttons = Buttons(store, {Platform.TELEGRAM: adapter}, now)
    for message in "12":
        buttons.change(ada, Shown(message=message), ())
        await drained(buttons)
    assert [shown.message for _, shown in adapter.shown] == ["1", "2"]


async def test_a_database_that_is_away_leaves_the_buttons_as_they_are(
    store: Store, ada: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(outbox, "asked_in", away)
    adapter = FakeAdapter(pace=QUICK)
    buttons = Buttons(store, {Platform.TELEGRAM: adapter}, now)
    buttons.change(ada, None, [Settled(conversation="c", ask=1, chosen="")])
    await drained(buttons)
    assert adapter.shown == []


async def test_closing_leaves_what_is_not_shown_yet(store: Store, ada: Address) -> None:
    adapter = FakeAdapter(pace=Pace(bot=0.001))
    buttons = Buttons(store, {Platform.TELEGRAM: adapter}, now)
    for message in "12":
        buttons.change(ada, Shown(message=message), ())
    await buttons.close()
    assert len(adapter.shown) <= 1


PACE = Pace(bot=10)


def slot(post: Post, at: datetime) -> datetime | None:
    return post.run(lambda conn: pacing.slot(conn, Platform.TELEGRAM, PACE, at))


def test_slots_stand_at_the_bots_pace_among_its_messages(post: Post) -> None:
    first, second = slot(post, NOON), slot(post, NOON)
    assert first == NOON
    assert second is not None
    assert timedelta(seconds=0.1) <= second - NOON <= timedelta(seconds=0.102)
    post.add(post.somebody("ada"), "Hello")
    (sending,) = post.claim(NOON, {Platform.TELEGRAM: PACE})
    assert sending.at >= second + timedelta(seconds=0.1)


def test_there_is_no_slot_far_ahead_nor_while_the_bot_is_held(post: Post) -> None:
    taken = [slot(post, NOON) for _ in range(30)]
    assert sum(each is not None for each in taken) in {20, 21}
    assert slot(post, seconds(10)) is not None
    post.run(lambda conn: outbox.hold_bot(conn, Platform.TELEGRAM, seconds(60)))
    assert slot(post, seconds(50)) is None
    assert slot(post, seconds(61)) is not None
