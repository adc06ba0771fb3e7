"""Groups in the fake Telegram: what the bot hears, how they come, go and move."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.telegram.clients import Client
from tests.fakes.telegram.groups import Group
from tests.fakes.telegram.server import Telegram

Json = dict[str, Any]

YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


def joined(telegram: Telegram, *, supergroup: bool = False) -> Group:
    """A group of two, with the bot."""
    group = telegram.group(
        "Friends", telegram.person("Ada"), telegram.person("Ben"), supergroup=supergroup
    )
    group.adds_bot()
    return group


async def heard(client: Client) -> list[str]:
    told = await client.call("get_updates")
    return [one["message"]["text"] for one in told if "text" in one.get("message", {})]


async def test_the_bot_is_told_when_it_comes_and_goes(client: Client, telegram: Telegram) -> None:
    group = joined(telegram)
    group.removes_bot()
    told = await client.call("get_updates")
    members = [one["my_chat_member"] for one in told if "my_chat_member" in one]
    assert [one["new_chat_member"]["status"] for one in members] == ["member", "kicked"]
    assert members[0]["chat"]["title"] == "Friends"
    services = [one["message"] for one in told if "message" in one]
    assert services[0]["new_chat_members"][0]["id"] == telegram.me.id
    assert services[1]["left_chat_member"]["id"] == telegram.me.id


@pytest.mark.parametrize(
    ("text", "hears"),
    [
        ("Hello all", False),
        ("/stop", True),
        ("/stop@skerry_bot now", True),
        ("/stop@other_bot", False),
        ("Please /stop", False),
        ("Hey @skerry_bot, how are you?", True),
        ("Hey @skerry_bots", False),
        ("Hey @other_bot", False),
    ],
)
async def test_privacy_lets_through_what_is_meant_for_the_bot(
    client: Client, telegram: Telegram, text: str, *, hears: bool
) -> None:
    group = joined(telegram)
    said = group.says(group.members[0], text)
    assert await heard(client) == [text] * hears
    assert group.chat.transcript[-1] is said


async def test_an_answer_to_the_bot_is_heard(client: Client, telegram: Telegram) -> None:
    group = joined(telegram)
    ada, ben = group.members
    await client.call("send_message", chat_id=group.id, text="How was it?")
    group.says(ada, "Fine", reply_to=group.last)
    group.says(ben, "Oh", reply_to=group.says(ada, "Is it?"))
    assert await heard(client) == ["Fine"]


async def test_without_privacy_everything_is_heard(client: Client, telegram: Telegram) -> None:
    telegram.privacy = False
    group = joined(telegram)
    group.says(group.members[0], "Hello all")
    assert await heard(client) == ["Hello all"]


async def test_a_bot_that_was_removed_hears_and_says_nothing(
    client: Client, telegram: Telegram
) -> None:
    group = joined(telegram, supergroup=True)
    group.removes_bot()
    group.says(group.members[0], "/stop")
    assert await heard(client) == []
    with pytest.raises(client.troubles["forbidden"]) as refused:
        await client.call("send_message", chat_id=group.id, text="Hello")
    assert "bot was kicked from the supergroup chat" in str(refused.value)


async def test_anybody_in_a_group_can_press(client: Client, telegram: Telegram) -> None:
    group = joined(telegram)
    await client.call("send_message", chat_id=group.id, text="Well?", reply_markup=YES)
    for person in group.members:
        person.presses(group.last, "Yes")
    told = await client.call("get_updates", offset=-2)
    assert [one["callback_query"]["from"]["first_name"] for one in told] == ["Ada", "Ben"]
    assert {one["callback_query"]["message"]["chat"]["id"] for one in told} == {group.id}


async def test_a_group_moves_and_its_old_id_says_where(client: Client, telegram: Telegram) -> None:
    group = joined(telegram)
    old = group.id
    new = group.migrates()
    assert group.id == new < -(2**32)
    with pytest.raises(client.troubles["migrated"]) as refused:
        await client.call("send_message", chat_id=old, text="Hello")
    assert getattr(refused.value, "new_chat_id", None) or str(new) in str(refused.value)
    sent = await client.call("send_message", chat_id=new, text="Here we are")
    assert sent["chat"]["type"] == "supergroup"
    moves = [one["message"] for one in await client.call("get_updates") if "message" in one][-2:]
    assert (moves[0]["chat"]["id"], moves[0]["migrate_to_chat_id"]) == (old, new)
    assert (moves[1]["chat"]["id"], moves[1]["migrate_from_chat_id"]) == (new, old)


async def test_a_topic_is_told_and_kept(client: Client, telegram: Telegram) -> None:
    group = joined(telegram, supergroup=True)
    group.says(group.members[0], "/start", thread=7)
    (_, _, told) = await client.call("get_updates")
    assert told["message"]["message_thread_id"] == 7
    sent = await client.call("send_message", chat_id=group.id, text="Hello", message_thread_id=7)
    assert sent["message_thread_id"] == 7


async def test_a_member_is_a_stranger_until_they_write(client: Client, telegram: Telegram) -> None:
    group = joined(telegram)
    with pytest.raises(client.troubles["forbidden"]) as refused:
        await client.call("send_message", chat_id=group.members[0].id, text="Psst")
    assert "can't initiate conversation" in str(refused.value)
