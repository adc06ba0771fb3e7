"""A message that is taken out of the chat leaves the draft or the answer it was part of."""

from datetime import timedelta

from bot.engine.conversation import Part, Status
from bot.engine.effects import Drop, Keep, Note, Remark
from bot.engine.flow import Reading, Setting
from tests.engine.builders import GAP, NOON, ask, choices, play, wait, words


def test_it_leaves_the_draft_and_nothing_is_said() -> None:
    player = play(ask("noticing"))
    player.writes("one", "two", "three")
    assert player.deletes("m2") == ()
    assert words(player.state.draft) == ["one", "three"]


def test_it_starts_the_quiet_gap_anew_while_something_is_left() -> None:
    player = play(ask("noticing"))
    player.writes("one", "two")
    player.after(seconds=10).deletes("m2")
    assert player.state.wake_at == NOON + timedelta(seconds=10) + GAP


def test_with_nothing_left_the_question_waits_as_before() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.deletes("m1")
    assert (player.at, player.state.draft, player.state.wake_at) == ("noticing", (), None)


def test_a_conversation_that_rests_goes_on_resting() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.rests(hours=5)
    player.deletes("m1")
    assert (player.state.status, player.state.draft) == (Status.RESTING, ())
    assert player.state.wake_at == NOON + timedelta(hours=5)


def test_a_quiet_time_goes_on() -> None:
    player = play(wait("settle", 60))
    player.writes("one")
    player.deletes("m1")
    assert (player.state.draft, player.state.wake_at) == ((), NOON + timedelta(seconds=60))


def test_it_leaves_the_answer_it_was_part_of() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one", "two")
    effects = player.deletes("m1")
    answer = player.kept["noticing"]
    assert effects == (Keep("noticing", answer), Note(Remark.GONE))
    assert answer.parts == (Part(message="m2", text="two"),)
    assert player.state.answers == {"noticing": answer}


def test_an_answer_left_with_nothing_is_dropped_and_no_other() -> None:
    player = play(ask("noticing"), ask("step"), ask("when"))
    player.answers("one")
    player.answers("two")
    assert player.deletes("m2") == (Drop("step"), Note(Remark.GONE))
    assert [*player.state.answers] == ["noticing"]
    assert player.at == "when"


def test_words_beside_a_choice_go_and_the_choice_stays() -> None:
    player = play(choices("days", "mon", "tue"), ask("step"))
    player.writes("mornings")
    player.presses("tue")
    player.is_done()
    player.deletes("m1")
    answer = player.kept["days"]
    assert (answer.value, answer.parts) == (("tue",), ())


def test_what_was_read_from_it_goes_with_it() -> None:
    player = play(ask("where", reads=Reading.ZONE, sets=Setting.ZONE), ask("step"))
    player.writes("Edinburgh")
    assert player.deletes("m1") == (Drop("where"), Note(Remark.GONE))


def test_what_was_read_from_it_goes_and_other_words_stay() -> None:
    player = play(ask("where", reads=Reading.ZONE), ask("step"))
    player.writes("a small town", "Edinburgh")
    player.deletes("m2")
    answer = player.kept["where"]
    assert (answer.value, answer.text) == (None, "a small town")


def test_words_that_were_not_read_go_and_the_reading_stays() -> None:
    player = play(ask("where", reads=Reading.ZONE), ask("step"))
    player.writes("a small town", "Edinburgh")
    player.deletes("m1")
    answer = player.kept["where"]
    assert (answer.value, answer.text) == ("Europe/London", "Edinburgh")


def test_a_message_that_is_not_here_changes_nothing() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.writes("two")
    before = player.state
    assert player.deletes("m9") == ()
    assert player.state == before


def test_a_second_time_changes_nothing() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.deletes("m1")
    before = player.state
    assert player.deletes("m1") == ()
    assert player.state == before


def test_after_the_end_nothing_moves() -> None:
    player = play(ask("noticing"))
    player.answers("one")
    assert player.deletes("m1") == ()
