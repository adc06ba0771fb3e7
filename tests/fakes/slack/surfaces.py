"""The elements of a message or a view, found as a person finds them, and what is put into them."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from tests.fakes.slack.records import Message
from tests.fakes.slack.screens import View
from tests.fakes.slack.seen import elements, options

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]

#: What holds the state of each stateful element, and what fills it at first.
STATES = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
}
MANY = {"multi_static_select", "multi_external_select", "checkboxes", "multi_users_select"}


def all_elements(surface: Message | View) -> list[tuple[Json, Json]]:
    """Every element with its block."""
    return [(block, one) for block in surface.blocks for one in elements(block)]


def find(surface: Message | View, wanted: str, kinds: Iterable[str] = ()) -> tuple[Json, Json]:
    """The element which says this, or has this action id, value, placeholder or label."""
    allowed = set(kinds)
    found = [(b, e) for b, e in all_elements(surface) if not allowed or e["type"] in allowed]
    for block, element in found:
        if wanted in names(block, element):
            return block, element
    there = [name for block, element in found for name in names(block, element)]
    raise LookupError(f"Nothing is called {wanted!r} among {there}.")


def names(block: Json, element: Json) -> list[str]:
    """What a person or a test may call an element."""
    told = [element.get("text"), element.get("placeholder"), block.get("label")]
    shown = [html.unescape(one["text"]) for one in told if isinstance(one, dict)]
    return [*shown, *(str(element[key]) for key in ("action_id", "value") if key in element)]


def option(element: Json, wanted: str, offered: list[Json]) -> Json:
    """The option of an element which says this or has this value."""
    for one in [*options(element), *offered]:
        if wanted in {html.unescape(one["text"]["text"]), one["value"]}:
            return one
    raise LookupError(f"No option {wanted!r}.")


def state(surface: Message | View, put_in: Values) -> Values:
    """The state of every stateful element: what was put in, else what it began with."""
    told: Values = {}
    for block, element in all_elements(surface):
        if element["type"] in STATES:
            holds, begins = STATES[element["type"]]
            empty: list[Json] | None = [] if element["type"] in MANY else None
            first = {"type": element["type"], holds: element.get(begins, empty)}
            block_id, action_id = block["block_id"], element["action_id"]
            now = put_in.get(block_id, {}).get(action_id, first)
            told.setdefault(block_id, {})[action_id] = now
    return told


def put(values: Values, block: Json, element: Json, value: Any) -> Json:  # noqa: ANN401
    """Keep what a person put into an element."""
    holds, _ = STATES[element["type"]]
    told = {"type": element["type"], holds: value}
    values.setdefault(block["block_id"], {})[element["action_id"]] = told
    return {holds: value}


def wrongs(view: View, values: Values) -> dict[str, str]:
    """What Slack's own client refuses to submit, by block."""
    found: dict[str, str] = {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        holds, _ = STATES[element["type"]]
        value = values[block["block_id"]][element["action_id"]][holds]
        if not value and not block.get("optional"):
            found[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            found[block["block_id"]] = "This is too short."
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            found[block["block_id"]] = "This is too long."
    return found
