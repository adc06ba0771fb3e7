"""The outbox: what is to be sent, from the moment it is added until it has ended.

Every message stands in one lane, of its chat and its class, and ends in one state with its
reason (TRUST 4). Its body is sealed under its owner's key, and blank once it has ended.
`lanes` takes the messages out again, for delivery alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)

from bot.records import Address, LaneClass, Outbound, Platform
from bot.store.circled import circle, round_
from bot.store.parcels import packed
from bot.store.prepared import Prepared
from bot.store.sending import Count, Ending
from bot.store.tables import (
    Insert,
    address,
    each,
    new_id,
    outbox,
    outbox_bot,
    outbox_chat,
)
from bot.trust.keyring import KeyRing

#: The state of a message that waits.
QUEUED = "queued"
#: The rank of a chat whose lanes are empty.
EMPTY = 9
#: What stands in the tables for each class: the lower goes first.
RANKS: Mapping[LaneClass, int] = {LaneClass.HELP: 0, LaneClass.REPLY: 1, LaneClass.BROADCAST: 2}

_CLASSES = {rank: lane_class for lane_class, rank in RANKS.items()}

#: What is true of a message that has ended, whatever its end.
OVER: Mapping[str, object] = {"in_flight": False, "body": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message."""

    #: None while it waits.
    state: Ending | None
    #: Why it ended so, or why it was not sent at the last attempt; empty when there is no reason.
    reason: str
    attempts: int
    queued_at: datetime
    tried_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A message that put a question, where it stands."""

    platform: Platform
    place: str
    #: The platform's id of it.
    message: str


def _line_up(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    """Put a chat where its best message belongs; what is in flight keeps its lease."""
    new: Any = begin(outbox_chat)
    old = outbox_chat.c
    better = new.excluded.rank < old.rank
    free = case((old.free_at > new.excluded.due_at, old.free_at), else_=new.excluded.due_at)
    built: Insert = new.on_conflict_do_update(
        index_elements=["chat"],
        set_={
            "rank": case((better, new.excluded.rank), else_=old.rank),
            "due_at": case((better, free), else_=old.due_at),
        },
    )
    return built


_LINE_UP = Prepared(
    each(_line_up), "chat", "platform", "place", "rank", "due_at", "free_at", "token"
)


def chat_of(platform: Platform, place: str) -> str:
    """What the outbox calls a chat."""
    return f"{platform}:{place}"


def line_up(conn: Connection, platform: Platform, place: str, rank: int, now: datetime) -> None:
    """Put a chat, new or not, where a message of this rank belongs, and lock it."""
    row = {
        "chat": chat_of(platform, place),
        "platform": platform,
        "place": place,
        "rank": rank,
        "due_at": now,
        "free_at": now,
        "token": 0,
    }
    _LINE_UP.run(conn, row)


_ADD = Prepared(
    insert(outbox).inline(),
    *("id", "participant", "owner", "address", "chat", "conversation", "ask", "rank", "state"),
    *("piece", "attempts", "in_flight", "queued_at", "due_at", "expires_at", "body"),
)


def add(  # noqa: PLR0913 - What is known of a message, each by its name.
    conn: Connection,
    keys: KeyRing,
    address: Address,
    message: Outbound,
    *,
    now: datetime,
    due_at: datetime | None = None,
    owner: str | None = None,
    conversation: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Put a message into its lane, sealed for `owner` or else the participant; returns its id.

    The chat's row is written first: whoever adds to the same chat waits for it, so that the
    order in a lane is the order of the commits. With `due_at` it waits until then, and what is
    behind it in its lane with it. Raises KeyGoneError.
    """
    message_id = new_id()
    due_at = due_at or now
    owner = owner or address.participant
    sealed = keys.sealer(owner).seal(outbox.name, message_id, packed(message))
    rank = RANKS[message.lane_class]
    line_up(conn, address.platform, address.place, rank, due_at)
    row = {
        "id": message_id,
        "participant": address.participant or None,
        "owner": owner,
        "address": address.id,
        "chat": chat_of(address.platform, address.place),
        "conversation": conversation,
        "ask": message.ask,
        "rank": rank,
        "state": QUEUED,
        "piece": 0,
        "attempts": 0,
        "in_flight": False,
        "queued_at": now,
        "due_at": due_at,
        "expires_at": expires_at,
        "body": sealed,
    }
    _ADD.run(conn, row)
    return message_id


