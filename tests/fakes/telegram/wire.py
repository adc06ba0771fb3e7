"""How requests come: a query, JSON, a form, or a form with files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.telegram.faults import bad

Json = dict[str, Any]

#: What clients write as JSON inside a form.
NESTED = {
    "allowed_updates": "allowed updates",
    "caption_entities": "entities",
    "commands": "BotCommands",
    "entities": "entities",
    "link_preview_options": "link preview options",
    "reaction": "reaction",
    "reply_parameters": "reply parameters",
    "scope": "BotCommandScope",
}


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    content: bytes


def listed(params: Json, field: str) -> list[Json]:
    """A parameter that is a list of objects."""
    given = params.get(field) or []
    if not isinstance(given, list):
        raise bad(f"can't parse {NESTED[field]}: expected an Array")
    return given


def whole(params: Json, field: str, usual: int) -> int:
    """A number of a request; the usual one when it is none."""
    try:
        return int(params.get(field, usual))
    except (TypeError, ValueError):
        return usual


def truth(params: Json, field: str) -> bool:
    """Whether a parameter is true, as clients write it."""
    return str(params.get(field) or "").lower() in {"true", "yes", "1"}


def read(query: str, kind: str, body: bytes) -> Json:
    """The parameters of a request, with what is JSON inside them read."""
    params: Json = dict(parse_qsl(query, keep_blank_values=True))
    if kind.startswith("application/json"):
        try:
            told = json.loads(body or b"{}")
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise bad("can't parse JSON object")
        params |= told
    elif kind.startswith("multipart/form-data"):
        params |= parts(kind, body)
    else:
        params |= parse_qsl(body.decode(), keep_blank_values=True)
    for field, named in NESTED.items():
        if isinstance(params.get(field), str):
            params[field] = nested(params[field], named)
    return params


def nested(text: str, named: str) -> object:
    if not text:
        return None
    try:
        told: object = json.loads(text)
    except ValueError:
        raise bad(f"can't parse {named} JSON object") from None
    return told


def parts(kind: str, body: bytes) -> Json:
    """The parts of a form with files."""
    boundary = re.search(r'boundary="?([^";]+)', kind)
    assert boundary is not None
    found: Json = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = head.decode()
        name = re.search(r'[; ]name="([^"]*)"', headers)
        assert name is not None
        filename = re.search(r'filename="([^"]*)"', headers)
        mime = re.search(r"(?i)content-type: *([^\r\n]+)", headers)
        if filename is not None:
            told = mime[1] if mime else "application/octet-stream"
            found[name[1]] = Upload(filename[1], told, content)
        else:
            found[name[1]] = content.decode()
    return found
