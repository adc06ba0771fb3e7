"""Hours: what comes back after a long quiet time, or later the same day, and when it may."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.engine.conversation import Conversation, Status
from bot.engine.flow import Ask, Wait
from bot.engine.options import puts_off
from bot.requests.desk import Desk
from scheduler.calendar import zone
from scheduler.campaign import USUAL_HOURS, span
from scheduler.windows import Opening, spans

#: Up to so long a quiet time has somebody in the middle of it: they are there, at whatever hour.
SHORT = timedelta(hours=1)
#: A conversation touched within this time is being had, and whatever was planned waits behind it.
BEING_HAD = timedelta(hours=12)
_EVERY_DAY = frozenset(range(7))
#: What is put off until later the same day comes so long afterwards; sooner in a short day.
_LATER = (timedelta(hours=3), timedelta(hours=2), timedelta(hours=1))


def waits_until(desk: Desk, held: Conversation) -> datetime | None:
    """When a long quiet time may end that is over now; None when it may end at once.

    Whoever began it chose the day, so that days and holidays do not matter here. What was set
    aside has its own time.
    """
    if held.at is None or held.status is not Status.OPEN or _quiet(desk, held) <= SHORT:
        return None
    earliest = _opening(desk).earliest(desk.now)
    return earliest if earliest != desk.now else None


def later_today(desk: Desk) -> datetime | None:
    """When what is put off comes again the same day; None when the day is nearly over."""
    opening = _opening(desk)
    today = opening.day_of(desk.now)
    found = (opening.earliest(desk.now + ahead) for ahead in _LATER)
    return next((at for at in found if at is not None and opening.day_of(at) == today), None)


def its_day_is_over(desk: Desk, held: Conversation) -> bool:
    """Whether what was to come again the same day could not, so that it does not come at all."""
    if held.at is None or held.status is not Status.RESTING or held.wake_at is None:
        return False
    node = desk.house.shelf.pinned(desk.conn, held.revision).script.nodes[held.at]
    if not puts_off(node):
        return False
    opening = _opening(desk)
    shut = opening.closed(desk.now) is not None and opening.closed(held.wake_at) is None
    return shut or opening.day_of(desk.now) != opening.day_of(held.wake_at)


def _opening(desk: Desk) -> Opening:
    """When somebody may be written to, on any day."""
    person = desk.participant
    window = spans(person.window or span(USUAL_HOURS))
    return Opening(where=zone(person.zone), days=_EVERY_DAY, spans=window)


def _quiet(desk: Desk, held: Conversation) -> timedelta:
    """After how long the open turn goes on by itself."""
    nodes = desk.house.shelf.pinned(desk.conn, held.revision).script.nodes
    match nodes[held.at or ""].turn:
        case Wait(seconds=seconds):
            return timedelta(seconds=seconds)
        case Ask(goes_on_after=int(seconds)):
            return timedelta(seconds=seconds)
        case _:
            return timedelta(0)
