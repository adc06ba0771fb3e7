"""The objects of which blocks and elements are composed: texts, options, confirmations."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.shapes import (
    Check,
    Json,
    Notes,
    boolean,
    choice,
    listed,
    one_of,
    shape,
    some_of,
    string,
    typed,
)

WORDS = {"plain_text": "emoji", "mrkdwn": "verbatim"}


def text(most: int, *kinds: str) -> Check:
    """A text object, of either kind unless it is said."""
    return typed(
        {
            kind: shape({"text": string(most), WORDS[kind]: boolean}, "text")
            for kind in kinds or tuple(WORDS)
        }
    )


def plain(most: int) -> Check:
    """A text object with no markup."""
    return text(most, "plain_text")


URL = string(3000, like=r"https?://[^\s<>]+", what="a valid URL")
DISPATCH = shape(
    {
        "trigger_actions_on": listed(choice("on_enter_pressed", "on_character_entered"), 2),
    },
    "trigger_actions_on",
)
CONFIRM = shape(
    {
        "title": plain(100),
        "text": plain(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": choice("primary", "danger"),
    },
    "title text confirm deny",
)
SLACK_FILE = shape({"id": string(30), "url": string(3000)}, "", one_of("id", "url"))


def option(words: Check, **more: Check) -> Check:
    """An option, whose text is as its menu wants it."""
    fields = {"text": words, "value": string(150), "description": words} | more
    return shape(fields, "text value")


PLAIN_OPTION = option(plain(75))
RICH_OPTION = option(text(75))
LINK_OPTION = option(plain(75), url=URL)
GROUP = shape({"label": plain(75), "options": listed(PLAIN_OPTION, 100)}, "label options")


def all_options(value: Json) -> list[Any]:
    """The options of a menu, those in groups too."""
    found: list[Any] = []
    groups = value.get("option_groups")
    for group in [value, *(groups if isinstance(groups, list) else [])]:
        inside = group.get("options") if isinstance(group, dict) else None
        found += inside if isinstance(inside, list) else []
    return found


def initial_among_options(value: Json, at: str, notes: Notes) -> None:
    """What is chosen at first must be one of the options."""
    there = all_options(value)
    if "initial_option" in value and value["initial_option"] not in there:
        notes.say("initial_option must be one of the options", f"{at}/initial_option")
    several = value.get("initial_options", [])
    if any(one not in there for one in several if isinstance(several, list)):
        notes.say("initial_options must be among the options", f"{at}/initial_options")


OFFERED = shape(
    {"options": listed(PLAIN_OPTION, 100, 0), "option_groups": listed(GROUP, 100, 0)},
    "",
    some_of("options", "option_groups"),
)
