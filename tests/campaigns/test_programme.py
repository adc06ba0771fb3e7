"""Whatever is wrong with a festival's file is told, each with one clear line and its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.campaigns import programme
from bot.campaigns.programme import FaultyFestivalError
from bot.flows.faults import Fault
from scheduler.festival import EventType, Festival, Status
from tests.scheduler.builders import at

GOOD = """\
name: spring
title: Spring gathering
opens: 2027-02-08
closes: 2027-02-11
zone: Europe/London
sessions:
  - id: one
    title: One
    starts: 2027-02-08 09:30
    minutes: 55
  - id: two
    title: Two
    kind: cafe
    starts: 2027-02-08 11:00
    ends: 2027-02-08 12:00
    status: postponed
    zone: Europe/Berlin
    capacity: 30
"""
SESSIONS = GOOD[GOOD.index("sessions:") :]


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "spring.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def faults(folder: Path, text: str | bytes) -> tuple[Fault, ...]:
    """The faults of a festival's file; none when it is right."""
    try:
        programme.read(written(folder, text))
    except FaultyFestivalError as wrong:
        return wrong.faults
    return ()


def told(folder: Path, text: str | bytes) -> list[tuple[int, str]]:
    """The lines and faults; each has a mend, and is one line."""
    found = faults(folder, text)
    assert all(fault.mend and "\n" not in fault.fault + fault.mend for fault in found)
    return [(fault.line, fault.fault) for fault in found]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_festival_is_read_as_it_is_written(tmp_path: Path) -> None:
    festival = programme.read(written(tmp_path, GOOD))
    assert (festival.name, festival.title) == ("spring", "Spring gathering")
    assert (festival.opens_at, festival.closes_at) == (at("2027-02-08"), at("2027-02-12"))
    one, two = festival.sessions
    assert (one.kind, one.status, one.minutes) == (EventType.SESSION, Status.APPROVED, 55)
    assert (two.kind, two.status, two.capacity) == (EventType.CAFE, Status.POSTPONED, 30)
    assert [slot.session.id for slot in festival.slots] == ["one"]
    assert [(slot.starts, slot.ends) for slot in festival.off] == [
        (at("2027-02-08 10:00"), at("2027-02-08 11:00"))
    ]
    assert Festival.model_validate_json(festival.model_dump_json()) == festival


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        # Dates.
        (
            "closes: 2027-02-11",
            "closes: 2027-02-01",
            4,
            "it closes on 2027-02-01, before it opens",
        ),
        (
            "closes: 2027-02-11",
            "closes: 2027-02-08 00:00",
            4,
            "closes on 2027-02-08 00:00, before",
        ),
        ("closes: 2027-02-11", "closes: 2028-03-11", 4, "it lasts more than a year"),
        ("closes: 2027-02-11", "closes: 9999-12-31", 4, "it closes in the year 9999"),
        ("opens: 2027-02-08", "opens: 0001-01-01", 3, "it opens in the year 1"),
        ("opens: 2027-02-08", "opens: 2027-02-30", 3, "`2027-02-30` is not a date"),
        ("opens: 2027-02-08", "opens: 2027-2-8", 3, "`2027-2-8` is not a date"),
        ("opens: 2027-02-08", "opens: 8 February", 3, "`8 February` is not a date"),
        ("opens: 2027-02-08", "opens: 1804032000", 3, "`1804032000` is not a date"),
        ("opens: 2027-02-08", "opens: 2027-02-08 24:00", 3, "`2027-02-08 24:00` is not a date"),
        ("opens: 2027-02-08", "opens: 2027-02-08T10:00Z", 3, "`2027-02-08T10:00Z` is not a date"),
        ("opens: 2027-02-08", "opens: [2027-02-08]", 3, "this is not a date"),
        ("opens: 2027-02-08", "opens:", 3, "this is not a date"),
        ("opens: 2027-02-08\n", "", 1, "`opens` is missing"),
        # Times of sessions.
        ("starts: 2027-02-08 11:00", "starts: 2027-02-08", 14, "is not a date and a time of day"),
        ("starts: 2027-02-08 11:00", "starts: 11:00", 14, "`11:00` is not a date and a time"),
        ("starts: 2027-02-08 11:00", "starts: 2027-02-31 11:00", 14, "is not a date and a time"),
        ("starts: 2027-02-08 11:00", "starts: 2027-02-08 11:00:30", 14, "is not a date and a"),
        (
            "starts: 2027-02-08 11:00",
            "starts: 2027-02-08 12:00",
            15,
            "`two` ends before it starts",
        ),
        ("starts: 2027-02-08 09:30", "starts: 2028-02-08 09:30", 9, "`one` lies far from the"),
        ("starts: 2027-02-08 09:30", "starts: 9999-12-31 23:30", 9, "`one` lies far from the"),
        ("starts: 2027-02-08 09:30", "starts: 2026-02-08 09:30", 9, "`one` lies far from the"),
        ("    starts: 2027-02-08 11:00\n", "", 11, "`starts` is missing"),
        ("ends: 2027-02-08 12:00", "ends: noon", 15, "`noon` is not a date and a time of day"),
        ("ends: 2027-02-08 12:00", "ends: 2027-02-08 11:00", 15, "`two` ends before it starts"),
        ("minutes: 55", "minutes: 0", 10, "`0` is out of range for `minutes`"),
        ("minutes: 55", "minutes: 1441", 10, "`1441` is out of range for `minutes`"),
        ("minutes: 55", "minutes: an hour", 10, "must be a whole number, not `an hour`"),
        # Zones.
        ("zone: Europe/London", "zone: Europe/Edinburgh", 5, "no time zone `Europe/Edinburgh`"),
        ("zone: Europe/London", "zone: GMT+1", 5, "there is no time zone `GMT+1`"),
        ("zone: Europe/London", "zone: ../../etc/passwd", 5, "no time zone `../../etc/passwd`"),
        ("zone: Europe/Berlin", "zone: Europe/Berlim", 17, "no time zone `Europe/Berlim`"),
        # Names.
        ("id: two", "id: one", 11, "two sessions are named `one`"),
        ("id: two", "id: Two words", 11, "`Two words` cannot be a name"),
        ("id: two", "id:", 11, "`id` must be words"),
        ("    title: Two\n", "", 11, "`title` is missing"),
        ("name: spring", "name: summer", 1, "named `summer`, and its file `spring`"),
        ("name: spring", "name: My spring", 1, "`My spring` cannot be a name"),
        ("title: Spring gathering", "title: ''", 2, "`title` is empty"),
        ("title: Spring gathering", f"title: {'x' * 61}", 2, "longer than 60 characters"),
        # Keys that are misspelt or stand twice.
        ("opens:", "opened:", 3, "`opened` has no meaning here"),
        ("title: Spring", "tittel: Spring", 2, "`tittel` has no meaning here"),
        ("title: Two", "tittel: Two", 12, "`tittel` has no meaning here"),
        ("minutes: 55", "minuets: 55", 10, "`minuets` has no meaning here"),
        ("sessions:", "session:", 6, "`session` has no meaning here"),
        ("minutes: 55", "attended: 12", 10, "`attended` has no meaning here"),
        ("name: spring", "name: spring\nname: spring", 2, "`name` stands twice"),
        # Kinds, and how far it is.
        ("kind: cafe", "kind: café", 13, "`café` is not a kind of session"),
        ("status: postponed", "status: off", 16, "`off` is not a status"),
        ("capacity: 30", "capacity: 0", 18, "`0` is out of range for `capacity`"),
        # What is no list of sessions.
        (SESSIONS, "sessions: none\n", 6, "`sessions` must be a list"),
        (SESSIONS, "sessions:\n  - one\n", 7, "must hold names with values"),
        # What is no festival.
        (GOOD, "", 1, "the file is empty"),
        (GOOD, "- spring\n", 1, "the file holds no festival"),
        (GOOD, "spring\n", 1, "the file holds no festival"),
        (GOOD, "name: spring\n\ttitle: x\n", 2, "a tab stands at the start of the line"),
        (GOOD, "name: [spring\n", 1, "the file cannot be read from here"),
        # What could swell or bite.
        (GOOD, "a: &a [x, x]\nb: [*a, *a]\n", 1, "`&a` names a place to refer to"),
        (GOOD, "name: *a\n", 1, "`*a` refers to another place"),
        (GOOD, "name: !!python/name:os.system x\n", 1, "gives a type"),
        (GOOD, "name: " + "[" * 5000 + "]" * 5000, 1, "more than 20 levels"),
    ],
)
def test_what_is_wrong_is_told_once_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    [(where, fault)] = told(tmp_path, changed(old, new))
    assert where == line
    assert said in fault


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("closes: 2027-02-11", "closes: 2027-02-08"),
        ("closes: 2027-02-11", "closes: 2027-02-11 18:00"),
        ("opens: 2027-02-08", "opens: 2027-02-08T10:00"),
        ("zone: Europe/London\n", ""),
        (SESSIONS, ""),
        ("    minutes: 55\n", ""),
        ("ends: 2027-02-08 12:00", "ends:"),
        ("starts: 2027-02-08 09:30", "starts: 2027-01-08 09:30"),
        ("id: one", "id: 1-harbour_2"),
    ],
)
def test_what_is_right_is_not_told(tmp_path: Path, old: str, new: str) -> None:
    assert told(tmp_path, changed(old, new)) == []


