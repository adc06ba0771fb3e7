"""What of an event becomes a session."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.diaries.reading import read
from scheduler.festival import EventType, Status
from tests.diaries.diary import STARTS, diary, event, festival, one, starts, told

_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Ours",
    "BEGIN:STANDARD",
    "DTSTART:20200101T000000",
    "RDATE:20271031T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:20270328T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


def zoned(wall: str, *zone: str) -> str:
    """When a session starts in London that starts at a time on a clock of the file's own."""
    [found] = starts(diary(*zone, event(f"DTSTART;TZID=Ours:{wall}")))
    return found


@pytest.mark.parametrize(
    ("given", "in_london"),
    [
        ("DTSTART:20270701T093000Z", "07-01 10:30"),
        ("DTSTART;TZID=UTC:20270701T093000", "07-01 10:30"),
        ("DTSTART;TZID=Z:20270701T093000", "07-01 10:30"),
        ("DTSTART:20270701T093000", "07-01 09:30"),
        ("DTSTART;TZID=Europe/London:20270701T093000", "07-01 09:30"),
        ("DTSTART;TZID=GMT Standard Time:20270701T093000", "07-01 09:30"),
        ('DTSTART;TZID="GMT Standard Time":20270701T093000', "07-01 09:30"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Europe/London:20270701T093000", "07-01 09:30"),
        # Clocks go forward at 01:00, so 01:30 comes as 02:30.
        ("DTSTART;TZID=Europe/London:20270328T013000", "03-28 02:30"),
        ("DTSTART:20270701T093060", "07-01 09:30"),
    ],
)
def test_a_time_is_that_instant_whatever_its_zone_is_called(given: str, in_london: str) -> None:
    assert starts(diary(event(given))) == [in_london]


def test_a_session_in_another_zone_keeps_that_zone() -> None:
    session = one("DTSTART;TZID=America/New_York:20270701T093000")
    assert (f"{session.starts:%H:%M}", session.zone) == ("09:30", "America/New_York")


def test_a_time_that_comes_twice_in_a_night_is_told_in_utc_when_the_second_is_meant() -> None:
    first, second = (one(f"DTSTART:2027103{day}Z") for day in ("1T003000", "1T013000"))
    assert (f"{first.starts:%H:%M}", first.zone) == ("01:30", None)
    assert (f"{second.starts:%H:%M}", second.zone) == ("01:30", "UTC")


@pytest.mark.parametrize(
    ("wall", "in_london"),
    [
        ("20190701T120000", "07-01 11:00"),  # Before anything that is said: two hours ahead.
        ("20270301T120000", "03-01 11:00"),
        ("20270328T013000", "03-28 00:30"),
        ("20270328T023000", "03-28 02:30"),  # A time that is left out comes as much later.
        ("20270328T030000", "03-28 02:00"),
        ("20270701T120000", "07-01 11:00"),
        ("20271031T023000", "10-31 01:30"),  # A time that comes twice means the first.
        ("20271031T030000", "10-31 02:00"),
        ("20271201T120000", "12-01 11:00"),
    ],
)
def test_a_zone_that_only_the_file_describes_is_understood(wall: str, in_london: str) -> None:
    assert zoned(wall, *_ZONE) == in_london


@pytest.mark.parametrize(
    ("until", "in_london"),
    [
        ("20300101T000000Z", "07-01 11:00"),
        ("99991231T235959Z", "07-01 11:00"),
        ("20260101T000000Z", "07-01 12:00"),
    ],
)
def test_a_rule_of_such_a_zone_holds_as_long_as_it_says(until: str, in_london: str) -> None:
    yearly = "RRULE:FREQ=YEARLY;BYMONTH={};BYDAY=-1SU"
    zone = [
        "BEGIN:VTIMEZONE",
        "TZID:Ours",
        "BEGIN:STANDARD",
        "DTSTART:16011028T020000",
        yearly.format(10),
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010325T010000",
        yearly.format(3) + f";UNTIL={until}",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+010000",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]
    assert zoned("20270701T110000", *zone) == in_london


def test_two_files_may_call_two_zones_by_one_name() -> None:
    def fixed(ahead: str) -> tuple[str, ...]:
        return (
            "BEGIN:VTIMEZONE",
            "TZID:Ours",
            "BEGIN:STANDARD",
            "DTSTART:20200101T000000",
            f"TZOFFSETFROM:{ahead}",
            f"TZOFFSETTO:{ahead}",
            "END:STANDARD",
            "END:VTIMEZONE",
        )

    assert zoned("20270201T120000", *fixed("+0100")) == "02-01 11:00"
    assert zoned("20270201T120000", *fixed("-0500")) == "02-01 17:00"


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ((), 55),
        (("DTEND:20270208T101500Z",), 45),
        (("DURATION:PT1H30M",), 90),
        (("DURATION:P1D",), 1440),
        (("DTEND:20270208T093000Z",), 55),
        (("DTEND:20270208T093020Z",), 1),
        (("DTEND;TZID=America/New_York:20270208T053000",), 60),
    ],
)
def test_how_long_it_takes_is_as_the_diary_says_else_55_minutes(
    given: tuple[str, ...], minutes: int
) -> None:
    assert one(STARTS, *given).minutes == minutes


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("STATUS:CONFIRMED", Status.APPROVED),
        ("STATUS:TENTATIVE", Status.SUBMITTED),
        ("STATUS:cancelled", Status.CANCELLED),
        ("STATUS:", Status.APPROVED),
        ("STATUS:NEEDS-ACTION", Status.APPROVED),
    ],
)
def test_how_far_it_is(given: str, status: Status) -> None:
    assert one(STARTS, given).status is status


