"""Hours: what comes back after a long quiet time comes when its person may be written to."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.engine.conversation import Conversation, Status
from bot.engine.flow import Ask, Wait
from bot.requests.desk import Desk
from scheduler.calendar import zone
from scheduler.campaign import USUAL_HOURS, span
from scheduler.windows import Opening, spans

#: Up to so long a quiet time has somebody in the middle of it: they are there, at whatever hour.
SHORT = timedelta(hours=1)
_EVERY_DAY = frozenset(range(7))


def waits_until(desk: Desk, held: Conversation) -> datetime | None:
    """When a long quiet time may end that is over now; None when it may end at once.

    Whoever began it chose the day, so that days and holidays do not matter here. What was set
    aside has its own time.
    """
    if held.at is None or held.status is not Status.OPEN or _quiet(desk, held) <= SHORT:
        return None
    person = desk.participant
    window = spans(person.window or span(USUAL_HOURS))
    opening = Opening(where=zone(person.zone), days=_EVERY_DAY, spans=window)
    earliest = opening.earliest(desk.now)
    return earliest if earliest != desk.now else None


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
