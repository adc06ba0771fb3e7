"""The transport: raw answers, patience, and a token that nobody reads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from telegram.error import TelegramError, TimedOut

from bot.adapters.telegram import transport as transports
from bot.adapters.telegram.transport import TELEGRAM, TooLongError, Transport, transport
from tests.fakes.telegram import faults
from tests.fakes.telegram.server import Telegram

WORDS = "We argued about beds again."


@pytest.fixture
async def ours(telegram: Telegram) -> AsyncIterator[Transport]:
    made = transport(telegram.token, telegram.root)
    yield made
    await made.close_connections()


def test_telegrams_own_server_is_the_usual_one() -> None:
    made = transport("1:x")
    assert made.base_url == "https://api.telegram.org/bot1:x"
    assert made.base_file_url == "https://api.telegram.org/file/bot1:x"
    assert transport("1:x", f"{TELEGRAM}/").base_url == made.base_url


async def test_a_result_comes_as_telegram_wrote_it(telegram: Telegram, ours: Transport) -> None:
    telegram.push({"message": {"of": ["another", {"year": None}]}})
    updates = await ours.call("getUpdates", timeout=0)
    assert updates[0]["message"] == {"of": ["another", {"year": None}]}


async def test_neither_the_token_nor_a_word_reaches_a_log(
    telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even when everything is logged and everything goes wrong."""
    caplog.set_level(logging.DEBUG)
    made = transport(telegram.token, telegram.root)
    person = telegram.person()
    person.starts()
    say = {"chat_id": person.id, "text": WORDS}
    await made.call("sendMessage", **say)
    for fault in (
        faults.garbage(),
        faults.reset(),
        faults.gateway(502),
        faults.refuse(400, f"Bad Request: {WORDS}"),
        faults.unauthorised(),
    ):
        telegram.faults.add(fault)
        with pytest.raises(TelegramError):
            await made.call("sendMessage", **say)
    with pytest.raises(TelegramError):
        await made.fetch("nothing", 10)
    await made.close_connections()
    with pytest.raises(TelegramError):
        await made.call("sendMessage", **say)
    secret = telegram.token.partition(":")[2]
    logged = "\n".join(
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        if not record.name.startswith("uvicorn")  # That is the fake's own.
    )
    assert secret not in logged + repr(made)
    assert WORDS not in logged


async def test_a_poll_may_take_as_long_as_it_asked_for(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transports, "ANSWER", 0.1)
    monkeypatch.setattr(transports, "POLL_GRACE", 0.3)
    made = transport(telegram.token, telegram.root)
    assert await made.call("getUpdates", timeout=1) == []
    telegram.faults.add(faults.hang(5), "getUpdates")
    with pytest.raises(TimedOut):
        await made.call("getUpdates", timeout=1)
    await made.close_connections()


async def test_a_poll_takes_no_turn_of_a_send(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transports, "CONCURRENT", 1)
    made = transport(telegram.token, telegram.root)
    poll = asyncio.create_task(made.call("getUpdates", timeout=30))
    await telegram.wait_for(lambda: telegram.updates.polling)
    assert (await made.call("getMe"))["id"] == telegram.me.id
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await made.close_connections()


async def test_forty_requests_go_at_once(telegram: Telegram, ours: Transport) -> None:
    telegram.faults.add(faults.hang(0.4), "getMe", times=40)
    before = asyncio.get_running_loop().time()
    await asyncio.gather(*(ours.call("getMe") for _ in range(40)))
    assert asyncio.get_running_loop().time() - before < 4


async def test_a_file_that_is_longer_than_it_may_be_is_not_read_on(
    telegram: Telegram, ours: Transport
) -> None:
    file = telegram.keep("document", b"x" * 100_000, "image/png", "a picture.png")
    assert await ours.fetch(file.path, 100_000) == file.content
    with pytest.raises(TooLongError):
        await ours.fetch(file.path, 99_999)
