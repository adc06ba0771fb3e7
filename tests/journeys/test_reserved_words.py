"""Words that mean something at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import bot.prompts
from bot.engine.hearing import Word
from bot.prompts.reserved import vocabulary
from bot.prompts.words import read
from bot.requests.words import AFTER_STOP
from tests.journeys.looking import at, current, held, person, words
from tests.journeys.someone import Someone, library, texts

State = Callable[[Someone], object]


def _said(*lines: str) -> State:
    def play(someone: Someone) -> None:
        for line in lines:
            someone.says(line)

    return play


def _amending(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.says("Ellen.")
    someone.says("done")
    someone.changes("Ellen.", "Rosa.")


STATES: dict[str, State] = {
    "nothing open": _said(),
    "the menu": _said("practise"),
    "an invitation": _said("journal"),
    "a scale": _said("practise", "weekly"),
    "a question": _said("journal", "yes"),
    "a draft": _said("journal", "yes", "Ellen."),
    "a choice with words beside it": _said("journal", "hm"),
    "choices": _said("settings", "1", "uk", "monday"),
    "a place": _said("settings", "1", "somewhere else"),
    "an hour": _said("settings", "1", "skip", "skip", "another time"),
    "a quiet time": _said("practise", "listening", "a meeting", "within the hour"),
    "set aside": _said("journal", "yes", "Ellen.", "later"),
    "paused": _said("journal", "yes", "Ellen.", "pause"),
    "a change after the end": _amending,
    "one behind another": _said("practise", "weekly", "3", "We argued.", "journal"),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_reserved_word_is_answered_and_is_no_answer(someone: Someone, state: State) -> None:
    state(someone)
    for phrase in vocabulary("en"):
        for typed in (phrase, f"/{phrase.replace(' ', '_')}", f" {phrase.upper()}! "):
            said, written = someone.tries(typed)
            assert said, f"nothing is said to {typed!r}"
            assert typed.strip() not in written


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_sentence_with_a_reserved_word_in_it_is_no_reserved_word(
    someone: Someone, state: State
) -> None:
    state(someone)
    before = person(someone)
    someone.says("I had to stop and think.")
    someone.says("later that day we went back, and that is all")
    assert person(someone) == before


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_after_stop_only_start_resumes_and_nothing_is_kept(someone: Someone, state: State) -> None:
    state(someone)
    someone.says("stop")
    kept_before = words(someone)
    after_stop = {phrase for phrase, word in vocabulary("en").items() if word in AFTER_STOP}
    refused = "You have stopped Skerry"
    for phrase in (*vocabulary("en"), "pause until Monday", "canary 7531", "1", "yes"):
        said, written = someone.tries(phrase)
        is_refused = any(refused in text for text in texts(said))
        assert is_refused != (phrase in after_stop), phrase
        assert "canary" not in written
    assert someone.waits(timedelta(days=30)) == []
    assert words(someone) == kept_before
    assert current(someone) is None
    assert "What would you like to do?" in texts(someone.says("start"))[-1]


def test_stop_is_not_undone_by_presses_edits_or_a_planned_prompt(someone: Someone) -> None:
    someone.says("journal")
    button = someone.told[-1].options[0].token
    someone.says("yes")
    someone.says("Ellen.")
    someone.says("stop")
    someone.presses(button)
    assert someone.heard.reply.toast.startswith("That button belongs")
    someone.changes("Ellen.", "canary")
    assert someone.is_due("weekly") == []
    assert current(someone) is None
    assert words(someone) == ["Ellen."]


def test_a_typed_label_wins_over_a_reserved_word(someone: Someone) -> None:
    """No practice of ours has such a label, for `flows check` refuses it; a turn still obeys."""
    practices = library().practices
    source = (Path(bot.prompts.__file__).parent / "en" / "listening.j2").read_bytes()
    found = read(source.replace(b"None today", b"Stop"), "en").words
    assert found is not None
    listening = replace(practices["listening"], words={"en": found})
    someone.practices = replace(library(), practices={**practices, "listening": listening})
    someone.says("practise")
    someone.says("listening")
    said = someone.says("stop")
    assert "Then something small to carry." in texts(said)[0]
    assert person(someone).standing == "active"


def test_help_comes_in_one_message_and_before_anything_else(someone: Someone) -> None:
    someone.says("journal")
    (said,) = someone.says("help")
    assert "Samaritans" in texts([said])[0]
    assert said.lane_class == "help"
    for word in ("next", "take back"):
        assert f'"{word}"' in texts([said])[0]


def test_help_and_keep_are_answered_before_anybody_has_joined(stranger: Someone) -> None:
    assert "Samaritans" in texts(stranger.says("help"))[0]
    assert "encrypted with a key of your own" in texts(stranger.says("what do you keep?"))[0]
    assert at(stranger) == "join.consent"


def test_stop_is_heard_from_somebody_who_never_wrote_before(stranger: Someone) -> None:
    said = stranger.says("stop")
    assert len(said) == 1
    assert said[0].paragraphs[0].text.startswith("Stopped.")


def test_practise_while_joining_does_not_pass_over_consent(stranger: Someone) -> None:
    stranger.arrives()
    for word in ("practise", "journal", "settings"):
        stranger.says(word)
        for answer in ("nudge", "yes", "canary", "done"):
            stranger.says(answer)
    if not any(each.practice == "join" and each.answers.get("consent") for each in held(stranger)):
        assert words(stranger) == []


def test_stop_while_joining_and_start_again_asks_for_consent(stranger: Someone) -> None:
    stranger.arrives()
    stranger.says("stop")
    assert "May I keep your answers?" in texts(stranger.says("start"))[-1]


def test_every_word_has_a_phrase() -> None:
    assert set(vocabulary("en").values()) == {word.value for word in Word}
