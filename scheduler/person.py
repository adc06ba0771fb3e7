"""Person: what planning needs to know of somebody. What they did not choose is None."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.records import Platform, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody a campaign may reach, with the rhythm they chose."""

    id: str
    #: An IANA zone name.
    zone: str
    #: What was planned for before this instant is not for them.
    joined_at: datetime
    standing: Standing = Standing.ACTIVE
    #: A date on their own clock; on that day they are there again. None when not paused.
    paused_until: date | None = None
    #: Whether there is an address at which they are reached.
    reachable: bool = True
    cohorts: frozenset[str] = frozenset()
    #: When they joined each cohort, by its name; no more than `cohorts` holds.
    entered: tuple[tuple[str, datetime], ...] = ()
    #: The campaigns they left, by name.
    left: frozenset[str] = frozenset()
    platforms: frozenset[Platform] = frozenset()
    #: Weekdays, 0 for Monday to 6 for Sunday; none at all means every day.
    days: tuple[int, ...] | None = None
    #: Minutes after midnight.
    minute: int | None = None
    #: From and to, in minutes after midnight; the first is in it, the second not.
    window: tuple[int, int] | None = None
    #: A region's code; empty for no holidays.
    holidays: str | None = None
