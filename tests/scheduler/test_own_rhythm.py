"""Each person's own days, hour, window and holidays win; a campaign sets defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.records import Platform
from scheduler.course import meant_for
from scheduler.person import Person
from scheduler.plan import next_due, occasions
from scheduler.reasons import Reason
from scheduler.verdict import Defer, Go
from tests.scheduler.builders import (
    EVERY_DAY,
    at,
    campaign,
    judged,
    person,
    running,
    walls,
)

EVERY = tuple(range(7))


def test_their_own_hour_and_days_replace_the_campaigns() -> None:
    theirs = running(person(days=(1, 3), minute=450))
    assert walls(2, theirs) == ["Thu 2027-01-07 07:30", "Thu 2027-01-14 07:30"]


def test_their_own_hour_is_open_to_them_outside_the_campaigns_window() -> None:
    theirs = running(person(minute=450))
    assert judged(theirs, "2027-01-08 07:30") == Go()
    assert judged(theirs, "2027-01-08 09:15", due="2027-01-08 07:30") == Go()
    assert judged(running(), "2027-01-08 07:30") == Defer(at("2027-01-08 09:00"), Reason.QUIET)


def test_their_own_hour_is_open_to_them_outside_their_own_window_too() -> None:
    theirs = running(person(minute=450, window=(600, 900)))
    assert judged(theirs, "2027-01-08 07:30") == Go()
    assert judged(theirs, "2027-01-08 09:31", due="2027-01-08 07:30") == Defer(
        at("2027-01-08 10:00"), Reason.QUIET
    )


def test_their_own_window_moves_a_time_that_the_campaign_set() -> None:
    theirs = running(person(window=(780, 1020)))
    assert judged(theirs, "2027-01-08 10:00") == Defer(at("2027-01-08 13:00"), Reason.QUIET)


def test_their_own_window_comes_in_place_of_quiet_hours() -> None:
    fields: dict[str, Any] = {"quiet": "12:00-13:00"}
    assert judged(running(**fields), "2027-01-08 12:30") == Defer(
        at("2027-01-08 13:00"), Reason.QUIET
    )
    assert judged(running(person(window=(540, 1020)), **fields), "2027-01-08 12:30") == Go()


def test_on_dates_the_date_stands_and_the_time_is_theirs() -> None:
    dates = {"kind": "dates", "on": ["2027-02-02", "2027-02-10"]}
    theirs = running(person(days=(4,), minute=600), when=dates, at="15:00")
    assert walls(2, theirs) == ["Tue 2027-02-02 10:00", "Wed 2027-02-10 10:00"]
    assert judged(theirs, "2027-02-02 10:00") == Go()


def test_a_month_day_moves_to_one_of_their_days_within_its_month() -> None:
    """31 January 2027 is a Sunday: the last Tuesday before it; the 9th goes on to Friday 12."""
    tuesdays = running(person(days=(1,)), when={"kind": "monthly", "day": 31})
    assert walls(2, tuesdays) == ["Tue 2027-01-26 10:00", "Tue 2027-02-23 10:00"]
    fridays = running(person(days=(4,)), when={"kind": "monthly", "day": 9}, starts="2027-02-01")
    assert walls(1, fridays) == ["Fri 2027-02-12 10:00"]


def test_no_days_at_all_means_every_day() -> None:
    assert walls(1, running(person(days=()))) == ["Fri 2027-01-08 10:00"]
    assert running(person(days=())).opening.days == frozenset(EVERY)


def test_a_campaign_is_for_its_audience() -> None:
    here: Person = person(cohorts=frozenset({"north"}), platforms=frozenset({Platform.SLACK}))
    for audience, meant in [
        ({}, True),
        ({"cohorts": ["north", "south"]}, True),
        ({"cohorts": ["south"]}, False),
        ({"platforms": ["slack"]}, True),
        ({"cohorts": ["north"], "platforms": ["telegram"]}, False),
    ]:
        assert meant_for(campaign(audience=audience), here) is meant


def test_occasions_of_a_campaign_that_is_over_come_to_an_end() -> None:
    for when in (
        {"kind": "weekly", "on": ["friday"]},
        {"kind": "monthly", "day": 9},
        {"kind": "random", "times": 1},
        {"kind": "dates", "on": ["2027-01-08"]},
    ):
        over = running(when=when, ends="2027-02-28", working_days=EVERY_DAY)
        assert next_due(over, after=at("2027-03-01")) is None
        assert len(list(occasions(over, after=at("2027-01-01")))) > 0


def test_a_campaign_may_go_on_for_ever() -> None:
    forever = running(replace(person(), joined_at=at("2099-01-01")))
    planned = next_due(forever, after=at("2027-01-01"))
    assert planned is not None
    assert planned.at - at("2099-01-01") < timedelta(days=7)
