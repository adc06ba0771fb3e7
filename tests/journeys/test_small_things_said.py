"""Small things said beside a conversation, which must be true of it."""

from __future__ import annotations

from tests.journeys.looking import at, person, words
from tests.journeys.someone import Someone, texts


def test_words_that_skip_left_standing_are_told_and_can_be_taken_out(someone: Someone) -> None:
    for line in ("practise", "weekly", "3", "We argued about beds."):
        someone.says(line)
    said = texts(someone.says("skip"))
    assert said[0].startswith("What you had written stays as your answer.")
    assert len(said) == 2
    assert words(someone)[-1] == "We argued about beds."
    someone.says("delete that")
    assert "We argued about beds." not in words(someone)
    assert at(someone) == "weekly.gap"


def test_a_slip_in_the_settings_is_shown_nowhere(someone: Someone) -> None:
    for line in ("practise", "slip one", "settings", "slip two", "1", "slip three", "uk"):
        said = texts(someone.says(line))
        if line.startswith("slip"):
            assert "is not kept" in said[0], line
            assert "1. " in said[0], line
    for line in ("slip four", "tuesday", "done", "25:99"):
        said = texts(someone.says(line))
    assert "Write a time such as 9:30" in said[0]
    assert "5. Another time" in said[0]
    assert not any("slip" in each for each in words(someone))
    assert "slip" not in "".join(texts(someone.says("back")))
    someone.says("done")
    someone.says("7:15")
    assert person(someone).minute == 7 * 60 + 15
    assert "slip" not in "".join(texts(someone.says("remember")))


def test_the_options_are_shown_again_below_a_slip(someone: Someone) -> None:
    someone.says("journal")
    assert texts(someone.says("hm"))[0].endswith("1. Yes, ask me\n2. Not today")
    someone.says("practise")
    someone.says("weekly")
    assert texts(someone.says("so so"))[0].endswith(
        "1 \u2013 Almost none, 2, 3, 4, 5 \u2013 Plenty"
    )
