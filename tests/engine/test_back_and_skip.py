from bot.engine import events
from bot.engine.conversation import Answer, Part, Status
from bot.engine.effects import Ask, Note, Remark
from tests.engine.builders import (
    Player,
    ask,
    branch,
    choice,
    choices,
    play,
    say,
    scale,
    wait,
    words,
)


def test_skip_goes_on_and_keeps_nothing() -> None:
    player = play(ask("noticing"), ask("step"))
    assert player.skips() == (Ask("step", 0, 2),)
    assert player.kept == {}


def test_skip_never_deletes_what_was_written() -> None:
    player = play(ask("noticing"), ask("step"))
    player.writes("one", "two")
    player.skips()
    assert player.at == "step"
    assert words(player.kept["noticing"].parts) == ["one", "two"]
    assert player.remarks == [Remark.SKIPPED_WORDS]


def test_skip_says_nothing_of_words_where_there_are_none() -> None:
    player = play(ask("noticing"), choices("days", "mon", "tue"), wait("settle"), ask("step"))
    player.answers("one")
    player.goes_back()
    player.skips()
    assert player.remarks == []
    player.presses("mon")
    player.skips()
    assert player.remarks == []
    player.writes("in the quiet")
    player.skips()
    assert player.remarks == []
    assert player.at == "step"


def test_skip_never_deletes_what_was_chosen() -> None:
    player = play(choices("days", "mon", "tue"), ask("step"))
    player.presses("tue")
    player.skips()
    assert player.kept["days"].value == ("tue",)


def test_skip_never_deletes_words_typed_at_a_choice() -> None:
    player = play(scale("energy"), ask("step"))
    player.writes("hard to say")
    player.skips()
    assert player.at == "step"
    assert (player.kept["energy"].value, player.kept["energy"].text) == (None, "hard to say")


def test_skip_never_deletes_an_earlier_answer() -> None:
    player = play(choice("tried", "yes", "no > way"), ask("what", to="end"), ask("way"))
    player.presses("no")
    player.goes_back()
    player.skips()
    assert player.at == "way"
    assert player.kept["tried"].value == "no"


def test_every_question_may_be_skipped_to_the_end() -> None:
    player = play(ask("a"), scale("b"), choice("c"), choices("d"), wait("e"))
    for _ in range(5):
        player.skips()
    assert player.state.status is Status.CLOSED
    assert player.kept == {}


def test_back_at_the_first_question_says_that_nothing_is_before() -> None:
    player = play(ask("noticing"))
    assert player.goes_back() == (Note(Remark.NOTHING_BEFORE),)
    assert player.at == "noticing"


def test_back_at_the_first_question_leaves_the_draft_and_its_gap() -> None:
    player = play(ask("noticing"))
    player.writes("one")
    before = player.state
    player.goes_back()
    assert player.state == before


def test_back_shows_the_earlier_answer() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.goes_back()
    assert player.asked == Ask("noticing", 0, 3, earlier=player.kept["noticing"])
    assert player.at == "noticing"


def test_back_then_done_keeps_the_earlier_answer() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.goes_back()
    player.is_done()
    assert player.at == "step"
    assert player.kept["noticing"].text == "one"


def test_back_then_words_replace_the_earlier_answer() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.goes_back()
    player.answers("two")
    assert player.at == "step"
    assert player.kept["noticing"].text == "two"


def test_back_keeps_what_was_being_written() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.writes("half of")
    player.goes_back()
    assert player.at == "noticing"
    assert player.kept["step"].text == "half of"
    assert player.state.draft == ()
    player.is_done()
    assert player.asked.earlier == player.kept["step"]


def test_back_steps_over_what_asks_nothing() -> None:
    player = play(ask("a"), say("b"), wait("c"), branch("d", ("a answered", "e")), ask("e"))
    player.answers("one")
    player.is_done()
    assert player.at == "e"
    player.goes_back()
    assert player.at == "a"


def test_back_steps_over_what_was_not_taken() -> None:
    player = play(choice("go", "on", "far > z"), ask("m"), ask("z"))
    player.presses("far")
    player.goes_back()
    assert player.at == "go"


def test_back_to_a_skipped_question_shows_no_answer() -> None:
    player = play(ask("a"), ask("b"))
    player.skips()
    player.goes_back()
    assert player.asked == Ask("a", 0, 3)


def test_back_goes_all_the_way_and_no_further() -> None:
    player = play(ask("a"), ask("b"), ask("c"))
    player.skips()
    player.skips()
    walked = [(player.at, player.state.trail)]
    for _ in range(2):
        player.goes_back()
        walked.append((player.at, player.state.trail))
    assert walked == [("c", ("a", "b")), ("b", ("a",)), ("a", ())]
    assert player.goes_back() == (Note(Remark.NOTHING_BEFORE),)


