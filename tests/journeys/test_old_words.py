"""Earlier words come back where they belong, and nowhere else: never of another thing or time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.journeys.looking import current
from tests.journeys.someone import Someone, quotes

WEEK = timedelta(weeks=1)


def turn(someone: Someone) -> str:
    now = current(someone)
    return (now.at or "") if now else ""


def walks(someone: Someone, practice: str, **answers: str) -> Iterator[str]:
    """Go through a practice as it is sent, passing over what is not named; where it stops."""
    said = quotes(someone.is_due(practice))
    yield from (f"quote: {each}" for each in said)
    for _ in range(40):
        now = current(someone)
        if now is None or now.practice != practice:
            return
        here = now.at or ""
        yield here
        said = quotes(someone.says(answers.get(here, "skip")))
        if here in answers:
            said += quotes(someone.says("done")) if turn(someone) == here else []
        yield from (f"quote: {each}" for each in said)
    raise AssertionError(f"{practice} does not end")


def test_not_yet_twice_speaks_of_the_same_experiment(someone: Someone) -> None:
    list(walks(someone, "weekly", energy="4", small_step="Ask first."))
    someone.now += WEEK
    assert "in_the_way" in list(
        walks(someone, "weekly", energy="4", tried="not yet", plan="the same experiment")
    )
    someone.now += WEEK
    short = walks(someone, "weekly", energy="1", pace="the short version", small_step="Ring Mary.")
    list(short)
    someone.now += WEEK
    first = list(walks(someone, "weekly", energy="4", tried="not yet", plan="the same experiment"))
    assert "quote: Ring Mary." in first
    assert "in_the_way" in first
    someone.now += WEEK
    second = list(walks(someone, "weekly", energy="4", tried="not yet"))
    assert "waited" in second


def test_the_newest_plan_is_shown_after_another_was_let_go(someone: Someone) -> None:
    list(walks(someone, "transfer_plan", when_then="When it is Monday, I walk."))
    someone.now += WEEK
    list(walks(someone, "transfer_follow_up", state="it has changed", new_form="On Tuesday."))
    someone.now += WEEK
    list(walks(someone, "transfer_follow_up", state="let go of"))
    someone.now += WEEK
    assert "let_go_before" in list(walks(someone, "transfer_follow_up"))
    list(walks(someone, "transfer_plan", when_then="When Ann rings, I listen."))
    someone.now += WEEK
    anew = list(walks(someone, "transfer_follow_up", state="still waiting"))
    assert "quote: When Ann rings, I listen." in anew
    assert "let_go_before" not in anew
    assert not [each for each in anew if "Tuesday" in each]


def test_a_second_festival_begins_anew(someone: Someone) -> None:
    list(walks(someone, "festival_intention", intention="LOOKED FOR ONE"))
    someone.now += WEEK
    assert "quote: LOOKED FOR ONE" in list(
        walks(someone, "festival_opening", minute="a minute", quiet="next", to_notice="NOTICE ONE")
    )
    assert "quote: NOTICE ONE" in list(walks(someone, "festival_close", to_keep="LINE ONE"))
    someone.now += timedelta(days=1)
    assert "quote: LINE ONE" in list(
        walks(someone, "festival_opening", minute="a minute", quiet="next", to_notice="NOTICE ONE")
    )
    list(walks(someone, "festival_harvest", there="most of it", small_step="STEP ONE"))
    someone.now += 2 * WEEK
    assert "quote: STEP ONE" in list(walks(someone, "festival_experiment"))
    someone.now += 20 * WEEK
    for again in ("sessions", "opening", "close", "harvest", "experiment"):
        came = list(walks(someone, f"festival_{again}", minute="a minute", quiet="next"))
        assert not [each for each in came if "ONE" in each]
    list(walks(someone, "festival_intention", intention="LOOKED FOR TWO"))
    someone.now += WEEK
    assert "quote: LOOKED FOR TWO" in list(
        walks(someone, "festival_opening", minute="a minute", quiet="next")
    )


@pytest.mark.parametrize(
    ("said", "asked"), [("yes, I have", 0), ("it has passed", 0), ("not yet", 1)]
)
def test_a_guess_that_was_checked_is_not_asked_about_again(
    someone: Someone, said: str, asked: int
) -> None:
    list(walks(someone, "perspective_shift", need="A chair.", check="that person"))
    assert "asked" in list(walks(someone, "perspective_shift", asked=said))
    someone.now += WEEK
    assert list(walks(someone, "perspective_shift")).count("asked") == asked


@pytest.mark.parametrize("way", ["a picture", "words for it", "skip"])
def test_nothing_is_praised_that_was_passed_over(someone: Someone, way: str) -> None:
    someone.is_due("mindful_photo")
    someone.says("yes, let us begin")
    someone.says("next")
    someone.says("next")
    someone.says(way)
    said = someone.says("skip")
    if turn(someone):
        said = someone.says("skip")
    assert "nothing is to be kept" in said[0].paragraphs[0].text
