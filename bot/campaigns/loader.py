"""The loader: the campaigns there are, the house's own and those from outside, with every fault.

A bad campaign never stops the good ones. One from outside takes the place of one of the house's
own with its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from bot.campaigns.checks import Known
from bot.campaigns.draft import Draft, read
from bot.engine.checks.findings import nearest
from bot.flows.faults import Fault
from bot.flows.practice import Library
from bot.flows.shelves import ENDINGS
from scheduler.campaign import Campaign

FOLDER = Path(__file__).resolve().parent


class NoSuchCampaignError(LookupError):
    """There is no campaign of that name; the message says which is near."""


class FaultyCampaignError(ValueError):
    """The campaign cannot be used as it is; it has the faults with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        more = f" (and {len(faults) - 1} more; see `skerry campaigns check`)" if faults[1:] else ""
        super().__init__(f"{first.file}, line {first.line}: {first.fault}. {first.mend}{more}")
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaigns:
    """All good campaigns by name, and the faults of the others."""

    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    #: What is not wrong with the good ones, and good to know.
    notes: tuple[Fault, ...] = ()


def load(library: Library, places: Sequence[Path] = ()) -> Campaigns:
    """Load the house's own campaigns, and those of folders or single files from outside."""
    known = _known(library)
    drafts = {draft.file.stem: draft for draft in _read([FOLDER], known)}
    outside = list(_read([place for place in places if place.exists()], known))
    drafts |= {draft.file.stem: draft for draft in outside}
    faults = [_lost(place) for place in places if not place.exists()]
    faults += _doubled(outside)
    faults += [fault for draft in drafts.values() for fault in draft.faults]
    return Campaigns(
        campaigns={
            draft.campaign.name: draft.campaign
            for draft in drafts.values()
            if draft.campaign is not None and not draft.faults
        },
        faults=tuple(sorted(set(faults))),
        notes=tuple(sorted({note for draft in drafts.values() for note in draft.notes})),
    )


def find(name: str, library: Library) -> Campaign:
    """A campaign by its name, or by the path of its YAML file.

    Raises NoSuchCampaignError or FaultyCampaignError.
    """
    path = Path(name)
    if path.suffix not in ENDINGS and "/" not in name:
        path = FOLDER / f"{name}.yaml"
        if not path.is_file():
            raise NoSuchCampaignError(_nothing(name))
    elif not path.is_file():
        raise NoSuchCampaignError(f"There is no file {name}.")
    draft = read(path, _known(library))
    if draft.faults or draft.campaign is None:
        raise FaultyCampaignError(tuple(sorted(draft.faults)))
    return draft.campaign


def _nothing(name: str) -> str:
    """Say that there is no campaign of a name, and what there is."""
    own = [file.stem for file in _files(FOLDER)]
    near = nearest(name, own)
    hint = f"did you mean {near}?" if near else f"there are: {', '.join(own)}."
    return f"There is no campaign named {name}; {hint}"


def _known(library: Library) -> Known:
    """What campaigns may name."""
    faulty = {fault.practice for fault in library.faults} - {""}
    return Known(practices=frozenset(library.practices), faulty=faulty, zones=_zones())


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _read(places: Iterable[Path], known: Known) -> Iterator[Draft]:
    for place in places:
        for file in _files(place):
            yield read(file, known)


def _files(place: Path) -> list[Path]:
    """The campaigns' files of a folder, or the one file."""
    if not place.is_dir():
        return [place]
    return sorted(file for file in place.iterdir() if file.suffix in ENDINGS)


def _lost(place: Path) -> Fault:
    mend = "Give a campaign's YAML file, or a folder that holds some."
    return Fault(file=str(place), line=1, fault="there is no such file or folder", mend=mend)


def _doubled(outside: Iterable[Draft]) -> Iterator[Fault]:
    """Campaigns of one name from two places."""
    seen: dict[str, Path] = {}
    for draft in outside:
        first = seen.setdefault(draft.file.stem, draft.file)
        if first != draft.file:
            fault = f"`{draft.file.stem}` is also the name of the campaign in {first}"
            mend = "Rename one of them, in the file too."
            yield Fault(file=str(draft.file), line=1, fault=fault, mend=mend)
