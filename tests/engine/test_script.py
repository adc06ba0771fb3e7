import pytest

from bot.engine.conditions import AllOf, AnyOf, Comparison, Not
from bot.engine.flow import RecallOf
from bot.engine.script import Recollect, Script, lay_out
from tests.engine.builders import (
    a_flow,
    a_script,
    ask,
    branch,
    choice,
    choices,
    close,
    recall,
    say,
    scale,
    wait,
    within,
)


def following(script: Script) -> dict[str, str | None]:
    return {key: node.after for key, node in script.nodes.items()}


def test_a_turn_leads_to_the_next_in_the_file_and_the_last_to_the_end() -> None:
    script = a_script(say("hello"), ask("noticing"), close())
    assert script.first == "hello"
    assert following(script) == {"hello": "noticing", "noticing": "end", "end": None}


def test_a_script_knows_its_practice_and_revision() -> None:
    script = a_script(close())
    assert (script.practice, script.revision) == ("weekly", "r1")


def test_a_revision_may_be_left_out() -> None:
    assert lay_out(a_flow(close()), {}, {}).revision == ""


def test_to_leads_elsewhere() -> None:
    script = a_script(ask("a", to="c"), ask("b"), ask("c", to="b"), close())
    assert following(script) == {"a": "c", "b": "c", "c": "b", "end": None}


def test_a_close_leads_nowhere_even_with_turns_after_it() -> None:
    script = a_script(choice("go", "on > more", "out"), close("short"), ask("more"), close("end"))
    assert script.nodes["short"].after is None
    assert not script.nodes["short"].silent


def test_only_options_that_lead_elsewhere_have_a_lead() -> None:
    script = a_script(choice("go", "on", "out > end"), choices("all", "a > end", "b"), close())
    assert script.nodes["go"].leads == {"out": "end"}
    assert script.nodes["all"].leads == {"a": "end"}


def test_a_branch_has_its_paths_in_their_order() -> None:
    script = a_script(
        scale("energy"), branch("fork", ("energy <= 2", "end"), ("energy > 4", "energy"))
    )
    assert script.nodes["fork"].paths == (
        (Comparison("energy", "<=", (2,)), "end"),
        (Comparison("energy", ">", (4,)), "energy"),
    )


def test_a_turn_without_ways_has_none() -> None:
    script = a_script(ask("noticing"), wait("settle"))
    for node in script.nodes.values():
        assert (node.paths, node.leads, node.prefix) == ((), {}, "")


def test_each_turn_knows_how_many_wordings_it_has() -> None:
    inner = a_flow(ask("noticing"), name="inner")
    script = lay_out(
        a_flow(ask("noticing"), ask("step"), within("rhythm", "inner")),
        {"inner": inner},
        {"weekly": {"noticing": 3}, "inner": {"noticing": 2}},
    )
    assert {key: node.wordings for key, node in script.nodes.items()} == {
        "noticing": 3,
        "step": 1,
        "rhythm": 1,
        "rhythm.noticing": 2,
        "rhythm.end": 1,
        "end": 1,
    }


def test_a_sub_flow_stands_behind_its_turn_and_leads_back_past_it() -> None:
    inner = a_flow(ask("zone"), name="inner")
    script = a_script(ask("a"), within("rhythm", "inner"), ask("b"), library=[inner])
    assert following(script) == {
        "a": "rhythm",
        "rhythm": "rhythm.zone",
        "rhythm.zone": "rhythm.end",
        "rhythm.end": "b",
        "b": "end",
        "end": None,
    }


def test_a_sub_flow_at_the_end_leads_to_the_end() -> None:
    inner = a_flow(ask("zone"), name="inner")
    script = lay_out(a_flow(close("stop"), within("rhythm", "inner")), {"inner": inner}, {})
    assert script.nodes["rhythm.end"].after is None


def test_a_sub_flow_without_a_close_of_its_own_leads_back_too() -> None:
    inner = a_flow(close("early"), ask("zone"), name="inner")
    script = a_script(within("rhythm", "inner", to="end"), ask("b"), library=[inner])
    assert script.nodes["rhythm.zone"].after == "end"
    assert script.nodes["rhythm.early"].after == "end"


def test_a_sub_flows_close_is_silent_and_the_others_are_not() -> None:
    inner = a_flow(ask("zone"), name="inner")
    script = a_script(within("rhythm", "inner"), library=[inner])
    assert {key for key, node in script.nodes.items() if node.silent} == {"rhythm.end"}


def test_a_sub_flow_within_a_sub_flow_has_both_names_before_its_own() -> None:
    deep = a_flow(ask("zone"), name="deep")
    inner = a_flow(within("place", "deep"), name="inner")
    script = a_script(within("rhythm", "inner"), library=[inner, deep])
    node = script.nodes["rhythm.place.zone"]
    assert (node.key, node.prefix, node.home) == (
        "rhythm.place.zone",
        "rhythm.place.",
        "deep",
    )
    assert script.nodes["rhythm.place.end"].after == "rhythm.end"
    assert script.nodes["rhythm.end"].after == "end"


def test_the_same_practice_may_be_walked_twice_in_one() -> None:
    inner = a_flow(ask("zone"), name="inner")
    script = a_script(within("once", "inner"), within("again", "inner"), library=[inner])
    assert script.nodes["once.end"].after == "again"
    assert script.nodes["again.end"].after == "end"


def test_ways_in_a_sub_flow_stay_in_it() -> None:
    inner = a_flow(
        choice("pick", "yes > rest", "no"),
        scale("energy", to="fork"),
        branch(
            "fork",
            ("not pick is yes and energy > 1 or (energy is 1 and pick answered)", "pick"),
        ),
        ask("rest"),
        name="inner",
    )
    script = a_script(within("rhythm", "inner"), library=[inner])
    assert script.nodes["rhythm.pick"].leads == {"yes": "rhythm.rest"}
    assert script.nodes["rhythm.energy"].after == "rhythm.fork"
    pick = Comparison("rhythm.pick", "in", ("yes",))
    energy = Comparison("rhythm.energy", ">", (1,))
    one = Comparison("rhythm.energy", "in", (1,))
    answered = Comparison("rhythm.pick", "answered")
    assert script.nodes["rhythm.fork"].paths == (
        (AnyOf(AllOf(Not(pick), energy), AllOf(one, answered)), "rhythm.pick"),
    )


def test_recalls_are_known_by_name_and_name_the_practice_they_stand_in_when_none_is_named() -> (
    None
):
    inner = a_flow(
        recall("show", "place"),
        name="inner",
        recalls={
            "place": RecallOf(turn="zone", which="first"),
            "day": RecallOf(turn="zone", after="place"),
        },
    )
    script = a_script(
        recall("before", "hope"),
        within("rhythm", "inner"),
        library=[inner],
        recalls={
            "hope": RecallOf(turn="noticing"),
            "plan": RecallOf(turn="when", practice="transfer", which="before", within_days=9),
        },
    )
    assert script.recalls == {
        "hope": Recollect(practice="weekly", turn="noticing", which="latest"),
        "plan": Recollect(practice="transfer", turn="when", which="before", within_days=9),
        "rhythm.place": Recollect(practice="inner", turn="zone", which="first"),
        "rhythm.day": Recollect(
            practice="inner", turn="zone", which="latest", after="rhythm.place"
        ),
    }


def test_a_practice_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        a_script(within("rhythm", "nowhere"))


def test_a_branch_that_nobody_can_read_is_refused() -> None:
    with pytest.raises(ValueError, match="a number is expected"):
        a_script(branch("fork", ("energy < low", "end")))
