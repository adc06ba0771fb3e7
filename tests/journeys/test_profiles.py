"""What a platform tells of somebody: their zone and language, until they choose their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.records import Adjusted, Profiled
from bot.store import dues
from scheduler.campaign import Campaign
from tests.journeys.looking import is_nobody, person, rows, zone_chosen
from tests.journeys.someone import Someone, texts

NEW_YORK = "America/New_York"
CAMPAIGN = {
    "name": "inquiry",
    "title": "A campaign",
    "starts": date(2026, 11, 2),
    "steps": [
        {
            "id": "check_in",
            "practice": "weekly",
            "when": {"kind": "weekly", "on": ["tuesday"]},
            "at": "11:00",
        }
    ],
}


@pytest.fixture
def german(stranger: Someone, monkeypatch: pytest.MonkeyPatch) -> Someone:
    """Somebody new in a house that speaks German too, though in English words."""
    monkeypatch.setattr(stranger.house().shelf, "languages", ("en", "de"))
    return stranger


def profile(someone: Someone, zone: str = "", language: str = "") -> None:
    someone.zone, someone.language = zone, language
    assert someone.does(Profiled()) == []


def test_somebody_new_begins_with_the_zone_of_their_profile(stranger: Someone) -> None:
    stranger.zone = NEW_YORK
    stranger.arrives()
    assert person(stranger).zone == NEW_YORK
    assert not zone_chosen(stranger)


def test_joining_still_asks_and_passing_over_it_keeps_what_the_platform_said(
    stranger: Someone,
) -> None:
    stranger.zone = NEW_YORK
    for line in ("hello", "keep my answers", "skip"):
        stranger.says(line)
    said = stranger.says("skip")
    assert "Which time zone are you in?" in texts(said)[0]
    for line in ("skip", "tuesday", "done", "09:30", "wait"):
        stranger.says(line)
    assert person(stranger).zone == NEW_YORK
    assert not zone_chosen(stranger)


def test_a_zone_that_was_chosen_stays_whatever_the_profile_says(someone: Someone) -> None:
    assert zone_chosen(someone)
    profile(someone, NEW_YORK)
    someone.says("help")
    assert person(someone).zone == "Europe/London"


def test_a_zone_that_was_not_chosen_follows_the_profile_with_anything_that_comes(
    stranger: Someone,
) -> None:
    stranger.arrives()
    assert person(stranger).zone == "Europe/London"
    profile(stranger, NEW_YORK)
    assert person(stranger).zone == NEW_YORK
    stranger.zone = "Asia/Calcutta"
    stranger.says("keep my answers")
    assert person(stranger).zone == "Asia/Kolkata"
    assert not zone_chosen(stranger)


@pytest.mark.parametrize("zone", ["", "Nowhere/At_All", "../../etc/passwd", "x" * 999])
def test_a_zone_that_is_none_is_ignored(stranger: Someone, zone: str) -> None:
    stranger.zone = zone
    stranger.arrives()
    profile(stranger, zone)
    assert person(stranger).zone == "Europe/London"


def test_a_profile_of_somebody_new_makes_nobody_of_them(stranger: Someone) -> None:
    profile(stranger, NEW_YORK, "en")
    assert is_nobody(stranger)
    assert rows(stranger)["inbound"] == 0


def test_a_language_we_have_is_followed(german: Someone) -> None:
    german.language = "de-AT"
    german.arrives()
    assert person(german).language == "de"
    profile(german, language="en-GB")
    assert person(german).language == "en"
    profile(german, language="de")
    assert person(german).language == "de"


def test_a_language_we_have_not_is_not(german: Someone) -> None:
    german.language = "de"
    german.arrives()
    profile(german, language="gd")
    assert person(german).language == "de"


def test_a_language_that_was_chosen_stays(german: Someone) -> None:
    german.arrives()
    german.does(Adjusted(field="language", values=("de",)))
    profile(german, language="en")
    assert person(german).language == "de"


def test_a_zone_that_follows_moves_what_is_planned(stranger: Someone) -> None:
    for line in ("hello", "keep my answers", "skip", "skip", "skip", "tuesday", "done"):
        stranger.says(line)
    for line in ("09:30", "wait"):
        stranger.says(line)
    stranger.now = datetime(2026, 11, 9, tzinfo=UTC)
    stranger.starts(Campaign.model_validate(CAMPAIGN))
    before = stranger.asks(dues.soonest)
    profile(stranger, NEW_YORK)
    after = stranger.asks(dues.soonest)
    assert before is not None
    assert after == before + timedelta(hours=5)
