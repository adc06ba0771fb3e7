"""The doors into a conversation: hear(inbound), begin(occasion) and wake(due).

Each is a plain function run inside one transaction of the store's writer. It returns only
what must happen once that transaction is committed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Connection

from bot.engine import events, sharing
from bot.engine.conversation import About, Conversation, Part, Status
from bot.engine.flow import Ask, Pool
from bot.engine.hearing import Asked, Chosen, Meaning, Word, interpret
from bot.engine.options import goes_on_by_itself, keeps_words
from bot.prompts.reserved import vocabulary
from bot.records import (
    NOTHING,
    Address,
    Adjusted,
    Arrived,
    Commanded,
    Composing,
    Deleted,
    Drafted,
    Edit,
    Inbound,
    Invited,
    LaneClass,
    Left,
    Looked,
    Migrated,
    Occasion,
    Outbound,
    Parted,
    Press,
    Profiled,
    Renamed,
    Reply,
    Returned,
    Settled,
    Shown,
    Sought,
    Standing,
    Submitted,
    Unfolded,
    Words,
)
from bot.requests import (
    circles,
    circling,
    distress,
    hours,
    memory,
    page,
    planning,
    pooling,
    reach,
    renewing,
    rhythm,
    rounds,
    setting,
    strangers,
    threads,
    voices,
    window,
    words,
)
from bot.requests.desk import Desk, House, PressedOn
from bot.requests.hours import BEING_HAD
from bot.requests.letters import whole
from bot.requests.talk import (
    AMEND,
    JOIN,
    begin,
    displace,
    make,
    move,
    move_quietly,
    recalled,
    voice_of,
)
from bot.store import (
    answers,
    conversations,
    inbound,
    media,
    occasions,
    parked,
    people,
)
from bot.store.conversations import Due
from bot.store.occasions import State
from bot.store.people import Present
from bot.trust.keyring import KeyGoneError

#: What a button sends back: the conversation, the number of its ask, the option's place.
_TOKEN = re.compile(r"([0-9a-f]{32}):([0-9]{1,6}):(done|[0-9]{1,2}-?)")
#: Reserved words of somebody new that are answered before they are welcomed; after the others
#: that are answered at all, nothing more is said.
_GREETED = frozenset({Word.HELP, Word.KEEP})
#: What may come any number of times and is the same each time: it need not be known as seen.
_PASSING = Composing | Looked | Profiled | Unfolded | Drafted | Sought
#: What holds no words that anybody would miss.
_WORDLESS = _PASSING | Adjusted | Commanded


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What must happen once the turn is committed."""

    #: False for an inbound id that was seen before: nothing happened.
    new: bool = True
    #: What the platform shows at once.
    reply: Reply = NOTHING
    #: True when a sign of life is due and no message is.
    alive: bool = False
    #: How many messages wait in the outbox because of it.
    said: int = 0
    #: Who is to be forgotten now, where, and the last words to them.
    forget: tuple[Address, Outbound] | None = None
    #: Who became one with somebody else, and whose key is to be forgotten now; empty for nobody.
    leaves: str = ""
    #: The number under which it was parked, when it could not be digested.
    parked: str | None = None
    #: Where it was heard or is said; None where nobody is known.
    address: Address | None = None
    #: How the buttons of a message are to look now.
    shown: Shown | None = None
    #: Questions that are over, whose buttons are to go.
    settled: tuple[Settled, ...] = ()


class SeenBeforeError(Exception):
    """This inbound id was taken before."""


def hear(conn: Connection, house: House, came: Inbound, now: datetime) -> Heard:
    """Take what a platform told us. What it raises undoes all of it; `not_heard` follows.

    Raises SeenBeforeError, and whatever a turn cannot digest.
    """
    if came.group:
        _note_alone(conn, came, now)
        done = circles.in_group(conn, house, came, now)
        return Heard(said=done.said, reply=done.reply)
    present = conversations.present(conn, house.keys, came.platform, came.place, lock=True)
    stranger = present is None
    if isinstance(came.body, Left | Returned):
        _note_alone(conn, came, now)
        reach.changed(conn, came, now)
        return Heard()
    if present is None:
        reply = strangers.shown(house, came)
        if reply is not None:
            return Heard(reply=reply)
        present = strangers.take_in(conn, house, came, now)
    if not isinstance(came.body, Profiled):  # Somebody else may have changed it.
        present = reach.here_again(conn, present)
    desk = Desk(conn=conn, house=house, now=now, present=present)
    current = present.conversation
    if stranger:
        _welcome(desk, came)
    else:
        setting.follow(desk, came)
        _take(desk, current, came)
    distress.answer(desk, came)
    if not isinstance(came.body, _PASSING):
        _note(desk, current, came)
    return _heard(desk)


