"""A measure: one thing that may be counted without names, as its YAML file says.

A measure says what is asked, on which scale, how many people it needs at least, over which time
and for whom it is counted, and what nobody may conclude from it. Which practice offers it stands
in that practice's `pool` turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: Fewer people than this are never told of, whatever a file says (TRUST 3.6).
LEAST = 5
#: A count of what changed between two moments needs more (PRACTICES 3).
LEAST_OF_CHANGE = 8
#: A count with nothing favourable in it is told as a distribution alone, which needs ten.
LEAST_OF_DISTRIBUTION = 10

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
#: Words in English, or in several languages by their codes, English among them.
Words = Annotated[str, Field(min_length=1, max_length=300)] | dict[str, str]
#: One person's contribution: for each item the numbers chosen, none where they did not say.
Ballot = tuple[tuple[int, ...], ...]
Value = int | str | tuple[str, ...]


class OutOfScaleError(ValueError):
    """A value that is not on the measure's scale; it is not counted."""


class Kind(StrEnum):
    """What is counted."""

    #: A number from 1 to `points`.
    SCALE = "scale"
    #: One of the options.
    CHOICE = "choice"
    #: Any of the options.
    CHOICES = "choices"
    #: The difference of two answers on one scale, now less then.
    CHANGE = "change"


class Group(StrEnum):
    """By what people are counted together, besides all of them."""

    #: By their cohort.
    COHORT = "cohort"
    #: By the session they were at.
    SESSION = "session"
    #: All together, always.
    ALL = "all"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OptionOf(_Model):
    """One thing that may be chosen."""

    id: Name
    title: Words


class ItemOf(_Model):
    """One of several things that changed, each the difference of two answers."""

    id: Name
    title: Words
    now: Name = Field(description="The turn that asks how it is now.")
    then: Name = Field(description="The turn or recall that says how it was then.")


class Measure(_Model):
    """One thing that may be counted without names."""

    name: Name
    title: Words = Field(description="What it is called, in a few words.")
    question: Words = Field(description="What people were asked, in a sentence.")
    kind: Kind
    points: int = Field(default=5, ge=2, le=10, description="How long the scale is.")
    low: Words | None = Field(default=None, description="What the lowest number means.")
    high: Words | None = Field(default=None, description="What the highest number means.")
    options: tuple[OptionOf, ...] = Field(default=(), max_length=25)
    items: tuple[ItemOf, ...] = Field(default=(), max_length=10)
    favourable: tuple[int | str, ...] = Field(
        default=(), description="The numbers or options that count as favourable."
    )
    floor: int = Field(default=LEAST, ge=LEAST, le=1000, description="The fewest people.")
    group: Group = Group.COHORT
    weeks: int = Field(default=1, ge=1, le=8, description="Over how many weeks it is counted.")
    not_to_conclude: Words = Field(description="What nobody may conclude from it.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Say what does not fit together; raises ValueError."""
        chosen = self.kind in (Kind.CHOICE, Kind.CHOICES)
        if chosen != bool(self.options):
            raise ValueError("`options` are for a choice or choices, which need some")
        if (self.kind is Kind.CHANGE) != bool(self.items):
            raise ValueError("`items` are for a change, which needs some")
        if self.floor < self.least:
            raise ValueError(f"`floor` must be at least {self.least} here")
        for names in ([each.id for each in self.options], [each.id for each in self.items]):
            if len(names) != len(set(names)):
                raise ValueError("a name stands twice")
        unknown = [each for each in self.favourable if self._number(each) not in self.values]
        if unknown:
            raise ValueError(f"`favourable` names {unknown[0]}, which nobody can answer")
        for words in self._words():
            if isinstance(words, dict) and "en" not in words:
                raise ValueError("words in several languages need `en` among them")
        return self

    @property
    def least(self) -> int:
        """The lowest floor that this measure may have."""
        if self.kind is Kind.CHANGE:
            return LEAST_OF_CHANGE
        return LEAST if self.favourable else LEAST_OF_DISTRIBUTION

    @property
    def values(self) -> tuple[int, ...]:
        """Every number a ballot may hold: points, options by their place, or differences."""
        match self.kind:
            case Kind.SCALE:
                return tuple(range(1, self.points + 1))
            case Kind.CHANGE:
                return tuple(range(1 - self.points, self.points))
            case _:
                return tuple(range(len(self.options)))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of what is counted apart: the items of a change, else the measure alone."""
        return tuple(item.id for item in self.items) or (self.name,)

    @property
    def good(self) -> frozenset[int]:
        """The favourable numbers."""
        return frozenset(self._number(each) for each in self.favourable)

    def ballot(self, given: Mapping[str, Value]) -> Ballot:
        """The contribution that answers come to; raises OutOfScaleError.

        `given` holds answers by the names of their turns: those of the items of a change, else
        the one answer under any name.
        """
        if self.kind is Kind.CHANGE:
            return tuple(self._change(item, given) for item in self.items)
        if len(given) != 1:
            raise OutOfScaleError(f"{self.name} takes one answer, not {len(given)}")
        return (self._checked(*given.values()),)

    def check(self, ballot: Ballot) -> Ballot:
        """The ballot itself; raises OutOfScaleError when a number of it is not on the scale."""
        numbers = frozenset(self.values)
        several = len(self.values) if self.kind is Kind.CHOICES else 1
        whole = len(ballot) == len(self.parts) and any(ballot)
        if not whole or any(
            len(part) > several or not numbers.issuperset(part) for part in ballot
        ):
            raise OutOfScaleError(f"a ballot for {self.name} is not on its scale")
        return ballot

    def _change(self, item: ItemOf, given: Mapping[str, Value]) -> tuple[int, ...]:
        now, then = given.get(item.now), given.get(item.then)
        if now is None or then is None:
            return ()
        points = range(1, self.points + 1)
        if not isinstance(now, int) or not isinstance(then, int):
            raise OutOfScaleError(f"{item.id} is no number")
        if now not in points or then not in points:
            raise OutOfScaleError(f"{item.id} is not on the scale")
        return (now - then,)

    def _checked(self, value: Value) -> tuple[int, ...]:
        many = value if isinstance(value, tuple) else (value,)
        numbers = tuple(sorted({self._number(each) for each in many}))
        return self.check((numbers,))[0]

    def _number(self, value: int | str) -> int:
        """The number that stands for a value; -99 for one that is not known."""
        if isinstance(value, str):
            names = [option.id for option in self.options]
            return names.index(value) if value in names else -99
        return value if self.kind in (Kind.SCALE, Kind.CHANGE) else -99

    def _words(self) -> Iterable[Words]:
        every = (self.title, self.question, self.not_to_conclude, self.low, self.high)
        options = (option.title for option in self.options)
        items = (item.title for item in self.items)
        return [each for each in (*every, *options, *items) if each is not None]


def said(words: Words | None, language: str) -> str:
    """Words in a language, or in English where there are none in it."""
    if words is None:
        return ""
    if isinstance(words, str):
        return words
    return words.get(language, words["en"])