_OUTCOME = select(
    outbox.c.state,
    outbox.c.reason,
    outbox.c.attempts,
    outbox.c.queued_at,
    outbox.c.tried_at,
    outbox.c.ended_at,
).where(outbox.c.id == bindparam("of"))


def outcome(conn: Connection, message_id: str) -> Outcome | None:
    """What became of a message; None when nothing is known of it any more."""
    row = conn.execute(_OUTCOME, {"of": message_id}).first()
    if row is None:
        return None
    state, reason, attempts, queued_at, tried_at, ended_at = row
    return Outcome(
        state=None if state == QUEUED else Ending(state),
        reason=reason or "",
        attempts=attempts,
        queued_at=queued_at,
        tried_at=tried_at,
        ended_at=ended_at,
    )


def receipt(conn: Connection, message_id: str) -> str:
    """What the platform calls a message; empty while it has not gone out, and once it is gone."""
    found: str | None = conn.scalar(select(outbox.c.receipt).where(outbox.c.id == message_id))
    return found or ""


#: A question of which several may be chosen is asked again at each typed choice.
_ASKED = 10
_ASKED_IN = (
    select(outbox.c.chat, outbox.c.receipt)
    .where(
        outbox.c.conversation == bindparam("of"),
        outbox.c.ask == bindparam("number"),
        outbox.c.ask.is_not(None),
        outbox.c.receipt.is_not(None),
    )
    .order_by(outbox.c.seq.desc())
    .limit(_ASKED)
)


def asked_in(conn: Connection, conversation: str, ask: int) -> tuple[Put, ...]:
    """The messages that asked a question, the latest first."""
    rows = conn.execute(_ASKED_IN, {"of": conversation, "number": ask})
    told = ((chat.partition(":"), message) for chat, message in rows)
    return tuple(
        Put(platform=Platform(platform), place=place, message=message)
        for (platform, _, place), message in told
    )


def counts(conn: Connection) -> tuple[Count, ...]:
    """How much waits, for each class of which something does, the most urgent first."""
    flying = func.sum(cast(outbox.c.in_flight, Integer))
    question = (
        select(outbox.c.rank, func.count(), flying, func.min(outbox.c.queued_at))
        .where(outbox.c.ended_at.is_(None))
        .group_by(outbox.c.rank)
        .order_by(outbox.c.rank)
    )
    return tuple(
        Count(lane_class=_CLASSES[rank], queued=queued, in_flight=in_flight, oldest=oldest)
        for rank, queued, in_flight, oldest in conn.execute(question)
    )


def waits(conn: Connection, there: Address) -> bool:
    """Whether something waits for a chat."""
    chat = chat_of(there.platform, there.place)
    some = select(outbox.c.seq).where(outbox.c.chat == chat, outbox.c.ended_at.is_(None))
    return conn.execute(some.limit(1)).first() is not None


def depart(conn: Connection, gone: Address, now: datetime, reason: str = "departed") -> int:
    """End all that waits for an address that nobody is at; say how much it was."""
    chat = chat_of(gone.platform, gone.place)
    conn.execute(_clear().where(outbox_chat.c.chat == chat))
    return conn.execute(
        update(outbox)
        .where(outbox.c.chat == chat, outbox.c.ended_at.is_(None))
        .values(state=Ending.DEPARTED, reason=reason[:80], ended_at=now, **OVER)
    ).rowcount


def depart_all(
    conn: Connection, platform: Platform, beginning: str, now: datetime, reason: str = "departed"
) -> int:
    """The same for every place that begins so; say how much it was."""
    places = outbox_chat.c.place.startswith(beginning, autoescape=True)
    theirs = (outbox_chat.c.platform == platform) & places
    # Their rows are taken in one order, so that two who want them do not wait for each other.
    chats = select(outbox_chat.c.chat).where(theirs).order_by(outbox_chat.c.chat)
    conn.execute(chats.with_for_update())
    conn.execute(_clear().where(theirs))
    waiting = outbox.c.chat.in_(select(outbox_chat.c.chat).where(theirs))
    return conn.execute(
        update(outbox)
        .where(waiting, outbox.c.ended_at.is_(None))
        .values(state=Ending.DEPARTED, reason=reason[:80], ended_at=now, **OVER)
    ).rowcount


