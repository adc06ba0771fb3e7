"""Texts: words as Slack takes them, so that nobody's are ever markup or a live mention; pure.

A text element of a rich text block is taken as it is; a plain text object and the text beside
the blocks are not quite, so what Slack would read in them is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.adapters.slack import fields
from bot.adapters.slack.fields import Json
from bot.adapters.slack.plain import emoji_of, unescaped
from bot.records import Paragraph, Quote

Block = dict[str, Any]

#: The blocks in which words stand.
WORDS = ("rich_text", "context")
#: What stands where something must be said and nothing is.
SAYS_NOTHING = "\u2026"
#: How many letters of an aside are shown.
MOST_ASIDE = 2_000
#: What Slack would not take, or would not show.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
#: What Slack would read as an escaped sign.
_ENTITY = re.compile(r"&(?=(?:amp|lt|gt);)")
_ASTRAL = 0xFFFF


def rich(paragraphs: Sequence[Paragraph | Quote]) -> list[Block]:
    """Paragraphs as one rich text block; a quote stands apart from what is beside it."""
    elements = [
        {"type": kind, "elements": [{"type": "text", "text": text}]}
        for kind, text in _runs(paragraphs)
        if text.strip()
    ]
    if not elements:
        elements = [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": SAYS_NOTHING}]}
        ]
    return [{"type": "rich_text", "elements": elements}]


def aside(text: str) -> list[Block]:
    """A short line in the small grey type of a context block; nothing for nothing."""
    if not cleaned(text).strip():
        return []
    return [{"type": "context", "elements": [plain(text, MOST_ASIDE)]}]


def _runs(paragraphs: Sequence[Paragraph | Quote]) -> Iterator[tuple[str, str]]:
    """Paragraphs that follow each other share an element, with a blank line between them."""
    held: list[str] = []
    for part in paragraphs:
        text = cleaned(part.text)
        if isinstance(part, Quote):
            yield "rich_text_section", "\n\n".join(held)
            yield "rich_text_quote", text
            held = []
        elif text.strip():
            held.append(text)
    yield "rich_text_section", "\n\n".join(held)


def flat(paragraphs: Sequence[Paragraph | Quote]) -> Paragraph:
    """All of it in one text, its quotes between quotation marks."""
    parts = [
        f"\u201c{part.text}\u201d" if isinstance(part, Quote) else part.text for part in paragraphs
    ]
    return Paragraph(text="\n\n".join(parts))


def said(blocks: Iterable[Json]) -> str:
    """The words of blocks of ours, also of those that Slack gave back."""
    parts = [
        unescaped(fields.text(element, "text"))
        if block.get("type") == "context"
        else "".join(map(_word, fields.parts(element, "elements")))
        for block in blocks
        for element in fields.parts(block, "elements")
    ]
    return "\n\n".join(parts)


def _word(element: Json) -> str:
    """What an element shows; Slack gives an emoji of ours back by its name."""
    return emoji_of(element) or fields.text(element, "text")


def cleaned(text: str) -> str:
    """A text without what cannot be sent; it never gets longer."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSENDABLE.sub("\ufffd", lines)


def escaped(text: str) -> str:
    """A text of which Slack reads every sign as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """A text within a limit; what was longer ends with an ellipsis."""
    if units(text) <= most:
        return text
    kept = text[:most]
    while units(kept) >= most:
        kept = kept[:-1]
    return f"{kept}{SAYS_NOTHING}"


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text) + sum(ord(letter) > _ASTRAL for letter in text)


def plain(text: str, most: int) -> Block:
    """A plain text object; Slack reads escaped signs in it, but neither markup nor mentions."""
    shown, room = named(text, most), most
    while units(literal := _ENTITY.sub("&amp;", shown)) > most:
        room -= 1
        shown = cut(shown, room)
    return {"type": "plain_text", "text": literal, "emoji": False}


def named(text: str, most: int) -> str:
    """A name within a limit, which is never nothing."""
    shown = cleaned(text)
    return cut(shown if shown.strip() else SAYS_NOTHING, most)
