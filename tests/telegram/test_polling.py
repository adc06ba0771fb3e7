"""Polling, seen from outside: what is committed is confirmed, and nothing else is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.telegram import polling
from bot.commands.telegram_line import LEASE, POLL, _Alone, _PollLease
from bot.records import Inbound
from bot.store import leases
from bot.trust.sealing import new_key
from bot.turns import Heard
from scheduler.tick import now
from tests.conftest import Server, Urls, on_sqlite
from tests.fakes.telegram.faults import (
    conflict,
    flood,
    garbage,
    gateway,
    hang,
    reset,
    unauthorised,
)
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import Telegram
from tests.telegram.house import House, Unwritable, Way, at_home, home, living
from tests.telegram.updates import CHANNEL, message, update

POLLED = "Telegram is polled."


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody in these tests has the patience of a real poller."""
    for name in ("FIRST", "STRANGER", "WATCH"):
        monkeypatch.setattr(polling, name, 0.05)
    monkeypatch.setattr(polling, "LONGEST", 0.2)


@pytest.fixture
async def house(telegram: Telegram, tmp_path: Path) -> AsyncIterator[House]:
    async with home(telegram, on_sqlite(tmp_path)) as running:
        yield running


@pytest.fixture
def robin(telegram: Telegram) -> Person:
    return telegram.person("Robin")


@pytest.fixture
def ada(telegram: Telegram) -> Person:
    return telegram.person("Ada")


