"""What people do in the fake, in the shapes in which Slack tells of it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.kit import home, words
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]


@pytest.fixture
def person(workspace: Workspace) -> Person:
    return workspace.person("Robin")


def told(slack: Slack) -> list[Json]:
    """The events that are on their way, without their wrapping."""
    return [parcel.body["event"] for parcel in slack.pending if "event" in parcel.body]


def kinds(slack: Slack) -> list[str]:
    return [str(event.get("subtype", event["type"])) for event in told(slack)]


async def test_a_message_is_escaped_as_slack_does(slack: Slack, person: Person) -> None:
    message = person.writes("Tea & <cake> 🙂 https://example.org/a?b=1&c=2")
    (event,) = told(slack)
    assert event["text"] == (
        "Tea &amp; &lt;cake&gt; :slightly_smiling_face: <https://example.org/a?b=1&amp;c=2>"
    )
    pieces = event["blocks"][0]["elements"][0]["elements"]
    assert [piece["type"] for piece in pieces] == ["text", "emoji", "text", "link"]
    assert pieces[3]["url"] == "https://example.org/a?b=1&c=2"
    assert message.text == "Tea & <cake> 🙂 https://example.org/a?b=1&c=2"
    assert (event["channel_type"], event["user"]) == ("im", person.id)
    assert event["event_ts"] == event["ts"]
    assert "bot_id" not in event


async def test_an_edit_tells_what_stood_before(slack: Slack, person: Person) -> None:
    message = person.writes("One")
    person.edits(message, "Two")
    (_, event) = told(slack)
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["message"]["text"], event["previous_message"]["text"]) == ("Two", "One")
    assert event["message"]["ts"] == message.ts != event["ts"]
    assert event["message"]["edited"]["user"] == person.id
    assert event["channel"] == person.channel.id


async def test_a_deletion_tells_what_stood_there(slack: Slack, person: Person) -> None:
    message = person.writes("One")
    person.deletes(message)
    (_, event) = told(slack)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", message.ts)
    assert event["previous_message"]["text"] == "One"
    assert person.channel.transcript == []


async def test_people_change_their_own_messages_alone(
    slack: Slack, workspace: Workspace, person: Person
) -> None:
    message = person.writes("Mine")
    with pytest.raises(LookupError):
        workspace.person("Wren").edits(message, "Ours")


async def test_a_reply_stands_in_its_thread(slack: Slack, person: Person) -> None:
    message = person.writes("One")
    person.writes("Two", thread=message)
    (_, event) = told(slack)
    assert (event["thread_ts"], event["parent_user_id"]) == (message.ts, person.id)


async def test_a_reaction_is_told_and_taken_back(slack: Slack, person: Person) -> None:
    message = person.writes("One")
    person.reacts(message, "eyes")
    person.unreacts(message, "eyes")
    (_, added, removed) = told(slack)
    assert (added["type"], added["reaction"], added["item"]["ts"]) == (
        "reaction_added",
        "eyes",
        message.ts,
    )
    assert removed["type"] == "reaction_removed"


async def test_the_home_tab_that_is_opened_is_told(
    slack: Slack, client: AsyncWebClient, person: Person
) -> None:
    person.opens_home("messages")
    person.opens_home()
    await client.views_publish(user_id=person.id, view=home(words("Hello")))
    person.opens_home()
    assert [event["tab"] for event in told(slack)] == ["messages", "home", "home"]
    assert ["view" in event for event in told(slack)] == [False, False, True]
    assert all(event["type"] == "app_home_opened" for event in told(slack))


async def test_a_profile_that_changes_is_told(slack: Slack, person: Person) -> None:
    person.changes_profile(tz="Pacific/Auckland", locale="mi-NZ", name="Robin Reed")
    (event,) = told(slack)
    assert (event["type"], event["user"]["id"]) == ("user_change", person.id)
    assert (event["user"]["tz"], event["user"]["tz_offset"]) == ("Pacific/Auckland", 46_800)
    assert (event["user"]["locale"], event["user"]["real_name"]) == ("mi-NZ", "Robin Reed")


async def test_a_deactivated_person_is_told_of(slack: Slack, person: Person) -> None:
    person.is_deactivated()
    person.comes_back()
    assert [event["user"]["deleted"] for event in told(slack)] == [True, False]
    assert "tz" not in told(slack)[0]["user"]


async def test_whoever_is_new_is_told_of(
    slack: Slack, workspace: Workspace, person: Person
) -> None:
    workspace.joins(person)
    assert kinds(slack) == ["team_join"]


async def test_in_a_channel_the_bot_hears_only_where_it_is(
    slack: Slack, workspace: Workspace, person: Person
) -> None:
    room = workspace.channel("learning", person)
    person.writes("Before", channel=room)
    person.mentions_bot(room, "before")
    assert told(slack) == []
    person.invites_bot(room)
    (event,) = told(slack)
    assert (event["user"], event["inviter"]) == (workspace.bot.id, person.id)
    person.mentions_bot(room, "hello")
    assert kinds(slack) == ["member_joined_channel", "message", "app_mention"]
    assert told(slack)[2]["text"] == f"<@{workspace.bot.id}> hello"
    assert told(slack)[1]["channel_type"] == "channel"


async def test_the_bot_hears_its_own_messages(
    slack: Slack, workspace: Workspace, client: AsyncWebClient, person: Person
) -> None:
    sent = await client.chat_postMessage(channel=person.id, text="Hello")
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="Changed")
    await client.chat_delete(channel=sent["channel"], ts=sent["ts"])
    assert kinds(slack) == ["message", "message_changed", "message_deleted"]
    (first, second, _) = told(slack)
    assert (first["bot_id"], first["user"]) == (workspace.team.bot_id, workspace.bot.id)
    assert second["message"]["bot_id"] == workspace.team.bot_id


async def test_an_unfurl_looks_like_an_edit_of_the_same_text(
    slack: Slack, workspace: Workspace, person: Person
) -> None:
    message = person.writes("https://example.org")
    workspace.unfurls(message, "https://example.org")
    (_, event) = told(slack)
    assert event["subtype"] == "message_changed"
    assert event["message"]["text"] == event["previous_message"]["text"]
    assert "edited" not in event["message"]
    assert event["message"]["attachments"]


async def test_another_integration_has_no_user(
    slack: Slack, workspace: Workspace, person: Person
) -> None:
    room = workspace.channel("learning", person, bot=True)
    workspace.integration_says(room, "Rain at noon")
    (event,) = told(slack)
    assert (event["subtype"], event["bot_id"]) == ("bot_message", "B0WEATHER1")
    assert "user" not in event


async def test_what_the_app_did_not_subscribe_to_or_may_not_have_is_not_told(
    slack: Slack, workspace: Workspace, person: Person
) -> None:
    slack.subscribed.discard("user_change")
    person.changes_profile(name="Robin Reed")
    workspace.team.scopes.discard("im:history")
    person.writes("Hello")
    assert slack.pending == []


async def test_an_app_that_is_removed_hears_so_and_nothing_more(
    slack: Slack, workspace: Workspace, person: Person
) -> None:
    workspace.uninstalls()
    person.writes("Hello")
    assert kinds(slack) == ["tokens_revoked", "app_uninstalled"]
    assert told(slack)[0]["tokens"] == {"oauth": [], "bot": [workspace.bot.id]}


async def test_a_clock_may_be_set(slack: Slack, person: Person) -> None:
    at = slack.clock()
    slack.clock = lambda: at
    one, two = person.writes("One"), person.writes("Two")
    assert one.ts < two.ts
    assert one.ts.split(".")[0] == str(int(at.timestamp()))
