"""Conversations in a language that has not everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.flows.loader import load
from bot.store.opening import Store
from tests.flows.shelf import words_for
from tests.journeys.looking import person
from tests.journeys.playing import begin
from tests.journeys.someone import Someone, printed, texts

YAML = """\
name: tea
title: Tea
minutes: 1
recalls:
  last: {turn: moment}
turns:
  - {id: before, kind: recall, of: last}
  - {id: moment, kind: ask}
  - id: company
    kind: choice
    options: [{id: alone}, {id: others}]
  - {id: end, kind: close}
"""
ENGLISH = words_for(
    YAML,
    before="You wrote this {{ last.ago }}:\n\n{{ last.words }}",
    moment="Which moment?",
    moment__2="Which other moment?",
    company="Were you alone?",
    company__alone="Yes, alone",
    company__others="No, with others",
    end="That is all.",
)
WELSH = """\
{% block moment %}Pa funud?{% endblock %}
{% block company__others %}Na, gydag eraill{% endblock %}
"""


@pytest.fixture
def welsh(store: Store, tmp_path: Path) -> Someone:
    """Somebody who speaks Welsh, where one practice is translated in part."""
    (tmp_path / "tea.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "tea.en.j2").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "tea.cy.j2").write_text(WELSH, encoding="utf-8")
    someone = Someone(store, practices=load([tmp_path]))
    begin(someone, "joined")
    for line in ("settings", "language", "cymraeg"):
        someone.says(line)
    return someone


def test_what_is_not_translated_is_said_in_english(welsh: Someone) -> None:
    assert person(welsh).language == "cy"
    assert texts(welsh.is_due("tea"))[0].startswith("Pa funud?")
    welsh.says("Y bore.")
    said = welsh.says("gorffen")
    assert "Were you alone?" in printed(said)
    assert [option.label for option in said[-1].options] == ["Yes, alone", "Na, gydag eraill"]
    assert "That is all." in texts(welsh.says("na, gydag eraill"))


def test_english_words_have_english_dates_and_a_turn_says_the_wordings_it_has(
    welsh: Someone,
) -> None:
    welsh.is_due("tea")
    for line in ("Y bore.", "gorffen", "hepgor"):
        welsh.says(line)
    welsh.waits(welsh.gap * 100)
    again = printed(welsh.is_due("tea"))
    assert "You wrote this earlier today:" in again
    assert "Pa funud?" in again
    assert "Which other moment?" not in again


def test_a_conversation_keeps_the_words_it_began_with_in_every_language(
    welsh: Someone, tmp_path: Path
) -> None:
    shelf = welsh.house().shelf
    welsh.asks(lambda conn: shelf.keep(conn, welsh.now))
    welsh.is_due("tea")
    (tmp_path / "tea.cy.j2").write_text(WELSH.replace("gydag", "gyda rhai"), encoding="utf-8")
    welsh.practices = load([tmp_path])
    said = welsh.says("hepgor")
    assert [option.label for option in said[-1].options] == ["Yes, alone", "Na, gydag eraill"]


def test_help_in_english_is_heard_by_whoever_speaks_welsh(welsh: Someone) -> None:
    assert "Rhaglen awtomatig yw Skerry." in printed(welsh.says("HELP"))
    assert "Rhaglen awtomatig yw Skerry." in printed(welsh.says("cymorth"))
    assert "Wedi stopio." in printed(welsh.says("stop"))


def test_a_platform_that_says_welsh_is_followed(stranger: Someone) -> None:
    stranger.language = "cy-GB"
    assert "Helô, Skerry ydw i." in printed(stranger.arrives())
    assert person(stranger).language == "cy"


def test_practices_of_the_house_have_their_titles_in_welsh_and_others_their_one(
    welsh: Someone,
) -> None:
    labels = [option.label for option in welsh.says("ymarfer")[-1].options]
    assert "Sgwrs wythnosol (5 min)" in labels
    assert "Tea (1 min)" in labels
