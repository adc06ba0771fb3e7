"""What holds of telling whatever the cells, the measure and what was told before."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.measures import rules
from bot.measures.measure import Measure
from bot.measures.release import Amount
from bot.measures.rules import Before, Cell
from tests.measures.counting import cell, measure, options, people_of

PEOPLE = [f"p{number:02}" for number in range(60)]
NAMES = "abcdef"

seeds = st.integers(0, 2**32)
measures = st.one_of(
    st.builds(measure, st.just(5), floor=st.integers(5, 14)),
    st.just(options(4, good=())),
    st.just(options(4, several=True)),
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Measure, list[Cell], list[Before]]:
    """Some cells without a person in common; what was told of nearly the same people before."""
    of, chance = draw(measures), random.Random(draw(seeds))
    names = NAMES[: draw(st.integers(1, 6))]
    homes = {person: chance.choice(names) for person in PEOPLE}
    before = list[Before]()
    for _ in range(draw(st.integers(0, 2))):
        told = chance.choice([[name] for name in names] + [list(names[:2])])
        theirs = [person for person in PEOPLE if homes[person] in told]
        stay = chance.choice((0.8, 0.95, 1))
        people = frozenset(person for person in theirs if chance.random() < stay)
        if len(people) >= 5:
            before.append(Before(cells=frozenset(told), people=people))
    here = [person for person in PEOPLE if chance.random() < chance.choice((0.7, 1))]
    cells = list[Cell]()
    for name in names:
        who = [person for person in here if homes[person] == name]
        cells.append(cell(name, who, [((chance.choice(of.values),),) for _ in who]))
    return of, cells, before


@given(world=worlds())
def test_each_cell_is_told_once_or_held(world: tuple[Measure, list[Cell], list[Before]]) -> None:
    of, cells, before = world
    found = rules.outcome(of, cells, before)
    every = [name for names in found.cells for name in names] + list(found.held)
    assert sorted(every) == sorted(each.name for each in cells)
    assert [told.groups for told in found.told] == [tuple(sorted(each)) for each in found.cells]
    assert [told.groups for told in found.told] == sorted(told.groups for told in found.told)


@given(world=worlds())
def test_nothing_is_told_of_fewer_people_than_the_floor(
    world: tuple[Measure, list[Cell], list[Before]],
) -> None:
    of, cells, before = world
    found = rules.outcome(of, cells, before)
    for names, told in zip(found.cells, found.told, strict=True):
        people = len(people_of(cells, names))
        assert people >= max(5, of.floor)
        assert people >= 10 or not any(part.counts or part.most for part in told.parts)


@given(world=worlds())
def test_no_two_figures_differ_by_a_few_people(
    world: tuple[Measure, list[Cell], list[Before]],
) -> None:
    """One figure now against one before, two now against one before, one now against two."""
    of, cells, before = world
    now = [people_of(cells, names) for names in rules.outcome(of, cells, before).cells]
    past = [told.people for told in before]
    # What was told before is apart here only if no two of them have a person in common.
    old_sums = [one | other for one, other in combinations(past, 2) if not one & other]
    new_sums = [one | other for one, other in combinations(now, 2)]
    for one in [*now, *new_sums]:
        for other in [*past, *old_sums]:
            assert not 0 < len(one ^ other) < 5


@given(world=worlds(), seed=seeds)
def test_the_order_of_cells_makes_no_difference(
    world: tuple[Measure, list[Cell], list[Before]], seed: int
) -> None:
    of, cells, before = world
    chance = random.Random(seed)
    mixed = chance.sample(cells, len(cells))
    earlier = chance.sample(before, len(before))
    assert rules.outcome(of, mixed, earlier) == rules.outcome(of, cells, before)


@given(world=worlds())
def test_answers_make_no_difference_to_what_is_told_together(
    world: tuple[Measure, list[Cell], list[Before]],
) -> None:
    """So it gives no answer away that something is held."""
    of, cells, before = world
    others = [cell(each.name, each.people, [((2,),)] * len(each.people)) for each in cells]
    assert rules.outcome(of, others, before).cells == rules.outcome(of, cells, before).cells


@given(world=worlds(), floors=st.tuples(st.integers(5, 14), st.integers(5, 14)))
def test_a_higher_floor_tells_no_more(
    world: tuple[Measure, list[Cell], list[Before]], floors: tuple[int, int]
) -> None:
    _, cells, _ = world
    low, high = (rules.outcome(measure(floor=floor), cells, ()) for floor in sorted(floors))
    assert low.held <= high.held
    for names in high.cells:  # Each group is made of groups of before, or of held cells.
        assert all(each <= names or not each & names for each in low.cells)


@given(floor=st.integers(-5, 20))
def test_the_floor_never_falls_below_the_least(floor: int) -> None:
    of = measure().model_copy(update={"floor": floor})
    assert rules.floor_of(of) == max(5, floor)
    four = cell("a", PEOPLE[:4])
    assert rules.outcome(of, [four], ()).told == ()


@given(counts=st.lists(st.integers(0, 400), min_size=4, max_size=4))
def test_amounts_stand_within_one_another(counts: Sequence[int]) -> None:
    people = PEOPLE[:7]
    opened, answered, invited, _ = counts
    one = Cell(
        name="a",
        ballots=(((1,),),) * 7,
        people=frozenset(people),
        invited=invited,
        opened=opened,
        answered=answered,
    )
    [told] = rules.outcome(measure(), [one], ()).told
    nested = [told.contributed, told.answered, told.opened, told.invited]
    for inner, outer in pairwise(nested):
        assert inner.low <= outer.low
        assert inner.high <= outer.high


@given(count=st.integers(0, 5000))
def test_an_amount_is_never_exact(count: int) -> None:
    told = rules.amount(count)
    if told.low != told.high:
        assert told.low <= count <= told.high
        assert told.high - told.low == 4
    else:
        assert abs(told.low - count) <= 2
        assert told.low % 5 == 0
    assert told == Amount(low=0, high=0) if count == 0 else told.high >= 4
