"""Plain: from the text that Slack sends to what its writer typed and sees; pure and total.

Slack escapes three signs, and writes mentions, links and dates between angle brackets. Emoji
come by their names; the blocks of a message say which signs they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.adapters.slack import fields
from bot.adapters.slack.fields import Json

_ANGLED = re.compile(r"<([^<>\n]+)>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">"}
_SCHEME = re.compile(r"(?:https?://|mailto:|tel:)")
_UNICODE = re.compile(r"[0-9a-f]{2,6}(?:-[0-9a-f]{2,6}){0,15}")
#: How deep the blocks of a message are looked into; Slack's own have five levels.
_DEEPEST = 8


def plain(message: Json) -> str:
    """What somebody typed in a message, as they see it."""
    text = fields.text(message, "text")
    if ":" in text:
        for named, sign in sorted(dict(_emoji(message)).items(), key=_longest_first):
            text = text.replace(named, sign)
    return typed(text)


def typed(text: str) -> str:
    """What somebody typed, from Slack's way to write it."""
    shown, at = "", 0
    for found in _ANGLED.finditer(text):
        shown += unescaped(text[at : found.start()]) + _shown(found[1])
        at = found.end()
    return shown + unescaped(text[at:])


def unescaped(text: str) -> str:
    """A text with its three signs again."""
    return _ENTITY.sub(lambda found: _SIGNS[found[1]], text)


def _shown(inside: str) -> str:
    """What stands for `<…>` where it is read.

    Somebody mentioned without a name stays the id that Slack sends: nothing is lost, and as
    plain text it calls nobody.
    """
    named, bar, label = inside.partition("|")
    label = unescaped(label)
    if named.startswith(("@", "#")):
        return named[0] + (label.removeprefix(named[0]) or unescaped(named[1:]))
    if named.startswith("!date^"):
        return label
    if named.startswith("!"):
        called = named[1:].removeprefix("subteam^")
        return "@" + (label.removeprefix("@") or unescaped(called))
    address = unescaped(named)
    if not bar or not label:
        return address
    bare = _SCHEME.sub("", address, count=1).rstrip("/")
    return label if _SCHEME.sub("", label).rstrip("/") == bare else f"{label} ({address})"


def _longest_first(named: tuple[str, str]) -> int:
    """A skin tone stands behind the name of its emoji."""
    return -len(named[0])


def _emoji(message: Json) -> Iterator[tuple[str, str]]:
    """Each emoji of a message, as its text names it and as the sign it is."""
    for element in _elements(message, "blocks", 0):
        sign, named = emoji_of(element), f":{fields.text(element, 'name')}:"
        if sign and sign != named:
            tone = fields.number(element, "skin_tone")
            yield f"{named}:skin-tone-{tone}:" if tone else named, sign


def emoji_of(element: Json) -> str:
    """The sign that an emoji is, its name when Slack does not say; empty for anything else."""
    if element.get("type") != "emoji":
        return ""
    points = fields.text(element, "unicode").casefold()
    if not _UNICODE.fullmatch(points):
        return f":{fields.text(element, 'name')}:"
    try:
        return fields.whole("".join(chr(int(point, 16)) for point in points.split("-")))
    except ValueError:  # There are no letters as high as that.
        return f":{fields.text(element, 'name')}:"


def _elements(of: Json, name: str, depth: int) -> Iterator[Json]:
    if depth > _DEEPEST:
        return
    for each in fields.parts(of, name):
        yield each
        yield from _elements(each, "elements", depth + 1)
