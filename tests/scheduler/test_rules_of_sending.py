"""The calendar's rules 9 to 16, each by its name, with the examples of docs/calendar.md."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from bot.records import Standing
from scheduler.plan import next_due
from scheduler.reasons import Reason
from scheduler.verdict import Beside, Defer, Expire, Go, Rival, Skip, Verdict
from tests.scheduler.builders import (
    ALWAYS,
    DAILY,
    at,
    first,
    judged,
    person,
    running,
)

FRIDAY = "2027-01-08 10:00"
NEXT_FRIDAY = "2027-01-15 10:00"

# Rule 9: what stops a prompt, in this order.

#: Each line stops a prompt at 23:00 on Saint Andrew's Day, Tuesday 30 November 2027.
STOPS: list[tuple[Reason, dict[str, Any]]] = [
    (Reason.STOPPED, {"standing": Standing.STOPPED}),
    (Reason.PAUSED, {"paused_until": date(2027, 12, 24)}),
    (Reason.UNREACHABLE, {"reachable": False}),
    (Reason.HOLIDAY, {"holidays": "GB-SCT"}),
    (Reason.WORKING_DAYS, {"days": (4,)}),
    (Reason.QUIET, {"window": (540, 1200)}),
]


@pytest.mark.parametrize("number", range(len(STOPS)))
def test_rule_9_the_first_that_holds_is_the_reason(number: int) -> None:
    holding: dict[str, Any] = {"holidays": "", "days": EVERY, "window": (0, 1440)}
    for _, choice in reversed(STOPS[number:]):
        holding |= choice
    under = running(person(**holding), closed="skip")
    assert judged(under, "2027-11-30 23:00", frozen=True) == Skip(STOPS[number][0])


EVERY = tuple(range(7))


def test_rule_9_the_groups_holiday_comes_before_working_days() -> None:
    under = running(working_days=["friday"], closed="skip")
    assert judged(under, "2027-11-30 23:00") == Skip(Reason.GROUP_HOLIDAY)
    assert judged(under, "2027-12-01 23:00") == Skip(Reason.WORKING_DAYS)


def test_rule_9_a_frozen_campaign_comes_last() -> None:
    assert judged(running(), FRIDAY, frozen=True) == Skip(Reason.FROZEN)
    assert judged(running(), FRIDAY) == Go()
    leaving = person(standing=Standing.FORGETTING)
    assert judged(running(leaving), FRIDAY, frozen=True) == Skip(Reason.STOPPED)


def test_rule_9_it_is_judged_on_the_clock_of_the_instant_it_would_be_sent() -> None:
    """Due at 19:50, and asked about at 20:05: the window is over."""
    late = judged(running(at="19:50"), "2027-01-08 20:05", due="2027-01-08 19:50")
    assert late == Defer(at("2027-01-11 09:00"), Reason.QUIET)


# Rule 10: a closed time defers or skips.


@pytest.mark.parametrize(
    ("closed", "verdict"),
    [
        ("next_window", Defer(at("2027-03-29 08:00"), Reason.GROUP_HOLIDAY)),
        ("skip", Skip(Reason.GROUP_HOLIDAY)),
    ],
)
def test_rule_10_good_friday_is_deferred_to_monday_or_skipped(
    closed: str, verdict: Verdict
) -> None:
    under = running(closed=closed)
    assert judged(under, "2027-03-26 10:00", following="2027-04-02 09:00") == verdict


def test_rule_10_a_daily_prompt_over_a_weekend_does_not_send_three_on_monday() -> None:
    """Saturday's and Sunday's would come on Monday at 09:00, past their own next ones."""
    daily = running(when=DAILY)
    days = first(4, daily, FRIDAY)
    following = [day.at for day in days[1:]]
    for day, after, verdict in zip(
        days,
        following,
        [Skip(Reason.NEXT_OCCASION), Defer(at("2027-01-11 09:00"), Reason.WORKING_DAYS), Go()],
        strict=False,
    ):
        assert judged(daily, f"{day.at:%F %T}", following=after) == verdict


def test_rule_10_to_be_deferred_to_the_next_occasion_itself_is_to_be_skipped() -> None:
    early = running(when=DAILY, at="09:00")
    sunday = judged(early, "2027-01-10 09:00", following="2027-01-11 09:00")
    assert sunday == Skip(Reason.NEXT_OCCASION)


def test_rule_10_nothing_is_deferred_past_the_campaigns_last_day() -> None:
    short = running(ends="2027-03-26")
    assert judged(short, "2027-03-26 10:00") == Skip(Reason.ENDED)


# Rule 11: late after an outage.


@pytest.mark.parametrize(
    ("closed", "now", "verdict"),
    [
        ("next_window", "2027-01-08 12:00", Go()),
        ("skip", "2027-01-08 12:00", Go()),
        ("next_window", "2027-01-08 12:01", Go()),
        ("skip", "2027-01-08 12:01", Skip(Reason.LATE)),
        ("next_window", "2027-01-08 20:30", Defer(at("2027-01-11 09:00"), Reason.QUIET)),
        ("skip", "2027-01-08 20:30", Skip(Reason.QUIET)),
        ("next_window", "2027-01-14 12:00", Go()),
        ("next_window", NEXT_FRIDAY, Expire(Reason.NEXT_OCCASION)),
        ("skip", "2027-01-15 11:00", Expire(Reason.NEXT_OCCASION)),
        ("next_window", "2027-01-16 11:00", Skip(Reason.NEXT_OCCASION)),
    ],
)
def test_rule_11_late_after_an_outage(closed: str, now: str, verdict: Verdict) -> None:
    under = running(closed=closed)
    assert judged(under, now, due=FRIDAY, following=NEXT_FRIDAY) == verdict


def test_rule_11_a_deferred_prompt_is_late_from_when_it_was_deferred_to() -> None:
    under = running(closed="skip")
    monday = "2027-01-11 09:00"
    assert judged(under, "2027-01-11 10:30", planned_at=FRIDAY, due=monday) == Go()


def test_rule_11_never_a_burst() -> None:
    """Down from Monday to Thursday noon: of four daily prompts one goes."""
    daily = running(when=DAILY)
    days = first(5, daily, "2027-01-11 00:00")
    verdicts = [
        judged(daily, "2027-01-14 12:00", due=day.at, following=after.at)
        for day, after in pairwise(days)
    ]
    assert verdicts == [Expire(Reason.NEXT_OCCASION)] * 3 + [Go()]


def test_rule_11_nothing_goes_after_the_last_day() -> None:
    short = running(ends="2027-01-08", **ALWAYS)
    assert judged(short, "2027-01-09 00:30", due="2027-01-08 23:00") == Expire(Reason.ENDED)


# Rule 12: joining.


@pytest.mark.parametrize(
    ("joined", "next_one"),
    [
        ("2027-01-08 09:59", FRIDAY),
        (FRIDAY, FRIDAY),
        ("2027-01-08 10:00:01", NEXT_FRIDAY),
    ],
)
def test_rule_12_what_was_planned_before_they_joined_is_not_for_them(
    joined: str, next_one: str
) -> None:
    planned = next_due(running(person(joined_at=at(joined))), after=at("2027-01-01"))
    assert planned is not None
    assert planned.at == at(next_one)


def test_rule_12_the_planned_time_counts_and_not_the_deferred_one() -> None:
    """Good Friday's prompt goes on Monday; somebody who joins on Saturday does not get it."""
    joined = person(joined_at=at("2027-03-27 12:00"))
    planned = next_due(running(joined), after=at("2027-03-01"))
    assert planned is not None
    assert planned.wall.date() == date(2027, 4, 2)


