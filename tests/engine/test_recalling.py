"""Which earlier answers still count: not too old, and said after what they must follow."""

from datetime import timedelta

from bot.engine.recalling import counting
from bot.engine.script import Recollect
from tests.engine.builders import NOON, an_answer

DAY = timedelta(days=1)


def of(turn: str, *, after: str | None = None, within_days: int | None = None) -> Recollect:
    return Recollect(
        practice="weekly", turn=turn, which="latest", after=after, within_days=within_days
    )


def test_without_a_limit_everything_counts() -> None:
    found = {"hope": an_answer("once", said_at=NOON - 900 * DAY)}
    assert counting({"hope": of("hope")}, found, NOON) == found


def test_what_is_older_than_its_days_does_not_count() -> None:
    recalls = {"hope": of("hope", within_days=7)}
    young = {"hope": an_answer("once", said_at=NOON - 7 * DAY)}
    assert counting(recalls, young, NOON) == young
    old = {"hope": an_answer("once", said_at=NOON - 7 * DAY - timedelta(seconds=1))}
    assert counting(recalls, old, NOON) == {}


def test_only_what_was_said_after_the_other_counts() -> None:
    recalls = {"step": of("step"), "tried": of("tried", after="step")}
    step = an_answer("ask first", said_at=NOON - 7 * DAY)
    later = {"step": step, "tried": an_answer(value="yes", said_at=NOON)}
    assert counting(recalls, later, NOON) == later
    for before in (step.said_at, step.said_at - DAY):
        found = {"step": step, "tried": an_answer(value="yes", said_at=before)}
        assert counting(recalls, found, NOON) == {"step": step}


def test_with_nothing_to_come_after_it_counts() -> None:
    found = {"tried": an_answer(value="yes")}
    assert counting({"tried": of("tried", after="step")}, found, NOON) == found


def test_it_must_follow_even_what_is_itself_too_old() -> None:
    recalls = {"step": of("step", within_days=1), "tried": of("tried", after="step")}
    found = {
        "step": an_answer("ask first", said_at=NOON - 2 * DAY),
        "tried": an_answer(value="yes", said_at=NOON - 3 * DAY),
    }
    assert counting(recalls, found, NOON) == {}
