"""Questions that go on by themselves when nothing has been written for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.engine import events
from bot.engine.conversation import Part, Status
from bot.engine.effects import Ask, Heard
from bot.engine.flow import Reading
from tests.engine.builders import NOON, Player, ask, play, scale, wait, words

AFTER = 120


def slots() -> Player:
    return play(ask("a", goes_on_after=AFTER), ask("b", goes_on_after=AFTER), ask("c"))


def due(player: Player, seconds: float) -> bool:
    """Whether it goes on by itself in so many seconds from now."""
    return player.state.wake_at == player.context.now + timedelta(seconds=seconds)


def test_it_goes_on_by_itself_with_nothing_said_but_the_next_question() -> None:
    player = slots()
    assert due(player, AFTER)
    assert player.is_woken() == (Ask("b", 0, 2),)
    assert player.kept == {}
    assert due(player, AFTER)
    assert player.is_woken() == (Ask("c", 0, 3),)
    assert player.state.wake_at is None


def test_what_is_written_puts_it_off_and_is_the_answer() -> None:
    player = slots()
    assert player.after(seconds=100).writes("one thing") == (Heard(),)
    assert due(player, AFTER)
    player.after(seconds=110).writes("and another")
    assert due(player, AFTER)
    player.is_woken()
    assert words(player.kept["a"].parts) == ["one thing", "and another"]
    assert player.at == "b"


def test_whoever_is_still_writing_is_not_interrupted() -> None:
    player = slots()
    player.after(seconds=119).feed(events.Composing())
    assert due(player, AFTER)
    player.writes("a")
    player.after(seconds=60).feed(events.Composing())
    assert due(player, AFTER)


def test_a_silence_shorter_than_the_quiet_gap_is_no_shorter_once_something_is_written() -> None:
    player = play(ask("a", goes_on_after=5), ask("b")).gap(30)
    assert due(player, 5)
    player.writes("half a")
    assert due(player, 30)
    player.after(seconds=9).feed(events.Composing())
    assert due(player, 30)


def test_an_answer_that_goes_on_in_a_window_is_waited_for() -> None:
    player = slots()
    player.feed(events.Replied(Part(message="m1", text="so far"), goes_on=True))
    assert player.state.wake_at is None
    player.writes("and the rest")
    assert due(player, AFTER)


@pytest.mark.parametrize("event", [events.Finished(), events.Skipped()])
def test_it_may_be_left_early_with_nothing_written(event: events.Event) -> None:
    player = slots()
    old = player.state.wake
    player.feed(event)
    assert player.at == "b"
    assert player.remarks == []
    assert player.feed(events.Elapsed(old)) == ()
    assert player.at == "b"


def test_a_wake_up_from_before_something_was_written_does_nothing() -> None:
    player = slots()
    old = player.state.wake
    player.after(seconds=10).writes("wait for me")
    assert player.feed(events.Elapsed(old)) == ()
    assert player.at == "a"


def test_set_aside_it_waits_and_taken_up_it_begins_anew() -> None:
    player = slots()
    old = player.state.wake
    player.rests()
    assert player.state.wake_at is None
    assert player.feed(events.Elapsed(old)) == ()
    player.after(hours=5).feed(events.TakenUp())
    assert player.asked.turn == "a"
    assert due(player, AFTER)


def test_words_that_take_it_up_are_its_answer() -> None:
    player = slots()
    player.rests()
    player.after(hours=5).writes("here I am again")
    assert player.state.status is Status.OPEN
    assert due(player, AFTER)


def test_set_aside_for_a_time_it_comes_back_and_begins_anew() -> None:
    player = slots()
    player.rests(hours=3)
    player.is_woken()
    assert player.asked.turn == "a"
    assert due(player, AFTER)


@pytest.mark.parametrize("event", [events.Folded(), events.Stopped()])
def test_after_an_end_nothing_wakes(event: events.Event) -> None:
    player = slots()
    old = player.state.wake
    player.feed(event)
    assert player.state.wake_at is None
    assert player.feed(events.Elapsed(old)) == ()


def test_taking_the_only_message_back_begins_the_silence_anew() -> None:
    player = slots()
    player.writes("no")
    player.after(seconds=50).takes_back()
    assert due(player, AFTER)
    player.writes("no again")
    player.after(seconds=50).deletes("m2")
    assert due(player, AFTER)
    assert player.state.draft == ()


def test_going_back_asks_it_again_and_leaves_what_was_answered() -> None:
    player = play(ask("a", goes_on_after=AFTER), scale("b"))
    player.answers("before")
    player.goes_back()
    assert player.at == "a"
    assert due(player, AFTER)
    player.is_woken()
    assert player.kept["a"].text == "before"


def test_words_that_cannot_be_read_put_it_off_too() -> None:
    player = play(ask("a", reads=Reading.ZONE, goes_on_after=AFTER), ask("b"))
    player.after(seconds=100).writes("nowhere")
    assert player.at == "a"
    assert due(player, AFTER)


def test_hurried_it_goes_one_question_at_a_time() -> None:
    player = slots()
    player.after(hours=2)
    player.feed(events.Elapsed(player.state.wake))
    assert player.at == "b"
    assert due(player, AFTER)


def test_a_quiet_time_before_it_is_not_changed() -> None:
    player = play(wait("quiet", 60), ask("a", goes_on_after=AFTER))
    assert player.state.wake_at == NOON + timedelta(seconds=60)
    player.is_woken()
    assert due(player, AFTER)


@pytest.mark.parametrize("seconds", [4, 7 * 24 * 3600 + 1])
def test_it_takes_five_seconds_to_a_week(seconds: int) -> None:
    with pytest.raises(ValidationError):
        ask("a", goes_on_after=seconds)
