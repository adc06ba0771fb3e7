"""What comes again: our walk through days, against the usual library, which has no limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.diaries.reading import MOST
from tests.diaries.diary import STARTS, diary, event, starts, told

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST, _LAST = datetime(2027, 1, 1).date(), datetime(2027, 9, 30).date()  # noqa: DTZ001 - Days.


def by_library(content: bytes) -> list[datetime]:
    london = ZoneInfo("Europe/London")
    begins = datetime(2027, 1, 1, tzinfo=london)
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(
        begins, datetime(2027, 10, 1, tzinfo=london)
    )
    # The library has what lasts into the days too.
    instants = [each["DTSTART"].dt.astimezone(UTC) for each in found]
    return sorted(at for at in instants if at >= begins)


def by_us(content: bytes) -> list[datetime]:
    zone = ZoneInfo("Europe/London")
    found = told(content, _FIRST, _LAST).sessions
    return [
        each.starts.replace(tzinfo=ZoneInfo(each.zone) if each.zone else zone).astimezone(UTC)
        for each in found
    ]


@st.composite
def rules(draw: st.DrawFn) -> str:
    each = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={each}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    if draw(st.booleans()):
        # The library wants both where some have a number and some have none.
        numbered = each in {"MONTHLY", "YEARLY"} and draw(st.booleans())
        which = st.sampled_from(["1", "2", "-1", "5"] if numbered else [""])
        days = draw(st.lists(st.tuples(which, st.sampled_from(_WEEKDAYS)), min_size=1, max_size=3))
        parts.append("BYDAY=" + ",".join(which + day for which, day in days))
    if each != "WEEKLY" and draw(st.booleans()):
        numbers = st.integers(-31, 31).filter(bool)
        days_ = draw(st.lists(numbers, min_size=1, max_size=4))
        parts.append("BYMONTHDAY=" + ",".join(map(str, days_)))
    if draw(st.booleans()):
        months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
        parts.append("BYMONTH=" + ",".join(map(str, months)))
    if each in {"MONTHLY", "YEARLY"} and len(parts) > 2 and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '2,-2']))}")
    if each == "WEEKLY" and draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(_WEEKDAYS))}")
    end = draw(
        st.sampled_from(["", f"COUNT={draw(st.integers(1, 30))}", "UNTIL=20270705T235959Z"])
    )
    return ";".join([*parts, *([end] if end else [])])


@settings(max_examples=30, deadline=None)
@given(rules(), st.dates(datetime(2025, 1, 1).date(), datetime(2027, 6, 30).date()))  # noqa: DTZ001
def test_days_are_those_that_the_usual_library_finds(rule: str, day: object) -> None:
    content = diary(
        event(f"DTSTART;TZID=Europe/London:{day:%Y%m%d}T103000", f"RRULE:{rule}", "DURATION:PT1H")
    )
    expected = by_library(content)
    if len(expected) <= MOST:
        assert by_us(content) == expected


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 30), max_size=6),
    st.lists(st.integers(0, 30), max_size=6),
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(-40, 40)), max_size=4, unique_by=lambda x: x[0]
    ),
)
def test_additions_exceptions_and_moves_are_those_that_the_usual_library_finds(
    more: list[int], fewer: list[int], moved: list[tuple[int, int]]
) -> None:
    base = datetime(2027, 3, 20, 9, 30, tzinfo=UTC)

    def at(days: int, hours: int = 0) -> str:
        return f"{base + timedelta(days=days, hours=hours):%Y%m%dT%H%M%SZ}"

    lines = ["DTSTART:" + at(0), "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=12"]
    lines += ["RDATE:" + ",".join(map(at, more))] if more else []
    lines += ["EXDATE:" + ",".join(map(at, fewer))] if fewer else []
    changes = [
        event(f"DTSTART:{at(day, hours)}", f"RECURRENCE-ID:{at(day)}", "DURATION:PT1H")
        for day, hours in moved
    ]
    content = diary(event(*lines), *changes)
    assert by_us(content) == by_library(content)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20270209"), ["02-08", "02-10"]),
        (("RRULE:FREQ=DAILY;UNTIL=20270209",), ["02-08", "02-09"]),
        (
            ("RRULE:FREQ=DAILY;UNTIL=20270209T093000Z;BYHOUR=9;BYMINUTE=30;BYSECOND=00",),
            ["02-08", "02-09"],
        ),
        (("RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=2TU",), ["02-08", "02-09", "02-16"]),
        (("RRULE:freq=daily; count=2;",), ["02-08", "02-09"]),
        (
            ("RDATE;VALUE=PERIOD:20270210T093000Z/PT1H,20270211T093000Z/20270211T103000Z",),
            ["02-08", "02-10", "02-11"],
        ),
        (("RDATE:", "RDATE;VALUE=DATE:20270210"), ["02-08", "02-10"]),
        (("RDATE:20300101T093000Z",), ["02-08"]),
        (("RRULE:FREQ=YEARLY;BYDAY=8MO,-41TU",), ["02-08", "02-22", "03-23"]),
        (("RRULE:FREQ=MONTHLY;UNTIL=99991231T235959Z",), ["02-08", "03-08"]),
        (("RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1;COUNT=2",), ["02-08", "02-22", "03-29"]),
    ],
)
def test_ways_to_write_it(lines: tuple[str, ...], expected: list[str]) -> None:
    found = starts(diary(event(STARTS, *lines)), last=datetime(2027, 4, 1).date())  # noqa: DTZ001
    assert [each[:5] for each in found] == expected


def test_a_change_may_name_its_day_alone() -> None:
    series = event(STARTS, "RRULE:FREQ=DAILY;COUNT=2")
    change = event("DTSTART:20270209T150000Z", "RECURRENCE-ID;VALUE=DATE:20270209")
    assert starts(diary(change, series)) == ["02-08 09:30", "02-09 15:00"]


def test_a_change_may_come_without_its_series() -> None:
    zoned = "DTSTART;TZID=Europe/London:20270209T150000"
    change = event(zoned, "RECURRENCE-ID;TZID=Europe/London:20270209T093000")
    assert starts(diary(change)) == ["02-09 15:00"]
    whole = event(STARTS, "RRULE:FREQ=DAILY;COUNT=2")
    ids = [each.id for each in told(diary(whole)).sessions]
    assert told(diary(change)).sessions[0].id in ids


def test_a_time_of_a_series_that_was_made_to_last_all_day_is_no_session() -> None:
    series = event(STARTS, "RRULE:FREQ=DAILY;COUNT=2")
    change = event("DTSTART;VALUE=DATE:20270209", "RECURRENCE-ID:20270209T093000Z")
    read = told(diary(series, change))
    assert len(read.sessions) == 1
    assert read.left_out == ('"Talk" of 2027-02-09 lasts all day.',)


def test_a_change_of_a_time_that_was_taken_out_is_none() -> None:
    series = event(STARTS, "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20270212T093000Z")
    change = event("DTSTART:20270213T150000Z", "RECURRENCE-ID:20270212T093000Z")
    assert starts(diary(series, change)) == ["02-08 09:30", "02-09 09:30"]


def test_birthdays_are_no_sessions_and_are_told_once() -> None:
    birthday = event("DTSTART;VALUE=DATE:19500209", "RRULE:FREQ=YEARLY", title="Ada")
    days = datetime(2027, 2, 1).date(), datetime(2030, 1, 1).date()  # noqa: DTZ001 - Days.
    read = told(diary(birthday), *days)
    assert read.sessions == ()
    assert read.left_out == ('"Ada" of 2027-02-09 lasts all day.',)


def test_two_of_a_series_on_one_day_have_two_names() -> None:
    lines = ("RRULE:FREQ=DAILY;COUNT=2", "RDATE:20270208T150000Z")
    ids = [each.id for each in told(diary(event(STARTS, *lines))).sessions]
    assert len(set(ids)) == 3
