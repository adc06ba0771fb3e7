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
    topic = group.new_topic("Beds")
    group.says(group.members[0], "/start", thread=topic)
    (*_, made, told) = await client.call("get_updates")
    assert made["message"]["forum_topic_created"]["name"] == "Beds"
    for message in (made["message"], told["message"]):
        assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
        assert message["chat"]["is_forum"]
    where = {"chat_id": group.id, "message_thread_id": topic}
    sent = await client.call("send_message", text="Hello", **where)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
    answered = await client.call(
        "send_message",
        chat_id=group.id,
        text="Hello again",
        reply_parameters={"message_id": sent["message_id"]},
    )
    assert answered["message_thread_id"] == topic


async def test_what_goes_to_a_topic_that_is_not_there_is_refused(
    client: Client, telegram: Telegram
) -> None:
    group = joined(telegram, supergroup=True)
    topic = group.new_topic("Beds")
    group.deletes_topic(topic)
    where: Json = {"chat_id": group.id, "message_thread_id": topic}
    for method, said in (("message", {"text": "x"}), ("chat_action", {"action": "typing"})):
        with pytest.raises(client.troubles["bad"]) as refused:
            await client.call(f"send_{method}", **(where | said))
        assert "message thread not found" in str(refused.value).lower()
    with pytest.raises(LookupError):
        group.says(group.members[0], "/start", thread=topic)
    with pytest.raises(LookupError):
        joined(telegram).new_topic("Only a supergroup has topics")


async def test_replies_in_a_supergroup_are_a_thread_and_no_topic(
    client: Client, telegram: Telegram
) -> None:
    group = joined(telegram, supergroup=True)
    sent = await client.call("send_message", chat_id=group.id, text="How was it?")
    first = group.says(group.members[0], "Fine", reply_to=group.last)
    group.says(group.members[1], "/start", reply_to=first)
    (*_, one, two) = await client.call("get_updates")
    for told in (one["message"], two["message"]):
        assert told["message_thread_id"] == sent["message_id"]
        assert "is_topic_message" not in told


async def test_a_reply_to_what_is_gone_is_said_when_that_is_allowed(
    client: Client, telegram: Telegram
) -> None:
    group = joined(telegram)
    gone = {"message_id": 99}
    with pytest.raises(client.troubles["bad"]) as refused:
        await client.call("send_message", chat_id=group.id, text="x", reply_parameters=gone)
    assert "message to be replied not found" in str(refused.value).lower()
    kind = gone | {"allow_sending_without_reply": True}
    sent = await client.call("send_message", chat_id=group.id, text="x", reply_parameters=kind)
    assert "reply_to_message" not in sent


async def test_a_bot_that_administers_a_group_is_told_who_goes(
    client: Client, telegram: Telegram
) -> None:
    group = joined(telegram)
    ada, ben = group.members
    cleo = telegram.person("Cleo")
    await client.call("get_updates", allowed_updates=["message", "chat_member"])
    group.adds(cleo, by=ada)
    group.loses(ben)
    group.promotes_bot()
    group.loses(cleo, by=ada)
    told = await client.call("get_updates")
    left = [
        one["message"]["left_chat_member"]["first_name"]
        for one in told
        if "left_chat_member" in one.get("message", {})
    ]
    assert left == ["Ben", "Cleo"]
    (change,) = [one["chat_member"] for one in told if "chat_member" in one]
    assert change["from"]["first_name"] == "Ada"
    assert change["new_chat_member"]["user"]["first_name"] == "Cleo"
    assert change["new_chat_member"]["status"] == "kicked"
    with pytest.raises(LookupError):
        group.says(ben, "I am still here")
    group.says(ada, "Hello all")
    assert await heard(client) == ["Hello all"]


