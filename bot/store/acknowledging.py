"""Acknowledging: what became of a claimed message, said by whoever holds its claim.

Each answers whether the claim still held; when it did not, somebody else has the message and
nothing is changed. Each may be said again: the writer runs a work twice when it must.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Connection,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    select,
    update,
)

from bot.adapters.port import Receipt
from bot.records import Address
from bot.store import showing
from bot.store.circled import circle
from bot.store.outbox import EMPTY, OVER, chat_of, hold_bot, line_up, rename
from bot.store.sending import Ending, Hold, Sending
from bot.store.tables import Instant, address, outbox, outbox_chat

#: How much of a reason is kept.
LONGEST = 80
#: A broadcast half said is not parted by replies: it counts as one.
_HALF_SAID = 1

_TOKEN = select(outbox_chat.c.token).where(outbox_chat.c.chat == bindparam("of")).with_for_update()


def sent(
    conn: Connection, sending: Sending, receipt: Receipt, now: datetime, *, more: bool = False
) -> bool:
    """The platform has taken a piece, the last one unless there are `more`."""
    if not _holds(conn, sending):
        return False
    change = {"the": sending.id, "piece": sending.piece + 1, "receipt": receipt.message}
    conn.execute(_NEXT_PIECE if more else _SENT, {**change, "now": now})
    if not more and not sending.address.participant:
        showing.sent(conn, sending.id)
    point(conn, sending.chat, sending.free_at)
    return True


_THE = outbox.c.id == bindparam("the")
_WAITS = outbox.c.ended_at.is_(None)
_SENT = (
    update(outbox)
    .where(_THE, _WAITS)
    .values(
        state=Ending.SENT,
        reason=None,
        piece=bindparam("piece"),
        receipt=bindparam("receipt"),
        ended_at=bindparam("now"),
        **OVER,
    )
)
_NEXT_PIECE = (
    update(outbox)
    .where(_THE, _WAITS)
    .values(
        piece=bindparam("piece"),
        receipt=bindparam("receipt"),
        due_at=bindparam("now"),
        in_flight=False,
        rank=case((outbox.c.rank > _HALF_SAID, _HALF_SAID), else_=outbox.c.rank),
    )
)


def again(
    conn: Connection, sending: Sending, at: datetime, reason: str, hold: Hold = Hold.LANE
) -> bool:
    """It failed, and is to be tried again at `at`; `hold` says what else waits until then."""
    if not _holds(conn, sending):
        return False
    conn.execute(
        update(outbox)
        .where(outbox.c.id == sending.id, _WAITS)
        .values(due_at=at, reason=reason[:LONGEST], in_flight=False)
    )
    point(conn, sending.chat, max(at, sending.free_at) if hold is Hold.CHAT else sending.free_at)
    if hold is Hold.BOT:
        hold_bot(conn, sending.address.platform, at)
    return True


def ended(conn: Connection, sending: Sending, state: Ending, reason: str, now: datetime) -> bool:
    """It will not be sent."""
    if not _holds(conn, sending):
        return False
    end(conn, sending.id, state, reason, now)
    point(conn, sending.chat, sending.free_at)
    return True


def end(conn: Connection, message_id: str, state: Ending, reason: str, now: datetime) -> None:
    """End a message whose chat is locked."""
    conn.execute(
        update(outbox)
        .where(outbox.c.id == message_id, _WAITS)
        .values(state=state, reason=reason[:LONGEST], ended_at=now, **OVER)
    )


def follow(conn: Connection, sending: Sending, place: str, now: datetime) -> bool:
    """The chat has moved: what waits for it goes to the new place, this message first."""
    if not _holds(conn, sending):
        return False
    old = sending.address
    new = chat_of(old.platform, place)
    line_up(conn, old.platform, place, EMPTY, now)
    free_at = conn.execute(
        select(outbox_chat.c.free_at).where(outbox_chat.c.chat == new).with_for_update()
    ).scalar_one()
    rename(conn, old.platform, old.place)
    conn.execute(
        update(outbox)
        .where(outbox.c.chat == sending.chat, _WAITS)
        .values(chat=new, in_flight=False)
    )
    point(conn, new, max(free_at, now))
    conn.execute(delete(outbox_chat).where(outbox_chat.c.chat == sending.chat))
    _move_address(conn, old, place)
    return True


def _move_address(conn: Connection, old: Address, place: str) -> None:
    """Write the new place into the address or the circle, unless one is there already."""
    for table in (address, circle):
        there = table.alias()
        taken = exists().where(there.c.platform == old.platform, there.c.place == place)
        conn.execute(
            update(table)
            .where(table.c.platform == old.platform, table.c.place == old.place, not_(taken))
            .values(place=place)
        )


def _holds(conn: Connection, sending: Sending) -> bool:
    """Whether the claim stands; locks the chat."""
    token: int | None = conn.scalar(_TOKEN, {"of": sending.chat})
    return token == sending.token


_HERE = (outbox.c.chat == outbox_chat.c.chat, _WAITS)
#: What a chat says next: first what may have gone out already, so that nothing is said twice in
#: another order after a crash; then the lanes by their rank, each from its head.
FIRST = (outbox.c.in_flight.desc(), outbox.c.rank, outbox.c.seq)
_RANK = select(outbox.c.rank).where(*_HERE).order_by(*FIRST).limit(1).scalar_subquery()
_DUE = select(outbox.c.due_at).where(*_HERE).order_by(*FIRST).limit(1).scalar_subquery()
_FREE = bindparam("free", type_=Instant)
_POINT = (
    update(outbox_chat)
    .where(outbox_chat.c.chat == bindparam("of"))
    .values(
        rank=func.coalesce(_RANK, EMPTY),
        due_at=case((_DUE > _FREE, _DUE), else_=_FREE),
        free_at=_FREE,
    )
)


def point(conn: Connection, chat: str, free_at: datetime) -> None:
    """Point a locked chat at its first message, which may go when the chat is free."""
    conn.execute(_POINT, {"of": chat, "free": free_at})
