"""How a conversation ends, and what happens afterwards: nothing."""

from dataclasses import replace

import pytest

from bot.engine import events
from bot.engine.conversation import ENDED, Part, Status
from bot.engine.effects import Begin, Do, Keep, Note, Remark, Say
from bot.engine.events import Event
from bot.engine.flow import Request
from bot.engine.walk import MOST_ASKS
from tests.engine.builders import ask, choice, choices, close, play, ready, say, scale, wait

EVERY_EVENT: list[Event] = [
    events.Opened(),
    events.Replied(Part(message="m9", text="late")),
    events.Chose(("yes",)),
    events.Pressed(1, "yes"),
    events.Edited("m1", "late"),
    events.Unsaid(),
    events.Finished(),
    events.Skipped(),
    events.WentBack(),
    events.Composing(),
    events.Elapsed(1),
    events.SetAside(None),
    events.TakenUp(),
    events.Folded(),
    events.Stopped(),
]


def test_a_close_says_its_words_and_ends() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    effects = player.is_done()
    assert effects == (Keep("noticing", player.kept["noticing"]), Say("end", 0))
    assert player.state.status is Status.CLOSED


def test_at_the_end_the_answers_leave_the_state() -> None:
    player = play(choice("tried"), ask("noticing"), choices("days", "mon", "tue"))
    player.presses("yes")
    player.answers("one")
    player.writes("two")
    player.types("mon")
    player.is_done()
    state = player.state
    assert (state.at, state.wake_at) == (None, None)
    assert (state.answers, state.draft, state.chosen, state.trail) == ({}, (), (), ())
    assert not state.begun
    assert set(player.kept) == {"tried", "noticing", "days"}


def test_a_close_may_ask_the_house_for_something_and_begin_what_follows() -> None:
    player = play(close("end", begins="journal", request=Request.RESUME))
    assert player.effects == (Say("end", 0), Do(Request.RESUME), Begin("journal"))


def test_a_close_in_the_middle_is_an_end_too() -> None:
    player = play(choice("go", "on > more", "out"), close("short"), ask("more"), close("long"))
    player.presses("out")
    assert player.said == ["short"]
    assert player.state.status is Status.CLOSED


def test_turns_without_a_question_are_said_at_once() -> None:
    player = play(say("hello"), say("more"))
    assert player.said == ["hello", "more", "end"]
    assert player.state.status is Status.CLOSED


def test_a_walk_that_runs_out_of_turns_ends_and_says_so() -> None:
    player = play(choice("go", "on > last", "out"), close("short"), say("last"))
    player.presses("on")
    assert player.effects[1:] == (Say("last", 0), Note(Remark.OVER))
    assert player.state.status is Status.CLOSED


def test_a_circle_without_a_question_ends_and_says_each_word_once() -> None:
    player = play(ask("a"), say("b"), say("c", to="b"))
    player.skips()
    assert player.effects == (Say("b", 0), Say("c", 0), Note(Remark.OVER))
    assert player.state.status is Status.CLOSED


def test_a_circle_of_questions_ends_at_the_most_asks() -> None:
    player = play(ask("a"), ask("b", to="a"))
    player.conversation = replace(player.state, ask=MOST_ASKS - 1)
    player.skips()
    assert (player.at, player.state.ask) == ("b", MOST_ASKS)
    player.writes("last words")
    player.skips()
    assert player.state.status is Status.CLOSED
    assert player.remarks == [Remark.SKIPPED_WORDS, Remark.OVER]
    assert player.kept["b"].text == "last words"


@pytest.mark.parametrize(
    ("event", "status"),
    [(events.Folded(), Status.FOLDED), (events.Stopped(), Status.STOPPED)],
)
def test_giving_way_and_stopping_keep_what_was_written(event: Event, status: Status) -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one", "two")
    (effect,) = player.feed(event)
    assert effect == Keep("noticing", player.kept["noticing"])
    assert player.kept["noticing"].text == "one\n\ntwo"
    assert (player.state.status, player.state.at, player.state.draft) == (status, None, ())
    assert player.state.wake_at is None


@pytest.mark.parametrize("event", [events.Folded(), events.Stopped()])
def test_giving_way_and_stopping_keep_words_beside_choices(event: Event) -> None:
    player = play(scale("energy"))
    player.writes("low")
    player.feed(event)
    assert player.kept["energy"].text == "low"


@pytest.mark.parametrize("event", [events.Folded(), events.Stopped()])
def test_giving_way_and_stopping_with_nothing_written_say_nothing(event: Event) -> None:
    player = play(wait("settle", 60), ask("step"))
    assert player.feed(event) == ()
    assert player.state.status in ENDED
    assert player.state.wake_at is None


@pytest.mark.parametrize("event", [events.Folded(), events.Stopped()])
def test_a_queued_conversation_may_end_before_it_began(event: Event) -> None:
    player = ready(ask("noticing"))
    player.conversation = replace(player.state, status=Status.QUEUED)
    assert player.feed(event) == ()
    assert player.state.status in ENDED


@pytest.mark.parametrize("status", [Status.QUEUED, Status.OPEN, Status.RESTING])
@pytest.mark.parametrize("event", EVERY_EVENT[1:-2])
def test_before_its_first_words_nothing_moves_it(event: Event, status: Status) -> None:
    player = ready(ask("noticing"))
    player.conversation = replace(player.state, status=status, wake=1)
    before = player.state
    assert player.feed(event) == ()
    assert player.state == before


def test_a_queued_conversation_can_be_opened() -> None:
    player = ready(ask("noticing"))
    player.conversation = replace(player.state, status=Status.QUEUED)
    player.open()
    assert (player.at, player.state.status) == ("noticing", Status.OPEN)


def test_opening_twice_asks_again_and_loses_nothing() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    player.open()
    assert player.asked.ask == 2
    assert player.asked.draft is not None
    assert player.asked.draft.text == "one"


@pytest.mark.parametrize("status", sorted(ENDED))
@pytest.mark.parametrize("event", EVERY_EVENT)
def test_after_the_end_nothing_changes(event: Event, status: Status) -> None:
    player = ready(ask("noticing"))
    player.conversation = replace(player.state, status=status)
    before = player.state
    player.after(hours=1).feed(event)
    assert player.state == before


@pytest.mark.parametrize("event", EVERY_EVENT)
def test_after_the_end_whoever_expects_an_answer_is_given_one(event: Event) -> None:
    player = ready(ask("noticing"))
    player.conversation = replace(player.state, status=Status.CLOSED)
    match event:
        case events.Pressed():
            expected = [Remark.STALE]
        case (
            events.Replied()
            | events.Chose()
            | events.Finished()
            | events.Skipped()
            | events.WentBack()
        ):
            expected = [Remark.OVER]
        case events.Unsaid():
            expected = [Remark.NOTHING_TO_UNSAY]
        case _:
            expected = []
    player.feed(event)
    assert player.remarks == expected
    assert len(player.effects) == len(expected)


def test_every_event_touches_an_open_conversation() -> None:
    for event in EVERY_EVENT:
        player = play(ask("noticing"), choice("tried"))
        player.writes("one")
        player.after(minutes=5).feed(event)
        assert player.state.touched_at == player.context.now
