"""Later today: a question that was put off comes again the same day, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.looking import current
from tests.journeys.someone import MORNING, Someone, texts


@pytest.mark.parametrize(("asked", "comes"), [(9, 12), (18, 19), (6, 9)])
def test_it_comes_again_within_the_hours_of_the_same_day(
    someone: Someone, asked: int, comes: int
) -> None:
    someone.now = MORNING.replace(hour=asked, minute=5)
    someone.says("journal")
    someone.says("later today")
    until = MORNING.replace(hour=comes, minute=5) - timedelta(seconds=5)
    assert texts(someone.waits(until - someone.now)) == []
    (said,) = texts(someone.waits(timedelta(minutes=1)))
    assert said.startswith("There is a question here for you")


def test_late_in_the_day_it_is_let_go(someone: Someone) -> None:
    someone.now = MORNING.replace(hour=19, minute=30)
    someone.says("journal")
    assert texts(someone.says("later today"))[0].startswith("The day is nearly over")
    assert current(someone) is None


def test_what_could_not_come_again_that_day_never_comes(someone: Someone) -> None:
    someone.says("journal")
    someone.says("later today")
    someone.now += timedelta(days=1)
    assert texts(someone.waits(timedelta(0))) == []
    assert current(someone) is None