def not_heard(
    conn: Connection, house: House, came: Inbound, error: Exception, now: datetime
) -> Heard:
    """What is done instead when `hear` raised and all it did is undone.

    One that came before is nothing new, somebody forgotten is nobody; anything else is parked,
    sealed, and its participant told, so that one poisonous message never blocks a chat.
    """
    if isinstance(error, SeenBeforeError):
        return Heard(new=False)
    if isinstance(error, KeyGoneError):
        return Heard()
    return _park(conn, house, came, error, now)


def _heard(desk: Desk) -> Heard:
    if desk.replans:
        planning.plan_anew(desk.conn, desk.participant.id, desk.now)
    if desk.comes_or_goes:
        circles.recount_all(desk)
    return Heard(
        reply=desk.reply,
        alive=desk.heard,
        said=desk.said,
        forget=(desk.present.address, desk.farewell) if desk.farewell else None,
        leaves=desk.leaves,
        address=desk.present.address,
        shown=desk.shown,
        settled=tuple(desk.settled),
    )


def _note(desk: Desk, current: Conversation | None, came: Inbound) -> None:
    message = came.body.message if isinstance(came.body, Words) else None
    first = inbound.note(
        desk.conn,
        came.platform,
        came.id,
        now=desk.now,
        participant=desk.participant.id,
        conversation=current.id if current else desk.conversation,
        message=message,
    )
    if not first:
        raise SeenBeforeError


def _note_alone(conn: Connection, came: Inbound, now: datetime) -> None:
    """Note what came in and is about nobody's conversation."""
    if not inbound.note(conn, came.platform, came.id, now=now):
        raise SeenBeforeError


def _welcome(desk: Desk, came: Inbound) -> None:
    """Somebody new: what this is comes first; their first words are a greeting, not an answer."""
    if isinstance(came.body, Commanded | Invited):
        desk.answer(toast=desk.text("in_chat"))
    if isinstance(came.body, Words | Commanded):
        meaning = interpret(came.body.text, (), vocabulary(desk.participant.language))
        if isinstance(meaning, Asked) and meaning.word in words.BEFORE_JOINING:
            words.answer(desk, None, meaning)
            if meaning.word not in _GREETED:
                return
    if isinstance(came.body, Submitted):
        window.submit(desk, None, came.body)
    if isinstance(came.body, Invited):
        if circling.follow(desk, None, came.body):
            return
        reach.follow(desk, came.body.code)
    begin(desk, JOIN)


def _take(desk: Desk, current: Conversation | None, came: Inbound) -> None:
    match came.body:
        case Words():
            _words(desk, current, came.body)
        case Press():
            _press(desk, current, came.body)
        case Edit():
            _edit(desk, current, came.body)
        case Deleted(message=message):
            memory.take_out(desk, message)
        case Commanded(text=text):
            _command(desk, current, text)
        case Arrived() | Invited():
            _arrive(desk, current, came.body)
        case Unfolded() | Drafted() | Submitted():
            window.take(desk, current, came.body)
        case Adjusted() | Looked(page=True) | Sought():
            page.take(desk, current, came.body)
        case Composing():
            if current is not None and _lingers(desk, current):
                move(desk, current, events.Composing())
        case Looked() | Profiled() | Left() | Returned() | Migrated() | Renamed() | Parted():
            pass  # Nothing was said; whatever follows from it is done before this.
        case _:
            assert_never(came.body)


def _lingers(desk: Desk, current: Conversation) -> bool:
    """Whether an open question may go on by itself, and waits while somebody writes."""
    if current.at is None or current.status is not Status.OPEN or current.wake_at is None:
        return False
    nodes = desk.house.shelf.pinned(desk.conn, current.revision).script.nodes
    return bool(current.draft) or goes_on_by_itself(nodes[current.at])


def _arrive(desk: Desk, current: Conversation | None, body: Arrived | Invited) -> None:
    """Somebody known comes by; that alone does not undo a stop, but an invitation does."""
    if isinstance(body, Invited):
        desk.answer(toast=desk.text("in_chat"))
        if circling.follow(desk, current, body) or not reach.follow(desk, body.code):
            return
    elif desk.participant.standing is Standing.STOPPED:
        desk.remark("still_stopped")
        return
    rhythm.start(desk, current)


