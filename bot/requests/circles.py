"""Circles: what happens in their places, and what their members have them do.

A circle begins when we are let into a channel or a group. Whoever presses the button there first
may set it up. Only a host changes it; anybody can leave. Words said in its place are never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.engine.conversation import About, Answer
from bot.engine.flow import Request
from bot.engine.options import ROUND
from bot.records import (
    NOTHING,
    Address,
    Arrived,
    Commanded,
    Inbound,
    Left,
    Migrated,
    Option,
    Outbound,
    Parted,
    Platform,
    Press,
    Renamed,
    Reply,
    Returned,
    Standing,
    Words,
)
from bot.requests import rounds as going
from bot.requests.desk import Desk, House
from bot.requests.herald import Herald, has_agreed
from bot.store import circles, outbox, people, rounds
from bot.store.circles import Body, Circle, State
from bot.store.rounds import Round
from bot.store.rounds import State as Stands
from scheduler.rounds import mark

#: What a conversation is about that is about a circle (see About.group).
CIRCLE = "circle"
#: The practices by which somebody joins a circle, sets it up, and does something with it.
JOIN, SET_UP, TEND = "circle_join", "circle_setup", "circle_tend"
#: What the buttons in a circle's place carry (see Option.opens): to join, to set up, to take over.
JOINS, SETS_UP, TAKES = "cj-", "cs-", "ch-"
#: Whether the aspiration is theirs.
AGREES = "a:"
REQUESTS = frozenset(
    {
        Request.JOIN_CIRCLE,
        Request.SET_UP_CIRCLE,
        Request.TEND_CIRCLE,
        Request.DECIDE_ROUND,
    }
)
_VOTE = re.compile(r"v:([0-9a-f]{32}):([0-9]{1,2})")
_AGREE = re.compile(r"a:([0-9a-f]{32}):(yes|no)")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """A practice that begins now, and what it is about."""

    practice: str
    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class InGroup:
    """What came of something in a place of several people."""

    reply: Reply = NOTHING
    #: How many messages wait in the outbox because of it.
    said: int = 0


# --- in its place -----------------------------------------------------------------------------


def in_group(conn: Connection, house: House, came: Inbound, now: datetime) -> InGroup:
    """Take what happened in a place of several people.

    What happens to a whole chat happens to the circles of all its topics.
    """
    if isinstance(came.body, Left | Migrated | Parted | Renamed | Arrived | Returned):
        return _whole(conn, house, came, now)
    circle = _circle(conn, house, came)
    if circle is None:
        if isinstance(came.body, Words | Commanded):
            return _let_in(conn, house, came, now)
        return InGroup()
    circle = _named(conn, house, circle, came)
    herald = Herald(conn=conn, house=house, circle=circle, now=now)
    match came.body:
        case Press(token=token):
            return InGroup(reply=Reply(toast=_pressed(herald, came, token)))
        case Words():
            return _help(herald, came)
        case Commanded(text=text):
            return _commanded(herald, came, text)
        case _:
            return InGroup()


def _whole(conn: Connection, house: House, came: Inbound, now: datetime) -> InGroup:
    """Something happened to a whole chat."""
    here = circles.within(conn, house.keys, came.platform, came.place)
    match came.body:
        case Left():
            for place in {came.place, *(each.place for each in here)}:
                nobody = Address(id="", participant="", platform=came.platform, place=place)
                outbox.depart(conn, nobody, now)
            for each in here:
                circles.away(conn, each.id, now)
        case Migrated(to=to) if to != came.place:
            for each in here:
                _move(conn, house, each, to + each.place.removeprefix(came.place), now)
        case Parted():
            return InGroup(said=sum(_part(conn, house, each, came, now).said for each in here))
        case Renamed():
            for each in here:
                _named(conn, house, each, came)
        case Arrived() | Returned() if here:
            return _back(conn, house, here, came, now)
        case Arrived():
            return _let_in(conn, house, came, now)
        case _:
            pass
    return InGroup()


def _circle(conn: Connection, house: House, came: Inbound) -> Circle | None:
    """The circle of a place; of a button whose topic is not told, the one that put it there."""
    found = circles.at(conn, house.keys, came.platform, came.place)
    if found is not None or not isinstance(came.body, Press):
        return found
    named = _VOTE.fullmatch(came.body.token) or _AGREE.fullmatch(came.body.token)
    held = rounds.get(conn, house.keys, named[1]) if named else None
    whose = held.circle if held else named[1] if named else ""
    circle = circles.get(conn, house.keys, whose, lock=True) if whose else None
    if circle is None or circle.platform is not came.platform:
        return None
    return circle if circle.place.startswith(f"{came.place}:") else None


def _let_in(conn: Connection, house: House, came: Inbound, now: datetime) -> InGroup:
    """We are in a new place: offer to set it up."""
    circle = circles.add(
        conn,
        house.keys,
        came.platform,
        came.place,
        title=came.title,
        zone=house.zone,
        language=house.shelf.language(came.language),
        now=now,
    )
    return _offer(Herald(conn=conn, house=house, circle=circle, now=now))


def _back(
    conn: Connection, house: House, here: tuple[Circle, ...], came: Inbound, now: datetime
) -> InGroup:
    """We are in a place again: its circles go on where they were."""
    said = 0
    for each in here:
        circle = _named(conn, house, each, came)
        if circle.began_at is None:
            circles.back(conn, circle.id, State.NEW)
            said += _offer(Herald(conn=conn, house=house, circle=circle, now=now)).said
            continue
        circles.back(conn, circle.id, State.ACTIVE)
        if circle.next_at is not None and circle.next_at <= now:
            going.plan_next(conn, circle, now)
        recount(conn, circle.id, now)
    return InGroup(said=said)


def _offer(herald: Herald) -> InGroup:
    """Say once what we do here, and who may set it up."""
    circle = herald.circle
    circles.touch(herald.conn, circle.id, herald.now)
    place = Address(id=circle.id, participant="", platform=circle.platform, place=circle.place)
    if outbox.waits(herald.conn, place):
        return InGroup()
    label = herald.text("circle_setup_label")
    button = Option(label=label, token=f"{SETS_UP}{circle.code}", opens=True)
    herald.say(Outbound(paragraphs=herald.words("circle_setup_offer"), options=(button,)))
    return InGroup(said=1)


def _named(conn: Connection, house: House, circle: Circle, came: Inbound) -> Circle:
    """The circle by the title that its place has now."""
    renamed = isinstance(came.body, Renamed) or not circle.title
    if came.title and renamed and came.title != circle.title:
        body = Body(title=came.title, aspiration=circle.aspiration)
        circles.write(conn, house.keys, circle.id, body)
        again = circles.get(conn, house.keys, circle.id)
        return again or circle
    return circle


def _move(conn: Connection, house: House, circle: Circle, to: str, now: datetime) -> None:
    """A place has another name: its circle and what waits for it go along."""
    already = circles.at(conn, house.keys, circle.platform, to)
    if already is not None and already.began_at is not None:
        return
    if already is not None:
        circles.remove(conn, house.keys, already.id)
    circles.change(conn, circle.id, place=to)
    outbox.move(conn, circle.platform, circle.place, to, now)


def _part(conn: Connection, house: House, circle: Circle, came: Inbound, now: datetime) -> InGroup:
    """Somebody went out of its place: they are no member any more."""
    present = people.find(conn, came.platform, came.by) if came.by else None
    if present is None:
        return InGroup()
    said = _leave(Herald(conn=conn, house=house, circle=circle, now=now), present.participant.id)
    return InGroup(said=said)


def _leave(herald: Herald, who: str) -> int:
    """Somebody is no member any more; with the last host gone, somebody else may take it on.

    How many messages wait in the outbox because of it.
    """
    conn, circle = herald.conn, herald.circle
    me = circles.member(conn, circle.id, who)
    if me is None or not circles.leave(conn, herald.house.keys, circle.id, who):
        return 0
    going.parted(conn, herald.house, circle.id)
    recount(conn, circle.id, herald.now)
    rest = circles.members(conn, circle.id)
    if not me.host or any(one.host for one in rest) or circle.state is not State.ACTIVE:
        return 0
    _hand_on(herald)
    return 1


def recount(conn: Connection, circle_id: str, now: datetime) -> None:
    """The count in the channel has changed: it is said anew at the next mark of the clock."""
    for id_ in rounds.open_in(conn, circle_id):
        rounds.redo(conn, id_, mark(now))


def recount_all(desk: Desk) -> None:
    """Somebody came or went: the counts of their circles are said anew."""
    for each in circles.of_participant(desk.conn, desk.house.keys, desk.participant.id):
        recount(desk.conn, each.id, desk.now)


def _pressed(herald: Herald, came: Inbound, token: str) -> str:
    """A button in its place: by a member it counts; what it counted for is nobody's to see."""
    conn, circle = herald.conn, herald.circle
    voted, agreed = _VOTE.fullmatch(token), _AGREE.fullmatch(token)
    if not voted and not agreed:
        return ""  # It is no button of a circle's.
    if not came.by:
        return herald.text("circle_not_a_member")
    present = people.find(conn, came.platform, came.by)
    me = present and circles.member(conn, circle.id, present.participant.id)
    if not me:
        return herald.text("round_vote_not_member")
    if voted:
        return _vote(herald, me.participant, voted[1], int(voted[2]))
    if agreed and agreed[1] == circle.id:
        _agree(herald, me.participant, agrees=agreed[2] == "yes")
        return herald.text("aspiration_noted")
    return herald.text("stale")


