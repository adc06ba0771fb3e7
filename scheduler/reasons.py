"""Reason: why a planned prompt does not go out as planned; each word is kept and shown."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a prompt waits, is skipped or has expired, in the order in which it is asked."""

    #: It was planned before the plan last changed: a move, a resumption, another zone.
    PAST = "past"
    #: They said stop.
    STOPPED = "stopped"
    #: Its practice is not in the library yet.
    NO_PRACTICE = "no_practice"
    #: They left this campaign, and no other.
    LEFT = "left"
    #: They paused, and the date they named has not come.
    PAUSED = "paused"
    #: Nobody is reached at any address of theirs.
    UNREACHABLE = "unreachable"
    #: A public holiday of the region they chose.
    HOLIDAY = "holiday"
    #: A public holiday of the campaign's region, when they chose none themselves.
    GROUP_HOLIDAY = "group_holiday"
    #: Not one of their days, nor, when they chose none, of the campaign's working days.
    WORKING_DAYS = "working_days"
    #: Outside their window, or in quiet hours.
    QUIET = "quiet"
    #: Staff paused the campaign.
    FROZEN = "frozen"
    #: It would come at or after the next one of its step.
    NEXT_OCCASION = "next_occasion"
    #: It would come after the campaign's last day.
    ENDED = "ended"
    #: More than two hours late, and the step says to skip.
    LATE = "late"
    #: Another invitation is open.
    OPEN = "open"
    #: Another campaign has this window.
    RANK = "rank"
    #: A newer one took its place.
    SUPERSEDED = "superseded"
    #: Staff cancelled the campaign, or its session.
    CANCELLED = "cancelled"
