"""The webhook over real HTTP: only Telegram comes in, and what it brings is taken once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from bot.adapters.telegram import webhook
from bot.adapters.telegram.polling import WANTED
from bot.adapters.telegram.webhook import AGAIN, HEADER, LARGEST, PATH
from bot.trust.sealing import new_key
from tests.conftest import on_sqlite
from tests.fakes.telegram.faults import Fault, flood, garbage, gateway, reset, unauthorised
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import Telegram
from tests.telegram.house import (
    PATIENCE,
    SECRET,
    House,
    Unwritable,
    Way,
    at_home,
    home,
    living,
)
from tests.telegram.updates import message

WEBHOOK = Way(mode="webhook")
#: Something that would have an effect.
HELP = json.dumps(message(text="help"))


@pytest.fixture
async def house(telegram: Telegram, tmp_path: Path) -> AsyncIterator[House]:
    async with home(telegram, on_sqlite(tmp_path), WEBHOOK) as running:
        yield running


@pytest.fixture
def robin(telegram: Telegram) -> Person:
    return telegram.person("Robin")


def flipped(secret: str, at: int) -> str:
    """A secret with one bit changed."""
    return secret[:at] + chr(ord(secret[at]) ^ 1) + secret[at + 1 :]


async def raw(house: House, *parts: bytes) -> bytes:
    """What comes back for bytes of one's own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    try:
        async with asyncio.timeout(PATIENCE):
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.readline()
    except ConnectionError:
        return b"cut"
    finally:
        writer.close()


def head(*lines: str, secret: str = SECRET) -> bytes:
    named = (f"POST {PATH} HTTP/1.1", "Host: here", f"{HEADER}: {secret}", *lines, "", "")
    return "\r\n".join(named).encode()


# --- Who may come in ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        "wrong",
        SECRET[:-1],
        SECRET + "x",
        SECRET.upper(),
        f"{SECRET}, {SECRET}",
        flipped(SECRET, 0),
        flipped(SECRET, len(SECRET) // 2),
        flipped(SECRET, len(SECRET) - 1),
    ],
)
async def test_whoever_does_not_know_the_secret_changes_nothing(
    house: House, telegram: Telegram, secret: str | None
) -> None:
    telegram.person("Robin").chat.open = True
    before, asked = house.all_rows(), len(telegram.requests)
    answer = await house.posts(HELP, secret)
    assert answer.status_code == 401
    assert house.all_rows() == before
    assert not {"sendmessage", "getfile"} & {name for name, _ in telegram.requests[asked:]}
    # The same, with the secret, does have an effect.
    assert (await house.posts(HELP)).status_code == 200
    assert house.all_rows() != before


async def test_a_secret_in_letters_of_no_alphabet_is_refused(house: House) -> None:
    line = head("Content-Length: 2").replace(SECRET.encode(), "sëcret\xff".encode("latin-1"))
    assert b" 401 " in await raw(house, line, b"{}")


async def test_without_a_secret_of_its_own_the_house_has_no_webhook(
    telegram: Telegram, tmp_path: Path
) -> None:
    async with home(telegram, on_sqlite(tmp_path), Way(mode="polling")) as house:
        before = house.all_rows()
        for secret in (None, "", SECRET):
            assert (await house.posts(HELP, secret)).status_code == 404
        assert house.all_rows() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_posts_are_taken(house: House, method: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.request(method, house.webhook, headers={HEADER: SECRET})
    assert answer.status_code == 405


# --- What can be read ---------------------------------------------------------------------


async def test_a_body_that_says_it_is_too_large_is_refused_unread(house: House) -> None:
    before = house.all_rows()
    answer = await raw(house, head(f"Content-Length: {LARGEST + 1}"))
    assert b" 413 " in answer
    assert house.all_rows() == before


async def test_a_body_that_turns_out_too_large_is_refused(house: House) -> None:
    before = house.all_rows()
    padded = HELP[:-1].encode() + b" " * LARGEST + b"}"
    chunks = [padded[at : at + 65_536] for at in range(0, len(padded), 65_536)]
    framed = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    answer = await raw(house, head("Transfer-Encoding: chunked"), *framed, b"0\r\n\r\n")
    assert b" 413 " in answer
    assert house.all_rows() == before


async def test_a_body_as_large_as_may_be_is_read(house: House) -> None:
    padded = HELP[:-1] + " " * (LARGEST - len(HELP)) + "}"
    assert len(padded) == LARGEST
    assert (await house.posts(padded)).status_code == 200
    assert house.rows("participant") == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        HELP[:-1],
        "[" * 100_000,
        '{"a":' * 100_000,
        "[]",
        "7",
        "null",
        '"text"',
        f"[{HELP}]",
        "1" * 10_000,
        "\ud83d".encode("utf-8", "surrogatepass"),
        b"\xff\xfe\x00",
        "{}",
        '{"update_id": 1}',
        '{"update_id": 1e400, "message": NaN}',
        '{"update_id": ' + "9" * 4000 + "}",
        '{"update_id": 1, "message": ' + "[" * 500 + "]" * 500 + "}",
        '{"update_id": 1, "message": ' + '{"message":' * 500 + "1" + "}" * 500 + "}",
    ],
    ids=range(19),
)
async def test_what_can_never_be_read_is_acknowledged_and_changes_nothing(
    house: House, body: bytes | str
) -> None:
    before = house.all_rows()
    assert (await house.posts(body)).status_code == 200
    assert house.all_rows() == before


