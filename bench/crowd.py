"""People in 40 zones, each with their own rhythm, and a campaign of 30 steps for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Connection, insert

from bot.records import Platform
from bot.store.opening import Store
from bot.store.tables import address, new_id, participant
from bot.trust.databases import writing
from scheduler.campaign import Campaign, Weekday
from scheduler.holidays import is_holiday
from scheduler.person import Person

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Dhaka",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Karachi",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Singapore",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/London",
    "Europe/Madrid",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)
_REGION = "GB-SCT"
_SUNDAY = 6
_DAYS = ((0,), (0, 1, 2, 3), (1, 3), (0, 2, 4), (2, 3, 4, 5), tuple(range(7)))
#: Quarters of an hour from 07:00 to 20:45.
_MINUTES = range(7 * 60, 21 * 60, 15)
_WINDOWS = ((480, 1080), (540, 720), (720, 1320), (1320, 120))
_HOLIDAYS = ("", "GB-SCT", "GB-ENG", "IE", "IN")
#: How many people share a transaction while they are stored.
_CHUNK = 10_000

T = TypeVar("T")


def campaign(first: date, practice: str = "weekly") -> Campaign:
    """Four weeks of 30 steps: on dates, weekly, every second week, monthly, at random."""
    dates = islice(cycle(_open_days(first)), 22)
    steps: list[dict[str, Any]] = [
        {"when": {"kind": "dates", "on": [day.isoformat()]}, "at": f"{9 + number % 9:02}:30"}
        for number, day in enumerate(dates)
    ]
    steps.extend(
        {"when": {"kind": "weekly", "on": [day]}, "at": f"{10 + number}:00"}
        for number, day in enumerate(("monday", "tuesday", "thursday", "friday"))
    )
    steps.extend(
        {"when": {"kind": "weekly", "on": [day], "every": 2}, "at": "12:15"}
        for day in ("wednesday", "saturday")
    )
    steps.extend(
        (
            {"when": {"kind": "monthly", "day": (first + timedelta(days=9)).day}, "at": "09:00"},
            {"when": {"kind": "random", "times": 2, "window": "12:00-15:00"}},
        )
    )
    told = {
        "name": "thirty",
        "title": "Thirty steps",
        "starts": first.isoformat(),
        "weeks": 4,
        "holidays": _REGION,
        "working_days": [day.value for day in tuple(Weekday)[:6]],
        "quiet": "14:45-15:15",
        "steps": [
            {"id": f"step_{number}", "practice": practice} | step
            for number, step in enumerate(steps, 1)
        ],
    }
    return Campaign.model_validate_json(json.dumps(told))


def _open_days(first: date) -> list[date]:
    """The working days of the four weeks, Saturdays among them."""
    days = [first + timedelta(days=ahead) for ahead in range(28)]
    return [day for day in days if day.weekday() != _SUNDAY and not is_holiday(_REGION, day)]


def person(number: int, joined_at: datetime, *, alike: bool = True) -> Person:
    """Somebody, the same for the same number; half chose nothing, or no two are alike.

    Those of whom no two are alike joined one second after the other.
    """
    chance = Random(number)  # noqa: S311 - Which rhythm somebody has need not be secret.

    def mostly(share: float, choices: Sequence[T]) -> T | None:
        return None if chance.random() < share else chance.choice(choices)

    return Person(
        id=f"{number:032x}",
        zone=chance.choice(ZONES),
        joined_at=joined_at if alike else joined_at + timedelta(seconds=number),
        platforms=frozenset({Platform.TELEGRAM}),
        days=mostly(0.6, _DAYS),
        minute=mostly(0.5, _MINUTES),
        window=mostly(0.8, _WINDOWS),
        holidays=mostly(0.7, _HOLIDAYS),
    )


def stored(store: Store, count: int, joined_at: datetime) -> None:
    """Store so many of them, each with an address; none has a key."""
    for first in range(0, count, _CHUNK):
        found = [person(each, joined_at) for each in range(first, min(first + _CHUNK, count))]
        with writing(store.engine).begin() as conn:
            _store(conn, found)


def _store(conn: Connection, found: Sequence[Person]) -> None:
    conn.execute(insert(participant), [_row(each) for each in found])
    rows = [
        {
            "id": new_id(),
            "participant": each.id,
            "platform": "telegram",
            "place": each.id,
            "added_at": each.joined_at,
        }
        for each in found
    ]
    conn.execute(insert(address), rows)


def _row(each: Person) -> dict[str, object]:
    opens, closes = each.window or (None, None)
    chosen = ("" if each.days is None else "d") + ("" if each.minute is None else "h")
    return {
        "id": each.id,
        "standing": "active",
        "language": "en",
        "zone": each.zone,
        "zone_chosen": True,
        "days": "".join(map(str, each.days or range(5))),
        "minute": 540 if each.minute is None else each.minute,
        "keeps": True,
        "created_at": each.joined_at,
        "joined_at": each.joined_at,
        "chosen": chosen,
        "window_from": opens,
        "window_to": closes,
        "holidays": "none" if not each.holidays and each.holidays is not None else each.holidays,
    }


def midnight(day: date) -> datetime:
    """The first instant (UTC) of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
