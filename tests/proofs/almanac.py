"""An almanac: the campaigns of a year, the people in them, and when they may be written to.

What may be is worked out here once more, minute by minute and with nothing of `scheduler`, so
that the rules are held against something that is not the program itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from bot.flows.loader import load
from bot.flows.practice import Library
from scheduler.campaign import Campaign, Step
from scheduler.festival import Festival, Session
from tests.proofs import festival_oracle

#: Zones of every kind: far east and far west, odd minutes, half an hour of summer time, clocks
#: that change at midnight, before it, or for a month of fasting.
ZONES = (
    "Africa/Cairo",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "America/New_York",
    "Europe/London",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Pacific/Auckland",
    "America/Los_Angeles",
)
DAY = 24 * 60
OWN_HOUR = 120
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_PRACTICE = """
name: moment
title: A moment
summary: Two questions.
minutes: 1
turns:
  - {id: first, kind: ask}
  - {id: second, kind: ask}
  - {id: end, kind: close}
"""
_WORDS = """
{% block first %}How is it?{% endblock %}
{% block second %}And how else?{% endblock %}
{% block end %}Kept.{% endblock %}
"""


def practices(folder: Path) -> Library:
    """The house's own, and a moment, which takes little time."""
    (folder / "moment.yaml").write_text(_PRACTICE)
    (folder / "moment.en.j2").write_text(_WORDS)
    found = load([folder])
    assert not found.faults
    return found


def _campaign(name: str, starts: date, steps: list[dict[str, Any]], **more: object) -> Campaign:
    told = {"name": name, "title": name, "starts": starts.isoformat(), **more}
    told["steps"] = [{"practice": "moment", **each} for each in steps]
    return Campaign.model_validate_json(json.dumps(told))


def inquiry(starts: date) -> Campaign:
    """A weekly look at one's week, with a reminder, as it is shipped."""
    step = {
        "id": "inquiry",
        "when": {"kind": "weekly", "on": ["thursday"]},
        "at": "14:00",
        "reminder": "next working day",
        "closes": "6 days",
    }
    return _campaign("inquiry", starts, [step], rank=10)


def listening(name: str, starts: date) -> Campaign:
    """Six weeks of listening, as it is shipped."""
    step = {
        "id": "listening",
        "when": {"kind": "weekly", "on": ["tuesday"]},
        "at": "09:30",
        "closes": "end of day",
    }
    return _campaign(name, starts, [step], rank=20, weeks=6)


def nudge(starts: date) -> Campaign:
    """Nudges at random, as they are shipped."""
    step = {
        "id": "question",
        "when": {"kind": "random", "times": 2, "at_least": 1, "window": "10:00-17:00"},
        "closed": "skip",
        "open": "leave",
        "closes": "end of day",
    }
    return _campaign("nudge", starts, [step])


def rounds(starts: date) -> Campaign:
    """The end of every month, and a few dates: Good Friday and a Sunday among them."""
    monthly = {
        "id": "month",
        "when": {"kind": "monthly", "day": 31},
        "at": "10:00",
        "open": "queue",
    }
    days = [(3, 26), (6, 21), (9, 22), (12, 5), (12, 21)]
    dates = {
        "id": "feasts",
        "when": {"kind": "dates", "on": [date(starts.year, *day).isoformat() for day in days]},
        "at": "12:00",
        "closed": "skip",
        "reminder": "3 hours",
        "closes": "end of day",
    }
    return _campaign("rounds", starts, [monthly, dates], rank=-5, holidays="IE")


def walk(starts: date) -> Campaign:
    """Three times a week before the window opens, so that each one waits for it."""
    step = {
        "id": "walk",
        "when": {"kind": "weekly", "on": ["monday", "wednesday", "friday"]},
        "at": "08:00",
        "reminder": "1 day",
        "open": "queue",
    }
    return _campaign("walk", starts, [step], rank=5, weeks=9, quiet="12:00-14:00")


def trial(starts: date) -> Campaign:
    """Every second week, and then it is cancelled."""
    step = {
        "id": "trial",
        "when": {"kind": "weekly", "on": ["wednesday", "saturday"], "every": 2},
        "at": "15:00",
        "reminder": "2 days",
    }
    return _campaign("trial", starts, [step], rank=15, working_days=list(WEEKDAYS))


#: What goes by a festival: nobody's own days and hour move it.
ANCHORED = frozenset({"festival", "festival_day", "session"})
_FESTIVE = ("ahead", "eve", "each_day", "some_days", "feedback", "harvest", "sixty")


def festive(name: str, starts: date) -> Campaign:
    """Before, during and after a festival of the same name, much as it is shipped."""
    steps = [festival_oracle.written(each) for each in _FESTIVE]
    steps[0]["reminder"], steps[0]["closes"] = "2 days", "6 days"
    return _campaign(name, starts, steps, rank=50, window="08:30-22:00", festival=name)


