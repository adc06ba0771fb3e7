"""Rounds as they go: opened, closed, shown, a question taken up, and what came of it gathered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.engine.conversation import About
from bot.engine.options import ROUND
from bot.records import (
    LaneClass,
    Option,
    Outbound,
    Quote,
    Standing,
)
from bot.requests import pairs, revealing
from bot.requests.desk import Asks, Desk, House
from bot.requests.herald import ANSWER, LEARNING, Herald, Paragraphs, opening, there
from bot.requests.voices import FEW
from bot.store import circles, people, rounds, showing
from bot.store.circles import Circle
from bot.store.rounds import Round, State, Words
from scheduler import rounds as times
from scheduler.calendar import zone
from scheduler.holidays import is_holiday
from scheduler.rounds import OpenFor, Rhythm

#: What a circle is asked, and its host when few have answered.
CHECK_IN, DECIDE = "team_check_in", "round_decide"
#: What the button of a question carries.
VOTE = "v:"
#: So long after it was shown nothing more comes of a round.
_KEPT = timedelta(days=21)
#: How long what is due in a place where nothing can be said is put off.
_HOUR = timedelta(hours=1)
#: A reminder says that about a day is left; with less than this it does not come at all.
_HARDLY = timedelta(hours=12)
#: The most questions that have a button each; the newest phones show so many at once.
MOST_QUESTIONS = 20
_MINUTES = 60


# --- opening ----------------------------------------------------------------------------------


def open_due(conn: Connection, house: House, circle_id: str, now: datetime) -> bool:
    """Open the round of a circle whose time has come, once; False when somebody else has.

    After an outage a round comes late or, when it is very late, not at all: never two at once.
    """
    circle = circles.get(conn, house.keys, circle_id, lock=True)
    if circle is None or circle.next_at is None or circle.next_at > now:
        return False
    late = now - circle.next_at
    plan_next(conn, circle, now)
    if circle.state is not circles.State.ACTIVE or late > timedelta(hours=2):
        return False
    begin(conn, house, circle, now)
    return True


def plan_next(conn: Connection, circle: Circle, now: datetime) -> datetime | None:
    """Write down when a circle's next round opens."""
    where = zone(circle.zone)
    start = (circle.began_at or now).astimezone(where).date()
    found = times.next_opening(
        Rhythm(circle.rhythm),
        weekday=circle.weekday,
        at=time(circle.minute // _MINUTES, circle.minute % _MINUTES),
        start=start,
        where=where,
        after=now,
        closed=_closed,
    )
    circles.change(conn, circle.id, next_at=found)
    return found


def _closed(day: date) -> bool:
    """Whether a circle has no round on a day (CALENDAR 7: GB-SCT by default)."""
    return is_holiday(times.USUAL, day)


def begin_now(conn: Connection, house: House, circle_id: str, now: datetime) -> Round:
    """Open a round of a circle now, whoever wants it; raises LookupError when there is none."""
    circle = circles.get(conn, house.keys, circle_id, lock=True)
    if circle is None:
        raise LookupError(circle_id)
    return begin(conn, house, circle, now)


def begin(conn: Connection, house: House, circle: Circle, now: datetime) -> Round:
    """Open a round now; what is still open of the one before is closed first, quietly."""
    herald = Herald(conn=conn, house=house, circle=circle, now=now)
    for older in rounds.of_circle(conn, house.keys, circle.id):
        if older.state in {State.OPEN, State.DECIDING}:
            close(herald, older, None)
    closing = times.closes(now, OpenFor(circle.open_for), zone(circle.zone))
    number = circle.rounds + 1
    circles.change(conn, circle.id, rounds=number)
    held = rounds.new(
        circle.id,
        number=number,
        practice=CHECK_IN,
        opened_at=now,
        closes_at=closing,
        remind_at=times.reminds(now, closing),
        message="",
    )
    message = herald.say(opening(herald, held))
    opened = replace(held, message=message, root=message)
    rounds.add(conn, house.keys, opened)
    return opened


# --- what is due in a round -------------------------------------------------------------------


def turn(conn: Connection, house: House, round_id: str, now: datetime) -> tuple[Asks, ...]:
    """Do what is due in a round: one thing in one transaction. Whom it asks something, if anybody.

    People are held before their circle is, as in every turn of theirs.
    """
    seen = rounds.get(conn, house.keys, round_id)
    if seen is None or seen.due_at is None or seen.due_at > now:
        return ()
    members = circles.members(conn, seen.circle)
    all_of_them = bool(seen.remind_at or seen.late_at or not seen.message)
    wanted = {one.participant for one in members if one.host or all_of_them}
    present = {who: people.reached(conn, who) for who in sorted(wanted)}
    circle = circles.get(conn, house.keys, seen.circle, lock=True)
    held = rounds.get(conn, house.keys, round_id)
    if circle is None or held is None or held.due_at is None or held.due_at > now:
        return ()
    if circle.state is not circles.State.ACTIVE:
        _put_off(conn, house, held, now)
        return ()
    desks = {
        who: Desk(conn=conn, house=house, now=now, present=each, lane_class=LaneClass.BROADCAST)
        for who, each in present.items()
        if each is not None and not each.gone and each.participant.standing is Standing.ACTIVE
    }
    herald = Herald(conn=conn, house=house, circle=circle, now=now)
    hosts = [one.participant for one in members if one.host]
    return _do(herald, held, desks, hosts)


def _put_off(conn: Connection, house: House, held: Round, now: datetime) -> None:
    """Nothing can be said there now: whatever is due is looked at again in an hour."""
    later = now + _HOUR
    names = ("remind_at", "vote_until", "late_at", "learn_at", "over_at")
    put = {
        name: later
        for name in names
        if (at := getattr(held, name)) is not None and at <= now and name != "over_at"
    }
    moved = replace(held, **put, closes_at=max(held.closes_at, later))  # type: ignore[arg-type]
    if held.over_at is not None and held.over_at <= now:
        rounds.remove(conn, held.id)
    else:
        rounds.save(conn, house.keys, moved)


def _do(
    herald: Herald, held: Round, desks: Mapping[str, Desk], hosts: list[str]
) -> tuple[Asks, ...]:
    now, conn, keys = herald.now, herald.conn, herald.house.keys
    if held.state is State.PLANNED and held.opened_at <= now:
        return pairs.open_(conn, herald.circle, held, desks, herald.house)
    if held.remind_at is not None and held.remind_at <= now:
        if held.closes_at - now >= _HARDLY:
            _remind(herald, held, desks)
        rounds.save(conn, keys, rounds.changed(held, remind_at=None))
    elif held.state is State.OPEN and held.closes_at <= now:
        if herald.circle.is_pair:
            pairs.reveal(conn, held, desks, herald.house, now)
            return ()
        host = next((desks[who] for who in hosts if who in desks), None)
        asks = close(herald, held, host)
        return () if asks is None else (asks,)
    elif held.state is State.DECIDING and held.closes_at <= now:
        fold(herald, held)
    elif held.vote_until is not None and held.vote_until <= now:
        _take_up(herald, held)
    elif held.late_at is not None and held.late_at <= now:
        _show_late(herald, held, desks)
    elif held.learn_at is not None and held.learn_at <= now:
        _gather_learning(herald, held)
    elif held.over_at is not None and held.over_at <= now:
        rounds.remove(conn, held.id)
        if herald.circle.is_pair and not rounds.of_circle(conn, keys, herald.circle.id):
            circles.remove(conn, keys, herald.circle.id)
    return ()


def _remind(herald: Herald, held: Round, desks: Mapping[str, Desk]) -> None:
    """One gentle line to those who are there and have not answered, in their own chats."""
    inside = rounds.givers(herald.conn, held.id)
    awaited = there(herald, held)
    for who, desk in desks.items():
        if who in awaited and who not in inside:
            label = desk.text("round_answer_label")
            button = Option(label=label, token=f"{ANSWER}{held.id}", opens=True)
            desk.remark(
                "round_reminder", circle=desk.circle(herald.circle.title), options=(button,)
            )


def close(herald: Herald, held: Round, host: Desk | None) -> Asks | None:
    """Close a round: show what came, or ask its host when too few did; with none, fold it.

    Without a host there is nobody to ask.
    """
    voices = rounds.waiting(herald.conn, herald.house.keys, held.id)
    if len(voices) >= FEW:
        show(herald, held, voices)
        return None
    if not voices or host is None:
        fold(herald, held)
        return None
    until = times.extended(herald.now, zone(herald.circle.zone))
    waiting = rounds.changed(held, state=State.DECIDING, closes_at=until, remind_at=None)
    rounds.save(herald.conn, herald.house.keys, waiting)
    title = host.circle(herald.circle.title)
    host.remark("round_waits_for_host", circle=title)
    about = About(id=held.id, title=title, group=ROUND)
    return Asks(desk=host, practice=DECIDE, about=about)


def decided(desk: Desk, round_id: str, what: str) -> None:
    """Do with a round of few voices what its host chose."""
    conn, keys = desk.conn, desk.house.keys
    seen = rounds.get(conn, keys, round_id)
    circle = None if seen is None else circles.get(conn, keys, seen.circle, lock=True)
    held = rounds.get(conn, keys, round_id)
    if circle is None or held is None or held.state is not State.DECIDING:
        return
    me = circles.member(conn, circle.id, desk.participant.id)
    if me is None or not me.host:
        desk.remark("circle_host_only")
        return
    herald = Herald(conn=conn, house=desk.house, circle=circle, now=desk.now)
    voices = rounds.waiting(conn, keys, round_id)
    if what == "extend":
        until = times.extended(desk.now, zone(circle.zone))
        rounds.save(conn, keys, rounds.changed(held, state=State.OPEN, closes_at=until))
        herald.say(
            Outbound(paragraphs=herald.words("round_extended", close=herald.moment(until))),
            thread=held.root,
        )
        rounds.redo(conn, held.id, times.mark(desk.now))
    elif what == "show_unnamed" and voices:
        show(herald, held, voices, names=False)
    else:
        fold(herald, held)


def fold(herald: Herald, held: Round) -> None:
    """Close a round with nothing shown; what waited in it is gone from here."""
    rounds.let_go(herald.conn, held.id)
    folded = rounds.changed(held, state=State.FOLDED, remind_at=None, over_at=herald.now + _KEPT)
    rounds.save(herald.conn, herald.house.keys, folded)
    rounds.redo(herald.conn, held.id, herald.now)


def show(herald: Herald, held: Round, voices: Mapping[str, Words], *, names: bool = True) -> None:
    """Show all voices at once in one thread, and ask which question the circle takes up."""
    conn, house, now = herald.conn, herald.house, herald.now
    names = names and herald.circle.named
    stand = names and revealing.named(voices, there(herald, held))
    ordered = revealing.shown(voices, house.chance, names=stand)
    first = herald.text("round_revealed")
    message = herald.say(
        Outbound(paragraphs=revealing.paragraphs(ordered, first, _above(herald))),
        thread=held.root,
        of=held.id,
    )
    showing.queued(conn, held.id, message, voices.keys())
    questions = tuple(each.question for each in ordered if each.question)[:MOST_QUESTIONS]
    where = zone(herald.circle.zone)
    shown = rounds.changed(
        held,
        state=State.SHOWN,
        closes_at=now,
        remind_at=None,
        over_at=now + _KEPT,
        questions=questions,
        nameless=any(not each.name for each in ordered),
        vote_until=times.takes_up(now, where) if questions else None,
    )
    rounds.save(conn, house.keys, shown)
    rounds.redo(conn, held.id, now)
    if questions and shown.vote_until is not None:
        _ask_which(herald, shown, shown.vote_until)


def _above(herald: Herald) -> Callable[[str], Paragraphs]:
    """What stands above a voice."""

    def above(name: str) -> Paragraphs:
        if name:
            return herald.words("round_voice_named", name=name)
        return herald.words("round_voice_unnamed")

    return above


def _ask_which(herald: Herald, held: Round, until: datetime) -> None:
    lines = tuple(
        Quote(text=f"{number}. {question}") for number, question in enumerate(held.questions, 1)
    )
    buttons = tuple(
        Option(label=str(number), token=f"{VOTE}{held.id}:{number}")
        for number in range(1, len(held.questions) + 1)
    )
    said = herald.words("round_take_up", close=herald.moment(until))
    asks = Outbound(paragraphs=(*said, *lines), options=buttons)
    herald.say(asks, thread=held.root, of=held.id)


def _take_up(herald: Herald, held: Round) -> None:
    """Say which question the circle takes up, and when it is asked what came of it."""
    conn, house = herald.conn, herald.house
    chosen, by_lot = revealing.taken_up(rounds.chosen(conn, held.id), house.chance)
    rounds.counted(conn, held.id)
    if chosen is None or not 0 < chosen <= len(held.questions):
        nothing = Outbound(paragraphs=herald.words("round_nothing_taken_up"))
        herald.say(nothing, thread=held.root, of=held.id)
        rounds.save(conn, house.keys, rounds.changed(held, vote_until=None))
        return
    question = held.questions[chosen - 1]
    said = herald.words("round_taken_up", question=question, tie="yes" if by_lot else "")
    herald.say(Outbound(paragraphs=said), thread=held.root, of=held.id)
    learn_at = times.learns(
        held.opened_at, herald.now, Rhythm(herald.circle.rhythm), zone(herald.circle.zone)
    )
    rounds.save(
        conn,
        house.keys,
        rounds.changed(held, vote_until=None, taken_up=question, learn_at=learn_at),
    )


def _show_late(herald: Herald, held: Round, desks: Mapping[str, Desk]) -> None:
    """Show the voices that came late, together; whoever would be known by theirs is told so."""
    conn, keys, house = herald.conn, herald.house.keys, herald.house
    voices = rounds.waiting(conn, keys, held.id)
    before = rounds.givers(conn, held.id) - voices.keys()
    others = there(herald, held) - before
    inside = {one.participant for one in circles.members(conn, herald.circle.id)}
    stands = revealing.Before(
        nameless=held.nameless, parted=held.parted, gone=len(before - inside)
    )
    told, names = revealing.late(voices, others, stands)
    ordered = revealing.shown(told, house.chance, names=names and herald.circle.named)
    if ordered:
        first = herald.text("round_late")
        message = herald.say(
            Outbound(paragraphs=revealing.paragraphs(ordered, first, _above(herald))),
            thread=held.root,
            of=held.id,
        )
        showing.queued(conn, held.id, message, told.keys())
    for who in sorted(voices.keys() - told.keys()):
        rounds.let_go(conn, held.id, who)
        if who in desks:
            desks[who].remark("round_late_kept", circle=desks[who].circle(herald.circle.title))
    nameless = held.nameless or any(not each.name for each in ordered)
    rounds.save(conn, keys, rounds.changed(held, late_at=None, nameless=nameless))


def parted(conn: Connection, house: House, circle_id: str) -> None:
    """Somebody has left a circle: nobody takes them for one who comes late to its rounds."""
    for each in rounds.of_circle(conn, house.keys, circle_id):
        if each.state is State.SHOWN and not each.parted:
            rounds.save(conn, house.keys, rounds.changed(each, parted=True))


def _gather_learning(herald: Herald, held: Round) -> None:
    """Ask a circle what came of the question it took up, in the same thread."""
    conn, keys, now = herald.conn, herald.house.keys, herald.now
    rounds.save(conn, keys, rounds.changed(held, learn_at=None))
    closing = times.closes(now, OpenFor(herald.circle.open_for), zone(herald.circle.zone))
    asked = rounds.new(
        herald.circle.id,
        number=held.number,
        practice=LEARNING,
        opened_at=now,
        closes_at=closing,
        remind_at=None,
        message="",
        root=held.root,
    )
    asked = rounds.changed(asked, taken_up=held.taken_up)
    message = herald.say(opening(herald, asked), thread=held.root)
    rounds.add(conn, keys, replace(asked, message=message, root=held.root))
