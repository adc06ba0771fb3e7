"""What a campaign's YAML file may say: Campaign, Step and the kinds of When. Pure.

These models say what may be written. `bot/campaigns/` reads the files and says whether they make
sense. Staff set defaults here; each person's own days, hour, window and holidays win.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.engine.flow import Name
from bot.records import Platform
from scheduler.festival import EventType
from scheduler.holidays import NONE
from scheduler.windows import Span

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_AFTER = r"[1-9]\d{0,2} (hour|day|week)s?"
_LENGTH = r"[1-9]\d{0,2} (minute|hour|day|week)s?"

#: A time of day, as `09:30`.
Clock = Annotated[str, Field(pattern=rf"^{_CLOCK}$")]
#: From and to, as `09:00-20:00`; the end may be `24:00`, and may lie after midnight.
Hours = Annotated[str, Field(pattern=rf"^{_CLOCK}-({_CLOCK}|24:00)$")]
#: The hours of a campaign that says nothing else, and of whoever chose none.
USUAL_HOURS: Hours = "09:00-20:00"


def _iso(given: object) -> object:
    """Only a date written as `2027-01-31`; pydantic would also read seconds since 1970."""
    if isinstance(given, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
        raise ValueError("not a date")
    return given


Day = Annotated[date, BeforeValidator(_iso)]


class Weekday(StrEnum):
    """A day of the week, by its English name."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@lru_cache(maxsize=1024)
def numbers(days: tuple[Weekday, ...]) -> tuple[int, ...]:
    """Weekdays as numbers, 0 for Monday to 6 for Sunday, in the order of the week."""
    return tuple(number for number, day in enumerate(Weekday) if day in days)


class Closed(StrEnum):
    """What becomes of a prompt whose time is closed: a holiday, quiet hours, no working day."""

    #: It goes at the first allowed minute, if that is before the next one of its step.
    NEXT_WINDOW = "next_window"
    #: It does not go.
    SKIP = "skip"


class Open(StrEnum):
    """What becomes of a prompt while an earlier invitation is unanswered."""

    #: It takes the earlier invitation's place; what somebody has begun to write is kept.
    REPLACE = "replace"
    #: It waits until the earlier one is over, or until its own next occasion.
    QUEUE = "queue"
    #: The earlier one stays, and this one does not go.
    LEAVE = "leave"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Weekly(_Model):
    """On one or more days of every week, or of every second, third ... week."""

    kind: Literal["weekly"]
    on: tuple[Weekday, ...] = Field(
        min_length=1,
        max_length=7,
        description="The days. Somebody who chose their own gets as many prompts on those.",
    )
    every: int = Field(
        default=1,
        ge=1,
        le=52,
        description="Every so many weeks. The first is the week, Monday to Sunday, of the start.",
    )
    weeks: tuple[Annotated[int, Field(ge=0, le=260)], ...] | None = Field(
        default=None,
        min_length=1,
        max_length=261,
        description="The weeks by their numbers, as [0, 1]; 0 is that of the start. All when left "
        "out.",
    )


class Monthly(_Model):
    """On one day of every month."""

    kind: Literal["monthly"]
    day: int = Field(
        ge=1, le=31, description="The day of the month; the last day of a shorter month."
    )


class Dates(_Model):
    """On the dates that are listed, which nobody's own days move."""

    kind: Literal["dates"]
    on: tuple[Day, ...] = Field(
        min_length=1, max_length=100, description="The dates, as 2027-01-31."
    )


class Random(_Model):
    """A few times a week at times that nobody can foresee."""

    kind: Literal["random"]
    times: int = Field(ge=1, le=7, description="How many times a week, each on another day.")
    at_least: int | None = Field(
        default=None,
        ge=1,
        le=7,
        description="How many times at least, when it may be fewer in some weeks.",
    )
    days: tuple[Weekday, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=7,
        description="The days it may be; the campaign's working days when left out.",
    )
    window: Hours | None = Field(
        default=None,
        description="The hours it may be, as 12:00-15:00; the campaign's window when left out.",
    )


class AtFestival(_Model):
    """Once, so long before or after a festival opens or closes."""

    kind: Literal["festival"]
    on: str = Field(
        pattern=rf"^({_LENGTH} (before|after) it|(when|the day) it) (opens|closes)$",
        description="When, as `1 week before it opens`, `the day it opens`, `60 days after it "
        "closes`. Days and weeks come at the step's time, hours and minutes as they go by.",
    )


