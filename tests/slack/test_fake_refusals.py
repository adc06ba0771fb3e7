"""What the fake refuses, in Slack's words: tokens, scopes, places, texts, forms."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.kit import refusal, refused
from tests.fakes.slack.records import Channel
from tests.fakes.slack.server import METHODS, Slack
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]


async def test_a_token_is_wanted_and_must_be_known(slack: Slack, workspace: Workspace) -> None:
    for token, error in (("", "not_authed"), ("xoxb-other", "invalid_auth")):
        client = AsyncWebClient(token=token, base_url=slack.root)
        assert await refused(client.auth_test()) == error


async def test_a_revoked_token_says_so_and_a_removed_app_is_inactive(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    assert (await client.auth_revoke(test=True))["revoked"] is False
    assert (await client.auth_revoke())["revoked"] is True
    assert await refused(client.auth_test()) == "token_revoked"
    workspace.installs()
    assert await refused(client.auth_test()) == "token_revoked"
    again = AsyncWebClient(token=workspace.token, base_url=slack.root)
    await again.auth_test()
    wrong = again.apps_uninstall(client_id=slack.client_id, client_secret="x")
    assert await refused(wrong) == "bad_client_secret"
    slack.limits.on = False
    await again.apps_uninstall(client_id=slack.client_id, client_secret=slack.client_secret)
    assert await refused(again.auth_test()) == "account_inactive"


async def test_a_scope_that_was_not_granted_is_named(slack: Slack) -> None:
    workspace = slack.workspace(scopes={"users:read"})
    client = AsyncWebClient(token=workspace.token, base_url=slack.root)
    told = await refusal(client.chat_postMessage(channel="U1", text="x"))
    assert (told["error"], told["needed"], told["provided"]) == (
        "missing_scope",
        "chat:write",
        "users:read",
    )


async def test_every_method_but_the_views_and_auth_wants_a_scope() -> None:
    free = {name for name, method in METHODS.items() if not method.scopes}
    assert free == {
        "auth.test",
        "auth.revoke",
        "apps.uninstall",
        "views.open",
        "views.push",
        "views.update",
        "views.publish",
    }


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    assert await refused(client.api_call("chat.shout")) == "unknown_method"


async def test_a_message_needs_words_and_not_too_many(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    person = workspace.person()
    where = person.channel.id
    blank = client.api_call("chat.postMessage", json={"channel": where, "text": " "})
    assert await refused(blank) == "no_text"
    await client.chat_postMessage(channel=where, text="x" * 40_000)
    long = client.chat_postMessage(channel=where, text="x" * 40_001)
    assert await refused(long) == "msg_too_long"
    odd = {"channel": where, "timestamp": person.last.ts, "name": ["eyes"]}
    assert await refused(client.api_call("reactions.add", json=odd)) == "invalid_arguments"
    none = await refusal(client.api_call("chat.postMessage", json={"text": "x"}))
    assert none["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_a_thread_is_named_by_its_first_message(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    slack.limits.on = False
    person = workspace.person()
    message = person.writes("One")
    sent = await client.chat_postMessage(channel=person.id, text="Two", thread_ts=message.ts)
    assert sent["message"]["thread_ts"] == message.ts
    await client.chat_postMessage(channel=person.id, text="Three", thread_ts=sent["ts"])
    assert person.last.thread_ts == message.ts
    for ts, error in (("0", "invalid_thread_ts"), ("1700000000.000001", "thread_not_found")):
        told = client.chat_postMessage(channel=person.id, text="x", thread_ts=ts)
        assert await refused(told) == error


async def posts(client: AsyncWebClient, channel: Channel | str) -> str:
    """With which error a message is refused there."""
    name = channel if isinstance(channel, str) else channel.id
    return await refused(client.chat_postMessage(channel=name, text="x"))


async def test_some_places_are_closed_to_the_bot(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    robin = workspace.person()
    assert await posts(client, "C404") == "channel_not_found"
    assert await posts(client, "U404") == "channel_not_found"
    assert await posts(client, workspace.bot.id) == "cannot_dm_bot"
    room = workspace.channel("learning", robin)
    assert await posts(client, room) == "not_in_channel"
    assert await posts(client, "#learning") == "not_in_channel"
    assert await posts(client, workspace.channel("secret", private=True)) == "channel_not_found"
    room.members.add(workspace.bot.id)
    await client.chat_postMessage(channel="#learning", text="x")
    room.archived = True
    assert await posts(client, room) == "is_archived"
    room.archived, room.refuses = False, "restricted_action"
    assert await posts(client, room) == "restricted_action"


async def test_some_people_cannot_be_written_to(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    robin = workspace.person()
    slack.messages_tab = False
    assert await posts(client, robin.id) == "messages_tab_disabled"
    slack.messages_tab = True
    robin.is_deactivated()
    assert await posts(client, robin.id) == "user_disabled"
    assert await posts(client, robin.channel) == "user_disabled"
    assert await refused(client.conversations_open(users=robin.id)) == "user_disabled"
    assert await refused(client.conversations_open(users="U404")) == "user_not_found"


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("application/json", "not json", "invalid_json"),
        ("application/json", "[1]", "json_not_object"),
        ("application/octet-stream", "x", "invalid_post_type"),
        ("application/x-www-form-urlencoded", "channel=C404&text=x", "channel_not_found"),
        ("application/json; charset=utf-8", json.dumps({"channel": "C404"}), "channel_not_found"),
    ],
)
async def test_a_body_is_a_form_or_json(
    slack: Slack, workspace: Workspace, kind: str, body: str, error: str
) -> None:
    headers = {"Content-Type": kind, "Authorization": f"Bearer {workspace.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.root}chat.postMessage", data=body, headers=headers) as answer,
    ):
        assert answer.status == 200
        assert (await answer.json())["error"] == error


async def test_blocks_come_as_text_in_a_form(slack: Slack, workspace: Workspace) -> None:
    person = workspace.person()
    form = {
        "token": workspace.token,
        "channel": person.id,
        "blocks": json.dumps([{"type": "header", "text": {"type": "plain_text", "text": "Hi"}}]),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.root}chat.postMessage", data=form) as answer,
    ):
        assert (await answer.json())["ok"]
    assert person.sees == ["Hi"]
