"""The fake's channels: who is told what, and only where scope and subscription allow."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.kit import refused
from tests.fakes.slack.people import Person
from tests.fakes.slack.records import Channel
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]


@pytest.fixture
def robin(workspace: Workspace) -> Person:
    return workspace.person("Robin")


@pytest.fixture
def alex(workspace: Workspace) -> Person:
    return workspace.person("Alex", guest=True)


def told(slack: Slack) -> list[Json]:
    return [parcel.body["event"] for parcel in slack.post.parcels]


def kinds(slack: Slack) -> list[str]:
    return [event["type"] for event in told(slack)]


def lives(robin: Person, alex: Person, channel: Channel) -> None:
    """All that can become of a channel."""
    robin.invites_bot(channel)
    alex.joins(channel)
    alex.leaves(channel)
    robin.renames(channel, "quay")
    robin.removes_bot(channel)
    robin.invites_bot(channel)
    robin.archives(channel)
    robin.unarchives(channel)
    robin.invites_bot(channel)
    robin.deletes_channel(channel)


async def test_the_life_of_a_public_channel_is_told(
    slack: Slack, workspace: Workspace, robin: Person, alex: Person
) -> None:
    lives(robin, alex, workspace.channel("harbour", robin))
    assert kinds(slack) == [
        "member_joined_channel",
        "member_joined_channel",
        "member_left_channel",
        "channel_rename",
        "channel_left",
        "member_joined_channel",
        "channel_archive",
        "channel_unarchive",
        "member_joined_channel",
        "channel_deleted",
    ]
    first, second, third, fourth, *_ = told(slack)
    assert (first["user"], first["inviter"]) == (workspace.bot.id, robin.id)
    assert (second["user"], "inviter" in second, third["user"]) == (alex.id, False, alex.id)
    assert fourth["channel"]["name"] == "quay"


async def test_of_a_private_channel_only_what_is_inside_is_told(
    slack: Slack, workspace: Workspace, robin: Person, alex: Person
) -> None:
    lives(robin, alex, workspace.channel("harbour", robin, private=True))
    assert kinds(slack) == [
        "member_joined_channel",
        "member_joined_channel",
        "member_left_channel",
        "group_rename",
        "group_left",
        "member_joined_channel",
        "group_archive",
        "member_joined_channel",
        "group_deleted",
    ]


@pytest.mark.parametrize("scope", ["channels:read", "groups:read"])
async def test_without_its_scope_nothing_of_a_channel_is_told(
    slack: Slack, workspace: Workspace, robin: Person, alex: Person, scope: str
) -> None:
    workspace.team.scopes.discard(scope)
    private = scope == "groups:read"
    lives(robin, alex, workspace.channel("harbour", robin, private=private))
    room = workspace.channel("quay", robin, private=private, bot=True)
    workspace.moves(room, "C0NEW0001")
    assert told(slack) == []


async def test_what_is_not_subscribed_to_is_not_told(
    slack: Slack, workspace: Workspace, robin: Person, alex: Person
) -> None:
    slack.subscribed -= {"member_joined_channel", "channel_archive"}
    lives(robin, alex, workspace.channel("harbour", robin))
    assert not slack.subscribed & {"member_joined_channel", "channel_archive"} & set(kinds(slack))
    assert "channel_rename" in kinds(slack)


async def test_where_the_bot_is_not_it_does_not_hear_who_goes(
    slack: Slack, workspace: Workspace, robin: Person, alex: Person
) -> None:
    room = workspace.channel("harbour", robin, alex)
    alex.leaves(room)
    assert told(slack) == []


async def test_a_channel_moves_with_all_that_was_said_in_it(
    slack: Slack, workspace: Workspace, robin: Person, client: AsyncWebClient
) -> None:
    room = workspace.channel("harbour", robin, bot=True)
    old = room.id
    await client.chat_postMessage(channel=old, text="Before")
    workspace.moves(room, "C0NEW0001")
    event = next(each for each in told(slack) if each["type"] == "channel_id_changed")
    assert (event["old_channel_id"], event["new_channel_id"]) == (old, "C0NEW0001")
    assert await refused(client.chat_postMessage(channel=old, text="x")) == "channel_not_found"
    await client.chat_postMessage(channel="C0NEW0001", text="After")
    assert room.texts == ["Before", "After"]


async def test_replies_stand_in_a_thread_and_not_in_the_channel(
    workspace: Workspace, robin: Person, client: AsyncWebClient
) -> None:
    room = workspace.channel("harbour", robin, bot=True)
    await client.chat_postMessage(channel=room.id, text="Root")
    (root,) = room.feed
    await client.chat_postMessage(channel=room.id, text="One", thread_ts=root.ts)
    robin.writes("Two", channel=room, thread=root)
    assert [each.text for each in room.thread(root)] == ["One", "Two"]
    assert room.feed == [root]


async def test_only_who_is_in_a_channel_can_press_there(
    workspace: Workspace, robin: Person, alex: Person, client: AsyncWebClient
) -> None:
    room = workspace.channel("harbour", robin, bot=True)
    button = {
        "type": "button",
        "action_id": "a",
        "text": {"type": "plain_text", "text": "Join"},
    }
    blocks = [{"type": "actions", "elements": [button]}]
    await client.chat_postMessage(channel=room.id, text="Join", blocks=blocks)
    with pytest.raises(LookupError):
        alex.presses(room.from_bot[-1], "Join")
    alex.joins(room)
    press = alex.presses(room.from_bot[-1], "Join")
    assert press.body["user"]["id"] == alex.id
    assert press.body["container"]["channel_id"] == room.id


async def test_a_guest_is_a_person_and_another_bot_is_none(
    workspace: Workspace, alex: Person, client: AsyncWebClient
) -> None:
    guest = (await client.users_info(user=alex.id))["user"]
    assert (guest["is_restricted"], guest["is_bot"]) == (True, False)
    other = workspace.another_bot()
    assert (await client.users_info(user=other.id))["user"]["is_bot"]
    assert await refused(client.chat_postMessage(channel=other.id, text="x")) == "cannot_dm_bot"


async def test_each_kind_of_conversation_is_seen_with_a_scope_of_its_own(
    workspace: Workspace, robin: Person, client: AsyncWebClient
) -> None:
    public = workspace.channel("harbour", robin, bot=True)
    private = workspace.channel("cellar", robin, bot=True, private=True)
    workspace.team.scopes -= {"groups:read"}
    assert await refused(client.conversations_info(channel=private.id)) == "missing_scope"
    assert (await client.conversations_info(channel=public.id))["channel"]["name"] == "harbour"
    workspace.team.scopes |= {"groups:read"}
    assert (await client.conversations_info(channel=private.id))["channel"]["name"] == "cellar"
