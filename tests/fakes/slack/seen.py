"""What a person sees of a text or of blocks, and which mentions in it are live.

A `mrkdwn` object which is not verbatim counts `@here` and its like, and `#names`, as live:
Slack's docs say that "certain mentions will be automatically parsed" and not which.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ANGLED = re.compile(r"<([^<>\n]+)>")
#: What becomes a mention by itself where names are linked.
BARE = re.compile(r"(?<![\w<@#])(@(?:here|channel|everyone)\b|[@#][a-z0-9][a-z0-9._-]{0,79})")
BROADCAST = re.compile(r"(?<![\w<@#])(@(?:here|channel|everyone)\b|#[a-z0-9][a-z0-9_-]{0,79})")
STYLES = (
    re.compile(r"```(.+?)```", re.DOTALL),
    re.compile(r"(?<![\w`])`([^`\n]+)`(?![\w`])"),
    re.compile(r"(?<![\w*])\*(?![\s*])([^*\n]*[^\s*])\*(?![\w*])"),
    re.compile(r"(?<!\w)_(?![\s_])([^_\n]*[^\s_])_(?!\w)"),
    re.compile(r"(?<![\w~])~(?![\s~])([^~\n]*[^\s~])~(?![\w~])"),
)
URL = re.compile(r"(?<![|\w])https?://[^\s<>|]+")


@dataclass
class Seen:
    """A text as it shows."""

    text: str = ""
    mentions: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    styled: list[str] = field(default_factory=list)

    def add(self, other: Seen, between: str = "") -> None:
        """Another text after this one."""
        self.text += (between if self.text and other.text else "") + other.text
        self.mentions += other.mentions
        self.links += other.links
        self.styled += other.styled


def text_seen(text: str, *, mrkdwn: bool = True, linking: bool = False) -> Seen:
    """A top-level text: mentions in angle brackets are live even where mrkdwn is off."""
    return _marked(text, BARE if linking else None, styles=mrkdwn)


def object_seen(told: Json, *, linking: bool = False) -> Seen:
    """A text object."""
    text = str(told.get("text", ""))
    if told.get("type") == "plain_text":
        return Seen(html.unescape(text))
    if linking:
        return _marked(text, BARE)
    return _marked(text, None if told.get("verbatim") else BROADCAST)


def _marked(text: str, bare: re.Pattern[str] | None, *, styles: bool = True) -> Seen:
    seen = Seen()
    if bare is not None:
        seen.mentions += bare.findall(ANGLED.sub(" ", text))
    seen.links += [html.unescape(url) for url in URL.findall(ANGLED.sub(" ", text))]
    shown = ANGLED.sub(lambda found: _angled(html.unescape(found[1]), seen), text)
    for style in STYLES if styles else ():
        seen.styled += [html.unescape(piece) for piece in style.findall(shown)]
        shown = style.sub(r"\1", shown)
    seen.text = html.unescape(shown)
    return seen


def _angled(inside: str, seen: Seen) -> str:
    """What shows of `<…>`, escaped again."""
    named, bar, label = inside.partition("|")
    if named.startswith("!date^"):
        return html.escape(label, quote=False)
    if named[0] in "@#!":
        seen.mentions.append(f"<{named}>")
        sign = "" if named[0] in "@#" else "@"
        shown = label or sign + named.removeprefix("!")
    else:
        seen.links.append(named)
        shown = label if bar else named
    return html.escape(shown, quote=False)


def blocks_seen(blocks: list[Json], *, linking: bool = False) -> Seen:
    """All blocks, one under the other."""
    seen = Seen()
    for block in blocks:
        seen.add(_block(block, linking=linking), "\n")
    return seen


def _block(block: Json, *, linking: bool) -> Seen:
    seen = Seen()
    match block.get("type"):
        case "section" | "header":
            texts = [block.get("text"), *block.get("fields", [])]
        case "context":
            texts = block["elements"]
        case "input":
            texts = [block["label"], block.get("hint")]
        case "image":
            texts = [block.get("title"), {"type": "plain_text", "text": block["alt_text"]}]
        case "markdown":
            texts = [{"type": "mrkdwn", "text": block["text"]}]
        case "rich_text":
            for element in block["elements"]:
                seen.add(_rich(element), "\n")
            return seen
        case _:
            return seen
    for told in texts:
        if told and told.get("type") == "image":
            seen.add(Seen(str(told["alt_text"])), "\n")
        elif told:
            seen.add(object_seen(told, linking=linking), "\n")
    return seen


def _rich(element: Json) -> Seen:
    seen = Seen()
    if element["type"] == "rich_text_list":
        first = element.get("offset", 0) + 1
        for number, item in enumerate(element["elements"], first):
            mark = f"{number}. " if element["style"] == "ordered" else "• "
            seen.add(Seen(mark), "\n")
            seen.add(_rich(item))
        return seen
    for piece in element["elements"]:
        seen.add(_piece(piece))
    if element["type"] == "rich_text_preformatted":
        seen.styled.append(seen.text)
    return seen


def _piece(piece: Json) -> Seen:
    match piece["type"]:
        case "text":
            seen = Seen(piece["text"])
        case "link":
            seen = Seen(piece.get("text") or piece["url"], links=[piece["url"]])
        case "emoji":
            seen = Seen(_emoji(piece))
        case "user":
            seen = Seen(f"@{piece['user_id']}", mentions=[f"<@{piece['user_id']}>"])
        case "usergroup":
            named = piece["usergroup_id"]
            seen = Seen(f"@{named}", mentions=[f"<!subteam^{named}>"])
        case "channel":
            seen = Seen(f"#{piece['channel_id']}", mentions=[f"<#{piece['channel_id']}>"])
        case "broadcast":
            seen = Seen(f"@{piece['range']}", mentions=[f"<!{piece['range']}>"])
        case "date":
            seen = Seen(piece.get("fallback", ""))
        case _:
            seen = Seen(str(piece.get("value", "")))
    if any(piece.get("style", {}).values()):
        seen.styled.append(seen.text)
    return seen


def _emoji(piece: Json) -> str:
    if piece.get("unicode"):
        return "".join(chr(int(point, 16)) for point in piece["unicode"].split("-"))
    return f":{piece['name']}:"


def labels(blocks: list[Json]) -> list[str]:
    """What can be pressed or picked, in its order."""
    found: list[str] = []
    for block in blocks:
        for element in elements(block):
            if element["type"] in {"button", "workflow_button"}:
                found.append(html.unescape(element["text"]["text"]))
            found += [html.unescape(option["text"]["text"]) for option in options(element)]
    return found


def elements(block: Json) -> list[Json]:
    """The elements of a block that somebody can use."""
    match block.get("type"):
        case "actions":
            inside = block["elements"]
        case "section":
            inside = [block.get("accessory")]
        case "input":
            inside = [block["element"]]
        case _:
            inside = []
    return [element for element in inside if element and element["type"] != "image"]


def options(element: Json) -> list[Json]:
    """All options of an element, those in groups too."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]
