"""Reserved words about when prompts come: start, later, pause, stop."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.engine import events
from bot.engine.conversation import Conversation
from bot.prompts.dates import on_day
from bot.prompts.reading import coming_date
from bot.records import Standing
from bot.requests.desk import FOREVER, Desk
from bot.requests.menu import MENU
from bot.requests.talk import JOIN, begin, displace, move, move_quietly
from bot.store import conversations, occasions, outbox
from scheduler.calendar import instant, next_at, zone

#: After so long away, coming back begins with a choice.
AWAY = timedelta(days=7)
_MINUTES = 60
RETURN = "return"


def start(desk: Desk, current: Conversation | None) -> None:
    """Begin, begin again after a stop, or take up what is open."""
    if desk.participant.standing is Standing.STOPPED:
        desk.change(standing=Standing.ACTIVE)
        desk.remark("started_again")
    end_quiet(desk)
    if current is None:
        begin(desk, MENU if desk.present.joined_at else JOIN)
    elif current.practice == RETURN or desk.now - current.touched_at < AWAY or not current.begun:
        desk.remark("welcome_back")
        move(desk, current, events.TakenUp())
    else:
        move_quietly(desk, current, events.SetAside(None))
        begin(desk, RETURN)


def later(desk: Desk, current: Conversation | None) -> None:
    """Set the prompt aside until the next window, and say when that is."""
    if current is None:
        desk.remark("nothing_to_set_aside")
        return
    person = desk.participant
    until = _next_time(desk, desk.now)
    move_quietly(desk, current, events.SetAside(until))
    desk.remark("later_set", when=on_day(until, desk.now, zone(person.zone), person.language))


def _next_time(desk: Desk, after: datetime) -> datetime:
    """The next of their days and their hour that comes after an instant."""
    person = desk.participant
    at = time(person.minute // _MINUTES, person.minute % _MINUTES)
    return next_at(after, zone(person.zone), person.days, at)


def day_meant(desk: Desk, rest: str) -> date | None:
    """The day that follows `pause` in a message; None when no day can be read in it."""
    today = desk.now.astimezone(zone(desk.participant.zone)).date()
    return coming_date(rest, today)


def pause(desk: Desk, current: Conversation | None, rest: str) -> None:
    """Send no planned prompt until a date, or until they say `start`."""
    day = day_meant(desk, rest) if rest else None
    if rest and day is None:
        desk.remark("pause_unread")
        return
    comes = be_quiet(desk, current, day)
    if comes is None:
        desk.remark("paused")
    else:
        where = zone(desk.participant.zone)
        when = on_day(comes, desk.now, where, desk.participant.language)
        desk.remark("paused_until", when=when)


def be_quiet(desk: Desk, current: Conversation | None, day: date | None) -> datetime | None:
    """Send nothing before a day, or until they come back; say when something comes again.

    What is open is set aside; what is open now comes back by itself, at their next time.
    """
    until = FOREVER if day is None else instant(day, time(), zone(desk.participant.zone))
    desk.change(paused_until=until)
    back = None if day is None else _next_time(desk, until)
    for each in conversations.open_ones(desk.conn, desk.house.keys, desk.participant.id):
        comes_back = back if current is not None and each.id == current.id else None
        move_quietly(desk, each, events.SetAside(comes_back))
    if day is None:
        return None
    return back if current is not None else until


def end_quiet(desk: Desk) -> None:
    """Send planned prompts again."""
    if desk.participant.paused_until:
        desk.change(paused_until=None)


def stop(desk: Desk) -> None:
    """End every conversation and prompt; only `start` resumes."""
    for each in conversations.unended(desk.conn, desk.house.keys, desk.participant.id):
        move_quietly(desk, each, events.Stopped())
    occasions.stopped(desk.conn, desk.participant.id, desk.now)
    outbox.withdraw(desk.conn, desk.participant.id, reason="stopped", now=desk.now)
    desk.change(standing=Standing.STOPPED)
    desk.remark("stopped")


def choose(desk: Desk, current: Conversation | None) -> None:
    """Offer the practices."""
    if current is not None and current.practice == MENU:
        move(desk, current, events.TakenUp())
        return
    if current is not None:
        displace(desk, current)
    begin(desk, MENU)
