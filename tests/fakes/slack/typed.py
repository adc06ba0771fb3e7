"""What Slack's client makes of what somebody types: escaped text, and a rich text block."""

from __future__ import annotations

import html
import re
from typing import Any

Json = dict[str, Any]

#: Some of the emoji which the client writes by name.
NAMES = {
    "🙂": "slightly_smiling_face",
    "😀": "grinning",
    "👍": "+1",
    "❤️": "heart",
    "🎉": "tada",
    "🙏": "pray",
    "🌊": "ocean",
    "👀": "eyes",
    "✅": "white_check_mark",
}
PIECES = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+\.[\w.-]+\w)"
    r"|(?P<user><@[UW][A-Z0-9]+>)"
    r"|(?P<emoji>" + "|".join(map(re.escape, NAMES)) + ")"
)


def wire_text(typed: str) -> str:
    """The `text` of the message."""
    told, at = "", 0
    for found in PIECES.finditer(typed):
        told += html.escape(typed[at : found.start()], quote=False) + _written(found)
        at = found.end()
    return told + html.escape(typed[at:], quote=False)


def _written(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "url":
            return f"<{html.escape(found[0], quote=False)}>"
        case "mail":
            return f"<mailto:{found[0]}|{found[0]}>"
        case "emoji":
            return f":{NAMES[found[0]]}:"
        case _:
            return found[0]


def wire_blocks(typed: str, block_id: str) -> list[Json]:
    """The `blocks` of the message."""
    pieces: list[Json] = []
    at = 0
    for found in PIECES.finditer(typed):
        pieces += _text(typed[at : found.start()])
        pieces.append(_piece(found))
        at = found.end()
    pieces += _text(typed[at:])
    if not pieces:
        return []
    section = {"type": "rich_text_section", "elements": pieces}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _text(text: str) -> list[Json]:
    return [{"type": "text", "text": text}] if text else []


def _piece(found: re.Match[str]) -> Json:
    match found.lastgroup:
        case "url":
            return {"type": "link", "url": found[0]}
        case "mail":
            return {"type": "link", "url": f"mailto:{found[0]}", "text": found[0]}
        case "user":
            return {"type": "user", "user_id": found[0][2:-1]}
        case _:
            points = "-".join(f"{ord(sign):x}" for sign in found[0])
            return {"type": "emoji", "name": NAMES[found[0]], "unicode": points}