def test_a_file_that_cancels_cancels_all_that_is_in_it() -> None:
    read = told(diary("METHOD:CANCEL", event(STARTS, "STATUS:CONFIRMED")))
    assert [each.status for each in read.sessions] == [Status.CANCELLED]


@pytest.mark.parametrize(
    ("given", "host"),
    [
        (("ORGANIZER;CN=Ada Lovelace:mailto:ada@example.org",), "Ada Lovelace"),
        (("ORGANIZER;CN=ada@example.org:mailto:ada@example.org",), ""),
        (("ORGANIZER:mailto:ada@example.org",), ""),
        (("ORGANIZER;CN=Ada:mailto:a@b.org", "DESCRIPTION:Come.\\nHost: Ben"), "Ben"),
        (("DESCRIPTION:host:  Ben \\nHost: Cai",), "Ben"),
        (("DESCRIPTION:Our host: Ben",), ""),
    ],
)
def test_who_holds_it(given: tuple[str, ...], host: str) -> None:
    assert one(STARTS, *given).host == host


@pytest.mark.parametrize(
    ("given", "kind", "theme"),
    [
        ((), EventType.SESSION, ""),
        (("CATEGORIES:Care",), EventType.SESSION, "Care"),
        (("CATEGORIES:Care,Café,Time\\, slow",), EventType.CAFE, "Care, Time, slow"),
        (("CATEGORIES:Launch", "CATEGORIES:Visit,"), EventType.LAUNCH, "Visit"),
        (("CATEGORIES:OPENING",), EventType.OPENING, ""),
    ],
)
def test_what_kind_it_is_and_what_about(
    given: tuple[str, ...], kind: EventType, theme: str
) -> None:
    session = one(STARTS, *given)
    assert (session.kind, session.theme) == (kind, theme)


def test_where_it_is_and_what_else_is_said_of_it_is_not_kept() -> None:
    session = one(STARTS, "LOCATION:Canary Hall", "DESCRIPTION:canary words", "COMMENT:canary")
    assert "canary" not in repr(session).lower()


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("A\\, b\\; c\\\\d\\ne", "A, b; c\\d e"),
        ("Bell \x07 and \x1b[31mred", "Bell and [31mred"),
        ("turned \u202egnorw", "turned gnorw"),
        ("👩🏽\u200d🚒 fire", "👩🏽\u200d🚒 fire"),
        ("", "Untitled session"),
        ("\x00", "Untitled session"),
    ],
)
def test_text_is_one_line_without_control_characters(title: str, plain: str) -> None:
    assert one(STARTS, title=title).title == plain


def test_text_that_is_too_long_is_cut_and_that_is_told() -> None:
    long = event(STARTS, "DESCRIPTION:Access: " + "a" * 3000, title="b" * 300)
    read = told(diary(long, event(STARTS, uid="two", title="short")))
    [clipped] = [each for each in read.sessions if each.title != "short"]
    assert (len(clipped.title), len(clipped.access)) == (200, 1000)
    assert read.clipped == ("b" * 200,)


def test_a_description_may_be_as_long_as_a_book() -> None:
    assert one(STARTS, "DESCRIPTION:Host: Ada\\n" + "word " * 40_000).host == "Ada"


