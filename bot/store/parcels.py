"""Parcels: an Outbound as the bytes that are sealed into the outbox, and back."""

from __future__ import annotations

import base64
import json
from typing import Any

from bot.records import LaneClass, Media, OnUncertain, Option, Outbound, Paragraph, Quote


class UnreadableError(Exception):
    """A parcel that this program does not understand: another version packed it."""


def packed(message: Outbound) -> bytes:
    """Turn a message into bytes."""
    return json.dumps(
        {
            "paragraphs": [[isinstance(said, Quote), said.text] for said in message.paragraphs],
            "options": [_told(each) for each in message.options],
            "files": [
                [each.name, each.mime, base64.b64encode(each.content).decode(), each.alt]
                for each in message.files
            ],
            "done": message.done and _told(message.done),
            "window": message.window and _told(message.window),
            "lane_class": message.lane_class,
            "on_uncertain": message.on_uncertain,
            "ask": message.ask,
            "aside": message.aside,
            "thread": message.thread,
        },
        separators=(",", ":"),
    ).encode()


def unpacked(parcel: bytes) -> Outbound:
    """Turn what `packed` made into the same message again; raises UnreadableError."""
    try:
        return _message(json.loads(parcel))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError("A message in the outbox cannot be read.") from error


def _message(told: dict[str, Any]) -> Outbound:
    return Outbound(
        paragraphs=tuple(
            Quote(text=text) if quoted else Paragraph(text=text)
            for quoted, text in told["paragraphs"]
        ),
        options=tuple(_option(each) for each in told["options"]),
        files=tuple(
            Media(name=name, mime=mime, content=base64.b64decode(content), alt="".join(alt))
            for name, mime, content, *alt in told["files"]
        ),
        done=_option_or_none(told["done"]),
        window=_option_or_none(told.get("window")),
        lane_class=LaneClass(told["lane_class"]),
        on_uncertain=OnUncertain(told["on_uncertain"]),
        ask=told.get("ask"),
        aside=told.get("aside", ""),
        thread=told.get("thread", ""),
    )


def _told(option: Option) -> list[str | bool]:
    return [option.label, option.token, option.chosen, option.opens]


def _option_or_none(told: Any) -> Option | None:  # noqa: ANN401 - Whatever stands there.
    return _option(told) if isinstance(told, list) else None


def _option(told: list[Any]) -> Option:
    label, token, chosen, *opens = told
    return Option(label=label, token=token, chosen=chosen, opens=any(opens))