def _agree(herald: Herald, who: str, *, agrees: bool) -> None:
    """Note whether an aspiration is somebody's too; once the circle has agreed, say so."""
    before = has_agreed(herald)
    circles.agree(herald.conn, herald.circle.id, who, agrees=agrees)
    recount(herald.conn, herald.circle.id, herald.now)
    if has_agreed(herald) and not before:
        said = herald.words("aspiration_agreed", aspiration=herald.circle.aspiration)
        herald.say(Outbound(paragraphs=said))


def _vote(herald: Herald, who: str, round_id: str, number: int) -> str:
    held = rounds.get(herald.conn, herald.house.keys, round_id)
    if held is None or held.circle != herald.circle.id or held.vote_until is None:
        return herald.text("stale")
    if not 0 < number <= len(held.questions):
        return herald.text("stale")
    rounds.choose(herald.conn, round_id, who, number)
    return herald.text("round_vote_taken", number=str(number))


def _commanded(herald: Herald, came: Inbound, text: str) -> InGroup:
    """`/circle now` begins a round, for a host; anything else says what there is."""
    conn, circle = herald.conn, herald.circle
    present = people.find(conn, came.platform, came.by) if came.by else None
    me = present and circles.member(conn, circle.id, present.participant.id)
    if text.casefold().split()[1:2] != ["now"]:
        return _help(herald, came)
    if not me or not me.host or circle.state is not State.ACTIVE:
        return InGroup(reply=Reply(toast=herald.text("circle_host_only")))
    going.begin(conn, herald.house, circle, herald.now)
    return InGroup(said=1)


