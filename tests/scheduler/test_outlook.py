"""The outlook: what a dry run comes to in counts, for many people and several campaigns."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records import Standing
from scheduler import outlook as counting
from scheduler.campaign import Campaign, started
from scheduler.course import course, meant_for
from scheduler.outlook import Collision, Day, Outlook, Unplanned, Week, Why, outlook
from scheduler.person import Person
from scheduler.reasons import Reason
from scheduler.upcoming import Line, Plans, upcoming
from scheduler.verdict import Beside, Case, Go, Rival, verdict
from tests.scheduler.builders import DAILY, EVERY_DAY, LONG_AGO, at, campaign, person

NOW, UNTIL = at("2027-03-10"), at("2027-04-20")
ZONES = ("Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")
NORTH = frozenset({"north"})


def counted(
    made: Campaign,
    *people: Person,
    beside: Sequence[Campaign] = (),
    maximum: int = 5,
    now: datetime = NOW,
    until: datetime = UNTIL,
) -> Outlook:
    plans, *others = (Plans(each, now=now, until=until) for each in (made, *beside))
    return outlook(plans, people, beside=others, maximum=maximum)


def going(made: Campaign, who: Person) -> list[Line]:
    return [line for line in upcoming(made, [who], now=NOW, until=UNTIL) if line.goes]


def test_each_day_counts_the_people_of_a_zone_and_the_times_on_their_clocks() -> None:
    early = person(id="p2", minute=540)
    there = person(id="p3", zone="America/New_York")
    found = counted(campaign(), person(), early, there, until=at("2027-03-14"))
    assert found.days == (
        Day(
            day=date(2027, 3, 12),
            zone="America/New_York",
            step="look",
            people=1,
            deferred=0,
            earliest=time(10),
            latest=time(10),
        ),
        Day(
            day=date(2027, 3, 12),
            zone="Europe/London",
            step="look",
            people=2,
            deferred=0,
            earliest=time(9),
            latest=time(10),
        ),
    )
    assert (found.people, found.reached, found.prompts) == (3, 3, 3)


def test_what_is_put_off_stands_on_the_day_on_which_it_goes() -> None:
    """Good Friday's prompt goes on Monday."""
    found = counted(campaign(), person(), now=at("2027-03-25"), until=at("2027-03-30"))
    [monday] = found.days
    assert (monday.day, monday.people, monday.deferred) == (date(2027, 3, 29), 1, 1)


def test_two_of_one_step_on_one_day_are_one_person() -> None:
    """Sunday's daily prompt goes on Monday at 09:00, and Monday's own at 10:00."""
    found = counted(campaign(when=DAILY), person(), until=at("2027-03-16"))
    monday = next(each for each in found.days if each.day == date(2027, 3, 15))
    assert (monday.people, monday.deferred) == (1, 1)
    assert (monday.earliest, monday.latest) == (time(9), time(10))


def test_the_load_is_that_of_all_campaigns_together_in_the_fullest_week() -> None:
    """On five working days with one put off, and a weekly one beside: seven in a week."""
    daily, weekly = campaign(when=DAILY, holidays="none"), campaign(name="other")
    until = at("2027-03-22")
    alone = counted(daily, person(), until=until)
    assert (alone.fullest, alone.overfull) == ({6: 1}, 1)
    both = counted(daily, person(), beside=[weekly], until=until)
    assert both.fullest == {7: 1}
    assert both.weeks == (Week(monday=date(2027, 3, 15), people=1, most=7),)
    spared = counted(daily, person(), beside=[weekly], until=until, maximum=7)
    assert (spared.overfull, spared.weeks) == (0, ())


def test_another_campaign_counts_for_its_own_audience_alone() -> None:
    other = campaign(name="other", audience={"cohorts": ["north"]}, holidays="none")
    found = counted(
        campaign(holidays="none"), person(), person(id="p2", cohorts=NORTH), beside=[other]
    )
    assert found.fullest == {1: 1, 2: 1}


@pytest.mark.parametrize(
    ("mine", "theirs", "first", "why"),
    [
        ({"rank": 1, "at": "15:00"}, {}, "small", Why.RANK),
        ({}, {"rank": 1, "at": "15:00"}, "other", Why.RANK),
        ({"at": "15:00"}, {}, "other", Why.EARLIER),
        ({}, {"at": "15:00"}, "small", Why.EARLIER),
        ({}, {}, "other", Why.NAME),
    ],
)
def test_where_two_meet_the_one_that_goes_first_is_named(
    mine: dict[str, Any], theirs: dict[str, Any], first: str, why: Why
) -> None:
    beside = campaign(name="other", **theirs)
    people = person(), person(id="p2")
    found = counted(campaign(**mine), *people, beside=[beside], until=at("2027-03-21"))
    assert found.collisions == (
        Collision(other="other", first=first, why=why, days=4, example=date(2027, 3, 12)),
    )


