"""What a round's tests do and look at alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.circles.team import Team

#: The first round opens on a Monday at 09:30 and closes on Thursday at noon; the next opens.
OPENS = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
CLOSES = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
AGAIN = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
NAMED, UNNAMED, MINE = "With my name", "Without my name", "Keep them to myself"
ANSWER = "Answer in my own chat"
MARK = timedelta(minutes=5)


def opening(team: Team) -> str:
    """The newest message with a round's button, as it reads now."""
    return next(one.text for one in reversed(team.seen) if ANSWER in one.labels)


def shown(team: Team) -> str:
    """All reveals together."""
    return "\n\n".join(one.text for one in team.seen if "kittiwake" in one.text)


def gives(team: Team, choice: str, *who: str) -> None:
    """Some people answer alike, each with their own number."""
    for one in who:
        team.answers(one, f"kittiwake-{one}", choice)