class FestivalDays(_Model):
    """On the days of a festival."""

    kind: Literal["festival_day"]
    days: tuple[Annotated[int, Field(ge=1, le=366)], ...] | None = Field(
        default=None,
        min_length=1,
        max_length=366,
        description="The days by their numbers, as [1, 3]; every day when left out.",
    )


class AtSession(_Model):
    """Before or after each session of a festival that is on; once for those side by side."""

    kind: Literal["session"]
    on: str = Field(
        pattern=rf"^({_LENGTH} (before|after) it|when it) (starts|ends)$",
        description="When, as `10 minutes after it ends`, `15 minutes before it starts`.",
    )
    kinds: tuple[EventType, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=len(EventType),
        description="Which kinds of session, as [session, cafe]; all when left out.",
    )


#: What goes by a festival.
Anchored = AtFestival | FestivalDays | AtSession

When = Annotated[
    Weekly | Monthly | Dates | Random | AtFestival | FestivalDays | AtSession,
    Field(discriminator="kind"),
]


class Step(_Model):
    """One practice of a campaign, and when it comes."""

    id: Name = Field(description="The step's name, unique in its campaign.")
    practice: Name = Field(description="The practice that begins; `skerry flows list` names all.")
    when: When = Field(description="The days on which it comes.")
    at: Clock | None = Field(
        default=None,
        description="The time on each person's own clock, as 09:30. Not for `random`.",
    )
    awaited: bool = Field(
        default=False,
        description="The practice is not in the library yet: until it is, nothing comes.",
    )
    any_day: bool = Field(
        default=False,
        description="It may come on any day of the week, whatever the campaign's working days. "
        "Days that people chose still hold.",
    )
    closed: Closed = Field(
        default=Closed.NEXT_WINDOW,
        description="What to do on holidays, days off and in quiet hours: next_window or skip.",
    )
    open: Open = Field(
        default=Open.REPLACE,
        description="What to do when an earlier invitation is open: replace, queue or leave.",
    )
    reminder: str | None = Field(
        default=None,
        pattern=rf"^({_AFTER}|next working day)$",
        description="One reminder, so long after the prompt: 3 hours, 2 days, next working day.",
    )
    heads_up: int | None = Field(
        default=None,
        ge=1,
        le=60,
        description="So many minutes before the prompt, one line that it is coming; for a time on "
        "set days.",
    )
    closes: str = Field(
        default="never",
        pattern=rf"^({_AFTER}|end of day|never)$",
        description="When reminders end: 72 hours, 7 days, end of day, never. A person may "
        "always answer later.",
    )


class Audience(_Model):
    """Whom a campaign is for; everyone when nothing is listed."""

    cohorts: tuple[str, ...] = Field(
        default=(), max_length=100, description="People in one of these cohorts."
    )
    platforms: tuple[Platform, ...] = Field(
        default=(), max_length=10, description="People who are reached on one of these."
    )


