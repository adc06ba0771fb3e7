"""Small blocks of which tests make messages, and how they read a refusal."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Text with no markup."""
    return {"type": "plain_text", "text": text}


def words(text: str, **more: Any) -> Json:  # noqa: ANN401
    """A paragraph in mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | more


def rich(*pieces: Json) -> Json:
    """A paragraph of rich text."""
    section = {"type": "rich_text_section", "elements": list(pieces)}
    return {"type": "rich_text", "elements": [section]}


def button(label: str, name: str, **more: Any) -> Json:  # noqa: ANN401
    return {"type": "button", "text": plain(label), "action_id": name, "value": name} | more


def actions(*elements: Json, **more: Any) -> Json:  # noqa: ANN401
    return {"type": "actions", "elements": list(elements)} | more


def buttons(*labels: str) -> Json:
    """A row of buttons."""
    return actions(*(button(label, f"a{number}") for number, label in enumerate(labels)))


def option(label: str) -> Json:
    return {"text": plain(label), "value": label.lower()}


def menu(kind: str, name: str, *labels: str, **more: Any) -> Json:  # noqa: ANN401
    """A menu with its options."""
    options = {"options": [option(label) for label in labels]} if labels else {}
    return {"type": kind, "action_id": name} | options | more


def box(label: str, name: str, element: Json | None = None, **more: Any) -> Json:  # noqa: ANN401
    """An input block: its name is its block id and action id."""
    inside = element or {"type": "plain_text_input"}
    inside = inside | {"action_id": name}
    return {"type": "input", "block_id": name, "label": plain(label), "element": inside} | more


def modal(*blocks: Json, **more: Any) -> Json:  # noqa: ANN401
    return {
        "type": "modal",
        "title": plain("A page"),
        "submit": plain("Keep"),
        "blocks": list(blocks),
    } | more


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


async def refused(call: Awaitable[object]) -> str:
    """With which error a call was refused."""
    return str((await refusal(call))["error"])


async def refusal(call: Awaitable[object]) -> Json:
    """The whole answer to a call that was refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    told = caught.value.response.data
    assert isinstance(told, dict)
    return told


async def wrong(call: Awaitable[object]) -> list[str]:
    """What a refusal names as wrong."""
    told = await refusal(call)
    messages: list[str] = told["response_metadata"]["messages"]
    return messages
