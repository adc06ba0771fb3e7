"""What a step of a festival's campaign brings, worked out once more from the rules of time.

Nothing of `scheduler` is asked but what a festival's file says, so that the rules are held against
something that is not the program itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.festival import Festival, Session

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
_ON, _OFF = ("approved", "live"), ("postponed", "cancelled")
#: So many weeks of a weekly step are looked at.
_WEEKS = 40


@dataclass(frozen=True, kw_only=True)
class Told:
    """A step as it is told, and what that means: counted from which edge, and how far."""

    when: dict[str, Any]
    at: str | None = None
    edge: str = ""
    #: Days on the calendar; None for minutes that go by.
    days: int | None = None
    minutes: int = 0
    name: str = ""
    more: tuple[tuple[str, object], ...] = ()


def _festival(on: str, edge: str, name: str, **more: Any) -> Told:  # noqa: ANN401
    return Told(when={"kind": "festival", "on": on}, edge=edge, name=name, **more)


def _session(on: str, edge: str, **more: Any) -> Told:  # noqa: ANN401
    return Told(when={"kind": "session", "on": on}, edge=edge, **more)


_ANY_DAY = ("any_day", True)
_SKIP = ("closed", "skip")
#: Steps of every kind; "story" waits for a practice that nobody has written.
STEPS = {
    "ahead": _festival("1 week before it opens", "opens", "opens-7d", days=-7, at="10:00"),
    "eve": _festival(
        "1 day before it opens", "opens", "opens-1d", days=-1, at="18:30", more=(_ANY_DAY, _SKIP)
    ),
    "opened": _festival("when it opens", "opens", "opens", more=(_ANY_DAY,)),
    "closing": _festival("the day it closes", "closes", "closes", days=0, at="21:00"),
    "over": _festival("3 hours after it closes", "closes", "closes+180m", minutes=180),
    "harvest": _festival("2 days after it closes", "closes", "closes+2d", days=2, at="10:00"),
    "story": _festival(
        "10 days after it closes",
        "closes",
        "closes+10d",
        days=10,
        at="10:00",
        more=(("practice", "nobody_wrote_it"), ("awaited", True)),
    ),
    "each_day": Told(when={"kind": "festival_day"}, at="08:30", more=(_ANY_DAY,)),
    "some_days": Told(
        when={"kind": "festival_day", "days": [1, 3]}, at="20:00", more=(_ANY_DAY, _SKIP)
    ),
    "feedback": _session("10 minutes after it ends", "ends", minutes=10, more=(_ANY_DAY,)),
    "soon": _session("15 minutes before it starts", "starts", minutes=-15, more=(_SKIP,)),
    "day_before": _session("1 day before it starts", "starts", days=-1, at="18:00"),
    "again": _session("1 day after it ends", "ends", days=1, at="11:00", more=(_ANY_DAY,)),
    "sixty": _festival("60 days after it closes", "closes", "closes+60d", days=60, at="10:00"),
    "weekly": Told(when={"kind": "weekly", "on": ["wednesday"]}, at="12:00"),
}


def written(name: str, practice: str = "moment") -> dict[str, Any]:
    """A step as a campaign's file says it."""
    told = STEPS[name]
    step = {"id": name, "practice": practice, "when": told.when, **dict(told.more)}
    return step | ({"at": told.at} if told.at else {})


@lru_cache(maxsize=65536)
def shows(wall: datetime, zone: str) -> datetime:
    """The first instant at which a clock shows this or later."""
    where = ZoneInfo(zone)
    around = [wall.replace(tzinfo=UTC) + hours * timedelta(hours=6) for hours in range(-5, 6)]
    offsets = {each.astimezone(where).utcoffset() or timedelta() for each in around}
    exact = [
        at
        for at in (wall.replace(tzinfo=UTC) - offset for offset in offsets)
        if at.astimezone(where).replace(tzinfo=None) == wall
    ]
    if exact:
        return min(exact)
    at = wall.replace(tzinfo=UTC) - max(offsets) - 2 * timedelta(hours=1)
    while at.astimezone(where).replace(tzinfo=None) < wall:
        at += MINUTE
    return at


def planned(step: str, festival: Festival, zone: str, starts: date) -> dict[str, datetime]:
    """Every occasion of a step on somebody's clock, by its name."""
    told = STEPS[step]
    match told.when["kind"]:
        case "festival":
            at = _edges(festival)[told.edge]
            return {told.name: _from(told, at, zone)}
        case "festival_day":
            return {
                f"festival day {number}": _clock(told, day, zone)
                for number, day in enumerate(_days(festival), 1)
                if number in told.when.get("days", [number])
            }
        case "session":
            held = [each for each in festival.sessions if each.status in _ON]
            names: dict[datetime, str] = {}
            for each in held:
                at = _from(told, _session_edge(each, festival, told.edge), zone)
                names[at] = min(names.get(at, each.id), each.id)
            return {f"session {name}": at for at, name in names.items()}
        case _:
            return dict(_weeks(told, zone, starts))


def withdrawn(step: str, festival: Festival, zone: str) -> dict[str, datetime]:
    """What came of a step's sessions and does not come any more."""
    told = STEPS[step]
    if told.when["kind"] != "session":
        return {}
    return {
        f"session {each.id}": _from(told, _session_edge(each, festival, told.edge), zone)
        for each in festival.sessions
        if each.status in _OFF
    }


def _weeks(told: Told, zone: str, starts: date) -> Iterator[tuple[str, datetime]]:
    monday = starts - starts.weekday() * DAY
    for week in range(_WEEKS):
        day = monday + (7 * week + 2) * DAY
        if day >= starts:
            yield f"week {week}", _clock(told, day, zone)


def _edges(festival: Festival) -> dict[str, datetime]:
    opens, closes = festival.opens, festival.closes
    if not isinstance(opens, datetime):
        opens = datetime.combine(opens, time())
    if not isinstance(closes, datetime):
        closes = datetime.combine(closes + DAY, time())
    return {"opens": shows(opens, festival.zone), "closes": shows(closes, festival.zone)}


def _days(festival: Festival) -> list[date]:
    first, last = festival.opens, festival.closes
    if isinstance(last, datetime):
        last = (last - timedelta(seconds=1)).date()
    if isinstance(first, datetime):
        first = first.date()
    return [first + number * DAY for number in range(max(1, (last - first).days + 1))]


def _session_edge(session: Session, festival: Festival, edge: str) -> datetime:
    zone = session.zone or festival.zone
    begins = shows(session.starts, zone)
    if edge == "starts":
        return begins
    if session.ends is not None:
        return shows(session.ends, zone)
    return begins + session.minutes * MINUTE


def _from(told: Told, at: datetime, zone: str) -> datetime:
    """So long before or after an edge, on somebody's clock."""
    if told.days is None:
        return at + told.minutes * MINUTE
    within = at - timedelta(microseconds=1) if told.edge in {"closes", "ends"} else at
    day = within.astimezone(ZoneInfo(zone)).date() + told.days * DAY
    return _clock(told, day, zone)


def _clock(told: Told, day: date, zone: str) -> datetime:
    return shows(datetime.combine(day, time.fromisoformat(told.at or "00:00")), zone)
