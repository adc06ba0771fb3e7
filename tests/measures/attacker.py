"""An attacker who knows everything but the answers, and works out one person's by Bayes.

They know who contributed when and in which cell, how often each answer is given, and that
everybody gave the same answer each time. They see every figure told. For each world, that is for
everybody's answers together, they know what would be told in it, for the rules are public. Then
they name the answer that is the likeliest for the target. Nothing is drawn at random: all worlds
are gone through, so the success is exact.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count, product
from math import comb, prod

from bot.measures import rules
from bot.measures.measure import Measure
from bot.measures.release import Part
from tests.measures.counting import NO, Memory, cell, crowd, measure, people_of

TARGET = "target"
#: How often each answer is given. The likeliest is given by 35 in a hundred.
FIVE = (0.05, 0.10, 0.25, 0.35, 0.25)
FOUR = (0.10, 0.25, 0.35, 0.30)
THREE = (0.33, 0.35, 0.32)
BASE = 35.0
_NUMBERS = count()

People = frozenset[str]
Rates = tuple[float, ...]
#: How many gave each answer.
Counts = tuple[int, ...]
#: For each figure that says anything of the target, whether somebody is in it.
Inside = tuple[bool, ...]


def scale(rates: Rates) -> Measure:
    """A measure with so many answers, of which the two highest are favourable."""
    return measure(len(rates), good=(len(rates) - 1, len(rates)))


def groups_told(
    releases: Sequence[Mapping[str, People]], *, gated: bool = True
) -> list[list[People]]:
    """Who is in each group told, in these releases one after the other."""
    memory, found = Memory(), list[list[People]]()
    for release in releases:
        cells = [cell(name, people) for name, people in release.items()]
        told = rules.outcome(measure(), cells, memory.before if gated else ())
        found.append([people_of(cells, names) for names in told.cells])
        memory.keep(cells, told)
    return found


def success(told: Sequence[People], rates: Rates, target: str = TARGET) -> float:
    """How often the best guess at the target's answer is right, in hundredths."""
    near = _near(told, target)
    others = NO.union(*near) - {target}
    blocks = Counter(tuple(person in group for group in near) for person in others)
    theirs = tuple(target in group for group in near)
    return _success(tuple(sorted(blocks.items())), theirs, rates)


def once(told: Sequence[People], rates: Rates, target: str = TARGET) -> float:
    """The same for the one figure that tells most of the target by itself."""
    return max([BASE, *(success([group], rates, target) for group in told if target in group)])


def _near(told: Sequence[People], target: str) -> list[People]:
    """The figures that say anything of the target: theirs, and those they share people with."""
    near, rest, known = list[People](), list(dict.fromkeys(told)), frozenset({target})
    while found := [group for group in rest if group & known]:
        near += found
        rest = [group for group in rest if group not in found]
        known = known.union(*found)
    return near


@cache
def _success(blocks: tuple[tuple[Inside, int], ...], theirs: Inside, rates: Rates) -> float:
    kinds, figures = range(len(rates)), range(len(theirs))
    chances = defaultdict[tuple[int, ...], list[float]](lambda: [0.0] * len(rates))
    every = [_worlds(size, rates) for _, size in blocks]
    members = [
        [number for number, (inside, _) in enumerate(blocks) if inside[figure]]
        for figure in figures
    ]
    for world in product(*every):
        likely = prod(chance for _, chance in world)
        sums = [
            tuple(map(sum, zip(*(world[block][0] for block in within), strict=True)))
            for within in members
        ]
        for answer in kinds:
            seen = tuple(
                _figure((*one[:answer], one[answer] + 1, *one[answer + 1 :]) if inside else one)
                for one, inside in zip(sums, theirs, strict=True)
            )
            chances[seen][answer] += likely * rates[answer]
    return 100 * sum(max(each) for each in chances.values())


@cache
def _worlds(size: int, rates: Rates) -> list[tuple[Counts, float]]:
    """All ways in which so many people can answer, with the chance of each."""
    return [(counts, _chance(counts, rates)) for counts in _ways(size, len(rates))]


def _ways(size: int, kinds: int) -> Iterator[Counts]:
    if kinds == 1:
        yield (size,)
        return
    for first in range(size + 1):
        for rest in _ways(size - first, kinds - 1):
            yield (first, *rest)


def _chance(counts: Counts, rates: Rates) -> float:
    ways, left = 1, sum(counts)
    for times in counts:
        ways *= comb(left, times)
        left -= times
    return ways * prod(rate**times for rate, times in zip(rates, counts, strict=True))


@cache
def _figure(counts: Counts) -> int:
    """What the rules tell of one group in which so many gave each answer, as a number."""
    ballots = [((number,),) for number, times in enumerate(counts, 1) for _ in range(times)]
    only = cell("only", crowd("p", len(ballots)), ballots)
    points = len(counts)
    [told] = rules.outcome(measure(points, good=(points - 1, points)), [only], ()).told
    return _number(told.parts[0])


@cache
def _number(_part: Part) -> int:
    return next(_NUMBERS)