def test_prompts_on_different_days_do_not_meet() -> None:
    beside = campaign(name="other", when={"kind": "weekly", "on": ["tuesday"]})
    assert counted(campaign(), person(), beside=[beside], until=at("2027-03-21")).collisions == ()


def test_small_hours_meet_the_evening_before() -> None:
    """A window from 22:00 to 02:00 is that of the day on which it opened."""
    night = {"window": "22:00-02:00", "holidays": "none"}
    late = campaign(at="23:00", **night)
    small = campaign(name="other", at="01:00", **night)
    [each] = counted(late, person(), beside=[small]).collisions
    assert (each.first, each.why) == ("small", Why.EARLIER)


def test_who_gets_nothing_is_counted_by_why() -> None:
    made = campaign(audience={"cohorts": ["north"]})
    fields: list[dict[str, Any]] = [
        {},
        {"standing": Standing.STOPPED},
        {"standing": Standing.STOPPED, "joined_at": at("2028-01-01")},
        {"paused_until": date(2028, 1, 1)},
        {"reachable": False},
        {"joined_at": at("2028-01-01")},
        {"left": frozenset({"small"})},
    ]
    people = [person(id=str(number), cohorts=NORTH, **each) for number, each in enumerate(fields)]
    elsewhere = person(id="south"), person(id="left", left=frozenset({"small"}))
    found = counted(made, *people, *elsewhere)
    assert found.unreached == {
        Reason.STOPPED: 2,
        Reason.PAUSED: 1,
        Reason.UNREACHABLE: 1,
        Reason.LEFT: 1,
        Unplanned.JOINED: 1,
    }
    assert (found.people, found.reached) == (7, 1)


def test_nothing_in_the_days_looked_at_is_a_reason_too() -> None:
    found = counted(campaign(), person(), until=at("2027-03-11"))
    assert found.unreached == {Unplanned.NOTHING: 1}


def test_of_several_reasons_the_one_that_stops_most_counts() -> None:
    """Two Fridays in a pause, then Good Friday, which a step with `skip` leaves out."""
    back = person(paused_until=date(2027, 3, 20))
    found = counted(campaign(closed="skip"), back, until=at("2027-03-28"))
    assert found.skipped == {Reason.PAUSED: 2, Reason.GROUP_HOLIDAY: 1}
    assert found.unreached == {Reason.PAUSED: 1}


clocks = st.sampled_from(["09:00", "09:30", "14:00", "23:30"])
steps = st.fixed_dictionaries(
    {
        "practice": st.just("weekly"),
        "when": st.fixed_dictionaries(
            {
                "kind": st.just("weekly"),
                "on": st.lists(st.sampled_from(EVERY_DAY), min_size=1, unique=True),
                "every": st.integers(1, 2),
            }
        ),
        "at": clocks,
        "closed": st.sampled_from(["next_window", "skip"]),
    }
)
at_random = st.fixed_dictionaries(
    {
        "practice": st.just("nudge"),
        "when": st.fixed_dictionaries({"kind": st.just("random"), "times": st.integers(1, 3)}),
    }
)


@st.composite
def campaigns(draw: st.DrawFn, name: str) -> Campaign:
    drawn = draw(st.lists(steps | at_random, min_size=1, max_size=3))
    told = {
        "name": name,
        "title": name.capitalize(),
        "starts": "2027-03-01",
        "weeks": draw(st.integers(2, 6)),
        "rank": draw(st.integers(0, 1)),
        "counts_from": draw(st.sampled_from(["start", "joining"])),
        "audience": {"cohorts": draw(st.sampled_from([[], ["north"]]))},
        "steps": [{"id": f"step_{number}"} | each for number, each in enumerate(drawn)],
    }
    return Campaign.model_validate(told)


crowds = st.lists(
    st.builds(
        Person,
        id=st.uuids().map(str),
        zone=st.sampled_from(ZONES),
        joined_at=st.sampled_from([LONG_AGO, at("2027-03-09"), at("2027-03-20")]),
        standing=st.sampled_from([Standing.ACTIVE, Standing.ACTIVE, Standing.STOPPED]),
        paused_until=st.sampled_from([None, None, date(2027, 3, 22)]),
        cohorts=st.sampled_from([NORTH, frozenset[str]()]),
        days=st.sampled_from([None, (0,), (1, 3), (4, 5, 6)]),
        minute=st.sampled_from([None, 480, 600]),
        window=st.sampled_from([None, (600, 900)]),
    ),
    max_size=8,
)
both = {"made": campaigns("made"), "other": campaigns("other"), "people": crowds}


