"""What each refusal and each fault of the wire means, by itself and over HTTP."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.adapters.port import Departed, Moved, Refused, Throttled, Undeliverable, Unreachable
from bot.adapters.telegram import transport as transports
from bot.adapters.telegram.adapter import Telegram as Ours
from bot.adapters.telegram.errors import undeliverable
from bot.adapters.telegram.transport import AnsweredError, transport
from bot.records import Outbound, Paragraph
from tests.fakes.telegram import faults
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.server import Telegram

HELLO = Outbound(paragraphs=(Paragraph(text="Hello."),))


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    """As python-telegram-bot raises it."""
    error.__cause__ = cause
    return error


def flood(wait: int | timedelta) -> RetryAfter:
    """It warns when it is made, unless it was told not to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return RetryAfter(wait)


TABLE: list[tuple[TelegramError, Undeliverable]] = [
    (Forbidden("Forbidden: bot was blocked by the user"), Departed("403 blocked")),
    (Forbidden("Forbidden: user is deactivated"), Departed("403 deactivated")),
    (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Departed("403 kicked")),
    (
        Forbidden("Forbidden: bot is not a member of the channel chat"),
        Departed("403 not a member"),
    ),
    (Forbidden("Forbidden: the group chat was deleted"), Departed("403 deleted")),
    (BadRequest("Message thread not found"), Departed("400 no such topic")),
    (BadRequest("TOPIC_DELETED"), Departed("400 no such topic")),
    (BadRequest("TOPIC_CLOSED"), Refused("400 topic closed")),
    (
        BadRequest("Message is not modified: specified new message content is the same"),
        Refused("400 not modified"),
    ),
    (BadRequest("Message to edit not found"), Refused("400 no such message")),
    (BadRequest("Message can't be edited"), Refused("400 cannot be edited")),
    (
        Forbidden("Forbidden: bot can't initiate conversation with a user"),
        Departed("403 never started"),
    ),
    (Forbidden("Forbidden: bot can't send messages to bots"), Departed("403 a bot")),
    (
        Forbidden("Forbidden: bot can't send messages to the user"),
        Unreachable("403 for now", uncertain=False),
    ),
    (Forbidden("Forbidden: CHAT_WRITE_FORBIDDEN"), Refused("403")),
    (BadRequest("Bad Request: chat not found"), Departed("400 no such chat")),
    (BadRequest("Bad Request: user not found"), Departed("400 no such user")),
    (BadRequest("Bad Request: PEER_ID_INVALID"), Departed("400 no such chat")),
    (BadRequest("Bad Request: INPUT_USER_DEACTIVATED"), Departed("400 deactivated")),
    (BadRequest("Bad Request: message is too long"), Refused("400 too long")),
    (
        BadRequest("Bad Request: can't parse entities: Unsupported start tag \"Robin's words\""),
        Refused("400 entities"),
    ),
    (BadRequest("Bad Request: BUTTON_DATA_INVALID"), Refused("400 buttons")),
    (
        BadRequest("Bad Request: not enough rights to send text messages to the chat"),
        Refused("400 no right to write"),
    ),
    (BadRequest("Bad Request: something with Robin's words in it"), Refused("400")),
    (ChatMigrated(-1_002_000_000_001), Moved("-1002000000001")),
    (flood(17), Throttled(timedelta(seconds=17))),
    (flood(timedelta(seconds=17.5)), Throttled(timedelta(seconds=17.5))),
    (InvalidToken("Unauthorized"), Unreachable("401", uncertain=False)),
    (Conflict("Conflict: terminated by other getUpdates"), Unreachable("409", uncertain=False)),
    (AnsweredError(500), Unreachable("500", uncertain=True)),
    (AnsweredError(502), Unreachable("502", uncertain=True)),
    (AnsweredError(503), Unreachable("503", uncertain=False)),
    (AnsweredError(504), Unreachable("504", uncertain=True)),
    (AnsweredError(524), Unreachable("524", uncertain=True)),
    (AnsweredError(301), Unreachable("301", uncertain=False)),
    (AnsweredError(403), Unreachable("403", uncertain=False)),
    (AnsweredError(413), Refused("413 too big")),
    (AnsweredError(429), Throttled(timedelta(seconds=5))),
    *(
        (caused(TimedOut(), cause("")), Unreachable(cause.__name__, uncertain=uncertain))
        for cause, uncertain in (
            (httpx.ConnectTimeout, False),
            (httpx.PoolTimeout, False),
            (httpx.ReadTimeout, True),
            (httpx.WriteTimeout, True),
        )
    ),
    *(
        (caused(NetworkError("x"), cause("")), Unreachable(cause.__name__, uncertain=uncertain))
        for cause, uncertain in (
            (httpx.ConnectError, False),
            (httpx.ProxyError, False),
            (httpx.UnsupportedProtocol, False),
            (httpx.ReadError, True),
            (httpx.WriteError, True),
            (httpx.RemoteProtocolError, True),
        )
    ),
    (NetworkError("of no known cause"), Unreachable("network", uncertain=True)),
    (TelegramError("not JSON"), Unreachable("odd answer", uncertain=True)),
]


def same(told: Undeliverable, expected: Undeliverable) -> bool:
    return type(told) is type(expected) and vars(told) == vars(expected)


