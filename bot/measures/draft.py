"""Draft: one measure's file, read as far as it can be, with all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.engine.checks.findings import Path, suggest
from bot.flows import shelves, yaml_source
from bot.flows.faults import Fault, unfits
from bot.flows.yaml_source import Data, Source
from bot.measures.measure import ItemOf, Kind, Measure, OptionOf

#: The keys whose values are words, in one language or in several.
_WORDS = ("title", "question", "low", "high", "not_to_conclude")
_INNER: Mapping[str, type[BaseModel]] = {"options": OptionOf, "items": ItemOf}
#: What to do where a measure does not fit together, by the key that its fault names.
_MENDS = {
    "options": "Give `options:` to a choice or to choices, and to nothing else.",
    "items": "Give `items:` to a change, and to nothing else.",
    "floor": "Raise it; without something favourable ten people are needed, for a change eight.",
    "favourable": "Name numbers of the scale, or ids of options.",
}
_LANGUAGES = "Write words after it, or one line for each language: `en: Energy in the week`."


@dataclass(slots=True, kw_only=True)
class Draft:
    """One measure, being read."""

    file: File
    source: Source = field(default_factory=Source)
    #: The measure; None when nothing could be made of it.
    measure: Measure | None = None
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, line: int, fault: str, mend: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(file=str(self.file), line=line, fault=fault, mend=mend))


def read(file: File) -> Draft:
    """Read a measure's file, whatever is in it."""
    draft = Draft(file=file)
    try:
        draft.source = yaml_source.read(shelves.content(file))
    except OSError as wrong:
        mend = "Look at its name and its rights."
        draft.wrong(1, f"the file cannot be opened: {wrong.strerror}", mend)
        return draft
    for each in draft.source.wrongs:
        draft.wrong(each.line, each.fault, each.mend)
    if isinstance(draft.source.data, dict):
        _model(draft, draft.source.data)
    elif not draft.source.wrongs:
        mend = "Begin with `name:`, `title:`, `question:` and `kind:`."
        draft.wrong(1, "the file holds no measure", mend)
    return draft


def _model(draft: Draft, data: dict[str, Data]) -> None:
    try:
        draft.measure = Measure.model_validate(_numbered(data))
    except ValidationError as wrong:
        for path, fault, mend in sorted(set(_refused(wrong, data)), key=str):
            draft.wrong(draft.source.line(path), fault, mend)
        return
    if draft.measure.name != draft.file.stem:
        fault = f"the measure is named `{draft.measure.name}`, and its file `{draft.file.stem}`"
        mend = "Give both one name: a small letter, then small letters, digits and `_`."
        draft.wrong(draft.source.line(("name",)), fault, mend)


def _numbered(data: dict[str, Data]) -> dict[str, Any]:
    """The data with numbers where favourable ones stand: a file holds only text."""
    good = data.get("favourable")
    if data.get("kind") not in {Kind.SCALE.value, Kind.CHANGE.value} or not isinstance(good, list):
        return data
    return data | {"favourable": [_number(each) for each in good]}


def _number(each: Data) -> Data | int:
    return int(each) if isinstance(each, str) and re.fullmatch(r"-?[0-9]{1,2}", each) else each


def _refused(wrong: ValidationError, data: dict[str, Data]) -> Iterator[tuple[Path, str, str]]:
    """All that the model refuses: the place, the fault, the mend."""
    errors = {tuple(error["loc"]): error for error in wrong.errors(include_url=False)}
    for each in unfits(wrong):
        path, error = each.path, errors[each.path]
        kind, key = str(error["type"]), _key(path)
        if kind == "value_error":
            yield _apart(str(error["msg"]).removeprefix("Value error, "), data)
        elif kind == "extra_forbidden":
            mend = suggest(key, _keys(path), "Take it out.")
            yield path, f"`{key}` has no meaning here", mend
        elif named := [step for step in path if step in _WORDS]:
            place = path[: path.index(named[-1]) + 1]
            if kind == "missing":
                yield place, each.fault, each.mend
            else:
                yield place, f"`{named[-1]}` must be words, 300 characters at most", _LANGUAGES
        elif path[:1] == ("favourable",):
            yield path[:2], "`favourable` must be a list of numbers or options", "Write `[4, 5]`."
        else:
            yield path, each.fault, each.mend


def _apart(said: str, data: dict[str, Data]) -> tuple[Path, str, str]:
    """What does not fit together, at the key that it is about."""
    if "a name stands twice" in said:
        key = "options" if data.get("options") else "items"
        return (key,), f"a name stands twice in `{key}`", "Rename one of them."
    key = next((each for each in _MENDS if f"`{each}`" in said), "")
    if not key:
        place = next((name for name in _WORDS if _foreign(data.get(name))), "title")
        return (place,), said, "Add a line `en:` with the words in English."
    return (key,) if key in data else ("kind",), said, _MENDS[key]


def _foreign(words: Data) -> bool:
    return isinstance(words, dict) and "en" not in words


def _key(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the measure")


def _keys(path: Path) -> Iterator[str]:
    """The keys there are where an unknown one was found."""
    yield from (_INNER.get(str(path[0]), Measure) if path[1:] else Measure).model_fields
