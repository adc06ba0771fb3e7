"""Campaigns, people and courses for tests, in a line each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scheduler.campaign import Campaign
from scheduler.course import Course, Planned, course
from scheduler.person import Person
from scheduler.plan import occasions
from scheduler.verdict import Case, Verdict, verdict

EVERY_DAY = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
FRIDAYS: dict[str, Any] = {"kind": "weekly", "on": ["friday"]}
DAILY: dict[str, Any] = {"kind": "weekly", "on": EVERY_DAY}
#: A campaign that is never closed.
ALWAYS: dict[str, Any] = {"working_days": EVERY_DAY, "window": "00:00-24:00", "holidays": "none"}
_OF_STEP = {"practice", "when", "at", "closed", "open", "reminder", "closes", "any_day", "awaited"}


def at(text: str) -> datetime:
    """An instant, from ISO without a zone: UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def campaign(**fields: Any) -> Campaign:  # noqa: ANN401 - Whatever a campaign or step has.
    """A campaign of one step that begins on Monday 4 January 2027."""
    step = {"id": "look", "practice": "weekly", "when": FRIDAYS, "at": "10:00"}
    when = fields.get("when", FRIDAYS)
    if when["kind"] == "random" or (when["kind"] == "session" and "minute" in when["on"]):
        del step["at"]
    step |= {key: fields.pop(key) for key in _OF_STEP & fields.keys()}
    return Campaign.model_validate(
        {"name": "small", "title": "Small", "starts": "2027-01-04", "steps": [step], **fields}
    )


def person(**fields: Any) -> Person:  # noqa: ANN401 - Whatever a person has.
    """Somebody in London who joined long ago and chose nothing."""
    usual: dict[str, Any] = {"id": "p1", "zone": "Europe/London", "joined_at": LONG_AGO}
    return Person(**usual | fields)


def running(who: Person | None = None, **fields: Any) -> Course:  # noqa: ANN401 - As above.
    """The one step of a campaign for somebody."""
    made = campaign(**fields)
    return course(made, made.steps[0], who or person())


def first(count: int, under: Course, after: str = "2027-01-01") -> list[Planned]:
    """The first occasions after an instant."""
    coming = occasions(under, after=at(after))
    return [planned for planned, _ in zip(coming, range(count), strict=False)]


def walls(count: int, under: Course, after: str = "2027-01-01") -> list[str]:
    """The wall times of the first occasions, as `Fri 2027-01-08 10:00`."""
    return [f"{planned.wall:%a %Y-%m-%d %H:%M}" for planned in first(count, under, after)]


def judged(under: Course, now: str, **fields: Any) -> Verdict:  # noqa: ANN401 - As of Case.
    """What becomes of a prompt at an instant; planned and due then when nothing else is said."""
    moment = at(now)
    given = {key: at(value) if isinstance(value, str) else value for key, value in fields.items()}
    due = given.pop("due", given.get("planned_at", moment))
    usual: dict[str, Any] = {"course": under, "planned_at": due, "due": due}
    return verdict(Case(**usual | given), moment)
