"""Practice: a flow with its words in every language; and the library of all there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.engine.checks.findings import answering, nearest
from bot.engine.flow import Flow
from bot.flows.faults import Fault
from bot.prompts.words import Words


class NoSuchPracticeError(LookupError):
    """There is no practice of that name; the message says which is near."""


class FaultyPracticeError(ValueError):
    """The practice cannot be used as it is; it has the faults with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        more = f" (and {len(faults) - 1} more; see `skerry flows check`)" if faults[1:] else ""
        super().__init__(f"{first.file}, line {first.line}: {first.fault}. {first.mend}{more}")
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One practice, checked and found good."""

    flow: Flow
    #: Its words by language; one at least.
    words: Mapping[str, Words]
    #: The file it was read from.
    file: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it speaks, English first."""
        return tuple(sorted(self.words, key=lambda language: (language != "en", language)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All good practices by name, and the faults of the others."""

    practices: Mapping[str, Practice] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    #: What is worth knowing of good ones and bad ones: lines not translated.
    notes: tuple[Fault, ...] = ()

    @property
    def flows(self) -> dict[str, Flow]:
        """The flows of the good practices."""
        return {name: practice.flow for name, practice in self.practices.items()}

    def practice(self, name: str) -> Practice:
        """The practice of a name; raises NoSuchPracticeError or FaultyPracticeError."""
        if found := self.practices.get(name):
            return found
        near = nearest(name, self.practices)
        if faults := tuple(each for each in self.faults if each.practice == name):
            raise FaultyPracticeError(faults)
        hint = f"did you mean {near}?" if near else "`skerry flows list` shows all there are."
        raise NoSuchPracticeError(f"There is no practice named {name}; {hint}")


def speakable(flow: Flow) -> frozenset[str]:
    """The names its words may speak of and that may be missing: recalls and answers."""
    return frozenset({*flow.recalls, *answering(flow)})
