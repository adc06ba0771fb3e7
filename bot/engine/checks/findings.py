"""What a check is given of a practice's words, and what it finds wrong."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.engine.flow import Ask, Choice, Choices, Flow, Scale

#: A place in a practice's YAML file, as pydantic names places: `("turns", 3, "to")`.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class InFlow:
    """A place in the practice itself."""

    path: Path


@dataclass(frozen=True, slots=True)
class InWords:
    """A place in the practice's words in one language."""

    language: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, and what to do about it."""

    at: InFlow | InWords
    #: What is wrong, in a facilitator's words.
    fault: str
    #: What to do.
    mend: str
    #: True when it is about a name that the practice has not.
    unknown: bool = False
    #: True for what is worth knowing and need not be mended before the practice is used.
    note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where words speak of a name."""

    name: str
    #: What they ask of it: `words`, `when`, `ago`; empty for the bare name.
    part: str
    line: int
    #: False in an `if`, which only asks whether it is there.
    shown: bool
    #: Whether it always stands as a paragraph of its own.
    alone: bool = False
    #: Whether an `if` around it makes sure that the name is there.
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One named block of words."""

    name: str
    line: int
    #: The most it says, in paragraphs; what a name brings stands as `…`.
    longest: str
    #: The least it says, when each `if` goes the shorter way.
    shortest: str
    mentions: tuple[Mention, ...] = ()

    @property
    def plain(self) -> bool:
        """True when it says the same to everybody."""
        return not self.mentions


#: The turns that a person answers.
Answering = Ask | Scale | Choice | Choices
#: The blocks of one language, by their names.
Blocks = Mapping[str, Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a practice is checked against."""

    #: Every practice that could be read, this one too.
    flows: Mapping[str, Flow]
    #: Names of practices whose files could not be read: nothing is said against those.
    unread: frozenset[str] = frozenset()
    #: The folded reserved phrases of each language.
    reserved: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: The IANA zone names there are.
    zones: Collection[str] = ()
    #: The languages a person may choose.
    languages: Collection[str] = ()

    def knows(self, practice: str) -> bool:
        """Whether there is a practice of this name, readable or not."""
        return practice in self.flows or practice in self.unread


def nearest(name: str, among: Iterable[str]) -> str | None:
    """The name that was probably meant."""
    close = difflib.get_close_matches(name, sorted(set(among)), n=1, cutoff=0.6)
    return close[0] if close else None


def listed(names: Iterable[str]) -> str:
    """Names in a sentence, each in its marks, at most twelve."""
    marked = [f"`{name}`" for name in names]
    return ", ".join(marked[:12]) + (" and more" if len(marked) > 12 else "")  # noqa: PLR2004


def suggest(name: str, among: Iterable[str], otherwise: str) -> str:
    """The near name when there is one, else what else to do, with the names there are."""
    known = tuple(dict.fromkeys(among))
    if near := nearest(name, known):
        return f"Did you mean `{near}`?"
    return f"{otherwise} There are: {listed(known)}." if known else otherwise


def answering(flow: Flow) -> dict[str, Answering]:
    """The turns of a flow that a person answers, by name."""
    return {turn.id: turn for turn in flow.turns if isinstance(turn, Answering)}


def answered_by(flow: Flow, flows: Mapping[str, Flow]) -> dict[str, Answering]:
    """The turn behind each name that conditions and words may use; recalls, then own turns."""
    known: dict[str, Answering] = {}
    for name, recall in flow.recalls.items():
        home = flow if recall.practice in {None, flow.name} else flows.get(recall.practice or "")
        turn = answering(home).get(recall.turn) if home else None
        if turn:
            known[name] = turn
    return known | answering(flow)
