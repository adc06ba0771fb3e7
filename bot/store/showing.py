"""Showing: voices from the moment their message is queued until it has been sent.

Until then each row says in which message it stands, so that the message can be called back when
one of its givers is forgotten or leaves: those who stay are shown anew, without them. Once it has
been sent, nothing links anybody to a voice. Whoever calls holds the circle.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    not_,
    or_,
    select,
    update,
)

from bot.store import rounds
from bot.store.circled import circle, circle_member, round_, voice, vote
from bot.store.rounds import State
from bot.store.sending import Ending
from bot.store.tables import outbox, outbox_chat
from bot.trust.keyring import KeyGoneError, KeyRing

#: What a row holds of a voice that was sent: nothing.
_BLANK = {"body": None, "conversation": None, "shown_in": None}
_WAITS = outbox.c.ended_at.is_(None)
#: What the platform may have taken something of already.
_BEGUN = or_(outbox.c.in_flight, outbox.c.piece > 0)
#: Why a message ended that was called back while it was being sent (see `lanes`).
_LATE = and_(
    outbox.c.state == Ending.EXPIRED, outbox.c.expires_at.is_not(None), outbox.c.piece == 0
)


def queued(conn: Connection, id_: str, message: str, whose: Collection[str]) -> None:
    """These voices of a round stand in a message that waits to be sent."""
    theirs = (voice.c.round == id_) & voice.c.participant.in_(whose) & voice.c.body.is_not(None)
    conn.execute(update(voice).where(theirs).values(shown_in=message))


def never(conn: Connection, id_: str, whose: Collection[str]) -> None:
    """These voices are not shown: their rows hold no words any more."""
    theirs = (voice.c.round == id_) & voice.c.participant.in_(whose)
    conn.execute(update(voice).where(theirs).values(_BLANK))


def sent(conn: Connection, message: str) -> None:
    """A message is out: nothing says any more whose voices stood in it."""
    conn.execute(update(voice).where(voice.c.shown_in == message).values(_BLANK))


def hold(conn: Connection, *participants: str) -> None:
    """Nobody else changes the circles of these people until the transaction ends."""
    theirs = select(circle_member.c.circle).where(circle_member.c.participant.in_(participants))
    mine = select(circle.c.id).where(circle.c.id.in_(theirs))
    conn.execute(mine.order_by(circle.c.id).with_for_update())


def call_back(
    conn: Connection, keys: KeyRing, participant_id: str, circle_id: str | None = None
) -> None:
    """Delete what somebody gave, in one circle or all; what waits with their words is called back.

    What was not begun does not go out, and its other voices wait again, so that the round closes
    anew. What is being sent at this moment may still arrive, but is not tried again.
    """
    theirs = voice.c.participant == participant_id
    if circle_id is not None:
        rounds_of_it = select(round_.c.id).where(round_.c.circle == circle_id)
        theirs &= voice.c.round.in_(rounds_of_it)
    waiting = (
        select(voice.c.round, voice.c.shown_in)
        .select_from(voice.join(outbox, outbox.c.id == voice.c.shown_in))
        .where(theirs, _WAITS)
        .order_by(outbox.c.chat, outbox.c.seq)
    )
    # The chats are held before the voices, as by whoever acknowledges.
    found = [(id_, _held(conn, message)) for id_, message in conn.execute(waiting).all()]
    # That a voice was shown stays known of whoever leaves: who comes back is not heard twice.
    gone = theirs if circle_id is None else theirs & voice.c.body.is_not(None)
    conn.execute(delete(voice).where(gone))
    for id_, message in found:
        if message is not None and message.ended_at is None:
            _call_back(conn, keys, id_, message)


def _call_back(conn: Connection, keys: KeyRing, id_: str, message: Row[Any]) -> None:
    if message.in_flight or message.piece:
        behind = (outbox.c.conversation == id_) & _WAITS
        conn.execute(update(outbox).where(behind).values(expires_at=outbox.c.queued_at))
    else:
        _again(conn, keys, id_, message.id)


def _held(conn: Connection, message: str) -> Row[Any] | None:
    """A message as it stands; its chat is held, so that nobody takes it meanwhile."""
    chat = select(outbox.c.chat).where(outbox.c.id == message).scalar_subquery()
    conn.execute(select(outbox_chat.c.chat).where(outbox_chat.c.chat == chat).with_for_update())
    return conn.execute(select(outbox).where(outbox.c.id == message)).first()


def _again(conn: Connection, keys: KeyRing, id_: str, message: str) -> None:
    """The voices of a message that is not sent wait again, and what waits behind it is not sent.

    Where nothing of the round has been shown yet, it closes anew; else they come as late ones.
    """
    try:
        held = rounds.get(conn, keys, id_)
    except KeyGoneError:
        return  # Its circle is being removed.
    if held is None:
        return
    of_round = outbox.c.conversation == id_
    begun = exists().where(of_round, or_(outbox.c.state == Ending.SENT, _BEGUN))
    late = bool(conn.scalar(select(begun)))
    which: ColumnElement[bool] = outbox.c.id == message
    back = voice.c.shown_in == message
    if late:
        again = rounds.changed(held, late_at=held.closes_at)
    else:
        which = of_round & _WAITS & not_(_BEGUN)
        back = (voice.c.round == id_) & voice.c.shown_in.is_not(None)
        again = rounds.changed(
            held, state=State.OPEN, questions=(), vote_until=None, late_at=None, over_at=None
        )
        conn.execute(delete(vote).where(vote.c.round == id_))
    conn.execute(delete(outbox).where(which))
    conn.execute(update(voice).where(back).values(shown_in=None))
    rounds.save(conn, keys, again)


def unsettled(conn: Connection, most: int) -> tuple[tuple[str, str], ...]:
    """The rounds of which a message has ended and rows still say so: their ids and circles."""
    waits = exists().where(outbox.c.id == voice.c.shown_in, _WAITS)
    found = (
        select(round_.c.id, round_.c.circle)
        .select_from(voice.join(round_, round_.c.id == voice.c.round))
        .where(voice.c.shown_in.is_not(None), not_(waits))
        .distinct()
        .order_by(round_.c.id)
        .limit(most)
    )
    return tuple((id_, of) for id_, of in conn.execute(found).all())


def settle(conn: Connection, keys: KeyRing, id_: str) -> None:
    """See to voices whose message has ended in any way.

    Those of one that was called back before it began wait again; nothing is kept of all others.
    """
    held = rounds.get(conn, keys, id_)
    if held is None:
        return
    conn.execute(select(circle.c.id).where(circle.c.id == held.circle).with_for_update())
    named = select(voice.c.shown_in).where(voice.c.round == id_, voice.c.shown_in.is_not(None))
    for message in conn.scalars(named.distinct().order_by(voice.c.shown_in)).all():
        here = _held(conn, message)
        if here is not None and here.ended_at is None:
            continue
        back = exists().where(outbox.c.id == message, _LATE)
        if conn.scalar(select(back)):
            _again(conn, keys, id_, message)
        else:
            sent(conn, message)
