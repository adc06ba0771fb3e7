"""The door of the engine: step(script, conversation, event, context) is where state moves.

`answering.py` holds what an open turn does with its participant's move, `walk.py` how a
conversation gets from turn to turn; both are reached through here alone.
"""

from __future__ import annotations

from dataclasses import replace

from bot.engine import events
from bot.engine.answering import answer, edited, unread, without
from bot.engine.conversation import ENDED, Answer, Conversation, Status
from bot.engine.effects import Effect, Heard, Note, Remark
from bot.engine.events import Event
from bot.engine.flow import Ask, Reading
from bot.engine.options import goes_on_by_itself, keeps_words, passes
from bot.engine.script import Node, Script
from bot.engine.sharing import dropped, forgotten, kept, shows_otherwise
from bot.engine.walk import Context, Moved, Walk, sets

__all__ = ["Context", "Moved", "step"]

#: What is said to an old button: it wakes nothing.
_STALE: tuple[Effect, ...] = (Note(Remark.STALE),)


def step(script: Script, conversation: Conversation, event: Event, context: Context) -> Moved:
    """Move a conversation by one event; returns how it now stands and what is to be done."""
    if conversation.status in ENDED:
        return _after_the_end(conversation, event)
    conversation = replace(conversation, touched_at=context.now)
    walk = Walk(script, context)
    match event:
        case events.Folded():
            return walk.end(conversation, Status.FOLDED)
        case events.Stopped():
            return walk.end(conversation, Status.STOPPED)
        case events.Opened():
            return walk.open(conversation)
        case _ if conversation.status is Status.QUEUED or conversation.at is None:
            return conversation, ()
        case events.SetAside(until):
            return walk.set_aside(conversation, until), ()
        case events.TakenUp():
            return walk.take_up(conversation)
        case events.Elapsed(wake):
            return _elapsed(walk, conversation, wake)
        case events.Composing():
            return _composing(walk, conversation), ()
        case events.Edited() | events.Deleted():
            return _shown_anew(walk, conversation, _changed(walk, conversation, event))
        case events.Unsaid():
            return _shown_anew(walk, conversation, _unsay(walk, conversation))
        case _:
            moved, effects = answer(walk, walk.awake(conversation), event)
            return (conversation if effects == _STALE else moved), effects


def _after_the_end(conversation: Conversation, event: Event) -> Moved:
    """Nothing moves any more; whoever expects an answer is given one."""
    match event:
        case events.Pressed():
            return conversation, (Note(Remark.STALE),)
        case (
            events.Replied()
            | events.Chose()
            | events.Finished()
            | events.Skipped()
            | events.WentBack()
        ):
            return conversation, (Note(Remark.OVER),)
        case events.Unsaid():
            return conversation, (Note(Remark.NOTHING_TO_UNSAY),)
        case _:
            return conversation, ()


def _elapsed(walk: Walk, conversation: Conversation, wake: int) -> Moved:
    """A wake-up is due: of a prompt set aside, a quiet gap or a quiet time."""
    if conversation.wake_at is None or wake != conversation.wake:
        return conversation, ()
    if conversation.status is Status.RESTING:
        return walk.take_up(conversation)
    return walk.go_on(*walk.settle_draft(walk.disarmed(conversation)))


def _composing(walk: Walk, conversation: Conversation) -> Conversation:
    """Hold a running quiet gap open, or let a silence begin anew."""
    node = walk.node(conversation)
    if conversation.wake_at is None or conversation.status is Status.RESTING:
        return conversation
    if goes_on_by_itself(node):
        return walk.put_off(conversation, writing=True)
    if not isinstance(node.turn, Ask) or not conversation.draft:
        return conversation
    return walk.armed(conversation, walk.context.now + walk.context.quiet_gap)


def _changed(
    walk: Walk, conversation: Conversation, event: events.Edited | events.Deleted
) -> Moved:
    """A message reads otherwise, or is gone."""
    if isinstance(event, events.Deleted):
        return _delete(walk, conversation, event.message)
    return _edit(walk, conversation, event)


def _shown_anew(walk: Walk, before: Conversation, moved: Moved) -> Moved:
    """What may be counted or shared is asked anew when it reads otherwise than it was shown."""
    after, effects = forgotten(walk.script, before, moved[0])
    effects = (*moved[1], *effects)
    node = walk.node(after)
    still_open = after.at == before.at and after.ask == before.ask
    if not still_open or not shows_otherwise(node, before, after):
        return after, effects
    renewed = replace(after, ask=after.ask + 1, chosen=())  # Another thing is another choice.
    if after.status is Status.RESTING:
        return renewed, effects
    if passes(node, renewed):
        gone, more = walk.go(renewed, node.after)
        return gone, (*effects, *more)
    return renewed, (*effects, walk.ask(renewed))


