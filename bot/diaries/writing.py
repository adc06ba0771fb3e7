"""Pure: calendar files that diary programs can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, Timezone, vDuration, vText

from bot.diaries import names
from bot.diaries.texts import paragraphs, plain
from scheduler.calendar import instant, zone
from scheduler.festival import OFF, ON, Festival, Session

_MAKER = "-//Skerry//Skerry//EN"
#: How often a diary may ask for what is new.
_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a calendar that is subscribed to."""

    #: What names it within its calendar; it stays when the entry moves.
    uid: str
    title: str
    description: str = ""
    #: In UTC.
    starts: datetime
    minutes: int
    cancelled: bool = False
    #: How often it was changed.
    sequence: int = 0
    #: On whose clock diaries are told the time: an IANA name.
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """An event as it is written."""

    uid: str
    title: str
    description: str
    starts: datetime
    ends: datetime
    zone: str
    status: str
    sequence: int
    #: Whether whoever goes has no time for anything else.
    busy: bool
    categories: tuple[str, ...] = ()


def calendar(
    name: str, title: str, entries: Iterable[Entry], *, now: datetime, host: str
) -> bytes:
    """A calendar to subscribe to: its name is unique at its host; it keeps nobody busy."""
    return _written(title, "", [_line(each, name, host) for each in entries], now)


def programme(festival: Festival, sequence: int, *, now: datetime, host: str) -> bytes:
    """A festival's programme.

    Sessions that came from a diary keep its UID and its count of changes. `sequence` counts
    those of the others.
    """
    sessions = [_session(each, festival, sequence, host) for each in festival.sessions]
    return _written(festival.title, festival.zone, sessions, now)


def _line(entry: Entry, name: str, host: str) -> _Line:
    return _Line(
        uid=f"{entry.uid}.{name}@{host}",
        title=entry.title,
        description=entry.description,
        starts=entry.starts,
        ends=entry.starts + timedelta(minutes=entry.minutes),
        zone=entry.zone,
        status="CANCELLED" if entry.cancelled else "CONFIRMED",
        sequence=entry.sequence,
        busy=False,
    )


def _session(session: Session, festival: Festival, sequence: int, host: str) -> _Line:
    where = session.zone or festival.zone
    starts = _instant(session.starts, where)
    ends = starts + timedelta(minutes=session.minutes)
    said = {"Host": session.host, "Access": session.access}
    return _Line(
        uid=session.uid or names.made(session.id, festival.name, host),
        title=session.title,
        description="\n".join(f"{key}: {plain(text)}" for key, text in said.items() if text),
        starts=starts,
        ends=ends if session.ends is None else _instant(session.ends, where),
        zone=where,
        status=_status(session),
        sequence=session.sequence if session.uid else sequence,
        busy=True,
        # The kind comes first, so that a theme that is called like one stays a theme.
        categories=(session.kind.value, *([session.theme] if session.theme else [])),
    )


def _instant(wall: datetime, where: str) -> datetime:
    return instant(wall.date(), wall.time(), zone(where))


def _status(session: Session) -> str:
    if session.status in OFF:
        return "CANCELLED"
    return "CONFIRMED" if session.status in ON else "TENTATIVE"


def _written(title: str, where: str, lines: Sequence[_Line], now: datetime) -> bytes:
    made = Calendar()
    made.add("PRODID", _MAKER)
    made.add("VERSION", "2.0")
    made.add("METHOD", "PUBLISH")
    made.add("X-WR-CALNAME", vText(plain(title)))
    if where:
        made.add("X-WR-TIMEZONE", vText(where))
    made.add("REFRESH-INTERVAL", vDuration(_AGAIN, params={"VALUE": "DURATION"}))
    made.add("X-PUBLISHED-TTL", vDuration(_AGAIN))
    for each in _zones(lines):
        made.add_component(each)
    for line in lines:
        made.add_component(_event(line, now))
    return bytes(made.to_ical())


def _zones(lines: Sequence[_Line]) -> Iterable[Timezone]:
    """What diaries need to know of the zones, in the years in which something is told in them."""
    for name in sorted({line.zone for line in lines if zone(line.zone).key != "UTC"}):
        there = [line for line in lines if line.zone == name]
        first = date(min(line.starts for line in there).year, 1, 1)
        last = date(max(line.ends for line in there).year + 1, 1, 1)
        yield Timezone.from_tzid(name, first_date=first, last_date=last)


def _event(line: _Line, now: datetime) -> Event:
    event = Event()
    event.add("UID", plain(line.uid))
    event.add("DTSTAMP", now)
    event.add("SEQUENCE", line.sequence)
    event.add("DTSTART", _told(line.starts, line.zone))
    event.add("DTEND", _told(line.ends, line.zone))
    event.add("SUMMARY", plain(line.title))
    event.add("STATUS", line.status)
    event.add("TRANSP", "OPAQUE" if line.busy else "TRANSPARENT")
    if described := paragraphs(line.description):
        event.add("DESCRIPTION", described)
    if line.categories:
        event.add("CATEGORIES", [plain(each) for each in line.categories])
    return event


def _told(at: datetime, where: str) -> datetime:
    """The instant on a clock there; in UTC when the clock shows that time for the second time."""
    told = at.astimezone(zone(where))
    return at.astimezone(UTC) if told.fold else told
