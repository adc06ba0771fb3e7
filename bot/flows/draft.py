"""Draft: one practice as it lies on disk, read as far as it can be, with what is wrong.

A model that refuses one line of a file would hide every other fault of it. So what is refused
is mended in a copy, for the check alone: the rest is then checked, and nothing is said of what
was mended. A draft with faults never becomes a practice.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.engine.checks.findings import Finding, InFlow
from bot.engine.flow import Flow
from bot.flows import shelves, yaml_source
from bot.flows.faults import Fault, Unfit, unfits
from bot.flows.practice import speakable
from bot.flows.yaml_source import Data, Source
from bot.prompts import words as words_files
from bot.prompts.words import Words

#: Stands for a practice that could not be read.
UNREAD = "unread"
_DEFAULTS: dict[str, Data] = {"title": "Untitled", "minutes": "5"}


@dataclass(slots=True, kw_only=True)
class Draft:
    """One practice, being read."""

    files: shelves.Files
    source: Source = field(default_factory=Source)
    #: The flow, mended where it had to be; None when nothing could be made of it.
    flow: Flow | None = None
    words: dict[str, Words] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    #: What is worth telling and refuses nothing.
    notes: list[Fault] = field(default_factory=list)
    #: Names of turns that could not be read.
    hurt: set[str] = field(default_factory=set)
    #: True when the name of some turn could not be read: any unknown name may be that one.
    nameless: bool = False
    #: False when some turn could not be read as it stands.
    whole: bool = True

    @property
    def flow_file(self) -> str:
        """The YAML file, as faults name it."""
        return str(self.files.flow or next(iter(self.files.words.values())))

    @property
    def sound(self) -> bool:
        """True while nothing wrong was found."""
        return not self.faults

    def found(self, finding: Finding) -> None:
        """Take a finding in, unless it speaks of a turn that could not be read."""
        if any(
            f"`{name}`" in finding.fault or f"`{name}__" in finding.fault for name in self.hurt
        ):
            return
        if self.nameless and finding.unknown:
            return
        at = finding.at
        if isinstance(at, InFlow):
            file, line = self.flow_file, self.source.line(at.path)
        else:
            file, line = str(self.files.words[at.language]), at.line
        told = self._told(file, line, finding.fault, finding.mend)
        (self.notes if finding.note else self.faults).append(told)

    def wrong(self, file: Path | str, line: int, fault: str, mend: str) -> None:
        """Take in a fault."""
        self.faults.append(self._told(file, line, fault, mend))

    def note(self, file: Path | str, line: int, note: str, mend: str) -> None:
        """Take in something that is no fault."""
        self.notes.append(self._told(file, line, note, mend))

    def _told(self, file: Path | str, line: int, fault: str, mend: str) -> Fault:
        name = self.files.name
        return Fault(file=str(file), line=line, fault=fault, mend=mend, practice=name)


def read(files: shelves.Files) -> Draft:
    """Read a practice's files."""
    draft = Draft(files=files)
    _flow(draft)
    optional = speakable(draft.flow) if draft.flow else frozenset()
    for language, path in files.words.items():
        _words(draft, language, path, optional)
    if files.flow and not files.words and draft.source.data is not None:
        beside = files.flow.with_suffix(".en.j2").name
        draft.wrong(files.flow, 1, "the practice has no words", f"Write them in `{beside}`.")
    return draft


def _unopened(draft: Draft, path: Path, wrong: OSError) -> None:
    why = "there is no such file" if isinstance(wrong, FileNotFoundError) else str(wrong.strerror)
    draft.wrong(path, 1, f"the file cannot be opened: {why}", "Look at its name and its rights.")


def _words(draft: Draft, language: str, path: Path, optional: frozenset[str]) -> None:
    try:
        reading = words_files.read(shelves.content(path), language, optional)
    except OSError as wrong:
        _unopened(draft, path, wrong)
        return
    for finding in reading.findings:
        draft.found(finding)
    if reading.words:
        draft.words[language] = reading.words


def _flow(draft: Draft) -> None:
    path = draft.files.flow
    if path is None:
        words = next(iter(draft.files.words.values()))
        name = draft.files.name
        mend = f"Write `{name}.yaml`, or give the words the name of their practice."
        draft.wrong(words, 1, f"there are words for `{name}`, but no practice", mend)
        return
    try:
        draft.source = yaml_source.read(shelves.content(path))
    except OSError as wrong:
        _unopened(draft, path, wrong)
        return
    for wrong_yaml in draft.source.wrongs:
        draft.wrong(path, wrong_yaml.line, wrong_yaml.fault, wrong_yaml.mend)
    data = draft.source.data
    if isinstance(data, dict):
        _model(draft, path, data)
    elif not draft.source.wrongs:
        mend = "Begin with `name:`, `title:`, `minutes:` and `turns:`."
        draft.wrong(path, 1, "the file holds no practice", mend)


def _model(draft: Draft, path: Path, data: dict[str, Data]) -> None:
    """Check the data against the model; mend a copy until it passes, three times at most."""
    mended = copy.deepcopy(data)
    for _ in range(3):
        try:
            draft.flow = Flow.model_validate(mended)
        except ValidationError as wrong:
            for each in unfits(wrong):
                draft.wrong(path, draft.source.line(each.path), each.fault, each.mend)
                _mend(draft, mended, each)
            if not isinstance(mended.get("turns"), list):
                return
        else:
            return


def _mend(draft: Draft, data: dict[str, Data], wrong: Unfit) -> None:
    """Make the copy pass at one place."""
    match wrong.path:
        case ("turns", int(index), *_) if isinstance(turns := data["turns"], list):
            draft.whole = False
            _mend_turn(draft, turns, index, wrong)
        case ("recalls", str(name), *inner) if isinstance(recalls := data["recalls"], dict):
            recalls.pop(name, None)
            if inner != ["[key]"]:
                recalls[name] = {"turn": UNREAD, "practice": UNREAD}
        case ("name",):
            data["name"] = draft.files.name
        case (str(key), *_) if key in _DEFAULTS:
            data[key] = _DEFAULTS[key]
        case (str(key), *_):
            data.pop(key, None)
        case _:  # pragma: no cover - the model names a key for whatever it refuses.
            pass


def _mend_turn(draft: Draft, turns: list[Data], index: int, wrong: Unfit) -> None:
    """Leave out the key that has no meaning, or put words nobody checks for the turn."""
    turn = turns[index]
    name = turn.get("id") if isinstance(turn, dict) else None
    inner = list(wrong.path[3:])  # After `turns`, the turn's number and its kind.
    if wrong.extra:
        _take_out(turn, inner)
        return
    if not isinstance(name, str) or inner == ["id"]:
        name = f"{UNREAD}{index}"
        draft.nameless = True
    draft.hurt.add(name)
    turns[index] = {"id": name, "kind": "say"}


def _take_out(data: Any, path: list[str | int]) -> None:  # noqa: ANN401 - any part of a turn.
    """Take out the key at the end of a path."""
    *inner, key = path
    for step in inner:
        data = data[step]
    del data[key]
