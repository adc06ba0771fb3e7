"""Draft: one campaign's file, read as far as it can be, with all that is wrong with it.

A model that refuses one line would hide every other fault. So what is refused is mended in a
copy, for the check alone: the rest is then checked, and nothing is said of what was mended. A
draft with faults never becomes a campaign.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError

from bot.campaigns.checks import Finding, Known, check
from bot.campaigns.faults import misspelt, refusals
from bot.engine.checks.findings import Path
from bot.flows import shelves, yaml_source
from bot.flows.faults import Fault, Unfit
from bot.flows.yaml_source import Data, Source
from scheduler.campaign import Campaign

_WHEN: Data = {"kind": "monthly", "day": "1"}
_REQUIRED: dict[str, Data] = {"name": "unread", "title": "Untitled"}
#: Stands for a practice that could not be read.
_UNREAD = "unread"


@dataclass(slots=True, kw_only=True)
class Draft:
    """One campaign, being read."""

    file: File
    source: Source = field(default_factory=Source)
    #: The campaign, mended where it had to be; None when nothing could be made of it.
    campaign: Campaign | None = None
    faults: list[Fault] = field(default_factory=list)
    #: What is not wrong, and good to know.
    notes: list[Fault] = field(default_factory=list)
    #: Places that could not be read.
    hurt: list[Path] = field(default_factory=list)

    def wrong(self, line: int, fault: str, mend: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(file=str(self.file), line=line, fault=fault, mend=mend))

    def found(self, finding: Finding) -> None:
        """Take a finding in, unless it is about something that could not be read."""
        if any(_touch(hurt, place) for hurt in self.hurt for place in _places(finding)):
            return
        line = self.source.line(finding.at)
        told = Fault(file=str(self.file), line=line, fault=finding.fault, mend=finding.mend)
        (self.notes if finding.note else self.faults).append(told)


def _places(finding: Finding) -> Iterable[Path]:
    return (finding.at, *finding.about)


def _touch(one: Path, other: Path) -> bool:
    """Whether one of two places holds the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def read(file: File, known: Known) -> Draft:
    """Read a campaign's file, whatever is in it."""
    draft = Draft(file=file)
    try:
        draft.source = yaml_source.read(shelves.content(file))
    except OSError as wrong:
        why = "there is no such file" if isinstance(wrong, FileNotFoundError) else wrong.strerror
        draft.wrong(1, f"the file cannot be opened: {why}", "Look at its name and its rights.")
        return draft
    for each in draft.source.wrongs:
        draft.wrong(each.line, each.fault, each.mend)
    if isinstance(draft.source.data, dict):
        _model(draft, draft.source.data)
        _check(draft, known)
    elif not draft.source.wrongs:
        mend = "Begin with `name:`, `title:` and `steps:`."
        draft.wrong(1, "the file holds no campaign", mend)
    return draft


def _check(draft: Draft, known: Known) -> None:
    campaign = draft.campaign
    if campaign is None:  # pragma: no cover - Three mends always do.
        return
    practices = {*known.practices, _UNREAD}
    around = Known(practices=practices, faulty=known.faulty, zones=known.zones)
    for finding in check(campaign, around):
        draft.found(finding)
    if campaign.name != draft.file.stem:
        fault = f"the campaign is named `{campaign.name}`, and its file `{draft.file.stem}`"
        mend = "Give both one name: a small letter, then small letters, digits and `_`."
        draft.found(Finding(at=("name",), fault=fault, mend=mend))


def _model(draft: Draft, data: dict[str, Data]) -> None:
    """Check the data against the models; mend a copy until it passes, three times at most."""
    mended = copy.deepcopy(data)
    for _ in range(3):  # pragma: no branch - Fewer do.
        try:
            draft.campaign = Campaign.model_validate(mended)
        except ValidationError as wrong:
            refused = refusals(wrong)
            for each in refused:
                if each.path not in misspelt(refused):
                    draft.wrong(draft.source.line(each.path), each.fault, each.mend)
                _mend(draft, mended, each)
        else:
            return


def _mend(draft: Draft, data: dict[str, Data], wrong: Unfit) -> None:
    """Make the copy pass at one place, and remember which."""
    if wrong.extra:
        _take_out(data, wrong.path)
        return
    match wrong.path:
        case ("steps", int(index), *inner) if isinstance(steps := data["steps"], list):
            _mend_step(draft, steps, index, inner)
        case ("steps", *_):
            data["steps"] = [_whole(0)]
            draft.hurt.append(("steps",))
        case (str(key), *_):
            draft.hurt.append((key,))
            _mend_key(data, key, _REQUIRED)
        case _:  # pragma: no cover - The models name a key for whatever they refuse.
            pass


def _mend_step(draft: Draft, steps: list[Data], index: int, inner: list[str | int]) -> None:
    """Put something that passes in the place of what does not."""
    step = steps[index]
    if not isinstance(step, dict) or not inner:
        steps[index] = _whole(index)
        draft.hurt.append(("steps", index))
        return
    key = str(inner[0])
    draft.hurt.append(("steps", index, key))
    _mend_key(step, key, _whole(index))


def _mend_key(data: dict[str, Data], key: str, required: dict[str, Data]) -> None:
    """Leave out what may be left out; what may not gets a value nobody checks."""
    data.pop(key, None)
    if key in required:
        data[key] = required[key]


def _whole(index: int) -> dict[str, Data]:
    """A step that passes."""
    return {"id": f"{_UNREAD}{index}", "practice": _UNREAD, "when": _WHEN}


def _take_out(data: Any, path: Path) -> None:  # noqa: ANN401 - Any part of a campaign.
    """Take out the key at the end of a path; the kind of a `when` is no key of the file."""
    *inner, key = path
    for step in inner:
        if isinstance(step, int) or step in data:
            data = data[step]
    data.pop(key, None)
