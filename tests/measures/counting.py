"""Measures, cells and whole releases, made short for tests of what may be told."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from bot.measures import rules
from bot.measures.measure import Ballot, Kind, Measure
from bot.measures.rules import Before, Cell, Outcome

NO = frozenset[str]()


def measure(points: int = 5, *, floor: int = 5, good: Collection[int] = (4, 5)) -> Measure:
    """A scale, as most measures are."""
    return made(kind=Kind.SCALE, points=points, favourable=tuple(good), floor=floor)


def options(count: int, *, several: bool = False, good: Collection[int] = (0,)) -> Measure:
    """A choice among so many options, of which those of these numbers are favourable."""
    return made(
        kind=Kind.CHOICES if several else Kind.CHOICE,
        options=[{"id": f"o{each}", "title": "One"} for each in range(count)],
        favourable=tuple(f"o{each}" for each in good),
        floor=5 if good else 10,
    )


def made(**fields: object) -> Measure:
    words = {"title": "T", "question": "Q?", "not_to_conclude": "Nothing."}
    return Measure.model_validate({"name": "any", **words, **fields})


def cell(name: str, people: Iterable[str], ballots: Iterable[Ballot] = ()) -> Cell:
    """A cell in which everybody who was asked answered; all say 1 unless told otherwise."""
    who = frozenset(people)
    given = tuple(ballots) or (((1,),),) * len(who)
    assert len(given) == len(who)
    size = len(who)
    return Cell(name=name, ballots=given, people=who, invited=size, opened=size, answered=size)


def scaled(name: str, *numbers: int) -> Cell:
    """A cell of people of its own, each with a number."""
    people = [f"{name}{each}" for each in range(len(numbers))]
    return cell(name, people, [((number,),) for number in numbers])


def tell(capsys: pytest.CaptureFixture[str], figures: str) -> None:
    """Print figures where somebody reads them."""
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")


def crowd(letter: str, count: int) -> frozenset[str]:
    return frozenset(f"{letter}{number}" for number in range(count))


def people_of(cells: Iterable[Cell], names: Collection[str]) -> frozenset[str]:
    return NO.union(*(each.people for each in cells if each.name in names))


@dataclass
class Memory:
    """What is held against the next release."""

    before: tuple[Before, ...] = ()

    def keep(self, cells: Sequence[Cell], found: Outcome) -> None:
        self.before = rules.remembered(self.before, cells, found)


def released(
    of: Measure, groups: Mapping[str, Iterable[str]], memory: Memory | None = None
) -> list[set[str]]:
    """The cells told together now, with what was told before in mind."""
    memory = memory or Memory()
    cells = [cell(name, people) for name, people in groups.items()]
    found = rules.outcome(of, cells, memory.before)
    memory.keep(cells, found)
    return [set(names) for names in found.cells]
