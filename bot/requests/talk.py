"""Moving a conversation within a turn: step, what its effects ask for, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.engine import events
from bot.engine.conversation import ENDED, About, Answer, Conversation, Status
from bot.engine.effects import (
    Ask,
    Begin,
    Do,
    Drop,
    Effect,
    Heard,
    Hold,
    Keep,
    Note,
    PutOff,
    Remark,
    Say,
    Set,
)
from bot.engine.events import Event
from bot.engine.flow import Ask as AskTurn
from bot.engine.flow import Reading, Request
from bot.engine.options import options_of
from bot.engine.recalling import counting
from bot.engine.step import Context, step
from bot.engine.walk import Walk
from bot.flows.revisions import Compiled
from bot.prompts.dates import on_day
from bot.prompts.places import zone_named
from bot.prompts.reading import minute_of_day
from bot.records import Settled
from bot.requests import circles, hours, pooling, setting
from bot.requests.breaths import Breaths
from bot.requests.desk import WINDOWED, Desk
from bot.store import answers, asked, conversations, inbound, media, occasions, unsent
from bot.voice import NOTHING, Told, Voice, has_window
from scheduler.calendar import zone

#: The practice that asks whether a change after the end is to be kept.
AMEND = "amend"
#: The practice that asks what is to be taken back.
TAKING_BACK = "taking_back"
#: The practice at whose end somebody has joined.
JOIN = "join"
#: A draft of so many messages may soon be an answer by itself, as long as one may be.
FEW_PARTS = 100
#: Practices whose answers say what to do, and are not kept.
_UNKEPT = frozenset({AMEND, TAKING_BACK})
#: Remarks that ask for one of the options, which stand further up by then.
_WITH_OPTIONS = frozenset(
    {
        Remark.CHOOSE,
        Remark.CHOOSE_FROM,
        Remark.CHOOSE_ONLY,
        Remark.CHOOSE_FROM_ONLY,
        Remark.CHOOSE_HOUR,
        Remark.CHOOSE_OFFER,
        Remark.CHOOSE_SOME,
    }
)
#: What is said instead where nothing is kept.
_ON_PAPER = {
    Remark.CHOOSE: Remark.CHOOSE_ONLY,
    Remark.CHOOSE_FROM: Remark.CHOOSE_FROM_ONLY,
}
#: What may choose an option that puts a question off.
_CHOOSES = events.Chose | events.Pressed
_READERS = {Reading.ZONE: zone_named, Reading.HOUR: minute_of_day}


def move(desk: Desk, before: Conversation, event: Event) -> Conversation:
    """Move a conversation by one event, with all that follows from it."""
    compiled = desk.house.shelf.pinned(desk.conn, before.revision)
    context = _context(desk, compiled, before, event)
    after, effects = step(compiled.script, before, event, context)
    desk.conversation = after.id
    for effect in effects:
        _keep(desk, compiled, before, effect)
    if after != before:
        there = desk.present.address.id
        conversations.save(desk.conn, desk.house.keys, desk.participant.id, after, address=there)
    pooling.follow(desk, compiled, before, after, effects, recalled=context.recalled)
    _keep_unsent(desk, before, after)
    if after.status not in ENDED and (gone := _media(before) - _media(after)):
        media.remove(desk.conn, desk.participant.id, gone)
    _speak(desk, compiled, before, effects, context)
    _settle(desk, compiled, before, after, context.recalled)
    if after.status in ENDED and before.status not in ENDED:
        _join(desk, after)
        _follow(desk, effects, before)
    return after


def begin(desk: Desk, practice: str) -> Conversation:
    """Open a practice now; raises KeyError when there is none of that name."""
    return move(desk, make(desk, practice), events.Opened())


def make(desk: Desk, practice: str, about: tuple[About, ...] = ()) -> Conversation:
    """A conversation that has said nothing yet, pinned to today's revision of its practice.

    `about` is what it is about, such as the sessions that somebody may have been at.
    """
    revision = desk.house.shelf.current(practice)
    return Conversation(
        id=desk.house.new_id(),
        practice=practice,
        revision=revision,
        status=Status.QUEUED,
        about=about,
        ordinal=conversations.count_before(desk.conn, desk.participant.id, practice),
        touched_at=desk.now,
    )


def practise(desk: Desk, practice: str) -> None:
    """Begin a practice because its participant wants to, or take it up where it was left."""
    if not desk.house.shelf.has(practice):
        desk.remark("over")
        return
    waiting = conversations.open_ones(desk.conn, desk.house.keys, desk.participant.id)
    same = [each for each in waiting if each.practice == practice and each.begun]
    for each in waiting:
        if each not in same[:1]:
            displace(desk, each)
    if same:
        desk.remark("welcome_back")
        move(desk, same[0], events.TakenUp())
    else:
        begin(desk, practice)


def displace(desk: Desk, conversation: Conversation) -> None:
    """Make room: an invitation folds, what was begun is set aside with all its words."""
    if conversation.status is Status.RESTING and (conversation.begun or conversation.wake_at):
        return
    if conversation.begun:
        desk.remark("set_aside")
        move_quietly(desk, conversation, events.SetAside(None))
    else:
        move_quietly(desk, conversation, events.Folded())


def move_quietly(desk: Desk, before: Conversation, event: Event) -> None:
    """Move a conversation that says nothing and leads nowhere by this event."""
    compiled = desk.house.shelf.pinned(desk.conn, before.revision)
    after, effects = step(
        compiled.script, before, event, Context(now=desk.now, quiet_gap=desk.house.quiet_gap)
    )
    for effect in effects:
        _keep(desk, compiled, before, effect)
    conversations.save(desk.conn, desk.house.keys, desk.participant.id, after)
    pooling.follow(desk, compiled, before, after, effects)
    _keep_unsent(desk, before, after)
    _settle(desk, compiled, before, after)


def put_again(desk: Desk, compiled: Compiled, held: Conversation) -> Ask:
    """The open question as it would be put now; nothing moves."""
    return Walk(compiled.script, Context(now=desk.now, quiet_gap=desk.house.quiet_gap)).ask(held)


def voice_of(desk: Desk, compiled: Compiled) -> Voice:
    """Whoever speaks this revision to this person, now."""
    return Voice(
        compiled=compiled,
        participant=desk.participant,
        now=desk.now,
        signposts=desk.house.signposts,
    )


def _context(desk: Desk, compiled: Compiled, conversation: Conversation, event: Event) -> Context:
    return Context(
        now=desk.now,
        quiet_gap=desk.house.quiet_gap,
        later_today=hours.later_today(desk) if isinstance(event, _CHOOSES) else None,
        recalled=_recalled(desk, compiled, conversation, event),
        recent=_recent(desk, compiled, conversation),
        chance=desk.house.chance(),
        readers=_READERS,
    )


def _recalled(
    desk: Desk, compiled: Compiled, conversation: Conversation, event: Event
) -> dict[str, Answer]:
    """The words a practice recalls; not fetched for a message that is only gathered."""
    gathers = (
        isinstance(event, events.Replied | events.Composing)
        and bool(desk.house.quiet_gap)
        and len(conversation.draft) < FEW_PARTS
    )
    node = compiled.script.nodes.get(conversation.at or "")
    only_gathers = gathers and node is not None and isinstance(node.turn, AskTurn)
    if only_gathers:
        return {}
    return recalled(desk, compiled, conversation)


def recalled(desk: Desk, compiled: Compiled, conversation: Conversation) -> dict[str, Answer]:
    """The words that a practice recalls for its open question."""
    if not compiled.script.recalls:
        return {}
    found = answers.recollect(
        desk.conn,
        desk.house.keys,
        desk.participant.id,
        compiled.script.recalls,
        before_conversation=conversation.id,
    )
    said = {name: each for name, each in found.items() if each.value is not None or each.text}
    return counting(compiled.script.recalls, said, desk.now)


def _recent(
    desk: Desk, compiled: Compiled, conversation: Conversation
) -> dict[str, frozenset[int]]:
    """The wordings this person was asked lately, for turns that must not repeat them."""
    return {
        key: asked.recent(
            desk.conn,
            desk.participant.id,
            node.home,
            node.turn.id,
            since=desk.now - timedelta(weeks=node.turn.fresh_weeks),
        )
        for key, node in compiled.script.nodes.items()
        if isinstance(node.turn, AskTurn)
        and node.turn.fresh_weeks
        and key not in conversation.wordings
    }


def _keep(desk: Desk, compiled: Compiled, conversation: Conversation, effect: Effect) -> None:
    """Store what an effect wants stored."""
    match effect:
        case Keep(turn, answer) if desk.participant.keeps and conversation.practice not in _UNKEPT:
            node = compiled.script.nodes[turn]
            place = answers.Place(
                conversation=conversation.id,
                key=turn,
                practice=node.home,
                turn=node.turn.id,
                kind=node.turn.kind,
            )
            answers.keep(desk.conn, desk.house.keys, desk.participant.id, place, answer)
        case Drop(turn):
            answers.drop(desk.conn, desk.participant.id, conversation.id, turn)
        case Set(named, value):
            setting.choose(desk, named, value)
        case Ask(turn, wording) if wording is not None:
            node = compiled.script.nodes[turn]
            if isinstance(node.turn, AskTurn) and node.turn.fresh_weeks:
                asked.note(
                    desk.conn,
                    desk.participant.id,
                    node.home,
                    node.turn.id,
                    wording=wording,
                    now=desk.now,
                )
        case _:
            pass


def _media(conversation: Conversation) -> set[str]:
    """The photos and voice notes that a conversation holds."""
    given = (part for answer in conversation.answers.values() for part in answer.parts)
    return {part.media for part in (*conversation.draft, *given) if part.media}


def _keep_unsent(desk: Desk, before: Conversation, after: Conversation) -> None:
    """What is not sent goes with its question, and is over with its conversation."""
    whose = desk.participant.id
    if after.status in ENDED and before.status not in ENDED:
        unsent.remove(desk.conn, whose, after.id)
    elif after.at is not None and after.at == before.at and after.ask != before.ask:
        unsent.carry(
            desk.conn, desk.house.keys, whose, after.id, before=before.ask, after=after.ask
        )


def _settle(
    desk: Desk,
    compiled: Compiled,
    before: Conversation,
    after: Conversation,
    recalled: Mapping[str, Answer] = NOTHING,
) -> None:
    """Note that the question put before is over, when it had buttons."""
    over = after.status in ENDED or after.ask != before.ask
    if before.at is None or before.status in ENDED or not over:
        return
    node = compiled.script.nodes[before.at]
    unfolds = has_window(node) and desk.present.address.platform in WINDOWED
    if not options_of(node, before) and not unfolds:
        return
    given = after.answers.get(node.key)
    fresh = given is not None and given != before.answers.get(node.key)
    told = Told(given=before.answers, recalled=recalled, about=before.about)
    chosen = voice_of(desk, compiled).chosen(node.key, given, told) if given and fresh else ""
    desk.settled.append(Settled(conversation=before.id, ask=before.ask, chosen=chosen))


def _speak(
    desk: Desk,
    compiled: Compiled,
    before: Conversation,
    effects: tuple[Effect, ...],
    context: Context,
) -> None:
    """Say what the effects want said, in their order.

    Where a button of this very question was pressed and its message can be changed, the message
    shows what is chosen so far; no new one is said.
    """
    here = _pressed_here(desk, before)
    given = dict(before.answers)
    voice = voice_of(desk, compiled)
    breaths = Breaths(desk.house.breath)
    for effect in effects:
        match effect:
            case Keep(turn, answer) | Hold(turn, answer):
                given[turn] = answer
            case Drop(turn):
                given.pop(turn, None)
            case Say():
                said = voice.say(effect, given, context.recalled)
                desk.send(said, after=breaths.before(said))
            case Ask(chosen=chosen, ask=ask, several=True) if here and ask == before.ask:
                desk.shown = voice.buttons(replace(before, chosen=chosen), here, context.recalled)
            case Ask():
                said = voice.ask(before, effect, given, context.recalled)
                desk.send(said, after=breaths.before(said))
            case Note(Remark.STALE) if here:
                desk.shown = voice.buttons(before, here, context.recalled)
                _note(desk, Remark.STALE)
            case PutOff(until):
                person = desk.participant
                when = on_day(until, desk.now, zone(person.zone), person.language)
                desk.remark("later_set", when=when)
            case Note(remark) if remark in _WITH_OPTIONS:
                on_paper = desk.present.joined_at is not None and not desk.participant.keeps
                said_so = _ON_PAPER.get(remark, remark) if on_paper else remark
                desk.remark(said_so.value, after=voice.listed(before, context.recalled))
            case Note(remark):
                _note(desk, remark)
            case Heard():
                desk.heard = True
            case _:
                pass


def _pressed_here(desk: Desk, conversation: Conversation) -> str:
    """The message whose button was pressed, if it puts the open question; else nothing."""
    on = desk.pressed
    if on is None or conversation.at is None or conversation.status in ENDED:
        return ""
    return on.message if on.question == (conversation.id, conversation.ask) else ""


def _note(desk: Desk, remark: Remark) -> None:
    """Remark on a press in the platform's own way; on anything else, in a message."""
    if remark is Remark.STALE:
        desk.answer(toast=desk.text(remark.value))
    else:
        desk.remark(remark.value)