def _command(desk: Desk, current: Conversation | None, text: str) -> None:
    """A reserved word that cannot be an answer: done as ever in the chat, and told here so."""
    meaning = _meaning(desk, text, ())
    stopped = desk.participant.standing is Standing.STOPPED
    if not isinstance(meaning, Asked):
        desk.answer(toast=desk.text("no_such_word"))
    elif stopped and meaning.word not in words.AFTER_STOP:
        desk.answer(toast=desk.text("still_stopped"))
    else:
        words.answer(desk, current, meaning)
        desk.answer(toast=desk.text("in_chat"))


def _words(desk: Desk, current: Conversation | None, said: Words) -> None:
    """A label of the open turn, a reserved word, or an answer: in this order."""
    said = replace(said, text=whole(said.text))
    if said.media is not None:
        said = replace(said, media=replace(said.media, name=whole(said.media.name)))
    if said.unkept is not None:
        desk.remark(said.unkept.value)
        if not said.text.strip():
            return
    goes_on = memory.answers_forgetting(desk, said.text) if said.media is None else None
    if goes_on is not None:
        memory.not_yet_forgotten(desk, goes_on=goes_on)
        words.still_open(desk, current)
        return
    labels, several = _labels(desk, current)
    meaning = _meaning(desk, said.text, labels, several=several)
    stopped = desk.participant.standing is Standing.STOPPED
    match meaning:
        case Asked(Word.PAUSE, rest) if rest and current and _answers(desk, current, rest):
            move(desk, current, events.Replied(_part(desk, current, said)))
            desk.remark("pause_unread_kept")
        case Asked(word=word) if not stopped or word in words.AFTER_STOP:
            words.answer(desk, current, meaning)
        case _ if stopped:
            desk.remark("is_stopped")
        case Chosen(options=options) if current is not None:
            move(desk, current, events.Chose(options))
        case Chosen(options=options):
            renewing.take(desk, options[0])
        case _ if current is None:
            words.nothing_open(desk, said.text)
        case _:
            move(desk, current, events.Replied(_part(desk, current, said)))


def _meaning(
    desk: Desk, text: str, labels: tuple[tuple[str, str], ...], *, several: bool = False
) -> Meaning:
    """What a message means here; `remember …` is a word only when a practice follows."""
    known = vocabulary(desk.participant.language)
    meaning = interpret(text, labels, known, several=several)
    match meaning:
        case Asked(Word.REMEMBER, rest) if rest and not threads.named(desk, rest):
            known = {said: word for said, word in known.items() if word != Word.REMEMBER}
            return interpret(text, labels, known, several=several)
        case _:
            return meaning


def _answers(desk: Desk, current: Conversation, rest: str) -> bool:
    """Whether `pause until …` is an answer: no date follows, and a question in words is open."""
    nodes = desk.house.shelf.pinned(desk.conn, current.revision).script.nodes
    asks = current.at is not None and isinstance(nodes[current.at].turn, Ask)
    return asks and rhythm.day_meant(desk, rest) is None


def _labels(desk: Desk, current: Conversation | None) -> tuple[tuple[tuple[str, str], ...], bool]:
    if current is None:
        return renewing.labels(desk), False
    if current.at is None:
        return (), False
    compiled = desk.house.shelf.pinned(desk.conn, current.revision)
    node = compiled.script.nodes[current.at]
    told = recalled(desk, compiled, current) if isinstance(node.turn, Pool) else {}
    return voice_of(desk, compiled).labels(current, told)


def _part(desk: Desk, current: Conversation, said: Words) -> Part:
    kept = None
    if said.media is not None and desk.participant.keeps and _keeps_here(desk, current):
        kept = media.add(
            desk.conn,
            desk.house.keys,
            desk.participant.id,
            current.id,
            said.media,
            now=desk.now,
        )
    return Part(message=said.message, text=said.text, media=kept)


def _keeps_here(desk: Desk, current: Conversation) -> bool:
    """Whether what is said at the open turn is kept."""
    nodes = desk.house.shelf.pinned(desk.conn, current.revision).script.nodes
    if current.at is None:
        return True
    node = nodes[current.at]
    return sharing.is_kept(node) and keeps_words(node)


