"""What goes wrong on order, and the limits: as two client libraries meet it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.telegram import faults
from tests.fakes.telegram.clients import Client
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import Telegram

#: A fault, what a library raises, and whether the message arrives all the same.
FAULTS: list[tuple[Fault, str, bool]] = [
    (faults.gateway(500), "gateway", False),
    (faults.gateway(502), "gateway", False),
    (faults.gateway(504, accepted=True), "gateway", True),
    (faults.flood(7), "flood", False),
    (faults.reset(), "network", False),
    (faults.lost(), "network", True),
    (faults.hang(0.5), "late", True),
    (faults.hang(0.5, accepted=False), "late", False),
    (faults.garbage(), "garbage", False),
    (faults.garbage(accepted=True), "garbage", True),
    (faults.conflict(), "conflict", False),
    (faults.unauthorised(), "token", False),
    (faults.refuse(400, "Bad Request: anything"), "bad", False),
    (faults.refuse(403, "Forbidden: anything"), "forbidden", False),
    (faults.refuse(400, "Bad Request: moved", migrate_to_chat_id=-5), "migrated", False),
]


@pytest.fixture
def person(telegram: Telegram) -> Person:
    somebody = telegram.person()
    somebody.starts()
    return somebody


async def say(client: Client, person: Person, text: str = "Hello", patience: float = 10) -> None:
    await client.call("send_message", chat_id=person.id, text=text, patience=patience)


@pytest.mark.parametrize("case", FAULTS)
async def test_a_fault_strikes_once(
    client: Client, telegram: Telegram, person: Person, case: tuple[Fault, str, bool]
) -> None:
    fault, trouble, arrives = case
    order = telegram.faults.add(fault, "sendMessage")
    with pytest.raises(client.troubles[trouble]):
        await say(client, person, "First", patience=0.2)
    assert person.sees == ["First"] * arrives
    await say(client, person, "Second")
    assert person.sees == ["First"] * arrives + ["Second"]
    assert order.struck == 1


async def test_a_fault_strikes_its_method_and_what_it_was_made_for(
    client: Client, telegram: Telegram, person: Person
) -> None:
    telegram.faults.add(
        faults.refuse(400, "Bad Request: no"),
        "sendMessage",
        times=None,
        when=lambda params: params["text"] == "Bad",
    )
    await client.call("get_me")
    await say(client, person, "Good")
    for _ in range(3):
        with pytest.raises(client.troubles["bad"]):
            await say(client, person, "Bad")
    telegram.faults.clear()
    await say(client, person, "Bad")
    assert person.sees == ["Good", "Bad"]


async def test_a_fault_strikes_polls_too(client: Client, telegram: Telegram) -> None:
    telegram.person().writes("Hello")
    telegram.faults.add(faults.conflict(), "getUpdates")
    telegram.faults.add(faults.lost(), "getUpdates")
    with pytest.raises(client.troubles["conflict"]):
        await client.call("get_updates")
    with pytest.raises(client.troubles["network"]):
        await client.call("get_updates")
    assert len(await client.call("get_updates")) == 1


async def test_a_fault_strikes_a_download(client: Client, telegram: Telegram) -> None:
    sent = telegram.person().sends_photo(b"\xff\xd8\xff").file
    assert sent is not None
    telegram.faults.add(faults.reset(), "file", times=None)  # aiohttp tries a GET twice.
    with pytest.raises(Exception, match=r".+"):
        await client.download(sent.id)
    telegram.faults.clear()
    assert await client.download(sent.id) == b"\xff\xd8\xff"


async def test_a_delay_is_only_a_delay(client: Client, telegram: Telegram, person: Person) -> None:
    telegram.faults.add(faults.hang(0.2), "sendMessage")
    began = time.monotonic()
    await say(client, person)
    assert time.monotonic() - began >= 0.2
    assert person.sees == ["Hello"]


async def test_it_goes_away_and_comes_back_on_its_port(
    client: Client, telegram: Telegram, person: Person
) -> None:
    root = telegram.root
    polling = asyncio.create_task(client.call("get_updates", offset=-1, timeout=10))
    await telegram.wait_for(lambda: telegram.requests)
    assert await polling
    waiting = asyncio.create_task(
        client.call("get_updates", offset=telegram.updates.next_id, timeout=10)
    )
    await telegram.wait_for(lambda: telegram.updates.polling)
    await telegram.goes_away()
    with pytest.raises(client.troubles["network"]):
        await waiting
    with pytest.raises(client.troubles["network"]):
        await say(client, person)
    person.writes("Are you there?")
    await telegram.comes_back()
    assert telegram.root == root
    await say(client, person, "I am")
    assert len(await client.call("get_updates")) == 1
    assert person.sees == ["I am"]


async def test_a_wrong_token_knows_nothing(client: Client, telegram: Telegram) -> None:
    telegram.token = "700000001:another"
    with pytest.raises(client.troubles["token"]):
        await client.call("get_me")
    assert telegram.requests == []


@dataclass
class Hands:
    """A clock that is set by hand."""

    at: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def go(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(telegram: Telegram) -> Hands:
    """Limits on, and time in our hands."""
    telegram.clock = hands = Hands()
    telegram.limits.on = True
    return hands


async def test_a_chat_takes_a_burst_and_then_one_a_second(
    client: Client, telegram: Telegram, person: Person, clock: Hands
) -> None:
    for _ in range(3):
        await say(client, person)
    with pytest.raises(client.troubles["flood"]) as refused:
        await say(client, person)
    assert float(getattr(refused.value, "_retry_after", timedelta(seconds=1)).total_seconds()) == 1
    for _ in range(3):
        clock.go(1)
        await say(client, person)
    with pytest.raises(client.troubles["flood"]):
        await say(client, person)
    assert telegram.limits.provoked == 2
    assert len(person.sees) == 6


async def test_all_chats_together_take_thirty_a_second(
    client: Client, telegram: Telegram, clock: Hands
) -> None:
    people = [telegram.person() for _ in range(31)]
    for one in people:
        one.starts()
    for one in people[:30]:
        await say(client, one)
    with pytest.raises(client.troubles["flood"]):
        await say(client, people[30])
    clock.go(1)
    await say(client, people[30])
    assert telegram.limits.provoked == 1


async def test_a_group_takes_twenty_a_minute(
    client: Client, telegram: Telegram, person: Person, clock: Hands
) -> None:
    group = telegram.group("Friends", person)
    group.adds_bot()
    for _ in range(20):
        await client.call("send_message", chat_id=group.id, text="Hello")
    with pytest.raises(client.troubles["flood"]):
        await client.call("send_message", chat_id=group.id, text="Hello")
    clock.go(3)
    await client.call("send_message", chat_id=group.id, text="Hello")
    with pytest.raises(client.troubles["flood"]):
        await client.call("send_message", chat_id=group.id, text="Hello")


async def test_edits_count_and_signs_and_answers_do_not(
    client: Client, telegram: Telegram, person: Person, clock: Hands
) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await client.call("send_message", chat_id=person.id, text="Well?", reply_markup=markup)
    query = person.presses(person.last, "Yes")
    for _ in range(50):
        await client.call("send_chat_action", chat_id=person.id, action="typing")
    await client.call("answer_callback_query", callback_query_id=query.id)
    where = {"chat_id": person.id, "message_id": person.last.id}
    for number in range(2):
        await client.call("edit_message_text", text=str(number), **where)
    with pytest.raises(client.troubles["flood"]):
        await client.call("edit_message_text", text="Another", **where)
    assert person.sees == ["1"]


async def test_limits_are_off_until_they_are_switched_on(
    client: Client, telegram: Telegram, person: Person
) -> None:
    for _ in range(40):
        await say(client, person)
    assert telegram.limits.provoked == 0
