"""Voices: what somebody gives to a round of their circle, and takes back before it is shown."""

from __future__ import annotations

from bot.engine.conversation import Conversation
from bot.engine.effects import Share
from bot.engine.flow import Level
from bot.engine.flow import Share as ShareTurn
from bot.engine.options import round_of
from bot.requests import pairs
from bot.requests.desk import Desk
from bot.store import circles, rounds
from bot.store.circles import Circle
from bot.store.rounds import Round, State, Words
from bot.voice import Told, Voice
from scheduler.calendar import zone
from scheduler.rounds import late_together, mark

#: Where a round is as good as nothing without three voices.
FEW = 3


def give(desk: Desk, voice: Voice, held: Conversation, effect: Share) -> None:
    """Give what was previewed to the round that the conversation is about."""
    about = round_of(held.about)
    found = about and _held(desk, about.id)
    if about is None or not found:
        desk.remark("round_gone")
        return
    circle, open_round = found
    if open_round.state is State.FOLDED:
        desk.remark("round_is_folded", circle=desk.circle(circle.title))
        return
    words = _words(voice, held, effect, about.name if circle.named else "")
    if not words.paragraphs:
        desk.remark("round_needs_words")
        return
    me = desk.participant.id
    given = open_round.state is State.SHOWN and me in rounds.givers(desk.conn, open_round.id)
    if given:
        desk.remark("round_is_shown", circle=desk.circle(circle.title))
        return
    rounds.give(desk.conn, desk.house.keys, open_round.id, me, conversation=held.id, words=words)
    _follow_up(desk, circle, open_round)


def _held(desk: Desk, round_id: str) -> tuple[Circle, Round] | None:
    """A round and its circle, which nobody else changes until the transaction ends."""
    seen = rounds.get(desk.conn, desk.house.keys, round_id)
    if seen is None:
        return None
    circle = circles.get(desk.conn, desk.house.keys, seen.circle, lock=True)
    if circle is None or circles.member(desk.conn, circle.id, desk.participant.id) is None:
        return None
    again = rounds.get(desk.conn, desk.house.keys, round_id)
    return None if again is None else (circle, again)


def _words(voice: Voice, held: Conversation, effect: Share, name: str) -> Words:
    node = voice.compiled.script.nodes[effect.turn]
    turn = node.turn
    asks = node.prefix + (turn.question or "") if isinstance(turn, ShareTurn) else ""
    told = Told(given=held.answers, about=held.about)
    shown = ((key, voice.shared(node, key, told)) for key in effect.sources)
    said = {key: text for key, text in shown if text.strip()}
    given = [held.answers[key] for key in said]
    return Words(
        name=name if effect.level == Level.NAMED else "",
        paragraphs=tuple(said.values()),
        question=said.get(asks, ""),
        score=next((each.value for each in given if isinstance(each.value, int)), None),
        messages=tuple(part.message for each in given for part in each.parts),
    )


def _follow_up(desk: Desk, circle: Circle, held: Round) -> None:
    """Say that it was taken, and see what follows: a count to say anew, all in, or late."""
    now = desk.now
    if held.state is State.SHOWN:
        at = held.late_at or late_together(now, zone(circle.zone))
        changed = rounds.changed(held, late_at=at)
        rounds.save(desk.conn, desk.house.keys, changed)
        desk.remark("round_given_late", when=desk.moment(at))
        return
    if circle.is_pair:
        other = pairs.partner(desk.conn, desk.house, circle, desk.participant.id)
        desk.remark("pair_waits", partner=other)
        if len(rounds.givers(desk.conn, held.id)) > 1:
            rounds.save(desk.conn, desk.house.keys, rounds.changed(held, closes_at=now))
        return
    desk.remark("round_given", circle=desk.circle(circle.title))
    rounds.redo(desk.conn, held.id, mark(now))
    inside = rounds.givers(desk.conn, held.id)
    if (held.state is State.DECIDING and len(inside) >= FEW) or is_whole(desk, circle, held):
        ready = rounds.changed(held, state=State.OPEN, closes_at=now)
        rounds.save(desk.conn, desk.house.keys, ready)


def is_whole(desk: Desk, circle: Circle, held: Round) -> bool:
    """Whether all who are there have given a voice, so that nobody need be waited for.

    In its first round nobody knows yet who will join: that one stays open to its end.
    """
    if held.number < 2 or held.state is not State.OPEN:  # noqa: PLR2004 - The first is number 1.
        return False
    inside = rounds.givers(desk.conn, held.id)
    there = circles.there(desk.conn, circle.id, desk.now, (held.opened_at, held.closes_at))
    return len(inside) >= FEW and there <= inside


def take_back(desk: Desk, conversation: str) -> None:
    """What was given in a conversation and is not shown is its giver's alone again."""
    _recount(desk, rounds.take_back(desk.conn, desk.participant.id, conversation))


def follow(desk: Desk, *, message: str, conversation: str = "") -> None:
    """A message that a voice is made of has changed or gone: it is taken back, and said so."""
    gone = rounds.follow(
        desk.conn,
        desk.house.keys,
        desk.participant.id,
        message=message,
        conversation=conversation,
    )
    _recount(desk, gone)
    if gone:
        desk.remark("round_taken_back")


def _recount(desk: Desk, changed: tuple[str, ...]) -> None:
    for each in changed:
        rounds.redo(desk.conn, each, mark(desk.now))
