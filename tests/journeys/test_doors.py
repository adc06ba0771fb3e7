"""The doors as platforms and the pulse use them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Composing, Inbound, Occasion, Words
from bot.requests import talk
from bot.requests.desk import Desk
from bot.store.opening import Store
from bot.turns import Heard
from tests.fakes.adapter import FakeAdapter
from tests.journeys.looking import at, words
from tests.journeys.someone import Someone
from tests.journeys.test_renewing import A_YEAR_ON, gives


@dataclass
class Chat:
    """Somebody on a platform, with the house behind its doors."""

    someone: Someone
    doors: Doors
    adapter: FakeAdapter
    count: int = 0

    async def says(self, text: str) -> Heard:
        self.count += 1
        name = f"c{self.count}"
        return await self.doors.hear(self._came(name, Words(message=name, text=text)))

    async def writes(self) -> Heard:
        self.count += 1
        return await self.doors.hear(self._came(f"c{self.count}", Composing()))

    async def is_told(self, start: str) -> None:
        async with asyncio.timeout(60):
            while not any(text.startswith(start) for text in self.adapter.texts):  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)

    def _came(self, name: str, body: Words | Composing) -> Inbound:
        who = self.someone
        return Inbound(platform=who.platform, id=name, place=who.place, body=body)


@asynccontextmanager
async def chatting(someone: Someone, store: Store) -> AsyncIterator[Chat]:
    adapter = FakeAdapter(someone.platform)
    adapters = {someone.platform: adapter}
    deliverer = Deliverer(store.writer, store.keys, adapters, lambda: someone.now)
    doors = Doors(someone.house(), store, deliverer, adapters, lambda: someone.now)
    running = asyncio.create_task(deliverer.run())
    try:
        yield Chat(someone, doors, adapter)
    finally:
        deliverer.stop()
        await running


async def test_a_reply_goes_out_and_words_that_are_gathered_get_a_sign_of_life(
    someone: Someone, store: Store
) -> None:
    async with chatting(someone, store) as chat:
        await chat.says("journal")
        await chat.is_told("There is a question here for you")
        await chat.says("yes")
        await chat.says("Ellen.")
        assert chat.adapter.signs == [someone.place]
        await chat.writes()
        someone.now += timedelta(seconds=13)
        await chat.doors.wake(someone.now)
        await chat.is_told("Thank you. You can leave it there.")
    assert words(someone) == ["Ellen."]


async def test_a_planned_prompt_goes_out_once(someone: Someone, store: Store) -> None:
    occasion = Occasion(
        campaign="p", step="s", name="week 1", practice="weekly", participant=someone.id
    )
    async with chatting(someone, store) as chat:
        assert (await chat.doors.begin(occasion)).new
        assert not (await chat.doors.begin(occasion)).new
        await chat.is_told("First, you.")


async def test_one_that_cannot_be_woken_holds_up_nobody_else(
    someone: Someone, other: Someone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (someone, other):
        for line in ("journal", "yes", "Ellen."):
            each.says(line)
    someone.now = other.now + timedelta(seconds=13)
    theirs = someone.id
    moved = talk.move

    def move(desk: Desk, *rest: object) -> object:
        if desk.participant.id == theirs:
            raise RuntimeError("broken")
        return moved(desk, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.turns.move", move)
    async with chatting(someone, store) as chat:
        await chat.doors.wake(someone.now)
    assert words(other) == ["Ellen."]
    assert at(someone) == "nudge.question"


async def test_a_parked_message_is_answered_through_the_doors(
    someone: Someone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("broken")

    async with chatting(someone, store) as chat:
        monkeypatch.setattr(talk, "step", breaks)
        assert (await chat.says("journal")).parked
        await chat.is_told("Something went wrong on our side.")


async def test_words_are_swept_once_they_have_been_kept_long_enough(
    someone: Someone, store: Store
) -> None:
    for line in ("journal", "yes", "Ellen.", "done"):
        someone.says(line)
    async with chatting(someone, store) as chat:
        await chat.doors.sweep(someone.now + timedelta(days=360))
        assert words(someone) == ["Ellen."]
        await chat.doors.sweep(someone.now + timedelta(days=370))
    assert words(someone) == []


async def test_the_sweep_finds_whom_to_ask_about_what_they_share(
    someone: Someone, store: Store
) -> None:
    gives(someone)
    someone.now = A_YEAR_ON
    async with chatting(someone, store) as chat:
        await chat.doors.sweep(someone.now)
        await chat.doors.call(someone.now)
        await chat.is_told("Once a year I ask whether what you share may stay shared.")
