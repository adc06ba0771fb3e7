"""What an open turn does with its participant's own move: words, a choice, done, skip, back."""

from __future__ import annotations

from dataclasses import replace

from bot.engine import events
from bot.engine.conversation import Answer, Conversation, Part
from bot.engine.effects import Heard, Note, PutOff, Remark
from bot.engine.events import Event
from bot.engine.flow import Ask, Choice, Choices, Pool, Reading, Scale, Share, Wait
from bot.engine.options import (
    goes_on_by_itself,
    keeps_words,
    options_of,
    passes,
    puts_off,
    takes_several,
)
from bot.engine.script import Node
from bot.engine.sharing import is_kept
from bot.engine.walk import Moved, Walk

#: The most messages and characters one answer gathers before the next turn comes.
MOST_PARTS = 400
MOST_CHARACTERS = 2_000_000
#: The option that stands for `done` in a press.
DONE = "done"


def answer(walk: Walk, conversation: Conversation, event: Event) -> Moved:
    """A participant's own move at the open turn."""
    node = walk.node(conversation)
    match event:
        case events.Replied(part, goes_on):
            return _replied(walk, conversation, node, part, goes_on=goes_on)
        case events.Chose(options):
            return _chose(walk, conversation, node, options)
        case events.Pressed():
            return _pressed(walk, conversation, node, event)
        case events.Finished():
            return _finished(walk, conversation, node)
        case events.Skipped():
            return _skipped(walk, conversation, node)
        case events.WentBack():
            return _went_back(walk, conversation)
        case _:
            return conversation, ()


def _replied(
    walk: Walk, conversation: Conversation, node: Node, part: Part, *, goes_on: bool
) -> Moved:
    match node.turn:
        case Ask(reads=Reading.WORDS) if goes_on:
            return walk.disarmed(replace(conversation, draft=(*conversation.draft, part))), ()
        case Ask(reads=Reading.WORDS):
            return _gather(walk, conversation, node, part)
        case Ask():
            return _read(walk, conversation, node, part)
        case Choice() if (way := walk.elsewhere(node)) is not None:
            return _otherwise(walk, conversation, node, part, way)
        case Scale() | Choice() | Choices() if not keeps_words(node):
            return conversation, (Note(refused(node)),)
        case Scale() | Choice() | Choices():
            drafted = replace(conversation, draft=(*conversation.draft, part))
            return drafted, (Note(refused(node)),)
        case Pool() | Share():
            drafted = replace(conversation, draft=(*conversation.draft, part))
            return drafted, (Note(Remark.CHOOSE_OFFER),)
        case _:
            return replace(conversation, draft=(*conversation.draft, part)), (Heard(),)


def _gather(walk: Walk, conversation: Conversation, node: Node, part: Part) -> Moved:
    """Add a message to the answer; the quiet gap, a longer silence or `done` completes it."""
    drafted = replace(conversation, draft=(*conversation.draft, part))
    if not walk.context.quiet_gap:
        return walk.go_on(*walk.settle_draft(drafted))
    if _is_long(drafted.draft):
        settled, kept = walk.settle_draft(drafted)
        return walk.go_on(settled, (*kept, Note(Remark.LONG)))
    gap = walk.armed(drafted, walk.context.now + walk.context.quiet_gap)
    return (walk.put_off(drafted) if goes_on_by_itself(node) else gap), (Heard(),)


def _read(walk: Walk, conversation: Conversation, node: Node, part: Part) -> Moved:
    """Take words as a zone or an hour, or say that they cannot be read as one."""
    value = walk.reading(node, part.text)
    if value is None:  # It stands here as long as the question does: a change may mend it.
        drafted = replace(conversation, draft=(*conversation.draft, part))
        return walk.put_off(drafted), (Note(unread(node)),)
    beside = conversation.draft if keeps_words(node) else ()
    read = replace(conversation, draft=(*beside, part))
    return walk.go_on(*walk.settle(read, node, value))


def _otherwise(
    walk: Walk, conversation: Conversation, node: Node, part: Part, way: tuple[str, Node]
) -> Moved:
    """Take an hour that none of the options is, as the question behind the last of them would."""
    option, asks = way
    if walk.reading(asks, part.text) is None:
        return conversation, (Note(Remark.CHOOSE_HOUR),)
    settled, effects = walk.settle(conversation, node, option)
    moved, asked = walk.go_on(settled, effects)
    if moved.at != asks.key:
        return moved, asked
    taken, more = _read(walk, moved, asks, part)
    return taken, (*effects, *more)


def _chose(walk: Walk, conversation: Conversation, node: Node, options: tuple[str, ...]) -> Moved:
    known = tuple(option for option in options if option in options_of(node, conversation))
    if not known:
        return conversation, (Note(Remark.STALE),)
    match node.turn:
        case Choices() | Pool():
            return _change(walk, conversation, node, known)
        case Scale():
            return walk.go_on(*walk.settle(conversation, node, int(known[0])))
        case Share():
            return walk.go_on(*walk.decide(conversation, node, known[:1]))
        case Choice() if known[0] in puts_off(node) and (until := walk.context.later_today):
            return walk.set_aside(conversation, until), (PutOff(until),)
        case _:
            return walk.go_on(*walk.settle(conversation, node, known[0]))


