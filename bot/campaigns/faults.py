"""What a campaign's models refuse, in a facilitator's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bot.engine.checks.findings import Path, listed, nearest, suggest
from bot.flows.faults import Unfit, unfits
from scheduler.campaign import Audience, Campaign, Step, Weekday, When
from scheduler.festival import EventType

#: The kinds of `when`, by their names.
KINDS: Mapping[str, type[BaseModel]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(When)[0])
}
_INNER: Mapping[str, type[BaseModel]] = {"steps": Step, "audience": Audience, **KINDS}
_DATE = "Write year, month and day, such as `2027-01-31`."
_LIST = "Write a list, even of one: `[tuesday]`."
#: What the values of a key look like.
_LOOKS: Mapping[str, tuple[str, str]] = {
    "at": ("is not a time of day", "Write hours and minutes, such as `09:30`."),
    "window": ("does not give hours", "Write from and to, such as `09:00-20:00`."),
    "quiet": ("does not give hours", "Write from and to, such as `12:00-13:00`."),
    "on": (
        "does not say when",
        "Write `1 week before it opens`, `the day it opens`, `10 minutes after it ends`.",
    ),
    "reminder": (
        "does not say when to remind",
        "Write `3 hours`, `2 days` or `next working day`.",
    ),
    "closes": (
        "does not say when it closes",
        "Write `72 hours`, `7 days`, `end of day`, `never`.",
    ),
}


def refusals(wrong: ValidationError) -> list[Unfit]:
    """All that the models refuse, each with its place."""
    errors = {tuple(error["loc"]): error for error in wrong.errors(include_url=False)}
    return [_ours(each, errors[each.path]) for each in unfits(wrong)]


def misspelt(refused: Sequence[Unfit]) -> set[Path]:
    """The places of keys that are missing only since they are misspelt."""
    extra = [each.path for each in refused if each.extra]
    return {(*path[:-1], nearest(_key(path), _keys(path)) or "") for path in extra}


def _ours(unfit: Unfit, error: Mapping[str, Any]) -> Unfit:
    """Say it as a campaign needs it; what any file may have wrong is said already."""
    said = _said(error["type"], unfit.path, error)
    if said is None:
        return unfit
    return Unfit(path=unfit.path, fault=said[0], mend=said[1], extra=unfit.extra)


def _said(kind: str, path: Path, error: Mapping[str, Any]) -> tuple[str, str] | None:
    given = error["input"]
    shown = f"`{str(given)[:40]}`" if isinstance(given, str | int) else "this"
    name = _key(path)
    match kind:
        case "extra_forbidden":
            return f"`{name}` has no meaning here", suggest(name, _keys(path), "Take it out.")
        case "union_tag_not_found":
            return "`when` has no `kind`", f"Write one: {listed(KINDS)}."
        case "union_tag_invalid":
            tag = str(error["ctx"]["tag"])[:40]
            return f"`{tag}` is not a kind of `when`", suggest(tag, KINDS, "Write another kind.")
        case "string_pattern_mismatch" if name in _LOOKS:
            return f"{shown} {_LOOKS[name][0]}", _LOOKS[name][1]
        case "enum" if name in {"on", "days", "working_days"}:
            mend = suggest(str(given).lower(), list(Weekday), "Name a weekday.")
            return f"{shown} is not a day of the week", mend
        case "enum" if name == "kinds":
            mend = suggest(str(given).lower(), list(EventType), "Name a kind of session.")
            return f"{shown} is not a kind of session", mend
        case "enum" if name == "platforms":
            mend = suggest(str(given), _expected(error), "Name a platform.")
            return f"{shown} is not a platform", mend
        case "tuple_type":
            return f"`{name}` must be a list", _LIST
        case "int_parsing" | "greater_than_equal" | "less_than_equal" if path[-1] != name:
            mend = f"Write whole numbers {_range(name)}: `{name}: [1, 2]` or the like."
            return f"{shown} is not one of the numbers of `{name}`", mend
        case "value_error" | "date_type":
            return f"{shown} is not a date", _DATE
        case _ if kind.startswith("date_"):
            return f"there is no day {shown}", _DATE
        case _:
            return None


def _range(name: str) -> str:
    """From what number to what a list of them goes."""
    return "from 0 to 260" if name == "weeks" else "from 1 to 366"


def _key(path: Path) -> str:
    """The key at the end of a path, of which a number may be an entry."""
    return next((step for step in reversed(path) if isinstance(step, str)), "the campaign")


def _expected(error: Mapping[str, Any]) -> Sequence[str]:
    return [each.strip(" '") for each in error["ctx"]["expected"].replace(" or ", ",").split(",")]


def _keys(path: Path) -> Iterator[str]:
    """The keys there are where an unknown one was found."""
    model: type[BaseModel] = Campaign
    for step in path[:-1]:
        model = _INNER.get(str(step), model)
    yield from model.model_fields
