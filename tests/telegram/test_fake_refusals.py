"""What the fake Telegram refuses, in Telegram's words, as two client libraries report it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.telegram.clients import Client
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import Telegram

Json = dict[str, Any]

JPEG = b"\xff\xd8\xff"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query id is invalid"


def one_button(**button: str) -> Json:
    return {"inline_keyboard": [[{"text": "Yes"} | button]]}


def rows(*lengths: int) -> Json:
    button = {"text": "x", "callback_data": "x"}
    return {"inline_keyboard": [[button] * length for length in lengths]}


#: A method, its parameters beside the chat, and what Telegram says to them.
REFUSED: list[tuple[str, Json, str]] = [
    ("send_message", {"text": ""}, "message text is empty"),
    ("send_message", {"text": " \n\t "}, "message text is empty"),
    ("send_message", {"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ("send_message", {"text": "a" * 4097}, "message is too long"),
    ("send_message", {"text": "🙂" * 2048 + "a"}, "message is too long"),
    ("send_message", {"text": "<b" + ">", "parse_mode": "HTML"}, "can't parse entities"),
    ("send_message", {"text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities"),
    ("send_message", {"text": "a<br>b", "parse_mode": "HTML"}, 'unsupported start tag "br"'),
    ("send_message", {"text": "<b>x</i>", "parse_mode": "HTML"}, "unmatched end tag"),
    ("send_message", {"text": "x", "parse_mode": "Textile"}, "unsupported parse_mode"),
    ("send_message", {"text": "x", "reply_markup": one_button(callback_data="")}, "button_data"),
    (
        "send_message",
        {"text": "x", "reply_markup": one_button(callback_data="é" * 32 + "a")},
        "button_data_invalid",
    ),
    ("send_message", {"text": "x", "reply_markup": one_button()}, "text buttons are unallowed"),
    (
        "send_message",
        {"text": "x", "reply_markup": one_button(callback_data="a", url="https://x.org")},
        "only one action",
    ),
    (
        "send_message",
        {"text": "x", "reply_markup": one_button(text=" ", callback_data="a")},
        "inline keyboard button text must be non-empty",
    ),
    ("send_message", {"text": "x", "reply_markup": rows(9)}, "reply markup is too long"),
    ("send_message", {"text": "x", "reply_markup": rows(*[5] * 20, 1)}, "reply markup is too"),
    (
        "send_message",
        {"text": "x", "reply_markup": one_button(text="a" * 10_000, callback_data="a")},
        "reply markup is too long",
    ),
    (
        "send_message",
        {
            "text": "x",
            "reply_markup": {"force_reply": True, "input_field_placeholder": "a" * 65},
        },
        "reply_markup_invalid",
    ),
    (
        "send_message",
        {"text": "x", "reply_parameters": {"message_id": 999}},
        "message to be replied not found",
    ),
    ("send_photo", {"photo": JPEG, "caption": "a" * 1025}, "message caption is too long"),
    ("send_photo", {"photo": JPEG, "caption": "🙂" * 513}, "message caption is too long"),
    ("send_photo", {"photo": JPEG + bytes(10 * 2**20)}, "is too big for a photo"),
    ("send_photo", {"photo": b"no image"}, "image_process_failed"),
    ("send_photo", {"photo": "no-such-file"}, "wrong file identifier/http url specified"),
    ("send_photo", {"photo": "https://example.org/x.jpg"}, "failed to get http url content"),
    ("send_chat_action", {"action": "pondering"}, "wrong parameter action in request"),
    ("edit_message_text", {"message_id": 999, "text": "x"}, "message to edit not found"),
    ("edit_message_text", {"message_id": 1, "text": "x"}, "message can't be edited"),
    ("edit_message_text", {"message_id": 2, "text": "Hello"}, NOT_MODIFIED),
    ("edit_message_text", {"message_id": 2, "text": ""}, "message text is empty"),
    ("edit_message_text", {"message_id": 2, "text": "a" * 4097}, "message is too long"),
    ("edit_message_text", {"message_id": 3, "text": "x"}, "there is no text in the message"),
    ("edit_message_reply_markup", {"message_id": 2}, NOT_MODIFIED),
    ("edit_message_reply_markup", {"message_id": 999}, "message to edit not found"),
    ("delete_message", {"message_id": 999}, "message to delete not found"),
]


async def prepared(telegram: Telegram, client: Client) -> Person:
    """Somebody with three messages: their own, the bot's, and the bot's with a file."""
    person = telegram.person()
    person.starts()
    await client.call("send_message", chat_id=person.id, text="Hello")
    await client.call("send_photo", chat_id=person.id, photo=JPEG)
    return person


@pytest.mark.parametrize(("method", "params", "why"), REFUSED)
async def test_what_telegram_refuses_is_refused(
    client: Client, telegram: Telegram, method: str, params: Json, why: str
) -> None:
    person = await prepared(telegram, client)
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.call(method, chat_id=person.id, **params)
    assert why in str(refused.value).lower()
    assert len(telegram.accepted) == 2
    assert person.sees == ["Hello", ""]


#: The same, on the right side of the line.
TAKEN: list[tuple[str, Json]] = [
    ("send_message", {"text": "a" * 4096}),
    ("send_message", {"text": "🙂" * 2048}),
    ("send_message", {"text": f"<b>{'a' * 4096}</b>", "parse_mode": "HTML"}),
    ("send_message", {"text": "&lt;" * 4096, "parse_mode": "HTML"}),
    ("send_message", {"text": "  " + "a" * 4096 + "\n"}),
    ("send_message", {"text": "fish & chips &amp; &nbsp;", "parse_mode": "html"}),
    ("send_message", {"text": "x", "reply_markup": one_button(callback_data="é" * 32)}),
    ("send_message", {"text": "x", "reply_markup": one_button(url="https://example.org")}),
    ("send_message", {"text": "x", "reply_markup": rows(*[8] * 12, 4)}),
    ("send_message", {"text": "x", "reply_markup": {"keyboard": [[{"text": "x"}] * 12]}}),
    ("send_photo", {"photo": JPEG, "caption": "a" * 1024}),
    ("send_photo", {"photo": JPEG + bytes(10 * 2**20 - 3)}),
    ("send_document", {"document": bytes(10 * 2**20 + 1)}),
]


@pytest.mark.parametrize(("method", "params"), TAKEN)
async def test_what_just_fits_is_taken(
    client: Client, telegram: Telegram, method: str, params: Json
) -> None:
    person = telegram.person()
    person.starts()
    await client.call(method, chat_id=person.id, **params)
    assert len(telegram.accepted) == 1


async def test_only_a_chat_that_is_open_takes_messages(client: Client, telegram: Telegram) -> None:
    person, stranger = telegram.person(), telegram.person()
    person.starts()

    async def says(kind: str, why: str, chat: object) -> None:
        for method, more in (
            ("send_message", {"text": "x"}),
            ("send_chat_action", {"action": "typing"}),
            ("send_photo", {"photo": JPEG}),
        ):
            with pytest.raises(client.troubles[kind]) as refused:
                await client.call(method, chat_id=chat, **more)
            assert why in str(refused.value)

    await says("forbidden", "bot can't initiate conversation with a user", stranger.id)
    await says("bad", "hat not found", 5)
    await says("bad", "hat not found", "@somebody")
    person.blocks()
    await says("forbidden", "bot was blocked by the user", person.id)
    person.unblocks()
    await client.call("send_message", chat_id=person.id, text="Good to see you")
    person.leaves_telegram()
    await says("forbidden", "user is deactivated", person.id)
    assert person.sees == ["Good to see you"]


async def test_writing_opens_the_chat_and_unblocks_it(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    person.writes("Hello")
    person.blocks()
    person.writes("I am back")
    await client.call("send_message", chat_id=person.id, text="So am I")
    told = await client.call("get_updates")
    assert [next(kind for kind in one if kind != "update_id") for one in told] == [
        "message",
        "my_chat_member",
        "my_chat_member",
        "message",
    ]
    standing = [one["my_chat_member"]["new_chat_member"]["status"] for one in told[1:3]]
    assert standing == ["kicked", "member"]


@pytest.mark.parametrize("text", ["a" * 201, "🙂" * 101])
async def test_an_answer_to_a_press_is_short(
    client: Client, telegram: Telegram, text: str
) -> None:
    query = await a_press(client, telegram)
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.call("answer_callback_query", callback_query_id=query, text=text)
    assert "message_too_long" in str(refused.value).lower()
    assert await client.call("answer_callback_query", callback_query_id=query, text=text[:-1])


async def a_press(client: Client, telegram: Telegram) -> str:
    person = telegram.person()
    person.starts()
    markup = one_button(callback_data="y")
    await client.call("send_message", chat_id=person.id, text="Well?", reply_markup=markup)
    return person.presses(person.last, "y").id


async def test_a_press_is_not_answered_twice_nor_late_nor_made_up(
    client: Client, telegram: Telegram
) -> None:
    answered, late = await a_press(client, telegram), await a_press(client, telegram)
    assert await client.call("answer_callback_query", callback_query_id=answered)
    telegram.queries[late].pressed -= telegram.query_life
    for query in (answered, late, "12345"):
        with pytest.raises(client.troubles["bad"]) as refused:
            await client.call("answer_callback_query", callback_query_id=query)
        assert TOO_OLD in str(refused.value).lower()


#: A menu, and what Telegram says to it.
MENUS: list[tuple[Json, str]] = [
    ({"command": "", "description": "x"}, "command must be non-empty"),
    ({"command": "a" * 33, "description": "x"}, "command length must not exceed 32"),
    ({"command": "Start", "description": "x"}, "bot_command_invalid"),
    ({"command": "my-day", "description": "x"}, "bot_command_invalid"),
    ({"command": "tschüss", "description": "x"}, "bot_command_invalid"),
    ({"command": "a", "description": " "}, "command description must be non-empty"),
    ({"command": "a", "description": "x" * 257}, "description length must not exceed 256"),
]


@pytest.mark.parametrize(("command", "why"), MENUS)
async def test_a_menu_has_only_good_commands(
    client: Client, telegram: Telegram, command: Json, why: str
) -> None:
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.call("set_my_commands", commands=[command])
    assert why in str(refused.value).lower()
    assert telegram.commands == {}


async def test_a_menu_is_not_too_long(client: Client, telegram: Telegram) -> None:
    menu = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    wordy = [one | {"description": "x" * 256} for one in menu[:50]]
    for long in (menu, wordy):
        with pytest.raises(client.troubles["bad"]) as refused:
            await client.call("set_my_commands", commands=long)
        assert "bot_commands_too_much" in str(refused.value).lower()
    assert await client.call("set_my_commands", commands=menu[:100])


async def test_descriptions_are_not_too_long(client: Client, telegram: Telegram) -> None:
    with pytest.raises(client.troubles["bad"]):
        await client.call("set_my_description", description="a" * 513)
    with pytest.raises(client.troubles["bad"]):
        await client.call("set_my_short_description", short_description="a" * 121)
    assert await client.call("set_my_description", description="a" * 512)
    assert await client.call("set_my_short_description", short_description="a" * 120)


async def test_a_bot_downloads_no_large_file(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    fits = person.sends_document(bytes(20 * 2**20), "application/zip", "fits.zip").file
    large = person.sends_document(bytes(20 * 2**20 + 1), "application/zip", "large.zip").file
    assert fits is not None
    assert large is not None
    assert len(await client.download(fits.id)) == 20 * 2**20
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.download(large.id)
    assert "file is too big" in str(refused.value).lower()
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.download("no-such-file")
    assert "invalid file_id" in str(refused.value).lower()


async def test_in_a_group_the_bot_deletes_only_its_own(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    group = telegram.group("Friends", person)
    group.adds_bot()
    said = group.says(person, "Hello all")
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.call("delete_message", chat_id=group.id, message_id=said.id)
    assert "message can't be deleted" in str(refused.value).lower()
