"""Calendars as we write them: what diaries ask for, and what they give back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.diaries.reading import read
from bot.diaries.texts import plain
from bot.diaries.writing import Entry, calendar, programme
from scheduler.calendar import instant, zone
from scheduler.festival import OFF, EventType, Festival, Session, Status
from tests.diaries.diary import (
    APPROVED,
    CANCELLED,
    LONDON,
    NOW,
    SUBMITTED,
    festival,
    session,
    told,
)

_ZONES = ("Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC")


def entry(**given: object) -> Entry:
    usual: dict[str, object] = {
        "uid": "opening-0",
        "title": "Good morning",
        "starts": datetime(2027, 2, 8, 9, 30, tzinfo=UTC),
        "minutes": 15,
        "zone": LONDON,
    }
    return Entry(**usual | given)  # type: ignore[arg-type]


def written(*entries: Entry) -> bytes:
    return calendar("spring", "Spring", entries, now=NOW, host="skerry.example.org")


def lines(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_a_calendar_has_what_the_standard_asks_for() -> None:
    found = lines(written(entry()))
    for line in (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Skerry//Skerry//EN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Spring",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "UID:opening-0.spring@skerry.example.org",
        "DTSTAMP:20261120T120000Z",
        "DTSTART;TZID=Europe/London:20270208T093000",
        "DTEND;TZID=Europe/London:20270208T094500",
        "SUMMARY:Good morning",
        "STATUS:CONFIRMED",
        "SEQUENCE:0",
        "TRANSP:TRANSPARENT",
    ):
        assert line in found
    assert not any(line.startswith("DESCRIPTION") for line in found)


def test_an_empty_calendar_is_one_all_the_same() -> None:
    assert told(written()).sessions == ()
    assert told(written()).title == "Spring"


def test_what_was_cancelled_says_so_and_counts_up() -> None:
    found = lines(written(entry(cancelled=True, sequence=4)))
    assert {"STATUS:CANCELLED", "SEQUENCE:4"} <= set(found)


def test_every_line_is_folded_and_ends_as_the_standard_says() -> None:
    content = written(entry(title="é👩🏽\u200d🚒" * 40, description="word " * 200))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_words_cannot_write_lines_of_their_own() -> None:
    evil = "x\r\nEND:VEVENT\nBEGIN:VEVENT\x85\u2028UID:evil;,\\n\x00\u202e"
    content = calendar(
        "spring", evil, [entry(title=evil, description=evil)], now=NOW, host="a.org"
    )
    read_ = told(content)
    assert len(read_.sessions) == 1
    assert read_.title == "x END:VEVENT BEGIN:VEVENT UID:evil;,\\n"
    assert "\u202e" not in content.decode()
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert event["DESCRIPTION"] == "x\nEND:VEVENT\nBEGIN:VEVENT\n\nUID:evil;,\\n"


def test_each_zone_is_described_once_and_utc_not_at_all() -> None:
    content = written(entry(), entry(uid="b", zone="Asia/Tokyo"), entry(uid="c", zone="UTC"))
    found = lines(content)
    assert [line for line in found if line.startswith("TZID:")] == [
        "TZID:Asia/Tokyo",
        "TZID:Europe/London",
    ]
    assert "DTSTART:20270208T093000Z" in found


def test_a_time_that_comes_twice_in_a_night_is_told_in_utc_the_second_time() -> None:
    night = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    found = lines(written(entry(starts=night), entry(uid="b", starts=night + timedelta(hours=1))))
    assert "DTSTART;TZID=Europe/London:20271031T013000" in found
    assert "DTSTART:20271031T013000Z" in found


def test_the_same_is_written_the_same() -> None:
    both = entry(), entry(uid="b", zone="Asia/Tokyo")
    assert written(*both) == written(*both)


def test_a_programme_keeps_uids_and_counts_of_sessions_that_came_from_diaries() -> None:
    held = festival(session("a", uid="a@example.org", sequence=3), session("b"))
    found = lines(programme(held, 9, now=NOW, host="example.org"))
    assert {"UID:a@example.org", "SEQUENCE:3"} <= set(found)
    assert {"UID:b.summer.skerry@example.org", "SEQUENCE:9"} <= set(found)
    assert "X-WR-TIMEZONE:Europe/London" in found


def test_a_programme_says_what_else_is_known() -> None:
    full = session("a", host="Ada", access="step-free\nloop", theme="Care, time", kind="cafe")
    [back] = told(programme(festival(full), 0, now=NOW, host="a.org")).sessions
    assert (back.host, back.access) == ("Ada", "step-free loop")
    assert (back.theme, back.kind) == ("Care, time", EventType.CAFE)


def test_a_theme_that_is_called_like_a_kind_stays_a_theme() -> None:
    [back] = told(programme(festival(session(theme="Closing")), 0, now=NOW, host="a.org")).sessions
    assert (back.theme, back.kind) == ("Closing", EventType.SESSION)


def test_a_session_with_an_end_lasts_until_then() -> None:
    ends = session("a", ends=datetime(2027, 2, 8, 11, 0))  # noqa: DTZ001 - A wall time.
    [back] = told(programme(festival(ends), 0, now=NOW, host="a.org")).sessions
    assert back.minutes == 90


@pytest.mark.parametrize(
    ("status", "back"),
    [
        (Status.DRAFT, SUBMITTED),
        (SUBMITTED, SUBMITTED),
        (APPROVED, APPROVED),
        (Status.LIVE, APPROVED),
        (Status.POSTPONED, CANCELLED),
        (CANCELLED, CANCELLED),
    ],
)
def test_how_far_a_session_is_in_a_diarys_words(status: Status, back: Status) -> None:
    held = festival(session(status=status))
    [found] = told(programme(held, 0, now=NOW, host="a.org")).sessions
    assert found.status is back


sessions = st.builds(
    session,
    st.from_regex(r"[a-z0-9]{1,10}(-[a-z0-9]{1,10})?", fullmatch=True),
    title=st.text(min_size=1, max_size=60).filter(plain),
    starts=st.datetimes(datetime(2027, 2, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001 - Walls.
        lambda at: at.replace(second=0, microsecond=0)
    ),
    minutes=st.integers(1, 1440),
    zone=st.sampled_from([None, *_ZONES]),
    status=st.sampled_from([SUBMITTED, APPROVED, CANCELLED]),
    uid=st.sampled_from(["", "x@example.org", "a b;,:\\ é@example.org"]),
    sequence=st.integers(0, 99),
    host=st.text(max_size=20).map(plain),
    theme=st.text(max_size=20).map(plain),
    kind=st.sampled_from(EventType),
)


def at(each: Session, usual: str) -> datetime:
    return instant(each.starts.date(), each.starts.time(), zone(each.zone or usual))


@settings(max_examples=40, deadline=None)
@given(st.lists(sessions, max_size=5, unique_by=lambda each: each.id), st.sampled_from(_ZONES))
def test_a_programme_that_is_read_again_has_the_same_sessions(
    held: list[Session], where: str
) -> None:
    # One UID is one session.
    own = [
        each.model_copy(update={"uid": f"{index}{each.uid}" if each.uid else ""})
        for index, each in enumerate(held)
    ]
    before: Festival = festival(*own, zone=where)
    after = read(programme(before, 5, now=NOW, host="example.org"), zone=where).sessions

    def told_(each: Session) -> tuple[object, ...]:
        off = each.status in OFF
        said = (each.host, each.theme, each.kind)
        return (at(each, where), plain(each.title), each.minutes, off, *said)

    assert sorted(map(told_, after), key=str) == sorted(map(told_, own), key=str)
    assert {each.uid for each in own if each.uid} <= {each.uid for each in after}
    assert {each.id for each in own if not each.uid} <= {each.id for each in after}