@pytest.mark.parametrize(
    ("given", "sequence"),
    [("SEQUENCE:7", 7), ("SEQUENCE:", 0), ("SEQUENCE:-1", 0), ("SEQUENCE:99999999999", 2**31 - 1)],
)
def test_how_often_it_was_changed(given: str, sequence: int) -> None:
    assert one(STARTS, given).sequence == sequence


def test_a_session_that_moves_keeps_its_name() -> None:
    before = one(STARTS)
    after = one("DTSTART:20270301T180000Z", title="Another title")
    assert before.id == after.id
    assert one(STARTS).id != told(diary(event(STARTS, uid="two"))).sessions[0].id


def test_the_sessions_of_a_series_keep_their_names_when_its_hour_changes() -> None:
    def weekly(hour: str) -> list[str]:
        rule = "RRULE:FREQ=WEEKLY;COUNT=3"
        return [each.id for each in told(diary(event(f"DTSTART:20270208T{hour}Z", rule))).sessions]

    assert weekly("093000") == weekly("140000")
    assert len(set(weekly("093000"))) == 3


def test_a_uid_of_any_length_names_its_session() -> None:
    read = told(diary(event(STARTS, uid="u" * 300), event(STARTS, uid="u" * 299)))
    assert len({each.id for each in read.sessions}) == 2
    assert all(len(each.uid) <= 255 for each in read.sessions)


def test_of_two_versions_the_one_that_was_changed_more_often_holds() -> None:
    newer = event("SEQUENCE:2", "DTSTART:20270209T093000Z")
    older = event("SEQUENCE:1", STARTS)
    for content in (diary(newer, older), diary(older, newer)):
        assert starts(content) == ["02-09 09:30"]


def test_only_the_days_that_are_asked_for_are_read_and_what_is_outside_is_counted() -> None:
    content = diary(
        event(STARTS, uid="a"),
        event("DTSTART:20270210T000000Z", uid="b"),
        event("DTSTART:20270210T235900Z", uid="c"),
        event("DTSTART:20270211T000000Z", uid="d"),
    )
    days = {"first": date(2027, 2, 10), "last": date(2027, 2, 10)}
    read = told(content, **days)
    assert [each.uid for each in read.sessions] == ["b", "c"]
    assert read.outside == 2


def test_it_looks_a_year_ahead_of_the_first_when_nobody_says_how_far() -> None:
    yearly = event(STARTS, "RRULE:FREQ=YEARLY")
    assert starts(diary(yearly)) == ["02-08 09:30", "02-08 09:30"]
    assert len(starts(diary(yearly), first=date(2027, 6, 1))) == 1
    assert starts(diary(yearly), last=date(2027, 6, 1)) == ["02-08 09:30"]


def test_a_calendar_with_nothing_in_it_gives_nothing() -> None:
    read = told(diary("X-WR-TIMEZONE:Mars/Olympus"))
    assert (read.sessions, read.title, read.zone, read.outside) == ((), "", "", 0)


def test_several_calendars_may_stand_in_one_file() -> None:
    content = diary("NAME:One", event(STARTS)) + diary(event(STARTS, uid="two"))
    read = told(content)
    assert (read.title, len(read.sessions)) == ("One", 2)


def test_lines_may_end_in_any_way_and_a_mark_may_stand_before_the_first() -> None:
    content = diary(event(STARTS))
    for other in (
        content.replace(b"\r\n", b"\n"),
        content.replace(b"\r\n", b"\r"),
        b"\xef\xbb\xbf" + content,
        content.replace(b"SUMMARY:Talk", b"summary:Ta\r\n lk"),
        content.replace(b"SUMMARY:Talk", b"SUMMARY:Talk\r\nno line of a calendar"),
    ):
        assert told(other) == told(content)


def test_two_festivals_may_have_sessions_of_one_name() -> None:
    uids = [f"opening.{festival}.skerry@example.org" for festival in ("summer", "winter")]
    read = told(diary(*(event(STARTS, uid=uid) for uid in uids)))
    ids = [each.id for each in read.sessions]
    assert ids[0] == "opening"
    assert len(set(ids)) == 2


def test_a_clock_of_the_festivals_own_is_used_where_no_zone_is_named() -> None:
    [session] = read(diary(event("DTSTART:20270208T093000")), zone="Asia/Tokyo").sessions
    assert festival(session, zone="Asia/Tokyo").slots[0].starts == datetime(
        2027, 2, 8, 0, 30, tzinfo=UTC
    )