def _join(desk: Desk, ended: Conversation) -> None:
    """Note that somebody has joined, when joining came to its own end for the first time."""
    to_its_end = ended.practice == JOIN and ended.status is Status.CLOSED
    if to_its_end and desk.present.joined_at is None:
        desk.change(joined_at=desk.now)


def _follow(desk: Desk, effects: tuple[Effect, ...], before: Conversation) -> None:
    """After an end: what it leads to, else what waits behind it."""
    for effect in effects:
        match effect:
            case Begin(practice):
                practise(desk, practice)
                return
            case Do(request) if request in circles.REQUESTS:
                given = {
                    each.turn: each.answer for each in effects if isinstance(each, Keep | Hold)
                }
                said = {**before.answers, **given}
                following = circles.requested(desk, request, before.about, said)
                if following is not None:
                    move(
                        desk,
                        make(desk, following.practice, (following.about,)),
                        events.Opened(),
                    )
                    return
            case Do(Request.AMEND):
                _amend(desk, effects)
            case Do(Request.TAKE_BACK):
                pooling.take_back(desk, effects)
            case Do(request):
                _return(desk, request)
                return
            case _:
                pass
    _next_in_line(desk)


def _next_in_line(desk: Desk) -> None:
    """Open what was queued behind, or take up what was set aside to make room."""
    for each in conversations.queued(desk.conn, desk.house.keys, desk.participant.id):
        goes = not conversations.is_planned(desk.conn, each.id)
        if goes or occasions.opens(desk.conn, desk.participant.id, each.id, desk.now):
            move(desk, each, events.Opened())
            return
        move_quietly(desk, each, events.Folded())
    waiting = conversations.open_ones(desk.conn, desk.house.keys, desk.participant.id)
    aside = [each for each in waiting if each.status is Status.RESTING and not each.wake_at]
    if aside:
        desk.remark("welcome_back")
        move(desk, aside[0], events.TakenUp())