def _help(herald: Herald, came: Inbound) -> InGroup:
    """Say what can be done here; where it is not set up, who may do that."""
    if herald.circle.began_at is None:
        return _offer(herald)
    if came.platform is Platform.SLACK and isinstance(came.body, Commanded):
        return InGroup(reply=Reply(toast=herald.text("circle_help")))
    circle = herald.circle
    place = Address(id=circle.id, participant="", platform=circle.platform, place=circle.place)
    if outbox.waits(herald.conn, place):
        return InGroup()
    label = herald.text("circle_join_label")
    button = Option(label=label, token=f"{JOINS}{circle.code}", opens=True)
    herald.say(Outbound(paragraphs=herald.words("circle_help"), options=(button,)))
    return InGroup(said=1)


# --- what its members have it do --------------------------------------------------------------


def about(desk: Desk, circle: Circle) -> About:
    """A circle as what a conversation is about."""
    return About(id=circle.id, title=desk.circle(circle.title), group=CIRCLE)


def about_round(desk: Desk, circle: Circle, held: Round) -> About:
    """A round as what a conversation is about, with the name its participant has there."""
    name = circles.name_of(desk.conn, desk.house.keys, circle.id, desk.participant.id)
    return About(
        id=held.id,
        title=desk.circle(circle.title),
        group=ROUND,
        ends_at=held.closes_at,
        name=(name or "") if circle.named else "",
    )


