"""TDLib, the library below Telegram's own Bot API server, as the judge of our HTML."""

from __future__ import annotations

import json
from typing import Any

import tdjson

Json = dict[str, Any]


def execute(request: Json) -> Json:
    answer = tdjson.td_execute(json.dumps(request).encode())
    told: Json = json.loads(answer or b"{}")
    return told


execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def read(html: str) -> tuple[str, list[tuple[str, str]]]:
    """The plain text that Telegram makes of our HTML, and each entity with the text in it."""
    told = execute(
        {
            "@type": "parseTextEntities",
            "text": html,
            "parse_mode": {"@type": "textParseModeHTML"},
        }
    )
    if told["@type"] == "error":
        raise ValueError(told["message"])
    text = told["text"]
    wide = text.encode("utf-16-le")
    entities = [
        (
            each["type"]["@type"].removeprefix("textEntityType"),
            wide[each["offset"] * 2 : (each["offset"] + each["length"]) * 2].decode("utf-16-le"),
        )
        for each in told["entities"]
    ]
    return text, entities
