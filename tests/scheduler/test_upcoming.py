"""The dry run: everybody's prompts in the order of time, with what becomes of each."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice
from typing import Any

import pytest

from bot.records import Standing
from scheduler import upcoming as dry_run
from scheduler.campaign import Campaign, started
from scheduler.person import Person
from scheduler.reasons import Reason
from scheduler.upcoming import Line, upcoming
from scheduler.windows import wall_of
from tests.scheduler.builders import DAILY, LONG_AGO, at, campaign, person

ZONES = ("Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")


def run(made: Campaign, *people: Person, now: str, until: str) -> list[Line]:
    return list(upcoming(made, people, now=at(now), until=at(until)))


def test_each_line_says_who_gets_what_when_on_both_clocks() -> None:
    there = person(id="p2", zone="America/New_York")
    lines = run(campaign(), person(), there, now="2027-07-01", until="2027-07-03")
    assert lines == [
        Line(
            participant=who,
            step="look",
            occasion="week 25",
            local=wall_of(date(2027, 7, 2), 600),
            utc=at(utc),
            state="planned",
            reason=None,
            window=date(2027, 7, 2),
        )
        for who, utc in (("p1", "2027-07-02 09:00"), ("p2", "2027-07-02 14:00"))
    ]


def test_it_says_why_not() -> None:
    """The week of Good Friday, 26 March 2027, for people of three kinds."""
    made = campaign(when=DAILY)
    away = person(id="p2", paused_until=date(2027, 3, 26))
    gone = person(id="p3", standing=Standing.STOPPED)
    lines = run(made, person(), away, gone, now="2027-03-25", until="2027-03-30")
    told = {
        name: [(f"{line.local:%a %H:%M}", line.state, line.reason) for line in group]
        for name, group in groupby(lines, key=lambda line: line.participant)
    }
    assert told["p1"] == [
        ("Thu 10:00", "planned", None),
        ("Fri 10:00", "skipped", Reason.NEXT_OCCASION),
        ("Sat 10:00", "skipped", Reason.NEXT_OCCASION),
        ("Mon 09:00", "deferred", Reason.WORKING_DAYS),
        ("Mon 10:00", "planned", None),
    ]
    assert told["p2"][0] == ("Thu 10:00", "skipped", Reason.PAUSED)
    assert told["p2"][1:] == told["p1"][1:]
    assert {reason for _, _, reason in told["p3"]} == {Reason.STOPPED}


def test_now_is_in_it_and_the_end_is_not() -> None:
    friday = "2027-01-08 10:00"
    assert len(run(campaign(), person(), now=friday, until="2027-01-15 10:00")) == 1


def test_whoever_is_not_meant_or_joins_later_has_no_lines() -> None:
    made = campaign(audience={"cohorts": ["north"]})
    north = frozenset({"north"})
    late = person(id="late", cohorts=north, joined_at=at("2027-01-20"))
    lines = run(made, person(), late, now="2027-01-01", until="2027-01-25")
    assert [(line.participant, line.occasion) for line in lines] == [("late", "week 2")]


def many_steps() -> Campaign:
    """A campaign of three steps, one of them at random."""
    steps = [
        {"id": "a", "practice": "weekly", "when": DAILY, "at": "10:00"},
        {"id": "b", "practice": "nudge", "when": {"kind": "random", "times": 3}},
        {"id": "c", "practice": "weekly", "when": {"kind": "monthly", "day": 9}, "at": "10:00"},
    ]
    return Campaign.model_validate(
        {"name": "many", "title": "Many", "starts": "2027-01-04", "steps": steps}
    )


def test_the_lines_of_a_person_are_in_the_order_of_time() -> None:
    people = [person(id=str(number), zone=ZONES[number % 4]) for number in range(8)]
    lines = run(many_steps(), *people, now="2027-01-01", until="2027-03-01")
    for _, group in groupby(lines, key=lambda line: line.participant):
        mine = list(group)
        assert mine == sorted(mine, key=lambda line: (line.utc, line.step))
        assert {line.step for line in mine} == {"a", "b", "c"}


def test_random_times_are_each_persons_own_and_the_same_in_every_dry_run() -> None:
    people = [person(id=str(number)) for number in range(5)]
    lines = run(many_steps(), *people, now="2027-01-01", until="2027-03-01")
    again = run(many_steps(), *people, now="2027-01-01", until="2027-03-01")
    assert lines == again
    own = {line.participant: line.utc for line in reversed(lines) if line.step == "b"}
    assert len(set(own.values())) > 1


def test_people_of_one_rhythm_share_lines_and_nobody_elses() -> None:
    """Each alone gets what they get among many."""
    rhythms: list[dict[str, Any]] = [
        {},
        {"zone": "Asia/Kolkata"},
        {"days": (1, 3)},
        {"minute": 450},
        {"window": (600, 720)},
        {"holidays": "IE"},
        {"standing": Standing.STOPPED},
        {"paused_until": date(2027, 2, 1)},
        {"reachable": False},
        {"joined_at": at("2027-01-20")},
    ]
    people = [person(id=str(number), **rhythm) for number, rhythm in enumerate(rhythms * 2)]
    now, until = "2027-01-10", "2027-03-01"
    together = run(many_steps(), *people, now=now, until=until)
    alone = [line for who in people for line in run(many_steps(), who, now=now, until=until)]
    assert together == alone


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [person(id=str(number), minute=number % 7 + 600) for number in range(20)]
    full = run(campaign(), *people, now="2027-01-01", until="2027-03-01")
    monkeypatch.setattr(dry_run, "_KEPT", 10)
    assert run(campaign(), *people, now="2027-01-01", until="2027-03-01") == full


def crowd(count: int) -> Iterator[Person]:
    """People of forty rhythms."""
    for number in range(count):
        yield Person(
            id=f"{number:032x}",
            zone=ZONES[number % 4],
            joined_at=LONG_AGO,
            minute=None if number % 2 else 540 + number % 20 * 15,
        )


def test_a_crowd_streams() -> None:
    """Ten times the people take no more memory, and nobody is asked for before their turn."""
    made = started(campaign(starts=None, weeks=4, when=DAILY), date(2027, 3, 1))
    now, until = datetime(2027, 2, 20, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)
    peaks = []
    for count in (100, 1_000):
        tracemalloc.start()
        lines = sum(1 for _ in upcoming(made, crowd(count), now=now, until=until))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert lines == 28 * count
    assert peaks[1] < 1.5 * peaks[0]
    endless = upcoming(made, crowd(10**9), now=now, until=until + timedelta(days=1))
    assert len(list(islice(endless, 3))) == 3
