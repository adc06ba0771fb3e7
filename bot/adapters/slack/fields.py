"""Fields: Slack's JSON, of which every part may be anything; pure and total.

A field that is not as Slack describes it is a field that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType

Json = Mapping[str, object]

#: The longest id that the house keeps.
LONGEST = 255
_NOTHING: Json = MappingProxyType({})
#: Slack's ids of people, channels and workspaces; theirs have about 11 letters.
_ID = re.compile(r"[A-Z][A-Z0-9]{1,31}")
#: When a message was written, which names it in its channel.
_TS = re.compile(r"\d{1,12}\.\d{1,9}")


def part(of: Json, name: str) -> Json:
    """An object within another; empty when there is none."""
    found = of.get(name)
    return found if isinstance(found, Mapping) else _NOTHING


def parts(of: Json, name: str) -> list[Json]:
    """The objects of a list."""
    found = of.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def number(of: Json, name: str) -> int:
    """A whole number of something; 0 when there is none."""
    found = of.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def text(of: Json, name: str) -> str:
    """A text; half a character, which JSON can hold and nothing else can, is replaced."""
    found = of.get(name)
    return whole(found) if isinstance(found, str) else ""


def whole(found: str) -> str:
    """A text without halves of characters."""
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def name(of: Json, key: str) -> str:
    """An id of Slack's; empty when it is none."""
    found = of.get(key)
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def person(of: Json, key: str) -> str:
    """The id of a person or a bot."""
    found = name(of, key)
    return found if found.startswith(("U", "W")) else ""


def room(of: Json, key: str) -> str:
    """The id of a conversation: with one person, or of a channel."""
    found = name(of, key)
    return found if found.startswith(("C", "D", "G")) else ""


def channel(of: Json, key: str) -> str:
    """The id of a channel, which belongs to several people."""
    found = room(of, key)
    return found if not found.startswith("D") else ""


def team(of: Json, key: str) -> str:
    """The id of a workspace."""
    found = name(of, key)
    return found if found.startswith(("E", "T")) else ""


def stamp(of: Json, key: str) -> str:
    """When a message was written; empty when that is not said."""
    found = of.get(key)
    return found if isinstance(found, str) and _TS.fullmatch(found) else ""


def fitting(found: str) -> str:
    """An id that is short enough to be kept: itself, or its digest."""
    return found if len(found) <= LONGEST else sha256(found.encode()).hexdigest()
