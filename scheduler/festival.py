"""A festival: an event with dates and sessions, by which campaigns go. Pure.

Its times are wall-clock times in its own zone. One that gives dates alone opens at 00:00 of the
first and closes at 24:00 of the last (CALENDAR 3). Who came to which session is not here: that is
asked of people, never taken from a booking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.engine.flow import Name
from scheduler.calendar import instant, zone

#: Staff give dates as `2027-02-08` and times of a day as `2027-02-08 09:30`.
_DATE = r"\d{4}-\d{2}-\d{2}"
_WALL = rf"{_DATE}[ T]([01]\d|2[0-3]):[0-5]\d(:00)?"
_ONE = timedelta(days=1)
#: The most days between its first and its last.
_LONGEST = 365
#: Years in which it may lie; others are slips.
YEARS = range(1990, 3000)


def _wall(given: object) -> object:
    """Only what is written as a date, or as a date and a time of day."""
    if isinstance(given, str):
        if re.fullmatch(_DATE, given):
            return date.fromisoformat(given)
        if re.fullmatch(_WALL, given):
            return datetime.fromisoformat(given)
    elif isinstance(given, date):
        return given
    raise ValueError("not a date")


def _time(given: object) -> object:
    """Only a date with a time of day."""
    if isinstance(found := _wall(given), datetime):
        return found
    raise ValueError("not a date and time")


#: A date, or a date and a time of day in the festival's zone.
Wall = Annotated[datetime | date, BeforeValidator(_wall)]
#: A date and a time of day in the festival's zone.
Time = Annotated[datetime, BeforeValidator(_time)]


class Status(StrEnum):
    """How far a session is."""

    #: Its host is still writing it.
    DRAFT = "draft"
    #: Its host has handed it in.
    SUBMITTED = "submitted"
    #: It is in the programme.
    APPROVED = "approved"
    #: It takes place, or took place.
    LIVE = "live"
    #: It comes at another time, which is not known yet.
    POSTPONED = "postponed"
    #: It does not come.
    CANCELLED = "cancelled"


#: The sessions that prompts go by.
ON = frozenset({Status.APPROVED, Status.LIVE})
#: The sessions that were in the programme and are so no more.
OFF = frozenset({Status.POSTPONED, Status.CANCELLED})


class EventType(StrEnum):
    """What kind of event a session is."""

    OPENING = "opening"
    CLOSING = "closing"
    #: A café or another place to meet.
    CAFE = "cafe"
    #: What a host offers.
    SESSION = "session"
    LAUNCH = "launch"
    #: A visit to a site, or a pilot's session.
    VISIT = "visit"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Session(_Model):
    """One event in a festival's programme."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=40)] = Field(
        description="Its name, unique in the festival; it stays when the session moves."
    )
    title: str = Field(min_length=1, max_length=200, description="What people call it.")
    kind: EventType = Field(default=EventType.SESSION, description="What kind of event it is.")
    host: str = Field(default="", max_length=200, description="Who holds it.")
    starts: Time = Field(description="When it starts, as `2027-02-08 09:30`.")
    ends: Time | None = Field(default=None, description="When it ends.")
    minutes: int = Field(
        default=55, ge=1, le=24 * 60, description="How long it is, when `ends` is left out."
    )
    zone: str | None = Field(
        default=None, description="Its time zone; the festival's when left out."
    )
    capacity: int | None = Field(
        default=None, ge=1, le=1_000_000, description="How many may come."
    )
    theme: str = Field(default="", max_length=200, description="What it is about.")
    access: str = Field(
        default="", max_length=1000, description="What people with access needs should know."
    )
    status: Status = Field(default=Status.APPROVED, description="How far it is.")
    #: Where it came from, and how often it was changed there (RFC 5545: UID, SEQUENCE).
    uid: str = Field(default="", max_length=255, description="Its UID in a diary it came from.")
    sequence: int = Field(default=0, ge=0, description="Its SEQUENCE in that diary.")


