"""The webhook of the fake Telegram: what it refuses, and how it brings updates."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.telegram.clients import Client
from tests.fakes.telegram.listening import Listening
from tests.fakes.telegram.server import Telegram

Json = dict[str, Any]

FIRST = 500_000_001
SECRET = "Not_a-secret"  # It is in the test for all to read.


@dataclass
class House:
    """A bot with a webhook: it notes what comes, and answers as it is told to."""

    #: Called when a request has come.
    came: Callable[[], None]
    told: list[Json] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    #: What is answered next, before 200 for ever.
    answers: list[Response] = field(default_factory=list)
    #: What each request waits for.
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    #: How many requests of a chat, and of all, were ever at work at once.
    busiest: int = 0
    crowded: bool = False
    _at_work: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    listening: Listening = field(init=False)

    def __post_init__(self) -> None:
        self.gate.set()
        app = Starlette(routes=[Route("/hook", self._hook, methods=["POST"])])
        self.listening = Listening(app)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.port}/hook"

    @property
    def ids(self) -> list[int]:
        return [one["update_id"] - FIRST for one in self.told]

    async def _hook(self, request: Request) -> Response:
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        chat = update["message"]["chat"]["id"]
        self._at_work[chat] += 1
        self.busiest = max(self.busiest, sum(self._at_work.values()))
        self.crowded = self.crowded or self._at_work[chat] > 1
        self.came()
        await self.gate.wait()
        self._at_work[chat] -= 1
        self.told.append(update)
        return self.answers.pop(0) if self.answers else Response()


@pytest.fixture
async def house(telegram: Telegram) -> AsyncIterator[House]:
    made = House(telegram.changed)
    await made.listening.open()
    yield made
    await made.listening.close()


async def test_updates_are_brought_with_the_secret(
    client: Client, telegram: Telegram, house: House
) -> None:
    telegram.person().writes("Before")
    assert await client.call("set_webhook", url=house.url, secret_token=SECRET)
    telegram.person().writes("After")
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert sorted(house.ids) == [0, 1]
    assert house.secrets == {SECRET}
    info = await client.call("get_webhook_info")
    assert info["url"] == house.url
    assert info["pending_update_count"] == 0
    assert info["max_connections"] == 40
    assert "last_error_message" not in info


async def test_nobody_polls_while_a_webhook_is_set(
    client: Client, telegram: Telegram, house: House
) -> None:
    polling = asyncio.create_task(client.call("get_updates", timeout=10))
    await telegram.wait_for(lambda: telegram.updates.polling)
    await client.call("set_webhook", url=house.url)
    with pytest.raises(client.troubles["conflict"]) as refused:
        await polling
    assert "terminated by setWebhook request" in str(refused.value)
    with pytest.raises(client.troubles["conflict"]) as refused:
        await client.call("get_updates")
    assert "can't use getUpdates method while webhook is active" in str(refused.value)
    await client.call("delete_webhook")
    assert (await client.call("get_webhook_info"))["url"] == ""
    assert await client.call("get_updates") == []


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("a" * 257, "secret token is too long"),
        ("a.b", "secret token contains unallowed characters"),
        ("a b", "secret token contains unallowed characters"),
        ("é", "secret token contains unallowed characters"),
    ],
)
async def test_a_bad_secret_is_refused(
    client: Client, telegram: Telegram, house: House, secret: str, why: str
) -> None:
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.call("set_webhook", url=house.url, secret_token=secret)
    assert why in str(refused.value).lower()
    assert await client.call("set_webhook", url=house.url, secret_token="aZ0_-" * 51 + "a")


@pytest.mark.parametrize(
    "url", ["http://example.org/hook", "ftp://127.0.0.1/hook", "https://example.org:8080/hook"]
)
async def test_a_bad_address_is_refused(client: Client, telegram: Telegram, url: str) -> None:
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.call("set_webhook", url=url)
    assert "bad webhook" in str(refused.value).lower()


async def test_what_is_not_taken_is_brought_again(
    client: Client, telegram: Telegram, house: House
) -> None:
    house.answers = [
        Response(status_code=500),
        Response(status_code=302),
        Response(status_code=204),
    ]
    await client.call("set_webhook", url=house.url)
    telegram.person().writes("Hello")
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert house.ids == [0, 0, 0]
    assert [one.code for one in telegram.webhook.deliveries] == [500, 302, 204]
    info = await client.call("get_webhook_info")
    assert info["last_error_message"] == "Wrong response from the webhook: 302 Found"


async def test_a_house_that_is_away_is_called_until_it_comes(
    client: Client, telegram: Telegram, house: House
) -> None:
    await client.call("set_webhook", url=house.url)
    await house.listening.close()
    telegram.person().writes("Hello")
    await telegram.wait_for(lambda: len(telegram.webhook.deliveries) > 2)
    info = await client.call("get_webhook_info")
    assert info["last_error_message"] == "Connection refused"
    assert info["pending_update_count"] == 1
    await house.listening.open()
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert house.ids == [0]


async def test_it_waits_as_long_as_it_is_asked_to(
    client: Client, telegram: Telegram, house: House
) -> None:
    house.answers = [Response(status_code=429, headers={"Retry-After": "10"})]
    telegram.webhook.second = 0.02
    await client.call("set_webhook", url=house.url)
    began = asyncio.get_running_loop().time()
    telegram.person().writes("Hello")
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert asyncio.get_running_loop().time() - began >= 0.2


async def test_a_chat_waits_for_itself_and_not_for_others(
    client: Client, telegram: Telegram, house: House
) -> None:
    one, other = telegram.person(), telegram.person()
    await client.call("set_webhook", url=house.url)
    house.gate.clear()
    for _ in range(3):
        one.writes("Hello")
        other.writes("Hello")
    await telegram.wait_for(lambda: house.busiest == 2)
    house.gate.set()
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert not house.crowded
    assert house.busiest == 2
    assert sorted(house.ids) == list(range(6))
    for person in (one, other):
        mine = [told for told in house.told if told["message"]["chat"]["id"] == person.id]
        assert mine == sorted(mine, key=lambda told: told["update_id"])


async def test_a_poisoned_update_stops_its_chat_alone(
    client: Client, telegram: Telegram, house: House
) -> None:
    one, other = telegram.person(), telegram.person()
    house.answers = [Response(status_code=400) for _ in range(3)]
    await client.call("set_webhook", url=house.url, max_connections=1)
    one.writes("Poison")
    one.writes("Behind it")
    await telegram.wait_for(lambda: len(telegram.webhook.deliveries) > 1)
    other.writes("Hello")
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert house.ids.index(1) > house.ids.index(0)


async def test_only_so_many_are_brought_at_once(
    client: Client, telegram: Telegram, house: House
) -> None:
    house.gate.clear()
    await client.call("set_webhook", url=house.url, max_connections=2)
    for _ in range(5):
        telegram.person().writes("Hello")
    await telegram.wait_for(lambda: house.busiest == 2)
    house.gate.set()
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert house.busiest == telegram.webhook.busiest == 2
    assert sorted(house.ids) == list(range(5))


async def test_what_waits_is_dropped_when_it_is_asked_for(
    client: Client, telegram: Telegram, house: House
) -> None:
    telegram.person().writes("Dropped")
    await client.call("set_webhook", url=house.url, drop_pending_updates=True)
    telegram.person().writes("Kept")
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert house.ids == [1]


async def test_an_update_is_brought_again_though_it_was_taken(
    client: Client, telegram: Telegram, house: House
) -> None:
    await client.call("set_webhook", url=house.url)
    telegram.person().writes("Hello")
    await telegram.wait_for(lambda: not telegram.updates.pending)
    telegram.updates.repeat(FIRST)
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert house.ids == [0, 0]


async def test_the_webhook_names_the_kinds_it_wants(
    client: Client, telegram: Telegram, house: House
) -> None:
    await client.call("set_webhook", url=house.url, allowed_updates=["edited_message"])
    person = telegram.person()
    person.edits(person.writes("Teh"), "The")
    assert [list(one.body) for one in telegram.updates.put_ever] == [["edited_message"]]
    info = await client.call("get_webhook_info")
    assert info["allowed_updates"] == ["edited_message"]
