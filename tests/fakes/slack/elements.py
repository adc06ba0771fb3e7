"""Everything that stands inside a block, and what Slack refuses of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.fakes.slack.composition import (
    CONFIRM,
    DISPATCH,
    GROUP,
    LINK_OPTION,
    PLAIN_OPTION,
    RICH_OPTION,
    SLACK_FILE,
    URL,
    initial_among_options,
    plain,
)
from tests.fakes.slack.shapes import (
    Check,
    Json,
    Notes,
    Rule,
    boolean,
    choice,
    listed,
    one_of,
    shape,
    string,
    whole,
)

NAME = string(255)
PLACEHOLDER = plain(150)
ALT = string(2000)
BIG = 2**31


def once(value: Json, at: str, notes: Notes) -> None:
    """An action id stands once, and only one element wants the focus."""
    name = value.get("action_id")
    if isinstance(name, str):
        if name in notes.action_ids:
            notes.say(f"`action_id` `{name}` already exists", f"{at}/action_id")
        notes.action_ids.add(name)
    notes.focused += value.get("focus_on_load") is True
    if value.get("focus_on_load") is True and notes.focused > 1:
        notes.say("only one element may be focused on load", f"{at}/focus_on_load")


def real_date(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
    """A day, as YYYY-MM-DD."""
    before = len(notes.wrong)
    string(10, like=r"\d{4}-\d{2}-\d{2}", what="a date as YYYY-MM-DD")(value, at, notes)
    if len(notes.wrong) == before:
        try:
            date.fromisoformat(value)
        except ValueError:
            notes.say("must be a date as YYYY-MM-DD", at)


TIME = string(5, like=r"([01]\d|2[0-3]):[0-5]\d", what="a time as HH:mm")
MOMENT = whole(10**9, 10**10 - 1)


def lengths(value: Json, at: str, notes: Notes) -> None:
    """The shortest length is not above the longest, and what stands at first fits."""
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    first = value.get("initial_value", "")
    if isinstance(least, int) and isinstance(most, int) and isinstance(first, str):
        if least > most:
            notes.say("`min_length` must not be greater than `max_length`", at)
        if len(first) > most:
            notes.say("`initial_value` is longer than `max_length`", at)


def interactive(fields: dict[str, Check], needed: str = "", *rules: Rule) -> Check:
    """An element which somebody uses."""
    return shape({"action_id": NAME} | fields, needed, once, *rules)


def menu(fields: dict[str, Check], needed: str = "", *rules: Rule) -> Check:
    """A menu or a picker, with what all of them have."""
    common = {"placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": boolean}
    return interactive(common | fields, needed, *rules)


def entry(fields: dict[str, Check], needed: str = "", *rules: Rule) -> Check:
    """A box for text, with what all of them have."""
    common = {
        "placeholder": PLACEHOLDER,
        "dispatch_action_config": DISPATCH,
        "focus_on_load": boolean,
    }
    return interactive(common | fields, needed, *rules)


OPTIONS: dict[str, Check] = {
    "options": listed(PLAIN_OPTION, 100),
    "option_groups": listed(GROUP, 100),
}
SEVERAL: dict[str, Check] = {"max_selected_items": whole(1, BIG)}
QUERY: dict[str, Check] = {"min_query_length": whole(1, BIG)}
ANSWERING: dict[str, Check] = {"response_url_enabled": boolean}
EITHER = one_of("options", "option_groups")
TICKS: dict[str, Check] = {"options": listed(RICH_OPTION, 10)}
NO_PLACEHOLDER: dict[str, Check] = {"confirm": CONFIRM, "focus_on_load": boolean}

BUTTON = interactive(
    {
        "text": plain(75),
        "url": URL,
        "value": string(2000),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
    "text",
)
IMAGE = shape(
    {"image_url": URL, "slack_file": SLACK_FILE, "alt_text": ALT},
    "alt_text",
    one_of("image_url", "slack_file"),
)
MENUS: dict[str, Check] = {
    "static_select": menu(
        OPTIONS | {"initial_option": PLAIN_OPTION}, "", EITHER, initial_among_options
    ),
    "multi_static_select": menu(
        OPTIONS | SEVERAL | {"initial_options": listed(PLAIN_OPTION, 100)},
        "",
        EITHER,
        initial_among_options,
    ),
    "external_select": menu(QUERY | {"initial_option": PLAIN_OPTION}),
    "multi_external_select": menu(
        QUERY | SEVERAL | {"initial_options": listed(PLAIN_OPTION, 100)}
    ),
    "users_select": menu({"initial_user": NAME}),
    "multi_users_select": menu(SEVERAL | {"initial_users": listed(NAME, 100)}),
    "conversations_select": menu(
        ANSWERING | {"initial_conversation": NAME, "default_to_current_conversation": boolean}
    ),
    "channels_select": menu(ANSWERING | {"initial_channel": NAME}),
    "datepicker": menu({"initial_date": real_date}),
    "timepicker": menu({"initial_time": TIME, "timezone": string(255)}),
    "checkboxes": interactive(
        NO_PLACEHOLDER | TICKS | {"initial_options": listed(RICH_OPTION, 10)},
        "options",
        initial_among_options,
    ),
    "radio_buttons": interactive(
        NO_PLACEHOLDER | TICKS | {"initial_option": RICH_OPTION}, "options", initial_among_options
    ),
}
DATETIME = interactive(NO_PLACEHOLDER | {"initial_date_time": MOMENT})
OVERFLOW = interactive({"options": listed(LINK_OPTION, 5), "confirm": CONFIRM}, "options")
ENTRIES: dict[str, Check] = {
    "plain_text_input": entry(
        {
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        "",
        lengths,
    ),
    "email_text_input": entry({"initial_value": string(3000, 0)}),
    "url_text_input": entry({"initial_value": string(3000, 0)}),
    "number_input": entry(
        {
            "is_decimal_allowed": boolean,
            "initial_value": string(40),
            "min_value": string(40),
            "max_value": string(40),
        },
        "is_decimal_allowed",
    ),
}
BUTTONS: dict[str, Check] = {"button": BUTTON, "overflow": OVERFLOW}
IN_ACTIONS = MENUS | BUTTONS | {"datetimepicker": DATETIME}
IN_SECTION = MENUS | BUTTONS | {"image": IMAGE}
IN_INPUT = MENUS | ENTRIES | {"datetimepicker": DATETIME}
