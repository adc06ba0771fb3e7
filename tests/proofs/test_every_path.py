"""Every turn, lead and path of every practice is reached by somebody, and all of them end."""

from __future__ import annotations

from functools import cache

import pytest

from bot.flows.revisions import Compiled, pack, unpack
from tests.journeys.playing import Passed
from tests.journeys.someone import library
from tests.proofs.walker import Walker

#: How many people walk through a practice at most until all of it was reached.
MOST = 600
#: How many walk through each in the soak, whatever was reached.
MANY = 400


@cache
def compiled(name: str) -> Compiled:
    return unpack(pack(library().practices[name], library()).json)


@pytest.mark.parametrize("name", sorted(library().practices))
def test_all_of_a_practice_is_reached_and_every_walk_ends(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Passed()
    passed.watch(monkeypatch)
    for seed in range(MOST):
        Walker(compiled(name), library(), passed, seed).walk()
        if seed >= 20 and not passed.missing():
            break
    assert passed.missing() == []


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(library().practices))
def test_many_people_walk_through_a_practice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = Passed()
    passed.watch(monkeypatch)
    for seed in range(MANY):
        Walker(compiled(name), library(), passed, seed).walk()
    assert passed.missing() == []