async def test_whoever_hangs_up_in_the_middle_changes_nothing(house: House) -> None:
    before = house.all_rows()
    _, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(head(f"Content-Length: {len(HELP)}") + HELP.encode()[:-10])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await house.posts("{}")).status_code == 200
    assert house.all_rows() == before


# --- Commit first, acknowledge second -----------------------------------------------------


async def test_what_cannot_be_committed_comes_again(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Unwritable(house, 2)
    monkeypatch.setattr(house.running._doors, "_writer", trouble)
    await house.chat(robin).says("help", "Skerry is automated.")
    await house.all_is_said()
    codes = [each.code for each in house.telegram.webhook.deliveries]
    assert codes == [503, 503, 200]
    assert [text[:19] for text in robin.sees].count("Skerry is automated") == 1
    assert house.rows("inbound") == 1


async def test_what_cannot_be_committed_says_when_to_bring_it_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = house.all_rows()
    monkeypatch.setattr(house.running._doors, "_writer", Unwritable(house, 1))
    answer = await house.posts(HELP)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(AGAIN))
    assert house.all_rows() == before
    assert (await house.posts(HELP)).status_code == 200
    assert house.rows("inbound") == 1


async def test_while_one_chat_waits_others_are_taken_and_its_order_stays(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = house.telegram.person("Ada")
    chat, hers = await house.knows(robin), await house.knows(ada)
    doors = house.running._doors
    heard, open_ = doors.hear, asyncio.Event()

    async def hears(came: object) -> object:
        if came.place == str(robin.id) and not open_.is_set():  # type: ignore[attr-defined]
            raise OSError(28, "No space left on device")
        return await heard(came)  # type: ignore[arg-type]

    monkeypatch.setattr(doors, "hear", hears)
    chat.acts()
    robin.writes("journal")
    robin.writes("yes")
    await hers.says("help", "Skerry is automated.")
    assert chat.new == []
    open_.set()
    await chat.hears("What did someone do for you")


async def test_the_same_update_is_taken_once(house: House, robin: Person) -> None:
    chat = await house.knows(robin)
    await chat.says("journal", "There is a question here for you")
    await chat.presses("Yes, ask me", "What did someone do for you")
    chat.acts()
    robin.writes("Ellen brought my post up.")
    await chat.hears("Thank you. You can leave it there.")
    number = house.telegram.updates.put_ever[-1].id
    await house.all_is_said()
    before = house.all_rows()
    for _ in range(3):
        house.telegram.updates.repeat(number)
    await house.all_is_said()
    assert len(house.telegram.webhook.deliveries) == 6
    assert house.all_rows() == before
    assert len(chat.new) == 1
    assert house.words(robin) == ["Ellen brought my post up."]


async def test_a_turn_is_committed_before_its_update_is_acknowledged(
    house: House, robin: Person
) -> None:
    robin.chat.open = True
    told = message(text="help")
    answer = await house.posts(json.dumps(told))
    # No waiting: it must be there now.
    assert answer.status_code == 200
    assert house.rows("inbound") == 1
    assert house.rows("outbox") > 0


# --- How it is set and looked after -------------------------------------------------------


async def test_the_webhook_is_set_with_its_secret_and_what_is_wanted(
    house: House, telegram: Telegram
) -> None:
    (asked,) = [params for name, params in telegram.requests if name == "setwebhook"]
    assert asked["url"] == house.webhook
    assert asked["secret_token"] == SECRET
    assert asked["allowed_updates"] == list(WANTED)
    assert asked["max_connections"] == "40"
    assert "drop_pending_updates" not in asked
    told = await house.hears_of("Telegram brings updates to")
    assert told.well
    assert "getupdates" not in {name for name, _ in telegram.requests}


async def test_what_waited_before_it_was_set_is_brought(
    telegram: Telegram, tmp_path: Path, robin: Person
) -> None:
    robin.writes("help")
    async with home(telegram, on_sqlite(tmp_path), WEBHOOK) as house:
        await house.chat(robin).hears("Skerry is automated.")


async def test_health_tells_of_updates_that_wait_and_why(
    telegram: Telegram, tmp_path: Path, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "LOOK", 0.02)
    async with home(telegram, on_sqlite(tmp_path), WEBHOOK) as house:
        chat = await house.knows(robin)
        trouble = Unwritable(house, 10**6)
        monkeypatch.setattr(house.running._doors, "_writer", trouble)
        chat.acts()
        robin.writes("help")
        robin.writes("help")
        told = await house.hears_of("2 updates wait.")
        assert not told.well
        assert house.webhook in told.detail
        assert "503 Service Unavailable" in told.detail
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{house.url}/healthz")
        assert answer.status_code == 503
        assert answer.json()["telegram"] == {"state": "unwell", "detail": told.detail}
        trouble.left = 0
        await chat.hears("Skerry is automated.")
        assert (await house.hears_of("Telegram brings updates to")).well


async def test_health_tells_when_another_program_has_changed_the_webhook(
    telegram: Telegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "LOOK", 0.02)
    async with home(telegram, on_sqlite(tmp_path), WEBHOOK) as house:
        await house.hears_of("Telegram brings updates to")
        ours = telegram.webhook.url
        for other in ("https://elsewhere.example/hook", ""):
            telegram.webhook.set({"url": other})
            told = await house.hears_of("was changed by another program")
            assert not told.well
            telegram.webhook.set({"url": ours, "secret_token": SECRET})
            assert (await house.hears_of("Telegram brings updates to")).well


@pytest.mark.parametrize("fault", [gateway(502), reset(), garbage(), flood(1)], ids=range(4))
async def test_a_telegram_that_does_not_answer_is_waited_out(
    telegram: Telegram,
    tmp_path: Path,
    robin: Person,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    monkeypatch.setattr(webhook, "FIRST", 0.01)
    order = telegram.faults.add(fault, "setWebhook", times=3)
    with at_home(telegram, on_sqlite(tmp_path), WEBHOOK, new_key()) as house:
        async with living(house):
            await house.chat(robin).starts("May I keep your answers?")
            assert order.struck == 3
            assert (await house.hears_of("Telegram brings updates to")).well


async def test_a_token_that_telegram_does_not_know_is_told_in_health(
    telegram: Telegram, tmp_path: Path
) -> None:
    telegram.faults.add(unauthorised(), times=None)
    with at_home(telegram, on_sqlite(tmp_path), WEBHOOK, new_key()) as house:
        async with living(house, heard=False):
            told = await house.hears_of("Telegram does not know this token.")
            assert not told.well
            assert telegram.token not in told.detail


async def test_nothing_of_what_was_brought_nor_the_secret_is_in_the_logs(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await house.knows(robin)
    monkeypatch.setattr(house.running._doors, "_writer", Unwritable(house, 1))
    with capture_logs() as logs:
        await house.posts("no JSON but canary-4711")
        await house.posts("canary-4711", "not-the-secret")
        chat.acts()
        robin.writes("canary-4711")
        await chat.hears("Nothing is open just now.")
    assert "an update is not taken yet" in {each["event"] for each in logs}
    assert "canary-4711" not in str(logs)
    assert SECRET not in str(logs)
    assert house.telegram.token not in str(logs)
