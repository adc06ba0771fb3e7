"""Rounds: when a circle's next round opens, when it closes, and what follows. Pure.

All wall times are the circle's own (CALENDAR 5): one instant for everybody in it. A week runs from
Monday to Sunday, and the week in which the circle was set up is week 0 (CALENDAR 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduler.calendar import day_of_month, instant, later, monday, month_of, week_of
from scheduler.holidays import NONE, is_holiday

#: Rounds close at noon, when most people are at work and awake.
NOON = time(12)
#: The channel's count is said anew at these marks of the clock, so that it does not tell the
#: minute in which somebody answered.
MARK = timedelta(minutes=5)
#: Late voices come together at noon, and not sooner than so long after the first of them.
_GATHER = timedelta(hours=1)
#: So long before the close a reminder comes, once.
_REMINDER = timedelta(hours=24)
#: How much longer a host may leave a round open, and for how long they are waited for.
EXTENSION_DAYS = 2
#: Whose public holidays are quiet where nobody has said (CALENDAR 7).
USUAL = "GB-SCT"
#: A week has five working days, of which the last is 4.
_FRIDAY = 4
#: So many weeks or months ahead the next opening is looked for.
_AHEAD = 60


class Rhythm(StrEnum):
    """How often a circle has a round."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    #: On the first such weekday of each month.
    MONTHLY = "monthly"
    #: Only when somebody begins one.
    ON_THE_SPOT = "on_the_spot"


class OpenFor(StrEnum):
    """How long a round is open; it closes at noon."""

    ONE_DAY = "one_day"
    THREE_DAYS = "three_days"
    A_WEEK = "a_week"


_DAYS = {OpenFor.ONE_DAY: 1, OpenFor.THREE_DAYS: 3, OpenFor.A_WEEK: 7}
#: How long after a round opened the circle is asked what it has learnt: before the next begins.
_LEARNING_DAYS = {Rhythm.WEEKLY: 5}
_USUAL_LEARNING_DAYS = 7


def next_opening(  # noqa: PLR0913 - A rhythm has these.
    rhythm: Rhythm,
    *,
    weekday: int,
    at: time,
    start: date,
    where: ZoneInfo,
    after: datetime,
    closed: Callable[[date], bool],
) -> datetime | None:
    """When the next round opens after an instant; None for a circle without a rhythm.

    A round that would open on a day that is `closed` opens on the next of that week which is not;
    a week without one has no round.
    """
    for day in _openings(rhythm, weekday, start, after.astimezone(where).date()):
        rest = range(max(_FRIDAY - day.weekday(), 0) + 1)
        days = (day + timedelta(days=ahead) for ahead in rest)
        found = next((each for each in days if not closed(each)), None)
        if found is not None and (opens := instant(found, at, where)) > after:
            return opens
    return None


def _openings(rhythm: Rhythm, weekday: int, start: date, today: date) -> Iterator[date]:
    """The days of the rhythm from this week or month on."""
    match rhythm:
        case Rhythm.WEEKLY | Rhythm.FORTNIGHTLY:
            weeks = 1 if rhythm is Rhythm.WEEKLY else 2
            first = max(week_of(today, start), 0)
            first += -first % weeks
            for week in range(first, first + weeks * _AHEAD, weeks):
                yield monday(start, week) + timedelta(days=weekday)
        case Rhythm.MONTHLY:
            month = max(month_of(today, start), 0)
            for each in range(month, month + _AHEAD):
                first_day = day_of_month(start, each, 1)
                yield first_day + timedelta(days=(weekday - first_day.weekday()) % 7)
        case Rhythm.ON_THE_SPOT:
            return


def on_holiday(region: str, where: ZoneInfo, opened: datetime, closing: datetime) -> bool:
    """Whether each working day on which a round is open is a holiday in a region."""
    first, last = (each.astimezone(where).date() for each in (opened, closing))
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    working = [day for day in days if day.weekday() <= _FRIDAY]
    quiet = "" if region == NONE else region
    return bool(working) and all(is_holiday(quiet, day) for day in working)


def closes(opened: datetime, open_for: OpenFor, where: ZoneInfo) -> datetime:
    """When a round closes that opened then: at noon, so many days later."""
    return later(opened, where, days=_DAYS[open_for], at=NOON)


def extended(closed: datetime, where: ZoneInfo) -> datetime:
    """When a round closes that is left open for longer; how long its host may take to decide."""
    return later(closed, where, days=EXTENSION_DAYS, at=NOON)


def reminds(opened: datetime, closing: datetime) -> datetime | None:
    """When those who have not answered are reminded, once; None for a round too short for it."""
    at = closing - _REMINDER
    return at if at - opened >= timedelta(hours=12) else None


def takes_up(shown: datetime, where: ZoneInfo) -> datetime:
    """Until when it can be chosen which question a circle takes up: noon of the next day."""
    return later(shown, where, days=1, at=NOON)


def learns(opened: datetime, taken_up: datetime, rhythm: Rhythm, where: ZoneInfo) -> datetime:
    """When a circle is asked what it has learnt of a question it took up."""
    days = _LEARNING_DAYS.get(rhythm, _USUAL_LEARNING_DAYS)
    at = opened.astimezone(where).time()
    return max(later(opened, where, days=days, at=at), later(taken_up, where, days=1, at=at))


def late_together(now: datetime, where: ZoneInfo) -> datetime:
    """When voices come that were late: together at noon, whenever each was given."""
    today = now.astimezone(where).date()
    for ahead in range(3):
        at = instant(today + timedelta(days=ahead), NOON, where)
        if at - now >= _GATHER:
            return at
    raise AssertionError(now)  # pragma: no cover - There is a noon within three days.


def mark(now: datetime) -> datetime:
    """The next mark of the clock at which a count may be said anew."""
    since = now - datetime.min.replace(tzinfo=UTC)
    return now + (MARK - since % MARK)
