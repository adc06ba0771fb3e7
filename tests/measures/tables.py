"""Tables as equations: what the figures told leave open for each cell that is not told alone.

An unknown is how many people contributed in a cell, how many of them chose one number, or how many
answered favourably. Each figure says that a sum of unknowns is at least this and at most that, for
it was rounded. Bounds are carried from sum to sum until nothing changes any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.measures.measure import Kind, Measure
from bot.measures.release import Amount, Part, Told

#: As many as there can be, as long as nobody says so.
MANY = 10_000
#: Within +-2: at most five numbers are possible.
WIDTH = 4

#: What is asked of a cell: its size, the count of a number, or the favourable.
Asked = tuple[str, str, int]


@dataclass(frozen=True)
class Bounds:
    """Between what some of the unknowns add up to."""

    cells: frozenset[str]
    asked: tuple[str, int]
    low: int
    high: int


def _size(amount: Amount) -> tuple[int, int]:
    return (
        (amount.low - 2, amount.high + 2)
        if amount.low == amount.high > 0
        else (
            amount.low,
            amount.high,
        )
    )


def bounds(measure: Measure, cells: frozenset[str], told: Told) -> Iterable[Bounds]:
    """Everything that one group told says of the cells in it."""
    low, high = _size(told.contributed)
    yield Bounds(cells, ("size", 0), low, high)
    [part] = told.parts
    for number, count in part.counts:
        # Of several options, all and all but two are told as all.
        nearly = measure.kind is Kind.CHOICES and count >= low
        least, most = (low - 2, high) if nearly else (max(0, count - 2), count + 2)
        yield Bounds(cells, ("count", number), least, most)
    if part.most is not None:
        for number in measure.values:
            least, most = (low - 2, high) if number == part.most else (0, 2)
            yield Bounds(cells, ("count", number), least, most)
    if part.favourable is not None:
        yield Bounds(cells, ("good", 0), *_good(part, low, high))


def _good(part: Part, low: int, high: int) -> tuple[int, int]:
    assert part.favourable is not None
    if part.favourable.most:
        return min(low - 2, -(-85 * low // 100)), high
    if part.favourable.few:
        return 0, max(2, 15 * high // 100)
    assert part.favourable.percent is not None
    near = part.favourable.percent
    return -(-(near - 5) * low // 100), (near + 5) * high // 100


def solved(
    names: Iterable[str], sums: Sequence[Bounds]
) -> dict[str, dict[tuple[str, int], tuple[int, int]]]:
    """For each cell and each thing asked of it, the least and the most that it can be."""
    asked = {each.asked for each in sums} | {("size", 0)}
    found = {name: dict.fromkeys(asked, (0, MANY)) for name in names}
    while _tightened(found, sums):
        pass
    return found


def _tightened(
    found: dict[str, dict[tuple[str, int], tuple[int, int]]], sums: Sequence[Bounds]
) -> bool:
    changed = False
    for each in sums:
        lows = sum(found[name][each.asked][0] for name in each.cells)
        highs = sum(found[name][each.asked][1] for name in each.cells)
        for name in each.cells:
            low, high = found[name][each.asked]
            new = max(low, each.low - (highs - high)), min(high, each.high - (lows - low))
            if new != (low, high):
                found[name][each.asked] = new
                lows, highs = lows + new[0] - low, highs + new[1] - high
                changed = True
    for theirs in found.values():
        for asked, (low, high) in theirs.items():  # Nobody is counted who did not contribute.
            if asked[0] != "size" and high > theirs["size", 0][1]:
                theirs[asked] = low, theirs["size", 0][1]
                changed = True
    return changed
