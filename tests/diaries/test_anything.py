"""Whatever is in a file, it is read or refused in one line."""

from __future__ import annotations

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.diaries.faults import DiaryError
from tests.diaries.diary import diary, event, sample, told

_LINES = [
    line
    for name in ("google", "outlook", "apple")
    for line in sample(name).decode().replace("\r\n ", "").replace("\r\n\t", "").splitlines()
]
_PIECES = st.sampled_from(
    ["", "0", "9" * 20, ":", ";", "=", ",", '"', "\\", "\x00", "Z", "-", "P", "T", "é", "\u202e"]
)
_NAMES = st.sampled_from(
    [
        "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID",
        "SEQUENCE",
        "STATUS", "UID", "BEGIN", "END", "CATEGORIES", "ORGANIZER", "DESCRIPTION",
        "DTSTART;TZID=Europe/London", "RDATE;VALUE=PERIOD",
    ]
)  # fmt: skip
_VALUES = st.one_of(
    st.sampled_from(
        [
            "20270208T093000Z", "20270328T013000", "20270208", "00010101T000000", "-1",
            "19000101T000000Z", "22001231T235959", "PT1H", "-P9999D", "P999W", "1", "VEVENT",
            "99991231T235959Z", "VTIMEZONE", "FREQ=DAILY",
            "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2;INTERVAL=9999",
            "FREQ=WEEKLY;COUNT=9999;BYDAY=MO", "FREQ=MONTHLY;BYSETPOS=-366;BYDAY=-5MO",
            "FREQ=DAILY;UNTIL=00010101", "20270208T093000Z/PT1H,20270209", "CONFIRMED",
        ]
    ),
    st.text(max_size=12),
)  # fmt: skip
whatever = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def taken(content: bytes) -> None:
    with contextlib.suppress(DiaryError):
        read = told(content)
        assert len(read.sessions) <= 500
        assert len({each.id for each in read.sessions}) == len(read.sessions)


@whatever
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    taken(content)
    taken(diary("BEGIN:VEVENT") + content)


@whatever
@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=6))
def test_any_properties(properties: list[tuple[str, str]]) -> None:
    lines = [f"{name}:{value}" for name, value in properties]
    safe = [line.encode(errors="replace").decode() for line in lines]
    taken(diary(event(*safe)))
    taken(diary(event("DTSTART:20270208T093000Z", *safe)))


@whatever
@given(
    st.lists(st.tuples(st.integers(0, len(_LINES) - 1), st.integers(0, 60), _PIECES), max_size=4),
    st.lists(st.integers(0, len(_LINES) - 1), max_size=2),
)
def test_real_files_with_something_changed(
    changed: list[tuple[int, int, str]], gone: list[int]
) -> None:
    lines = list(_LINES)
    for index, place, piece in changed:
        lines[index] = lines[index][:place] + piece + lines[index][place + 1 :]
    taken("\r\n".join(line for index, line in enumerate(lines) if index not in gone).encode())