def requested(
    desk: Desk, request: Request, held: tuple[About, ...], answers: Mapping[str, Answer]
) -> Next | None:
    """Do what a practice about a circle asks for when it closes; what begins next, if anything."""
    ours = next((each.id for each in held if each.group in {CIRCLE, ROUND}), "")
    match request:
        case Request.JOIN_CIRCLE:
            return _join(desk, ours, answers)
        case Request.SET_UP_CIRCLE:
            return _set_up(desk, ours, answers)
        case Request.TEND_CIRCLE:
            return _tend(desk, _value(answers, "which"), _value(answers, "what"))
        case Request.DECIDE_ROUND:
            going.decided(desk, ours, _value(answers, "what"))
            return None
        case _:
            return None


def _value(answers: Mapping[str, Answer], turn: str) -> str:
    given = answers.get(turn)
    return given.value if given is not None and isinstance(given.value, str) else ""


def _text(answers: Mapping[str, Answer], turn: str) -> str:
    given = answers.get(turn)
    return " ".join(given.text.split()) if given is not None else ""


def _join(desk: Desk, circle_id: str, answers: Mapping[str, Answer]) -> Next | None:
    """Somebody joins; if a round is open, they are asked at once."""
    conn, keys, me = desk.conn, desk.house.keys, desk.participant.id
    circle = circles.get(conn, keys, circle_id, lock=True)
    if circle is None:
        desk.remark("circle_gone")
        return None
    name = _text(answers, "name")
    circles.join(conn, keys, circle.id, me, name=name, host=False, now=desk.now)
    desk.remark("circle_joined", circle=desk.circle(circle.title))
    recount(conn, circle.id, desk.now)
    found = open_round(desk, circle)
    if found is None:
        return None
    desk.remark("round_for", circle=desk.circle(circle.title))
    return Next(practice=found.practice, about=about_round(desk, circle, found))


def open_round(desk: Desk, circle: Circle) -> Round | None:
    """The round of a circle in which voices are gathered, if there is one."""
    held = rounds.of_circle(desk.conn, desk.house.keys, circle.id)
    return next((each for each in held if each.state in {Stands.OPEN, Stands.DECIDING}), None)


def _set_up(desk: Desk, circle_id: str, answers: Mapping[str, Answer]) -> Next | None:
    """Set a circle up as its host chose, and say so in its place."""
    conn, keys, me = desk.conn, desk.house.keys, desk.participant.id
    circle = circles.get(conn, keys, circle_id, lock=True)
    if circle is None:
        desk.remark("circle_gone")
        return None
    if not may_change(desk, circle):
        desk.remark("circle_host_only")
        return None
    day = _value(answers, "day")
    weekday = _WEEKDAYS.index(day) if day in _WEEKDAYS else circle.weekday
    circles.change(
        conn,
        circle.id,
        state=State.ACTIVE,
        zone=desk.participant.zone,
        language=desk.participant.language,
        rhythm=_value(answers, "rhythm") or circle.rhythm,
        weekday=weekday,
        minute=int(_value(answers, "hour") or circle.minute),
        open_for=_value(answers, "open_for") or circle.open_for,
        named={"each_chooses": True, "never_named": False}.get(
            _value(answers, "naming"), circle.named
        ),
        began_at=circle.began_at or desk.now,
    )
    circles.join(conn, keys, circle.id, me, name=None, host=True, now=desk.now)
    aspiration = _text(answers, "aspiration")
    if aspiration and aspiration != circle.aspiration:
        circles.write(conn, keys, circle.id, Body(title=circle.title, aspiration=aspiration))
        circles.ask_anew(conn, circle.id)
    again = circles.get(conn, keys, circle.id)
    if again is None:  # pragma: no cover - It is held.
        return None
    opens = going.plan_next(conn, again, desk.now)
    _say_set_up(
        desk,
        again,
        opens,
        proposes=aspiration != circle.aspiration,
        known=circle.began_at is not None,
    )
    if circles.name_of(conn, keys, circle.id, me) is None:
        return Next(practice=JOIN, about=about(desk, again))
    return None


