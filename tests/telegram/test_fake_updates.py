"""How the fake Telegram tells what people do: getUpdates, through two client libraries."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.fakes.telegram.clients import Client
from tests.fakes.telegram.clients import client as talking
from tests.fakes.telegram.server import Telegram
from tests.fakes.telegram.updates import KINDS

Json = dict[str, Any]

FIRST = 500_000_001
USER = {"id": 1001, "is_bot": False, "first_name": "Robin"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Robin"}
CHANNEL = {"id": -1_001_000_000_001, "type": "channel", "title": "News"}
POST = {"message_id": 1, "date": 1_772_442_000, "chat": CHANNEL, "text": "New"}
EMOJI = [{"type": "emoji", "emoji": "👍"}]
OPTION = {"text": "Yes", "voter_count": 1, "persistent_id": "0"}
POLL: Json = {
    "id": "1",
    "question": "Well?",
    "options": [OPTION, OPTION | {"persistent_id": "1"}],
    "total_voter_count": 1,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
MEMBER = {
    "chat": CHANNEL,
    "from": USER,
    "date": 1_772_442_000,
    "old_chat_member": {"status": "left", "user": USER},
    "new_chat_member": {"status": "member", "user": USER},
}
#: What people of this fake do not do; the bot must bear it all the same.
RAW: list[Json] = [
    {"channel_post": POST},
    {"edited_channel_post": POST | {"edit_date": 1_772_442_060}},
    {"chat_member": MEMBER},
    {
        "message_reaction": {
            "chat": PRIVATE,
            "message_id": 1,
            "user": USER,
            "date": 1_772_442_000,
            "old_reaction": [],
            "new_reaction": EMOJI,
        }
    },
    {
        "message_reaction_count": {
            "chat": CHANNEL,
            "message_id": 1,
            "date": 1_772_442_000,
            "reactions": [{"type": EMOJI[0], "total_count": 2}],
        }
    },
    {"poll": POLL},
    {
        "poll_answer": {
            "poll_id": "1",
            "user": USER,
            "option_ids": [0],
            "option_persistent_ids": ["0"],
        }
    },
    {"inline_query": {"id": "1", "from": USER, "query": "", "offset": ""}},
    {"chosen_inline_result": {"result_id": "1", "from": USER, "query": ""}},
    {
        "chat_join_request": {
            "chat": CHANNEL,
            "from": USER,
            "user_chat_id": 1001,
            "date": 1_772_442_000,
        }
    },
]


def ids(told: list[Json]) -> list[int]:
    return [one["update_id"] - FIRST for one in told]


def kinds(told: list[Json]) -> list[str]:
    return [next(kind for kind in one if kind != "update_id") for one in told]


async def test_what_people_do_is_told_and_parsed(client: Client, telegram: Telegram) -> None:
    person = telegram.person(language_code="de")
    person.starts("cohort_7")
    person.writes("Café 🙂 /stop")
    person.edits(person.writes("Teh"), "The")
    person.forwards("From elsewhere")
    person.sends_photo(b"\xff\xd8\xff", "Look /here")
    person.sends_voice(b"OggS")
    person.sends_document(b"%PDF", "application/pdf", "paper.pdf")
    person.sends_sticker()
    person.blocks()
    told = await client.call("get_updates")
    assert kinds(told) == [*["message"] * 3, "edited_message", *["message"] * 5, "my_chat_member"]
    start = told[0]["message"]
    assert start["text"] == "/start cohort_7"
    assert start["from"]["language_code"] == "de"
    assert [(one["type"], one["offset"], one["length"]) for one in start["entities"]] == [
        ("bot_command", 0, 6)
    ]
    (command,) = told[1]["message"]["entities"]
    assert (command["offset"], command["length"]) == (8, 5)
    assert told[3]["edited_message"]["text"] == "The"
    assert told[3]["edited_message"]["message_id"] == told[2]["message"]["message_id"]
    assert told[4]["message"]["forward_origin"]["type"] == "hidden_user"
    assert told[5]["message"]["caption"] == "Look /here"
    for place, kind in ((5, "photo"), (6, "voice"), (7, "document"), (8, "sticker")):
        assert kind in told[place]["message"]
    assert told[9]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


@pytest.mark.parametrize("update", RAW, ids=lambda update: str(next(iter(update))))
async def test_every_other_kind_is_parsed(
    client: Client, telegram: Telegram, update: Json
) -> None:
    telegram.push(update)
    assert kinds(await client.call("get_updates")) == list(update)
    assert set(update) <= set(KINDS)


async def test_updates_are_kept_until_they_are_confirmed(
    client: Client, telegram: Telegram
) -> None:
    person = telegram.person()
    for number in range(3):
        person.writes(str(number))
    assert ids(await client.call("get_updates")) == [0, 1, 2]
    assert ids(await client.call("get_updates")) == [0, 1, 2]
    assert ids(await client.call("get_updates", offset=FIRST + 1)) == [1, 2]
    assert ids(await client.call("get_updates")) == [1, 2]
    assert ids(await client.call("get_updates", offset=FIRST)) == [1, 2]
    assert telegram.updates.confirmed == FIRST + 1


async def test_a_limit_is_kept_between_one_and_a_hundred(
    client: Client, telegram: Telegram
) -> None:
    person = telegram.person()
    for number in range(103):
        person.writes(str(number))
    assert len(await client.call("get_updates")) == 100
    assert ids(await client.call("get_updates", limit=2)) == [0, 1]
    assert len(await client.call("get_updates", limit=1000)) == 100
    assert ids(await client.call("get_updates", limit=-5)) == [0]


async def test_a_negative_offset_counts_from_the_end_and_forgets_the_rest(
    client: Client, telegram: Telegram
) -> None:
    person = telegram.person()
    for number in range(5):
        person.writes(str(number))
    assert ids(await client.call("get_updates", offset=-2)) == [3, 4]
    assert ids(await client.call("get_updates")) == [3, 4]


async def test_a_poll_waits_until_something_is_done(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    polling = asyncio.create_task(client.call("get_updates", timeout=10))
    await telegram.wait_for(lambda: telegram.updates.polling)
    began = time.monotonic()
    person.writes("Hello")
    assert ids(await polling) == [0]
    assert time.monotonic() - began < 8
    assert not telegram.updates.polling


async def test_a_poll_ends_with_nothing_after_its_time(client: Client, telegram: Telegram) -> None:
    began = time.monotonic()
    assert await client.call("get_updates", timeout=1) == []
    assert 0.9 < time.monotonic() - began < 9
    assert await client.call("get_updates") == []


async def test_the_earlier_of_two_polls_is_cut_off(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    earlier = asyncio.create_task(client.call("get_updates", timeout=10))
    await telegram.wait_for(lambda: telegram.updates.polling)
    async with talking("aiogram", telegram.root, telegram.token) as rival:
        later = asyncio.create_task(rival.call("get_updates", timeout=10))
        with pytest.raises(client.troubles["conflict"]) as refused:
            await earlier
        assert "terminated by other getUpdates request" in str(refused.value)
        person.writes("Hello")
        assert ids(await later) == [0]


async def test_a_client_that_has_gone_polls_no_more(client: Client, telegram: Telegram) -> None:
    polling = asyncio.create_task(client.call("get_updates", timeout=10))
    await telegram.wait_for(lambda: telegram.updates.polling)
    polling.cancel()
    await telegram.wait_for(lambda: not telegram.updates.polling)


async def test_the_kinds_a_bot_named_are_remembered(client: Client, telegram: Telegram) -> None:
    person = telegram.person()
    said = person.writes("Hello")
    person.reacts(said, "👍")
    assert kinds(await client.call("get_updates")) == ["message"]
    await client.call("get_updates", offset=FIRST + 1, allowed_updates=["message_reaction"])
    person.writes("Unheard")
    person.reacts(said, "👎")
    assert kinds(await client.call("get_updates")) == ["message_reaction"]
    person.reacts(said, "👍")
    assert kinds(await client.call("get_updates")) == ["message_reaction"] * 2
    await client.call("get_updates", offset=-1, allowed_updates=[])
    person.writes("Heard")
    person.reacts(said, "👍")
    assert kinds(await client.call("get_updates")) == ["message_reaction", "message"]


async def test_an_update_is_told_again_though_it_was_confirmed(
    client: Client, telegram: Telegram
) -> None:
    person = telegram.person()
    person.writes("One")
    person.writes("Two")
    await client.call("get_updates", offset=FIRST + 1)
    telegram.updates.repeat(FIRST)
    assert ids(await client.call("get_updates", offset=FIRST + 1)) == [0, 1]
    assert ids(await client.call("get_updates", offset=FIRST + 1)) == [1]


async def test_updates_are_held_back_and_turned_about(client: Client, telegram: Telegram) -> None:
    one, other = telegram.person(), telegram.person()
    with telegram.updates.held():
        one.writes("First")
        other.writes("Second")
        assert await client.call("get_updates") == []
    telegram.updates.arrange = lambda batch: batch[::-1]
    assert ids(await client.call("get_updates")) == [1, 0]


async def test_a_press_shows_the_message_as_it_reads_now(
    client: Client, telegram: Telegram
) -> None:
    person = telegram.person()
    person.starts()
    yes = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await client.call("send_message", chat_id=person.id, text="One", reply_markup=yes)
    where = {"chat_id": person.id, "message_id": sent["message_id"]}
    await client.call("edit_message_text", text="Two", **where)
    with pytest.raises(LookupError):
        person.presses(person.last, "Yes")
    person.sends_press(person.last, "y")
    stale = (await client.call("get_updates", offset=-1))[0]["callback_query"]
    assert (stale["data"], stale["message"]["text"]) == ("y", "Two")
    assert "reply_markup" not in stale["message"]
