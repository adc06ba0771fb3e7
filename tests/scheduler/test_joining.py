"""Since when a campaign is for somebody, and weeks that count from their joining it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scheduler.campaign import Campaign
from scheduler.course import Course, course, entered, meant_for
from scheduler.person import Person
from scheduler.plan import next_due
from scheduler.upcoming import upcoming
from tests.scheduler.builders import DAILY, LONG_AGO, at, campaign, first, person, walls
from tests.scheduler.test_festival import festival

NORTH: dict[str, Any] = {"audience": {"cohorts": ["north", "south"]}}
JOINING: dict[str, Any] = {"counts_from": "joining", "weeks": 8}
MONDAYS: dict[str, Any] = {"kind": "weekly", "on": ["monday"]}


def running(made: Campaign, who: Person) -> Course:
    return course(made, made.steps[0], who)


# Since when.


@pytest.mark.parametrize(
    ("into", "since"),
    [
        ((), "2027-01-10"),
        ((("north", "2027-02-01"),), "2027-02-01"),
        # The first of several cohorts counts, and others do not.
        ((("south", "2027-03-01"), ("north", "2027-02-01")), "2027-02-01"),
        ((("east", "2027-02-01"),), "2027-01-10"),
        # Nobody is in it before they joined at all.
        ((("north", "2027-01-01"),), "2027-01-10"),
    ],
)
def test_it_is_for_somebody_since_they_came_into_its_audience(
    into: tuple[tuple[str, str], ...], since: str
) -> None:
    who = person(
        joined_at=at("2027-01-10"),
        cohorts=frozenset(name for name, _ in into),
        entered=tuple((name, at(when)) for name, when in into),
    )
    assert entered(campaign(**NORTH), who) == at(since)
    assert entered(campaign(), who) == at("2027-01-10")


def test_rule_12_what_was_planned_before_they_came_into_its_cohort_is_not_for_them() -> None:
    north = frozenset({"north"})
    who = person(cohorts=north, entered=(("north", at("2027-01-20")),))
    assert walls(1, running(campaign(**NORTH), who)) == ["Fri 2027-01-22 10:00"]
    exactly = person(cohorts=north, entered=(("north", at("2027-01-15 10:00")),))
    assert walls(1, running(campaign(**NORTH), exactly)) == ["Fri 2027-01-15 10:00"]


def test_whoever_left_it_is_not_in_it_and_is_in_others() -> None:
    who = person(left=frozenset({"small"}))
    assert not meant_for(campaign(), who)
    assert meant_for(campaign(name="other"), who)


# Weeks that count from joining.


def test_weeks_count_from_the_week_in_which_each_person_joined() -> None:
    """Two people, three weeks apart, have the same weeks by name."""
    made = campaign(when=MONDAYS, **JOINING)
    for joined, day in (("2027-02-01", "2027-02-01"), ("2027-02-22", "2027-02-22")):
        planned = first(9, running(made, person(joined_at=at(joined))))
        assert [each.name for each in planned] == [f"week {number}" for number in range(8)]
        assert f"{planned[0].wall:%F}" == day


def test_whoever_joined_before_it_started_counts_from_its_start() -> None:
    made = campaign(when=MONDAYS, **JOINING)
    assert walls(1, running(made, person())) == ["Mon 2027-01-04 10:00"]
    assert running(made, person()).last == date(2027, 2, 28)


def test_it_lasts_as_many_weeks_for_each_and_never_past_its_last_day() -> None:
    late = person(joined_at=at("2027-02-03"))
    under = running(campaign(when=MONDAYS, **JOINING), late)
    assert (under.first, under.last) == (date(2027, 2, 3), date(2027, 3, 30))
    # It began on a Wednesday: the Monday of that week has gone by, and the ninth week has one.
    assert [each.name for each in first(9, under)] == [f"week {number}" for number in range(1, 9)]
    ended = campaign(when=MONDAYS, counts_from="joining", ends="2027-02-16")
    assert len(first(9, running(ended, late))) == 2


def test_a_campaign_that_counts_from_joining_has_no_last_day_of_its_own() -> None:
    assert campaign(**JOINING).last_day is None
    assert campaign(**JOINING | {"counts_from": "start"}).last_day == date(2027, 2, 28)
    assert campaign(counts_from="joining", ends="2027-03-01").last_day == date(2027, 3, 1)


def test_the_day_of_joining_is_that_on_their_own_clock() -> None:
    """Sunday night in London is Monday morning in Auckland."""
    made = campaign(when=DAILY, **JOINING)
    sunday = at("2027-02-07 22:00")
    assert running(made, person(joined_at=sunday)).first == date(2027, 2, 7)
    there = person(joined_at=sunday, zone="Pacific/Auckland")
    assert running(made, there).first == date(2027, 2, 8)


def test_months_count_from_joining_too() -> None:
    made = campaign(when={"kind": "monthly", "day": 31}, counts_from="joining")
    planned = first(2, running(made, person(joined_at=at("2027-02-10"))))
    assert [(each.name, f"{each.wall:%F}") for each in planned] == [
        ("month 0", "2027-02-28"),
        ("month 1", "2027-03-31"),
    ]


def test_a_dry_run_counts_each_persons_weeks() -> None:
    made = campaign(when=MONDAYS, **JOINING)
    people = [person(id=day, joined_at=at(day)) for day in ("2027-02-01", "2027-02-15")]
    lines = list(upcoming(made, people, now=at("2027-02-16"), until=at("2027-03-02")))
    assert [(line.participant, line.occasion) for line in lines] == [
        ("2027-02-01", "week 3"),
        ("2027-02-01", "week 4"),
        ("2027-02-15", "week 1"),
        ("2027-02-15", "week 2"),
    ]


def test_a_festival_does_not_count_from_joining() -> None:
    made = campaign(when={"kind": "festival", "on": "1 week before it opens"}, **JOINING)
    who = person(joined_at=at("2027-01-20"))
    planned = next_due(course(made, made.steps[0], who, festival()), after=LONG_AGO)
    assert planned is not None
    assert f"{planned.wall:%F}" == "2027-02-01"


# Weeks that are named.


def test_some_weeks_alone() -> None:
    made = campaign(when=MONDAYS | {"weeks": [2, 3]})
    planned = first(9, running(made, person()))
    assert [(each.name, f"{each.wall:%F}") for each in planned] == [
        ("week 2", "2027-01-18"),
        ("week 3", "2027-01-25"),
    ]
    assert next_due(running(made, person()), after=at("2027-01-25 10:00")) is None


def test_some_weeks_have_the_names_of_all() -> None:
    twice: dict[str, Any] = {"kind": "weekly", "on": ["monday", "friday"], "weeks": [4, 0]}
    planned = first(9, running(campaign(when=twice), person()))
    assert [each.name for each in planned] == ["week 0.1", "week 0.2", "week 4.1", "week 4.2"]


def test_some_weeks_among_every_second() -> None:
    made = campaign(when=MONDAYS | {"every": 2, "weeks": [0, 1, 4]})
    assert [each.name for each in first(9, running(made, person()))] == ["week 0", "week 4"]


def test_some_weeks_from_joining() -> None:
    made = campaign(when=MONDAYS | {"weeks": [4, 5]}, **JOINING)
    late = person(joined_at=at("2027-02-01"))
    assert walls(9, running(made, late)) == ["Mon 2027-03-01 10:00", "Mon 2027-03-08 10:00"]
