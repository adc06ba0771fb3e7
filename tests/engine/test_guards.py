"""Branches: which way an answer leads."""

from bot.engine.conversation import Status
from tests.engine.builders import (
    a_flow,
    an_answer,
    ask,
    branch,
    choice,
    choices,
    play,
    say,
    scale,
    within,
)


def test_the_first_way_whose_condition_holds_is_taken() -> None:
    player = play(
        scale("energy"),
        branch("fork", ("energy <= 2", "low"), ("energy <= 4", "middle")),
        ask("high", to="end"),
        ask("middle", to="end"),
        ask("low"),
    )
    for point, turn in (("2", "low"), ("3", "middle"), ("4", "middle"), ("5", "high")):
        player.presses(point)
        assert player.at == turn
        player.goes_back()


def test_a_branch_of_which_nothing_holds_goes_on_or_where_it_leads() -> None:
    player = play(
        scale("energy"), branch("fork", ("energy is 1", "end"), to="z"), say("y"), ask("z")
    )
    player.presses("3")
    assert player.at == "z"
    assert player.said == []


def test_what_was_passed_over_is_not_answered() -> None:
    player = play(
        choice("tried"), branch("fork", ("not tried answered", "way")), ask("what"), ask("way")
    )
    player.skips()
    assert player.at == "way"


def test_options_chosen_are_included() -> None:
    player = play(
        choices("days", "mon", "tue"),
        branch("fork", ("days includes tue", "end")),
        ask("what"),
    )
    player.types("tue", "mon")
    player.is_done()
    assert player.state.status is Status.CLOSED


def test_words_are_answered() -> None:
    player = play(ask("a"), branch("fork", ("a answered", "c")), ask("b"), ask("c"))
    player.answers("one")
    assert player.at == "c"


def test_an_answer_taken_back_is_not_answered() -> None:
    player = play(ask("a"), ask("b"), branch("fork", ("a answered", "d")), ask("c"), ask("d"))
    player.answers("one")
    player.takes_back()
    player.skips()
    assert player.at == "c"


def test_a_loop_goes_round_until_its_condition_fails() -> None:
    player = play(scale("energy"), branch("again", ("energy < 3", "energy")), ask("step"))
    player.presses("1")
    assert player.at == "energy"
    player.presses("2")
    assert player.at == "energy"
    player.presses("3")
    assert player.at == "step"


def test_a_condition_may_speak_of_a_recall() -> None:
    for value, turn in ((1, "low"), (5, "high")):
        player = play(scale("x"), branch("fork", ("before <= 2", "low")), ask("high"), ask("low"))
        player.knows(before=an_answer(value=value))
        player.skips()
        assert player.at == turn


def test_an_answer_of_this_conversation_counts_over_a_recall_of_its_name() -> None:
    player = play(scale("energy"), branch("fork", ("energy is 5", "low")), ask("high"), ask("low"))
    player.knows(energy=an_answer(value=1)).presses("5")
    assert player.at == "low"


def test_branches_follow_each_other() -> None:
    inner = a_flow(branch("f", ("x answered", "end")), ask("x"), name="inner")
    player = play(branch("a", ("x answered", "end")), within("b", "inner"), library=[inner])
    assert player.at == "b.x"


def test_words_typed_at_a_scale_and_passed_over_are_no_number() -> None:
    player = play(scale("energy"), branch("fork", ("energy <= 2", "low")), ask("high"), ask("low"))
    player.writes("hard to put a number on it")
    player.skips()
    assert player.at == "high"
