"""Conversations: which one somebody is having, which ones wait, which are to be woken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, bindparam, case, func, select

from bot.engine.conversation import Conversation
from bot.records import Platform, Standing
from bot.store.people import COLUMNS, Present, present_of
from bot.store.prepared import Prepared
from bot.store.tables import Insert, address, conversation, each, live, participant
from bot.trust.databases import is_sqlite
from bot.trust.keyring import KeyRing
from bot.trust.sealing import Sealer

_TABLE = conversation.name
_BODY: TypeAdapter[Conversation] = TypeAdapter(Conversation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A conversation that is to be woken."""

    participant: str
    conversation: str
    #: The number of the wake-up, which an event must carry.
    wake: int
    #: The address where it is being had; empty for one that was set aside.
    address: str = ""


def _open_first(status: ColumnElement[str]) -> ColumnElement[int]:
    """One that is open is the one being held, whatever was set aside in the same instant."""
    return case((status == "open", 0), else_=1)


def _present_question() -> Any:  # noqa: ANN401 - A select of many columns has no short type.
    one = conversation.alias("one")
    current = (
        select(one.c.id)
        .where(one.c.participant == address.c.participant, live(one.c.status, "open", "resting"))
        .order_by(_open_first(one.c.status), one.c.touched_at.desc(), one.c.id)
        .limit(1)
        .correlate(address)
        .scalar_subquery()
    )
    reached = address.join(participant, participant.c.id == address.c.participant)
    return (
        select(*COLUMNS, conversation.c.id.label("current"), conversation.c.body)
        .select_from(reached.outerjoin(conversation, conversation.c.id == current))
        .where(address.c.platform == bindparam("on"), address.c.place == bindparam("at"))
    )


_PRESENT = Prepared(_present_question())
_HOLD = (
    select(participant.c.id)
    .join(address, address.c.participant == participant.c.id)
    .where(address.c.platform == bindparam("on"), address.c.place == bindparam("at"))
    .with_for_update(key_share=True, of=participant)
)


def present(
    conn: Connection, keys: KeyRing, platform: Platform, place: str, *, lock: bool
) -> Present | None:
    """Who is reached in this place, with the conversation they are having.

    With `lock`, nobody else holds this participant until the transaction ends. On PostgreSQL
    that is a statement of its own: a row that was waited for is read anew, but what is joined
    to it would be read as it was before. Raises KeyGoneError and BrokenSealError.
    """
    where = {"on": platform, "at": place}
    held = conn.scalar(_HOLD, where) if lock and not is_sqlite(conn) else None
    row = _PRESENT.first(conn, where)
    if row is None:
        return None
    if held is not None and row[0] != held:  # While we waited, two people became one.
        return present(conn, keys, platform, place, lock=lock)
    *_, current, body = row
    if current is None:
        return present_of(row)
    return present_of(row, _opened(keys.sealer(row[0]), current, body))


_CHANGING = ("revision", "status", "begun", "wake_at", "wake", "touched_at", "body")


