"""The order of rows: ballots matched with people by it, against chance, on both databases.

The attacker has the database and the count's secret: they see every value, and know in which
order people shared. They say that the first person gave the first ballot, and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count
from random import Random

import pytest

from bot.store import dropping
from bot.store.opening import Store
from bot.trust import ballots
from bot.trust.keyring import COUNT
from tests.counting.box import Box
from tests.counting.crowd import bodies, crowd, tokens, values_of

#: So many that chance alone comes five hundredths above itself hardly ever: 1 in 30,000 runs.
PEOPLE, FEWER = 1_500, 200
#: In hundredths, above chance.
BAR = 5


class Unshuffled:
    """Chance that leaves everything as it was."""

    def shuffle(self, _: object) -> None:
        pass


def _unshuffle(monkeypatch: pytest.MonkeyPatch) -> None:
    number = count()
    monkeypatch.setattr(dropping, "_CHANCE", Unshuffled())
    monkeypatch.setattr(dropping, "MOST", PEOPLE)
    monkeypatch.setattr(dropping, "new_id", lambda: f"{next(number):032x}")


def matched(one: Sequence[int], other: Sequence[int]) -> float:
    """How many of a hundred are right, read from the front or from the back."""
    assert len(one) == len(other)

    def right(these: Sequence[int]) -> int:
        return sum(a == b for a, b in zip(one, these, strict=True))

    return 100 * max(right(other), right(other[::-1])) / len(one)


def attacked(store: Store, people: int) -> tuple[float, dict[str, float]]:
    """What chance gives, and what each pair of orders gives, in hundredths."""
    box = Box(store)
    values = [Random(str(n)).randint(1, 5) for n in range(people)]
    ids = crowd(box, values)
    said = dict(zip(ids, values, strict=True))
    of = box.count()
    night = box.night()
    assert night is not None
    assert night.dropped == people
    chance = 100 * sum((each / people) ** 2 for each in Counter(values).values())
    secret = store.keys.secret(COUNT + of.id)
    whose = {ballots.token(secret, of.measure, of.cell, each): each for each in ids}
    known = {"when they shared": values, "their ids": [said[each] for each in sorted(ids)]}
    known |= {
        f"tokens by {way}": [said[whose[each]] for each in found]
        for way, found in tokens(box).items()
    }
    return chance, {
        f"{who}, ballots by {way}": matched(given, values_of(box, of, found))
        for who, given in known.items()
        for way, found in bodies(box).items()
    }


def _tell(capsys: pytest.CaptureFixture[str], store: Store, *words: object) -> None:
    with capsys.disabled():
        print(f"\n{store.engine.dialect.name}:", *words)  # noqa: T201 - A figure.


def test_by_no_order_of_rows_are_ballots_matched_with_people_better_than_by_chance(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, found = attacked(store, PEOPLE)
    best = max(found, key=lambda way: found[way])
    _tell(
        capsys,
        store,
        f"{PEOPLE} ballots matched with people by {len(found)} pairs of orders: "
        f"{min(found.values()):.1f} to {found[best]:.1f} % ({best}), chance {chance:.1f} %",
    )
    assert found[best] <= chance + BAR


def test_without_shuffling_they_would_be(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _unshuffle(monkeypatch)
    chance, found = attacked(store, FEWER)
    best = max(found, key=lambda way: found[way])
    _tell(capsys, store, f"without shuffling {found[best]:.1f} % ({best}), chance {chance:.1f} %")
    assert found[best] > chance + 10 * BAR