class Campaign(_Model):
    """A campaign as its YAML file holds it."""

    name: Name = Field(description="The campaign's name, the same as its file's.")
    title: str = Field(min_length=1, max_length=60, description="What people call it.")
    summary: str = Field(default="", max_length=200, description="One sentence about it.")
    starts: Day | None = Field(
        default=None,
        description="Its first day, as 2027-01-31. Left out: the day on which it is started.",
    )
    ends: Day | None = Field(
        default=None, description="Its last day. Left out: it goes on until it is cancelled."
    )
    weeks: int | None = Field(
        default=None, ge=1, le=260, description="How many weeks it lasts, instead of a last day."
    )
    counts_from: Literal["start", "joining"] = Field(
        default="start",
        description="Where weeks and months count from: the campaign's first day, or the day on "
        "which each person joined it.",
    )
    festival: Name | None = Field(
        default=None, description="The festival it goes by; or say it when you start it."
    )
    weekly_maximum: int = Field(
        default=5,
        ge=1,
        le=100,
        description="A dry run warns when somebody gets more prompts than this in a week.",
    )
    zone: str | None = Field(
        default=None,
        description="The time zone, as Europe/London, in which the campaign's own days begin. "
        "Prompts follow each person's own clock.",
    )
    audience: Audience = Field(default_factory=Audience, description="Whom it is for.")
    rank: int = Field(
        default=0,
        ge=-100,
        le=100,
        description="When two campaigns meet in one window, the higher rank goes first.",
    )
    holidays: str = Field(
        default="GB-SCT",
        description="The region whose public holidays are quiet, as GB-SCT or IE; none for none.",
    )
    window: Hours = Field(default=USUAL_HOURS, description="The hours in which prompts may come.")
    quiet: Hours | None = Field(
        default=None, description="Hours within the window in which none may come."
    )
    working_days: tuple[Weekday, ...] = Field(
        default=tuple(Weekday)[:5],
        min_length=1,
        max_length=7,
        description="The days on which prompts may come to people who chose no days themselves.",
    )
    steps: tuple[Step, ...] = Field(min_length=1, max_length=100, description="What comes when.")

    @property
    def last_day(self) -> date | None:
        """The last day on which anything of it goes out; None when it has no end.

        Where weeks count from joining, it has none: each person has one of their own.
        """
        counted = self.weeks if self.counts_from == "start" else None
        if self.ends is None and counted is not None and self.starts is not None:
            return self.starts + timedelta(weeks=counted, days=-1)
        return self.ends

    @property
    def region(self) -> str:
        """The region of its holidays; empty when it has none."""
        return "" if self.holidays == NONE else self.holidays

    @property
    def anchored(self) -> bool:
        """Whether any step of it goes by a festival."""
        return any(isinstance(step.when, Anchored) for step in self.steps)

    @property
    def festive(self) -> bool:
        """Whether all steps of it go by a festival."""
        return all(isinstance(step.when, Anchored) for step in self.steps)

    def step(self, name: str) -> Step | None:
        """The step of a name; None when it has none."""
        return next((step for step in self.steps if step.id == name), None)


def started(campaign: Campaign, today: date) -> Campaign:
    """The campaign with its first day filled in, when its file left it open."""
    return campaign.model_copy(update={"starts": campaign.starts or today})


@lru_cache(maxsize=2048)
def minute(clock: str) -> int:
    """A time of day as minutes after midnight; `24:00` is 1440."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


@lru_cache(maxsize=1024)
def span(hours: str) -> Span:
    """Hours as minutes after midnight, from and to."""
    opens, _, closes = hours.partition("-")
    return minute(opens), minute(closes)


class After(NamedTuple):
    """So long after a prompt: days by the calendar, hours as they go by."""

    days: int
    hours: int


def after(text: str) -> After | None:
    """Read `3 hours`, `2 days`, `1 week`; None for words such as `never`."""
    number, _, unit = text.partition(" ")
    if not number.isdecimal():
        return None
    count = int(number)
    if unit.startswith("hour"):
        return After(0, count)
    return After(count * 7 if unit.startswith("week") else count, 0)


class Anchor(NamedTuple):
    """So long before or after something opens, closes, starts or ends."""

    #: `opens`, `closes`, `starts`, `ends`.
    edge: str
    #: Days on the calendar; negative ones before it. None when it is told in minutes.
    days: int | None
    #: Minutes as they go by; negative ones before it.
    minutes: int

    @property
    def name(self) -> str:
        """What its occasion is called: `opens-7d`, `closes+60d`, `ends+10m`."""
        if self.days is not None:
            return f"{self.edge}{self.days:+}d" if self.days else self.edge
        return f"{self.edge}{self.minutes:+}m" if self.minutes else self.edge


_IN_MINUTES = {"minute": 1, "hour": 60}
_IN_DAYS = {"day": 1, "week": 7}


@lru_cache(maxsize=1024)
def anchor(text: str) -> Anchor:
    """Read `1 week before it opens`, `the day it closes`, `10 minutes after it ends`."""
    edge = text.rpartition(" ")[2]
    if text.startswith("the day"):
        return Anchor(edge, 0, 0)
    if text.startswith("when"):
        return Anchor(edge, None, 0)
    number, unit, direction, *_ = text.split(" ")
    count = -int(number) if direction == "before" else int(number)
    unit = unit.removesuffix("s")
    if unit in _IN_DAYS:
        return Anchor(edge, count * _IN_DAYS[unit], 0)
    return Anchor(edge, None, count * _IN_MINUTES[unit])
