"""Telegram's HTML, as strict as Telegram: plain text and entities, or what is wrong and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.faults import bad

Json = dict[str, Any]

NAMES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
#: The only entities with a name; every other stays as it is written.
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|([a-zA-Z]+));?")
LAST_CODE = 0x10FFFF
SURROGATE = re.compile("[\ud800-\udfff]")


def units(text: str) -> int:
    """How long Telegram takes a text to be: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, first: int, end: int) -> str:
    """What stands between two places, which are counted in UTF-16 units."""
    whole = text.encode("utf-16-le", "surrogatepass")
    return whole[first * 2 : end * 2].decode("utf-16-le", "surrogatepass")


def unescaped(text: str) -> str:
    """The text with its entities read."""

    def one(found: re.Match[str]) -> str:
        hexed, number, name = found.groups()
        if name is not None:
            return NAMED.get(name, found[0])
        code = int(hexed, 16) if hexed else int(number)
        if not 0 < code <= LAST_CODE:
            return found[0]
        return chr(code)

    return ENTITY.sub(one, text)


def wrong(why: str) -> Exception:
    """Markup that cannot be read."""
    return bad(f"can't parse entities: {why}")


@dataclass
class Tag:
    """A tag that was opened."""

    name: str
    given: dict[str, str]
    #: Where it began in the plain text, in UTF-16 units.
    offset: int


@dataclass
class Reading:
    """A text on its way from HTML to plain text."""

    html: str
    at: int = 0
    plain: list[str] = field(default_factory=list)
    length: int = 0
    open: list[Tag] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def offset(self, at: int) -> str:
        return f"at byte offset {len(self.html[:at].encode())}"

    def peek(self) -> str:
        """The next character, or nothing at the end."""
        return self.html[self.at : self.at + 1]

    def take(self, pattern: str) -> str:
        """What comes next that is of this pattern."""
        found = re.compile(pattern).match(self.html, self.at)
        assert found is not None
        self.at = found.end()
        return found[0]

    def read(self) -> tuple[str, list[Json]]:
        while self.at < len(self.html):
            if self.peek() != "<":
                said = unescaped(self.take(r"[^<]*"))
                self.plain.append(said)
                self.length += units(said)
            elif self.html.startswith("</", self.at):
                self.close()
            else:
                self.begin()
        if self.open:
            name = self.open[-1].name
            raise wrong(f'Can\'t find end tag corresponding to start tag "{name}"')
        if SURROGATE.search("".join(self.plain)):
            raise wrong(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.plain), self.entities

    def begin(self) -> None:
        start = self.at
        self.at += 1
        name = self.take(r"[^\s>]*").lower()
        if not self.peek():
            raise wrong(f"Unclosed start tag {self.offset(start)}")
        if name not in NAMES:
            raise wrong(f'Unsupported start tag "{name}" {self.offset(start)}')
        given: dict[str, str] = {}
        while self.take(r"\s*") is not None and self.peek() != ">":
            key, value = self.attribute(name, start)
            given[key] = value
            if not self.peek():
                raise wrong(f"Unclosed start tag {self.offset(start)}")
        self.at += 1
        if name == "span" and given.get("class") != "tg-spoiler":
            raise wrong(f'Tag "span" must have class "tg-spoiler" {self.offset(start)}')
        if name == "tg-emoji" and not given.get("emoji-id", "").isdecimal():
            raise wrong("Invalid custom emoji identifier specified")
        self.open.append(Tag(name, given, self.length))

    def attribute(self, tag: str, start: int) -> tuple[str, str]:
        key = self.take(r"[^\s=>/\"']*").lower()
        if not key:
            raise wrong(f'Empty attribute name in the tag "{tag}" {self.offset(start)}')
        self.take(r"\s*")
        if self.peek() and self.peek() != "=":
            return key, ""
        self.at += 1
        self.take(r"\s*")
        if not self.peek():
            raise wrong(f'Unclosed start tag "{tag}" {self.offset(start)}')
        if (quote := self.peek()) in {'"', "'"}:
            self.at += 1
            value = self.take(rf"[^{quote}]*")
            self.at += 1
            return key, unescaped(value)
        began = self.at
        value = self.take(r"[A-Za-z0-9.\-]*")
        if self.peek() and not re.match(r"[\s>]", self.peek()):
            raise wrong(f"Unexpected end of name token {self.offset(began)}")
        return key, value.lower()

    def close(self) -> None:
        start = self.at
        if not self.open:
            raise wrong(f"Unexpected end tag {self.offset(start)}")
        self.at += 2
        name = self.take(r"[^\s>]*").lower()
        self.take(r"\s*")
        if self.peek() != ">":
            raise wrong(f"Unclosed end tag {self.offset(start)}")
        self.at += 1
        tag = self.open.pop()
        if name not in {"", tag.name}:
            raise wrong(
                f"Unmatched end tag {self.offset(start)}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        if self.length > tag.offset and (more := self.said_of(tag)) is not None:
            kind = more.pop("type", NAMES[tag.name])
            place = {"type": kind, "offset": tag.offset, "length": self.length - tag.offset}
            self.entities.append(place | more)

    def said_of(self, tag: Tag) -> Json | None:
        """What an entity says beside its kind and place; None when it is none."""
        match tag.name:
            case "a":
                whole = "".join(self.plain)
                url = tag.given.get("href") or part(whole, tag.offset, self.length)
                return {"url": url} if re.fullmatch(r"\S+[.:]\S+", url) else None
            case "tg-emoji":
                return {"custom_emoji_id": tag.given["emoji-id"]}
            case "blockquote" if "expandable" in tag.given:
                return {"type": "expandable_blockquote"}
            case "pre":
                return self.language(tag)
            case "code" if tag.given.get("class", "").startswith("language-"):
                return {"language": tag.given["class"].removeprefix("language-")}
            case _:
                return {}

    def language(self, tag: Tag) -> Json:
        """The language of a block, from the code that fills it."""
        inner = self.entities[-1] if self.entities else {}
        place = {"type": "code", "offset": tag.offset, "length": self.length - tag.offset}
        if inner.get("language") and inner == place | {"language": inner["language"]}:
            self.entities.pop()
            return {"language": inner["language"]}
        return {}


def parsed(html: str) -> tuple[str, list[Json]]:
    """Plain text and entities of Telegram's HTML."""
    text, entities = Reading(html).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return trimmed(text, entities)


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The same without the blanks around it."""
    kept = text.strip()
    before = units(text[: len(text) - len(text.lstrip())])
    whole = units(kept)
    left = []
    for entity in entities:
        start = max(entity["offset"] - before, 0)
        end = min(entity["offset"] + entity["length"] - before, whole)
        if end > start:
            left.append(entity | {"offset": start, "length": end - start})
    return kept, left


FOUND = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z0-9_]{3,32})(?!\w)"
)


def found(text: str) -> list[Json]:
    """The entities that Telegram finds by itself."""
    return [
        {
            "type": str(match.lastgroup),
            "offset": units(text[: match.start()]),
            "length": units(match[0]),
        }
        for match in FOUND.finditer(text)
    ]


def with_found(text: str, entities: list[Json]) -> list[Json]:
    """The entities that were given, and those found outside them."""
    taken = [range(one["offset"], one["offset"] + one["length"]) for one in entities]
    more = [one for one in found(text) if not any(one["offset"] in place for place in taken)]
    return sorted([*entities, *more], key=lambda one: (one["offset"], -one["length"]))
