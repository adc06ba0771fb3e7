"""What somebody sees before anything of theirs goes to others, and who can read what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.conversation import About
from bot.flows.loader import load
from bot.flows.practice import Library
from bot.flows.revisions import pack, unpack
from bot.records import Outbound, Paragraph, Quote
from bot.rehearsal import BOT, Line, Rehearsal
from bot.store.opening import Store
from tests.journeys.looking import kept
from tests.journeys.playing import begin
from tests.journeys.someone import MORNING, Someone

FLOW = """
name: evening
title: The evening
minutes: 2
turns:
  - {id: energy, kind: scale}
  - {id: useful, kind: scale, circle: pooled}
  - {id: well, kind: ask, circle: shared}
  - {id: which, kind: choice, offers: sessions, options: [{id: another}]}
  - id: count
    kind: pool
    offers:
      - {measure: weekly_energy, of: [energy], at: which}
      - {measure: session_useful, of: [useful], at: which}
  - {id: pass_on, kind: share, of: [well], levels: [evaluator, public]}
  - {id: end, kind: close}
"""
WORDS = """
{% block energy %}How much energy?{% endblock %}
{% block energy__low %}None{% endblock %}
{% block energy__high %}Much{% endblock %}
{% block useful %}How useful?{% endblock %}
{% block useful__low %}Not{% endblock %}
{% block useful__high %}Very{% endblock %}
{% block well %}What went well?{% endblock %}
{% block which %}Which one?{% endblock %}
{% block which__another %}Another one{% endblock %}
{% block count %}May this be counted?{% endblock %}
{% block count__weekly_energy %}My energy, {{ energy.words }}{% endblock %}
{% block count__session_useful %}Its use, {{ useful.words }}{% endblock %}
{% block pass_on %}Who may read this?{% endblock %}
{% block pass_on__mine %}Nobody else{% endblock %}
{% block pass_on__evaluator %}The evaluator{% endblock %}
{% block pass_on__public %}Everybody{% endblock %}
{% block end %}
Thank you{% if useful %} for the {{ useful.words }}{% endif %}.

{% if which %}It was {{ which.words }}.{% endif %}
{% endblock %}
"""
OWN = "Yours alone: nobody else can read this in Skerry."
POOLED = "Not kept. Counted without your name, if you say so at the end."
SHARED = "Yours, until you choose to share it."


@pytest.fixture
def practices(tmp_path: Path) -> Library:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "evening.yaml").write_text(FLOW)
    (shelf / "evening.en.j2").write_text(WORDS)
    library = load([shelf])
    assert library.faults == ()
    return library


@pytest.fixture
def robin(store: Store, practices: Library) -> Someone:
    someone = Someone(store, practices=practices)
    begin(someone, "joined")
    someone.says("practise")
    return someone


def rehearsed(practices: Library, lines: list[str], *titles: str) -> list[Line]:
    compiled = unpack(pack(practices.practice("evening"), practices).json)
    about = tuple(About(id=f"s-{n}", title=title) for n, title in enumerate(titles))
    rehearsal = Rehearsal(compiled=compiled, now=MORNING, about=about)
    return [line for line in rehearsal.play(lines) if line.by == BOT]


def labels(message: Outbound) -> list[str]:
    return [option.label for option in message.options]


def test_each_question_says_quietly_who_can_read_its_answer(robin: Someone) -> None:
    first = robin.says("The evening")[-1]
    assert first.paragraphs == (Paragraph(text="How much energy?"),)
    assert first.aside == OWN
    assert robin.says("4")[-1].aside == POOLED
    assert robin.says("5")[-1].aside == SHARED
    robin.says("The songs.")
    assert robin.says("done")[-1].aside == "Nothing is counted unless you choose it here."
    assert robin.says("skip")[-1].aside == "Nothing leaves unless you choose it here."
    assert robin.says("skip")[-1].aside == ""


def test_what_would_be_counted_is_shown_exactly_and_chosen_by_words_or_numbers(
    robin: Someone,
) -> None:
    for line in ("The evening", "4", "5"):
        robin.says(line)
    asked = robin.says("skip")[-1]
    assert labels(asked) == ["My energy, 4", "Its use, 5"]
    assert not any(option.chosen for option in asked.options)
    (so_far,) = robin.says("its use")
    assert [option.chosen for option in so_far.options] == [False, True]
    assert "Its use, 5" in so_far.paragraphs[0].text
    assert robin.says("done")[-1].paragraphs[0].text == "Thank you for the 5."


def test_a_pooled_answer_and_a_choice_to_share_are_kept_nowhere(robin: Someone) -> None:
    for line in ("The evening", "4", "5", "The songs.", "done", "1", "2", "done", "everybody"):
        robin.says(line)
    turns = {each.place.turn for each in kept(robin) if each.place.practice == "evening"}
    assert turns == {"energy", "well"}


def test_a_press_marks_what_is_chosen_on_the_message_itself(robin: Someone) -> None:
    for line in ("The evening", "4", "5"):
        robin.says(line)
    asked = robin.says("skip")[-1]
    robin.presses(asked.options[0].token, message="77")
    shown = robin.heard.shown
    assert shown is not None
    assert [(each.label, each.chosen) for each in shown.options] == [
        ("My energy, 4", True),
        ("Its use, 5", False),
    ]


def test_words_are_shown_whole_before_they_are_shared(robin: Someone) -> None:
    story = "\n\n".join(["The songs, and *the* <bread>. " * 40] * 3)
    for line in ("The evening", "4", "5", story, "done"):
        robin.says(line)
    asked = robin.says("skip")[-1]
    assert asked.paragraphs == (Paragraph(text="Who may read this?"), Quote(text=story))
    assert labels(asked) == ["Nobody else", "The evaluator", "Everybody"]


def test_sessions_are_offered_by_their_titles_and_spoken_of_so(practices: Library) -> None:
    lines = ["4", "skip", "skip", "bread", "skip", "skip"]
    said = rehearsed(practices, lines, "Bread and songs", "A walk")
    [asked] = [line for line in said if line.turn == "which"]
    assert asked.choices == ["Bread and songs", "A walk", "Another one"]
    assert said[-1].text.endswith("It was Bread and songs.")


def test_titles_can_be_told_apart_and_mean_no_reserved_word(practices: Library) -> None:
    titles = (
        "Help",
        "3",
        "A walk",
        "a walk!",
        "Another one",
        "so long " * 20,
        "\n",
        "&\U0001f331",
    )
    said = rehearsed(practices, ["4", "skip", "skip", "another one", "skip"], *titles)
    [asked] = [line for line in said if line.turn == "which"]
    assert asked.choices[:5] == [
        "The session Help",
        "The session 3",
        "A walk",
        "a walk! (2)",
        "Another one (2)",
    ]
    assert all(0 < len(label) <= 60 for label in asked.choices)
    assert len({label.casefold() for label in asked.choices}) == len(asked.choices)


def test_a_rehearsal_plays_it_all(practices: Library) -> None:
    lines = ["4", "5", "The songs.", "back", "skip", "1", "done", "everybody"]
    said = rehearsed(practices, lines)
    assert [line.turn for line in said][-3:] == ["count", "pass_on", "end"]
    assert said[-1].text == "Thank you for the 5."
    [preview] = [line for line in said if line.turn == "pass_on"]
    assert "The songs." in preview.text
