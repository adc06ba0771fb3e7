"""What becomes of a planned prompt when its time has come, decided in one place. Pure.

Asked in this order; the first that holds is the reason recorded:
planned before the plan last changed (CALENDAR 13); its practice is not there; stopped, paused,
unreachable; the person's holiday, the group's, working days, quiet hours (9), which defer or skip
(10); frozen (9); past the next occasion, or late and to be skipped (11); an open invitation;
another campaign in the same window (16). All is judged on the clock of the instant at which
it would be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scheduler.campaign import Closed, Open
from scheduler.course import Course
from scheduler.reasons import Reason

#: As late as this, a prompt still goes as if nothing had been (CALENDAR 11).
LATE = timedelta(hours=2)
#: What waits behind an open invitation is asked about again at each such part of an hour.
AGAIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Go:
    """Send it now."""


@dataclass(frozen=True, slots=True)
class Defer:
    """Ask again at an instant (UTC)."""

    at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Skip:
    """It does not go out."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Expire:
    """Its time went by."""

    reason: Reason


Verdict = Go | Defer | Skip | Expire


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A prompt of another campaign that this person is to get."""

    #: Its campaign's rank and name.
    rank: int
    campaign: str
    #: When it is due (UTC).
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What else there is for the same person."""

    #: An invitation to them is open: sent, and not answered.
    open: bool = False
    #: When another campaign last invited them.
    invited_at: datetime | None = None
    #: Other campaigns' prompts to them that are due about now, sent or not.
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One planned prompt to be judged."""

    course: Course
    #: The instant it was planned for at first.
    planned_at: datetime
    #: When it is due: as planned, or as deferred.
    due: datetime
    #: The instant of the step's next occasion, or at which a reminder's prompt closes.
    following: datetime | None = None
    #: Whether staff paused the campaign.
    frozen: bool = False
    #: Whether its practice is awaited and not there yet.
    absent: bool = False
    #: When the plan last changed: started, moved, resumed, another zone. None when it never did.
    changed_at: datetime | None = None
    beside: Beside = Beside()


def verdict(case: Case, now: datetime) -> Verdict:
    """What becomes of a prompt that would be sent now."""
    if case.changed_at is not None and case.planned_at < case.changed_at:
        return Skip(Reason.PAST)
    if case.absent:
        return Skip(Reason.NO_PRACTICE)
    if away := case.course.away(now):
        return Skip(away)
    if closed := case.course.opening.closed(now):
        return _closed(case, closed, now)
    if case.frozen:
        return Skip(Reason.FROZEN)
    if too_late := _too_late(case, now):
        return Expire(too_late)
    if now - case.due > LATE and case.course.step.closed is Closed.SKIP:
        return Skip(Reason.LATE)
    return _beside(case, now)


def _closed(case: Case, reason: Reason, now: datetime) -> Verdict:
    """The time is closed: skip, or go at the earliest allowed minute before the next one."""
    if case.course.step.closed is Closed.SKIP:
        return Skip(reason)
    at = case.course.opening.earliest(now)
    if at is None:
        return Skip(reason)
    if too_late := _too_late(case, at):
        return Skip(too_late)
    return Defer(at, reason)


def _too_late(case: Case, at: datetime) -> Reason | None:
    """Why an instant is too late for a prompt; None when it is not.

    The instant it was planned for never is, though a lost hour may move it to the next midnight.
    """
    if at <= case.planned_at:
        return None
    if case.following is not None and at >= case.following:
        return Reason.NEXT_OCCASION
    return Reason.ENDED if at >= case.course.end else None


def _beside(case: Case, now: datetime) -> Verdict:
    """One invitation at a time, and one campaign in a window."""
    if case.beside.open and case.course.step.open is Open.LEAVE:
        return Skip(Reason.OPEN)
    if case.beside.open and case.course.step.open is Open.QUEUE:
        return _wait(case, case.course.opening.earliest(_next_quarter(now)), Reason.OPEN)
    if _outranked(case, now):
        return _wait(case, case.course.opening.next_window(now), Reason.RANK)
    return Go()


def _next_quarter(now: datetime) -> datetime:
    """The same for all that wait, so that those planned first are asked about first."""
    begin = datetime(now.year, now.month, now.day, tzinfo=UTC)
    return begin + ((now - begin) // AGAIN + 1) * AGAIN


def _outranked(case: Case, now: datetime) -> bool:
    """Whether another campaign has this window, or is to have it."""
    day_of, beside = case.course.opening.day_of, case.beside
    if beside.invited_at is None and not beside.rivals:
        return False
    window = day_of(now)
    if beside.invited_at is not None and day_of(beside.invited_at) == window:
        return True
    campaign = case.course.campaign
    own = (-campaign.rank, case.due, campaign.name)
    return any(
        (-rival.rank, rival.due, rival.campaign) < own and day_of(rival.due) == window
        for rival in beside.rivals
    )


def _wait(case: Case, at: datetime | None, reason: Reason) -> Verdict:
    if at is None or _too_late(case, at):
        return Expire(reason)
    return Defer(at, reason)
