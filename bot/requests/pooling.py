"""What of a conversation goes to others: into counts without a name, or shared as words.

The engine says when: nothing is ever counted or shared but by a choice that showed it. Here it
is decided with whom somebody is counted: with their cohort as it was when they were first asked,
or with those who were at a session. How far they have come is noted beside, never what they said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.conversation import About, Answer, Conversation
from bot.engine.effects import Effect, Keep, Pool, Share, Unpool, Unshare
from bot.engine.flow import NAMED, Offer
from bot.engine.flow import Pool as PoolTurn
from bot.engine.flow import Share as ShareTurn
from bot.engine.options import answered, name_given
from bot.engine.script import Node
from bot.flows.revisions import Compiled
from bot.measures.measure import Group, Measure, OutOfScaleError, said
from bot.records import Standing
from bot.requests import voices
from bot.requests.desk import Desk
from bot.store import cohorts, counts, shared
from bot.store.counts import ANSWERED, ASKED, BEGUN, Count, Counted
from bot.trust.keyring import KeyGoneError
from bot.voice import NOTHING, Voice

#: How long after a session it can still be said what it was like (PRACTICES 4).
AFTER_SESSION = timedelta(hours=72)
#: By what names something that was given is taken back.
COUNTED, SHARED = "count:", "shared:"
EVERYTHING = "everything"
#: Where a name goes with words.
#: How much longer a session's count is open at least: late prompts, and the drop of that night.
_MARGIN = timedelta(hours=12)
#: The end of the week that a count of a cohort is open for lies at this hour (UTC) of a Monday.
_MONDAY = 0
#: So much longer whoever was asked in that week may still answer: a reminder comes on the next
#: working day.
_LATE = timedelta(days=2)


def follow(  # noqa: PLR0913 - One move and what it knows.
    desk: Desk,
    compiled: Compiled,
    before: Conversation,
    after: Conversation,
    effects: tuple[Effect, ...],
    *,
    recalled: Mapping[str, Answer] = NOTHING,
) -> None:
    """Note how far somebody has come, and do what they chose to have counted or shared."""
    _turn_up(desk, compiled, before, after)
    waits: list[str] = []
    for effect in effects:
        match effect:
            case Pool(measure, values, at):
                if _pool(desk, after, measure, dict(values), at):
                    waits.append(measure)
            case Unpool(measure, at):
                _unpool(desk, before, measure, at)
            case Share(turn) if _in_round(compiled.script.nodes[turn]):
                said = Voice(compiled=compiled, participant=desk.participant, now=desk.now)
                voices.give(desk, said, before, effect)
            case Share():
                # What ends with this choice has let go of its answers already.
                _share(desk, compiled, replace(after, answers=before.answers), effect)
            case Unshare(turn) if _in_round(compiled.script.nodes[turn]):
                voices.take_back(desk, after.id)
            case Unshare(turn):
                shared.take_back_of(desk.conn, desk.participant.id, after.id, turn)
            case _:
                pass
    if waits:
        _confirm(desk, compiled, before, waits, recalled)


def _in_round(node: Node) -> bool:
    """Whether a share goes to a round of a circle."""
    return isinstance(node.turn, ShareTurn) and node.turn.round


def _confirm(
    desk: Desk,
    compiled: Compiled,
    held: Conversation,
    measures: list[str],
    recalled: Mapping[str, Answer],
) -> None:
    """Say what was given, by the labels it was chosen by, and that it can be taken back."""
    voice = Voice(compiled=compiled, participant=desk.participant, now=desk.now)
    labels = dict(voice.labels(held, recalled)[0])
    desk.remark("counted_tonight", labels="; ".join(labels[each] for each in measures))


def _turn_up(desk: Desk, compiled: Compiled, before: Conversation, after: Conversation) -> None:
    """Note that somebody was asked, has begun, has answered: each once."""
    offers = [(node, offer) for node in compiled.script.nodes.values() for offer in _offers(node)]
    if not offers:
        return
    if before.at is None and after.at is not None:
        _came(desk, after, offers, ASKED)
    if after.begun and not before.begun:
        _came(desk, after, offers, BEGUN)
    new = [
        (node, offer)
        for node, offer in offers
        if answered(node, after, offer.of) and not answered(node, before, offer.of)
    ]
    if new:
        _came(desk, after, new, ANSWERED)


def _offers(node: Node) -> tuple[Offer, ...]:
    return node.turn.offers if isinstance(node.turn, PoolTurn) else ()


def _came(desk: Desk, held: Conversation, offers: list[tuple[Node, Offer]], stage: int) -> None:
    found = [
        count.id
        for node, offer in offers
        if (measure := desk.house.measures.get(offer.measure)) is not None
        for at in _sessions(measure, node, offer, held)
        if (count := _count(desk, measure, held, at, asked=stage == ASKED)) is not None
    ]
    counts.came(desk.conn, desk.participant.id, found, stage)


def _sessions(measure: Measure, node: Node, offer: Offer, held: Conversation) -> Iterator[str]:
    """Which sessions this is about: the one that was named, else any it may be about."""
    if measure.group is not Group.SESSION:
        yield ""
        return
    given = held.answers.get(node.prefix + (offer.at or ""))
    if given is not None and isinstance(given.value, str):
        yield given.value
        return
    yield from (about.id for about in held.about)


def _cell(about: About) -> str:
    return f"{about.group}/{about.id}"


def _count(
    desk: Desk, measure: Measure, held: Conversation, at: str, *, asked: bool = False
) -> Count | None:
    """The count in which somebody is; None for a session that is not known or long over.

    In that of a cohort they are by when they were asked, however late they answer. None when it
    has closed meanwhile: a late answer takes nobody's place in the next.
    """
    if measure.group is Group.SESSION:
        about = next((each for each in held.about if each.id == at), None)
        if about is None:
            return None
        over = (about.ends_at or desk.now) + AFTER_SESSION
        if desk.now >= over:
            return None
        return counts.opened(
            desk.conn,
            desk.house.keys,
            measure,
            cell=_cell(about),
            title=about.title,
            now=desk.now,
            closes_at=over + _MARGIN,
        )
    known = counts.frozen(desk.conn, desk.participant.id, measure.name)
    if not asked or (known is not None and known.takes(desk.now)):
        return known
    named = cohorts.of(desk.conn, desk.participant.id) if measure.group is Group.COHORT else ()
    cell = min(named, default="")
    return counts.opened(
        desk.conn,
        desk.house.keys,
        measure,
        cell=cell,
        title=cell,
        now=desk.now,
        closes_at=ends(desk.now, measure.weeks) + _LATE,
        asks_until=ends(desk.now, measure.weeks),
    )


def ends(now: datetime, weeks: int) -> datetime:
    """The beginning (UTC) of the Monday until which a count of so many weeks asks people."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=7 * weeks - (day.weekday() - _MONDAY))


