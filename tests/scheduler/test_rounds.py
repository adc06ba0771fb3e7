"""When rounds open, close and go on, whatever the zone, the rhythm and the day it began."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.calendar import week_of
from scheduler.holidays import is_holiday
from scheduler.rounds import (
    NOON,
    OpenFor,
    Rhythm,
    closes,
    extended,
    late_together,
    learns,
    mark,
    next_opening,
    reminds,
    takes_up,
)

ZONES = (
    "Africa/Cairo",
    "America/Havana",
    "America/Nuuk",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
)
LONDON = ZoneInfo("Europe/London")
#: So many openings of each circle are looked at: two have more than a year of weeks.
MANY = 56
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

zones = st.sampled_from(ZONES).map(ZoneInfo)
clocks = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
instants = st.datetimes(
    datetime.combine(date(2026, 1, 1), time()),
    datetime.combine(date(2033, 12, 31), time()),
    timezones=st.just(UTC),
)
weekdays = st.integers(0, 4)
regular = st.sampled_from([Rhythm.WEEKLY, Rhythm.FORTNIGHTLY, Rhythm.MONTHLY])


def never(_: date) -> bool:
    """No day is closed."""
    return False


def scotland(day: date) -> bool:
    return is_holiday("GB-SCT", day)


def openings(  # noqa: PLR0913 - A rhythm has these.
    rhythm: Rhythm,
    *,
    weekday: int = 0,
    at: time = time(9, 30),
    began: datetime,
    where: ZoneInfo = LONDON,
    closed: Callable[[date], bool] = never,
    many: int = MANY,
) -> list[datetime]:
    """The openings of a circle since it began, each found from the one before."""
    found, after = [], began
    for _ in range(many):
        opens = next_opening(
            rhythm,
            weekday=weekday,
            at=at,
            start=began.astimezone(where).date(),
            where=where,
            after=after,
            closed=closed,
        )
        assert opens is not None
        assert opens > after
        found.append(opens)
        after = opens
    return found


def days(found: list[datetime], where: ZoneInfo = LONDON) -> list[date]:
    return [each.astimezone(where).date() for each in found]


@settings(deadline=None, max_examples=60)
@given(rhythm=regular, weekday=weekdays, at=clocks, began=instants, where=zones)
def test_a_week_never_has_two_openings(
    rhythm: Rhythm, weekday: int, at: time, began: datetime, where: ZoneInfo
) -> None:
    found = openings(rhythm, weekday=weekday, at=at, began=began, where=where, closed=scotland)
    weeks = [each.isocalendar()[:2] for each in days(found, where)]
    assert len(set(weeks)) == len(weeks)


@settings(deadline=None, max_examples=60)
@given(weekday=weekdays, at=clocks, began=instants, where=zones)
def test_a_fortnight_is_counted_from_the_monday_of_the_week_it_began(
    weekday: int, at: time, began: datetime, where: ZoneInfo
) -> None:
    """Each opening lies in an even week from there, whatever the numbers of a year's weeks are."""
    found = openings(Rhythm.FORTNIGHTLY, weekday=weekday, at=at, began=began, where=where)
    start = began.astimezone(where).date()
    assert all(week_of(each, start) % 2 == 0 for each in days(found, where))
    assert {later - day for day, later in pairwise(days(found, where))} == {timedelta(weeks=2)}
    assert found[0] - began < timedelta(weeks=2, hours=2)


def test_a_fortnight_goes_on_over_a_year_of_53_weeks() -> None:
    """2026 has 53 weeks: counted by the numbers of weeks, two fortnights would be three weeks."""
    found = openings(Rhythm.FORTNIGHTLY, began=datetime(2026, 12, 14, 8, 0, tzinfo=UTC), many=4)
    assert days(found) == [
        date(2026, 12, 14),
        date(2026, 12, 28),
        date(2027, 1, 11),
        date(2027, 1, 25),
    ]


@settings(deadline=None, max_examples=60)
@given(weekday=weekdays, at=clocks, began=instants, where=zones)
def test_monthly_means_the_first_such_weekday_of_each_month(
    weekday: int, at: time, began: datetime, where: ZoneInfo
) -> None:
    found = days(openings(Rhythm.MONTHLY, weekday=weekday, at=at, began=began, where=where), where)
    assert all(each.weekday() == weekday and each.day <= 7 for each in found)
    months = [each.year * 12 + each.month for each in found]
    assert {later - month for month, later in pairwise(months)} == {1}