def _say_set_up(
    desk: Desk, circle: Circle, opens: datetime | None, *, proposes: bool, known: bool
) -> None:
    herald = _herald(desk, circle)
    label = herald.text("circle_join_label")
    button = Option(label=label, token=f"{JOINS}{circle.code}", opens=True)
    close = herald.text(f"circle_closes_{circle.open_for}")
    block = "circle_goes_on" if known else "circle_begins"
    said = herald.words(block, rhythm=herald.rhythm(), close=close)
    herald.say(Outbound(paragraphs=said, options=(button,)))
    if circle.aspiration and proposes:
        answers = tuple(
            Option(label=herald.text(f"aspiration_{each}_label"), token=f"a:{circle.id}:{each}")
            for each in ("yes", "no")
        )
        proposed = herald.words("aspiration_proposed", aspiration=circle.aspiration)
        herald.say(Outbound(paragraphs=proposed, options=answers))
    desk.said += 1
    name = desk.circle(circle.title)
    if opens is None:
        desk.remark("circle_is_set_up_on_the_spot", circle=name)
    else:
        desk.remark("circle_is_set_up", circle=name, next=desk.moment(opens))


def may_change(desk: Desk, circle: Circle) -> bool:
    """Whether somebody may change a circle: its hosts; while it has none, whoever comes first."""
    there = circles.members(desk.conn, circle.id)
    hosts = {one.participant for one in there if one.host}
    return not hosts or desk.participant.id in hosts


def _tend(desk: Desk, circle_id: str, what: str) -> Next | None:
    """Do with a circle what was chosen."""
    conn, keys, me = desk.conn, desk.house.keys, desk.participant.id
    circle = circles.get(conn, keys, circle_id, lock=True) if circle_id else None
    member = circle and circles.member(conn, circle.id, me)
    if circle is None or not member:
        desk.remark("circle_gone")
        return None
    if what == "leave":
        desk.said += _leave(_herald(desk, circle), me)
        desk.remark("circle_left", circle=desk.circle(circle.title))
        return None
    if not may_change(desk, circle):
        desk.remark("circle_host_only")
        return None
    if what == "set_up":
        return Next(practice=SET_UP, about=about(desk, circle))
    if what == "hand_on":
        _hand_on(_herald(desk, circle))
        desk.said += 1
        desk.remark("circle_offered", circle=desk.circle(circle.title))
    if what == "round_now" and circle.state is State.ACTIVE:
        held = going.begin(conn, desk.house, circle, desk.now)
        desk.said += 1
        desk.remark("round_for", circle=desk.circle(circle.title))
        return Next(practice=held.practice, about=about_round(desk, circle, held))
    return None


def _herald(desk: Desk, circle: Circle) -> Herald:
    return Herald(conn=desk.conn, house=desk.house, circle=circle, now=desk.now)


def _hand_on(herald: Herald) -> None:
    """Offer in its place that somebody else takes a circle on."""
    handover = circles.code()
    circles.change(herald.conn, herald.circle.id, handover=handover)
    label = herald.text("circle_take_label")
    button = Option(label=label, token=f"{TAKES}{handover}", opens=True)
    herald.say(Outbound(paragraphs=herald.words("circle_hand_on_offer"), options=(button,)))


def take_on(desk: Desk, circle: Circle) -> None:
    """A member becomes the host; whoever was it is a member like others."""
    conn, me = desk.conn, desk.participant.id
    for one in circles.members(conn, circle.id):
        if one.host != (one.participant == me):
            circles.set_host(conn, circle.id, one.participant, host=one.participant == me)
        if one.host and one.participant != me:
            _tell(desk, one.participant, circle)
    circles.change(conn, circle.id, handover=None)
    desk.remark("circle_taken", circle=desk.circle(circle.title))


def _tell(desk: Desk, who: str, circle: Circle) -> None:
    """Tell whoever was its host that a circle has a new one; they are not waited for."""
    before = people.reached(desk.conn, who, lock=False)
    if before is not None and before.participant.standing is Standing.ACTIVE:
        theirs = Desk(conn=desk.conn, house=desk.house, now=desk.now, present=before)
        theirs.remark("circle_handed_on", circle=theirs.circle(circle.title))
        desk.said += theirs.said
