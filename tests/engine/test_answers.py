"""Answers in words: gathering, the quiet gap, `done`, and words read as a zone or an hour."""

from datetime import timedelta

import pytest

from bot.engine import events
from bot.engine.answering import MOST_CHARACTERS, MOST_PARTS, answer
from bot.engine.conversation import Answer, Part
from bot.engine.effects import Ask, Heard, Keep, Note, Remark, Set
from bot.engine.flow import Reading, Setting
from bot.engine.walk import Walk
from tests.engine.builders import GAP, NOON, a_context, ask, choice, play, words


def test_the_first_question_is_asked() -> None:
    player = play(ask("noticing"))
    assert player.effects == (Ask("noticing", 0, 1),)
    assert player.at == "noticing"


def test_a_message_is_gathered_and_only_a_sign_of_life_is_shown() -> None:
    player = play(ask("noticing"))
    assert player.writes("one") == (Heard(),)
    assert player.state.draft == (Part(message="m1", text="one"),)
    assert player.state.wake_at == NOON + GAP
    assert player.kept == {}


def test_several_messages_make_one_answer() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    player.after(seconds=5).writes("two")
    player.after(seconds=5).writes("three")
    player.is_woken()
    assert player.at == "step"
    given = player.kept["noticing"]
    assert words(given.parts) == ["one", "two", "three"]
    assert given.text == "one\n\ntwo\n\nthree"
    assert player.state.draft == ()


def test_each_message_starts_the_quiet_gap_anew() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.after(seconds=11).writes("two")
    assert player.state.wake_at == NOON + timedelta(seconds=23)


def test_the_gap_of_an_earlier_message_is_known_as_old() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    old = player.state.wake
    player.writes("two")
    assert player.feed(events.Elapsed(old)) == ()
    assert player.at == "noticing"


def test_the_answer_is_kept_as_of_the_time_it_was_complete() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    effects = player.is_woken()
    part = Part(message="m1", text="one")
    given = Answer(parts=(part,), wording=0, said_at=NOON + GAP)
    assert effects == (Keep("noticing", given), Ask("step", 0, 2))
    assert player.state.answers == {"noticing": given}
    assert player.state.wake_at is None


def test_a_quiet_gap_of_zero_takes_each_message_as_one() -> None:
    player = play(ask("noticing"), ask("step")).gap(0)
    player.writes("one")
    assert player.at == "step"
    player.writes("two")
    assert player.kept["noticing"].text == "one"
    assert player.kept["step"].text == "two"


def test_done_completes_at_once() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one", "two")
    player.is_done()
    assert player.at == "step"
    assert words(player.kept["noticing"].parts) == ["one", "two"]
    assert player.state.wake_at is None


def test_a_press_of_done_completes_at_once() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    player.presses("done")
    assert player.at == "step"


def test_done_before_anything_was_written_says_so() -> None:
    player = play(ask("noticing"), ask("step"))
    assert player.is_done() == (Note(Remark.NOTHING_YET),)
    assert player.at == "noticing"


def test_a_gap_that_ends_after_done_does_not_take_the_next_turn() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    old = player.state.wake
    player.is_done()
    assert player.feed(events.Elapsed(old)) == ()
    assert player.at == "step"


def test_composing_holds_the_gap_open() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    assert player.after(seconds=10).feed(events.Composing()) == ()
    assert player.state.wake_at == NOON + timedelta(seconds=22)
    assert player.state.wake == 2


def test_composing_before_the_first_message_starts_no_gap() -> None:
    player = play(ask("noticing"))
    player.feed(events.Composing())
    assert (player.state.wake_at, player.state.wake) == (None, 0)


def test_composing_where_no_gap_runs_starts_none() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.feed(events.TakenUp())
    player.feed(events.Composing())
    assert player.state.wake_at is None


def test_a_photo_is_kept_with_its_words_or_without() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("", media="photo-1")
    player.writes("a gate")
    player.is_done()
    given = player.kept["noticing"]
    assert [part.media for part in given.parts] == ["photo-1", None]
    assert given.text == "a gate"


def test_a_very_long_answer_is_whole_and_the_next_turn_comes() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("x" * (MOST_CHARACTERS - 1), "y")
    assert player.at == "noticing"
    effects = player.writes("z")
    assert player.at == "step"
    given = player.kept["noticing"]
    assert [len(part.text) for part in given.parts] == [MOST_CHARACTERS - 1, 1, 1]
    assert effects == (Keep("noticing", given), Note(Remark.LONG), Ask("step", 0, 2))


