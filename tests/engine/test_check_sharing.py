"""Faults of what goes to others, each told once and plainly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.flows.loader import load
from bot.prompts.reserved import vocabulary

Faults = Callable[..., list[str]]

WHOLE = """
name: felt
title: How it felt
minutes: 1
recalls:
  then: {turn: mood}
turns:
  - {id: energy, kind: scale, circle: pooled}
  - {id: mood, kind: choice, options: [{id: good}, {id: bad}]}
  - {id: well, kind: ask}
  - {id: hour, kind: ask, reads: hour}
  - {id: which, kind: choice, offers: sessions}
  - {id: count, kind: pool, offers: [{measure: feels, of: [energy], at: which}]}
  - {id: pass_on, kind: share, of: [well], levels: [evaluator, public]}
  - {id: end, kind: close}
"""
WORDS = """
{% block energy %}How much?{% endblock %}
{% block energy__low %}None{% endblock %}
{% block energy__high %}Much{% endblock %}
{% block mood %}How?{% endblock %}
{% block mood__good %}Good{% endblock %}
{% block mood__bad %}Bad{% endblock %}
{% block well %}What went well?{% endblock %}
{% block hour %}When?{% endblock %}
{% block which %}Which one?{% endblock %}
{% block count %}May this be counted?{% endblock %}
{% block count__feels %}My energy: {{ energy.words }}{% endblock %}
{% block pass_on %}Who may read this?{% endblock %}
{% block pass_on__mine %}Nobody{% endblock %}
{% block pass_on__evaluator %}The evaluator{% endblock %}
{% block pass_on__public %}Everybody{% endblock %}
{% block end %}Thank you.{% endblock %}
"""


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """What is wrong with the practice when this is replaced in it."""

    def find(*changes: tuple[str, str]) -> list[str]:
        flow, words = WHOLE, WORDS
        for old, new in changes:
            assert old in flow or old in words
            flow, words = flow.replace(old, new), words.replace(old, new)
        (tmp_path / "felt.yaml").write_text(flow)
        (tmp_path / "felt.en.j2").write_text(words)
        return [each.fault for each in load([tmp_path]).faults]

    return find


def test_the_whole_one_is_good(faults: Faults) -> None:
    assert faults() == []
    assert "nobody" not in vocabulary("en")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[energy], at", "[mood], at", "`energy` is pooled, and no pool asks"),
        ("{id: well, kind: ask}", "{id: well, kind: ask, circle: pooled}", "never pooled"),
        ("then: {turn: mood}", "then: {turn: energy}", "which is pooled: nothing keeps it"),
        ("of: [energy]", "of: [energy, nergy]", "offers `nergy`, which is neither"),
        ("of: [energy]", "of: [energy, well]", "offers `well`, which is answered in words"),
        ("of: [energy]", "of: [energy, energy]", "`energy` is named twice"),
        ("at: which}", "at: there}", "takes its session from `there`"),
        ("at: which}", "at: energy}", "takes its session from `energy`"),
        ("of: [well]", "of: [fell]", "shares `fell`, which is no turn"),
        ("of: [well]", "of: [mood]", "shares `mood`, which is a `choice`"),
        ("of: [well]", "of: [energy]", "shares `energy`, which is a `scale`"),
        ("of: [well]", "of: [hour]", "shares `hour`, which is read as a time or a place"),
        ("[evaluator, public]", "[public, evaluator]", "are not in their order"),
        ("[evaluator, public]", "[mine, public]", "`mine` is not something"),
        ("circle: pooled", "circle: pool", "`pool` is not something `circle` can be"),
        ("{{ energy.words }}", "4", "`energy` would be counted as `feels` without being shown"),
        ("My energy:", "My energy " * 8, "characters long; a button shows at most 75"),
        ("My energy: {{", "My\n\nenergy: {{", "is not a single line"),
        ("pass_on__mine %}", "pass_on__mines %}", "the block `pass_on__mine` is missing"),
        ("count__feels %}", "count__feel %}", "the block `count__feels` is missing"),
        ("%}Nobody{", "%}Stop{", "is a reserved word"),
        ("%}Nobody{", "%}Everybody{", "have the same label"),
        (", offers: sessions", "", "`options` has fewer than 2 entries"),
        (", offers: sessions", ", offers: talks", "`talks` is not something `offers` can be"),
        (
            "[{measure: feels, of: [energy], at: which}]",
            "[{measure: feels, of: [energy]}, {measure: feels, of: [energy]}]",
            "`feels` is offered twice",
        ),
        (
            "[{measure: feels, of: [energy], at: which}]",
            "[{measure: feels, of: [energy]}, {measure: moved, of: [then]}]",
            "the offer `moved` has recalls alone",
        ),
    ],
)
def test_each_fault_is_told(faults: Faults, old: str, new: str, told: str) -> None:
    found = faults((old, new))
    assert any(told in fault for fault in found), found


def test_a_label_may_show_what_is_surely_there_without_an_if(faults: Faults) -> None:
    two = ("of: [energy], at", "of: [energy, mood], at")
    hole = ("{{ energy.words }}", "{{ energy.words }} {{ mood.words }}")
    assert any("leaves a hole" in fault for fault in faults(two, hole))
    filled = (
        "{% if energy %}{{ energy.words }}{% endif %}{% if mood %} {{ mood.words }}{% endif %}"
    )
    assert faults(two, ("{{ energy.words }}", filled)) == []


def test_the_answer_may_be_shown_in_the_words_of_the_turn(faults: Faults) -> None:
    shown = ("May this be counted?", "May {{ energy.words }} be counted?")
    assert faults(shown, ("My energy: {{ energy.words }}", "My energy")) == []
