"""The calendar's rules 1 to 4, each by its name, with the examples of docs/calendar.md."""

from __future__ import annotations

import zoneinfo
from datetime import date, time
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.calendar import (
    day_of_month,
    exists,
    instant,
    later,
    monday,
    month_of,
    occurrence,
    week_of,
    zone,
)
from scheduler.campaign import After, after
from scheduler.course import course
from scheduler.plan import closes_at, reminder_at
from scheduler.windows import Opening
from tests.scheduler.builders import (
    ALWAYS,
    DAILY,
    EVERY_DAY,
    at,
    campaign,
    first,
    person,
    running,
    walls,
)

LONDON = zone("Europe/London")


# Rule 1: the earliest instant at which their clock shows that time or later.


@pytest.mark.parametrize(
    ("where", "day", "clock", "due"),
    [
        ("Europe/London", date(2027, 1, 8), time(10), "2027-01-08 10:00"),
        ("Europe/London", date(2027, 6, 8), time(10), "2027-06-08 09:00"),
        # London, 28 March 2027: 01:00 becomes 02:00.
        ("Europe/London", date(2027, 3, 28), time(1, 30), "2027-03-28 01:00"),
        # London, 31 October 2027: 02:00 becomes 01:00; 01:30 comes twice, the first counts.
        ("Europe/London", date(2027, 10, 31), time(1, 30), "2027-10-31 00:30"),
        # Nuuk, Saturday 27 March 2027: 23:00 becomes Sunday's 00:00.
        ("America/Nuuk", date(2027, 3, 27), time(23, 30), "2027-03-28 01:00"),
        # Lord Howe turns by half an hour: 02:00 becomes 02:30 on 3 October 2027.
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15), "2027-10-02 15:30"),
        # Cairo, Friday 30 April 2027: midnight becomes 01:00.
        ("Africa/Cairo", date(2027, 4, 30), time(0), "2027-04-29 22:00"),
    ],
)
def test_rule_1_odd_nights(where: str, day: date, clock: time, due: str) -> None:
    assert instant(day, clock, zone(where)) == at(due)


def test_rule_1_nuuks_lost_hour_goes_off_at_sundays_midnight() -> None:
    due = instant(date(2027, 3, 27), time(23, 30), zone("America/Nuuk"))
    assert f"{due.astimezone(zone('America/Nuuk')):%a %F %T}" == "Sun 2027-03-28 00:00:00"


# Rule 2: zone data is the pinned package's.


