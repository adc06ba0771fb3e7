"""Taking back: what somebody gave to a count or shared, as far as it can still be found."""

from __future__ import annotations

from bot.engine import events
from bot.engine.conversation import About, Conversation
from bot.measures.measure import Group, said
from bot.requests.desk import Desk
from bot.requests.pooling import COUNTED, SHARED
from bot.requests.talk import TAKING_BACK, displace, make, move
from bot.store import counts, shared
from bot.store.counts import Waiting


def take_back(desk: Desk, current: Conversation | None) -> bool:
    """Ask which of it; say so when there is nothing, and then False."""
    about = given(desk)
    if not about:
        been = counts.has_answered(desk.conn, desk.participant.id)
        desk.remark("nothing_left_to_take_back" if been else "nothing_given")
        return False
    if current is not None:
        displace(desk, current)
    move(desk, make(desk, TAKING_BACK, about), events.Opened())
    return True


def given(desk: Desk) -> tuple[About, ...]:
    """What can be taken back, by names that tell a count from words."""
    whose, language = desk.participant.id, desk.participant.language
    waiting = [
        About(
            id=f"{COUNTED}{each.count}",
            title=desk.text("given_to_count", title=_title(each, language)),
        )
        for each in counts.waiting(desk.conn, whose)
    ]
    passed_on = [
        About(
            id=f"{SHARED}{each.id}",
            title=desk.text(f"given_{each.level}", title=each.about or each.title),
        )
        for each in shared.of(desk.conn, desk.house.keys, whose)
    ]
    return (*waiting, *passed_on)


def _title(waiting: Waiting, language: str) -> str:
    """What waits; a session's with the session's title, since several may."""
    title = said(waiting.body.title, language)
    return f"{title}: {waiting.title}" if waiting.body.group is Group.SESSION else title
