"""Many releases, one after the other, while people come, go, change cells and abstain."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import pairwise
from statistics import mean

import pytest

from tests.measures.attacker import BASE, THREE, People, groups_told, once, success
from tests.measures.counting import NO, tell

RELEASES = 20


def chain(chance: random.Random) -> list[Mapping[str, People]]:
    """Who contributed in three cells over twenty releases."""
    names, new = ("a", "b", "c"), iter(range(10_000))
    theirs = {name: {str(next(new)) for _ in range(chance.randint(3, 8))} for name in names}
    releases = list[Mapping[str, People]]()
    for _ in range(RELEASES):
        releases.append({name: frozenset(each) for name, each in theirs.items()})
        for name in chance.sample(names, chance.randint(0, 2)):
            cell, other = theirs[name], theirs[chance.choice(names)]
            for gone in chance.sample(sorted(cell), min(len(cell), chance.randint(0, 3))):
                cell.discard(gone)
                if chance.random() < 0.3:
                    other.add(gone)
            cell |= {str(next(new)) for _ in range(chance.choice((0, 1, 1, 5)))}
            cell -= set(sorted(cell)[8:])
    return releases


def consecutive(told: list[list[People]]) -> list[tuple[People, People]]:
    """Each group told with the last group before it that shares most people with it."""
    pairs, last = list[tuple[People, People]](), list[People]()
    for groups in told:
        for group in groups:
            near = max(reversed(last), key=lambda each: len(each & group), default=NO)
            if near & group:
                pairs.append((near, group))
        last = [*last, *groups]
    return pairs


def gains(pairs: list[tuple[People, People]]) -> list[float]:
    """For one person of each kind that is in one group of a pair alone: the points gained."""
    found = list[float]()
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            if only := sorted(one - other):
                found.append(success(pair, THREE, only[0]) - once(pair, THREE, only[0]))
    return found


def follow(seeds: range, capsys: pytest.CaptureFixture[str]) -> None:
    on, off = list[float](), list[float]()
    told = held = 0
    for seed in seeds:
        releases = chain(random.Random(seed))
        gated, free = groups_told(releases), groups_told(releases, gated=False)
        told += sum(map(len, gated))
        held += sum(map(len, free)) - sum(map(len, gated))
        pairs = consecutive(gated)
        assert all(not 0 < len(one ^ other) < 5 for one, other in pairs)
        on += gains(pairs)
        off += gains(consecutive(free))
    tell(
        capsys,
        f"{len(seeds)} chains of {RELEASES} releases (base {BASE:.0f} %): {told} groups told, "
        f"{held} fewer than without the gate; a pair adds {mean(on):.1f} points on average, "
        f"{max(on):.1f} at most; without the gate {mean(off):.1f} and {max(off):.1f}",
    )
    assert mean(on) <= 5
    assert max(on) <= 10
    assert max(off) > 10


def test_no_chain_of_releases_gives_one_person_away(capsys: pytest.CaptureFixture[str]) -> None:
    follow(range(1), capsys)


@pytest.mark.soak
def test_no_long_chain_of_releases_does(capsys: pytest.CaptureFixture[str]) -> None:
    follow(range(1, 9), capsys)


def test_chains_are_chains() -> None:
    for one, other in pairwise(chain(random.Random(1))):
        assert one.keys() == other.keys()
