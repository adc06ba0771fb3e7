"""A festival's instants, days and sessions, and what becomes of them when it moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.calendar import zone
from scheduler.festival import OFF, ON, EventType, Festival, Session, Status, faults, moved
from tests.scheduler.builders import at


def festival(**fields: Any) -> Festival:  # noqa: ANN401 - Whatever a festival has.
    usual = {"name": "spring", "title": "Spring", "opens": "2027-02-08", "closes": "2027-02-11"}
    return Festival.model_validate(usual | fields)


def session(name: str, starts: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - As above.
    return {"id": name, "title": name, "starts": starts, **fields}


def test_dates_alone_open_at_midnight_and_close_at_the_next() -> None:
    spring = festival()
    assert (spring.opens_at, spring.closes_at) == (at("2027-02-08"), at("2027-02-12"))
    assert [day.day for day in spring.days] == [8, 9, 10, 11]
    assert (spring.first, spring.last) == (date(2027, 2, 8), date(2027, 2, 11))


def test_midnight_is_that_of_its_own_zone() -> None:
    there = festival(zone="Pacific/Auckland")
    assert (there.opens_at, there.closes_at) == (at("2027-02-07 11:00"), at("2027-02-11 11:00"))
    assert there.first == date(2027, 2, 8)


def test_times_are_taken_as_they_are() -> None:
    spring = festival(opens="2027-02-08 09:30", closes="2027-02-11T16:00")
    assert (spring.opens_at, spring.closes_at) == (at("2027-02-08 09:30"), at("2027-02-11 16:00"))
    assert len(spring.days) == 4


@pytest.mark.parametrize(
    ("opens", "closes", "days"),
    [
        ("2027-02-08", "2027-02-08", [8]),
        # Midnight after the eleventh is the end of the eleventh, not a fifth day.
        ("2027-02-08", "2027-02-12 00:00", [8, 9, 10, 11]),
        ("2027-02-08", "2027-02-12 00:01", [8, 9, 10, 11, 12]),
        ("2027-02-08 10:00", "2027-02-08 12:00", [8]),
        # Whatever is wrong with it, it has a first day.
        ("2027-02-08", "2027-02-08 00:00", [8]),
    ],
)
def test_its_days_are_dates(opens: str, closes: str, days: list[int]) -> None:
    assert [day.day for day in festival(opens=opens, closes=closes).days] == days


def test_a_day_is_as_long_as_it_is() -> None:
    """London's clocks go forward on 28 March 2027 and back on 31 October."""
    spring = festival(opens="2027-03-28", closes="2027-03-28")
    autumn = festival(opens="2027-10-31", closes="2027-10-31")
    assert spring.closes_at - spring.opens_at == timedelta(hours=23)
    assert autumn.closes_at - autumn.opens_at == timedelta(hours=25)


PROGRAMME = [
    session("late", "2027-02-09 20:30", ends="2027-02-09 21:30"),
    session("early", "2027-02-08 08:00", kind="opening"),
    session("there", "2027-02-08 11:00", zone="Europe/Berlin", minutes=90),
    session("long", "2027-02-08 08:00", minutes=90),
]


def test_slots_are_in_the_order_of_time_with_their_instants() -> None:
    spring = festival(sessions=PROGRAMME)
    assert [(slot.session.id, slot.starts, slot.ends) for slot in spring.slots] == [
        ("early", at("2027-02-08 08:00"), at("2027-02-08 08:55")),
        ("long", at("2027-02-08 08:00"), at("2027-02-08 09:30")),
        ("there", at("2027-02-08 10:00"), at("2027-02-08 11:30")),
        ("late", at("2027-02-09 20:30"), at("2027-02-09 21:30")),
    ]
    assert spring.off == ()


@pytest.mark.parametrize("status", list(Status))
def test_only_what_is_approved_or_live_takes_place(status: Status) -> None:
    spring = festival(sessions=[session("one", "2027-02-08 09:30", status=status)])
    assert bool(spring.slots) is (status in ON)
    assert bool(spring.off) is (status in OFF)
    assert not ON & OFF


def test_a_session_is_minutes_long_however_the_clocks_go() -> None:
    night = festival(
        opens="2027-03-28", closes="2027-03-28", sessions=[session("one", "2027-03-28 00:30")]
    )
    assert [slot.ends for slot in night.slots] == [at("2027-03-28 01:25")]
    lost = festival(
        opens="2027-03-28", closes="2027-03-28", sessions=[session("one", "2027-03-28 01:30")]
    )
    assert [slot.starts for slot in lost.slots] == [at("2027-03-28 01:00")]


# Moving.


