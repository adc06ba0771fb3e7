"""What is said quietly below the questions of circles: it is true there too."""

from __future__ import annotations

import pytest

from bot.engine.flow import Turn
from bot.flows.loader import load
from bot.prompts.aside import aside

LIBRARY = load()


def turn(practice: str, name: str) -> Turn:
    return next(each for each in LIBRARY.practice(practice).flow.turns if each.id == name)


def below(practice: str, name: str, *, keeps: bool = True) -> str:
    flow = LIBRARY.practice(practice).flow
    return aside(flow, turn(practice, name), first=False, keeps=keeps)


@pytest.mark.parametrize(
    ("practice", "name"), [("circle_join", "name"), ("circle_setup", "aspiration")]
)
def test_what_a_circle_comes_to_have_is_not_said_to_be_kept_nowhere(
    practice: str, name: str
) -> None:
    assert below(practice, name) == "circle_given"
    assert below(practice, name, keeps=False) == "circle_given"


@pytest.mark.parametrize("name", ["frame", "advocate", "illustrate", "inquire"])
def test_what_is_said_in_a_round_is_its_writers_until_they_share_it(name: str) -> None:
    assert below("team_check_in", name) == "circle_shared_again"
    assert below("team_check_in", name, keeps=False) == "circle_shared_paper_again"


def test_nothing_is_said_where_a_circle_is_only_set_up() -> None:
    assert below("circle_setup", "hour") == ""
    assert below("circle_tend", "what") == ""