@settings(deadline=None, max_examples=60)
@given(rhythm=regular, weekday=weekdays, at=clocks, began=instants, where=zones)
def test_a_round_opens_at_its_hour_or_at_the_end_of_the_gap_in_which_that_lies(
    rhythm: Rhythm, weekday: int, at: time, began: datetime, where: ZoneInfo
) -> None:
    for each in openings(rhythm, weekday=weekday, at=at, began=began, where=where):
        wall = each.astimezone(where)
        before = (each - timedelta(seconds=1)).astimezone(where)
        asked = datetime.combine(wall.date(), at, tzinfo=where)
        assert wall.time() >= at
        assert wall.time() == at or before.replace(tzinfo=None) < asked.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("at", "spring", "autumn"),
    [
        # London goes forward on the last Sunday of March: the Monday is as any other.
        (time(1, 30), "2027-03-29T00:30", "2027-11-01T01:30"),
        (time(9, 30), "2027-03-29T08:30", "2027-11-01T09:30"),
    ],
)
def test_an_hour_is_that_of_the_wall_in_summer_and_in_winter(
    at: time, spring: str, autumn: str
) -> None:
    found = openings(Rhythm.WEEKLY, at=at, began=datetime(2027, 3, 20, tzinfo=UTC))
    for each in (spring, autumn):
        assert datetime.fromisoformat(each).replace(tzinfo=UTC) in found


def test_an_hour_that_a_night_leaves_out_is_the_end_of_the_gap() -> None:
    """Cairo goes forward in the night to the last Friday of April, from 00:00 to 01:00."""
    (opens,) = openings(
        Rhythm.WEEKLY,
        weekday=4,
        at=time(0, 30),
        began=datetime(2027, 4, 26, tzinfo=UTC),
        where=ZoneInfo("Africa/Cairo"),
        many=1,
    )
    assert opens == datetime(2027, 4, 29, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "weekday", "opens"),
    [
        (datetime(2025, 12, 29, tzinfo=UTC), 2, date(2025, 12, 31)),
        (datetime(2026, 11, 28, tzinfo=UTC), 0, date(2026, 12, 1)),
        # In 2028 the 1 and 2 January are a weekend: the Monday and the Tuesday are closed instead.
        (datetime(2027, 12, 31, 12, tzinfo=UTC), 0, date(2028, 1, 5)),
    ],
    ids=["an open day stays", "St Andrew's Day", "2 January"],
)
def test_a_holiday_moves_a_round_within_its_week(
    began: datetime, weekday: int, opens: date
) -> None:
    (found,) = openings(Rhythm.WEEKLY, weekday=weekday, began=began, closed=scotland, many=1)
    assert days([found]) == [opens]


def test_a_round_on_a_closed_friday_has_nowhere_to_move() -> None:
    """The 1 and 2 January 2026 are a Thursday and a Friday."""
    for weekday in (3, 4):
        found = openings(
            Rhythm.WEEKLY,
            weekday=weekday,
            began=datetime(2025, 12, 30, tzinfo=UTC),
            closed=scotland,
            many=1,
        )
        assert days(found) == [date(2026, 1, 5) + timedelta(days=weekday)]


@settings(deadline=None, max_examples=60)
@given(
    rhythm=st.sampled_from([Rhythm.WEEKLY, Rhythm.FORTNIGHTLY]),
    weekday=weekdays,
    began=instants,
    shut=st.sets(st.integers(0, 69), max_size=40),
)
def test_a_round_opens_on_the_first_open_day_left_of_its_week_or_not_at_all(
    rhythm: Rhythm, weekday: int, began: datetime, shut: set[int]
) -> None:
    first = began.date() - timedelta(days=began.weekday())
    closed = {first + timedelta(days=ahead) for ahead in shut}
    free = days(openings(rhythm, weekday=weekday, began=began, many=12))
    held = days(
        openings(rhythm, weekday=weekday, began=began, closed=closed.__contains__, many=12)
    )
    expected = []
    for day in free:
        rest = [day + timedelta(days=ahead) for ahead in range(5 - day.weekday())]
        expected += [each for each in rest if each not in closed][:1]
    later = [each for each in held if each >= free[0]]
    assert later[: len(expected)] == expected[: len(later)]
    assert not closed & set(held)


def test_a_week_that_is_closed_altogether_has_no_round() -> None:
    week = {date(2027, 6, 7) + timedelta(days=ahead) for ahead in range(5)}
    found = openings(
        Rhythm.WEEKLY,
        began=datetime(2027, 6, 1, tzinfo=UTC),
        closed=week.__contains__,
        many=1,
    )
    assert days(found) == [date(2027, 6, 14)]


def test_where_every_day_is_closed_nothing_ever_opens() -> None:
    opens = next_opening(
        Rhythm.WEEKLY,
        weekday=0,
        at=time(9, 30),
        start=date(2027, 6, 1),
        where=LONDON,
        after=datetime(2027, 6, 1, tzinfo=UTC),
        closed=lambda _: True,
    )
    assert opens is None