# Rule 13: moved, resumed, zone changed.


def test_rule_13_what_lies_in_the_past_after_a_change_of_zone_is_skipped() -> None:
    """At noon in London somebody sets their clock to Auckland, where Friday is nearly over."""
    noon = at("2027-01-08 09:30")
    there = running(person(zone="Pacific/Auckland"))
    friday = first(1, there)[0]
    assert friday.at < noon
    assert judged(there, "2027-01-08 09:30", planned_at=friday.at, changed_at=noon) == Skip(
        Reason.PAST
    )
    following = next_due(there, after=noon)
    assert following is not None
    assert f"{following.wall:%F %T}" == "2027-01-15 10:00:00"


def test_rule_13_what_is_still_to_come_is_planned_anew() -> None:
    noon = at("2027-01-08 09:30")
    there = running(person(zone="America/New_York"))
    planned = next_due(there, after=noon)
    assert planned is not None
    assert planned.at == at("2027-01-08 15:00")
    assert judged(there, "2027-01-08 15:00", changed_at=noon) == Go()


# Rule 14: sent once, named by ordinal.


@pytest.mark.parametrize(
    ("when", "names"),
    [
        ({"kind": "weekly", "on": ["friday"]}, ["week 0", "week 1", "week 2"]),
        ({"kind": "weekly", "on": ["friday"], "every": 3}, ["week 0", "week 3", "week 6"]),
        ({"kind": "weekly", "on": ["monday", "friday"]}, ["week 0.1", "week 0.2", "week 1.1"]),
        ({"kind": "monthly", "day": 9}, ["month 0", "month 1", "month 2"]),
        (
            {"kind": "dates", "on": ["2027-03-02", "2027-02-02", "2027-02-03"]},
            ["date 2", "date 3", "date 1"],
        ),
        ({"kind": "random", "times": 2}, ["week 0.1", "week 0.2", "week 1.1"]),
    ],
)
def test_rule_14_an_occasion_has_the_name_of_its_ordinal(
    when: dict[str, object], names: list[str]
) -> None:
    assert [planned.name for planned in first(3, running(when=when))] == names


