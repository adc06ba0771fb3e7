"""How requests may come to the fake Telegram, and what it answers to the letter."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes.telegram.server import Telegram

Json = dict[str, Any]

MARKUP = {"inline_keyboard": [[{"text": "Ja & nein", "callback_data": "j"}]]}


@pytest.fixture
async def http(telegram: Telegram) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{telegram.root}/bot{telegram.token}/"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as made:
        yield made


async def test_every_way_of_writing_a_request_is_read(
    http: httpx.AsyncClient, telegram: Telegram
) -> None:
    person = telegram.person()
    person.starts()
    form = {"chat_id": str(person.id), "text": "Ö & 1+1", "reply_markup": json.dumps(MARKUP)}
    for answer in (
        await http.get("sendMessage", params=form),
        await http.post("sendMessage", data=form),
        await http.post("sendMessage", json=form),
        await http.post("SENDMESSAGE", json=form | {"reply_markup": MARKUP, "chat_id": person.id}),
        await http.post("sendmessage", data=form, files={"ignored": b"x"}),
    ):
        assert answer.status_code == 200
        assert answer.json()["ok"] is True
        assert answer.json()["result"]["reply_markup"] == MARKUP
    assert person.sees == ["Ö & 1+1"] * 5


async def test_a_file_is_taken_by_name_or_attached(
    http: httpx.AsyncClient, telegram: Telegram
) -> None:
    person = telegram.person()
    person.starts()
    upload = ("pic.jpg", b"\xff\xd8\xff\r\n", "image/jpeg")
    chat = {"chat_id": str(person.id)}
    plain = await http.post("sendPhoto", data=chat, files={"photo": upload})
    attached = await http.post(
        "sendPhoto", data=chat | {"photo": "attach://one"}, files={"one": upload}
    )
    assert plain.json()["result"]["photo"][0]["file_size"] == 5
    assert attached.json()["result"]["photo"][0]["file_size"] == 5
    nothing = await http.post("sendPhoto", data=chat)
    assert nothing.json()["description"] == "Bad Request: there is no photo in the request"


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 1001}, "Bad Request: message text is empty"),
        (
            {"chat_id": 1001, "text": "x", "reply_markup": "{"},
            "Bad Request: can't parse reply keyboard markup JSON object",
        ),
        (
            {"chat_id": 1001, "text": "x", "reply_markup": "[]"},
            "Bad Request: object expected as reply markup",
        ),
        (
            {"chat_id": 1001, "text": "x", "reply_markup": {"inline_keyboard": {}}},
            'Bad Request: field "inline_keyboard" must be of type Array',
        ),
        (
            {"chat_id": 1001, "text": "x", "reply_markup": {"inline_keyboard": [{}]}},
            'Bad Request: field "inline_keyboard" must be an Array of Arrays',
        ),
        (
            {"chat_id": 1001, "text": "x", "entities": "{"},
            "Bad Request: can't parse entities JSON",
        ),
    ],
)
async def test_a_crooked_request_is_refused(
    http: httpx.AsyncClient, telegram: Telegram, params: Json, why: str
) -> None:
    telegram.person().starts()
    answer = await http.post("sendMessage", json=params)
    assert answer.status_code == answer.json()["error_code"] == 400
    assert answer.json()["ok"] is False
    assert answer.json()["description"].startswith(why)


#: What no library would send, and what Telegram says to it.
CROOKED: list[tuple[str, Json, str]] = [
    ("sendMessage", {"reply_markup": {"keyboard": [[{"text": ""}]]}}, "keyboard button text must"),
    ("sendMessage", {"reply_markup": {"inline_keyboard": [["x"]]}}, "can't parse inline keyboard"),
    (
        "sendMessage",
        {"reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        "sendMessage",
        {"reply_markup": {"inline_keyboard": [[{"text": "x", "url": "javascript:x"}]]}},
        "BUTTON_URL_INVALID",
    ),
    *(
        (
            "sendMessage",
            {"reply_markup": {"inline_keyboard": [[{"text": "x", "url": url}]]}},
            "BUTTON_URL_INVALID",
        )
        for url in ("https://localhost/x", "t.me/x", "https://t.me/a b", "https://[x", "", 5)
    ),
    (
        "sendMessage",
        {
            "reply_markup": {
                "inline_keyboard": [
                    [{"text": "x", "url": "https://t.me/skerry_bot", "callback_data": "y"}]
                ]
            }
        },
        "can't parse inline keyboard button: only one action is allowed",
    ),
    ("sendMessage", {"reply_parameters": [1]}, "object expected as reply parameters"),
    (
        "sendMessage",
        {"reply_parameters": {"message_id": "1"}},
        'can\'t parse reply parameters: Field "message_id" must be of type Number',
    ),
    (
        "sendMessage",
        {"reply_parameters": {"message_id": 99}},
        "message to be replied not found",
    ),
    ("sendMessage", {"message_thread_id": 7}, "message thread not found"),
    ("sendMessage", {"entities": {"type": "bold"}}, "can't parse entities: expected an Array"),
    ("setMessageReaction", {"message_id": 99, "reaction": []}, "message to react not found"),
    ("setMessageReaction", {"message_id": 1, "reaction": [{}, {}]}, "REACTIONS_TOO_MANY"),
    ("getMyCommands", {"scope": {"type": "moon"}}, "can't parse BotCommandScope"),
    ("getMyCommands", {"language_code": "English"}, "LANG_CODE_INVALID"),
]


@pytest.mark.parametrize(("method", "params", "why"), CROOKED)
async def test_what_no_library_sends_is_refused_too(
    http: httpx.AsyncClient, telegram: Telegram, method: str, params: Json, why: str
) -> None:
    telegram.person().starts()
    answer = await http.post(method, json={"chat_id": 1001, "text": "x"} | params)
    assert answer.status_code == 400
    assert answer.json()["description"].startswith(f"Bad Request: {why}")


async def test_no_json_and_no_file_are_refused(
    http: httpx.AsyncClient, telegram: Telegram
) -> None:
    telegram.person().starts()
    kind = {"Content-Type": "application/json"}
    for body in (b"{", b"[]"):
        answer = await http.post("sendMessage", content=body, headers=kind)
        assert answer.json()["description"] == "Bad Request: can't parse JSON object"
    empty = ("empty.txt", b"", "text/plain")
    answer = await http.post("sendDocument", data={"chat_id": "1001"}, files={"document": empty})
    assert answer.json()["description"] == "Bad Request: file must be non-empty"


async def test_only_inline_keyboards_are_edited(
    http: httpx.AsyncClient, telegram: Telegram
) -> None:
    person = telegram.person()
    person.starts()
    reply = {"force_reply": True}
    sent = await http.post("sendMessage", json={"chat_id": person.id, "text": "x"})
    asked = await http.post(
        "sendMessage", json={"chat_id": person.id, "text": "x", "reply_markup": reply}
    )
    where = {"chat_id": person.id, "message_id": sent.json()["result"]["message_id"]}
    answer = await http.post("editMessageReplyMarkup", json=where | {"reply_markup": reply})
    assert answer.json()["description"] == "Bad Request: inline keyboard expected"
    where["message_id"] = asked.json()["result"]["message_id"]
    answer = await http.post("editMessageText", json=where | {"text": "y"})
    assert answer.json()["description"] == "Bad Request: message can't be edited"


async def test_nobody_knows_an_unknown_method(http: httpx.AsyncClient) -> None:
    for path in ("sendPigeon", "getMe/more"):
        answer = await http.get(path)
        assert answer.status_code == 404
        assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_a_wrong_token_is_nobody(http: httpx.AsyncClient, telegram: Telegram) -> None:
    for path in ("bot1:x/getMe", "file/bot1:x/photos/file_1.jpg"):
        answer = await http.get(f"{telegram.root}/{path}")
        assert answer.status_code == 401
        assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_file_is_not_found(http: httpx.AsyncClient, telegram: Telegram) -> None:
    answer = await http.get(f"{telegram.root}/file/bot{telegram.token}/photos/file_9.jpg")
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_a_flood_says_how_long_to_wait(http: httpx.AsyncClient, telegram: Telegram) -> None:
    person = telegram.person()
    person.starts()
    telegram.limits.on = True
    telegram.limits.burst = 1
    said = {"chat_id": person.id, "text": "x"}
    assert (await http.post("sendMessage", json=said)).status_code == 200
    answer = await http.post("sendMessage", json=said)
    assert answer.status_code == 429
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
