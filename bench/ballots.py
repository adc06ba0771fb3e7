"""Ballots: what a seal costs, in time and in bytes, and how soon tokens are tried through."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.trust import ballots
from bot.trust.sealing import new_key

_TIMES = 5_000
_PEOPLE = 20_000


def main() -> None:
    """Print the cost of one layer, the length of both, and how fast a secret reverses tokens."""
    count, day = new_key(), new_key()
    public, daily = ballots.public_of(count), ballots.public_of(day)
    plain = ballots.packed(((4,),))
    inner = ballots.seal(public, plain)
    outer = ballots.seal(daily, inner)
    for name, work in (
        ("seal one layer", lambda: ballots.seal(public, plain)),
        ("open one layer", lambda: ballots.open_(count, inner)),
        ("make one token", lambda: ballots.token(count, "energy", "north", "ada")),
    ):
        print(f"{name}: {_each(work):.0f} us")
    print(f"a ballot: {len(plain)} B packed, {len(inner)} B in one layer, {len(outer)} B in two")
    began = time.perf_counter()
    for number in range(_PEOPLE):
        ballots.token(count, "energy", "north", str(number))
    took = time.perf_counter() - began
    print(f"with the secret, the tokens of {_PEOPLE:,} people are tried in {took:.2f} s")


def _each(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(_TIMES):
        work()
    return (time.perf_counter() - began) / _TIMES * 1_000_000


if __name__ == "__main__":
    main()
