"""Views: what Slack refuses of a modal or of the Home tab.

Slack does not say that a view must have a block; its own library holds that it must, and so here.
"""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.slack.blocks import BLOCKS, completed
from tests.fakes.slack.composition import plain
from tests.fakes.slack.faults import Refusal, missing, told
from tests.fakes.slack.shapes import Check, Json, Notes, boolean, listed, shape, string, typed
from tests.fakes.slack.world import World

LARGEST = 250_000
IN_VIEW = 100
SHORT = plain(24)


def submit_for_input(value: Json, at: str, notes: Notes) -> None:
    """A modal with inputs has a button which submits them."""
    blocks = value.get("blocks")
    kinds = {one.get("type") for one in blocks if isinstance(one, dict)} if blocks else set()
    if "input" in kinds and "submit" not in value:
        notes.say("`submit` must be defined when an `input` block is in the `blocks` array", at)


ALLOWED = {name: check for name, check in BLOCKS.items() if name != "markdown"}
COMMON: dict[str, Check] = {
    "blocks": listed(typed(ALLOWED), IN_VIEW),
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
MODAL = shape(
    COMMON
    | {
        "title": SHORT,
        "close": SHORT,
        "submit": SHORT,
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    "title blocks",
    submit_for_input,
)
VIEWS: dict[str, Check] = {"modal": MODAL, "home": shape(COMMON, "blocks")}


def checked_view(world: World, view: Any, kind: str) -> Json:  # noqa: ANN401 - It comes from outside.
    """A view as Slack keeps it, or a refusal."""
    if view is None:
        raise missing("view")
    notes = Notes()
    typed({kind: VIEWS[kind]})(view, "/view", notes)
    if notes.wrong:
        raise told("invalid_arguments", *notes.wrong)
    if len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST:
        raise Refusal("view_too_large")
    kept = {name: value for name, value in view.items() if value is not None}
    return kept | {"blocks": completed(world, view["blocks"])}
