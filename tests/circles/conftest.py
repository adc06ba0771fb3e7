"""A team that has its circle already."""

from __future__ import annotations

import pytest

from bot.records import Platform
from bot.store.opening import Store
from tests.circles.team import Team

#: Each platform on one kind of database: what is tested so depends on both, but not on the pair.
BOTH = pytest.mark.parametrize(
    ("urls", "team"),
    [("sqlite", Platform.TELEGRAM), ("postgresql", Platform.SLACK)],
    indirect=True,
    ids=["telegram", "slack"],
)
#: What goes by neither platform nor database.
ONE = pytest.mark.parametrize(
    ("urls", "team"), [("sqlite", Platform.TELEGRAM)], indirect=True, ids=["one"]
)
HOST, BEN, CARO, DEV, EVE, FINN, GRETA = PEOPLE = tuple("1234567")


@pytest.fixture(params=[Platform.TELEGRAM, Platform.SLACK])
def team(request: pytest.FixtureRequest, store: Store) -> Team:
    """Seven people who have joined Skerry, and a channel without a circle."""
    made = Team(store, platform=request.param)
    made.joins_skerry(*PEOPLE)
    return made


@pytest.fixture
def ready(team: Team) -> Team:
    """Their circle is set up, and all seven are in it, each by a name."""
    team.sets_up(HOST)
    team.says(HOST, "Ada")
    team.says(HOST, "done")
    for who, name in zip(PEOPLE[1:], ("Ben", "Caro", "Dev", "Eve", "Finn", "Greta"), strict=True):
        team.joins(who, name)
    return team
