"""`delete that`: the last message, the options chosen, or the last answer is taken back."""

from datetime import timedelta

from bot.engine.conversation import Status
from bot.engine.effects import Drop, Note, Remark
from tests.engine.builders import NOON, ask, choice, choices, play, wait, words


def test_the_last_message_is_taken_back() -> None:
    player = play(ask("noticing"))
    player.writes("one", "two")
    assert player.takes_back() == (Note(Remark.UNSAID),)
    assert words(player.state.draft) == ["one"]
    assert player.state.wake_at is not None


def test_the_only_message_taken_back_leaves_no_gap_running() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    player.takes_back()
    assert (player.state.draft, player.state.wake_at) == ((), None)
    assert player.at == "noticing"
    assert player.state.status is Status.OPEN


def test_a_message_taken_back_in_a_quiet_time_leaves_it_running() -> None:
    player = play(wait("settle", 60))
    player.writes("one")
    player.takes_back()
    assert player.state.draft == ()
    assert player.state.wake_at == NOON + timedelta(seconds=60)


def test_the_options_chosen_are_taken_back() -> None:
    player = play(choices("days", "mon", "tue"))
    player.types("mon", "tue")
    player.takes_back()
    assert player.remarks == [Remark.UNSAID]
    assert player.state.chosen == ()


def test_taking_back_the_options_shows_the_question_without_them() -> None:
    player = play(choices("days", "mon", "tue"))
    player.types("mon", "tue")
    player.takes_back()
    assert player.asked.chosen == ()


def test_options_taken_back_while_set_aside_ask_nothing() -> None:
    player = play(choices("days", "mon", "tue"))
    player.types("mon")
    player.rests(days=1)
    assert player.takes_back() == (Note(Remark.UNSAID),)
    assert player.state.chosen == ()


def test_words_beside_the_options_are_taken_back_first() -> None:
    player = play(choices("days", "mon", "tue"))
    player.types("mon")
    player.writes("mornings")
    player.takes_back()
    assert (player.state.draft, player.state.chosen) == ((), ("mon",))


def test_the_last_answer_is_taken_back_and_its_kept_words_with_it() -> None:
    player = play(ask("a"), ask("b"), ask("c"))
    player.answers("one")
    player.after(seconds=5).answers("two")
    assert player.takes_back() == (Drop("b"), Note(Remark.UNSAID))
    assert set(player.kept) == {"a"}
    assert player.state.answers == player.kept
    assert player.at == "c"


def test_the_answer_given_last_is_taken_back_not_the_last_turn() -> None:
    player = play(ask("a"), ask("b"), ask("c"))
    player.answers("one")
    player.after(seconds=5).answers("two")
    player.after(seconds=5).goes_back()
    player.goes_back()
    player.after(seconds=5).answers("three")
    player.takes_back()
    assert set(player.kept) == {"b"}


def test_of_two_answers_of_one_instant_the_later_is_taken_back() -> None:
    player = play(choice("a"), choice("b"), ask("c"))
    player.presses("yes")
    player.presses("no")
    assert player.takes_back() == (Drop("b"), Note(Remark.UNSAID))


def test_answers_are_taken_back_one_after_the_other() -> None:
    player = play(ask("a"), ask("b"), ask("c"))
    player.answers("one")
    player.after(seconds=5).answers("two")
    player.takes_back()
    player.takes_back()
    assert player.kept == {}
    assert player.takes_back() == (Note(Remark.NOTHING_TO_UNSAY),)


def test_with_nothing_said_there_is_nothing_to_take_back() -> None:
    player = play(ask("a"))
    before = player.state
    assert player.takes_back() == (Note(Remark.NOTHING_TO_UNSAY),)
    assert player.state == before


def test_going_back_to_an_answer_taken_back_shows_none() -> None:
    player = play(ask("a"), ask("b"))
    player.answers("one")
    player.takes_back()
    player.goes_back()
    assert player.asked.earlier is None