def _press(desk: Desk, current: Conversation | None, press: Press) -> None:
    """A button: of the conversation its token names, whatever that stands at now."""
    if press.token.startswith(threads.BUTTON):
        _look_back(desk, press.token.removeprefix(threads.BUTTON))
        return
    if press.token.startswith(renewing.BUTTON):
        renewing.take(desk, press.token)
        return
    found = _TOKEN.fullmatch(press.token)
    conversation_id, ask, option = found.groups() if found else ("", "0", "")
    if press.message:
        desk.pressed = PressedOn(message=press.message, conversation=conversation_id, ask=int(ask))
    held = conversations.get(desk.conn, desk.house.keys, desk.participant.id, conversation_id)
    if held is None or desk.participant.standing is Standing.STOPPED:
        desk.answer(toast=desk.text("stale"))
        desk.take_buttons_off()
        return
    compiled = desk.house.shelf.pinned(desk.conn, held.revision)
    named = voice_of(desk, compiled).option_of(held, option.removesuffix("-"))
    takes_over = held.at is not None and int(ask) == held.ask
    if takes_over and current is not None and current.id != held.id:
        displace(desk, current)
    moved = move(desk, held, events.Pressed(int(ask), named, removes=option.endswith("-")))
    if moved.at is None or moved.ask != int(ask):
        desk.take_buttons_off()


def _look_back(desk: Desk, practice: str) -> None:
    """A button under what they said lately: one practice through time."""
    if desk.participant.standing is Standing.STOPPED or not desk.house.shelf.has(practice):
        desk.answer(toast=desk.text("stale"))
    else:
        threads.tell(desk, practice)


def _edit(desk: Desk, current: Conversation | None, edit: Edit) -> None:
    """A changed message: of the open conversation, or of an ended one, about which we ask."""
    edit = replace(edit, text=whole(edit.text))
    event = events.Edited(edit.message, edit.text)
    held = inbound.conversation_of(desk.conn, desk.participant.id, edit.message)
    here = current is not None and (held == current.id or current.practice == AMEND)
    if current is not None and here:
        moved = move(desk, current, event)
        if replace(moved, touched_at=current.touched_at) != current:
            return
    if held is None or desk.participant.standing is Standing.STOPPED:
        return
    found = conversations.get(desk.conn, desk.house.keys, desk.participant.id, held)
    if found is not None and found.at is not None:
        move(desk, found, event)
    elif found is not None and _is_kept(desk, held, edit.message):
        # A circle must not be shown what its writer has changed, however long they think about it.
        voices.follow(desk, message=edit.message)
        _ask_to_amend(desk, current, edit)
    else:  # Nothing of it is kept, but it may have been shared.
        pooling.follow_answer(desk, message=edit.message)


def _is_kept(desk: Desk, conversation: str, message: str) -> bool:
    """Whether an answer that is kept has this message in it."""
    kept = answers.of_conversation(desk.conn, desk.house.keys, desk.participant.id, conversation)
    return any(part.message == message for each in kept for part in each.answer.parts)


def _ask_to_amend(desk: Desk, current: Conversation | None, edit: Edit) -> None:
    if current is not None:
        displace(desk, current)
    asking = make(desk, AMEND)
    opened = move(desk, asking, events.Opened())
    part = Part(message=edit.message, text=edit.text)
    asked = replace(opened, draft=(part,))
    conversations.save(desk.conn, desk.house.keys, desk.participant.id, asked)


def begin_occasion(  # noqa: PLR0913 - What is planned, when, and what it is about.
    conn: Connection,
    house: House,
    occasion: Occasion,
    now: datetime,
    planned_at: datetime | None = None,
    *,
    about: tuple[About, ...] = (),
) -> Heard:
    """Send a planned prompt, once: the claim on its occasion is unique.

    `about` names the sessions that it may be about.
    """
    present = people.reached(conn, occasion.participant)
    if present is None or not occasions.claim(conn, occasion, now, planned_at):
        return Heard(new=False)
    if reason := _why_not(present, now):
        occasions.end(conn, occasion, State.SKIPPED, now=now, reason=reason)
        return Heard()
    desk = Desk(conn=conn, house=house, now=now, present=present, lane_class=LaneClass.BROADCAST)
    waiting = conversations.open_ones(conn, house.keys, occasion.participant)
    being_had = [
        each
        for each in waiting
        if each.begun and each.status is Status.OPEN and now - each.touched_at < BEING_HAD
    ]
    for each in conversations.queued(conn, house.keys, occasion.participant):
        if not conversations.is_planned(conn, each.id):
            continue  # Their circle asks them something, and no campaign takes its place.
        occasions.superseded(conn, occasion.participant, each.id, now)
        move_quietly(desk, each, events.Folded())
    for each in waiting:
        if each not in being_had[:1]:
            move_quietly(desk, each, events.Folded())
    opening = make(desk, occasion.practice, about)
    conversations.save(conn, house.keys, occasion.participant, opening, occasion=occasion.name)
    state, why = (State.DEFERRED, "open") if being_had else (State.SENT, None)
    occasions.end(conn, occasion, state, now=now, reason=why, conversation=opening.id)
    if not being_had:
        move(desk, opening, events.Opened())
    return _heard(desk)