def _pressed(walk: Walk, conversation: Conversation, node: Node, press: events.Pressed) -> Moved:
    """A button; where several may be chosen, one already pressed changes nothing."""
    option = press.option
    if press.ask != conversation.ask:
        return conversation, (Note(Remark.STALE),)
    if option == DONE and DONE not in options_of(node, conversation):
        return _finished(walk, conversation, node)
    if takes_several(node):
        if press.removes != (option in conversation.chosen):
            return conversation, (Note(Remark.STALE),)
        if press.removes:
            rest = tuple(each for each in conversation.chosen if each != option)
            return _show_chosen(walk, replace(conversation, chosen=rest))
    return _chose(walk, conversation, node, (option,))


def _change(walk: Walk, conversation: Conversation, node: Node, options: tuple[str, ...]) -> Moved:
    """Choose these too, or no longer, when each is chosen already.

    Something new among them only adds, so that whoever says the whole list again loses nothing.
    """
    already = set(conversation.chosen)
    wanted = already - set(options) if already.issuperset(options) else already | set(options)
    chosen = tuple(option for option in options_of(node, conversation) if option in wanted)
    return _show_chosen(walk, replace(conversation, chosen=chosen))


def _show_chosen(walk: Walk, conversation: Conversation) -> Moved:
    """The ask keeps its number, so that quick presses on the buttons shown before all count."""
    return conversation, (walk.ask(conversation),)


def _finished(walk: Walk, conversation: Conversation, node: Node) -> Moved:
    """`done`: what is gathered is the answer; with nothing gathered, say what is wanted."""
    answered = node.key in conversation.answers
    match node.turn:
        case Pool():
            return walk.go_on(*walk.decide(conversation, node, conversation.chosen))
        case Choices() if not conversation.chosen and not answered:
            return conversation, (Note(Remark.CHOOSE_SOME),)
        case Scale() | Choice() if not answered:
            return conversation, (Note(refused(node)),)
        case Ask() if not (conversation.draft or answered or goes_on_by_itself(node)):
            return conversation, (Note(Remark.NOTHING_YET),)
        case Ask(reads=reads) if reads is not Reading.WORDS and conversation.draft:
            return conversation, (Note(unread(node)),)
        case _:
            return walk.go_on(*walk.settle_draft(conversation))


def _skipped(walk: Walk, conversation: Conversation, node: Node) -> Moved:
    """`skip`: what was written by then stays, and that is said."""
    settled, effects = walk.settle_draft(conversation)
    given = settled.answers.get(node.key)
    stays = bool(conversation.draft) and given != conversation.answers.get(node.key)
    if stays and keeps_words(node) and not isinstance(node.turn, Wait):
        effects = (*effects, Note(Remark.SKIPPED_WORDS))
    return walk.go_on(settled, effects)


def _went_back(walk: Walk, conversation: Conversation) -> Moved:
    trail = conversation.trail
    while trail and passes(walk.script.nodes[trail[-1]], conversation):
        trail = trail[:-1]
    if not trail:
        return conversation, (Note(Remark.NOTHING_BEFORE),)
    settled, effects = walk.settle_draft(conversation)
    moved, more = walk.go(replace(settled, trail=trail[:-1]), trail[-1])
    return moved, (*effects, *more)


def unread(node: Node) -> Remark:
    """What to say of words that cannot be read as this turn wants them."""
    hour = isinstance(node.turn, Ask) and node.turn.reads is Reading.HOUR
    return Remark.UNREAD_HOUR if hour else Remark.UNREAD_ZONE


def refused(node: Node) -> Remark:
    """What to say of words that are none of this turn's options."""
    several = takes_several(node)
    if keeps_words(node) and is_kept(node):
        return Remark.CHOOSE_FROM if several else Remark.CHOOSE
    return Remark.CHOOSE_FROM_ONLY if several else Remark.CHOOSE_ONLY


def edited(parts: tuple[Part, ...], message: str, text: str) -> tuple[Part, ...]:
    """The parts with one message's words replaced."""
    return tuple(replace(part, text=text) if part.message == message else part for part in parts)


def without(given: Answer, message: str, *, in_words: bool) -> Answer | None:
    """An answer without one of its messages; None when nothing of it is left.

    What was read from that message, such as a zone, goes with it: `in_words` says that it is an
    answer in words, which is read by its last message.
    """
    read = in_words and given.parts[-1].message == message
    parts = tuple(part for part in given.parts if part.message != message)
    value = None if read else given.value
    return replace(given, parts=parts, value=value) if parts or value is not None else None


def _is_long(parts: tuple[Part, ...]) -> bool:
    return len(parts) >= MOST_PARTS or sum(len(part.text) for part in parts) > MOST_CHARACTERS
