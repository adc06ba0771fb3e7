"""What is not taken in: each with one line that says what is wrong and what to do, and at once."""

from __future__ import annotations

from datetime import date

import pytest

from bot.diaries.faults import DiaryError
from tests.diaries.diary import STARTS, diary, event, one, told
from tests.soon import soon

_DAILY = "RRULE:FREQ=DAILY"
_NEVER = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"


def refused(content: bytes, first: date | None = None, last: date | None = None) -> str:
    with pytest.raises(DiaryError) as wrong:
        told(content, first, last)
    line = str(wrong.value)
    assert "\n" not in line
    assert line.count(". ") >= 1  # What is so, then what to do.
    assert line.endswith(".")
    return line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "no calendar file"),
        (b"<!DOCTYPE html><html></html>", "no calendar file"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "no calendar file"),
        (diary(event(STARTS))[:-30], "cut short or damaged"),
        (b"END:VCALENDAR\r\n", "cut short or damaged"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "cut short or damaged"),
        (b"BEGIN:VCALENDAR\r\nEND:\r\nEND:VCALENDAR\r\nEND:\r\n", "cut short or damaged"),
        (diary(event(STARTS, title="Café")).decode().encode("latin-1"), "not written in UTF-8"),
        (diary(event(STARTS)).decode().encode("utf-16"), "not written in UTF-8"),
        (b"x" * (1024 * 1024 + 1), "larger than 1 MB"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 70_000, "parts within parts"),
        (diary(event("DTSTART" + ";A=b" * 200_000 + ":20270208T093000Z")), "longer than diaries"),
    ],
)
def test_a_file_that_is_no_diary_is_refused(content: bytes, line: str) -> None:
    assert line in refused(content)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ((), '"Talk": it does not say when it starts. Give it a time.'),
        (("DTSTART:",), "it does not say when it starts"),
        (('DTSTART;TZID="x:20270208T093000',), "it does not say when it starts"),
        (("DTSTART:20270230T093000Z",), 'there is no such time as "20270230T093000Z"'),
        (("DTSTART:20270208T093000+01",), "there is no such time"),
        (("DTSTART:tomorrow",), "there is no such time"),
        (("DTSTART:00010101T000000Z",), "it has a time in the year 1. Give it another."),
        (("DTSTART:99991231T235959Z",), "it has a time in the year 9999"),
        (
            (
                STARTS,
                "DTEND:20270208T093000",
            ),
            None,
        ),
        (
            (
                STARTS,
                "DTEND:20270208T092959Z",
            ),
            "it ends before it starts. Give it a later end.",
        ),
        (
            (
                STARTS,
                "DURATION:-PT5M",
            ),
            "it ends before it starts",
        ),
        (
            (
                STARTS,
                "DURATION:an hour",
            ),
            '"an hour" is not how long something takes',
        ),
        (("DTSTART;TZID=Mars/Olympus:20270208T093000",), 'there is no time zone "Mars/Olympus"'),
        (("DTSTART;TZID=../etc/passwd:20270208T093000",), "there is no time zone"),
        ((STARTS, "EXDATE;TZID=Mars/Olympus:20270208T093000"), "there is no time zone"),
        ((STARTS, "SEQUENCE:two"), "its SEQUENCE is no number"),
        ((STARTS, "RRULE:FREQ=SECONDLY"), "it comes again every second, as no session does"),
        ((STARTS, "RRULE:FREQ=MINUTELY;COUNT=3"), "every minute"),
        ((STARTS, "RRULE:FREQ=HOURLY"), "every hour"),
        ((STARTS, "RRULE:FREQ=FORTNIGHTLY"), "how it comes again cannot be read"),
        ((STARTS, "RRULE:nonsense"), "it comes again by NONSENSE"),
        ((STARTS, "RRULE:"), "how it comes again cannot be read"),
        ((STARTS, f"{_DAILY};BYHOUR=9,10"), "it comes again by BYHOUR, which is not known here"),
        ((STARTS, f"{_DAILY};BYWEEKNO=3"), "it comes again by BYWEEKNO"),
        ((STARTS, f"{_DAILY};INTERVAL=0"), "how it comes again cannot be read"),
        ((STARTS, f"{_DAILY};COUNT=x"), "how it comes again cannot be read"),
        ((STARTS, f"{_DAILY};BYMONTHDAY=0"), "how it comes again cannot be read"),
        ((STARTS, f"{_DAILY};BYMONTH=13"), "how it comes again cannot be read"),
        ((STARTS, f"{_DAILY};BYDAY=XX"), "how it comes again cannot be read"),
        ((STARTS, f"{_DAILY};WKST=XX"), "how it comes again cannot be read"),
        ((STARTS, f"{_DAILY};UNTIL=soon"), "there is no such time"),
        ((STARTS, _DAILY, "RRULE:FREQ=WEEKLY"), "it comes again by several rules"),
        (
            (STARTS, _DAILY, "RECURRENCE-ID;RANGE=THISANDFUTURE:20270210T093000Z"),
            "all that follow",
        ),
    ],
)
def test_an_event_that_makes_no_sense_is_named(lines: tuple[str, ...], line: str | None) -> None:
    content = diary(event(*lines))
    if line is None:
        assert len(told(content).sessions) == 1
    else:
        assert line in refused(content)