def _pool(
    desk: Desk,
    held: Conversation,
    name: str,
    values: Mapping[str, int | str | tuple[str, ...]],
    at: str,
) -> bool:
    """Have a choice wait for the nightly drop; what cannot be counted is said, and False.

    Nor can anything in a count whose key is lost: the next night takes that count away.
    """
    measure = desk.house.measures.get(name)
    count = _count(desk, measure, held, at) if measure is not None else None
    if measure is None or count is None:
        desk.remark("not_counted", title=name if measure is None else _title(desk, measure))
        return False
    try:
        counts.share(
            desk.conn,
            desk.house.keys,
            desk.participant.id,
            count,
            measure.ballot(values),
            now=desk.now,
        )
    except Counted:
        desk.remark("counted_before", title=_title(desk, measure))
    except (OutOfScaleError, KeyGoneError):
        desk.remark("not_counted", title=_title(desk, measure))
    else:
        return True
    return False


def _unpool(desk: Desk, held: Conversation, name: str, at: str) -> None:
    """Take back what a conversation gave to a count: of a session's, to that session's alone."""
    whose = desk.participant.id
    cells = {_cell(about) for about in held.about if about.id == at}
    for waiting in counts.waiting(desk.conn, whose):
        if waiting.measure == name and (
            waiting.body.group is not Group.SESSION or waiting.cell in cells
        ):
            counts.withdraw(desk.conn, whose, name, waiting.count)


def take_back(desk: Desk, effects: tuple[Effect, ...]) -> None:
    """Take back what was chosen, or all of it."""
    chosen = {each.answer.value for each in effects if isinstance(each, Keep)}
    everything = EVERYTHING in chosen
    whose = desk.participant.id
    for waiting in counts.waiting(desk.conn, whose):
        if everything or COUNTED + waiting.count in chosen:
            counts.withdraw(desk.conn, whose, waiting.measure, waiting.count)
    for each in shared.of(desk.conn, desk.house.keys, whose):
        if everything or SHARED + each.id in chosen:
            shared.take_back(desk.conn, whose, each.id)


def follow_answer(
    desk: Desk, *, message: str = "", conversation: str = "", turn: str = ""
) -> None:
    """What was shared of an answer that changed or went after the end is taken back, and said."""
    voices.follow(desk, message=message, conversation=conversation)
    for each in shared.follow(
        desk.conn,
        desk.house.keys,
        desk.participant.id,
        message=message,
        conversation=conversation,
        turn=turn,
    ):
        if desk.participant.standing is not Standing.STOPPED:
            desk.remark("no_longer_shared", title=each.about or each.title)


def _title(desk: Desk, measure: Measure) -> str:
    return said(measure.title, desk.participant.language)


def _share(desk: Desk, compiled: Compiled, held: Conversation, effect: Share) -> None:
    """Pass words on as they were shown; a name goes with them only where that was chosen."""
    voice = Voice(compiled=compiled, participant=desk.participant, now=desk.now)
    given = [(turn, held.answers[turn]) for turn in effect.sources]
    name, named_by = _name(compiled, held, effect)
    from_ = [*given, (named_by, held.answers[named_by])] if name else given
    about = next((each.title for each in held.about if each.id == effect.at), "")
    body = shared.Body(
        title=desk.house.shelf.title(held.practice),
        about=about,
        name=name,
        paragraphs=tuple(_told(voice, turn, answer) for turn, answer in given),
        media=tuple(part.media for _, answer in given for part in answer.parts if part.media),
        sources=tuple(turn for turn, _ in from_),
        messages=tuple(part.message for _, answer in from_ for part in answer.parts),
    )
    shared.give(
        desk.conn,
        desk.house.keys,
        desk.participant.id,
        conversation=held.id,
        turn=effect.turn,
        practice=held.practice,
        level=effect.level,
        body=body,
        now=desk.now,
    )


def _name(compiled: Compiled, held: Conversation, effect: Share) -> tuple[str | None, str]:
    """The name they gave, where they chose that it goes with their words, and by which turn."""
    node = compiled.script.nodes[effect.turn]
    turn = node.turn
    if effect.level not in NAMED or not isinstance(turn, ShareTurn) or turn.name is None:
        return None, ""
    return name_given(node, held.answers) or None, node.prefix + turn.name


def _told(voice: Voice, turn: str, answer: Answer) -> str:
    """An answer with the question it answers."""
    return f"{voice.question(turn, answer.wording)}\n\n{answer.text}"
