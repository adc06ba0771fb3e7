"""`make bench`: every figure we promise, one after the other."""

from __future__ import annotations

from bench import (
    ballots,
    circles,
    counting,
    house,
    lanes,
    moving,
    planning,
    replies,
    slack,
    telegram,
)

if __name__ == "__main__":
    for each in (
        house,
        replies,
        lanes,
        planning,
        moving,
        telegram,
        slack,
        ballots,
        counting,
        circles,
    ):
        print(f"== {each.__name__.removeprefix('bench.')}")
        each.main()