@pytest.mark.parametrize("timedeltas", ["", "1"])
@pytest.mark.parametrize(
    ("error", "means"), TABLE, ids=[f"{number} {row[1]}" for number, row in enumerate(TABLE)]
)
def test_what_an_error_means(
    error: TelegramError, means: Undeliverable, timedeltas: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", timedeltas)
    told = undeliverable(error)
    assert same(told, means), (told, means)
    assert len(told.reason) <= 80
    assert "Robin" not in told.reason


# --- over HTTP ------------------------------------------------------------------------------


@pytest.fixture
async def ours(telegram: Telegram) -> AsyncIterator[Ours]:
    adapter = Ours(transport(telegram.token, telegram.root))
    yield adapter
    await adapter.close()


WIRE: list[tuple[str, Fault, Undeliverable]] = [
    (
        "blocked",
        faults.refuse(403, "Forbidden: bot was blocked by the user"),
        Departed("403 blocked"),
    ),
    ("unknown", faults.refuse(400, "Bad Request: chat not found"), Departed("400 no such chat")),
    ("refused", faults.refuse(400, "Bad Request: message is too long"), Refused("400 too long")),
    (
        "moved",
        faults.refuse(400, "Bad Request: upgraded", migrate_to_chat_id=-1_002_000_000_001),
        Moved("-1002000000001"),
    ),
    ("flood", faults.flood(7), Throttled(timedelta(seconds=7))),
    ("a gateway's flood", Fault(text="slow down", code=429), Throttled(timedelta(seconds=5))),
    ("token", faults.unauthorised(), Unreachable("401", uncertain=False)),
    ("nothing there", faults.refuse(404, "Not Found"), Unreachable("401", uncertain=False)),
    ("conflict", faults.conflict(), Unreachable("409", uncertain=False)),
    ("500", faults.refuse(500, "Internal Server Error"), Unreachable("500", uncertain=True)),
    ("502", faults.gateway(502, accepted=True), Unreachable("502", uncertain=True)),
    ("503", Fault(text="busy", code=503), Unreachable("503", uncertain=False)),
    ("504", faults.gateway(504), Unreachable("504", uncertain=True)),
    ("a proxy's 403", Fault(text="<h1>No</h1>", code=403), Unreachable("403", uncertain=False)),
    ("a proxy's 404", Fault(text="<h1>No</h1>", code=404), Unreachable("404", uncertain=False)),
    ("a proxy's 400", Fault(text='["no"]', code=400), Unreachable("400", uncertain=False)),
    (
        "an odd 400",
        Fault(text='{"ok": false, "parameters": 5}', code=400),
        Unreachable("400", uncertain=False),
    ),
    ("elsewhere", Fault(text="", code=302), Unreachable("302", uncertain=False)),
    ("too large", Fault(text="", code=413), Refused("413 too big")),
    ("garbage", faults.garbage(accepted=True), Unreachable("odd answer", uncertain=True)),
    ("a list", Fault(text="[1]", accepted=True), Unreachable("odd answer", uncertain=True)),
    (
        "no result",
        Fault(text='{"ok": true}', accepted=True),
        Unreachable("odd answer", uncertain=True),
    ),
    (
        "no message",
        Fault(text='{"ok": true, "result": true}', accepted=True),
        Unreachable("odd answer", uncertain=True),
    ),
    ("cut", faults.reset(), Unreachable("ReadError", uncertain=True)),
    ("cut after", faults.lost(), Unreachable("ReadError", uncertain=True)),
]


@pytest.mark.parametrize(
    ("fault", "means"), [row[1:] for row in WIRE], ids=[row[0] for row in WIRE]
)
async def test_what_the_wire_does_means(
    telegram: Telegram, ours: Ours, fault: Fault, means: Undeliverable
) -> None:
    person = telegram.person()
    person.starts()
    telegram.faults.add(fault, "sendMessage")
    with pytest.raises(Undeliverable) as told:
        await ours.send(str(person.id), HELLO)
    assert same(told.value, means), (told.value, vars(told.value))
    await ours.send(str(person.id), HELLO)
    assert person.last.text == "Hello."


async def test_an_answer_that_does_not_come_leaves_it_uncertain(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transports, "ANSWER", 0.5)
    impatient = Ours(transport(telegram.token, telegram.root))
    person = telegram.person()
    person.starts()
    telegram.faults.add(faults.hang(3), "sendMessage")
    with pytest.raises(Unreachable) as told:
        await impatient.send(str(person.id), HELLO)
    assert same(told.value, Unreachable("ReadTimeout", uncertain=True)), vars(told.value)
    await impatient.close()


async def test_nobody_listens(telegram: Telegram, ours: Ours) -> None:
    await telegram.goes_away()
    with pytest.raises(Unreachable) as told:
        await ours.send("1", HELLO)
    assert not told.value.uncertain


async def test_no_such_host() -> None:
    ours = Ours(transport("1:x", "http://no-such-host.invalid"))
    with pytest.raises(Unreachable) as told:
        await ours.send("1", HELLO)
    assert not told.value.uncertain
    await ours.close()


async def test_an_address_that_is_none() -> None:
    ours = Ours(transport("1:x", "ftp://127.0.0.1"))
    with pytest.raises(Unreachable) as told:
        await ours.send("1", HELLO)
    assert not told.value.uncertain
    await ours.close()
