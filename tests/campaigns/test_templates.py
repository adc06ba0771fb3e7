"""The templates: what a facilitator expects of each comes, on each person's own clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.campaigns import programme
from bot.campaigns.loader import find, load
from scheduler.campaign import Anchored, Campaign, Open, started
from scheduler.course import course
from scheduler.festival import Festival, moved
from scheduler.holidays import is_holiday
from scheduler.person import Person
from scheduler.plan import closes_at, reminder_at
from scheduler.reasons import Reason
from scheduler.rounds import Rhythm, next_opening
from scheduler.upcoming import Line, upcoming
from tests.campaigns.desk import library
from tests.docs.test_docs import ROOT, blocks
from tests.scheduler.builders import at, person

TEMPLATES = (
    *("embedded_evaluation", "festival_hosts", "four_day_festival"),
    *("one_thing_at_a_time", "team_programme", "team_quarter"),
)
ZONES = ("Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")
#: Four days, Monday to Thursday, with sessions side by side and one in the evening.
FESTIVAL = Festival.model_validate(
    {
        "name": "spring",
        "title": "Spring gathering",
        "opens": "2027-02-08",
        "closes": "2027-02-11",
        "sessions": [
            {"id": "cafe", "title": "Café", "kind": "cafe", "starts": "2027-02-08 09:00"},
            {"id": "maps", "title": "Maps", "starts": "2027-02-08 11:00"},
            {"id": "walks", "title": "Walks", "starts": "2027-02-08 11:00"},
            {"id": "night", "title": "Night", "starts": "2027-02-09 20:30", "minutes": 60},
            {"id": "end", "title": "End", "kind": "closing", "starts": "2027-02-11 15:00"},
        ],
    }
)


def begun(name: str, starts: str = "2027-01-04") -> Campaign:
    """A template that was started."""
    return started(find(name, library()), date.fromisoformat(starts))


def run(
    name: str, *people: Person, festival: Festival = FESTIVAL, starts: str = "2027-01-04"
) -> list[Line]:
    now, until = at("2026-12-01"), at("2028-06-01")
    return list(upcoming(begun(name, starts), people, now=now, until=until, festival=festival))


def told(lines: Sequence[Line], step: str) -> list[str]:
    """When a step comes, on their own clock."""
    return [f"{line.local:%a %F %H:%M}" for line in lines if line.step == step and line.goes]


def hosts(**fields: Any) -> Person:  # noqa: ANN401 - Whatever a person has.
    return person(cohorts=frozenset({"Hosts", "Team"}), **fields)


def test_each_template_checks_without_a_fault_and_needs_no_date() -> None:
    found = load(library())
    assert found.faults == ()
    assert set(TEMPLATES) <= found.campaigns.keys()
    for name in TEMPLATES:
        made = found.campaigns[name]
        assert (made.starts, made.ends, made.festival) == (None, None, None)
        assert made.summary
        assert all(step.closed and step.open for step in made.steps)


def test_no_template_waits_for_a_practice_any_more() -> None:
    found = load(library())
    assert found.notes == ()
    there = library().practices
    for made in found.campaigns.values():
        assert {step.practice for step in made.steps} <= there.keys()
        assert not any(step.awaited for step in made.steps)


@pytest.mark.parametrize("zone", ZONES)
def test_the_lead_up_to_a_festival_comes_so_many_days_before_on_each_clock(zone: str) -> None:
    """It opens at midnight in London: on Monday there, on Sunday evening in New York."""
    lines = run("four_day_festival", person(zone=zone))
    opens = FESTIVAL.opens_at.astimezone(course_zone(zone)).date()
    away = {"notice": 21, "intention": 7, "sessions": 1}
    for step, days in away.items():
        day = opens - timedelta(days=days)
        weekend = day.weekday() > 4 and step != "sessions"
        [line] = [line for line in lines if line.step == step]
        if weekend:
            assert line.state == "deferred"
            assert line.reason is Reason.WORKING_DAYS
            assert f"{line.local:%a %H:%M}" == "Mon 08:30"
        else:
            assert line.local == datetime.combine(day, datetime.min.time()).replace(hour=10)


def course_zone(name: str) -> Any:  # noqa: ANN401 - A ZoneInfo.
    made = begun("four_day_festival")
    return course(made, made.steps[0], person(zone=name), FESTIVAL).where


def test_the_intention_comes_exactly_a_week_before_it_opens_at_ten() -> None:
    lines = run("four_day_festival", person(), person(id="p2", zone="Europe/Warsaw"))
    assert told(lines, "notice") == ["Mon 2027-01-18 10:00"] * 2
    assert told(lines, "intention") == ["Mon 2027-02-01 10:00"] * 2
    assert [line.utc for line in lines if line.step == "intention"] == [
        at("2027-02-01 10:00"),
        at("2027-02-01 09:00"),
    ]


def test_the_day_before_it_opens_may_be_a_sunday() -> None:
    assert told(run("four_day_festival", person()), "sessions") == ["Sun 2027-02-07 10:00"]


@pytest.mark.parametrize("zone", ZONES)
def test_each_festival_day_opens_in_the_morning_and_closes_in_the_evening(zone: str) -> None:
    lines = run("four_day_festival", person(zone=zone))
    days = ["Mon 2027-02-08", "Tue 2027-02-09", "Wed 2027-02-10", "Thu 2027-02-11"]
    assert told(lines, "opening") == [f"{day} 08:30" for day in days]
    assert told(lines, "close") == [f"{day} 20:00" for day in days]


def test_a_festival_over_a_weekend_has_all_its_days() -> None:
    weekend = moved(FESTIVAL, date(2027, 2, 12))
    lines = run("four_day_festival", person(), festival=weekend)
    assert [day[:3] for day in told(lines, "opening")] == ["Fri", "Sat", "Sun", "Mon"]
    assert [day[:3] for day in told(lines, "close")] == ["Fri", "Sat", "Sun", "Mon"]
    assert told(lines, "feedback")[0] == "Fri 2027-02-12 10:05"


def test_ten_minutes_after_each_session_and_cafe_once_for_those_side_by_side() -> None:
    lines = run("four_day_festival", person(), person(id="p2", zone="America/New_York"))
    mine = [line for line in lines if line.participant == "p1" and line.step == "feedback"]
    assert [(line.occasion, f"{line.utc:%F %H:%M}") for line in mine] == [
        ("session cafe", "2027-02-08 10:05"),
        ("session maps", "2027-02-08 12:05"),
        ("session night", "2027-02-09 21:40"),
    ]
    ends = {slot.session.id: slot.ends for slot in FESTIVAL.slots}
    for line in mine:
        assert line.utc - ends[line.occasion.removeprefix("session ")] == timedelta(minutes=10)
    # At ten in London it is five in New York: that one waits, and the next one is there first.
    theirs = [line for line in lines if line.participant == "p2" and line.step == "feedback"]
    assert [(line.occasion, line.state) for line in theirs] == [
        ("session cafe", "skipped"),
        ("session maps", "deferred"),
        ("session night", "planned"),
    ]


def test_feedback_reminds_once_after_a_day_and_closes_after_three() -> None:
    made = begun("four_day_festival")
    step = made.step("feedback")
    assert step is not None
    under = course(made, step, person(), FESTIVAL)
    sent = at("2027-02-08 12:05")
    assert reminder_at(under, sent) == at("2027-02-09 12:05")
    assert closes_at(under, sent) == sent + timedelta(hours=72)


def test_what_follows_a_festival_counts_from_its_last_day() -> None:
    """It closes on Thursday at 24:00, which is Thursday. Two days later is a Saturday."""
    lines = run("four_day_festival", person())
    assert told(lines, "harvest") == ["Mon 2027-02-15 08:30"]
    assert told(lines, "tried") == ["Thu 2027-02-25 10:00"]
    assert told(lines, "story") == ["Mon 2027-04-12 10:00"]


def test_nobodys_own_days_and_hour_move_a_festival() -> None:
    own = person(days=(1,), minute=12 * 60)
    assert [line[1:6] for line in run("four_day_festival", own)] == [
        line[1:6] for line in run("four_day_festival", person())
    ]


def test_whoever_keeps_the_evening_free_gets_no_close_and_an_opening_in_their_hours() -> None:
    lines = run("four_day_festival", person(window=(600, 960)))
    assert [when[-5:] for when in told(lines, "opening")] == ["10:00"] * 4
    assert told(lines, "close") == []
    closes = [line for line in lines if line.step == "close"]
    assert {line.reason for line in closes} == {Reason.QUIET}


def test_a_day_of_a_festival_that_is_a_holiday_is_quiet_and_gives_no_two_openings() -> None:
    """The second of four days is Saint Andrew's Day."""
    holiday = moved(FESTIVAL, date(2027, 11, 29))
    lines = run("four_day_festival", person(), festival=holiday)
    assert [when[:3] for when in told(lines, "opening")] == ["Mon", "Wed", "Thu"]
    assert [when[:3] for when in told(lines, "close")] == ["Mon", "Wed", "Thu"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_comes_outside_the_window_or_on_a_closed_day(name: str) -> None:
    made = begun(name)
    any_day = {step.id for step in made.steps if step.any_day}
    for start in range(7):
        festival = moved(FESTIVAL, date(2027, 3, 22) + timedelta(days=start))
        for zone in ZONES:
            who = hosts(zone=zone)
            lines = run(name, who, festival=festival)
            assert lines
            for line in lines:
                if line.goes:
                    under = course(made, made.steps[0], who, festival)
                    reason = under.opening.closed(line.utc)
                    allowed = {None, Reason.WORKING_DAYS} if line.step in any_day else {None}
                    assert reason in allowed, line


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_keeps_below_the_most_it_allows_in_a_week(name: str) -> None:
    made = find(name, library())
    weeks: dict[tuple[int, int], int] = {}
    for line in run(name, hosts()):
        if line.goes:
            week = line.local.isocalendar()[:2]
            weeks[week] = weeks.get(week, 0) + 1
    assert max(weeks.values()) <= made.weekly_maximum


def test_a_festival_that_moves_takes_every_step_with_it_under_the_same_names() -> None:
    before = run("four_day_festival", person())
    after = run("four_day_festival", person(), festival=moved(FESTIVAL, date(2027, 2, 15)))
    assert {line.occasion for line in before} == {line.occasion for line in after}
    by_name = {(line.step, line.occasion): line.utc for line in after}
    for line in before:
        if (
            line.step != "story"
        ):  # Sixty days after comes to lie on another weekday, in summer time.
            assert by_name[line.step, line.occasion] - line.utc == timedelta(days=7), line


def test_hosts_are_asked_on_days_on_which_the_festival_asks_nothing() -> None:
    for ahead in range(7):
        festival = moved(FESTIVAL, date(2027, 5, 10) + timedelta(days=ahead))
        both = [run(name, hosts(), festival=festival) for name in TEMPLATES[1:3]]
        theirs, everyones = ({line.local.date() for line in lines} for lines in both)
        prepare, _ = sorted(theirs)
        assert prepare not in everyones
        assert prepare < festival.first
        assert run("festival_hosts", person(), festival=festival) == []


def test_one_thing_at_a_time_is_four_themes_of_two_weeks() -> None:
    lines = run("one_thing_at_a_time", person(), starts="2027-02-08")
    beside = {"journaling", "mindful_photo"}
    themes = [(line.step, f"{line.local:%a %F}") for line in lines if line.step not in beside]
    assert themes == [
        ("three_horizons", "Mon 2027-02-08"),
        ("three_horizons", "Mon 2027-02-15"),
        ("action_inquiry", "Mon 2027-02-22"),
        ("action_inquiry", "Mon 2027-03-01"),
        ("stable_mind", "Mon 2027-03-08"),
        ("stable_mind", "Mon 2027-03-15"),
        ("leading_in_the_unknown", "Mon 2027-03-22"),
        ("leading_in_the_unknown", "Mon 2027-03-29"),
        ("three_horizons_later", "Mon 2027-05-10"),
    ]
    assert told(lines, "mindful_photo") == ["Fri 2027-03-12 12:30", "Fri 2027-03-19 12:30"]
    journaling = told(lines, "journaling")
    assert len(journaling) == 16
    assert {f"{when[:3]} {when[-5:]}" for when in journaling} == {"Tue 12:30", "Thu 12:30"}


def test_whoever_joins_in_the_fifth_week_comes_in_with_the_third_theme() -> None:
    late = person(joined_at=at("2027-03-08"))
    lines = run("one_thing_at_a_time", late, starts="2027-02-08")
    assert {line.step for line in lines} == {
        *("stable_mind", "mindful_photo", "leading_in_the_unknown", "journaling"),
        "three_horizons_later",
    }


def test_counted_from_joining_each_person_has_all_eight_weeks() -> None:
    made = begun("one_thing_at_a_time", "2027-02-08")
    own = made.model_copy(update={"counts_from": "joining"})
    late = person(joined_at=at("2027-03-08"))
    lines = list(upcoming(own, [late], now=at("2027-01-01"), until=at("2028-01-01")))
    assert len(lines) == 27
    assert (lines[0].step, f"{lines[0].local:%F}") == ("three_horizons", "2027-03-08")


#: Eight months: a core day at each end, and five meetings, the first of them on a Monday.
TEAM = Festival.model_validate(
    {
        "name": "team",
        "title": "The team's year",
        "opens": "2027-02-03",
        "closes": "2027-09-29",
        "sessions": [
            {"id": "core_1", "title": "Core day", "kind": "launch", "starts": "2027-02-03 10:00"},
            *(
                {"id": f"meeting_{number}", "title": "Meeting", "starts": f"{day} 14:00"}
                for number, day in enumerate(
                    ("2027-03-01", "2027-03-30", "2027-04-28", "2027-06-03", "2027-07-02"), 1
                )
            ),
            {"id": "core_2", "title": "Core day", "kind": "launch", "starts": "2027-09-29 10:00"},
        ],
    }
)


def test_a_teams_programme_goes_by_its_meetings_and_core_days() -> None:
    lines = run("team_programme", hosts(), festival=TEAM)
    assert told(lines, "baseline") == ["Wed 2027-01-27 10:00"]
    assert told(lines, "aspiration") == ["Thu 2027-02-04 10:00"]
    assert told(lines, "core_day") == ["Wed 2027-02-03 11:10", "Wed 2027-09-29 11:10"]
    assert len(told(lines, "learning")) == len(told(lines, "between")) == 5
    assert told(lines, "learning")[0] == "Mon 2027-03-01 15:10"
    assert told(lines, "end") == ["Thu 2027-09-30 10:00"]
    assert told(lines, "three_months") == ["Wed 2027-12-29 10:00"]


def test_a_plan_for_work_comes_back_two_six_and_twelve_weeks_after_it_was_made() -> None:
    lines = run("team_programme", hosts(), festival=TEAM)
    [made] = [line for line in lines if line.step == "transfer"]
    for weeks in (2, 6, 12):
        [back] = [line for line in lines if line.step == f"plan_after_{weeks}_weeks"]
        # The same day of the week, so whole weeks.
        assert back.local.date() - made.local.date() == timedelta(weeks=weeks)


def test_an_aspiration_comes_back_on_a_working_day_before_each_meeting() -> None:
    starts = [slot.starts for slot in TEAM.slots if slot.session.id.startswith("meeting")]
    lines = [
        line for line in run("team_programme", hosts(), festival=TEAM) if line.step == "recall"
    ]
    assert len(lines) == len(starts)
    for line, meeting in zip(lines, starts, strict=True):
        assert line.local.weekday() < 5
        assert timedelta(hours=12) < meeting - line.utc < timedelta(days=4)


def test_a_teams_programme_is_for_the_team_alone() -> None:
    assert run("team_programme", person(), festival=TEAM) == []


def test_evaluation_asks_before_at_the_end_and_three_months_later() -> None:
    lines = run("embedded_evaluation", person(), person(id="p2", zone="Pacific/Auckland"))
    mine = [line for line in lines if line.participant == "p1"]
    assert [(line.step, f"{line.local:%a %F %H:%M}") for line in mine] == [
        ("barriers_before", "Fri 2027-01-22 10:00"),
        ("baseline", "Wed 2027-01-27 10:00"),
        ("end", "Fri 2027-02-12 10:00"),
        ("barriers_end", "Fri 2027-02-19 10:00"),
        ("three_months", "Thu 2027-05-13 10:00"),
        ("barriers_later", "Thu 2027-05-20 10:00"),
    ]


def test_evaluation_and_a_festival_are_never_in_one_window_before_it() -> None:
    for ahead in range(14):
        festival = moved(FESTIVAL, date(2027, 5, 10) + timedelta(days=ahead))
        before = run("embedded_evaluation", person(), festival=festival)[:2]
        days = {line.window for line in run("four_day_festival", person(), festival=festival)}
        assert {line.step for line in before} == {"barriers_before", "baseline"}
        assert {line.window for line in before}.isdisjoint(days)
        assert all(line.utc < festival.opens_at for line in before)


def test_until_a_practice_is_there_a_dry_run_says_that_it_does_not_come() -> None:
    waits = {"aspiration", "recall", "learning"}
    made = begun("team_programme")
    steps = (s.model_copy(update={"awaited": s.id in waits}) for s in made.steps)
    waiting = made.model_copy(update={"steps": tuple(steps)})
    now, until = at("2026-12-01"), at("2028-06-01")
    lines = list(upcoming(waiting, [hosts()], now=now, until=until, festival=TEAM))
    assert {line.reason for line in lines if line.step in waits} == {Reason.NO_PRACTICE}
    assert {line.goes for line in lines if line.step not in waits} == {True}


def quarter(*people: Person, starts: str = "2027-01-04") -> list[Line]:
    return [line for line in run("team_quarter", *people, starts=starts) if line.goes]


def test_a_teams_quarter_is_a_hope_its_recalls_ones_own_week_and_a_look_back() -> None:
    assert [(line.step, f"{line.local:%a %F %H:%M}") for line in quarter(hosts())] == [
        ("aspiration", "Tue 2027-01-05 10:00"),
        ("beginning", "Thu 2027-01-07 10:00"),
        ("own_week", "Tue 2027-01-19 10:00"),
        ("recall", "Tue 2027-02-02 10:00"),
        ("own_week", "Tue 2027-02-16 10:00"),
        ("recall", "Tue 2027-03-02 10:00"),
        ("own_week", "Tue 2027-03-16 10:00"),
        ("look_back", "Tue 2027-03-30 10:00"),
        ("story", "Thu 2027-04-01 10:00"),
    ]
    assert quarter(person()) == []


@pytest.mark.parametrize("days", [(), (0,), (1,), (4,), (0, 3)])
def test_nothing_of_a_teams_quarter_comes_in_a_week_in_which_its_circle_opens_a_round(
    days: tuple[int, ...],
) -> None:
    """The circle is set up in the week before, on a day after Monday, as the template says."""
    where, first, end = ZoneInfo("Europe/London"), date(2027, 1, 18), at("2027-04-19")
    for back in range(1, 7):
        set_up = first - timedelta(days=back)
        opens, now = [], datetime.combine(set_up, time(12), where)
        while now < end:
            found = next_opening(
                Rhythm.FORTNIGHTLY,
                weekday=0,
                at=time(9, 30),
                start=set_up,
                where=where,
                after=now,
                closed=lambda day: is_holiday("GB-SCT", day),
            )
            assert found is not None
            opens.append(now := found)
        rounds = {each.isocalendar()[:2] for each in opens if each < end}
        steps = {
            line.local.isocalendar()[:2] for line in quarter(hosts(days=days), starts=f"{first}")
        }
        assert len(rounds) == 6
        assert rounds.isdisjoint(steps)


def test_a_second_prompt_of_one_week_waits_for_the_first_where_both_fall_on_one_day() -> None:
    made = begun("team_quarter")
    weeks: dict[int, list[str]] = {}
    for line in quarter(hosts(days=(2,))):
        weeks.setdefault(line.local.toordinal(), []).append(line.step)
    both = [steps for steps in weeks.values() if len(steps) > 1]
    assert both == [["aspiration", "beginning"], ["look_back", "story"]]
    for _, second in both:
        step = made.step(second)
        assert step is not None
        assert step.open is Open.QUEUE


def test_a_template_without_its_festival_brings_nothing() -> None:
    for name in TEMPLATES:
        made = begun(name)
        alone = made.model_copy(
            update={"steps": tuple(s for s in made.steps if isinstance(s.when, Anchored))}
        )
        assert list(upcoming(alone, [hosts()], now=at("2026-12-01"), until=at("2028-01-01"))) == []


# The page of festivals.


@pytest.fixture
def summer(tmp_path: Path) -> Festival:
    """The festival of the page."""
    [body] = blocks(ROOT / "docs" / "festivals.md", "yaml")
    (tmp_path / "summer.yaml").write_text(body, encoding="utf-8")
    return programme.read(tmp_path / "summer.yaml")


def test_what_the_page_says_of_its_festival_is_so(summer: Festival) -> None:
    lines = run("four_day_festival", person(), festival=summer)
    assert told(lines, "notice") == ["Mon 2027-05-24 10:00"]
    assert told(lines, "story") == ["Mon 2027-08-16 10:00"]
    assert [when[4:14] for when in told(lines, "opening")] == [str(day) for day in summer.days]
    assert told(lines, "feedback") == ["Mon 2027-06-14 12:05", "Tue 2027-06-15 19:40"]
    # On 1 June it is brought forward to the 7th: a week before is 31 May.
    earlier = moved(summer, date(2027, 6, 7))
    [intention] = [
        line
        for line in run("four_day_festival", person(), festival=earlier)
        if line.step == "intention"
    ]
    assert intention.occasion == "opens-7d"
    assert intention.local.date() == date(2027, 6, 1)  # The 31st is a holiday.
