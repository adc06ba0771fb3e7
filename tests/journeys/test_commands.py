"""Reserved words sent by the platform's own command or from a page."""

from __future__ import annotations

import pytest

from bot.records import Commanded, Outbound
from tests.journeys.looking import at, held, is_nobody, kept, person, words
from tests.journeys.someone import Someone, texts

IN_CHAT = "The answer is in our chat."


def commands(someone: Someone, text: str) -> list[Outbound]:
    return someone.does(Commanded(text=text))


@pytest.mark.parametrize("text", ["help", "Help!", "/help", " HELP "])
def test_a_reserved_word_is_answered_in_the_chat_and_the_command_says_so(
    someone: Someone, text: str
) -> None:
    assert texts(commands(someone, text))[0].startswith("Skerry is automated.")
    assert someone.heard.reply.toast == IN_CHAT


def test_a_word_with_more_behind_it(someone: Someone) -> None:
    assert texts(commands(someone, "pause until Monday"))[0].startswith("Then I will be quiet.")
    assert person(someone).paused_until is not None


def test_done_by_command_ends_the_answer(someone: Someone) -> None:
    for line in ("journal", "yes", "Ellen."):
        someone.says(line)
    commands(someone, "done")
    assert words(someone) == ["Ellen."]


@pytest.mark.parametrize("text", ["We argued about beds.", "", "3", "Almost none"])
def test_anything_else_is_no_answer_and_is_kept_nowhere(someone: Someone, text: str) -> None:
    for line in ("journal", "yes"):
        someone.says(line)
    before = (at(someone), held(someone), kept(someone))
    assert commands(someone, text) == []
    assert someone.heard.reply.toast.startswith("I do not know that word.")
    assert (at(someone), held(someone), kept(someone)) == before


def test_the_label_of_an_option_is_no_reserved_word(someone: Someone) -> None:
    for line in ("practise", "weekly"):
        someone.says(line)
    assert at(someone) == "weekly.energy"
    assert commands(someone, "3") == []
    assert at(someone) == "weekly.energy"


def test_pause_without_a_date_behind_it_is_no_answer_either(someone: Someone) -> None:
    for line in ("journal", "yes"):
        someone.says(line)
    said = commands(someone, "pause until the beds are made")
    assert texts(said)[0].startswith("I could not read that date.")


def test_after_a_stop_only_some_words_are_answered(someone: Someone) -> None:
    someone.says("stop")
    assert commands(someone, "practise") == []
    assert someone.heard.reply.toast.startswith("Skerry is stopped, as you asked.")
    assert texts(commands(someone, "keep"))[0].startswith("I keep your answers")
    assert texts(commands(someone, "start"))[0] == "Good to have you here again."


@pytest.mark.parametrize(
    ("text", "first"), [("help", "Skerry is automated."), ("keep", "I keep your answers")]
)
def test_somebody_new_is_answered_and_then_welcomed(
    stranger: Someone, text: str, first: str
) -> None:
    said = texts(commands(stranger, text))
    assert said[0].startswith(first)
    assert said[1].startswith("Hello, I am Skerry.")
    assert stranger.heard.reply.toast == IN_CHAT


def test_start_from_somebody_new_begins_joining(stranger: Someone) -> None:
    assert texts(commands(stranger, "start"))[0].startswith("Hello, I am Skerry.")
    assert at(stranger) == "join.consent"


def test_an_unknown_word_of_somebody_new_makes_nobody_of_them(stranger: Someone) -> None:
    assert commands(stranger, "hello there") == []
    assert stranger.heard.reply.toast.startswith("I do not know that word.")
    assert is_nobody(stranger)


def test_a_command_that_comes_twice_is_done_once(someone: Someone) -> None:
    someone.does(Commanded(text="practise"), "u-9")
    assert someone.does(Commanded(text="practise"), "u-9") == []
    assert not someone.heard.new