def test_everything_moves_by_as_many_days_and_keeps_its_wall_time() -> None:
    spring = festival(opens="2027-02-08 09:30", sessions=PROGRAMME)
    later = moved(spring, date(2027, 5, 10))
    assert later.opens == datetime(2027, 5, 10, 9, 30)  # noqa: DTZ001 - A wall time.
    assert later.closes == date(2027, 5, 13)
    assert [slot.session.id for slot in later.slots] == [slot.session.id for slot in spring.slots]
    for before, after in zip(spring.sessions, later.sessions, strict=True):
        assert after.starts - before.starts == timedelta(days=91)
        assert (after.id, after.title, after.kind) == (before.id, before.title, before.kind)
    # In summer time the same walls are an hour earlier.
    assert later.opens_at - spring.opens_at == timedelta(days=91, hours=-1)
    assert later.slots[0].starts == at("2027-05-10 07:00")


def test_sessions_that_end_at_a_time_move_their_end() -> None:
    later = moved(festival(sessions=PROGRAMME), date(2027, 2, 9))
    assert later.slots[-1].ends == at("2027-02-10 21:30")


def test_there_and_back_is_where_it_was() -> None:
    spring = festival(closes="2027-02-11 16:00", sessions=PROGRAMME)
    assert moved(moved(spring, date(2027, 10, 4)), date(2027, 2, 8)) == spring
    assert moved(spring, date(2027, 2, 8)) == spring


def test_its_last_day_may_be_another() -> None:
    longer = moved(festival(), date(2027, 2, 15), date(2027, 2, 20))
    assert (longer.first, longer.last, len(longer.days)) == (
        date(2027, 2, 15),
        date(2027, 2, 20),
        6,
    )
    timed = moved(festival(closes="2027-02-11 16:00"), date(2027, 2, 8), date(2027, 2, 12))
    assert timed.closes_at == at("2027-02-12 16:00")


@given(
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    st.sampled_from(["Europe/London", "America/Nuuk", "Australia/Lord_Howe", "Africa/Cairo"]),
)
@settings(max_examples=100, deadline=None)
def test_wherever_it_moves_its_clock_shows_what_it_showed(day: date, where: str) -> None:
    spring = festival(zone=where, sessions=[session("one", "2027-02-08 09:30")])
    later = moved(spring, day)
    wall = later.slots[0].starts.astimezone(zone(where))
    assert f"{wall:%F %H:%M}" == f"{day} 09:30"
    assert later.first == day
    assert later.last - later.first == spring.last - spring.first
    assert later.closes_at.astimezone(zone(where)).date() == later.last + timedelta(days=1)


# What is refused, and what makes no sense.


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": "2027-02-30"},
        {"opens": "soon"},
        {"opens": 1_804_032_000},
        {"opens": None},
        {"opens": "2027-02-08 9:30"},
        {"closes": "2027-02-11T16:00Z"},
        {"title": ""},
        {"name": "Spring"},
        {"colour": "blue"},
        {"sessions": [session("one", "2027-02-08")]},
        {"sessions": [session("one", "2027-02-08 09:30", ends="later")]},
        {"sessions": [session("One", "2027-02-08 09:30")]},
        {"sessions": [session("one", "2027-02-08 09:30", attended=12)]},
    ],
)
def test_what_is_no_festival_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        festival(**wrong)


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        ("2027-02-08", "2027-02-07", "it closes on 2027-02-07, before it opens on 2027-02-08"),
        (
            "2027-02-08 10:00",
            "2027-02-08 09:00",
            "it closes on 2027-02-08 09:00, before it opens on 2027-02-08 10:00",
        ),
        ("2027-02-08", "2028-02-08", None),
        ("2027-02-08", "2028-02-09", "it lasts more than a year"),
        ("0001-01-01", "0001-01-02", "it opens in the year 1"),
        ("2027-02-08", "9999-12-31", "it closes in the year 9999"),
        ("2027-02-08", "2027-02-08", None),
    ],
)
def test_what_makes_no_sense_is_told(opens: str, closes: str, said: str | None) -> None:
    found = [fault for _, fault, _ in faults(festival(opens=opens, closes=closes))]
    assert found == ([said] if said else [])


def test_a_festival_survives_being_stored() -> None:
    spring = festival(opens="2027-02-08 09:30", sessions=PROGRAMME)
    assert Festival.model_validate_json(spring.model_dump_json()) == spring
    assert Festival.model_validate(spring.model_dump()) == spring
    assert {kind.value for kind in EventType} >= {session.kind for session in spring.sessions}
    assert all(isinstance(each, Session) for each in spring.sessions)
