"""A practice in the middle of another is walked as if it stood there."""

from bot.engine.conversation import Status
from bot.engine.effects import Ask, Say
from tests.engine.builders import (
    a_flow,
    ask,
    branch,
    choice,
    play,
    say,
    scale,
    wait,
    within,
)

INNER = a_flow(
    say("intro"),
    scale("energy"),
    branch("fork", ("energy <= 2", "end")),
    choice("more", "yes", "no > end"),
    ask("zone"),
    name="inner",
)


def test_a_sub_flow_is_entered_and_left_without_a_word_of_its_close() -> None:
    player = play(within("rhythm", "inner"), ask("step"), library=[INNER])
    assert player.effects[0] == Say("rhythm.intro", 0)
    assert player.at == "rhythm.energy"
    player.presses("1")
    assert player.effects[1:] == (Ask("step", 0, 2),)


def test_answers_in_a_sub_flow_are_kept_under_its_turns() -> None:
    player = play(within("rhythm", "inner"), ask("step"), library=[INNER])
    player.presses("5")
    player.presses("yes")
    player.answers("Leith")
    assert set(player.kept) == {"rhythm.energy", "rhythm.more", "rhythm.zone"}
    assert player.at == "step"


def test_an_option_in_a_sub_flow_leads_within_it() -> None:
    player = play(within("rhythm", "inner"), ask("step"), library=[INNER])
    player.presses("5")
    player.presses("no")
    assert player.at == "step"


def test_a_sub_flow_compares_its_own_answers() -> None:
    player = play(scale("energy"), within("rhythm", "inner"), ask("step"), library=[INNER])
    player.presses("1")
    player.presses("5")
    assert player.at == "rhythm.more"


def test_back_leads_out_of_a_sub_flow() -> None:
    player = play(ask("before"), within("rhythm", "inner"), library=[INNER])
    player.skips()
    player.goes_back()
    assert player.at == "before"


def test_back_leads_into_a_sub_flow() -> None:
    player = play(within("rhythm", "inner"), ask("step"), library=[INNER])
    player.presses("1")
    player.goes_back()
    assert player.at == "rhythm.energy"
    assert player.asked.earlier == player.kept["rhythm.energy"]


def test_the_same_practice_walked_twice_keeps_its_answers_apart() -> None:
    inner = a_flow(ask("zone"), name="inner")
    player = play(within("once", "inner"), within("again", "inner"), library=[inner])
    player.answers("one")
    player.answers("two")
    assert player.kept["once.zone"].text == "one"
    assert player.kept["again.zone"].text == "two"
    assert player.state.status is Status.CLOSED


def test_a_quiet_time_in_a_sub_flow_leads_on() -> None:
    inner = a_flow(wait("settle"), name="inner")
    player = play(within("rhythm", "inner"), ask("step"), library=[inner])
    player.is_woken()
    assert player.at == "step"


def test_sub_flows_within_sub_flows_are_left_one_after_the_other() -> None:
    deep = a_flow(ask("zone"), name="deep")
    inner = a_flow(within("place", "deep"), ask("hour"), name="inner")
    player = play(within("rhythm", "inner"), ask("step"), library=[inner, deep])
    visited = []
    while player.at:
        visited.append(player.at)
        player.skips()
    assert visited == ["rhythm.place.zone", "rhythm.hour", "step"]
