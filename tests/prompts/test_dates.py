"""How a day or a span is said to somebody in their own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompts.dates import Clock, days, hour, locale_of, on_day

NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
HERE = Clock(NOW, LONDON, "en")


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(hours=1), "earlier today"),
        (timedelta(hours=-1), "later today"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=-1), "tomorrow"),
        (timedelta(days=7), "on Tuesday 3 November"),
        (timedelta(days=-3), "on Friday 13 November"),
        (timedelta(days=365), "on Monday 10 November 2025"),
    ],
)
def test_the_day_of_an_instant(back: timedelta, said: str) -> None:
    assert HERE.when(NOW - back) == said
    assert on_day(NOW - back, NOW, LONDON, "en") == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (-2, "earlier today"),
        (0, "earlier today"),
        (1, "yesterday"),
        (2, "two days ago"),
        (6, "six days ago"),
        (7, "a week ago"),
        (13, "a week ago"),
        (14, "two weeks ago"),
        (21, "three weeks ago"),
        (62, "eight weeks ago"),
        (63, "two months ago"),
        (183, "six months ago"),
        (330, "11 months ago"),
        (365, "a year ago"),
        (500, "16 months ago"),
        (730, "two years ago"),
        (365 * 12, "12 years ago"),
    ],
)
def test_how_long_ago(count: int, said: str) -> None:
    assert HERE.ago(NOW - timedelta(days=count)) == said


def test_a_day_is_the_persons_own() -> None:
    late = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)
    assert HERE.when(late) == "yesterday"
    assert Clock(NOW, ZoneInfo("Europe/Berlin"), "en").when(late) == "earlier today"


def test_a_week_over_the_change_of_clocks_is_a_week() -> None:
    now = datetime(2026, 10, 28, 9, tzinfo=UTC)
    then = datetime(2026, 10, 21, 8, 30, tzinfo=UTC)
    assert Clock(now, LONDON, "en").ago(then) == "a week ago"


def test_other_languages_are_babels() -> None:
    there = Clock(NOW, LONDON, "gd")
    assert there.when(NOW - timedelta(days=7)).startswith("DiMàirt")
    assert there.ago(NOW - timedelta(days=21)) == "3 seachdainean air ais"
    assert there.ago(NOW - timedelta(days=800)) == "2 bhliadhna air ais"
    assert hour(570, "de") == "09:30"


def test_a_language_babel_does_not_know_speaks_english() -> None:
    assert locale_of("xx_nonsense") == locale_of("en")
    assert locale_of("tlh") == locale_of("en")
    assert Clock(NOW, LONDON, "xx").when(NOW) == "earlier today"


def test_days_and_hours_are_said_as_people_do() -> None:
    assert days((0,), "en") == "Monday"
    assert days((0, 2, 4), "en") == "Monday, Wednesday and Friday"
    assert hour(9 * 60 + 5, "en") == "09:05"


@given(st.integers(0, 20_000), st.sampled_from(["en", "gd", "de", "cy", "pl", "ar", "pt-BR"]))
def test_any_span_can_be_said(count: int, language: str) -> None:
    clock = Clock(NOW, LONDON, language)
    then = NOW - timedelta(days=count)
    assert clock.ago(then)
    assert clock.when(then)
