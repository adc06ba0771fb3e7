"""The loader: the measures there are, the house's own and those from outside, with every fault.

Those from outside lie in the folder `measures` of a place. A bad measure never stops the good
ones. One from outside takes the place of one of the house's own with its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.flows.faults import Fault
from bot.flows.shelves import ENDINGS
from bot.measures.draft import Draft, read
from bot.measures.measure import Measure

FOLDER = Path(__file__).resolve().parent
#: The folder of measures in a place from outside.
MEASURES = "measures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All good measures by name, and the faults of the others."""

    measures: Mapping[str, Measure] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def load(places: Sequence[Path] = ()) -> Measures:
    """Load the house's own measures, and those in the folder `measures` of each place.

    The house's own alone are read once in the life of a process.
    """
    return _loaded(places) if places else _own()


@cache
def _own() -> Measures:
    return _loaded(())


def _loaded(places: Sequence[Path]) -> Measures:
    drafts = {draft.file.stem: draft for draft in _read(FOLDER)}
    outside = [draft for place in places for draft in _read(place / MEASURES)]
    drafts |= {draft.file.stem: draft for draft in outside}
    faults = [fault for draft in drafts.values() for fault in draft.faults]
    faults += _doubled(outside)
    good = (draft.measure for draft in drafts.values() if not draft.faults)
    return Measures(
        measures={made.name: made for made in good if made is not None},
        faults=tuple(sorted(set(faults))),
    )


def _read(folder: Path) -> Iterator[Draft]:
    """The measures of a folder, which need not be there."""
    if folder.is_dir():
        files = sorted(file for file in folder.iterdir() if file.suffix in ENDINGS)
        yield from (read(file) for file in files)


def _doubled(outside: Iterable[Draft]) -> Iterator[Fault]:
    """Measures of one name from two files."""
    seen: dict[str, Path] = {}
    for draft in outside:
        first = seen.setdefault(draft.file.stem, draft.file)
        if first != draft.file:
            fault = f"`{draft.file.stem}` is also the name of the measure in {first}"
            mend = "Rename one of them, in the file too."
            yield Fault(file=str(draft.file), line=1, fault=fault, mend=mend)
