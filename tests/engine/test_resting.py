"""`later` and `pause` set a conversation aside; anything said takes it up again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.engine import events
from bot.engine.conversation import Part, Status
from bot.engine.effects import Ask, Heard, Note, PutOff, Remark, Say
from bot.engine.events import Event
from bot.engine.flow import Choice, OptionOf
from tests.engine.builders import GAP, NOON, Player, ask, choice, choices, close, play, wait

PUTS_OFF = (("write", None), ("later", "over"))
REPLY = events.Replied(Part(message="m9", text="back again"))


def test_setting_aside_says_nothing_and_waits() -> None:
    player = play(ask("noticing"))
    assert player.rests(hours=20) == ()
    assert player.state.status is Status.RESTING
    assert player.state.wake_at == NOON + timedelta(hours=20)
    assert player.state.wake == 1
    assert player.at == "noticing"


def test_setting_aside_for_good_has_no_wake_up() -> None:
    player = play(ask("noticing"))
    player.rests()
    assert (player.state.status, player.state.wake_at) == (Status.RESTING, None)
    assert player.state.wake == 1


def put_off(until: datetime | None) -> Player:
    """A choice whose second option puts it off, where that may come at a time the same day."""
    made = tuple(OptionOf(id=each, later=each == "later", to=to) for each, to in PUTS_OFF)
    player = play(Choice(kind="choice", id="moment", options=made), ask("step"), close("over"))
    player.context = replace(player.context, later_today=until)
    return player


def test_an_option_puts_a_question_off_and_it_comes_again_that_day() -> None:
    until = NOON + timedelta(hours=3)
    player = put_off(until)
    assert player.presses("later") == (PutOff(until),)
    assert (player.state.status, player.state.wake_at) == (Status.RESTING, until)
    assert not player.state.begun
    assert player.is_woken() == (Ask("moment", 0, 2, options=("write", "later")),)


def test_what_was_put_off_can_be_answered_before_by_its_old_button() -> None:
    player = put_off(NOON + timedelta(hours=3))
    player.presses("later")
    player.presses("write", ask=1)
    assert (player.at, player.state.status) == ("step", Status.OPEN)


def test_where_the_day_is_over_such_an_option_leads_on() -> None:
    player = put_off(None)
    player.presses("later")
    assert (player.said, player.state.status) == (["over"], Status.CLOSED)


def test_a_rest_may_be_made_longer() -> None:
    player = play(ask("noticing"))
    player.rests(hours=1)
    first = player.state.wake
    player.rests(days=3)
    assert player.state.wake_at == NOON + timedelta(days=3)
    assert player.feed(events.Elapsed(first)) == ()
    assert player.state.status is Status.RESTING


def test_a_rest_that_is_over_asks_again_with_a_new_number() -> None:
    player = play(choice("tried"))
    player.rests(hours=20)
    effects = player.is_woken()
    assert effects == (Ask("tried", 0, 2, options=("yes", "no")),)
    assert (player.state.status, player.state.wake_at) == (Status.OPEN, None)


def test_a_rest_that_is_over_shows_what_was_written() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    player.rests(hours=20)
    player.is_woken()
    assert player.at == "noticing"
    assert player.asked.draft is not None
    assert player.asked.draft.text == "one"
    assert player.state.draft == (Part(message="m1", text="one"),)


def test_a_rest_that_is_over_shows_what_was_chosen() -> None:
    player = play(choices("days", "mon", "tue"))
    player.presses("tue")
    player.rests(hours=20)
    player.is_woken()
    assert player.asked.chosen == ("tue",)


def test_the_quiet_gap_that_ran_before_the_rest_does_not_end_it() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    gap = player.state.wake
    player.rests()
    assert player.feed(events.Elapsed(gap)) == ()
    assert (player.at, player.state.status) == ("noticing", Status.RESTING)


def test_an_elapsed_rest_without_an_instant_does_nothing() -> None:
    player = play(ask("noticing"))
    player.rests()
    assert player.feed(events.Elapsed(player.state.wake)) == ()
    assert player.state.status is Status.RESTING


@pytest.mark.parametrize(
    "event",
    [REPLY, events.Finished(), events.WentBack(), events.Chose(("yes",)), events.Skipped()],
)
def test_anything_said_takes_it_up_again(event: Event) -> None:
    player = play(choice("tried"), ask("step"))
    player.rests(hours=20)
    player.feed(event)
    assert (player.state.status, player.state.wake_at) == (Status.OPEN, None)


def test_a_press_of_the_open_question_takes_it_up_again() -> None:
    player = play(choice("tried"), ask("step"))
    player.rests(hours=20)
    player.presses("yes")
    assert (player.at, player.state.status, player.state.wake_at) == ("step", Status.OPEN, None)


def test_the_wake_up_of_a_rest_that_was_taken_up_is_old() -> None:
    player = play(choice("tried"), ask("step"))
    player.rests(hours=20)
    old = player.state.wake
    player.presses("yes")
    assert player.feed(events.Elapsed(old)) == ()
    assert player.at == "step"


def test_words_said_in_a_rest_join_those_before_it() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one")
    player.rests(hours=20)
    assert player.after(hours=2).writes("two") == (Heard(),)
    assert player.state.wake_at == NOON + timedelta(hours=2) + GAP
    player.is_woken()
    assert player.kept["noticing"].text == "one\n\ntwo"


@pytest.mark.parametrize("event", [events.TakenUp(), events.Opened()])
def test_taking_up_asks_again(event: Event) -> None:
    player = play(ask("noticing"))
    player.rests(hours=20)
    assert player.feed(event) == (Ask("noticing", 0, 2),)
    assert (player.state.status, player.state.wake_at) == (Status.OPEN, None)


def test_taking_up_what_was_not_set_aside_asks_again_too() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.feed(events.TakenUp())
    assert player.asked.ask == 2
    assert player.state.wake_at is None
    assert len(player.state.draft) == 1


def test_composing_does_not_take_it_up() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.rests(hours=20)
    before = player.state
    assert player.feed(events.Composing()) == ()
    assert player.state == before


def test_an_edit_of_the_draft_leaves_it_resting() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.rests(hours=20)
    player.edits("m1", "won")
    assert player.state.status is Status.RESTING
    assert player.state.wake_at == NOON + timedelta(hours=20)
    assert player.state.draft == (Part(message="m1", text="won"),)


def test_taking_back_the_draft_leaves_it_resting() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.rests(hours=20)
    player.takes_back()
    assert player.state.draft == ()
    assert player.state.status is Status.RESTING
    assert player.state.wake_at == NOON + timedelta(hours=20)


@pytest.mark.parametrize(("name", "number"), [("yes", 99), ("nonsense", 1)])
def test_a_stale_press_leaves_it_resting(name: str, number: int) -> None:
    player = play(choice("tried"), ask("step"))
    player.rests(hours=20)
    before = player.state
    assert player.presses(name, ask=number) == (Note(Remark.STALE),)
    assert player.state == before


def test_a_rest_in_a_quiet_time_starts_it_anew_when_it_is_over() -> None:
    player = play(wait("settle", 60), ask("step"))
    player.after(seconds=30).rests(hours=20)
    effects = player.is_woken()
    assert effects == (Say("settle", 0),)
    assert player.state.wake_at == player.context.now + timedelta(seconds=60)
    assert player.at == "settle"
    player.is_woken()
    assert player.at == "step"


def test_words_said_in_a_rest_in_a_quiet_time_start_it_anew() -> None:
    player = play(wait("settle", 60), ask("step"))
    player.rests(hours=20)
    assert player.after(hours=1).writes("here") == (Heard(),)
    assert player.state.status is Status.OPEN
    assert player.state.wake_at == player.context.now + timedelta(seconds=60)


def test_words_written_in_a_quiet_time_outlast_a_rest_in_it() -> None:
    player = play(wait("settle", 60), ask("step"))
    player.writes("here")
    player.rests(hours=20)
    player.is_woken()
    player.is_woken()
    assert player.kept["settle"].text == "here"


def test_words_written_in_a_quiet_time_outlast_the_most_asks() -> None:
    player = play(wait("settle", 60), ask("step"))
    player.writes("here")
    player.conversation = replace(player.state, ask=1_000)
    player.feed(events.TakenUp())
    held = [part.text for part in player.state.draft]
    kept = [part.text for answer in player.kept.values() for part in answer.parts]
    assert held + kept == ["here"]


def test_done_in_a_rest_in_a_quiet_time_goes_on() -> None:
    player = play(wait("settle", 60), ask("step"))
    player.rests(hours=20)
    player.is_done()
    assert (player.at, player.state.wake_at) == ("step", None)


def closing(player: Player) -> tuple[Status, str]:
    return player.state.status, player.kept["noticing"].text


def test_a_rest_that_gives_way_or_is_stopped_keeps_the_draft() -> None:
    for event, status in (
        (events.Folded(), Status.FOLDED),
        (events.Stopped(), Status.STOPPED),
    ):
        player = play(ask("noticing"))
        player.writes("one")
        player.rests(hours=20)
        player.feed(event)
        assert closing(player) == (status, "one")
