"""Whoever left a campaign is not in its audience; they stay in every other."""

from __future__ import annotations

from scheduler.course import meant_for
from scheduler.upcoming import upcoming
from tests.scheduler.builders import at, campaign, person


def test_whoever_left_a_campaign_is_not_in_it_and_stays_in_the_others() -> None:
    gone = person(left=frozenset({"small", "another"}))
    assert not meant_for(campaign(), gone)
    assert meant_for(campaign(name="third"), gone)
    assert meant_for(campaign(), person())


def test_whoever_left_is_not_in_it_by_their_cohort_either() -> None:
    spring = {"cohorts": ["Spring"]}
    gone = person(left=frozenset({"small"}), cohorts=frozenset({"Spring"}))
    assert not meant_for(campaign(audience=spring), gone)
    assert meant_for(campaign(name="third", audience=spring), gone)


def test_a_dry_run_has_nothing_for_whoever_left() -> None:
    people = [person(id="a", left=frozenset({"small"})), person(id="b")]
    lines = upcoming(campaign(), people, now=at("2027-01-01"), until=at("2027-02-01"))
    assert {line.participant for line in lines} == {"b"}
