"""Two who host together: each writes alone, and both see each other's words at once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bot.records import Platform
from bot.requests import pairs
from bot.store import circles
from bot.store.opening import Store
from tests.circles.conftest import BEN, HOST
from tests.circles.team import Team

DAY = timedelta(days=1)


@pytest.fixture
def two(store: Store) -> Team:
    """Ada and Ben host in three days, for an hour."""
    team = Team(store)
    team.joins_skerry(HOST, BEN)
    host_together(team)
    return team


def host_together(team: Team) -> None:
    """Two who are with Skerry become a pair that hosts in three days, for an hour."""
    house = team.house()
    names = {team.id_of(HOST): "Ada", team.id_of(BEN): "Ben"}
    starts = team.now + 3 * DAY
    made = team.run(
        partial(
            pairs.plan,
            house=house,
            two=names,
            platform=Platform.TELEGRAM,
            title="Campfire",
            starts=starts,
            ends=starts + timedelta(hours=1),
            now=team.now,
        )
    )
    team.channel = made.place


def prepares(team: Team, who: str, choice: str = "") -> None:
    """Somebody answers what is asked before hosting."""
    for said in (f"hope of {who}", "done", f"worry of {who}", "done", "skip", "1"):
        team.says(who, said)
    labels = team.said[who][-1].labels
    team.says(who, choice or labels[-1])


def debriefs(team: Team, who: str, score: str) -> str:
    """Somebody says how hosting went and shows it; what they saw before they showed it."""
    for said in (f"group of {who}", "done", "skip", "skip", score, "skip"):
        team.says(who, said)
    shown = team.last(who)
    team.says(who, team.said[who][-1].labels[-1])
    team.says(who, "skip")
    return shown


def see_it_apart(team: Team) -> None:
    """Both have hosted; one gives 2, the other 4."""
    team.goes_by(3 * DAY + timedelta(hours=1, minutes=20))
    debriefs(team, HOST, "2")
    debriefs(team, BEN, "4")
    team.goes_by(timedelta(seconds=2))


def seen(team: Team, who: str) -> str:
    return "\n".join(each.text for each in team.said[who])


def test_both_are_asked_a_day_before_by_each_others_name(two: Team) -> None:
    two.goes_by(2 * DAY - timedelta(minutes=5))
    assert "Ben" not in seen(two, HOST)
    two.goes_by(timedelta(minutes=5))
    assert "You host together with Ben" in seen(two, HOST)
    assert "You host together with Ada" in seen(two, BEN)


def test_neither_sees_the_others_words_until_both_have_written(two: Team) -> None:
    two.goes_by(2 * DAY)
    prepares(two, HOST)
    two.goes_by(timedelta(hours=1))
    assert "hope of 1" not in seen(two, BEN)
    prepares(two, BEN)
    two.goes_by(timedelta(seconds=2))
    assert "hope of 2" in two.last(HOST)
    assert "hope of 1" in two.last(BEN)
    assert "This is what Ben chose to show you" in two.last(HOST)


def test_one_alone_shows_nothing_and_nobody_is_blamed(two: Team) -> None:
    two.goes_by(2 * DAY)
    prepares(two, HOST)
    two.goes_by(DAY + timedelta(minutes=1))
    assert "hope of 1" not in seen(two, BEN)
    assert "Nothing is shown this time, to either of you" in two.last(HOST)


def test_whoever_keeps_theirs_shows_nothing_and_sees_nothing(two: Team) -> None:
    two.goes_by(2 * DAY)
    prepares(two, HOST, "1")
    prepares(two, BEN)
    two.goes_by(DAY + timedelta(minutes=1))
    assert "hope of 2" not in seen(two, HOST)
    assert "hope of 1" not in seen(two, BEN)


def test_after_hosting_they_are_asked_once_more(two: Team) -> None:
    two.goes_by(3 * DAY + timedelta(hours=1, minutes=20))
    assert sum("You host together with Ben" in each.text for each in two.said[HOST]) == 2


def test_the_theme_of_one_of_a_pair_goes_into_a_count_and_never_to_the_other(two: Team) -> None:
    two.goes_by(3 * DAY + timedelta(hours=1, minutes=20))
    for who in (HOST, BEN):
        for said in (f"group of {who}", "done", "skip", "skip", "skip", "skip"):
            two.says(who, said)
        two.says(who, two.said[who][-1].labels[-1])
    for said in ("disagreement", "1", "done"):
        two.says(HOST, said)
    two.goes_by(timedelta(seconds=2))
    assert "This waits to be counted tonight, without your name: Theme: Disagreement" in seen(
        two, HOST
    )
    assert "group of 1" in seen(two, BEN)
    assert "Theme:" not in seen(two, BEN)


def test_nothing_is_kept_of_a_pair_three_weeks_after_it_hosted(two: Team) -> None:
    two.goes_by(2 * DAY)
    prepares(two, HOST)
    prepares(two, BEN)
    two.goes_by(26 * DAY)
    left = two.run(lambda conn: circles.all_of(conn, two.store.keys))
    assert left == ()


def test_a_pair_is_no_circle_to_be_tended(two: Team) -> None:
    assert "You are in no circle" in two.says(HOST, "circle")[-1].text


def test_a_number_goes_to_the_other_as_its_giver_saw_it_before(two: Team) -> None:
    two.goes_by(3 * DAY + timedelta(hours=1, minutes=20))
    assert "How it went, as I see it: 3 of 5" in debriefs(two, HOST, "3")
    assert "How it went" not in seen(two, BEN)
    debriefs(two, BEN, "4")
    two.goes_by(timedelta(seconds=2))
    assert "How it went, as I see it: 3 of 5" in seen(two, BEN)
    assert "How it went, as I see it: 4 of 5" in seen(two, HOST)


def test_where_numbers_lie_far_apart_both_look_again_and_see_it_at_once(two: Team) -> None:
    see_it_apart(two)
    for who in (HOST, BEN):
        assert "quiet minute" in two.last(who)
        assert "What might the other have seen?" in two.says(who, "next")[-1].text
        two.says(who, f"chair of {who}")
        two.says(who, "done")
    two.says(HOST, "2")
    two.goes_by(timedelta(seconds=2))
    assert "chair of 1" not in seen(two, BEN)
    two.says(BEN, "2")
    two.goes_by(timedelta(seconds=2))
    assert "chair of 1" in two.last(BEN)
    assert "chair of 2" in two.last(HOST)
    two.goes_by(DAY)
    assert sum("quiet minute" in each.text for each in two.said[BEN]) == 1


def test_whoever_looks_again_alone_shows_nothing(two: Team) -> None:
    see_it_apart(two)
    for said in ("next", "chair of 1", "done", "2"):
        two.says(HOST, said)
    two.goes_by(DAY + timedelta(minutes=1))
    assert "chair of 1" not in seen(two, BEN)
    assert "Nothing is shown this time, to either of you" in two.last(HOST)


@pytest.mark.parametrize("other", ["3", "skip"])
def test_numbers_near_each_other_or_one_alone_ask_nothing_more(two: Team, other: str) -> None:
    two.goes_by(3 * DAY + timedelta(hours=1, minutes=20))
    debriefs(two, HOST, "2")
    debriefs(two, BEN, other)
    two.goes_by(timedelta(minutes=5))
    assert "This is what Ada chose to show you" in seen(two, BEN)
    assert "quiet minute" not in seen(two, HOST) + seen(two, BEN)