@given(began=instants, where=zones)
def test_a_circle_without_a_rhythm_opens_only_when_somebody_begins_a_round(
    began: datetime, where: ZoneInfo
) -> None:
    opens = next_opening(
        Rhythm.ON_THE_SPOT,
        weekday=0,
        at=time(9, 30),
        start=began.date(),
        where=where,
        after=began,
        closed=never,
    )
    assert opens is None


# --- closing ------------------------------------------------------------------------------------


@given(opened=instants, open_for=st.sampled_from(list(OpenFor)), where=zones)
def test_a_round_closes_at_noon_of_its_place_so_many_days_later(
    opened: datetime, open_for: OpenFor, where: ZoneInfo
) -> None:
    at = closes(opened, open_for, where).astimezone(where)
    so_many = {OpenFor.ONE_DAY: 1, OpenFor.THREE_DAYS: 3, OpenFor.A_WEEK: 7}[open_for]
    assert at.time() == NOON
    assert (at.date() - opened.astimezone(where).date()).days == so_many


@given(closed=instants, where=zones)
def test_a_host_has_until_noon_two_days_later(closed: datetime, where: ZoneInfo) -> None:
    at = extended(closed, where).astimezone(where)
    assert at.time() == NOON
    assert (at.date() - closed.astimezone(where).date()).days == 2


@given(shown=instants, where=zones)
def test_a_question_is_taken_up_at_noon_of_the_next_day(shown: datetime, where: ZoneInfo) -> None:
    at = takes_up(shown, where).astimezone(where)
    assert at.time() == NOON
    assert (at.date() - shown.astimezone(where).date()).days == 1


@given(opened=instants, open_for=st.sampled_from(list(OpenFor)), where=zones)
def test_a_reminder_comes_a_day_before_the_close_and_never_soon_after_the_opening(
    opened: datetime, open_for: OpenFor, where: ZoneInfo
) -> None:
    closing = closes(opened, open_for, where)
    at = reminds(opened, closing)
    if open_for is OpenFor.ONE_DAY:
        assert at is None or at - opened >= timedelta(hours=12)
    else:
        assert at == closing - DAY
        assert at - opened >= timedelta(hours=12)


@given(opened=instants, wait=st.integers(0, 10 * 24), rhythm=st.sampled_from(list(Rhythm)),
       where=zones)  # fmt: skip
def test_learning_is_asked_for_a_day_or_more_after_the_question_was_taken_up(
    opened: datetime, wait: int, rhythm: Rhythm, where: ZoneInfo
) -> None:
    taken_up = opened + wait * HOUR
    at = learns(opened, taken_up, rhythm, where)
    ahead = (at.astimezone(where).date() - taken_up.astimezone(where).date()).days
    since = (at.astimezone(where).date() - opened.astimezone(where).date()).days
    assert ahead >= 1
    assert since >= (5 if rhythm is Rhythm.WEEKLY else 7)
    assert ahead == 1 or since == (5 if rhythm is Rhythm.WEEKLY else 7)


# --- late voices, and counts --------------------------------------------------------------------


@given(now=instants, where=zones)
def test_late_voices_come_at_noon_an_hour_to_a_day_and_an_hour_ahead(
    now: datetime, where: ZoneInfo
) -> None:
    at = late_together(now, where)
    assert at.astimezone(where).time() == NOON
    offset = at.astimezone(where).utcoffset()
    was = now.astimezone(where).utcoffset()
    assert offset is not None
    assert was is not None
    # The day on which the clocks go back is an hour longer.
    assert HOUR <= at - now < 25 * HOUR + max(was - offset, timedelta(0))


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-11-19T11:00", "2026-11-19T12:00"),
        ("2026-11-19T11:00:01", "2026-11-20T12:00"),
        ("2026-11-19T12:00", "2026-11-20T12:00"),
        ("2026-10-24T10:00:01", "2026-10-25T12:00"),
    ],
    ids=["in time", "too near", "at noon", "in the longest day"],
)
def test_late_voices_wait_for_the_next_noon_that_is_an_hour_away(now: str, at: str) -> None:
    given, expected = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (now, at))
    assert late_together(given, LONDON) == expected


@given(now=instants)
def test_a_mark_of_the_clock_is_ahead_and_at_most_five_minutes(now: datetime) -> None:
    at = mark(now)
    assert timedelta(0) < at - now <= 5 * MINUTE
    assert (at.minute % 5, at.second, at.microsecond) == (0, 0, 0)


@given(now=instants, within=st.floats(0, 1))
def test_all_who_answer_between_two_marks_are_counted_at_the_same(
    now: datetime, within: float
) -> None:
    at = mark(now)
    assert mark(now + (at - now) * within * 0.999) == at
