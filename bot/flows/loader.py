"""The loader: reads every practice there is and tells every fault of every file at once.

A bad practice never stops the good ones. It is left out, and so is a practice that needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from bot.engine.check import check
from bot.engine.checks.findings import Around, Finding, InFlow
from bot.engine.flow import Close, Flow, SubFlow
from bot.flows import shelves
from bot.flows.draft import UNREAD, Draft, read
from bot.flows.faults import Fault
from bot.flows.practice import Library, NoSuchPracticeError, Practice
from bot.prompts.house import languages
from bot.prompts.reserved import vocabulary


def load(places: Sequence[Path] = ()) -> Library:
    """Load the house's own practices, and those of folders or single files from outside.

    A practice from outside takes the place of one of the house's own with its name. The house's
    own alone are read once in the life of a process.
    """
    return _loaded(places) if places else _own()


@cache
def _own() -> Library:
    return _loaded(())


def _loaded(places: Sequence[Path]) -> Library:
    lost = [place for place in places if not place.exists()]
    drafts = {files.name: _translated(read(files)) for files in shelves.own()}
    outside: list[Draft] = []
    for place in places:
        if place not in lost:
            outside += _outside(place)
    doubled = _doubled(outside)
    drafts |= {draft.files.name: draft for draft in outside}
    _check(drafts)
    _leave_out_what_needs_the_unsound(drafts)
    faults = [*map(_lost, lost), *doubled]
    faults += [fault for draft in drafts.values() for fault in draft.faults]
    return Library(
        practices={
            name: Practice(flow=draft.flow, words=draft.words, file=draft.flow_file)
            for name, draft in drafts.items()
            if draft.sound and draft.flow
        },
        faults=tuple(sorted(set(faults))),
        notes=tuple(sorted({note for draft in drafts.values() for note in draft.notes})),
    )


def find(flow: str, places: Sequence[Path] = ()) -> tuple[Practice, Library]:
    """A practice by its name, or by the path of its YAML file, with the library it is of.

    Raises NoSuchPracticeError or FaultyPracticeError.
    """
    path = Path(flow)
    if path.suffix in shelves.ENDINGS or "/" in flow:
        if not path.is_file():
            raise NoSuchPracticeError(f"There is no file {flow}.")
        library = load([*places, path])
        return library.practice(shelves.single(path).name), library
    library = load(places)
    return library.practice(flow), library


def _translated(draft: Draft) -> Draft:
    """One of the house's own practices, with a note for each language it has no words in."""
    for language in languages():
        if language not in draft.words and draft.words:
            note = f"the practice is not translated into `{language}`; English is spoken"
            mend = f"Write `bot/prompts/{language}/{draft.files.name}.j2`."
            draft.note(draft.flow_file, 1, note, mend)
    return draft


def _outside(place: Path) -> Iterator[Draft]:
    """The practices of a folder; or one file, with those beside it that it names."""
    try:
        found = list(shelves.folder(place)) if place.is_dir() else [shelves.single(place)]
    except OSError as wrong:
        yield _unopened(place, wrong)
        return
    if not found and not (place / "measures").is_dir():  # A place may hold measures alone.
        yield _unused(place)
    read_already: set[str] = set()
    while found:
        files = found.pop(0)
        if files.name in read_already:
            continue
        read_already.add(files.name)
        draft = read(files)
        yield draft
        if draft.flow and not place.is_dir():
            beside = (shelves.sibling(place, name) for name in sorted(_needed(draft.flow)))
            found += [files for files in beside if files]


def _needed(flow: Flow) -> set[str]:
    """The practices that a flow names."""
    named = {recall.practice for recall in flow.recalls.values()}
    named |= {turn.practice for turn in flow.turns if isinstance(turn, SubFlow)}
    named |= {turn.begins for turn in flow.turns if isinstance(turn, Close)}
    return {name for name in named if name}


def _unopened(place: Path, wrong: OSError) -> Draft:
    draft = Draft(files=shelves.Files(name=place.stem, flow=place, words={}))
    draft.wrong(place, 1, f"it cannot be opened: {wrong.strerror}", "Look at its rights.")
    return draft


def _unused(place: Path) -> Draft:
    draft = Draft(files=shelves.Files(name="", flow=place, words={}))
    draft.wrong(place, 1, "the folder holds no practice", "Put `x.yaml` and `x.en.j2` into it.")
    return draft


def _lost(place: Path) -> Fault:
    return Fault(
        file=str(place),
        line=0,
        fault="there is no such file or folder",
        mend="Give a practice's YAML file, or a folder that holds some.",
    )


def _doubled(outside: Iterable[Draft]) -> Iterator[Fault]:
    """Practices of one name from two places."""
    seen: dict[str, str] = {}
    for draft in outside:
        name, file = draft.files.name, draft.flow_file
        if seen.setdefault(name, file) != file:
            yield Fault(
                file=file,
                line=1,
                fault=f"`{name}` is also the name of the practice in {seen[name]}",
                mend="Rename one of them, in the file too.",
            )


def _check(drafts: dict[str, Draft]) -> None:
    """Check each practice among the others."""
    flows = {
        draft.files.name: draft.flow for draft in drafts.values() if draft.flow and draft.whole
    }
    unread = frozenset({*drafts, UNREAD} - set(flows))
    spoken = {*languages(), *(lang for draft in drafts.values() for lang in draft.words)}
    reserved = {language: frozenset(vocabulary(language)) for language in spoken}
    for draft in drafts.values():
        if draft.flow is None:
            continue
        around = Around(
            flows=flows | {draft.files.name: draft.flow},
            unread=unread,
            reserved=reserved,
            zones=_zones(),
            languages=spoken,
        )
        blocks = {language: words.blocks for language, words in draft.words.items()}
        name = draft.files.name
        for finding in check(draft.flow, blocks, around, name, whole=draft.whole):
            draft.found(finding)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _leave_out_what_needs_the_unsound(drafts: dict[str, Draft]) -> None:
    """A practice inside another, or begun by it, must be good itself."""
    again = True
    while again:
        again = False
        for draft in [each for each in drafts.values() if each.sound and each.flow]:
            for finding in _unsound(draft, drafts):
                draft.found(finding)
                again = True


def _unsound(draft: Draft, drafts: dict[str, Draft]) -> Iterator[Finding]:
    for index, turn in enumerate(draft.flow.turns if draft.flow else ()):
        match turn:
            case SubFlow(practice=name):
                key = "practice"
            case Close(begins=str(name)):
                key = "begins"
            case _:
                continue
        if name in drafts and not drafts[name].sound:
            yield Finding(
                at=InFlow(("turns", index, key)),
                fault=f"practice `{name}`, which this one needs, has faults of its own",
                mend=f"Mend those first: {drafts[name].flow_file}.",
            )