class Gate:
    """What is heard from one person waits before the doors until the gate is opened."""

    def __init__(self, house: House, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = asyncio.Event()
        self.waiting = 0
        self._place = str(person.id)
        self._hear = house.running._doors.hear
        monkeypatch.setattr(house.running._doors, "hear", self.hear)

    async def hear(self, came: Inbound) -> Heard:
        if came.place == self._place:
            self.waiting += 1
            await self.open.wait()
        return await self._hear(came)


async def waiting(house: House) -> None:
    """Until a poll waits for something to come: the first one does not."""
    await house.is_told(POLLED)
    await house.until(lambda: house.telegram.updates.polling)


def last_id(telegram: Telegram) -> int:
    """The id of the update that was made last."""
    return telegram.updates.put_ever[-1].id


# --- Commit, then confirm -----------------------------------------------------------------


async def test_what_cannot_be_committed_is_not_confirmed_until_it_is(
    house: House, telegram: Telegram, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await house.knows(robin)
    trouble = Unwritable(house, 10**6)
    monkeypatch.setattr(house.running._doors, "_writer", trouble)
    chat.acts()
    robin.writes("help")
    number = last_id(telegram)
    await house.eventually(lambda: trouble.left < 10**6 - 2)
    polls = len(telegram.updates.polls)
    await house.until(lambda: len(telegram.updates.polls) > polls + 2)
    assert telegram.updates.confirmed <= number
    assert chat.new == []
    trouble.left = 0
    await chat.hears("Skerry is automated.")
    await house.until(lambda: telegram.updates.confirmed == number + 1)
    assert len(chat.new) == 1


async def test_what_was_not_committed_when_the_house_ended_comes_to_the_next_one(
    telegram: Telegram, tmp_path: Path, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "LAST", 0.1)
    key, urls = new_key(), on_sqlite(tmp_path)
    async with home(telegram, urls, key=key) as house:
        trouble = Unwritable(house, 10**6)
        monkeypatch.setattr(house.running._doors, "_writer", trouble)
        robin.writes("help")
        await house.eventually(lambda: trouble.left < 10**6)
        assert house.rows("inbound") == 0
    assert len(telegram.updates.pending) == 1
    async with home(telegram, urls, key=key) as house:
        await house.chat(robin).hears("Skerry is automated.")
        await house.until(lambda: not telegram.updates.pending)


async def test_the_offset_never_passes_an_update_that_is_not_taken(
    house: House,
    telegram: Telegram,
    robin: Person,
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hers = await house.knows(ada)
    gate = Gate(house, robin, monkeypatch)
    await hers.says("help", "Skerry is automated.")
    robin.writes("help")
    stuck = last_id(telegram)
    for _ in range(3):
        await hers.says("help", "Skerry is automated.")
    polls = len(telegram.updates.polls)
    await house.until(lambda: len(telegram.updates.polls) > polls + 2)
    assert telegram.updates.confirmed == stuck
    assert max(telegram.updates.polls) == stuck
    gate.open.set()
    await house.chat(robin).hears("Skerry is automated.")
    await house.until(lambda: telegram.updates.confirmed == last_id(telegram) + 1)


async def test_what_comes_twice_is_taken_once(
    house: House, telegram: Telegram, robin: Person
) -> None:
    chat = await house.knows(robin)
    await chat.says("journal", "There is a question here for you")
    await chat.presses("Yes, ask me", "What did someone do for you")
    await chat.says("Ellen brought my post up.", "Thank you. You can leave it there.")
    await house.all_is_said()
    before, numbers = house.all_rows(), [each.id for each in telegram.updates.put_ever]
    for number in numbers * 2:
        telegram.updates.repeat(number)
    await house.all_is_said()
    assert house.all_rows() == before
    assert len(chat.new) == 1
    assert house.words(robin) == ["Ellen brought my post up."]


async def test_ids_that_begin_anew_after_a_quiet_week_are_taken(
    telegram: Telegram, tmp_path: Path, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "WAIT", 0)
    async with home(telegram, on_sqlite(tmp_path)) as house:
        chat = house.chat(robin)
        await chat.says("help", "Skerry is automated.")
        await house.all_is_said()
        polls = len(telegram.updates.polls)
        await house.until(lambda: len(telegram.updates.polls) > polls + 1)
        chat.acts()
        telegram.updates.next_id = 41
        with telegram.updates.held():
            robin.writes("/keep")
            polls = len(telegram.updates.polls)
            await house.until(lambda: len(telegram.updates.polls) > polls + 1)
        assert last_id(telegram) == 41
        await chat.hears("I keep your answers")


# --- Order, and side by side --------------------------------------------------------------


async def test_a_slow_chat_keeps_its_order_and_holds_up_nobody(
    telegram: Telegram,
    tmp_path: Path,
    robin: Person,
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with home(telegram, on_sqlite(tmp_path), Way(gap=600)) as house:
        chat, hers = await house.knows(robin), await house.knows(ada)
        await chat.says("journal", "There is a question here for you")
        await chat.presses("Yes, ask me", "What did someone do for you")
        gate = Gate(house, robin, monkeypatch)
        chat.acts()
        for line in ("one", "two", "three", "done"):
            robin.writes(line)
        await house.eventually(lambda: gate.waiting)
        await hers.says("help", "Skerry is automated.")
        await hers.says("journal", "There is a question here for you")
        assert gate.waiting == 1
        assert chat.new == []
        gate.open.set()
        await chat.hears("Thank you. You can leave it there.")
        assert house.words(robin) == ["one\n\ntwo\n\nthree"]


async def test_more_than_one_poll_brings_is_taken_in_order(
    telegram: Telegram, tmp_path: Path, robin: Person, ada: Person
) -> None:
    with at_home(telegram, on_sqlite(tmp_path), Way(gap=600), new_key()) as house:
        chats = [await house.knows(robin, "half a check-in"), await house.knows(ada)]
        lines = [f"line {number}" for number in range(70)]
        for line in lines:
            robin.writes(line)
            ada.writes("help")
        async with living(house):
            await house.until(lambda: not telegram.updates.pending)
            await house.until(lambda: len(chats[1].new) == 70)
            (held,) = house.open_ones(robin)
            assert [part.text for part in held.draft][-70:] == lines


# --- What goes wrong ----------------------------------------------------------------------


async def test_a_webhook_that_somebody_set_is_taken_away_and_told(
    telegram: Telegram, tmp_path: Path, robin: Person
) -> None:
    telegram.webhook.set({"url": "https://elsewhere.example/hook"})
    with at_home(telegram, on_sqlite(tmp_path), Way(), new_key()) as house:
        async with living(house):
            await house.is_told("A webhook was set for this token")
            await house.chat(robin).says("help", "Skerry is automated.")
            assert telegram.webhook.url == ""
            assert (await house.hears_of(POLLED)).well


async def test_a_stranger_with_the_same_token_is_told(
    house: House, telegram: Telegram, robin: Person
) -> None:
    await waiting(house)
    await telegram.updates.poll(0, 1, 0)  # It cuts ours off.
    await house.is_told("Another program asks for updates with this token (409).")
    await house.chat(robin).says("help", "Skerry is automated.")
    assert (await house.hears_of(POLLED)).well


async def test_a_stranger_that_stays_is_what_health_says(
    telegram: Telegram, tmp_path: Path
) -> None:
    telegram.faults.add(conflict(), "getUpdates", times=None)
    with at_home(telegram, on_sqlite(tmp_path), Way(), new_key()) as house:
        async with living(house, heard=False):
            told = await house.hears_of("Another program asks for updates")
            assert not told.well


async def test_a_token_that_was_revoked_is_told_and_tried_again(
    house: House, telegram: Telegram, robin: Person
) -> None:
    await waiting(house)
    order = telegram.faults.add(unauthorised(), "getUpdates", times=3)
    await telegram.updates.poll(0, 1, 0)
    await house.is_told("Telegram does not know this token.")
    await house.until(lambda: order.struck == 3)
    await house.chat(robin).says("help", "Skerry is automated.")


async def test_a_network_that_is_down_loses_nothing(
    house: House, telegram: Telegram, robin: Person
) -> None:
    chat = await house.knows(robin)
    await telegram.goes_away()
    await house.is_told("Telegram cannot be reached")
    assert not (await house.hears_of("Telegram cannot be reached")).well
    chat.acts()
    robin.writes("help")
    await telegram.comes_back()
    await chat.hears("Skerry is automated.")
    assert (await house.hears_of(POLLED)).well
    assert len(chat.new) == 1


@pytest.mark.parametrize(
    "fault", [gateway(502), hang(0.05, accepted=False), reset(), garbage()], ids=range(4)
)
async def test_an_answer_that_is_none_is_waited_out(
    house: House, telegram: Telegram, robin: Person, fault: object
) -> None:
    chat = await house.knows(robin)
    order = telegram.faults.add(fault, "getUpdates", times=3)  # type: ignore[arg-type]
    chat.acts()
    robin.writes("help")
    await house.until(lambda: order.struck == 3)
    await chat.hears("Skerry is automated.")
    await house.all_is_said()
    assert len(chat.new) == 1


async def test_a_database_that_is_away_while_a_stranger_polls_does_not_end_polling(
    telegram: Telegram, tmp_path: Path, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home(telegram, on_sqlite(tmp_path)) as house:
        await house.is_told(POLLED)
        away = [True]
        holds = _Alone.hold

        async def hold(self: _Alone) -> int:
            if away:
                raise OSError("the database is away")
            return await holds(self)

        await waiting(house)
        monkeypatch.setattr(_Alone, "hold", hold)
        await telegram.updates.poll(0, 1, 0)
        await house.is_told("Telegram cannot be reached (OSError)")
        away.clear()
        await house.chat(robin).says("help", "Skerry is automated.")


async def test_it_polls_no_sooner_than_telegram_wants(
    house: House, telegram: Telegram, robin: Person
) -> None:
    await waiting(house)
    order = telegram.faults.add(flood(1), "getUpdates")
    asked: list[tuple[float, int]] = []

    def note(method: str, _params: object) -> None:
        if method == "getupdates":
            asked.append((time.monotonic(), order.struck))

    telegram.on_request = note
    await house.chat(robin).says("help", "Skerry is automated.")
    await house.until(lambda: any(struck for _, struck in asked))
    refused = max(at for at, struck in asked if not struck)
    assert min(at for at, struck in asked if struck) - refused >= 1


async def test_rubbish_among_updates_harms_nothing(
    house: House, telegram: Telegram, robin: Person
) -> None:
    chat = await house.knows(robin)
    rubbish: list[dict[str, Any]] = [
        {},
        {"message": None},
        {"message": []},
        {"message": {"chat": {"id": [[[[]]]]}}},
        {"message": {"chat": {"id": {"id": 1}, "type": "private"}, "from": 7}},
        {"message": {"message": {"chat": {"id": robin.id}}}},
        {"callback_query": {"id": "", "data": "x" * 10_000}},
        {"my_chat_member": {"chat": CHANNEL, "new_chat_member": {"status": ["member"]}}},
        {"no such kind": {"chat": {"id": "\x00"}}},
        message(text=["help"]) | update("edited_message", {}, number=0),
    ]
    with telegram.updates.held():
        for each in rubbish:
            telegram.push({key: told for key, told in each.items() if key != "update_id"})
        chat.acts()
        robin.writes("help")
    await chat.hears("Skerry is automated.")
    await house.until(lambda: not telegram.updates.pending)
    assert house.parked() == 0
    assert house.told == [POLLED]


# --- Stopping, and who may poll -----------------------------------------------------------


async def test_stopping_confirms_what_is_committed(
    telegram: Telegram, tmp_path: Path, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = polling.Poller._end
    async with home(telegram, on_sqlite(tmp_path)) as house:
        gate = Gate(house, robin, monkeypatch)

        async def end(self: polling.Poller) -> None:
            gate.open.set()
            await ended(self)

        monkeypatch.setattr(polling.Poller, "_end", end)
        robin.writes("help")
        await house.eventually(lambda: gate.waiting)
        assert telegram.updates.confirmed == 0
    assert telegram.updates.confirmed == last_id(telegram) + 1


async def test_stopping_confirms_what_is_committed_though_more_cannot_be(
    telegram: Telegram,
    tmp_path: Path,
    robin: Person,
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "LAST", 0.2)
    async with home(telegram, on_sqlite(tmp_path)) as house:
        gate = Gate(house, robin, monkeypatch)
        with telegram.updates.held():
            ada.writes("help")
            robin.writes("help")
        await house.eventually(lambda: gate.waiting and house.rows("inbound"))
    (left,) = telegram.updates.pending
    assert left.chat == robin.id
    assert telegram.updates.confirmed == left.id


@pytest.fixture
def shared(postgres: Server, tmp_path: Path) -> Iterator[Urls]:
    """Databases that several houses share."""
    with postgres.pair(tmp_path) as pair:
        yield pair


async def test_one_house_polls_at_a_time_and_the_next_takes_over_when_it_stops(
    telegram: Telegram, shared: Urls, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    with (
        at_home(telegram, shared, Way(), key) as first,
        at_home(telegram, shared, Way(), key) as second,
    ):
        opened = living(first)
        await opened.__aenter__()
        async with living(second):
            asked = watched(second, monkeypatch)
            chat = first.chat(robin)
            await chat.says("help", "Skerry is automated.")
            await second.eventually(lambda: len(asked) > 3)
            await chat.says("help", "Skerry is automated.")
            assert set(asked) == {None}
            assert (first.told, second.told) == ([POLLED], [])
            began = time.monotonic()
            await opened.__aexit__(None, None, None)
            await second.is_told(POLLED)
            assert time.monotonic() - began < LEASE.total_seconds() / 2
            await chat.says("help", "Skerry is automated.")
            assert second.told == [POLLED]


async def test_a_lease_that_is_lost_ends_the_poll_that_waits(
    telegram: Telegram, shared: Urls, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "BEAT", 0.05)
    async with home(telegram, shared) as house:
        await waiting(house)
        writer, late = house.opened.store.writer, now() + LEASE * 2
        taken = writer.run(lambda conn: leases.hold(conn, POLL, "another", late, LEASE))
        assert await taken
        await house.until(lambda: not telegram.updates.polling)
        polls = len(telegram.updates.polls)
        robin.writes("help")
        asked = watched(house, monkeypatch)
        await house.eventually(lambda: len(asked) > 3)
        assert set(asked) == {None}
        assert len(telegram.updates.polls) == polls
        await writer.run(lambda conn: leases.let_go(conn, POLL, "another", now()))
        await house.chat(robin).hears("Skerry is automated.")


def watched(house: House, monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """What a house hears from now on when it asks whether it may poll."""
    answers: list[int | None] = []
    hold = _PollLease.hold

    async def asks(self: _PollLease) -> int | None:
        token = await hold(self)
        if self.writer is house.opened.store.writer:
            answers.append(token)
        return token

    monkeypatch.setattr(_PollLease, "hold", asks)
    return answers
