"""Lanes: what is due in the outbox is claimed here; `acknowledging` says what became of it.

Rules: the pace of the chat and of the bot is taken in the transaction of the claim; one message
of a chat is in flight at most; a claim is a lease, and whoever lost it can acknowledge nothing;
replies anywhere overtake broadcasts anywhere. A chat's row is locked before its messages are
read, so that nothing that is added meanwhile is overlooked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.adapters.port import Pace
from bot.records import Address, OnUncertain, Outbound, Platform
from bot.store.acknowledging import FIRST, end, point
from bot.store.pacing import RANKS, Bot, ask_again, lock_bots, move_on, put_right, slots
from bot.store.parcels import UnreadableError, unpacked
from bot.store.sending import Ending, Sending
from bot.store.tables import outbox, outbox_chat
from bot.trust.keyring import KeyGoneError, KeyRing
from bot.trust.sealing import BrokenSealError


@dataclass(frozen=True, slots=True)
class _Chat:
    """A chat that is due, locked, and its slot in the bot's pace."""

    name: str
    platform: Platform
    place: str
    token: int
    at: datetime


def claim(  # noqa: PLR0913 - What a claim depends on, each by its name.
    conn: Connection,
    keys: KeyRing,
    now: datetime,
    paces: Mapping[Platform, Pace],
    *,
    most: int,
    lease: timedelta,
) -> tuple[tuple[Sending, ...], datetime | None]:
    """Claim up to `most` messages that are due; also says when to ask again, None: not known."""
    bots = [
        put_right(conn, bot, paces[bot.platform], now, lease)
        for bot in lock_bots(conn, paces, now)
    ]
    free = {bot.platform: slots(bot, paces[bot.platform], now, most) for bot in bots}
    chats = _due_chats(conn, bots, free, now, most)
    heads = _heads(conn, chats)
    opened = ((chat, _open(conn, keys, chat, heads.get(chat.name), now)) for chat in chats)
    taken = tuple(
        _sending(chat, *message, paces[chat.platform], now + lease)
        for chat, message in opened
        if message
    )
    taken = _threaded(conn, taken)
    _mark(conn, taken, now)
    bots = [move_on(conn, bot, paces[bot.platform], taken) for bot in bots]
    return taken, ask_again(bots, {chat.platform for chat in chats}, now)


_DUE = (
    select(outbox_chat.c.chat, outbox_chat.c.place, outbox_chat.c.token)
    .where(
        outbox_chat.c.platform == bindparam("of"),
        outbox_chat.c.rank == bindparam("ranked"),
        outbox_chat.c.due_at <= bindparam("now"),
    )
    .order_by(outbox_chat.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def _due_chats(
    conn: Connection,
    bots: Sequence[Bot],
    free: Mapping[Platform, Sequence[datetime]],
    now: datetime,
    most: int,
) -> list[_Chat]:
    """Chats that are due, of the higher ranks first, then whoever has waited longest."""
    waiting = sorted(
        (rank, due, bot.platform)
        for bot in bots
        for rank, due in zip(RANKS, bot.due, strict=True)
        if due is not None and due <= now
    )
    left = {platform: list(instants) for platform, instants in free.items()}
    found: list[_Chat] = []
    for rank, _, platform in waiting:
        room = min(len(left[platform]), most - len(found))
        if room > 0:
            asked = {"of": platform, "ranked": rank, "now": now, "most": room}
            for name, place, token in conn.execute(_DUE, asked):
                found.append(_Chat(name, platform, place, token, left[platform].pop(0)))
    return found


_FIRST = (
    select(outbox.c.seq)
    .where(outbox.c.chat == outbox_chat.c.chat, outbox.c.ended_at.is_(None))
    .order_by(*FIRST)
    .limit(1)
    .scalar_subquery()
)
_HEADS = select(outbox).where(
    outbox.c.seq.in_(
        select(_FIRST).where(outbox_chat.c.chat.in_(bindparam("chats", expanding=True)))
    )
)


def _heads(conn: Connection, chats: Sequence[_Chat]) -> dict[str, Any]:
    """The first message of each chat, its lanes taken one after the other."""
    if not chats:
        return {}
    rows = conn.execute(_HEADS, {"chats": [chat.name for chat in chats]})
    return {row.chat: row for row in rows}


def _open(
    conn: Connection,
    keys: KeyRing,
    chat: _Chat,
    head: Any,  # noqa: ANN401 - A row.
    now: datetime,
) -> tuple[Any, Outbound] | None:
    """A chat's first message with its words; or end it, when it cannot or must not be sent."""
    if head is None:
        point(conn, chat.name, now)
        return None
    state, reason = Ending.SKIPPED, "forgotten"
    try:
        message = unpacked(keys.sealer(head.owner).open(outbox.name, head.id, head.body))
    except KeyGoneError:
        pass
    except (BrokenSealError, UnreadableError):
        state, reason = Ending.REFUSED, "unreadable"
    else:
        if head.expires_at is not None and head.expires_at <= now:
            state, reason = Ending.EXPIRED, "late"
        elif head.in_flight and message.on_uncertain is OnUncertain.SKIP:
            reason = "uncertain"  # Its lease ran out, and nobody knows how far it came.
        else:
            return head, message
    end(conn, head.id, state, reason, now)
    point(conn, chat.name, now)
    return None


def _sending(chat: _Chat, head: Any, message: Outbound, pace: Pace, until: datetime) -> Sending:  # noqa: ANN401
    whose = head.participant or ""
    place = Address(id=head.address, participant=whose, platform=chat.platform, place=chat.place)
    return Sending(
        id=head.id,
        address=place,
        message=message,
        piece=head.piece,
        attempts=head.attempts + 1,
        at=chat.at,
        until=until,
        free_at=chat.at + pace.between(chat.place),
        chat=chat.name,
        token=chat.token + 1,
    )


_RECEIPTS = select(outbox.c.id, outbox.c.receipt).where(
    outbox.c.id.in_(bindparam("ids", expanding=True))
)


def _threaded(conn: Connection, taken: tuple[Sending, ...]) -> tuple[Sending, ...]:
    """Replies with the platform's own name of what they reply to; of what is gone, none."""
    roots = {each.message.thread for each in taken} - {""}
    if not roots:
        return taken
    receipts = {id_: name or "" for id_, name in conn.execute(_RECEIPTS, {"ids": list(roots)})}
    return tuple(
        replace(each, message=replace(each.message, thread=receipts.get(each.message.thread, "")))
        for each in taken
    )


_MARK_MESSAGES = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(attempts=outbox.c.attempts + 1, in_flight=True, tried_at=bindparam("now"))
)
_MARK_CHATS = (
    update(outbox_chat)
    .where(outbox_chat.c.chat.in_(bindparam("chats", expanding=True)))
    .values(token=outbox_chat.c.token + 1, due_at=bindparam("until"), free_at=bindparam("until"))
)


def _mark(conn: Connection, taken: Sequence[Sending], now: datetime) -> None:
    """Write down what is claimed: until the lease ends, its chats are not free."""
    if taken:
        conn.execute(_MARK_MESSAGES, {"ids": [each.id for each in taken], "now": now})
        chats = {"chats": [each.chat for each in taken], "until": taken[0].until}
        conn.execute(_MARK_CHATS, chats)
