"""The fake Slack: what the bot says and looks up, through Slack's own client."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.kit import buttons, refused, words
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]


async def test_the_bot_knows_itself(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    me = await client.auth_test()
    assert (me["user_id"], me["team_id"]) == (workspace.bot.id, workspace.id)
    assert me["bot_id"] == workspace.team.bot_id


async def test_a_message_comes_with_its_buttons(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    sent = await client.chat_postMessage(
        channel=person.id,
        text="Hello &amp; welcome",
        blocks=[words("*Hello* &amp; welcome"), buttons("Yes", "No")],
    )
    assert sent["channel"] == person.channel.id
    assert sent["message"]["bot_id"] == workspace.team.bot_id
    assert all(block["block_id"] for block in sent["message"]["blocks"])
    assert person.sees == ["Hello & welcome"]
    assert person.last.labels == ["Yes", "No"]
    assert person.last.fallback == "Hello &amp; welcome"
    assert person.last.styled == ["Hello"]
    (accepted,) = slack.accepted
    assert (accepted.method, accepted.id) == ("chat.postMessage", sent["ts"])
    assert slack.requests[-1][0] == "chat.postMessage"


async def test_a_message_is_changed_where_it_stands(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    blocks = [words("One"), buttons("Yes")]
    sent = await client.chat_postMessage(channel=person.channel.id, text="One", blocks=blocks)
    where: Json = {"channel": sent["channel"], "ts": sent["ts"]}
    await client.chat_update(**where, text="Two")
    assert (person.last.text, person.last.fallback) == ("One", "Two")
    await client.chat_update(**where, text="Three", blocks=[])
    assert (person.last.text, person.last.labels) == ("Three", [])
    assert person.last.edited
    assert person.last.edits == ["One", "One"]
    await client.chat_delete(**where)
    assert person.sees == []
    assert await refused(client.chat_update(**where, text="Four")) == ("message_not_found")


async def test_only_its_own_messages_are_the_bots_to_change(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    written = person.writes("Mine")
    where: Json = {"channel": person.channel.id, "ts": written.ts}
    assert await refused(client.chat_update(**where, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(**where)) == "cant_delete_message"
    where["channel"] = person.id
    assert await refused(client.chat_update(**where, text="x")) == "channel_not_found"


async def test_a_reaction_is_added_and_taken_back_once(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    message = person.writes("Hello")
    where: Json = {"channel": person.channel.id, "timestamp": message.ts, "name": "eyes"}
    await client.reactions_add(**where)
    assert message.reactions == {"eyes": [workspace.bot.id]}
    assert await refused(client.reactions_add(**where)) == "already_reacted"
    await client.reactions_remove(**where)
    assert await refused(client.reactions_remove(**where)) == "no_reaction"
    assert await refused(client.reactions_add(**(where | {"timestamp": "1.2"}))) == (
        "message_not_found"
    )


async def test_whispers_are_for_one_person(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    robin, wren = workspace.person("Robin"), workspace.person("Wren")
    room = workspace.channel("learning", robin, bot=True)
    await client.chat_postEphemeral(channel=room.id, user=robin.id, text="Only you")
    assert [message.text for message in robin.whispers] == ["Only you"]
    assert wren.whispers == []
    told = await refused(client.chat_postEphemeral(channel=room.id, user=wren.id, text="x"))
    assert told == "user_not_in_channel"


async def test_the_zone_and_language_of_a_person_can_be_asked_for(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person("Robin", tz="America/New_York", locale="fr-FR")
    found = (await client.users_info(user=person.id))["user"]
    assert (found["tz"], found["tz_offset"]) == ("America/New_York", -18000)
    assert found["tz_label"] == "Eastern Standard Time"
    assert "locale" not in found
    found = (await client.users_info(user=person.id, include_locale=True))["user"]
    assert (found["locale"], found["is_bot"], found["deleted"]) == ("fr-FR", False, False)
    assert (await client.users_info(user=workspace.bot.id))["user"]["is_bot"]
    assert await refused(client.users_info(user="U404")) == "user_not_found"


async def test_a_conversation_is_opened_and_looked_up(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    opened = await client.conversations_open(users=person.id)
    assert opened["channel"]["id"] == person.channel.id
    found = await client.conversations_info(channel=person.channel.id)
    assert (found["channel"]["is_im"], found["channel"]["user"]) == (True, person.id)
    room = workspace.channel("learning", person)
    assert not (await client.conversations_info(channel=room.id))["channel"]["is_member"]
    hidden = workspace.channel("private", person, private=True)
    told = await refused(client.conversations_info(channel=hidden.id))
    assert told == "channel_not_found"


async def test_two_workspaces_may_hold_the_same_person_id(slack: Slack) -> None:
    here, there = slack.workspace("T1"), slack.workspace("T2", "Elsewhere")
    robin = here.person("Robin", id="U0SAME")
    wren = there.person("Wren", id="U0SAME")
    for workspace, text in ((here, "Hello here"), (there, "Hello there")):
        client = AsyncWebClient(token=workspace.token, base_url=slack.root)
        await client.chat_postMessage(channel="U0SAME", text=text)
    assert (robin.sees, wren.sees) == (["Hello here"], ["Hello there"])
    assert [accepted.team for accepted in slack.accepted] == ["T1", "T2"]
    client = AsyncWebClient(token=there.token, base_url=slack.root)
    told = await refused(client.chat_postMessage(channel=robin.channel.id, text="x"))
    assert told == "channel_not_found"


async def test_a_message_is_followed_by_hooks(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person, seen = workspace.person(), []
    slack.on_request = lambda method, params: seen.append((method, params["text"]))
    slack.on_accept = lambda accepted: seen.append((accepted.method, accepted.text))
    await client.chat_postMessage(channel=person.id, text="Hello")
    assert seen == [("chat.postMessage", "Hello"), ("chat.postMessage", "Hello")]