def test_everything_wrong_is_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = changed("id: two", "id: one").replace("2027-02-11", "2027-02-01")
    text = text.replace("ends: 2027-02-08 12:00", "ends: 2027-02-08 10:00")
    assert [line for line, _ in told(tmp_path, text.replace("name: spring", "name: x"))] == [
        *(1, 4, 11, 15)
    ]


def test_near_words_are_offered(tmp_path: Path) -> None:
    text = changed("opens:", "opns:").replace("kind: cafe", "kind: caffe")
    with pytest.raises(FaultyFestivalError) as wrong:
        programme.read(written(tmp_path, text.replace("postponed", "postponded")))
    assert [fault.mend for fault in wrong.value.faults] == [
        *("Did you mean `opens`?", "Did you mean `cafe`?", "Did you mean `postponed`?")
    ]
    assert str(wrong.value).endswith("line 3: `opns` has no meaning here. Did you mean `opens`?")


def test_a_city_finds_its_zone(tmp_path: Path) -> None:
    assert faults(tmp_path, changed("Europe/London", "Glasgow")) == (
        Fault(
            file=str(tmp_path / "spring.yaml"),
            line=5,
            fault="there is no time zone `Glasgow`",
            mend="Did you mean `Europe/London`?",
        ),
    )


def test_a_file_that_is_not_there_or_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FaultyFestivalError, match="there is no such file"):
        programme.read(tmp_path / "spring.yaml")
    (tmp_path / "spring.yaml").mkdir()
    with pytest.raises(FaultyFestivalError, match="the file cannot be opened"):
        programme.read(tmp_path / "spring.yaml")
    assert told_bytes(tmp_path / "inner") == [(1, "the file is not UTF-8 text")]


def told_bytes(folder: Path) -> list[tuple[int, str]]:
    folder.mkdir()
    return told(folder, b"name: \xff\n")


def test_five_hundred_sessions_and_no_more(tmp_path: Path) -> None:
    one = "  - {{id: s{}, title: S, starts: 2027-02-08 09:30}}\n"
    many = changed(SESSIONS, "sessions:\n" + "".join(map(one.format, range(500))))
    assert told(tmp_path, many) == []
    assert told(tmp_path, many + one.format(500)) == [(6, "`sessions` has more than 500 entries")]
