"""A time fires at the earliest instant at which the person's own clock shows it, or later."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduler.calendar import instant, next_at, zone

SECOND = timedelta(seconds=1)
ZONES = ("Europe/London", "America/Nuuk", "Africa/Cairo", "America/New_York", "Pacific/Apia")


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("at", [time(0), time(0, 15), time(1, 30), time(2, 30), time(23, 30)])
def test_a_year_of_days_fires_at_the_first_second_that_shows_the_time(name: str, at: time) -> None:
    where = zone(name)
    for ahead in range(366):
        day = date(2011 if name == "Pacific/Apia" else 2027, 1, 1) + timedelta(days=ahead)
        due = instant(day, at, where)
        wall = datetime.combine(day, at)
        assert due.astimezone(where).replace(tzinfo=None) >= wall
        assert (due - SECOND).astimezone(where).replace(tzinfo=None) < wall


def test_a_time_in_the_gap_fires_at_its_end() -> None:
    due = instant(date(2027, 3, 28), time(1, 30), zone("Europe/London"))
    assert due == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_the_next_time_is_on_one_of_their_days() -> None:
    tuesday = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    where = zone("Europe/London")
    assert next_at(tuesday, where, (1, 3), time(9)) == datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
    assert next_at(tuesday, where, (), time(9)) == datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