def _return(desk: Desk, request: Request) -> None:
    """Do with the conversation that was set aside what its participant chose."""
    waiting = conversations.open_ones(desk.conn, desk.house.keys, desk.participant.id)
    if not waiting:
        _next_in_line(desk)
        return
    if request is Request.RESUME:
        move(desk, waiting[0], events.TakenUp())
        return
    move_quietly(desk, waiting[0], events.Folded())
    if request is Request.FRESH:
        practise(desk, waiting[0].practice)


def _amend(desk: Desk, effects: tuple[Effect, ...]) -> None:
    """Change the kept answer whose message was changed after its conversation ended."""
    changed = [part for each in effects if isinstance(each, Keep) for part in each.answer.parts]
    for part in changed:
        held = inbound.conversation_of(desk.conn, desk.participant.id, part.message)
        if held is None:
            continue
        kept = answers.of_conversation(desk.conn, desk.house.keys, desk.participant.id, held)
        for entry in kept:
            if entry.place.kind == "ask" and entry.answer.value is not None:
                continue  # Read as a zone or an hour: `settings` changes that.
            parts = tuple(
                replace(each, text=part.text) if each.message == part.message else each
                for each in entry.answer.parts
            )
            if parts != entry.answer.parts:
                answers.keep(
                    desk.conn,
                    desk.house.keys,
                    desk.participant.id,
                    entry.place,
                    replace(entry.answer, parts=parts),
                )
        pooling.follow_answer(desk, message=part.message)