def test_rule_14_a_moved_campaign_keeps_its_names() -> None:
    here = [planned.name for planned in first(3, running())]
    assert [planned.name for planned in first(3, running(starts="2027-02-01"))] == here


def test_rule_14_the_names_of_a_week_do_not_depend_on_where_one_looks_from() -> None:
    """It starts on Wednesday: Monday's prompt of week 0 never was, and Friday's is the second."""
    twice = running(starts="2027-01-06", when={"kind": "weekly", "on": ["monday", "friday"]})
    assert [planned.name for planned in first(2, twice)] == ["week 0.2", "week 1.1"]
    assert first(1, twice, NEXT_FRIDAY)[0].name == "week 2.1"


# Rule 15: every ending has its reason.


def test_rule_15_each_reason_is_a_word_of_its_own() -> None:
    assert {"past", "superseded", "frozen", "cancelled"} <= {reason.value for reason in Reason}
    assert all(len(reason.value) <= 40 for reason in Reason)


# Rule 16: one invitation at a time.

OPEN = Beside(open=True)


@pytest.mark.parametrize(
    ("open_", "verdict"),
    [
        ("replace", Go()),
        ("queue", Defer(at("2027-01-08 10:15"), Reason.OPEN)),
        ("leave", Skip(Reason.OPEN)),
    ],
)
def test_rule_16_an_open_invitation_is_replaced_or_queued_behind_or_left(
    open_: str, verdict: Verdict
) -> None:
    assert judged(running(open=open_), FRIDAY, beside=OPEN) == verdict
    assert judged(running(open=open_), FRIDAY) == Go()


def test_rule_16_those_that_wait_are_asked_about_together_so_their_order_holds() -> None:
    queued = running(open="queue")
    for now in ("2027-01-08 10:00", "2027-01-08 10:07", "2027-01-08 10:14:59"):
        waits = judged(queued, now, due=FRIDAY, beside=OPEN)
        assert waits == Defer(at("2027-01-08 10:15"), Reason.OPEN)


def test_rule_16_a_queued_prompt_waits_in_allowed_minutes_and_expires_at_its_next_occasion() -> (
    None
):
    queued = running(open="queue")
    evening = judged(queued, "2027-01-08 19:50", due=FRIDAY, beside=OPEN)
    assert evening == Defer(at("2027-01-11 09:00"), Reason.OPEN)
    last = judged(queued, "2027-01-15 09:50", due=FRIDAY, following=NEXT_FRIDAY, beside=OPEN)
    assert last == Expire(Reason.OPEN)


def rival(rank: int, due: str = FRIDAY, name: str = "festival") -> Rival:
    return Rival(rank=rank, campaign=name, due=at(due))


@pytest.mark.parametrize(
    ("other", "goes"),
    [
        (rival(5), False),
        (rival(5, "2027-01-08 19:00"), False),
        (rival(5, "2027-01-11 10:00"), True),
        (rival(-5), True),
        # Of one rank, the one due first goes; of one time, the first by name.
        (rival(0, "2027-01-08 09:30"), False),
        (rival(0, "2027-01-08 10:30"), True),
        (rival(0, FRIDAY, "a_first"), False),
        (rival(0, FRIDAY, "z_last"), True),
    ],
)
def test_rule_16_the_higher_ranked_campaign_goes_and_the_other_waits(
    other: Rival,
    goes: bool,  # noqa: FBT001
) -> None:
    waits = Defer(at("2027-01-11 09:00"), Reason.RANK)
    verdict = judged(running(), FRIDAY, beside=Beside(rivals=(other,)))
    assert verdict == (Go() if goes else waits)


def test_rule_16_two_campaigns_never_put_two_invitations_into_one_window() -> None:
    """Even the higher-ranked waits when another has been there today."""
    invited = Beside(invited_at=at("2027-01-08 09:10"))
    high = running(rank=100)
    assert judged(high, FRIDAY, beside=invited) == Defer(at("2027-01-11 09:00"), Reason.RANK)
    yesterday = Beside(invited_at=at("2027-01-07 19:50"))
    assert judged(high, FRIDAY, beside=yesterday) == Go()


def test_rule_16_what_would_wait_for_a_window_past_its_next_occasion_expires() -> None:
    daily = running(when=DAILY)
    other = Beside(rivals=(rival(5),))
    verdict = judged(daily, FRIDAY, following="2027-01-09 10:00", beside=other)
    assert verdict == Expire(Reason.RANK)


def test_rule_16_a_window_over_midnight_is_one_window() -> None:
    owl = running(person(window=(1320, 120), days=EVERY), holidays="none")
    before_midnight = Beside(invited_at=at("2027-01-08 23:00"))
    assert judged(owl, "2027-01-09 01:00", beside=before_midnight) == Defer(
        at("2027-01-09 22:00"), Reason.RANK
    )
