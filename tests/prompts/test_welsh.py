"""Welsh: dates, days and spans with their mutations; hours, places; what people type."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.prompts.dates import Clock, days, hour
from bot.prompts.places import zone_called, zone_named
from bot.prompts.quiet import holidays, hours
from bot.prompts.reading import coming_date, minute_of_day

NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
TODAY = date(2026, 11, 10)
HERE = Clock(NOW, ZoneInfo("Europe/London"), "cy")


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(hours=1), "yn gynharach heddiw"),
        (timedelta(hours=-1), "yn nes ymlaen heddiw"),
        (timedelta(days=1), "ddoe"),
        (timedelta(days=-1), "yfory"),
        (timedelta(days=7), "ddydd Mawrth 3 Tachwedd"),
        (timedelta(days=-5), "ddydd Sul 15 Tachwedd"),
        (timedelta(days=365), "ddydd Llun 10 Tachwedd 2025"),
    ],
)
def test_the_day_of_an_instant(back: timedelta, said: str) -> None:
    assert HERE.when(NOW - back) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "yn gynharach heddiw"),
        (1, "ddoe"),
        (2, "ddau ddiwrnod yn ôl"),
        (5, "bum niwrnod yn ôl"),
        (6, "chwe diwrnod yn ôl"),
        (7, "wythnos yn ôl"),
        (14, "bythefnos yn ôl"),
        (21, "dair wythnos yn ôl"),
        (62, "wyth wythnos yn ôl"),
        (63, "ddau fis yn ôl"),
        (183, "chwe mis yn ôl"),
        (305, "ddeg mis yn ôl"),
        (365, "flwyddyn yn ôl"),
        (500, "16 mis yn ôl"),
        (730, "ddwy flynedd yn ôl"),
        (365 * 5, "bum mlynedd yn ôl"),
        (365 * 12, "12 mlynedd yn ôl"),
    ],
)
def test_how_long_ago(count: int, said: str) -> None:
    assert HERE.ago(NOW - timedelta(days=count)) == said


def test_days_and_hours() -> None:
    assert days((0,), "cy") == "dydd Llun"
    assert days((0, 3), "cy") == "dydd Llun a dydd Iau"
    assert days((1, 2, 6), "cy") == "dydd Mawrth, dydd Mercher a dydd Sul"
    assert hour(570, "cy") == "09:30"


def test_when_nothing_comes() -> None:
    assert hours((540, 1200), "cy") == "rhwng 09:00 a 20:00"
    assert hours((0, 1440), "cy") == "ar unrhyw awr"
    assert holidays("GB-SCT", "cy") == "tawel (yr Alban)"
    assert holidays("IE", "cy") == "tawel (Iwerddon)"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/London", "y Deyrnas Unedig"),
        ("Europe/Brussels", "Canolbarth Ewrop"),
        ("Europe/Warsaw", "Gwlad Pwyl"),
        ("Australia/Perth", "Perth, Awstralia"),
        ("America/New_York", "Efrog Newydd, UDA"),
    ],
)
def test_what_a_zone_is_called(zone: str, said: str) -> None:
    assert zone_called(zone, "cy") == said


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Caerdydd", "Europe/London"),
        ("yn Llundain", "Europe/London"),
        ("yng Nghaerdydd", "Europe/London"),
        ("ym Mangor", "Europe/London"),
        ("Yr Wyddgrug", "Europe/London"),
        ("Cymru", "Europe/London"),
        ("Yr Alban", "Europe/London"),
        ("Caeredin", "Europe/London"),
        ("Dulyn", "Europe/Dublin"),
        ("yn Nulyn", "Europe/Dublin"),
        ("Y Swistir", "Europe/Zurich"),
        ("Perth, Awstralia", "Australia/Perth"),
    ],
)
def test_places_that_are_typed(typed: str, zone: str) -> None:
    assert zone_named(typed) == zone


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("yfory", date(2026, 11, 11)),
        ("dydd Llun", date(2026, 11, 16)),
        ("tan ddydd Llun", date(2026, 11, 16)),
        ("ddydd Mawrth nesaf", date(2026, 11, 17)),
        ("mercher", date(2026, 11, 11)),
        ("3 Mawrth", date(2027, 3, 3)),
        ("y 3ydd o Fawrth", date(2027, 3, 3)),
        ("1af o Ragfyr 2026", date(2026, 12, 1)),
        ("wythnos", date(2026, 11, 17)),
        ("am bythefnos", date(2026, 11, 24)),
        ("tair wythnos", date(2026, 12, 1)),
        ("10 diwrnod", date(2026, 11, 20)),
        ("am ddau fis", date(2027, 1, 9)),
        ("sawl wythnos", None),
        ("dydd", None),
        ("tri pheth", None),
    ],
)
def test_dates_that_are_typed(typed: str, day: date | None) -> None:
    assert coming_date(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "minute"),
    [("am 9:30", "570"), ("hanner dydd", "720"), ("canol nos", "0"), ("rywbryd", None)],
)
def test_times_that_are_typed(typed: str, minute: str | None) -> None:
    assert minute_of_day(typed) == minute
