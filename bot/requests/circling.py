"""Circling: from a button in a circle's place to the practice it opens in a private chat."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.engine import events
from bot.engine.conversation import About, Conversation, Status
from bot.engine.options import round_of
from bot.records import Inbound, Invited, Standing
from bot.requests import circles as tending
from bot.requests.circles import JOIN, JOINS, SET_UP, SETS_UP, TAKES, TEND
from bot.requests.desk import Asks, Desk, House
from bot.requests.herald import ANSWER
from bot.requests.talk import JOIN as JOIN_SKERRY
from bot.requests.talk import begin, displace, make, move
from bot.store import circles, conversations, people, rounds
from bot.store.circles import Circle
from bot.store.rounds import Round, State
from scheduler.calendar import zone
from scheduler.rounds import late_together

#: How the codes begin that lead to a circle.
LEADS = (ANSWER, JOINS, SETS_UP, TAKES)


def place_to_ask_of(conn: Connection, house: House, came: Inbound) -> str | None:
    """The place of a circle in which whoever brings its code must be; None if it matters not.

    Of a member nobody asks: who goes out of the place is told.
    """
    if not isinstance(came.body, Invited) or not came.body.code.startswith(LEADS):
        return None
    circle = _led_to(conn, house, came.body.code)
    if circle is None or circle.is_pair or circle.platform is not came.platform:
        return None
    present = people.find(conn, came.platform, came.place)
    if present and circles.member(conn, circle.id, present.participant.id):
        return None
    return circle.place


def follow(desk: Desk, current: Conversation | None, body: Invited) -> bool:
    """Do what a button of a circle's brings; False for a code that is none of a circle's."""
    code = body.code
    if not code.startswith(LEADS):
        return False
    if desk.participant.standing is Standing.STOPPED:
        desk.remark("still_stopped")
        return True
    kind, rest = code[:3], code[3:]
    circle = _led_to(desk.conn, desk.house, code)
    if circle is not None and _is_outside(desk, circle, body):
        desk.remark("circle_outside")
    elif kind == ANSWER:
        _answer(desk, current, rest)
    elif circle is None:
        desk.remark("circle_gone")
    elif kind == SETS_UP:
        _set_up(desk, current, circle)
    else:
        _join(desk, current, circle, takes=kind == TAKES)
    return True


def _led_to(conn: Connection, house: House, code: str) -> Circle | None:
    """The circle to which a code leads."""
    kind, rest = code[:3], code[3:]
    if kind == ANSWER:
        held = rounds.get(conn, house.keys, rest)
        return None if held is None else circles.get(conn, house.keys, held.circle)
    if kind == TAKES:
        return circles.by_handover(conn, house.keys, rest)
    return circles.by_code(conn, house.keys, rest)


def _is_outside(desk: Desk, circle: Circle, body: Invited) -> bool:
    """Whether a code was passed on to somebody who is not in the place of its circle."""
    if circles.member(desk.conn, circle.id, desk.participant.id):
        return False
    elsewhere = circle.platform is not desk.present.address.platform
    return body.belongs is False or circle.is_pair or elsewhere


def _set_up(desk: Desk, current: Conversation | None, circle: Circle) -> None:
    if tending.may_change(desk, circle):
        circles.touch(desk.conn, circle.id, desk.now)
        _begin(desk, current, SET_UP, tending.about(desk, circle))
    else:
        desk.remark("circle_host_only")


def _join(desk: Desk, current: Conversation | None, circle: Circle, *, takes: bool) -> None:
    """Join; with `takes`, take it on as its host, once one is a member."""
    member = circles.member(desk.conn, circle.id, desk.participant.id)
    known = circles.name_of(desk.conn, desk.house.keys, circle.id, desk.participant.id)
    if member is None or known is None:
        _begin(desk, current, JOIN, tending.about(desk, circle))
    elif takes:
        tending.take_on(desk, circle)
    else:
        desk.remark("circle_already_joined", circle=desk.circle(circle.title))


def _answer(desk: Desk, current: Conversation | None, round_id: str) -> None:
    """Answer a round: join first, go on where one was, or begin."""
    conn, keys, me = desk.conn, desk.house.keys, desk.participant.id
    held = rounds.get(conn, keys, round_id)
    circle = None if held is None else circles.get(conn, keys, held.circle)
    if held is None or circle is None:
        desk.remark("round_gone")
        return
    if circles.name_of(conn, keys, circle.id, me) is None:
        _begin(desk, current, JOIN, tending.about(desk, circle))
        return
    newer = tending.open_round(desk, circle)
    if held.state in {State.SHOWN, State.FOLDED} and newer is not None:
        held = newer
    if _is_past(desk, circle, held):
        return
    about = tending.about_round(desk, circle, held)
    going = [
        each
        for each in conversations.open_ones(conn, keys, me)
        if each.practice == held.practice and _same(each.about, about)
    ]
    if going:
        if current is not None and current.id != going[0].id:
            displace(desk, current)
        desk.remark("welcome_back")
        move(desk, going[0], events.TakenUp())
        return
    known = me in rounds.givers(conn, held.id)
    if held.state is State.SHOWN:
        at = held.late_at or late_together(desk.now, zone(circle.zone))
        desk.remark("round_over", circle=about.title, when=desk.moment(at))
    else:
        desk.remark("round_voice_was_there" if known else "round_for", circle=about.title)
    _begin(desk, current, held.practice, about)


def _is_past(desk: Desk, circle: Circle, held: Round) -> bool:
    """Say so where nothing can be given any more."""
    shown = held.state is State.SHOWN
    if held.state is State.FOLDED:
        desk.remark("round_is_folded", circle=desk.circle(circle.title))
        return True
    if shown and desk.participant.id in rounds.givers(desk.conn, held.id):
        desk.remark("round_is_shown", circle=desk.circle(circle.title))
        return True
    return False


def _same(about: tuple[About, ...], wanted: About) -> bool:
    found = round_of(about)
    return found is not None and found.id == wanted.id


def tend(desk: Desk, current: Conversation | None) -> None:
    """`circles`: what somebody can do with those they are in."""
    joined = circles.of_participant(desk.conn, desk.house.keys, desk.participant.id)
    mine = [each for each in joined if not each.is_pair]
    if not mine:
        desk.remark("circle_none")
        return
    if current is not None:
        displace(desk, current)
    abouts = tuple(tending.about(desk, each) for each in mine)
    move(desk, make(desk, TEND, abouts), events.Opened())


def ask(asks: Asks) -> None:
    """Ask somebody something, behind what they are at."""
    desk = asks.desk
    waiting = conversations.open_ones(desk.conn, desk.house.keys, desk.participant.id)
    busy = any(each.status is Status.OPEN and each.begun for each in waiting)
    new = make(desk, asks.practice, (asks.about,))
    if busy:
        _queue(desk, new)
        return
    for each in waiting:
        displace(desk, each)
    move(desk, new, events.Opened())


def _begin(desk: Desk, current: Conversation | None, practice: str, about: About) -> None:
    """Begin a practice; for somebody new, once they have joined Skerry."""
    if desk.present.joined_at is None:
        _wait(desk, current, practice, about)
        return
    if current is not None:
        displace(desk, current)
    move(desk, make(desk, practice, (about,)), events.Opened())


def _wait(desk: Desk, current: Conversation | None, practice: str, about: About) -> None:
    """Have a practice wait behind joining Skerry, once however often it is asked for."""
    unended = conversations.unended(desk.conn, desk.house.keys, desk.participant.id)
    if all(each.practice != practice or about not in each.about for each in unended):
        _queue(desk, make(desk, practice, (about,)))
    if current is None:
        begin(desk, JOIN_SKERRY)
    else:
        move(desk, current, events.TakenUp())


def _queue(desk: Desk, new: Conversation) -> None:
    conversations.save(desk.conn, desk.house.keys, desk.participant.id, new)
