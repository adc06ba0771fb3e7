"""Quiet times: they need no answer, but what is written in them is kept."""

from datetime import timedelta

import pytest

from bot.engine import events
from bot.engine.conversation import Status
from bot.engine.effects import Ask, Heard, Note, Remark, Say
from tests.engine.builders import NOON, ask, choice, play, say, wait


def test_a_quiet_time_says_its_words_and_is_woken() -> None:
    player = play(say("hello"), wait("settle", 60), ask("step"))
    assert player.effects == (Say("hello", 0), Say("settle", 0))
    assert player.at == "settle"
    assert player.state.wake_at == NOON + timedelta(seconds=60)
    assert player.is_woken() == (Ask("step", 0, 2),)


@pytest.mark.parametrize("event", [events.Finished(), events.Skipped()])
def test_a_quiet_time_may_be_ended_early(event: events.Event) -> None:
    player = play(wait("settle", 60), ask("step"))
    old = player.state.wake
    player.feed(event)
    assert player.at == "step"
    assert player.feed(events.Elapsed(old)) == ()
    assert player.at == "step"


def test_a_press_ends_a_quiet_time_early() -> None:
    player = play(wait("settle", 60), ask("step"))
    player.presses("done")
    assert player.at == "step"


def test_a_press_meant_for_the_question_before_does_not_end_a_quiet_time() -> None:
    player = play(ask("a"), wait("settle", 60), ask("step"))
    player.skips()
    assert player.presses("done", ask=1) == (Note(Remark.STALE),)
    assert player.at == "settle"


def test_an_option_pressed_in_a_quiet_time_is_stale() -> None:
    player = play(wait("settle", 60), ask("step"))
    before = player.state
    assert player.presses("yes") == (Note(Remark.STALE),)
    assert player.state == before


def test_words_written_in_a_quiet_time_leave_it_running_and_are_kept() -> None:
    player = play(wait("settle", 60), ask("step"))
    assert player.after(seconds=20).writes("a robin", "and rain") == (Heard(),)
    assert player.state.wake_at == NOON + timedelta(seconds=60)
    player.is_woken()
    assert player.at == "step"
    assert player.kept["settle"].text == "a robin\n\nand rain"
    assert player.state.draft == ()


def test_composing_leaves_a_quiet_time_running() -> None:
    player = play(wait("settle", 60))
    player.writes("a robin")
    player.after(seconds=20).feed(events.Composing())
    assert player.state.wake_at == NOON + timedelta(seconds=60)


def test_two_quiet_times_follow_each_other() -> None:
    player = play(wait("a", 60), wait("b", 30), ask("step"))
    player.is_woken()
    assert player.at == "b"
    assert player.state.wake_at == NOON + timedelta(seconds=90)
    player.is_woken()
    assert player.at == "step"


def test_a_quiet_time_at_the_end_leads_to_the_close() -> None:
    player = play(wait("settle", 60))
    player.is_woken()
    assert player.state.status is Status.CLOSED
    assert player.said == ["end"]


def test_back_in_the_first_quiet_time_leaves_it_running() -> None:
    player = play(wait("settle", 60))
    before = player.state
    assert player.goes_back() == (Note(Remark.NOTHING_BEFORE),)
    assert player.state == before


def test_words_written_in_a_quiet_time_walked_twice_are_all_kept() -> None:
    player = play(wait("settle", 60), choice("again", "more > settle", "enough"))
    player.writes("a robin")
    player.is_done()
    player.presses("more")
    player.writes("rain")
    player.is_done()
    assert player.kept["settle"].text == "a robin\n\nrain"
