"""What of a conversation goes to others: what is counted, what is shared, what is taken back.

Silence means no. Whatever leaves a pool or a share without choosing something there takes back
what was chosen before. When an answer changes, whatever was made of it is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from bot.engine.conversation import Answer, Conversation
from bot.engine.effects import Drop, Effect, Hold, Keep, Unpool, Unshare
from bot.engine.effects import Pool as PoolIt
from bot.engine.effects import Share as ShareIt
from bot.engine.flow import (
    MINE,
    NAMED,
    Ask,
    Choice,
    Choices,
    Circle,
    Pool,
    Scale,
    Share,
    Wait,
)
from bot.engine.options import answered, offered
from bot.engine.script import Node, Script

Answers = Mapping[str, Answer]
Moved = tuple[Conversation, tuple[Effect, ...]]
Values = tuple[tuple[str, int | str | tuple[str, ...]], ...]


def is_kept(node: Node) -> bool:
    """Whether the answer to a turn is kept once it is given."""
    match node.turn:
        case Ask() | Scale() | Choice() | Choices():
            return node.turn.kept and node.turn.circle is not Circle.POOLED
        case Wait(kept=keeps):
            return keeps
        case _:
            return False


def kept(node: Node, answer: Answer) -> Effect:
    """What becomes of an answer."""
    return Keep(node.key, answer) if is_kept(node) else Hold(node.key, answer)


def dropped(node: Node) -> tuple[Effect, ...]:
    """What becomes of an answer that is taken back."""
    return () if isinstance(node.turn, Pool | Share) else (Drop(node.key),)


def settle(
    conversation: Conversation,
    node: Node,
    chosen: tuple[str, ...],
    recalled: Answers,
    now: datetime,
) -> Moved:
    """Leave a pool or a share with what was chosen there; with nothing, nothing goes out."""
    answers = {key: each for key, each in conversation.answers.items() if key != node.key}
    before = _chosen(conversation.answers.get(node.key))
    effects: tuple[Effect, ...] = ()
    match node.turn:
        case Pool():
            effects = tuple(_pooled(conversation, node, chosen, before, recalled))
            if chosen:
                answers[node.key] = Answer(value=chosen, said_at=now)
        case Share():
            effects = tuple(_shared(conversation, node, chosen, before))
            if chosen:
                answers[node.key] = Answer(value=chosen[0], said_at=now)
        case _:
            pass
    settled = replace(conversation, answers=answers, draft=(), chosen=(), wake_at=None)
    return settled, effects


def _pooled(
    conversation: Conversation,
    node: Node,
    chosen: tuple[str, ...],
    before: tuple[str, ...],
    recalled: Answers,
) -> Iterator[Effect]:
    turn = node.turn
    for offer in turn.offers if isinstance(turn, Pool) else ():
        if offer.measure in chosen and offer in offered(node, conversation):
            values = _values(conversation, node, offer.of, recalled)
            yield PoolIt(offer.measure, values, _at(conversation, node, offer.at))
        elif offer.measure in before:
            yield Unpool(offer.measure, _at(conversation, node, offer.at))


def _shared(
    conversation: Conversation, node: Node, chosen: tuple[str, ...], before: tuple[str, ...]
) -> Iterator[Effect]:
    turn = node.turn
    if not isinstance(turn, Share):
        return
    sources = answered(node, conversation, turn.of)
    if chosen not in {(), (MINE,)} and sources:
        yield ShareIt(node.key, sources, chosen[0], _at(conversation, node, turn.at))
    elif before not in {(), (MINE,)}:
        yield Unshare(node.key)


def forgotten(script: Script, before: Conversation, after: Conversation) -> Moved:
    """Take back whatever was made of answers that have changed; it will be asked again."""
    if before.answers == after.answers:
        return after, ()
    answers = dict(after.answers)
    effects: list[Effect] = []
    for key, given in before.answers.items():
        node = script.nodes[key]
        match node.turn:
            case Pool(offers=offers):
                chosen = _chosen(given)
                gone = {
                    offer.measure: _at(before, node, offer.at)
                    for offer in offers
                    if offer.measure in chosen
                    and (
                        key not in answers
                        or _differ(before, after, node, (*offer.of, offer.at or ""))
                    )
                }
                effects += [Unpool(measure, at) for measure, at in gone.items()]
                rest = tuple(measure for measure in chosen if measure not in gone)
                if gone and key in answers and rest:
                    answers[key] = replace(given, value=rest)
                elif gone:
                    answers.pop(key, None)
            case Share(of=names, at=at, name=name):
                named = name if given.value in NAMED else None
                shown = (*names, at or "", named or "")
                changed = key not in answers or _differ(before, after, node, shown)
                if changed:
                    effects += [] if given.value == MINE else [Unshare(key)]
                    answers.pop(key, None)
            case _:
                pass
    return replace(after, answers=answers), tuple(effects)


def shows_otherwise(node: Node, before: Conversation, after: Conversation) -> bool:
    """Whether what an open pool or share shows has changed under its reader's eyes."""
    match node.turn:
        case Pool(offers=offers):
            return any(_differ(before, after, node, offer.of) for offer in offers)
        case Share(of=names, name=name):
            return _differ(before, after, node, (*names, name or ""))
        case _:
            return False


def _differ(before: Conversation, after: Conversation, node: Node, names: tuple[str, ...]) -> bool:
    """Whether any of these answers reads otherwise than it did."""
    keys = [node.prefix + name for name in names if name]
    return any(
        _content(before.answers.get(key)) != _content(after.answers.get(key)) for key in keys
    )


def _content(answer: Answer | None) -> object:
    """What was said: what was chosen, or the words; never what stands beside a choice."""
    if answer is None:
        return None
    return answer.parts if answer.value is None else answer.value


def _chosen(answer: Answer | None) -> tuple[str, ...]:
    match answer:
        case Answer(value=tuple(values)):
            return values
        case Answer(value=str(value)):
            return (value,)
        case _:
            return ()


def _values(
    conversation: Conversation, node: Node, names: tuple[str, ...], recalled: Answers
) -> Values:
    """What was answered, by the practice's own names; recalls too."""
    answers = {**recalled, **conversation.answers}
    found = ((name, answers.get(node.prefix + name)) for name in names)
    return tuple(
        (name, each.value) for name, each in found if each is not None and each.value is not None
    )


def _at(conversation: Conversation, node: Node, name: str | None) -> str:
    given = conversation.answers.get(node.prefix + name) if name else None
    return given.value if given is not None and isinstance(given.value, str) else ""
