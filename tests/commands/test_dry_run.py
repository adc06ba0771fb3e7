"""The dry run on the command line: in counts, each prompt, for programs, for diaries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from icalendar import Calendar

from bot.commands import dry_run, outlooks
from bot.commands.refusing import out
from tests.commands.skerry import Skerry
from tests.docs.test_docs import ROOT, blocks

PEOPLE = """id,zone,days,hour,joined_at,holidays
ada,Europe/London,"tue, thu",09:30,2026-01-01,
ben,America/New_York,,,2026-01-01,none
"""
PAGE = ROOT / "docs" / "campaigns.md"
DECEMBER = "2026-12-14T08:00Z"

Plan = Callable[..., str]


def rows(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


@pytest.fixture
def plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Plan:
    """`plan` in this process, for the people of a CSV; what it printed, line ends trimmed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(out, "_width", 80)

    def run(campaign: str, people: str = PEOPLE, now: str = DECEMBER, **more: object) -> str:
        Path("people.csv").write_text(people)
        dry_run.plan(campaign, people_=Path("people.csv"), now_=now, **more)  # type: ignore[arg-type]
        return re.sub(r" +$", "", capsys.readouterr().out, flags=re.MULTILINE)

    return run


def many(count: int, more: str = "") -> str:
    """People in two zones; what else is told of the first of them."""
    zones = "Europe/London", "Pacific/Auckland"
    lines = (f"p{number},{zones[number % 2]},\n" for number in range(1, count))
    return f"id,zone,standing\np0,Europe/London,{more}\n" + "".join(lines)


def weekly(days: str, name: str = "mine", more: str = "") -> None:
    Path(f"{name}.yaml").write_text(
        f"name: {name}\ntitle: Mine\nstarts: 2027-01-04\nholidays: none\n{more}\nsteps:\n"
        f"  - {{id: one, practice: weekly, when: {{kind: weekly, on: [{days}]}}, at: '09:30'}}\n"
    )


def test_for_programs_each_line_says_who_gets_what_when_on_their_own_clock(
    skerry: Skerry,
) -> None:
    (skerry.folder / "people.csv").write_text(PEOPLE)
    order = ("campaigns", "plan", "weekly_inquiry", "--people", "people.csv")
    found = rows(skerry.does(*order, "--now", DECEMBER, "--json"))
    first = [row for row in found if row["occasion"] == "week 0"]
    assert [(row["participant"], row["local"], row["utc"]) for row in first] == [
        ("ada", "2026-12-17T09:30:00", "2026-12-17T09:30:00+00:00"),
        ("ben", "2026-12-17T14:00:00", "2026-12-17T19:00:00+00:00"),
    ]
    assert list(first[0]) == [
        *("participant", "step", "occasion", "local", "utc", "state", "reason")
    ]


def test_each_prompt_is_a_row(plan: Plan) -> None:
    assert "Thu 17 Dec" in plan("weekly_inquiry", each=True)


def test_very_many_prompts_are_told_in_sums(plan: Plan) -> None:
    printed = plan("weekly_inquiry", many(200), each=True)
    assert "with --json" in printed
    assert "200" in printed


def test_what_comes_is_told_by_day_practice_and_zone(plan: Plan) -> None:
    printed = plan("weekly_inquiry")
    assert (
        "Thu 17 Dec\n"
        "  A weekly check-in  America/New_York       1  14:00\n"
        "                     Europe/London          1  09:30\n"
    ) in printed
    assert "2 of them would get 8 prompts in all." in printed
    assert "Nobody gets more than 5 in a week." in printed
    assert "no other campaign runs" in printed
    assert "Everybody in its audience gets something." in printed


