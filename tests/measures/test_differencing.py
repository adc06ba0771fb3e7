"""Two releases, one person more or less: how often an attacker names that person's answer.

The attacker stands in tests/measures/attacker.py. One told count by itself already says something
of everybody in it: whoever guesses the commonest answer of a group is right more often than who
guesses the commonest of all people. So a second release is held against the first: it may add five
points at most. Each test also shows what the same attacker gets with the gate off, which is more
than that: the test is able to fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.measures.attacker import (
    BASE,
    FIVE,
    FOUR,
    TARGET,
    THREE,
    People,
    Rates,
    groups_told,
    once,
    success,
)
from tests.measures.counting import crowd, tell

#: By so many points a further release may make the guess better.
MOST = 5.0
#: How much one told count says of each of its people, at most; 35 is the base rate.
MOST_OF_ONE = {FIVE: 43.0, FOUR: 44.0, THREE: 47.5}
Releases = Sequence[Mapping[str, People]]

SIZES = [(6, FIVE), (8, FIVE), (12, FIVE), (20, FOUR), (60, THREE)]
LONG = [(20, FIVE), (60, FOUR)]


def figures(
    title: str, releases: Releases, rates: Rates, capsys: pytest.CaptureFixture[str]
) -> tuple[float, float, float]:
    """Success after one figure, after all with the gate on, and with the gate off."""
    on = [group for told in groups_told(releases) for group in told]
    off = [group for told in groups_told(releases, gated=False) for group in told]
    alone, gated, free = once(on, rates), success(on, rates), success(off, rates)
    tell(
        capsys,
        f"{title}, {len(rates)} answers: base {BASE:.0f} %, one count {alone:.1f}, "
        f"two with the gate {gated:.1f}, without {free:.1f}",
    )
    return alone, gated, free


def leaver(size: int, others: Mapping[str, People]) -> Releases:
    rest = crowd("a", size - 1)
    return [{"a": rest | {TARGET}, **others}, {"a": rest, **others}]


def prove(size: int, rates: Rates, capsys: pytest.CaptureFixture[str]) -> None:
    left = leaver(size, {})
    alone, gated, free = figures(f"leaver, n = {size}", left, rates, capsys)
    assert gated - alone <= MOST
    assert alone <= MOST_OF_ONE[rates]
    assert free - alone > MOST
    alone, gated, free = figures(f"joiner, n = {size}", left[::-1], rates, capsys)
    assert gated <= BASE + MOST
    assert free > BASE + MOST


@pytest.mark.parametrize(("size", "rates"), SIZES)
def test_a_second_release_says_no_more_of_who_left_came_or_abstained(
    size: int, rates: Rates, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(size, rates, capsys)


@pytest.mark.soak
@pytest.mark.parametrize(("size", "rates"), LONG)
def test_nor_with_more_answers_to_choose_from(
    size: int, rates: Rates, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(size, rates, capsys)


@pytest.mark.parametrize("rates", [FIVE, THREE])
def test_what_one_count_says_of_each_in_it_is_known(
    rates: Rates, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {size: once([crowd("a", size - 1) | {TARGET}], rates) for size in range(5, 14)}
    shown = ", ".join(f"{size}: {each:.1f}" for size, each in said.items())
    tell(capsys, f"one count alone, {len(rates)} answers, base {BASE:.0f} %, by people: {shown}")
    assert max(said.values()) <= MOST_OF_ONE[rates]


@pytest.mark.parametrize("size", [6, 8, 12])
def test_nor_when_small_cells_are_told_with_others(
    size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = {"b": crowd("b", 10), "c": crowd("c", 3)}
    for title, others in (("beside ten and three", beside), ("beside three", {"c": beside["c"]})):
        named = f"leaver {title}, n = {size}"
        alone, gated, free = figures(named, leaver(size, others), THREE, capsys)
        assert gated - alone <= MOST
        assert free - alone > MOST


@pytest.mark.parametrize("size", [6, 8, 12])
def test_nor_of_who_changed_from_one_cell_to_another(
    size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = crowd("a", size - 1), crowd("b", 10)
    releases = [{"a": one | {TARGET}, "b": other}, {"a": one, "b": other | {TARGET}}]
    alone, gated, free = figures(f"who changed cells, n = {size}", releases, THREE, capsys)
    assert gated - alone <= MOST
    assert free - alone > MOST


@pytest.mark.parametrize("size", [6, 8, 12])
def test_what_is_left_when_five_changed_is_known(
    size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A difference of five people may be told, as a count of five may; it says something too."""
    rest = sorted(crowd("a", size - 1))
    swapped = [
        {"a": frozenset(rest) | {TARGET}},
        {"a": frozenset(rest[4:]) | crowd("n", 5)},
    ]
    grown = [
        {"a": frozenset(rest) | {TARGET}, "c": crowd("c", 3)},
        {"a": frozenset(rest), "c": crowd("c", 7)},
    ]
    for title, releases in (("five left and five came", swapped), ("one left, four came", grown)):
        alone, gated, _ = figures(f"{title}, n = {size}", releases, THREE, capsys)
        assert gated - alone <= 2 * MOST
