"""What a person sees of a message, and which mentions in it are live."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.kit import actions, button, menu, rich, words
from tests.fakes.slack.seen import blocks_seen, labels, text_seen
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("text", "seen", "mentions"),
    [
        ("Tea &amp; cake &lt;3", "Tea & cake <3", []),
        ("*bold* _it_ ~no~ `code` 2*3*4", "bold it no code 2*3*4", []),
        ("See <https://x.org|the page>", "See the page", []),
        ("See <https://x.org/?a=1&amp;b=2>", "See https://x.org/?a=1&b=2", []),
        ("<!channel> hello", "@channel hello", ["<!channel>"]),
        ("<!here|here> hello", "here hello", ["<!here>"]),
        ("<@U1> and <#C1|general>", "@U1 and general", ["<@U1>", "<#C1>"]),
        ("<!subteam^S1>", "@subteam^S1", ["<!subteam^S1>"]),
        ("<!date^1700000000^{date}|then>", "then", []),
        ("&lt;!channel&gt; @channel", "<!channel> @channel", []),
        ("What is < not escaped > is lost", "What is  not escaped  is lost", []),
    ],
)
def test_a_text_is_read_as_slack_shows_it(text: str, seen: str, mentions: list[str]) -> None:
    found = text_seen(text)
    assert (found.text, found.mentions) == (seen, mentions)


def test_names_become_mentions_where_that_is_asked_for() -> None:
    assert text_seen("@channel #general @robin me@x.org", linking=True).mentions == [
        "@channel",
        "#general",
        "@robin",
    ]


@pytest.mark.parametrize(
    ("block", "mentions"),
    [
        (words("<!everyone>"), ["<!everyone>"]),
        (words("@here and #general"), ["@here", "#general"]),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "@here", "verbatim": True}}, []),
        ({"type": "section", "text": {"type": "plain_text", "text": "<!channel> @here"}}, []),
        ({"type": "header", "text": {"type": "plain_text", "text": "<@U1>"}}, []),
        ({"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U1>"}]}, ["<@U1>"]),
        ({"type": "markdown", "text": "<!here>"}, ["<!here>"]),
        (rich({"type": "text", "text": "<!channel> @here <@U1>"}), []),
        (rich({"type": "broadcast", "range": "here"}), ["<!here>"]),
        (rich({"type": "user", "user_id": "U1"}), ["<@U1>"]),
        (rich({"type": "usergroup", "usergroup_id": "S1"}), ["<!subteam^S1>"]),
        (rich({"type": "channel", "channel_id": "C1"}), ["<#C1>"]),
    ],
)
def test_a_mention_is_live_or_it_is_not(block: Json, mentions: list[str]) -> None:
    assert blocks_seen([block]).mentions == mentions


def test_rich_text_reads_as_it_shows() -> None:
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
    block = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Hello ", "style": {"bold": True}},
                    {"type": "emoji", "name": "wave", "unicode": "1f44b"},
                    {"type": "link", "url": "https://x.org", "text": "there"},
                ],
            },
            {"type": "rich_text_list", "style": "bullet", "elements": [item, item]},
            {"type": "rich_text_list", "style": "ordered", "elements": [item], "offset": 2},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
        ],
    }
    seen = blocks_seen([block])
    assert seen.text == "Hello 👋there\n• one\n• one\n3. one\nsaid\ncode"
    assert (seen.links, seen.styled) == (["https://x.org"], ["Hello ", "code"])


def test_labels_are_those_of_buttons_and_options() -> None:
    row = actions(button("Yes &amp; no", "y"), menu("static_select", "m", "A", "B"))
    assert labels([words("x", accessory=button("More", "more")), row]) == [
        "More",
        "Yes & no",
        "A",
        "B",
    ]


async def test_a_message_tells_all_its_mentions_its_fallback_too(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    person = workspace.person()
    await client.chat_postMessage(
        channel=person.id, text="<@U1> said", blocks=[words("<!here> said")]
    )
    assert person.last.mentions == ["<!here>", "<@U1>"]
    assert person.last.text == "@here said"
    await client.chat_postMessage(channel=person.id, text="@channel", link_names=True)
    assert person.last.mentions == ["@channel"]
    await client.chat_postMessage(channel=person.id, text="@channel", parse="full")
    assert person.last.mentions == ["@channel"]
    slack_text = "*x* &lt;y&gt;"
    await client.chat_update(channel=person.channel.id, ts=person.last.ts, text=slack_text)
    assert (person.last.text, person.last.styled) == ("x <y>", ["x"])
    assert person.last.mentions == []