def test_an_answer_of_very_many_messages_is_whole_and_the_next_turn_comes() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes(*("x" for _ in range(MOST_PARTS - 1)))
    assert player.at == "noticing"
    player.writes("x")
    assert player.at == "step"
    assert len(player.kept["noticing"].parts) == MOST_PARTS
    assert player.remarks == [Remark.LONG]


def test_a_message_of_a_megabyte_passes_whole() -> None:
    text = "\U0001f343" * 1_000_000
    player = play(ask("noticing"))
    player.answers(text)
    assert player.kept["noticing"].text == text


def test_a_place_is_kept_as_its_zone_beside_the_words() -> None:
    player = play(ask("where", reads=Reading.ZONE, sets=Setting.ZONE), ask("step"))
    effects = player.writes("Edinburgh")
    part = Part(message="m1", text="Edinburgh")
    given = Answer(value="Europe/London", parts=(part,), said_at=NOON)
    assert effects == (
        Keep("where", given),
        Set(Setting.ZONE, "Europe/London"),
        Ask("step", 0, 2),
    )


def test_a_reading_that_sets_nothing_is_kept_alone() -> None:
    player = play(ask("when", reads=Reading.HOUR))
    player.writes("9")
    assert player.kept["when"].value == "540"
    assert not any(isinstance(effect, Set) for effect in player.effects)


@pytest.mark.parametrize(
    ("reading", "remark"),
    [(Reading.ZONE, Remark.UNREAD_ZONE), (Reading.HOUR, Remark.UNREAD_HOUR)],
)
def test_what_cannot_be_read_is_said_and_the_question_stays_open(
    reading: Reading, remark: Remark
) -> None:
    player = play(ask("when", reads=reading), ask("step"))
    assert player.writes("soon") == (Note(remark),)
    assert player.at == "when"
    assert player.kept == {}


def test_unreadable_words_are_not_lost() -> None:
    player = play(ask("where", reads=Reading.ZONE), ask("step"))
    player.writes("I am too sad for this today")
    player.skips()
    assert player.kept["where"].text == "I am too sad for this today"


def test_a_misspelt_place_can_be_mended_by_editing_it() -> None:
    player = play(ask("where", reads=Reading.ZONE), ask("step"))
    player.writes("Edinbrugh")
    player.edits("m1", "Edinburgh")
    assert player.kept["where"].value == "Europe/London"


def test_a_place_edited_and_still_misspelt_is_asked_for_again() -> None:
    player = play(ask("where", reads=Reading.ZONE), ask("step"))
    player.writes("Edinbrugh")
    player.edits("m1", "Edinbrogh")
    assert player.remarks == [Remark.UNREAD_ZONE]
    assert player.at == "where"
    assert player.state.draft[0].text == "Edinbrogh"


def test_without_a_reader_nothing_can_be_read() -> None:
    player = play(ask("when", reads=Reading.HOUR))
    player.context = a_context()
    player.writes("9")
    assert player.remarks == [Remark.UNREAD_HOUR]


def test_a_label_typed_at_a_question_in_words_is_no_option_of_it() -> None:
    player = play(ask("noticing"))
    assert player.types("yes") == (Note(Remark.STALE),)
    assert player.at == "noticing"


def test_a_conversation_is_begun_once_something_is_in_it() -> None:
    player = play(ask("noticing"), ask("step"))
    assert not player.state.begun
    player.writes("one")
    assert player.state.begun
    player.is_done()
    assert player.state.begun


def test_what_is_no_move_of_a_person_is_no_answer() -> None:
    player = play(ask("noticing"))
    walk = Walk(player.script, player.context)
    assert answer(walk, player.state, events.Opened()) == (player.state, ())


def test_an_answer_that_goes_on_waits_for_more_however_long_it_takes() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    assert player.feed(events.Replied(Part(message="long", text="two"), goes_on=True)) == ()
    assert (player.at, player.state.wake_at) == ("noticing", None)
    player.answers("three")
    assert player.kept["noticing"].text == "one\n\ntwo\n\nthree"


def test_words_beside_a_choice_are_no_answer_that_goes_on() -> None:
    player = play(choice("tried"))
    player.feed(events.Replied(Part(message="m1", text="a"), goes_on=True))
    assert player.remarks == [Remark.CHOOSE]
