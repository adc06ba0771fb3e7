"""Small things said beside a conversation, which must be true of it."""

from __future__ import annotations

from tests.journeys.looking import at, words
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
