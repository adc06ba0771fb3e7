"""Diaries as tests write them: a calendar of events, each in a few lines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from bot.diaries.reading import Reading, read
from scheduler.festival import Festival, Session, Status

SAMPLES = Path(__file__).parent / "samples"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONDON = "Europe/London"
STARTS = "DTSTART:20270208T093000Z"


def event(*lines: str, uid: str = "one@example.org", title: str = "Talk") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT"])


def diary(*parts: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""]).encode()


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.ics").read_bytes()


def told(content: bytes, first: date | None = None, last: date | None = None) -> Reading:
    return read(content, zone=LONDON, first=first, last=last)


def one(*lines: str, title: str = "Talk") -> Session:
    """The session of a diary with one event."""
    [session] = told(diary(event(*lines, title=title))).sessions
    return session


def starts(content: bytes, first: date | None = None, last: date | None = None) -> list[str]:
    """When sessions start, on London's clock or their own."""
    return [f"{each.starts:%m-%d %H:%M}" for each in told(content, first, last).sessions]


def session(name: str = "talk", **given: object) -> Session:
    usual: dict[str, object] = {"title": "Talk", "starts": datetime(2027, 2, 8, 9, 30)}  # noqa: DTZ001 - A wall time.
    return Session.model_validate({"id": name} | usual | given)


def festival(*sessions: Session, zone: str = LONDON) -> Festival:
    return Festival(
        name="summer",
        title="Summer",
        opens=date(2027, 2, 1),
        closes=date(2027, 4, 30),
        zone=zone,
        sessions=sessions,
    )


APPROVED, SUBMITTED, CANCELLED = Status.APPROVED, Status.SUBMITTED, Status.CANCELLED
