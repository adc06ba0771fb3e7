"""Every turn and every way out of the practices that are met in a circle alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.records import Platform
from bot.store.opening import Store
from tests.circles.conftest import BEN, CARO, DEV, HOST, PEOPLE
from tests.circles.team import USUAL, Team
from tests.circles.test_pairs import host_together, see_it_apart
from tests.journeys.playing import Passed
from tests.journeys.test_transcripts import IN_CIRCLES

WEEK = timedelta(weeks=1)


def team_of(store: Store, channel: str) -> Team:
    return Team(store, platform=Platform.TELEGRAM, channel=channel)


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_every_turn_and_every_way_out_of_it_is_played(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Passed()
    passed.watch(monkeypatch)
    team = team_of(store, "-1")
    team.joins_skerry(*PEOPLE)
    team.sets_up(HOST)
    team.says(HOST, "skip")
    for who, name in ((BEN, "Ben"), (CARO, ""), (DEV, "Dev")):
        team.joins(who, name)
    # A round of its own accord, a question taken up, and what was learnt.
    team.until(team.circle().next_at or team.now)
    for who in (BEN, CARO, DEV):
        team.answers(who, f"words of {who}", "Without my name")
    team.goes_by(timedelta(days=4))
    team.presses(BEN, "1")
    team.goes_by(timedelta(days=6))
    team.opens(BEN, "Say what came of it")
    for said in ("We asked each other.", "done", "4", "skip", "Without my name"):
        team.says(BEN, said)
    tend(team, HOST, "change")
    for answer in ("Only when I begin one", *USUAL[3:]):
        team.says(HOST, answer)
    # Few voices, and each thing that a host can say of them.
    for choice in ("extend", "show", "fold", "skip"):
        tend(team, HOST, "round")
        team.says(HOST, "stop")
        team.says(HOST, "start")
        team.answers(BEN, f"few {choice}", "Without my name")
        team.goes_by(timedelta(days=3, hours=12))
        asked = [each for each in team.said[HOST] if "Fold" in str(each.labels)]
        labels = {"extend": 0, "show": 1, "fold": 2}
        assert asked
        last = asked[-1].labels
        team.says(HOST, "skip" if choice == "skip" else last[labels[choice]])
        team.goes_by(WEEK)
    # What can be done with a circle.
    for what in ("change", "hand", "nothing"):
        tend(team, HOST, what)
        if what == "change":
            for answer in USUAL:
                team.says(HOST, answer)
    tend(team, HOST, "none of it")
    tend(team, DEV, "leave")
    # Each way to set a circle up.
    for number, rhythm in enumerate(("Weekly", "Monthly", "Only when I begin one"), 2):
        other = team.beside(f"-{number}")
        spot = rhythm.startswith("Only")
        day = () if spot else ("Tuesday", "10:00")
        closes = "Same day a week later, at noon" if spot else "Next day, at noon"
        other.sets_up(HOST, rhythm, *day, closes, "Never any names", "We listen.", "done")
        team.now = other.now
        assert other.circle().rhythm == {"W": "weekly", "M": "monthly"}.get(
            rhythm[0], "on_the_spot"
        )
    # Two who host together and see it far from alike.
    pair = team.beside("-9")
    host_together(pair)
    see_it_apart(pair)
    for words in ("next", "From the door.", "done", "1"):
        pair.says(HOST, words)
    for words in ("next", "From the stage.", "done", "2"):
        pair.says(BEN, words)
    assert [each for each in passed.missing() if each.partition(":")[0] in IN_CIRCLES] == []
    assert passed.scripts.keys() >= IN_CIRCLES


def tend(team: Team, who: str, what: str) -> None:
    """`circle`, the first of them, and something to do with it."""
    said = team.says(who, "circle")
    assert said
    labels = said[-1].labels
    if what == "none of it":
        team.says(who, labels[-1])
        return
    asked = team.says(who, labels[0])[-1].labels
    order = {"round": 0, "change": 1, "hand": 2, "leave": 3, "nothing": 4}
    team.says(who, asked[order[what]])
