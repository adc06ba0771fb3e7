"""Small checks of which the shape of every block is made; each notes what is wrong and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Notes:
    """What is wrong so far, and what may be there once only."""

    wrong: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    #: How many elements want the focus.
    focused: int = 0

    def say(self, what: str, at: str) -> None:
        self.wrong.append(f"{what} [json-pointer:{at}]")


#: It looks at a value which stands at a place.
Check = Callable[[Any, str, Notes], None]
#: It looks at a whole object, after its fields.
Rule = Callable[[Json, str, Notes], None]


def string(most: int, least: int = 1, like: str = "", what: str = "") -> Check:
    """Text of some length, perhaps of some form."""

    def check(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
        if not isinstance(value, str):
            notes.say("must provide a string", at)
        elif len(value) > most:
            notes.say(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            notes.say(f"must be more than {least - 1} characters", at)
        elif like and not re.fullmatch(like, value):
            notes.say(f"must be {what}", at)

    return check


def whole(least: int, most: int) -> Check:
    """A whole number."""

    def check(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
        if isinstance(value, bool) or not isinstance(value, int):
            notes.say("must provide a whole number", at)
        elif not least <= value <= most:
            notes.say(f"must be between {least} and {most}", at)

    return check


def boolean(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
    """Yes or no."""
    if not isinstance(value, bool):
        notes.say("must provide a boolean", at)


def choice(*words: str) -> Check:
    """One of some words."""

    def check(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
        if value not in words:
            notes.say(f"must be one of: {', '.join(words)}", at)

    return check


def listed(of: Check, most: int, least: int = 1) -> Check:
    """A list of some length."""

    def check(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
        if not isinstance(value, list):
            notes.say("must provide an array", at)
            return
        if len(value) > most:
            notes.say(f"no more than {most} items allowed", at)
        if len(value) < least:
            notes.say(f"no less than {least} items required", at)
        for number, item in enumerate(value):
            of(item, f"{at}/{number}", notes)

    return check


def shape(fields: Mapping[str, Check], needed: str = "", *rules: Rule) -> Check:
    """An object with these fields and no others; `needed` names those which must be there."""

    def check(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
        if not isinstance(value, dict):
            notes.say("must provide an object", at)
            return
        for name in needed.split():
            if name not in value:
                notes.say(f"missing required field: {name}", at)
        for name, inside in value.items():
            if name in fields:
                fields[name](inside, f"{at}/{name}", notes)
            elif name != "type":
                notes.say(f"invalid additional property: {name}", at)
        for rule in rules:
            rule(value, at, notes)

    return check


def typed(table: Mapping[str, Check]) -> Check:
    """An object whose `type` is one of these."""

    def check(value: Any, at: str, notes: Notes) -> None:  # noqa: ANN401
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            notes.say("missing required field: type", at)
        elif kind not in table:
            notes.say(f"unsupported type: {kind}", f"{at}/type")
        else:
            table[kind](value, at, notes)

    return check


def one_of(*names: str) -> Rule:
    """Exactly one of these fields is there."""

    def rule(value: Json, at: str, notes: Notes) -> None:
        if sum(name in value for name in names) != 1:
            notes.say(f"must define exactly one of: {', '.join(names)}", at)

    return rule


def some_of(*names: str) -> Rule:
    """At least one of these fields is there."""

    def rule(value: Json, at: str, notes: Notes) -> None:
        if not any(name in value for name in names):
            notes.say(f"must define either {' or '.join(f'`{name}`' for name in names)}", at)

    return rule