def remind(conn: Connection, house: House, occasion: Occasion, now: datetime) -> Heard:
    """Remind somebody once of a prompt that is open and that they have not begun to answer."""
    present = people.reached(conn, occasion.participant)
    sent = occasions.get(conn, occasion)
    if present is None or sent is None or sent.conversation is None or _why_not(present, now):
        return Heard()
    held = conversations.get(conn, house.keys, occasion.participant, sent.conversation)
    if held is None or held.begun or held.status is not Status.OPEN:
        return Heard()
    desk = Desk(conn=conn, house=house, now=now, present=present, lane_class=LaneClass.BROADCAST)
    desk.remark("reminder", title=desk.title(held.practice))
    return _heard(desk)


def announce(
    conn: Connection, house: House, occasion: Occasion, comes_at: datetime, now: datetime
) -> Heard:
    """Say in one line that a planned prompt is coming."""
    present = people.reached(conn, occasion.participant)
    if present is None or _why_not(present, now):
        return Heard()
    desk = Desk(conn=conn, house=house, now=now, present=present, lane_class=LaneClass.BROADCAST)
    minutes = max(1, round((comes_at - now) / timedelta(minutes=1)))
    desk.remark("heads_up", title=house.shelf.title(occasion.practice), minutes=str(minutes))
    return _heard(desk)


def _why_not(present: Present, now: datetime) -> str:
    """What stops a planned prompt to somebody; empty when nothing does."""
    person = present.participant
    if present.gone:
        return "unreachable"
    if person.standing is not Standing.ACTIVE:
        return "stopped"
    if present.joined_at is None:
        return "not joined"
    if person.paused_until is not None and now < person.paused_until:
        return "paused"
    return ""


def wake(conn: Connection, house: House, due: Due, now: datetime) -> Heard:
    """A quiet gap, a quiet time or a prompt set aside has come to its end."""
    present = people.reached(conn, due.participant, wanted=due.address)
    if present is None:
        return Heard(new=False)
    held = conversations.get(conn, house.keys, due.participant, due.conversation)
    if held is None:
        return Heard(new=False)
    desk = Desk(conn=conn, house=house, now=now, present=present)
    if present.gone and not held.draft:
        move_quietly(desk, held, events.SetAside(None))  # Nobody is there to be asked.
    elif due.wake == held.wake and hours.its_day_is_over(desk, held):
        move_quietly(desk, held, events.Folded())
    elif due.wake == held.wake and (until := hours.waits_until(desk, held)):
        later = replace(held, wake_at=until)
        conversations.save(conn, house.keys, due.participant, later)
    else:
        move(desk, held, events.Elapsed(due.wake))
    return _heard(desk)


def tend_round(conn: Connection, house: House, round_id: str, now: datetime) -> Heard:
    """Do what is due in a round of a circle."""
    for each in rounds.turn(conn, house, round_id, now):
        circling.ask(each)
    return Heard(said=1)


def _park(conn: Connection, house: House, came: Inbound, error: Exception, now: datetime) -> Heard:
    """Set aside, sealed, what could not be digested, and tell its participant."""
    first = inbound.note(conn, came.platform, came.id, now=now)
    if not first:
        return Heard(new=False)
    present = people.find(conn, came.platform, came.place)
    reference = parked.add(
        conn,
        house.keys,
        came,
        error,
        participant=present.participant.id if present else None,
        now=now,
    )
    if present is None:
        return Heard(parked=reference)
    desk = Desk(conn=conn, house=house, now=now, present=present)
    if isinstance(came.body, _WORDLESS):
        desk.answer(toast=desk.text("amiss"))
    else:
        desk.remark("parked", reference=reference[:8])
    distress.answer(desk, came)
    return Heard(parked=reference, said=desk.said, reply=desk.reply)
