"""On which of their days somebody gets what a campaign asks on some days of a week."""

from __future__ import annotations

from itertools import combinations

import pytest

from scheduler.course import fitted

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
WORKING = (MON, TUE, WED, THU, FRI)


@pytest.mark.parametrize(
    ("asked", "theirs", "days"),
    [
        # Nothing chosen, or the asked days are theirs: nothing moves.
        ((FRI,), None, (FRI,)),
        ((FRI,), WORKING, (FRI,)),
        ((MON, WED), WORKING, (MON, WED)),
        # One day: the first of theirs on or after it, else the last of theirs.
        ((TUE,), (MON, THU), (THU,)),
        ((FRI,), (MON, THU), (THU,)),
        ((FRI,), (MON,), (MON,)),
        ((MON,), (SUN,), (SUN,)),
        # Several: as many of theirs, spread over the week.
        ((MON, WED, FRI), (TUE, WED, THU, FRI, SAT), (TUE, THU, SAT)),
        ((SAT, SUN), WORKING, (TUE, FRI)),
        ((MON, TUE), (WED, THU, FRI), (WED, FRI)),
        ((MON, WED, FRI), (TUE, SAT), (TUE, SAT)),
        ((MON, WED, FRI), (SUN,), (SUN,)),
    ],
)
def test_the_days_of_a_week(
    asked: tuple[int, ...], theirs: tuple[int, ...] | None, days: tuple[int, ...]
) -> None:
    assert fitted(asked, theirs) == days


def choices() -> list[tuple[int, ...]]:
    return [days for count in range(1, 8) for days in combinations(range(7), count)]


def test_whatever_is_asked_the_days_are_theirs_in_order_and_as_many_as_can_be() -> None:
    for asked in choices():
        for theirs in choices():
            days = fitted(asked, theirs)
            assert set(days) <= set(theirs)
            assert list(days) == sorted(set(days))
            assert len(days) == min(len(asked), len(theirs))