def test_rule_2_zone_data_is_the_pinned_package() -> None:
    """As the program sets it at its start."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    try:
        pinned = files("tzdata.zoneinfo").joinpath("Europe/London").read_bytes()
        fresh = ZoneInfo.no_cache("Europe/London")
        summer = at("2027-07-01")
        assert summer.astimezone(fresh).utcoffset() == summer.astimezone(LONDON).utcoffset()
        assert pinned.startswith(b"TZif")
    finally:
        zoneinfo.reset_tzpath(to=before)


# Rule 3: days by the calendar, hours as they go by.


def test_rule_3_a_day_later_is_the_same_time_even_over_a_change_of_clocks() -> None:
    saturday = at("2027-03-27 10:00")
    assert later(saturday, LONDON, days=1) == at("2027-03-28 09:00")
    assert later(saturday, LONDON, weeks=1) == at("2027-04-03 09:00")
    assert later(saturday, LONDON, days=-7) == at("2027-03-20 10:00")


def test_rule_3_twenty_four_hours_later_are_that_many_hours() -> None:
    assert later(at("2027-03-27 10:00"), LONDON, hours=24) == at("2027-03-28 10:00")
    assert later(at("2027-03-27 10:00"), LONDON, minutes=-15) == at("2027-03-27 09:45")


def test_rule_3_days_are_counted_on_the_persons_own_clock() -> None:
    """It is Monday evening in London and Tuesday in Auckland."""
    anchor = at("2027-01-11 20:00")
    auckland = zone("Pacific/Auckland")
    assert later(anchor, LONDON, days=1, at=time(9)) == at("2027-01-12 09:00")
    assert later(anchor, auckland, days=1, at=time(9)) == at("2027-01-12 20:00")


@pytest.mark.parametrize(
    ("text", "lasting"),
    [
        ("3 hours", After(0, 3)),
        ("1 day", After(1, 0)),
        ("2 weeks", After(14, 0)),
        ("never", None),
        ("next working day", None),
    ],
)
def test_rule_3_how_long_after_is_written(text: str, lasting: After | None) -> None:
    assert after(text) == lasting


SENT = "2027-01-08 10:00"  # A Friday.


@pytest.mark.parametrize(
    ("reminder", "closes", "due"),
    [
        ("3 hours", "7 days", "2027-01-08 13:00"),
        ("2 days", "7 days", "2027-01-10 10:00"),
        ("next working day", "7 days", "2027-01-11 10:00"),
        ("3 hours", "end of day", "2027-01-08 13:00"),
        ("next working day", "2 days", None),
        ("1 week", "7 days", None),
        (None, "7 days", None),
        ("1 day", "never", "2027-01-09 10:00"),
    ],
)
def test_rule_3_a_reminder_counts_as_offsets_do(
    reminder: str | None, closes: str, due: str | None
) -> None:
    under = running(reminder=reminder, closes=closes)
    assert reminder_at(under, at(SENT)) == (at(due) if due else None)


@pytest.mark.parametrize(
    ("closes", "due"),
    [
        ("72 hours", "2027-01-11 10:00"),
        ("1 week", "2027-01-15 10:00"),
        ("end of day", "2027-01-09 00:00"),
        ("never", None),
    ],
)
def test_rule_3_closing_counts_as_offsets_do(closes: str, due: str | None) -> None:
    assert closes_at(running(closes=closes), at(SENT)) == (at(due) if due else None)


def test_rule_3_the_next_working_day_is_no_holiday_and_one_of_theirs() -> None:
    """Good Friday 2027 is 26 March; this person has Mondays and Thursdays."""
    thursday = at("2027-03-25 10:00")
    fields: dict[str, Any] = {"reminder": "next working day", "closes": "14 days"}
    assert reminder_at(running(**fields), thursday) == at("2027-03-29 09:00")
    theirs = running(person(days=(1, 3)), **fields)
    assert reminder_at(theirs, thursday) == at("2027-03-30 09:00")


def test_rule_3_where_there_is_no_next_working_day_there_is_no_reminder() -> None:
    nobody = running(reminder="next working day", closes="1 week", holidays="none")
    never = Opening(where=LONDON, days=frozenset(), spans=nobody.opening.spans)
    under = type(nobody)(
        **{name: getattr(nobody, name) for name in nobody.__slots__} | {"opening": never}
    )
    assert reminder_at(under, at(SENT)) is None


# Rule 4: every n weeks, monthly, days that never were.


def test_rule_4_weeks_run_from_monday_and_the_starts_is_week_0() -> None:
    wednesday = date(2026, 12, 30)
    assert week_of(date(2026, 12, 28), wednesday) == 0
    assert week_of(date(2027, 1, 3), wednesday) == 0
    assert week_of(date(2027, 1, 4), wednesday) == 1
    assert week_of(date(2026, 12, 27), wednesday) == -1
    assert monday(wednesday, 1) == date(2027, 1, 4)


def test_rule_4_every_second_week_over_a_year_with_53_weeks() -> None:
    """2026 has an ISO week 53, so that odd weeks would follow odd weeks."""
    fortnightly = running(
        starts="2026-12-14", when={"kind": "weekly", "on": ["monday"], "every": 2}, holidays="none"
    )
    planned = first(4, fortnightly, "2026-12-01")
    assert [each.wall.date().isoformat() for each in planned] == [
        "2026-12-14",
        "2026-12-28",
        "2027-01-11",
        "2027-01-25",
    ]
    assert [each.name for each in planned] == ["week 0", "week 2", "week 4", "week 6"]


def test_rule_4_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    monthly = running(when={"kind": "monthly", "day": 31}, starts="2027-12-01")
    planned = first(4, monthly)
    assert [f"{each.wall:%Y-%m-%d}" for each in planned] == [
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
    ]
    assert [each.name for each in planned] == ["month 0", "month 1", "month 2", "month 3"]
    assert day_of_month(date(2027, 11, 30), 3, 31) == date(2028, 2, 29)
    assert month_of(date(2028, 2, 1), date(2027, 11, 30)) == 3


def test_rule_4_a_day_that_never_was_has_no_occasion() -> None:
    """Samoa went from 29 to 31 December 2011; Kwajalein left out 21 August 1993."""
    apia = zone("Pacific/Apia")
    assert not exists(date(2011, 12, 30), apia)
    assert occurrence(date(2011, 12, 30), time(9), apia) is None
    assert occurrence(date(2011, 12, 29), time(9), apia) == at("2011-12-29 19:00")
    assert not exists(date(1993, 8, 21), zone("Pacific/Kwajalein"))
    daily = running(person(zone="Pacific/Apia"), starts="2011-12-28", when=DAILY, **ALWAYS)
    assert walls(3, daily, "2011-12-28 12:00") == [
        "Wed 2011-12-28 10:00",
        "Thu 2011-12-29 10:00",
        "Sat 2011-12-31 10:00",
    ]


def test_rule_4_a_saturday_night_that_loses_its_last_hour_is_still_a_day() -> None:
    nuuk = zone("America/Nuuk")
    assert occurrence(date(2027, 3, 27), time(23, 30), nuuk) == at("2027-03-28 01:00")


def test_rule_4_a_weekly_step_begins_with_the_start_and_ends_with_the_last_day() -> None:
    """It starts on a Thursday and lasts six weeks: six Tuesdays, the first in week 1."""
    six = running(starts="2027-01-07", weeks=6, when={"kind": "weekly", "on": ["tuesday"]})
    planned = first(10, six)
    assert [each.name for each in planned] == [f"week {week}" for week in range(1, 7)]
    assert planned[-1].wall.date() == date(2027, 2, 16)


def test_a_campaign_without_its_first_day_cannot_run() -> None:
    made = campaign(starts=None)
    with pytest.raises(ValueError, match="first day"):
        course(made, made.steps[0], person())


def test_daily_means_every_existing_day() -> None:
    assert walls(2, running(when=DAILY, working_days=EVERY_DAY)) == [
        "Mon 2027-01-04 10:00",
        "Tue 2027-01-05 10:00",
    ]
