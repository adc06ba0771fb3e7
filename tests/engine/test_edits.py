"""A message that is edited on the platform changes the draft or the answer it belongs to."""

from datetime import timedelta

from bot.engine.conversation import Answer, Part
from bot.engine.effects import Heard, Keep, Note, Remark, Set
from bot.engine.flow import Reading, Setting
from tests.engine.builders import GAP, NOON, ask, choice, choices, play, wait, words


def test_an_edit_changes_the_draft() -> None:
    player = play(ask("noticing"))
    player.writes("one", "two", "three")
    assert player.edits("m2", "2") == (Heard(),)
    assert words(player.state.draft) == ["one", "2", "three"]


def test_an_edit_of_the_draft_starts_the_quiet_gap_anew() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.after(seconds=10).edits("m1", "won")
    assert player.state.wake_at == NOON + timedelta(seconds=10) + GAP
    assert player.state.wake == 2


def test_an_edit_of_the_draft_starts_no_gap_where_none_runs() -> None:
    player = play(choice("tried"))
    player.writes("one")
    player.edits("m1", "won")
    assert (player.state.wake_at, player.state.wake) == (None, 0)


def test_an_edit_in_a_quiet_time_leaves_it_running() -> None:
    player = play(wait("settle", 60))
    player.writes("one")
    player.after(seconds=10).edits("m1", "won")
    assert words(player.state.draft) == ["won"]
    assert player.state.wake_at == NOON + timedelta(seconds=60)


def test_an_edit_keeps_the_photo() -> None:
    player = play(ask("noticing"))
    player.writes("gate", media="photo-1")
    player.edits("m1", "a gate")
    assert player.state.draft == (Part(message="m1", text="a gate", media="photo-1"),)


def test_an_edit_changes_a_settled_answer_while_the_conversation_is_open() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one", "two")
    before = player.kept["noticing"]
    effects = player.after(hours=1).edits("m1", "won")
    answer = Answer(
        parts=(Part(message="m1", text="won"), Part(message="m2", text="two")),
        said_at=before.said_at,
    )
    assert effects == (Keep("noticing", answer), Note(Remark.CHANGED))
    assert player.state.answers == {"noticing": answer}
    assert player.at == "step"


def test_an_edit_changes_the_answer_the_message_belongs_to_and_no_other() -> None:
    player = play(ask("a"), ask("b"), ask("c"), ask("d"))
    player.answers("one")
    player.answers("two")
    player.answers("three")
    player.edits("m2", "2")
    assert [player.kept[turn].text for turn in "abc"] == ["one", "2", "three"]
    assert player.state.answers == player.kept


def test_an_edit_of_words_beside_a_choice_leaves_the_choice() -> None:
    player = play(choices("days", "mon", "tue"), ask("step"))
    player.writes("mornings")
    player.presses("tue")
    player.is_done()
    player.edits("m1", "evenings")
    answer = player.kept["days"]
    assert (answer.value, answer.text) == (("tue",), "evenings")


def test_an_edited_place_is_read_again() -> None:
    player = play(ask("where", reads=Reading.ZONE, sets=Setting.ZONE), ask("step"))
    player.writes("Edinburgh")
    effects = player.edits("m1", "Paris")
    answer = player.kept["where"]
    assert (answer.value, answer.text) == ("Europe/Paris", "Paris")
    assert effects == (
        Keep("where", answer),
        Set(Setting.ZONE, "Europe/Paris"),
        Note(Remark.CHANGED),
    )


def test_an_edit_that_cannot_be_read_changes_nothing_and_says_so() -> None:
    player = play(ask("where", reads=Reading.ZONE), ask("step"))
    player.writes("Edinburgh")
    before = player.state
    assert player.edits("m1", "somewhere") == (Note(Remark.UNREAD_ZONE),)
    assert player.state == before


def test_an_edited_hour_that_cannot_be_read_is_said_to_be_no_hour() -> None:
    player = play(ask("when", reads=Reading.HOUR), ask("step"))
    player.writes("9")
    assert player.edits("m1", "soon") == (Note(Remark.UNREAD_HOUR),)


def test_an_edit_of_a_message_that_is_not_here_does_nothing() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.writes("two")
    before = player.state
    assert player.edits("m9", "x") == ()
    assert player.state == before


def test_an_edit_of_a_message_that_was_taken_back_does_nothing() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.takes_back()
    assert player.edits("m1", "won") == ()
    assert player.state.draft == ()


def test_an_edit_to_nothing_leaves_nothing_of_the_words() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one", "two")
    player.edits("m1", "")
    assert player.kept["noticing"].text == "two"
