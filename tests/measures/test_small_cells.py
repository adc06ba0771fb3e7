"""Small and complementary cells: no table gives away what it does not tell.

Random data sets are told, and everything told is solved as equations (tests/measures/tables.py).
A cell is hidden when nothing is told of it alone: it is held, or told as one with others. It is
found when all tables together leave at most five possible numbers ("within +-2") for how many
contributed there, how many chose one number or how many answered favourably, and no table by
itself says as much. A table that says that about none of two teams together chose something says
so of both, and means to; that is no subtraction. Nor is it one that a cell below the floor is
known to be below the floor. As figures are rounded, each says "at least and at most", never "is".

The test is able to fail: tables that tell each large cell alone and the total beside them, with
the same rounding, are solved in the same way, and give hidden cells away.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from bot.measures import rules
from bot.measures.measure import Ballot, Kind, Measure
from bot.measures.rules import Cell
from tests.measures.counting import cell, measure, options, people_of, tell
from tests.measures.tables import MANY, WIDTH, Bounds, bounds, solved

SOME, VERY_MANY = 300, 10_000


def any_measure(chance: random.Random) -> Measure:
    match chance.choice(("scale", "choice", "choices", "unfavourable")):
        case "scale":
            return measure(chance.randint(2, 10), floor=chance.randint(5, 12), good=(2,))
        case "unfavourable":
            return options(chance.randint(2, 8), good=())
        case kind:
            return options(chance.randint(2, 8), several=kind == "choices")


def any_ballot(of: Measure, weights: Sequence[float], chance: random.Random) -> Ballot:
    picked = chance.choices(of.values, weights)[0]
    if of.kind is Kind.CHOICES:
        others = {each for each in of.values if chance.random() < weights[each]}
        return (tuple(sorted({picked, *others})),)
    return ((picked,),)


def any_cells(of: Measure, chance: random.Random) -> list[Cell]:
    """Two to twelve teams of one to forty people, of whom some contribute."""
    cells = list[Cell]()
    for team in range(chance.randint(2, 12)):
        share, size = chance.uniform(0.3, 1), chance.randint(1, chance.choice((6, 15, 40)))
        who = [f"{team} {person}" for person in range(size) if chance.random() < share]
        weights = [chance.random() ** 3 for _ in of.values]
        cells.append(cell(f"t{team:02}", who, [any_ballot(of, weights, chance) for _ in who]))
    return cells


def found(cells: Sequence[Cell], tables: Sequence[Sequence[Bounds]], hidden: set[str]) -> int:
    """How many hidden cells the tables together give away, in one number at least."""
    names = [each.name for each in cells]
    together = solved(names, [each for table in tables for each in table])
    apart = [solved(names, table) for table in tables]
    for each in cells:
        assert all(
            each.name not in hidden or holds(each, *one) for one in together[each.name].items()
        )
    away = 0
    for name in hidden:
        for asked, (low, high) in together[name].items():
            alone = [each[name].get(asked, (0, MANY)) for each in apart]
            if high - low <= WIDTH and (low, high) not in alone:
                away += 1
                break
    return away


def holds(one: Cell, asked: tuple[str, int], between: tuple[int, int]) -> bool:
    """Whether the solution is sound: what is so is one of the possible numbers."""
    low, high = between
    if asked[0] == "size":
        return low <= len(one.people) <= high
    return asked[0] == "good" or low <= sum(asked[1] in each[0] for each in one.ballots) <= high


def told_of(of: Measure, cells: Sequence[Cell]) -> tuple[list[list[Bounds]], set[str]]:
    """What the rules tell, each table as sums; and the cells that are hidden."""
    now = rules.outcome(of, cells, ())
    tables = list[list[Bounds]]()
    for names, told in zip(now.cells, now.told, strict=True):
        assert len(people_of(cells, names)) >= of.floor
        tables.append(list(bounds(of, names, told)))
    alone = {name for names in now.cells if len(names) == 1 for name in names}
    return tables, {each.name for each in cells} - alone


def told_with_a_total(of: Measure, cells: Sequence[Cell]) -> tuple[list[list[Bounds]], set[str]]:
    """What must not be told: every large cell alone, and all together."""
    large = [each for each in cells if len(each.people) >= of.floor]
    people = [person for each in cells for person in sorted(each.people)]
    ballots = [ballot for each in cells for ballot in each.ballots]
    names = frozenset(each.name for each in cells)
    told = [(frozenset({each.name}), each) for each in large]
    told += [(names, cell("all", people, ballots))] if len(people) >= of.floor else []
    return (
        [list(bounds(of, cells, rules.outcome(of, [one], ()).told[0])) for cells, one in told],
        set(names) - {each.name for each in large},
    )


def solve(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(5)
    ours = totals = hidden = below = 0
    for _ in range(count):
        of = any_measure(chance)
        cells = any_cells(of, chance)
        tables, names = told_of(of, cells)
        hidden += len(names)
        ours += found(cells, tables, names)
        tables, names = told_with_a_total(of, cells)
        below += len(names)
        totals += found(cells, tables, names)
    tell(
        capsys,
        f"{count:,} data sets: {hidden:,} hidden cells, {ours} found within +-2; "
        f"with totals told, {totals:,} of {below:,}",
    )
    assert hidden > count
    assert ours == 0
    assert totals > count // 20


def test_no_hidden_cell_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    solve(SOME, capsys)


@pytest.mark.soak
def test_no_hidden_cell_is_found_in_very_many(capsys: pytest.CaptureFixture[str]) -> None:
    solve(VERY_MANY, capsys)
