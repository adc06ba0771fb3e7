"""That all say the same is never told: one or two who do not would look alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

import pytest

from bot.measures import rules
from bot.measures.measure import Ballot, Measure
from bot.measures.release import Told
from tests.measures.counting import cell, crowd, measure, options

MEASURES = {
    "scale": measure(5),
    "scale of two": measure(2, good=(2,)),
    "all favourable": measure(5, good=(1, 2, 3, 4, 5)),
    "choice": options(4),
    "choice with nothing favourable": options(4, good=()),
    "choices": options(4, several=True, good=(0, 1)),
    "choices with nothing favourable": options(4, several=True, good=()),
}
SIZES = [*range(5, 45), 60, 98, 99, 100, 101, 102, 103]


def told(of: Measure, ballots: Sequence[Ballot]) -> Told | None:
    only = cell("only", crowd("p", len(ballots)), ballots)
    return next(iter(rules.outcome(of, [only], ()).told), None)


def dissenting(of: Measure) -> Iterator[tuple[Ballot, ...]]:
    """Nobody, or one, or two who say something else."""
    ballots: list[Ballot] = [((number,),) for number in of.values]
    for count in (0, 1, 2):
        yield from combinations_with_replacement(ballots, count)


@pytest.mark.parametrize("name", MEASURES)
def test_all_look_like_all_but_two(name: str) -> None:
    of = MEASURES[name]
    for size in SIZES:
        for number in of.values:
            everybody: list[Ballot] = [((number,),)] * size
            same = told(of, everybody)
            for few in dissenting(of):
                ballots = [*everybody[len(few) :], *few]
                assert told(of, ballots) == same, (size, number, few)


def test_the_rounding_to_tenths_alone_would_show_it() -> None:
    """Of six people, only all six come to nine tenths or more: so `most` begins earlier."""
    tenths = [(20 * good + 6) // 12 * 10 for good in range(7)]
    assert [good for good in range(7) if tenths[good] >= 90] == [6]
    shown = [
        told(measure(2, good=(2,)), [((2,),)] * good + [((1,),)] * (6 - good)) for good in (4, 6)
    ]
    assert shown[0] == shown[1]


def test_when_all_chose_an_option_among_several_it_shows_no_more_than_with_all_but_two() -> None:
    """Thirteen rounds to fifteen and twelve to ten: without care, fifteen would mean all."""
    of = options(2, several=True, good=())
    full = told(of, [((0, 1),)] * 13)
    assert full is not None
    assert full == told(of, [*[((0, 1),)] * 11, ((0,),), ((0,),)])
    assert dict(full.parts[0].counts) == {0: 15, 1: 15}
