"""Files as the diaries of Google, Outlook and Apple write them."""

from __future__ import annotations

import pytest

from scheduler.festival import EventType, Status
from tests.diaries.diary import sample, starts, told


def test_a_programme_from_google() -> None:
    read = told(sample("google"))
    assert (read.title, read.zone) == ("Festival of Slow Work 2027", "Europe/London")
    opening, cafe, later, last = read.sessions
    assert opening.title == "Opening: a slow start, together"
    assert (opening.host, opening.access) == ("Ada & Ben", "step-free, captions")
    assert (opening.uid, opening.sequence, opening.minutes) == ("4a1opening@google.com", 2, 60)
    assert [each.title for each in (cafe, last)] == ["Listening café ☕️"] * 2
    assert later.title == "Listening café, later today ☕️"


def test_a_series_from_google_leaves_out_what_was_taken_out_and_moves_what_was_moved() -> None:
    assert starts(sample("google")) == ["02-08 09:30", "02-09 13:00", "02-16 15:00", "03-02 13:00"]


def test_what_is_no_session_is_told_and_what_is_private_is_not_named() -> None:
    assert told(sample("google")).left_out == (
        '"A day without sessions" of 2027-02-10 lasts all day.',
        "An event of 2027-02-11 is private.",
    )
    assert told(sample("apple")).left_out == (
        '"The whole festival" of 2027-03-28 lasts longer than a day.',
    )


def test_a_programme_from_outlook() -> None:
    launch, visit, circle = told(sample("outlook")).sessions
    assert (launch.kind, launch.theme) == (EventType.LAUNCH, "Tools, old and new")
    assert (launch.host, launch.access, launch.minutes) == ("Cai Morgan", "hearing loop", 45)
    assert launch.uid.endswith("000001000000012AB34CD56EF7890ABCDEF0123456789")
    assert visit.host == "Dee Laing"
    assert [each.status for each in (launch, visit, circle)] == [
        Status.APPROVED,
        Status.SUBMITTED,
        Status.CANCELLED,
    ]


def test_windows_own_names_and_zones_of_the_files_own_give_the_right_hour() -> None:
    # 10:30 in London; 14:00 in a zone that is as in Lyon; 09:00 in UTC.
    assert starts(sample("outlook")) == ["07-01 10:30", "07-02 13:00", "07-03 10:00"]


def test_a_programme_from_apple() -> None:
    walk, evening, _, boston, _ = told(sample("apple")).sessions
    assert walk.host == "Eve Okafor"
    assert evening.minutes == 90
    assert (boston.zone, boston.minutes) == ("America/New_York", 55)


def test_days_that_were_added_one_by_one_are_sessions_too() -> None:
    # Clocks in London go forward in the night before the first.
    assert starts(sample("apple")) == [
        "03-28 11:00",
        "03-29 18:00",
        "03-30 11:00",
        "03-30 09:00",
        "04-01 11:00",
    ]


@pytest.mark.parametrize("name", ["google", "outlook", "apple"])
def test_the_same_file_gives_the_same_sessions(name: str) -> None:
    assert told(sample(name)) == told(sample(name))
    ids = [each.id for each in told(sample(name)).sessions]
    assert len(set(ids)) == len(ids)