def _save(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(conversation)
    values = {name: new.excluded[name] for name in _CHANGING}
    for name in ("occasion", "address"):
        values[name] = func.coalesce(new.excluded[name], conversation.c[name])
    built: Insert = new.on_conflict_do_update(index_elements=["id"], set_=values)
    return built


_SAVE = Prepared(
    each(_save),
    *("id", "participant", "practice", "revision", "status", "begun", "wake_at", "wake"),
    *("opened_at", "touched_at", "occasion", "address", "body"),
)


def save(  # noqa: PLR0913 - Whose, what, and where it came from.
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    held: Conversation,
    *,
    occasion: str | None = None,
    address: str | None = None,
) -> None:
    """Keep a conversation as it stands now.

    `occasion` is what it was planned for, `address` where it was heard or said just now; without
    one, what was known of that stays.
    """
    sealed = keys.sealer(participant_id).seal(_TABLE, held.id, _BODY.dump_json(held))
    row = {
        "id": held.id,
        "participant": participant_id,
        "practice": held.practice,
        "revision": held.revision,
        "status": held.status,
        "begun": held.begun,
        "wake_at": held.wake_at,
        "wake": held.wake,
        "opened_at": held.touched_at,
        "touched_at": held.touched_at,
        "occasion": occasion,
        "address": address,
        "body": sealed,
    }
    _SAVE.run(conn, row)


_FOUND = select(conversation.c.id, conversation.c.body).where(
    conversation.c.participant == bindparam("of")
)
_OLDEST_FIRST = _FOUND.order_by(conversation.c.opened_at, conversation.c.id)
_GET = Prepared(_FOUND.where(conversation.c.id == bindparam("named")))
_QUEUED = Prepared(_OLDEST_FIRST.where(live(conversation.c.status, "queued")))
_OPEN = Prepared(
    _FOUND.where(live(conversation.c.status, "open", "resting")).order_by(
        _open_first(conversation.c.status), conversation.c.touched_at.desc(), conversation.c.id
    )
)
_UNENDED = Prepared(_OLDEST_FIRST.where(live(conversation.c.status)))
_ALL = Prepared(_OLDEST_FIRST)


def get(
    conn: Connection, keys: KeyRing, participant_id: str, conversation_id: str
) -> Conversation | None:
    """One conversation of this participant, ended or not."""
    found = _conversations(conn, keys, participant_id, _GET, named=conversation_id)
    return found[0] if found else None


def is_planned(conn: Connection, conversation_id: str) -> bool:
    """Whether a conversation was begun for an occasion."""
    found = select(conversation.c.occasion).where(conversation.c.id == conversation_id)
    return conn.scalar(found) is not None


def queued(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Conversation, ...]:
    """Those that wait behind the one being held, the oldest first."""
    return _conversations(conn, keys, participant_id, _QUEUED)


def open_ones(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Conversation, ...]:
    """Those that are open or resting: the open one, then those last touched."""
    return _conversations(conn, keys, participant_id, _OPEN)


def unended(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Conversation, ...]:
    """Those that have not ended: open, resting or queued, the oldest first."""
    return _conversations(conn, keys, participant_id, _UNENDED)


def all_of(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Conversation, ...]:
    """Every conversation of a participant, the oldest first."""
    return _conversations(conn, keys, participant_id, _ALL)


_WHERE = case((conversation.c.status == "open", conversation.c.address), else_="")
_DUE = (
    select(conversation.c.participant, conversation.c.id, conversation.c.wake, _WHERE)
    .join(participant, participant.c.id == conversation.c.participant)
    .where(
        conversation.c.wake_at <= bindparam("now"),
        participant.c.standing != Standing.FORGETTING,
    )
    .order_by(conversation.c.wake_at, conversation.c.id)
    .limit(bindparam("limit"))
)


def due(conn: Connection, now: datetime, limit: int) -> tuple[Due, ...]:
    """Which conversations are to be woken by now, the longest overdue first."""
    rows = conn.execute(_DUE, {"now": now, "limit": limit})
    return tuple(
        Due(participant=who, conversation=id_, wake=wake, address=where or "")
        for who, id_, wake, where in rows
    )


_COUNT = Prepared(
    select(func.count()).where(
        conversation.c.participant == bindparam("of"),
        conversation.c.practice == bindparam("named"),
        conversation.c.status != "queued",
    )
)


def count_before(conn: Connection, participant_id: str, practice: str) -> int:
    """How many conversations of this practice somebody has begun so far."""
    found = _COUNT.first(conn, {"of": participant_id, "named": practice})
    return int(found[0]) if found else 0


def _conversations(
    conn: Connection, keys: KeyRing, participant_id: str, question: Prepared, **more: str
) -> tuple[Conversation, ...]:
    rows = question.rows(conn, {"of": participant_id, **more})
    if not rows:
        return ()
    sealer = keys.sealer(participant_id)
    return tuple(_opened(sealer, id_, body) for id_, body in rows)


def _opened(sealer: Sealer, conversation_id: str, body: bytes) -> Conversation:
    return _BODY.validate_json(sealer.open(_TABLE, conversation_id, body))