def test_an_event_without_a_uid_cannot_be_known_again() -> None:
    assert refused(diary(event(STARTS, uid=""))) == (
        '"Talk" of 2027-02-08: it has no UID, by which it is known again. Export it from a diary.'
    )


def test_one_fault_and_nothing_is_taken_in_and_all_faults_are_told() -> None:
    content = diary(event(STARTS), event("DTSTART:x"), event(STARTS, "DURATION:-P1D", title="Tea"))
    with pytest.raises(DiaryError) as wrong:
        told(content)
    assert [each.partition(":")[0] for each in wrong.value.faults] == [
        '"Talk"',
        '"Tea" of 2027-02-08',
    ]
    assert str(wrong.value).endswith("And 1 more like it.")


@pytest.mark.parametrize(
    ("described", "line"),
    [
        ((), 'the file does not say what its time zone "Ours" is. Give it another.'),
        (("TZOFFSETFROM:+0100",), "the file does not say what its time zone"),
        (("DTSTART:20200101T000000", "TZOFFSETFROM:+9900"), "the file does not say what"),
        (("DTSTART:20200101T000000", "RRULE:FREQ=SECONDLY"), "the file does not say what"),
        (
            (
                "DTSTART:19000101T000000",
                "TZOFFSETFROM:+0000",
                "TZOFFSETTO:+0000",
                *["RRULE:FREQ=DAILY;COUNT=9999"] * 20,
            ),
            "its time zone changes too often",
        ),
        (
            (
                "DTSTART:00010101T000000",
                "TZOFFSETFROM:+0000",
                "TZOFFSETTO:+0000",
                "RRULE:FREQ=WEEKLY;WKST=SU;COUNT=3",
            ),
            "out of all bounds",
        ),
    ],
)
def test_a_zone_of_the_files_own_that_makes_no_sense(
    described: tuple[str, ...], line: str
) -> None:
    inner = ["BEGIN:STANDARD", *described, "END:STANDARD"] if described else []
    zone = ["BEGIN:VTIMEZONE", "TZID:Ours", *inner, "END:VTIMEZONE", "BEGIN:VTIMEZONE"]
    content = diary(*zone, "END:VTIMEZONE", event("DTSTART;TZID=Ours:20270208T093000"))
    assert line in refused(content)


def test_more_sessions_than_a_festival_holds_are_refused() -> None:
    daily = [event(STARTS, f"{_DAILY};COUNT=251", uid=uid) for uid in "ab"]
    assert "more than 500 sessions" in refused(diary(*daily))
    assert len(told(diary(*daily), last=date(2027, 8, 1)).sessions) == 350


def test_an_event_of_thousands_of_lines_is_refused() -> None:
    lines = [STARTS, *["EXDATE:20270208T093000Z"] * 1001]
    assert "more than 1000 lines that begin with EXDATE" in refused(diary(event(*lines)))


def test_a_file_of_thousands_of_events_is_refused() -> None:
    assert "more than 3000 events" in refused(diary(*[event(STARTS)] * 3001))


@pytest.mark.parametrize(
    ("first", "last"), [("2027-03-01", "2027-02-01"), ("2027-01-01", "2040-01-01")]
)
def test_days_that_are_no_span_are_refused(first: str, last: str) -> None:
    line = refused(diary(), date.fromisoformat(first), date.fromisoformat(last))
    assert line == f"From {first} to {last} is no span of up to five years. Name other days."


@pytest.mark.parametrize(
    "content",
    [
        diary(*[event(STARTS, _NEVER, uid=f"{each}") for each in range(150)]),
        diary(*[event("DTSTART:19000101T000000Z", f"{_NEVER};COUNT=9", uid="a")] * 9),
        diary(event(STARTS, "RDATE:" + ",".join(["20270209T093000Z"] * 3_000))),
        diary(*[event("DTSTART:19000101T000000Z", _DAILY, uid=f"{each}") for each in range(50)]),
        diary(
            event(
                STARTS,
                *[
                    "RDATE:"
                    + ",".join(f"20270208T{h:02}{m:02}00Z" for h in range(24) for m in range(60))
                ]
                * 9,
            )
        ),
    ],
    ids=["never", "never counted", "one day again and again", "since 1900", "each minute"],
)
def test_what_would_take_for_ever_is_refused_soon(content: bytes) -> None:
    with soon():
        assert "it comes again too often. Enter its days one by one." in refused(
            content, date(2027, 1, 1), date(2031, 12, 31)
        )


def test_a_day_that_never_comes_is_waited_for_no_longer_than_was_asked() -> None:
    with soon():
        assert one(STARTS, _NEVER).minutes == 55


def test_what_a_line_shows_of_a_file_is_short_and_plain() -> None:
    line = refused(diary(event("DTSTART:x", title="\x1b[31m\u202e" + "long " * 99)))
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert len(line) < 200
