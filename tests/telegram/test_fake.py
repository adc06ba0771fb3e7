"""The fake Telegram: every method, through two client libraries."""

from __future__ import annotations

import time
from typing import Any

from tests.fakes.telegram.clients import Client
from tests.fakes.telegram.server import Telegram

YES_NO = {
    "inline_keyboard": [
        [{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]
    ]
}
JPEG = b"\xff\xd8\xff picture\r\n--not a boundary\r\n\x00\xff"


async def test_the_bot_knows_itself(client: Client, telegram: Telegram) -> None:
    me = await client.call("get_me")
    assert (me["id"], me["is_bot"], me["username"]) == (700_000_001, True, "skerry_bot")
    assert me["can_join_groups"]
    assert not me["can_read_all_group_messages"]


async def test_a_message_comes_with_its_buttons(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    person.starts()
    sent = await client.call(
        "send_message",
        chat_id=person.id,
        text="<b>Hello</b> &amp; welcome",
        parse_mode="HTML",
        reply_markup=YES_NO,
    )
    assert sent["text"] == "Hello & welcome"
    assert [(one["type"], one["length"]) for one in sent["entities"]] == [("bold", 5)]
    assert sent["reply_markup"]["inline_keyboard"][0][1]["text"] == "No"
    assert person.sees == ["Hello & welcome"]
    assert person.last.labels == ["Yes", "No"]
    assert telegram.accepted[0].html == "<b>Hello</b> &amp; welcome"
    assert telegram.accepted[0].markup == YES_NO


async def test_a_message_is_edited_where_it_stands(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    person.starts()
    sent = await client.call("send_message", chat_id=person.id, text="One", reply_markup=YES_NO)
    where = {"chat_id": person.id, "message_id": sent["message_id"]}
    edited = await client.call("edit_message_text", text="Two", **where)
    assert edited["text"] == "Two"
    assert "edit_date" in edited
    assert (person.last.text, person.last.edits, person.last.labels) == ("Two", ["One"], [])
    await client.call("edit_message_reply_markup", reply_markup=YES_NO, **where)
    assert person.last.labels == ["Yes", "No"]
    assert [one.method for one in telegram.accepted] == [
        "sendMessage",
        "editMessageText",
        "editMessageReplyMarkup",
    ]


async def test_a_press_is_answered_once(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    person.starts()
    await client.call("send_message", chat_id=person.id, text="Well?", reply_markup=YES_NO)
    query = person.presses(person.last, "Yes")
    (_, update) = await client.call("get_updates")
    assert update["callback_query"]["data"] == "y"
    assert update["callback_query"]["message"]["text"] == "Well?"
    assert await client.call(
        "answer_callback_query", callback_query_id=query.id, text="Noted", show_alert=True
    )
    assert (query.answered, query.text, query.alert) == (True, "Noted", True)
    assert person.notices == ["Noted"]


async def test_a_sign_of_life_is_noted(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    person.starts()
    assert await client.call("send_chat_action", chat_id=person.id, action="typing")
    assert person.chat.actions == ["typing"]


def named(kind: str, file: object) -> dict[str, Any]:
    """The parameter that carries a file."""
    return {kind: file}


async def test_files_go_out_and_come_in(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    for kind, come in (
        ("photo", person.sends_photo(JPEG, "mine")),
        ("voice", person.sends_voice(b"OggS voice")),
        ("document", person.sends_document(b"%PDF", "application/pdf", "paper.pdf")),
    ):
        assert come.file is not None
        assert await client.download(come.file.id) == come.file.content
        sent = await client.call(
            f"send_{kind}",
            chat_id=person.id,
            caption="<i>yours</i>",
            parse_mode="HTML",
            **named(kind, JPEG),
        )
        assert sent["caption"] == "yours"
        own = sent[kind][-1] if kind == "photo" else sent[kind]
        assert await client.download(own["file_id"]) == JPEG
        again = await client.call(f"send_{kind}", chat_id=person.id, **named(kind, own["file_id"]))
        assert "caption" not in again
    assert [one.media for one in telegram.accepted] == [JPEG] * 6
    assert telegram.accepted[0].method == "sendPhoto"


async def test_the_menu_is_kept_by_scope_and_language(client: Client, telegram: Telegram) -> None:
    start = {"command": "start", "description": "Begin"}
    stop = {"command": "stop", "description": "Leave off"}
    chat = {"type": "chat", "chat_id": 1001}
    assert await client.call("set_my_commands", commands=[start, stop])
    assert await client.call("set_my_commands", commands=[start], scope=chat, language_code="de")
    assert await client.call("get_my_commands") == [start, stop]
    assert await client.call("get_my_commands", scope=chat, language_code="de") == [start]
    assert await client.call("get_my_commands", scope=chat) == []
    assert await client.call("delete_my_commands")
    assert await client.call("get_my_commands") == []
    assert telegram.commands == {("chat:1001", "de"): [start]}


async def test_descriptions_are_kept_by_language(client: Client, telegram: Telegram) -> None:
    assert await client.call("set_my_description", description="A place to think")
    assert await client.call(
        "set_my_short_description", short_description="Ein Ort", language_code="de"
    )
    assert telegram.descriptions == {
        ("description", ""): "A place to think",
        ("short_description", "de"): "Ein Ort",
    }
    told = await client.call("get_my_description")
    assert told == {"description": "A place to think"}
    told = await client.call("get_my_short_description", language_code="de")
    assert told == {"short_description": "Ein Ort"}


async def test_a_deleted_message_is_gone(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    person.starts()
    sent = await client.call("send_message", chat_id=person.id, text="Oops")
    where = {"chat_id": person.id, "message_id": sent["message_id"]}
    assert await client.call("delete_message", **where)
    assert person.sees == []
    assert [one.method for one in telegram.accepted] == ["sendMessage", "deleteMessage"]


async def test_a_reaction_is_put_on_a_message(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    said = person.writes("Well done, me")
    thumb = [{"type": "emoji", "emoji": "👍"}]
    assert await client.call(
        "set_message_reaction", chat_id=person.id, message_id=said.id, reaction=thumb
    )
    assert said.reaction == thumb


async def test_a_message_answers_another(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    said = person.writes("A question")
    sent = await client.call(
        "send_message",
        chat_id=person.id,
        text="An answer",
        reply_parameters={"message_id": said.id},
        reply_markup={"force_reply": True, "input_field_placeholder": "Go on"},
    )
    assert sent["reply_to_message"]["text"] == "A question"
    assert person.last.reply_to is said


async def test_hooks_see_each_request_and_each_acceptance(
    client: Client, telegram: Telegram
) -> None:
    asked: list[str] = []
    taken: list[str] = []
    telegram.on_request = lambda method, _: asked.append(method)
    telegram.on_accept = lambda accepted: taken.append(accepted.text)
    person = telegram.person()
    person.starts()
    await client.call("get_me")
    await client.call("send_message", chat_id=person.id, text="Hello")
    assert asked == ["getme", "sendmessage"]
    assert taken == ["Hello"]


async def test_numbers_are_the_same_each_time() -> None:
    async with Telegram().running() as one, Telegram().running() as other:
        for telegram in (one, other):
            telegram.person().writes("Hello")
        assert one.updates.pending[0].id == other.updates.pending[0].id == 500_000_001
        assert list(one.chats) == list(other.chats) == [1001]


async def test_it_starts_and_stops_in_no_time() -> None:
    began = time.monotonic()
    for _ in range(5):
        async with Telegram().running():
            pass
    assert time.monotonic() - began < 5