def festival(name: str, opens: date) -> Festival:
    """Four days, with sessions side by side and one after the other."""
    times = {"a": (0, 10), "b": (0, 14), "c": (1, 10), "d": (1, 10), "e": (2, 11), "f": (3, 20)}
    sessions = [
        Session.model_validate(
            {"id": each, "title": each, "starts": f"{opens + timedelta(days=day)} {hour:02}:00"}
        )
        for each, (day, hour) in times.items()
    ]
    return Festival(
        name=name,
        title=name,
        opens=opens,
        closes=opens + timedelta(days=3),
        sessions=tuple(sessions),
    )


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """What somebody chose, as it stood at some moment; None is what they did not choose."""

    zone: str
    days: tuple[int, ...] | None = None
    minute: int | None = None
    window: tuple[int, int] | None = None
    holidays: str | None = None
    stopped: bool = False
    paused_until: date | None = None
    reachable: bool = True
    joined_at: datetime

    def wall(self, at: datetime) -> datetime:
        """What their clock shows."""
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


@cache
def days_off(region: str, year: int) -> frozenset[date]:
    """The public holidays of a region, the real days and their substitutes."""
    country, _, part = region.partition("-")
    both = (
        holidays.country_holidays(country, subdiv=part or None, years=year, observed=observed)
        for observed in (True, False)
    )
    return frozenset(day for each in both for day in each)


def minutes(clock: str) -> int:
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def _span(hours: str) -> tuple[int, int]:
    opens, _, closes = hours.partition("-")
    return minutes(opens), minutes(closes)


def is_open(minute: int, rhythm: Rhythm, campaign: Campaign, step: Step) -> bool:
    """Whether a minute, counted from the midnight of a window's day, is within the window.

    For two hours from the one they chose they may be written to, whatever the window.
    """
    by_chance = step.when.kind == "random"
    usual = (step.when.window if step.when.kind == "random" else None) or campaign.window
    opens, closes = _span(usual) if rhythm.window is None else rhythm.window
    closes += DAY * (closes <= opens)
    rests = _span(campaign.quiet) if campaign.quiet and rhythm.window is None else (0, 0)

    def usually(minute: int) -> bool:
        return opens <= minute < closes and not rests[0] <= minute < rests[1]

    own = None if by_chance else rhythm.minute
    if own is None or usually(own) or usually(own + DAY):
        return usually(minute)
    return usually(minute) or own <= minute < min(own + OWN_HOUR, max(DAY, closes))


def window_day(at: datetime, rhythm: Rhythm, campaign: Campaign, step: Step) -> date | None:
    """The day whose window an instant is in; None when it is in none."""
    wall = rhythm.wall(at)
    minute = wall.hour * 60 + wall.minute
    if is_open(minute + DAY, rhythm, campaign, step):
        return wall.date() - timedelta(days=1)
    return wall.date() if is_open(minute, rhythm, campaign, step) else None


def weekdays(rhythm: Rhythm, campaign: Campaign, step: Step) -> frozenset[int]:
    """On which days of the week somebody may be written to."""
    if rhythm.days is not None and step.when.kind not in {"dates", *ANCHORED}:
        return frozenset(rhythm.days)
    if step.any_day:
        return frozenset(range(len(WEEKDAYS)))
    asked = step.when.days if step.when.kind == "random" else None
    return frozenset(WEEKDAYS.index(day) for day in asked or campaign.working_days)


def closed(at: datetime, rhythm: Rhythm, campaign: Campaign, step: Step) -> Iterator[str]:
    """All reasons why nothing may be sent at an instant; none when it may."""
    day = window_day(at, rhythm, campaign, step)
    today = rhythm.wall(at).date()
    if rhythm.holidays is not None:
        region, reason = rhythm.holidays, "holiday"
    else:
        region, reason = campaign.holidays, "group_holiday"
    if region not in {"", "none"}:
        for each in {today, day or today}:
            if each in days_off(region, each.year):
                yield reason
    if (day or today).weekday() not in weekdays(rhythm, campaign, step):
        yield "working_days"
    if day is None:
        yield "quiet"


def away(at: datetime, rhythm: Rhythm) -> Iterator[str]:
    """All reasons why somebody is not there at an instant."""
    if rhythm.stopped:
        yield "stopped"
    if rhythm.paused_until is not None and rhythm.wall(at).date() < rhythm.paused_until:
        yield "paused"
    if not rhythm.reachable:
        yield "unreachable"


def on_their_clock(at: datetime, rhythm: Rhythm, step: Step) -> bool:
    """Whether an instant is the first at which their clock shows the hour, or later."""
    if step.when.kind == "random":
        return rhythm.wall(at).second == 0
    again = at.astimezone(ZoneInfo(rhythm.zone)).fold
    asked = minutes(step.at or "09:00") if rhythm.minute is None else rhythm.minute
    wall, before = rhythm.wall(at), rhythm.wall(at - timedelta(seconds=1))
    due = wall.replace(hour=asked // 60, minute=asked % 60, second=0)
    if due > wall:
        due -= timedelta(days=1)
    return (wall == due and not again) or before < due < wall


def utc(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