def test_back_from_a_quiet_time_ends_it() -> None:
    player = play(ask("a"), wait("settle"), ask("b"))
    player.skips()
    old = player.state.wake
    player.goes_back()
    assert (player.at, player.state.wake_at) == ("a", None)
    player.feed(events.Elapsed(old))
    assert player.at == "a"


def test_a_question_that_leads_to_itself_is_one_step_back() -> None:
    player = play(ask("a"), choice("again", "more > again", "enough"))
    player.skips()
    player.presses("more")
    player.presses("more")
    assert player.state.trail == ("a", "again")
    player.goes_back()
    player.goes_back()
    assert player.at == "a"


def test_a_first_question_that_leads_to_itself_is_one_step_back() -> None:
    player = play(choice("again", "more > again", "enough"), ask("b"), ask("c"), ask("d"))
    player.presses("more")
    player.presses("more")
    player.presses("enough")
    player.skips()
    player.skips()
    assert player.state.trail == ("again", "b", "c")


def test_a_third_question_that_leads_to_itself_is_one_step_back() -> None:
    player = play(ask("a"), ask("b"), choice("again", "more > again", "enough"), ask("c"))
    player.skips()
    player.skips()
    player.presses("more")
    player.presses("more")
    assert player.state.trail == ("a", "b", "again")


def test_back_from_choices_does_not_choose_them_in_the_question_before() -> None:
    player = play(choices("days", "mon", "tue"), choices("more", "mon", "tue"))
    player.types("mon")
    player.is_done()
    player.types("tue")
    player.goes_back()
    assert player.at == "days"
    assert not player.state.chosen
    assert player.kept["more"].value == ("tue",)


def test_a_loop_is_walked_back_as_it_was_walked() -> None:
    player = play(ask("a"), choice("again", "more > a", "enough"))
    player.skips()
    player.presses("more")
    player.skips()
    assert player.state.trail == ("a", "again", "a")


def test_a_changed_choice_leads_another_way_and_what_was_answered_remains() -> None:
    player = play(choice("go", "on", "far > z"), ask("m", to="end"), ask("z"))
    player.presses("on")
    player.writes("here")
    player.goes_back()
    player.presses("far")
    assert player.at == "z"
    assert player.kept["m"].text == "here"
    assert player.kept["go"].value == "far"


def test_after_back_the_old_buttons_are_stale() -> None:
    player = play(choice("tried"), choice("sure"))
    player.presses("yes")
    player.goes_back()
    assert player.presses("no", ask=1) == (Note(Remark.STALE),)
    assert player.presses("no", ask=2) == (Note(Remark.STALE),)
    player.presses("no")
    assert player.kept["tried"].value == "no"


def test_a_draft_is_shown_beside_the_answer_it_would_replace() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.goes_back()
    player.writes("two")
    player.feed(events.TakenUp())
    assert player.asked.earlier == player.kept["noticing"]
    parts = (Part(message="m2", text="two"),)
    assert player.asked.draft == Answer(parts=parts, said_at=player.context.now)


def a_round() -> Player:
    """A part told, then changed: the round has come back to the question of what to change."""
    player = play(
        ask("part"),
        choice("right", "yes > name", "no"),
        choice("which", "one > part", "two"),
        ask("name"),
    ).gap(0)
    player.writes("Mary rang.")
    player.presses("no")
    player.presses("one")
    assert player.asked.earlier is not None
    player.writes("A colleague rang.")
    return player


def test_a_round_asks_a_choice_of_ways_as_if_for_the_first_time() -> None:
    player = a_round()
    assert (player.at, player.asked.earlier) == ("right", None)
    assert "right" not in player.kept
    assert words(player.kept["part"].parts) == ["A colleague rang."]


def test_passing_over_everything_ends_a_round() -> None:
    player = a_round()
    player.skips()
    assert player.at == "which"
    assert player.asked.earlier is None
    player.skips()
    assert player.at == "name"


def test_back_in_a_round_shows_what_was_chosen() -> None:
    player = a_round()
    player.presses("no")
    player.goes_back()
    assert player.asked.earlier is not None
    assert (player.at, player.asked.earlier.value) == ("right", "no")


def test_words_beside_a_choice_outlast_a_round() -> None:
    player = play(ask("part"), choice("right", "no > part", "yes")).gap(0)
    player.writes("Mary rang.")
    player.writes("not quite")
    player.presses("no")
    player.writes("A colleague rang.")
    assert (player.kept["right"].value, player.kept["right"].text) == (None, "not quite")
    player.skips()
    assert player.state.status is Status.CLOSED
    assert player.kept["right"].text == "not quite"
