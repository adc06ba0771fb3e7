"""Presses: stale, doubled, forged, and those of another person."""

from __future__ import annotations

import pytest

from tests.journeys.looking import at, current, held, kept, parked_ones, words
from tests.journeys.someone import Someone, texts


def test_a_press_does_what_its_label_does(someone: Someone) -> None:
    someone.says("journal")
    someone.presses(someone.told[-1].options[0].token)
    assert at(someone) == "nudge.question"
    someone.says("Ellen.")
    done = someone.told[-1].done
    assert done is not None
    someone.presses(done.token)
    assert words(someone) == ["Ellen."]


def test_every_token_fits_into_a_telegram_button(someone: Someone) -> None:
    for line in ("practise", "weekly", "3", "settings", "1", "uk", "monday"):
        someone.says(line)
    tokens = [option.token for said in someone.told for option in said.options]
    tokens += [said.done.token for said in someone.told if said.done]
    assert max(len(token.encode()) for token in tokens) <= 64


def test_a_stale_press_changes_nothing_and_says_so(someone: Someone) -> None:
    someone.says("practise")
    someone.says("weekly")
    button = someone.told[-1].options[0].token
    someone.says("3")
    before = kept(someone)
    assert someone.presses(button) == []
    assert someone.heard.reply.toast.startswith("That button belongs")
    assert kept(someone) == before
    assert at(someone) == "weekly.stayed"


def test_a_press_after_the_end_is_stale(someone: Someone) -> None:
    someone.says("journal")
    button = someone.told[-1].options[2].token
    someone.presses(button)
    before = kept(someone)
    assert someone.presses(button) == []
    assert someone.heard.reply.toast.startswith("That button belongs")
    assert kept(someone) == before


def test_a_doubled_press_counts_once(someone: Someone) -> None:
    for line in ("settings", "1", "uk"):
        someone.says(line)
    button = someone.told[-1].options[0].token
    someone.presses(button)
    someone.presses(button)
    now = current(someone)
    assert now is not None
    assert now.chosen == ("mon",)


def test_a_chosen_option_is_taken_back_by_its_new_button(someone: Someone) -> None:
    for line in ("settings", "1", "uk", "monday, tuesday"):
        someone.says(line)
    button = next(each for each in someone.told[-1].options if each.label == "Monday")
    assert button.chosen
    someone.presses(button.token)
    now = current(someone)
    assert now is not None
    assert now.chosen == ("tue",)


def test_a_chosen_option_is_taken_back_by_typing_its_number_or_its_words(
    someone: Someone,
) -> None:
    for line in ("settings", "1", "uk", "monday, tuesday, friday"):
        someone.says(line)
    someone.says("1, friday")
    now = current(someone)
    assert now is not None
    assert now.chosen == ("tue",)
    someone.says("tue")
    assert not any(each.chosen for each in someone.told[-1].options)
    someone.says("done")
    assert texts(someone.told)[-1].startswith("Nothing is chosen yet.")


def test_a_press_takes_up_the_conversation_it_belongs_to(someone: Someone) -> None:
    someone.says("practise")
    someone.says("weekly")
    someone.says("3")
    someone.says("skip")
    someone.says("skip")
    button = someone.told[-1].options[0].token
    someone.says("journal")
    someone.says("hm")
    someone.presses(button)
    assert at(someone) in {"weekly.change_action", "nudge.moment"}
    assert parked_ones(someone) == 0


def test_a_button_of_another_person_does_nothing_to_either(
    someone: Someone, other: Someone
) -> None:
    other.says("journal")
    button = other.told[-1].options[0].token
    before = held(other)
    assert someone.presses(button) == []
    assert someone.heard.reply.toast.startswith("That button belongs")
    assert held(other) == before
    assert current(someone) is None


FORGED = [
    "",
    ":",
    "::",
    ":::",
    "x",
    "{id}",
    "{id}:",
    "{id}:1",
    "{id}:1:",
    "{id}:1:99",
    "{id}:1:-1",
    "{id}:1:done",
    "{id}:1:write",
    "{id}:1:0-",
    "{id}:1:-",
    "{id}:1:\u0663",
    "{id}:\u0661:0",
    "{id}:\u00b9:0",
    "{id}:-1:0",
    "{id}:1.0:0",
    "{id}:1:0\x00",
    "\x00:1:0",
    "{id}\x00:1:0",
    "{id}:" + "9" * 5000 + ":0",
    "{id}:1:" + "9" * 5000,
    "a" * 5000 + ":1:0",
    "' OR 1=1 --:1:0",
    "{id}:1:\ud83d",
    "\ud83d:1:0",
]


@pytest.mark.parametrize("token", FORGED, ids=range(len(FORGED)))
def test_a_forged_token_is_no_error(someone: Someone, token: str) -> None:
    someone.says("journal")
    now = current(someone)
    assert now is not None
    said = someone.presses(token.replace("{id}", now.id))
    assert parked_ones(someone) == 0
    assert someone.heard.new
    assert said or someone.heard.reply.toast
    assert texts(someone.says("help"))


def test_a_press_from_a_stranger_is_a_greeting(stranger: Someone) -> None:
    stranger.presses("0" * 32 + ":1:0")
    assert at(stranger) == "join.consent"


def test_the_same_update_twice_is_taken_once(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.does_words("Once.", update="u-1")
    someone.does_words("Once.", update="u-1")
    assert not someone.heard.new
    someone.says("done")
    assert words(someone) == ["Once."]