async def test_a_bot_may_ask_who_is_in_a_group(client: Client, telegram: Telegram) -> None:
    ada, ben, cleo, dev = (telegram.person(name) for name in ("Ada", "Ben", "Cleo", "Dev"))
    group = telegram.group("Friends", ada, ben, cleo, dev, supergroup=True)
    group.adds_bot()
    zoe = telegram.person("Zoe")
    zoe.starts()

    async def stands(who: int) -> str:
        told = await client.call("get_chat_member", chat_id=group.id, user_id=who)
        return f"{told['status']} {told['is_member']}" if "is_member" in told else told["status"]

    async def refused(who: int) -> str:
        with pytest.raises(client.troubles["bad"]) as why:
            await stands(who)
        return str(why.value).casefold()

    group.restricts(dev)
    everyone = (ada, ben, dev, zoe)
    assert [await stands(each.id) for each in everyone] == [
        "creator",
        "member",
        "restricted True",
        "left",
    ]
    group.loses(dev)
    group.loses(ben)
    group.loses(cleo, by=ada)
    assert [await stands(each.id) for each in (ben, cleo, dev)] == [
        "left",
        "kicked",
        "restricted False",
    ]
    group.adds(ben)
    assert await stands(ben.id) == "member"
    assert "user not found" in await refused(telegram.person("Never").id)
    assert "invalid user_id" in await refused(0)
    group.hides_members = True
    assert "chat_admin_required" in await refused(ben.id)
    group.promotes_bot()
    assert [await stands(each) for each in (ben.id, telegram.me.id)] == ["member", "administrator"]
    group.removes_bot()
    with pytest.raises(client.troubles["forbidden"]):
        await stands(ben.id)


async def test_a_new_title_is_told_and_kept(client: Client, telegram: Telegram) -> None:
    group = joined(telegram)
    group.retitles("Better friends")
    (*_, told) = await client.call("get_updates")
    assert (
        told["message"]["new_chat_title"] == told["message"]["chat"]["title"] == "Better friends"
    )


async def test_other_bots_are_in_a_group_and_not_heard(client: Client, telegram: Telegram) -> None:
    telegram.privacy = False
    group = joined(telegram)
    other = group.adds_other_bot("Quiz")
    group.bot_says(other, "@skerry_bot hello")
    group.loses_bot(other)
    assert await heard(client) == []
    (*_, came, went) = await client.call("get_updates")
    assert came["message"]["new_chat_members"][0]["username"] == "quiz_bot"
    assert went["message"]["left_chat_member"]["is_bot"]
    assert group.sees == []
    with pytest.raises(LookupError):
        group.bot_says(other, "Hello?")


async def test_who_administers_a_group_may_speak_in_its_name(
    client: Client, telegram: Telegram
) -> None:
    group = joined(telegram)
    group.says_unnamed("/start")
    (*_, told) = await client.call("get_updates")
    assert told["message"]["from"]["username"] == "GroupAnonymousBot"
    assert told["message"]["sender_chat"]["id"] == group.id


async def test_only_a_member_presses_and_only_what_stands_there(
    client: Client, telegram: Telegram
) -> None:
    group, elsewhere = joined(telegram), joined(telegram)
    await client.call("send_message", chat_id=group.id, text="Well?", reply_markup=YES)
    ada, ben = group.members
    group.presses(ada, group.last, "Yes")
    group.loses(ben)
    with pytest.raises(LookupError):
        group.presses(ben, group.last, "Yes")
    with pytest.raises(LookupError):
        elsewhere.presses(elsewhere.members[0], group.last, "Yes")
    told = await client.call("get_updates")
    assert [one["callback_query"]["from"]["id"] for one in told if "callback_query" in one] == [
        ada.id
    ]


async def test_an_address_of_ours_opens_the_private_chat_with_what_it_brings(
    client: Client, telegram: Telegram
) -> None:
    group = joined(telegram)
    rows = [
        [{"text": "Answer", "url": "https://t.me/skerry_bot?start=circle_7-B"}],
        [{"text": "Elsewhere", "url": "https://t.me/other_bot?start=x"}],
        [{"text": "Yes", "callback_data": "y"}],
    ]
    markup = {"inline_keyboard": rows}
    await client.call("send_message", chat_id=group.id, text="Well?", reply_markup=markup)
    ada = group.members[0]
    ada.opens(group.last, "Answer")
    (*_, told) = await client.call("get_updates")
    assert (told["message"]["chat"]["id"], told["message"]["text"]) == (
        ada.id,
        "/start circle_7-B",
    )
    assert ada.chat.open
    for button in ("Elsewhere", "Yes", "No such button"):
        with pytest.raises(LookupError):
            ada.opens(group.last, button)


async def test_a_member_is_a_stranger_until_they_write(client: Client, telegram: Telegram) -> None:
    group = joined(telegram)
    with pytest.raises(client.troubles["forbidden"]) as refused:
        await client.call("send_message", chat_id=group.members[0].id, text="Psst")
    assert "can't initiate conversation" in str(refused.value)