class Festival(_Model):
    """A festival as its YAML file holds it."""

    name: Name = Field(description="The festival's name, the same as its file's.")
    title: str = Field(min_length=1, max_length=60, description="What people call it.")
    opens: Wall = Field(description="Its first day, `2027-02-08`; or when it opens.")
    closes: Wall = Field(description="Its last day; or when it closes.")
    zone: str = Field(default="Europe/London", description="Its time zone.")
    sessions: tuple[Session, ...] = Field(default=(), max_length=500, description="Its programme.")

    @property
    def first(self) -> date:
        """Its first day, in its own zone."""
        return _day(self.opens)

    @property
    def last(self) -> date:
        """Its last day, in its own zone; one that closes at 00:00 has no day after that."""
        if isinstance(self.closes, datetime) and self.closes.time() == time():
            return max(self.first, self.closes.date() - _ONE)
        return _day(self.closes)

    @cached_property
    def opens_at(self) -> datetime:
        """The instant (UTC) at which it opens."""
        return _instant(self.opens, self.zone)

    @cached_property
    def closes_at(self) -> datetime:
        """The instant (UTC) at which it closes; that of its last day's 24:00 for dates alone."""
        if isinstance(self.closes, datetime):
            return _instant(self.closes, self.zone)
        return _instant(self.closes + _ONE, self.zone)

    @property
    def days(self) -> tuple[date, ...]:
        """Its days in its own zone, the first being day 1."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + number * _ONE for number in range(count))

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Its sessions as they lie in time, those that are on, in the order of their start."""
        return self._held(ON)

    @cached_property
    def off(self) -> tuple[Slot, ...]:
        """Its sessions that were in the programme and are so no more, where they last lay."""
        return self._held(OFF)

    def _held(self, statuses: frozenset[Status]) -> tuple[Slot, ...]:
        held = (_slot(each, self.zone) for each in self.sessions if each.status in statuses)
        return tuple(sorted(held, key=lambda slot: (slot.starts, slot.ends, slot.session.id)))


@dataclass(frozen=True, slots=True)
class Slot:
    """A session with its instants (UTC)."""

    session: Session
    starts: datetime
    ends: datetime


def _day(wall: date) -> date:
    return wall.date() if isinstance(wall, datetime) else wall


def _instant(wall: date, where: str) -> datetime:
    at = wall.time() if isinstance(wall, datetime) else time()
    return instant(_day(wall), at, zone(where))


def _slot(session: Session, usual: str) -> Slot:
    where = session.zone or usual
    starts = _instant(session.starts, where)
    if session.ends is not None:
        return Slot(session, starts, _instant(session.ends, where))
    return Slot(session, starts, starts + timedelta(minutes=session.minutes))


def moved(festival: Festival, opens: date, closes: date | None = None) -> Festival:
    """The festival so that it opens on another day; all of it moves by as many days.

    `closes` is its new last day; it lasts as long as before when that is left out.
    """
    by = opens - festival.first
    last = festival.closes + by if closes is None else _on(festival.closes, closes)
    sessions = tuple(_later(session, by) for session in festival.sessions)
    changes = {"opens": festival.opens + by, "closes": last, "sessions": sessions}
    return Festival.model_validate(festival.model_dump() | changes)


def _on(wall: date, day: date) -> date:
    """The same time of day, if there is one, on another day."""
    return datetime.combine(day, wall.time()) if isinstance(wall, datetime) else day


def _later(session: Session, by: timedelta) -> Session:
    ends = session.ends + by if session.ends else None
    return session.model_copy(update={"starts": session.starts + by, "ends": ends})


def _shown(wall: date) -> str:
    return f"{wall:%Y-%m-%d %H:%M}" if isinstance(wall, datetime) else f"{wall:%Y-%m-%d}"


def faults(festival: Festival) -> Iterator[tuple[str, str, str]]:
    """What makes no sense in its dates: about which key, what, and what to do."""
    for key, day in (("opens", festival.opens), ("closes", festival.closes)):
        if day.year not in YEARS:
            yield key, f"it {key} in the year {day.year}", "Look at the date."
            return
    if festival.closes_at <= festival.opens_at:
        fault = f"it closes on {_shown(festival.closes)}, before it opens on "
        yield "closes", fault + _shown(festival.opens), "Put the later date after `closes:`."
    if (festival.last - festival.first).days > _LONGEST:
        yield "closes", "it lasts more than a year", "Look at both dates."
