"""What people chose to share: words of theirs, each with how far it may go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

#: How far words may go, by the name of the step.
LEVELS: Mapping[str, str] = {
    "evaluator": "May be read by the evaluator, and not be quoted.",
    "unnamed": "May be quoted without a name. Whoever knows the teller may still know them by it.",
    "named": "May be quoted with the teller's name.",
    "public": "May be told in public, as it stands.",
}
#: The steps at which a name goes with the words.
_NAMED = frozenset({"named", "public"})


class Words(Protocol):
    """Words that somebody shared."""

    @property
    def id(self) -> str:
        """A random id."""

    @property
    def practice(self) -> str:
        """The practice in which they were said."""

    @property
    def title(self) -> str:
        """What they are called."""

    @property
    def level(self) -> str:
        """How far they may go: one of `LEVELS`."""

    @property
    def name(self) -> str | None:
        """By what name their teller wants to be called."""

    @property
    def about(self) -> str:
        """What was asked."""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The words themselves."""

    @property
    def given_at(self) -> date:
        """The day on which they were shared."""


def level(words: Words) -> str:
    """How far words may go, in a sentence; as little as can be when it is not known."""
    return LEVELS.get(words.level, LEVELS["evaluator"])


def teller(words: Words) -> str:
    """The teller's name, where it may be said; empty otherwise."""
    return (words.name or "") if words.level in _NAMED else ""