def move(conn: Connection, platform: Platform, place: str, to: str, now: datetime) -> None:
    """A chat has another name: what waits for it goes to the new one, in its order."""
    old, new = chat_of(platform, place), chat_of(platform, to)
    rank = conn.scalar(
        select(func.min(outbox.c.rank)).where(outbox.c.chat == old, outbox.c.ended_at.is_(None))
    )
    if rank is not None:
        line_up(conn, platform, to, rank, now)
    rename(conn, platform, place)
    conn.execute(update(outbox).where(outbox.c.chat == old).values(chat=new, in_flight=False))
    conn.execute(delete(outbox_chat).where(outbox_chat.c.chat == old))


def rename(conn: Connection, platform: Platform, place: str) -> None:
    """What went out in a chat is called by its chat too, where another one has such names as well.

    Telegram counts the messages of each chat by themselves: in the one that a group becomes, the
    same number is somebody else's message, to be neither changed nor replied to.
    """
    if platform is not Platform.TELEGRAM:
        return
    went = (outbox.c.chat == chat_of(platform, place)) & outbox.c.receipt.is_not(None)
    named = literal(f"{place}/").concat(outbox.c.receipt)
    conn.execute(update(outbox).where(went).values(receipt=named))


def let_go(conn: Connection, there: Address, now: datetime) -> None:
    """End all that waits for a place that is nobody's from now on; the rest of it is deleted."""
    depart(conn, there, now, "unlinked")
    conn.execute(delete(outbox).where(outbox.c.address == there.id))


def withdraw(conn: Connection, participant: str, *, reason: str, now: datetime) -> int:
    """End all that waits for a participant, as they asked for; say how much it was.

    What is being sent at this moment may still arrive, but is not tried again.
    """
    return conn.execute(
        update(outbox)
        .where(outbox.c.participant == participant, outbox.c.ended_at.is_(None))
        .values(state=Ending.SKIPPED, reason=reason, ended_at=now, **OVER)
    ).rowcount


def expire_all(conn: Connection, reason: str, now: datetime) -> int:
    """End all that waits, after a restore: nobody knows what of it was sent since the backup."""
    conn.execute(_clear())
    return conn.execute(
        update(outbox)
        .where(outbox.c.ended_at.is_(None))
        .values(state=Ending.EXPIRED, reason=reason, ended_at=now, **OVER)
    ).rowcount


def _clear() -> Any:  # noqa: ANN401
    """Empty the lanes of chats; a claim that still stands can no longer acknowledge."""
    return update(outbox_chat).values(rank=EMPTY, token=outbox_chat.c.token + 1)


def hold_bot(conn: Connection, platform: Platform, until: datetime) -> None:
    """Send nothing at all on a platform before `until`."""
    row = outbox_bot.c
    conn.execute(
        update(outbox_bot)
        .where(row.platform == platform, row.held_until < until)
        .values(held_until=until)
    )


def forget(conn: Connection, participant: str) -> None:
    """Delete every message to a participant, and what the lanes know of their chats."""
    own = address.c.participant == participant
    chats = select(address.c.platform + ":" + address.c.place).where(own)
    conn.execute(delete(outbox_chat).where(outbox_chat.c.chat.in_(chats)))
    theirs = outbox.c.address.in_(select(address.c.id).where(own))
    mine = or_(outbox.c.participant == participant, outbox.c.owner == participant)
    conn.execute(delete(outbox).where(or_(theirs, mine)))


def purge(conn: Connection, before: datetime, most: int = 1000) -> int:
    """Delete up to `most` messages that ended before then, or to nobody we know; say how many.

    Nobody we know is somebody who was forgotten and told so: that row names their chat. What a
    round of a circle is about stays known for as long as the round is.
    """
    past = outbox.c.ended_at.is_not(None)
    stranger = outbox.c.participant.is_(None) & outbox.c.owner.not_in(select(circle.c.id))
    named = exists().where(or_(round_.c.message == outbox.c.id, round_.c.root == outbox.c.id))
    old = past & (stranger | ((outbox.c.ended_at < before) & not_(named)))
    chosen = select(outbox.c.seq).where(old).order_by(outbox.c.seq).limit(most)
    gone = conn.execute(delete(outbox).where(outbox.c.seq.in_(chosen))).rowcount
    chat = outbox_chat.c
    known = or_(
        *(
            exists().where(each.c.platform == chat.platform, each.c.place == chat.place)
            for each in (address, circle)
        )
    )
    conn.execute(
        delete(outbox_chat).where(chat.rank == EMPTY, not_(known) | (chat.free_at < before))
    )
    return gone
