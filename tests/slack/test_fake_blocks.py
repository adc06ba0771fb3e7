"""What the fake refuses of blocks, with the words and the place that Slack names."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.blocks import LONGEST, checked_blocks
from tests.fakes.slack.faults import Refusal
from tests.fakes.slack.kit import (
    actions,
    box,
    button,
    buttons,
    menu,
    option,
    plain,
    refused,
    rich,
    words,
    wrong,
)
from tests.fakes.slack.workspace import Workspace
from tests.fakes.slack.world import World

Json = dict[str, Any]

TICKS = [option(label) for label in "ABC"]
PIECE = {"type": "text", "text": "x"}


def picked(kind: str, **more: Any) -> Json:  # noqa: ANN401
    """A row with one menu of three options."""
    return actions(menu(kind, "m", "A", "B", "C", **more))


def element(told: Json) -> Json:
    return actions(told)


CASES: list[tuple[Json, str]] = [
    ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    (words(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (words("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (words("x", colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
    ({"type": "sections"}, "unsupported type: sections"),
    ({"text": plain("x")}, "missing required field: type"),
    ({"type": "section", "text": "x"}, "missing required field: type"),
    ({"type": "section", "text": plain("x") | {"verbatim": True}}, "property: verbatim"),
    (words("x", fields=[plain("x")] * 11), "no more than 10 items allowed"),
    (words("x", fields=[plain("x" * 2001)]), "must be less than 2001 characters"),
    (words("x", block_id="b" * 256), "must be less than 256 characters"),
    (words("x", accessory={"type": "plain_text_input", "action_id": "a"}), "unsupported type"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
    ({"type": "header", "text": words("x")["text"]}, "unsupported type: mrkdwn"),
    ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items allowed"),
    ({"type": "context", "elements": [button("x", "a")]}, "unsupported type: button"),
    ({"type": "image", "image_url": "https://x.org/y.png"}, "missing required field: alt_text"),
    ({"type": "image", "image_url": "x", "alt_text": "y"}, "must be a valid URL"),
    ({"type": "image", "alt_text": "y"}, "must define exactly one of: image_url, slack_file"),
    (actions(), "no less than 1 items required"),
    (actions(*(button("x", f"a{n}") for n in range(26))), "no more than 25 items allowed"),
    (actions(button("x", "a"), button("y", "a")), "`action_id` `a` already exists"),
    (actions(button("", "a")), "must be more than 0 characters"),
    (actions(button("x" * 76, "a")), "must be less than 76 characters"),
    (actions(button("x", "a", value="v" * 2001)), "must be less than 2001 characters"),
    (actions(button("x", "a" * 256, value="v")), "must be less than 256 characters"),
    (actions(button("x", "a", style="green")), "must be one of: primary, danger"),
    (actions(button("x", "a", disabled=True)), "invalid additional property: disabled"),
    (actions(button("x", "a") | {"text": words("x")["text"]}), "unsupported type: mrkdwn"),
    (picked("static_select", placeholder=plain("x" * 151)), "must be less than 151 characters"),
    (picked("static_select", placeholder=words("x")["text"]), "unsupported type: mrkdwn"),
    (actions(menu("static_select", "m")), "must define exactly one of: options, option_groups"),
    (element(menu("static_select", "m", *map(str, range(101)))), "no more than 100 items"),
    (picked("static_select", initial_option=option("D")), "must be one of the options"),
    (picked("multi_static_select", initial_options=[option("D")]), "must be among the options"),
    (picked("multi_static_select", max_selected_items=0), "must be between 1"),
    (element(menu("static_select", "m", "x" * 76)), "must be less than 76 characters"),
    (
        element(menu("static_select", "m", options=[{"text": plain("x"), "value": "v" * 151}])),
        "must be less than 151 characters",
    ),
    (
        element(menu("static_select", "m", options=[{"text": words("x")["text"], "value": "v"}])),
        "unsupported type: mrkdwn",
    ),
    (
        element(menu("static_select", "m", option_groups=[{"label": plain("x"), "options": []}])),
        "no less than 1 items required",
    ),
    (element(menu("checkboxes", "m", *map(str, range(11)))), "no more than 10 items allowed"),
    (picked("checkboxes", initial_options=[option("D")]), "must be among the options"),
    (picked("checkboxes", placeholder=plain("x")), "invalid additional property: placeholder"),
    (picked("radio_buttons", initial_option=option("D")), "must be one of the options"),
    (element(menu("overflow", "m", *"ABCDEF")), "no more than 5 items allowed"),
    (element(menu("external_select", "m", min_query_length=0)), "must be between 1"),
    (element(menu("datepicker", "m", initial_date="2026-02-30")), "a date as YYYY-MM-DD"),
    (element(menu("datepicker", "m", initial_date="1 March")), "a date as YYYY-MM-DD"),
    (element(menu("timepicker", "m", initial_time="24:00")), "a time as HH:mm"),
    (element(menu("datetimepicker", "m", initial_date_time=1)), "must be between"),
    (box("", "i"), "must be more than 0 characters"),
    (box("x" * 2001, "i"), "must be less than 2001 characters"),
    (box("x", "i", {"type": "plain_text_input", "max_length": 3001}), "between 1 and 3000"),
    (
        box("x", "i", {"type": "plain_text_input", "min_length": 9, "max_length": 8}),
        "must not be greater than",
    ),
    (
        box("x", "i", {"type": "plain_text_input", "initial_value": "yes", "max_length": 2}),
        "is longer than",
    ),
    (box("x", "i", {"type": "number_input"}), "missing required field: is_decimal_allowed"),
    (box("x", "i", button("x", "a")), "unsupported type: button"),
    (
        box(
            "x",
            "i",
            {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["x"]}},
        ),
        "must be one of: on_enter_pressed, on_character_entered",
    ),
    (rich({"type": "text", "text": ""}), "must be more than 0 characters"),
    (rich(), "no less than 1 items required"),
    (rich({"type": "text", "text": "x", "style": {"big": True}}), "additional property: big"),
    (rich({"type": "mention", "user_id": "U1"}), "unsupported type: mention"),
    (rich({"type": "broadcast", "range": "all"}), "must be one of: here, channel, everyone"),
    ({"type": "rich_text", "elements": [PIECE]}, "unsupported type: text"),
    (
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_list", "style": "dotted", "elements": [PIECE]}],
        },
        "must be one of: bullet, ordered",
    ),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters"),
]


@pytest.mark.parametrize(("block", "told"), CASES)
def test_a_wrong_block_is_refused_where_it_is_wrong(block: Json, told: str) -> None:
    with pytest.raises(Refusal) as caught:
        checked_blocks(World(), [block])
    assert caught.value.error == "invalid_blocks"
    messages = caught.value.wire["response_metadata"]["messages"]
    assert any(told in message for message in messages), messages
    assert all(message.startswith("[ERROR] ") for message in messages)


RIGHT: list[Json] = [
    words("x" * 3000, accessory=button("x" * 75, "a" * 255, value="v" * 2000)),
    {"type": "section", "fields": [plain("x" * 2000)] * 6},
    {"type": "section", "fields": [plain("x")] * 10},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [plain("x"), words("y")["text"]]},
    {"type": "image", "image_url": "https://x.org/y.png", "alt_text": "y", "title": plain("x")},
    actions(*(button("x", f"a{n}") for n in range(25))),
    picked("static_select", initial_option=option("B"), placeholder=plain("x" * 150)),
    picked("multi_static_select", initial_options=TICKS[:2]),
    picked("checkboxes", initial_options=TICKS),
    element(menu("static_select", "m", options=[option("A"), option("A")])),
    element(menu("datepicker", "m", initial_date="2026-02-28", placeholder=plain("x"))),
    element(menu("timepicker", "m", initial_time="23:59")),
    element(menu("external_select", "m", min_query_length=1)),
    box("x", "i", optional=True, hint=plain("x"), dispatch_action=True),
    rich(PIECE, {"type": "link", "url": "https://x.org"}, {"type": "emoji", "name": "tada"}),
]


@pytest.mark.parametrize("block", RIGHT)
def test_a_right_block_is_taken_with_its_ids_filled_in(block: Json) -> None:
    (taken,) = checked_blocks(World(), [block])
    assert taken["block_id"]
    assert "block_id" not in block or block["block_id"] == taken["block_id"]


async def test_there_may_be_fifty_blocks_and_no_more(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    person = workspace.person()
    await client.chat_postMessage(channel=person.id, text="x", blocks=[words("x")] * 50)
    told = await wrong(
        client.chat_postMessage(channel=person.id, text="x", blocks=[words("x")] * 51)
    )
    assert told == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]


async def test_ids_stand_once_in_a_message(client: AsyncWebClient, workspace: Workspace) -> None:
    person = workspace.person()
    twice = [words("x", block_id="b"), words("y", block_id="b")]
    told = await wrong(client.chat_postMessage(channel=person.id, text="x", blocks=twice))
    assert told == ["[ERROR] `block_id` `b` already exists [json-pointer:/blocks/1/block_id]"]
    rows = [buttons("Yes"), buttons("No")]
    told = await wrong(client.chat_postMessage(channel=person.id, text="x", blocks=rows))
    assert "already exists [json-pointer:/blocks/1/elements/0/action_id]" in told[0]


async def test_all_blocks_together_have_their_measure(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    person = workspace.person()
    many = [words("x" * 2500)] * 5
    await client.chat_postMessage(channel=person.id, text="x", blocks=many)
    many = [words("x" * (LONGEST // 5))] * 5
    told = await refused(client.chat_postMessage(channel=person.id, text="x", blocks=many))
    assert told == "msg_blocks_too_long"


async def test_what_is_not_a_list_of_blocks_has_its_own_error(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    person = workspace.person()
    for blocks in ('{"type": "divider"}', "not json", '["x"]'):
        told = client.chat_postMessage(channel=person.id, text="x", blocks=blocks)
        assert await refused(told) == "invalid_blocks_format"