def test_the_page_shows_what_is_told_today(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece of the page's examples, in this order."""
    Path("spring.yaml").write_text(
        next(each for each in blocks(PAGE, "yaml") if each.startswith("# spring.yaml"))
    )
    people = next(each for each in blocks(PAGE, "text") if each.startswith("id,zone"))
    now = "2027-01-04T06:00Z"
    told = plan("spring.yaml", people, now, beside=["nudge"])
    shown = [piece for each in blocks(PAGE, "outlook") for piece in each.split("[...]\n")]
    assert len(shown) > 4
    for piece in shown:
        assert piece in told, piece
        told = told.partition(piece)[2]
    monkeypatch.setattr(out, "_width", 120)
    each = plan("spring.yaml", people, now, each=True).splitlines()
    example = next(each for each in blocks(PAGE, "text") if each.startswith("Participant"))
    assert set(example.splitlines()) <= set(each)


def test_a_long_calendar_is_told_by_the_week_and_a_very_long_one_without_zones(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly("monday, wednesday")
    monkeypatch.setattr(outlooks, "MOST_DAYS", 3)
    printed = plan("mine.yaml", many(10), "2027-01-04T00:00Z")
    assert "see them with --by-day" in printed
    assert (
        "Week of Mon 4 Jan\n"
        "  Mon-Wed: A weekly check-in  Europe/London          10  09:30\n"
        "                              Pacific/Auckland        5  09:30\n"
    ) in printed
    monkeypatch.setattr(outlooks, "MOST_WEEKS", 3)
    printed = plan("mine.yaml", many(10), "2027-01-04T00:00Z")
    assert "  Mon-Wed: A weekly check-in  2 zones                15  09:30\n" in printed
    printed = plan("mine.yaml", many(10), "2027-01-04T00:00Z", by_day=True)
    assert "Wed 6 Jan\n" in printed


def test_too_much_for_one_person_is_said(plan: Plan) -> None:
    weekly("monday, tuesday, wednesday", more="weekly_maximum: 2")
    printed = plan("mine.yaml", many(10), "2027-01-10T12:00Z")
    assert "      3      10  more than 2\n" in printed
    assert "Too much: 10 people would get more than 2 prompts in a week." in printed
    assert "Monday 11 January 2027      10                  3\n" in printed
    assert "Nobody gets more than 3" in plan("mine.yaml", many(10), most=3)


def test_very_many_weeks_that_are_too_much_break_off(plan: Plan) -> None:
    weekly("monday, tuesday", more="weeks: 20")
    printed = plan("mine.yaml", many(2), "2027-01-04T00:00Z", most=1)
    assert "And 10 more weeks." in printed


def test_where_campaigns_meet_is_said_with_which_goes_first_and_why(plan: Plan) -> None:
    weekly("monday")
    weekly("monday", "other", more="rank: 3")
    printed = plan("mine.yaml", many(10), "2027-01-04T00:00Z", beside=["other.yaml"])
    assert "Mine (other)    the other   its rank is higher" in printed
    weekly("friday", "other")
    printed = plan("mine.yaml", many(10), "2027-01-04T00:00Z", beside=["other.yaml"])
    assert "It never falls on one day with another campaign, for anybody." in printed
    assert 'Counted with it: "Mine (other)".' in printed


def test_who_gets_nothing_is_said_with_why(plan: Plan) -> None:
    weekly("monday")
    printed = plan("mine.yaml", many(10, "stopped"), "2027-01-04T00:00Z")
    assert "9 of them would get" in printed
    assert "     1  they said stop\n" in printed
    assert "      4  they said stop\n" in printed


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("audience: {cohorts: [north]}", "Nobody is in its audience"),
        ("ends: 2027-01-05", "Its audience is 2 people, and nobody would get anything."),
    ],
)
def test_where_nobody_gets_anything_that_is_said(plan: Plan, more: str, said: str) -> None:
    weekly("friday", more=more)
    assert said in plan("mine.yaml", many(2), "2027-01-04T00:00Z")
    assert "Nobody would get anything." in plan(
        "mine.yaml", many(2), "2027-01-04T00:00Z", each=True
    )


def test_campaigns_that_run_are_looked_at_together_and_paused_ones_are_not(
    lived_in: Skerry,
) -> None:
    for name in ("deep_listening", "weekly_inquiry"):
        lived_in.does("campaigns", "start", name)
    lived_in.does("campaigns", "pause", "weekly_inquiry")
    printed = lived_in.does("campaigns", "plan", "nudge")
    assert 'Counted with it: "Six weeks of listening"' in printed
    assert "A weekly look at your week" not in printed
    lived_in.does("campaigns", "cancel", "deep_listening", "--yes")
    assert "No other campaign runs." in lived_in.does("campaigns", "plan", "nudge")


def test_what_goes_by_a_festival_is_told_by_its_dates(begun: Skerry) -> None:
    (begun.folder / "around.yaml").write_text(
        "name: around\ntitle: Around\nstarts: 2027-01-04\nsteps:\n"
        "  - {id: one, practice: weekly, at: '09:30',"
        " when: {kind: festival, on: 1 week before it opens}}\n"
    )
    (begun.folder / "people.csv").write_text("id,zone\nada,Europe/London\n")
    order = ("campaigns", "plan", "around.yaml", "--people", "people.csv")
    assert "--festival" in begun.refuses(*order)
    begun.does("festivals", "new", "island", "--opens", "2027-02-08", "--closes", "2027-02-11")
    printed = begun.does(*order, "--festival", "island", "--now", "2027-01-04T06:00Z")
    assert "Mon 1 Feb" in printed


def test_it_is_written_for_diaries(plan: Plan) -> None:
    weekly("monday", more="zone: Europe/London")
    printed = plan("mine.yaml", many(10), "2027-01-04T00:00Z", ics=Path("plan.ics"))
    assert "plan.ics has" in printed
    events = Calendar.from_ical(Path("plan.ics").read_bytes()).walk("VEVENT")
    told = [
        (f"{each.decoded('DTSTART'):%d %b %H:%M}", str(each["SUMMARY"]), str(each["DESCRIPTION"]))
        for each in events[:3]
    ]
    assert told == [
        ("04 Jan 09:30", "Mine: A weekly check-in", "5 people"),
        ("10 Jan 20:30", "Mine: A weekly check-in", "5 people"),
        ("11 Jan 09:30", "Mine: A weekly check-in", "5 people"),
    ]
    assert len({str(each["UID"]) for each in events}) == len(events)


def test_random_times_are_one_entry_a_day(plan: Plan) -> None:
    plan("nudge", many(50), "2027-01-04T00:00Z", ics=Path("plan.ics"))
    events = Calendar.from_ical(Path("plan.ics").read_bytes()).walk("VEVENT")
    days = [f"{each.decoded('DTSTART'):%x}" for each in events]
    assert len(set(days)) == len(days)
    assert "at times nobody can foresee" in str(events[0]["DESCRIPTION"])


def test_what_cannot_be_told_is_refused(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    wrong: list[tuple[dict[str, object], str]] = [
        ({"now": "tomorrow"}, "2027-01-31T09:00Z"),
        ({"each": True, "as_json": True}, "Choose one"),
        ({"ics": Path("nowhere/plan.ics")}, "There is no folder nowhere"),
        ({"beside": ["nudges"]}, "did you mean"),
    ]
    for more, said in wrong:
        with pytest.raises(typer.Exit):
            plan("nudge", **more)
        assert said in capsys.readouterr().err