@settings(deadline=None)
@given(**both)
def test_the_calendar_is_the_lines_of_the_dry_run_counted_by_hand(
    made: Campaign, other: Campaign, people: list[Person]
) -> None:
    found = counted(made, *people, beside=[other])
    zones = {each.id: each.zone for each in people}
    lines = list(upcoming(made, people, now=NOW, until=UNTIL))
    goes = [line for line in lines if line.state != "skipped"]
    assert found.prompts == len(goes)
    assert found.skipped == Counter(line.reason for line in lines if line.state == "skipped")
    assert found.reached == len({line.participant for line in goes})
    assert found.people == sum(meant_for(made, each) for each in people)
    assert sum(found.unreached.values()) == found.people - found.reached
    places = sorted({(line.local.date(), zones[line.participant], line.step) for line in goes})
    assert [(each.day, each.zone, each.step) for each in found.days] == places
    for each in found.days:
        mine = [
            line
            for line in goes
            if (line.local.date(), zones[line.participant], line.step)
            == (each.day, each.zone, each.step)
        ]
        late = {line.participant for line in mine if line.state == "deferred"}
        assert each.people == len({line.participant for line in mine})
        assert each.deferred == len(late)
        assert each.earliest == min(line.local.time() for line in mine)
        assert each.latest == max(line.local.time() for line in mine)


@settings(deadline=None)
@given(**both, maximum=st.integers(1, 6))
def test_the_load_is_what_counting_each_week_of_each_person_gives(
    made: Campaign, other: Campaign, people: list[Person], maximum: int
) -> None:
    found = counted(made, *people, beside=[other], maximum=maximum)
    audience = [each for each in people if meant_for(made, each)]
    mondays = [date(2027, 3, 8) + timedelta(weeks=week) for week in range(7)]
    days = {
        each.id: [line.local.date() for of in (made, other) for line in going(of, each)]
        for each in audience
    }
    per_week = {
        (who, monday): sum(monday <= day < monday + timedelta(days=7) for day in days[who])
        for who, monday in product(days, mondays)
    }
    fullest = [max(per_week[who, monday] for monday in mondays) for who in days]
    assert found.fullest == Counter(number for number in fullest if number)
    assert found.overfull == sum(number > maximum for number in fullest)
    assert found.weeks == tuple(
        Week(monday=monday, people=len(over), most=max(over))
        for monday in mondays
        if (over := [per_week[who, monday] for who in days if per_week[who, monday] > maximum])
    )


def waits(line: Line, of: Campaign, who: Person, other: Campaign, theirs: list[Line]) -> bool:
    """What `verdict` says of a prompt while those of another campaign are ahead."""
    step = of.step(line.step)
    assert step
    rivals = tuple(Rival(rank=other.rank, campaign=other.name, due=each.utc) for each in theirs)
    case = Case(
        course=course(of, step, who),
        planned_at=line.utc,
        due=line.utc,
        beside=Beside(rivals=rivals),
    )
    return not isinstance(verdict(case, line.utc), Go)


@settings(deadline=None)
@given(**both)
def test_where_campaigns_meet_the_verdict_lets_the_same_one_go_first(
    made: Campaign, other: Campaign, people: list[Person]
) -> None:
    first: Counter[str] = Counter()
    for who in people:
        if not (meant_for(made, who) and meant_for(other, who)):
            continue
        mine, theirs = going(made, who), going(other, who)
        for day in {line.window for line in mine} & {line.window for line in theirs}:
            one = next(line for line in mine if line.window == day)
            two = next(line for line in theirs if line.window == day)
            said = {
                "made": not waits(one, made, who, other, [two]),
                "other": not waits(two, other, who, made, [one]),
            }
            assert sum(said.values()) == 1
            first.update(name for name, goes in said.items() if goes)
    found = counted(made, *people, beside=[other])
    told = Counter[str]()
    for each in found.collisions:
        assert each.other == "other"
        told[each.first] += each.days
    assert told == first


def crowd(count: int) -> Iterator[Person]:
    """People of forty rhythms."""
    for number in range(count):
        yield Person(
            id=f"{number:032x}",
            zone=ZONES[number % 4],
            joined_at=LONG_AGO,
            minute=None if number % 2 else 540 + number % 20 * 15,
        )


@pytest.mark.parametrize("when", [DAILY, {"kind": "random", "times": 2}])
def test_it_does_not_matter_how_many_are_counted_in_one_go(
    monkeypatch: pytest.MonkeyPatch, when: dict[str, Any]
) -> None:
    made, people = campaign(when=when), list(crowd(100))
    whole = counted(made, *people, beside=[campaign(name="other")])
    monkeypatch.setattr(counting, "_GATHERED", 7)
    assert counted(made, *people, beside=[campaign(name="other")]) == whole


def test_a_crowd_takes_no_more_memory_than_a_few() -> None:
    made = started(campaign(starts=None, weeks=4, when=DAILY), date(2027, 3, 1))
    now, until = datetime(2027, 2, 20, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)
    peaks = []
    for count in (200, 4_000):
        tracemalloc.start()
        found = outlook(Plans(made, now=now, until=until), crowd(count), maximum=5)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert found.people == count
    assert peaks[1] < 1.5 * peaks[0]
