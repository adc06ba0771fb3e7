"""Small things said beside a conversation, which must be true of it."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.looking import at, current, person, words
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
    for line in ("slip four", "tuesday", "done"):
        someone.says(line)
    said = texts(someone.says("25:99"))
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
    assert texts(someone.says("hm"))[0].endswith("1. Yes, ask me\n2. Later today\n3. Not today")
    someone.says("practise")
    someone.says("weekly")
    assert texts(someone.says("so so"))[0].endswith(
        "1 \u2013 Almost none, 2, 3, 4, 5 \u2013 Plenty"
    )


def test_what_is_written_when_nothing_is_open_is_told_not_to_be_kept(someone: Someone) -> None:
    (said,) = texts(someone.says("We had a long day on the ward."))
    assert said.startswith("Nothing is open just now, so what you just sent is not kept.")
    assert '"journal"' in said
    (said,) = texts(someone.says("hm"))
    assert said.startswith("Nothing is open just now. Write")


def test_a_reserved_word_with_a_letter_wrong_is_asked_about_and_not_done(someone: Someone) -> None:
    for typed, meant in (
        ("take backk", "take back"),
        ("settigns", "settings"),
        ("/forgetme", "forget me"),
        ("stopp", "stop"),
    ):
        (said,) = texts(someone.says(typed))
        assert said.startswith(f'Did you mean "{meant}"?'), typed
    assert current(someone) is None
    assert person(someone).standing == "active"
    someone.says("journal")
    someone.says("yes")
    assert texts(someone.says("take backk")) == []


def test_a_bare_yes_deletes_nothing_and_answers_no_question(someone: Someone) -> None:
    someone.says("journal")
    someone.says("forget me")
    said = texts(someone.says("Yes."))
    assert said[0].startswith("Nothing has been deleted yet.")
    assert at(someone) == "nudge.moment"
    said = texts(someone.says("no"))
    assert said == [
        "Then nothing is deleted, and all stays as it is.",
        '"A journaling nudge" is still open, with its question further up.',
    ]
    assert at(someone) == "nudge.moment"
    assert texts(someone.says("yes, forget me"))[0].startswith("Nothing has been deleted.")
    someone.says("yes")
    assert at(someone) != "nudge.moment"


def test_a_yes_an_hour_later_is_an_answer_again(someone: Someone) -> None:
    someone.says("journal")
    someone.says("forget me")
    someone.now += timedelta(hours=2)
    someone.says("yes")
    assert at(someone) != "nudge.moment"


def test_a_bare_yes_is_known_in_welsh_too(someone: Someone) -> None:
    someone.language = "cy"
    someone.says("anghofia fi")
    for typed in ("ie", "yes"):
        assert texts(someone.says(typed))[0].startswith("Does dim wedi'i ddileu eto.")
    assert texts(someone.says("na"))[0].startswith("Yna does dim")


def test_with_nothing_to_take_back_the_open_question_is_still_open(someone: Someone) -> None:
    someone.says("journal")
    before = at(someone)
    said = texts(someone.says("take back"))
    assert said[0].startswith("There is nothing to take back: nothing of yours waits")
    assert said[1].startswith('"A journaling nudge" is still open')
    assert at(someone) == before
