"""The order of the menu."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.port import Limits
from bot.adapters.slack import writing as slack
from bot.adapters.telegram import writing as telegram
from bot.flows.practice import Library
from bot.requests.menu import MENU, MOST, with_menu
from tests.journeys.someone import library

#: What somebody who looks for something to do may see first.
FIRST = ("weekly", "nudge", "listening", "adaptive_action")


def offered(practices: Library) -> list[str]:
    menu = with_menu(practices).practices[MENU].flow
    return [turn.id.removeprefix("go_") for turn in menu.turns if turn.kind == "close"]


def test_the_menu_goes_by_order_and_shows_every_listed_practice() -> None:
    practices = library()
    names = offered(practices)
    listed = {name for name, flow in practices.flows.items() if flow.listed}
    assert tuple(names[: len(FIRST)]) == FIRST
    assert set(names) == listed
    assert len(names) <= MOST


@pytest.mark.parametrize("limits", [slack.LIMITS, telegram.LIMITS], ids=["slack", "telegram"])
def test_every_practice_of_a_full_menu_has_a_button(limits: Limits) -> None:
    assert limits.options >= MOST


def test_practices_of_one_order_go_by_their_titles() -> None:
    practices = library()
    alike = {
        name: replace(each, flow=each.flow.model_copy(update={"order": 100}))
        for name, each in practices.practices.items()
    }
    names = offered(Library(practices=alike))
    titles = [practices.flows[name].title for name in names]
    assert titles == sorted(titles)
