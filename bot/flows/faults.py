"""Fault: something wrong in a file somebody wrote, with its line and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bot.engine.checks.findings import Path, listed, suggest
from bot.engine.flow import Flow, Offer, OptionOf, RecallOf, Turn
from bot.engine.flow import Path as PathOf


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One fault of one file."""

    file: str
    #: 0 when it is of the whole file, or of a folder.
    line: int
    fault: str
    mend: str
    #: The name the practice's file has.
    practice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Something in a practice's file that its model refuses."""

    path: Path
    fault: str
    mend: str
    #: True for a key that has no meaning: without it the rest may pass.
    extra: bool


KINDS: Mapping[str, type[BaseModel]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(Turn)[0])
}
_INNER: Mapping[str, type[BaseModel]] = {
    "options": OptionOf,
    "offers": Offer,
    "paths": PathOf,
    "recalls": RecallOf,
}
_NAMES = (
    "Begin with a small letter; then small letters and digits, with single `_` between: "
    "`next_step`. At most 40 characters."
)


def unfits(wrong: ValidationError) -> list[Unfit]:
    """All that a model refuses.

    Pydantic counts only the good entries of a list, so a bad one makes it too short as well.
    """
    errors = wrong.errors(include_url=False)
    places = [error["loc"] for error in errors]
    return [
        _unfit(error)
        for error in errors
        if error["type"] != "too_short"
        or not any(place != error["loc"] and _below(place, error["loc"]) for place in places)
    ]


def _below(place: Path, other: Path) -> bool:
    return place[: len(other)] == other


def _unfit(error: Mapping[str, Any]) -> Unfit:
    """Say one of pydantic's errors in a facilitator's words."""
    path = tuple(error["loc"])
    name = str(path[-1]) if path else "the practice"
    given = error["input"]
    context: dict[str, Any] = error.get("ctx") or {}
    fault, mend = _said(error["type"], name, given, path, context)
    extra = error["type"] == "extra_forbidden"
    return Unfit(path=path, fault=fault, mend=mend, extra=extra)


def _said(
    kind: str, name: str, given: object, path: Path, context: dict[str, Any]
) -> tuple[str, str]:
    shown = f"`{str(given)[:40]}`" if isinstance(given, str | int) else "this"
    match kind:
        case "missing":
            return f"`{name}` is missing", f"Add a line `{name}:` here."
        case "extra_forbidden":
            return f"`{name}` has no meaning here", suggest(name, _keys(path), "Take it out.")
        case "string_pattern_mismatch":
            return f"{shown} cannot be a name", _NAMES
        case "string_too_long":
            most = context["max_length"]
            return f"`{name}` is longer than {most} characters", f"Shorten it to {most}."
        case "string_too_short":
            return f"`{name}` is empty", f"Write something after `{name}:`."
        case "too_long":
            most = context["max_length"]
            return f"`{name}` has more than {most} entries", f"Keep at most {most}."
        case "too_short":
            least = context["min_length"]
            return f"`{name}` has fewer than {least} entries", f"Give it at least {least}."
        case "value_error":  # What a model says itself: the fault and its mend.
            fault, _, mend = str(context["error"]).partition("; ")
            return fault, mend
        case "union_tag_not_found":
            return "this turn has no `kind`", f"Write one: {listed(KINDS)}."
        case "union_tag_invalid":
            tag = str(context["tag"])[:40]
            return f"`{tag}` is not a kind of turn", suggest(tag, KINDS, "Write another kind.")
        case _:
            return _wanted(kind, name, shown, path, context)


def _wanted(
    kind: str, name: str, shown: str, path: Path, context: dict[str, Any]
) -> tuple[str, str]:
    """A value of the wrong sort."""
    if kind in {"enum", "literal_error"}:
        allowed = str(context["expected"]).replace("'", "`")
        return f"{shown} is not something `{name}` can be", f"Write one of {allowed}."
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = context.get("ge", context.get("le"))
        side = "at least" if "ge" in context else "at most"
        return f"{shown} is out of range for `{name}`", f"Write a whole number, {side} {bound}."
    if kind.startswith("int_"):
        return f"`{name}` must be a whole number, not {shown}", f"Write `{name}: 5` or the like."
    if kind.startswith("bool_"):
        return f"`{name}` must be `true` or `false`, not {shown}", f"Write `{name}: true`."
    if kind.startswith("string_"):
        return f"`{name}` must be words", f"Write words after `{name}:`."
    if kind in {"tuple_type", "list_type"}:
        return f"`{name}` must be a list", "Put each entry on a line that begins with `- `."
    last = path[-1] if path else name
    where = f"entry {last + 1}" if isinstance(last, int) else f"`{last}`"
    return (
        f"{where} must hold names with values",
        "Write lines such as `name: value`.",
    )


def _keys(path: Path) -> Iterator[str]:
    """The keys there are where an unknown one was found."""
    model: type[BaseModel] = Flow
    for step in path[:-1]:
        if step in KINDS:
            model = KINDS[str(step)]
        elif step in _INNER:
            model = _INNER[str(step)]
    yield from model.model_fields