def _edit(walk: Walk, conversation: Conversation, event: events.Edited) -> Moved:
    """A message changed: so does the draft or the answer it belongs to."""
    message, text = event.message, event.text
    if any(part.message == message for part in conversation.draft):
        draft = edited(conversation.draft, message, text)
        drafted = replace(conversation, draft=draft)
        node = walk.node(drafted)
        if isinstance(node.turn, Ask) and node.turn.reads is not Reading.WORDS:
            return _read_again(walk, drafted, node, event)
        return _composing(walk, drafted), (Heard(),)
    for key, given in conversation.answers.items():
        if any(part.message == message for part in given.parts):
            return _amend(walk, conversation, walk.script.nodes[key], given, event)
    return conversation, ()


def _read_again(walk: Walk, drafted: Conversation, node: Node, event: events.Edited) -> Moved:
    """Words that could not be read were changed: perhaps now they can."""
    value = walk.reading(node, event.text)
    if value is None:
        return drafted, (Note(unread(node)),)
    if not keeps_words(node):
        parts = tuple(part for part in drafted.draft if part.message == event.message)
        drafted = replace(drafted, draft=parts)
    return walk.go_on(*walk.settle(walk.awake(drafted), node, value))


def _amend(
    walk: Walk, conversation: Conversation, node: Node, given: Answer, event: events.Edited
) -> Moved:
    amended = replace(given, parts=edited(given.parts, event.message, event.text))
    effects: tuple[Effect, ...] = ()
    if isinstance(node.turn, Ask) and node.turn.reads is not Reading.WORDS:
        value = walk.reading(node, event.text)
        if value is None:
            return conversation, (Note(unread(node)),)
        amended = replace(amended, value=value)
        effects = sets(node, value)
    moved = replace(conversation, answers={**conversation.answers, node.key: amended})
    return moved, (kept(node, amended), *effects, Note(Remark.CHANGED))


def _delete(walk: Walk, conversation: Conversation, message: str) -> Moved:
    """A message was taken out of the chat: it leaves the draft or the answer it was part of."""
    draft = tuple(part for part in conversation.draft if part.message != message)
    if draft != conversation.draft:
        shorter = replace(conversation, draft=draft)
        if not draft and shorter.status is Status.OPEN:
            return walk.still(shorter), ()
        return _composing(walk, shorter), ()
    for key, given in conversation.answers.items():
        if any(part.message == message for part in given.parts):
            return _reduce(conversation, walk.script.nodes[key], given, message)
    return conversation, ()


def _reduce(conversation: Conversation, node: Node, given: Answer, message: str) -> Moved:
    """An answer without one of its messages; without anything left, no answer at all.

    What it set, such as a zone, stays set.
    """
    answers = dict(conversation.answers)
    reduced = without(given, message, in_words=isinstance(node.turn, Ask))
    effects: tuple[Effect, ...]
    if reduced is not None:
        answers[node.key] = reduced
        effects = (kept(node, reduced),)
    else:
        del answers[node.key]
        effects = dropped(node)
    return replace(conversation, answers=answers), (*effects, Note(Remark.GONE))


def _unsay(walk: Walk, conversation: Conversation) -> Moved:
    """Take back the last message, the options chosen, or the last answer."""
    if conversation.draft:
        shorter = replace(conversation, draft=conversation.draft[:-1])
        if not shorter.draft and conversation.status is Status.OPEN:
            shorter = walk.still(shorter)
        return shorter, (Note(Remark.UNSAID),)
    if conversation.chosen:
        cleared = replace(conversation, chosen=())
        if conversation.status is Status.RESTING:
            return cleared, (Note(Remark.UNSAID),)
        renewed = replace(cleared, ask=cleared.ask + 1)
        return renewed, (Note(Remark.UNSAID), walk.ask(renewed))
    if conversation.answers:
        *others, key = conversation.answers
        rest = {each: conversation.answers[each] for each in others}
        gone = dropped(walk.script.nodes[key])
        return replace(conversation, answers=rest), (*gone, Note(Remark.UNSAID))
    return conversation, (Note(Remark.NOTHING_TO_UNSAY),)
