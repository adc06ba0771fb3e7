"""Block Kit: what Slack refuses of a message's blocks, and what it adds to those it takes.

`msg_blocks_too_long` has no documented bound: 13,200 characters of JSON, as people measured.
Where Slack wants action ids to differ only within a block, here they differ within the message.
Tables, videos, files, workflow buttons and rich text inputs are not known here and are refused.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.fakes.slack.composition import OFFERED, SLACK_FILE, URL, plain, text
from tests.fakes.slack.elements import ALT, IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from tests.fakes.slack.faults import Refusal, told
from tests.fakes.slack.rich import RICH
from tests.fakes.slack.seen import elements
from tests.fakes.slack.shapes import (
    Check,
    Json,
    Notes,
    Rule,
    boolean,
    listed,
    one_of,
    shape,
    some_of,
    string,
    typed,
)
from tests.fakes.slack.world import World

LONGEST = 13_200
IN_MESSAGE = 50
#: All markdown blocks of a message together.
MARKDOWN = 12_000


def once(value: Json, at: str, notes: Notes) -> None:
    """A block id stands once."""
    name = value.get("block_id")
    if isinstance(name, str):
        if name in notes.block_ids:
            notes.say(f"`block_id` `{name}` already exists", f"{at}/block_id")
        notes.block_ids.add(name)


def block(fields: dict[str, Check], needed: str = "", *rules: Rule) -> Check:
    """A block, with what all of them have."""
    return shape({"block_id": string(255)} | fields, needed, once, *rules)


BLOCKS: dict[str, Check] = {
    "section": block(
        {
            "text": text(3000),
            "fields": listed(text(2000), 10),
            "accessory": typed(IN_SECTION),
            "expand": boolean,
        },
        "",
        some_of("text", "fields"),
    ),
    "header": block({"text": plain(150)}, "text"),
    "divider": block({}),
    "context": block(
        {
            "elements": listed(
                typed(
                    {
                        "image": IMAGE,
                        "mrkdwn": text(3000, "mrkdwn"),
                        "plain_text": text(3000, "plain_text"),
                    }
                ),
                10,
            )
        },
        "elements",
    ),
    "actions": block({"elements": listed(typed(IN_ACTIONS), 25)}, "elements"),
    "image": block(
        {"image_url": URL, "slack_file": SLACK_FILE, "alt_text": ALT, "title": plain(2000)},
        "alt_text",
        one_of("image_url", "slack_file"),
    ),
    "input": block(
        {
            "label": plain(2000),
            "element": typed(IN_INPUT),
            "hint": plain(2000),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        "label element",
    ),
    "rich_text": block({"elements": listed(typed(RICH), 10**6)}, "elements"),
    "markdown": block({"text": string(MARKDOWN)}, "text"),
}
MESSAGE = listed(typed(BLOCKS), IN_MESSAGE, 0)


def checked_blocks(world: World, blocks: Any) -> list[Json]:  # noqa: ANN401 - It comes from outside.
    """The blocks of a message as Slack keeps them, or a refusal."""
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        raise Refusal("invalid_blocks_format")
    notes = Notes()
    MESSAGE(blocks, "/blocks", notes)
    marked = [one["text"] for one in blocks if one.get("type") == "markdown" and "text" in one]
    if sum(len(words) for words in marked if isinstance(words, str)) > MARKDOWN:
        notes.say(f"must be less than {MARKDOWN + 1} characters", "/blocks")
    if notes.wrong:
        refusal = told("invalid_blocks", *notes.wrong)
        refusal.more["errors"] = notes.wrong
        raise refusal
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > LONGEST:
        raise Refusal("msg_blocks_too_long")
    return completed(world, blocks)


def checked_options(offered: Any) -> list[Json]:  # noqa: ANN401 - It comes from outside.
    """The options which an app offers for an external menu, or a refusal."""
    notes = Notes()
    OFFERED(offered, "", notes)
    if notes.wrong:
        raise told("invalid_response", *notes.wrong)
    grouped = [one for group in offered.get("option_groups", []) for one in group["options"]]
    return [*offered.get("options", []), *grouped]


def completed(world: World, blocks: list[Json]) -> list[Json]:
    """Blocks with the ids and switches that Slack fills in."""
    done = copy.deepcopy(blocks)
    for one in done:
        one.setdefault("block_id", world.block_id())
        for element in elements(one):
            element.setdefault("action_id", world.block_id())
        _switches(one)
    return done


def _switches(value: Any) -> None:  # noqa: ANN401
    if isinstance(value, list):
        for inside in value:
            _switches(inside)
    elif isinstance(value, dict):
        match value.get("type"):
            case "plain_text":
                value.setdefault("emoji", True)
            case "mrkdwn":
                value.setdefault("verbatim", False)
            case _:
                pass
        for inside in value.values():
            _switches(inside)
