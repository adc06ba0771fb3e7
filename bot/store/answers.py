"""Answers: what people gave to turns, kept, recalled, read again and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select

from bot.engine.conversation import Answer
from bot.engine.script import Recollect
from bot.store import media
from bot.store.prepared import Prepared
from bot.store.tables import Insert, answer, each
from bot.trust.keyring import KeyRing
from bot.trust.sealing import Sealer

_TABLE = answer.name
_BODY: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer belongs."""

    conversation: str
    #: The turn's place in the script: `rhythm.zone`.
    key: str
    #: The practice whose turn it is.
    practice: str
    #: The turn's own name there.
    turn: str
    #: The kind of turn: `ask`, `scale`, `choice`, `choices`.
    kind: str

    @property
    def row(self) -> str:
        """What the seal knows the row by."""
        return f"{self.conversation}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer where it belongs."""

    place: Place
    answer: Answer


def _keep(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(answer)
    built: Insert = new.on_conflict_do_update(
        index_elements=["conversation", "key"],
        set_={"said_at": new.excluded.said_at, "body": new.excluded.body},
    )
    return built


_KEEP = Prepared(
    each(_keep),
    *("conversation", "key", "participant", "practice", "turn", "kind", "said_at", "body"),
)


def keep(
    conn: Connection, keys: KeyRing, participant_id: str, place: Place, given: Answer
) -> None:
    """Keep an answer; it replaces an earlier one to the same turn of this conversation."""
    sealed = keys.sealer(participant_id).seal(_TABLE, place.row, _BODY.dump_json(given))
    row = {
        "conversation": place.conversation,
        "key": place.key,
        "participant": participant_id,
        "practice": place.practice,
        "turn": place.turn,
        "kind": place.kind,
        "said_at": given.said_at,
        "body": sealed,
    }
    _KEEP.run(conn, row)


def drop(conn: Connection, participant_id: str, conversation_id: str, key: str) -> None:
    """Delete the answer to this turn of this conversation."""
    conn.execute(
        delete(answer).where(
            answer.c.conversation == conversation_id,
            answer.c.key == key,
            answer.c.participant == participant_id,
        )
    )


_COLUMNS = (
    answer.c.conversation,
    answer.c.key,
    answer.c.practice,
    answer.c.turn,
    answer.c.kind,
    answer.c.body,
)
_RECALL = select(answer.c.conversation, answer.c.key, answer.c.body).where(
    answer.c.participant == bindparam("of"),
    answer.c.practice == bindparam("home"),
    answer.c.turn == bindparam("named"),
    answer.c.conversation != bindparam("held"),
)
_LATEST_FIRST = _RECALL.order_by(answer.c.said_at.desc(), answer.c.conversation).limit(1)
_RECALLS = {
    "latest": Prepared(_LATEST_FIRST),
    "before": Prepared(_LATEST_FIRST.offset(1)),
    "first": Prepared(_RECALL.order_by(answer.c.said_at, answer.c.conversation).limit(1)),
}


def recollect(
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    wanted: Mapping[str, Recollect],
    *,
    before_conversation: str,
) -> dict[str, Answer]:
    """Bring back a person's earlier answers by the names they are wanted under, verbatim.

    The conversation being held is not looked at. What is not there has no name in the answer.
    """
    found: dict[str, Answer] = {}
    for name, of in wanted.items():
        where = {
            "of": participant_id,
            "home": of.practice,
            "named": of.turn,
            "held": before_conversation,
        }
        row = _RECALLS[of.which].first(conn, where)
        if row is not None:
            sealer = keys.sealer(participant_id)
            found[name] = _opened(sealer, f"{row[0]}/{row[1]}", row[2])
    return found


def get(
    conn: Connection, keys: KeyRing, participant_id: str, conversation_id: str, key: str
) -> Kept | None:
    """The answer to this turn of this conversation."""
    here = (answer.c.conversation == conversation_id) & (answer.c.key == key)
    found = _kept(conn, keys, participant_id, here)
    return found[0] if found else None


def latest(
    conn: Connection, keys: KeyRing, participant_id: str, limit: int, offset: int = 0
) -> tuple[Kept, ...]:
    """What somebody gave last, the newest first."""
    return _kept(conn, keys, participant_id, None, limit=limit, offset=offset)


def all_of(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Kept, ...]:
    """Every answer somebody gave, the oldest first."""
    return tuple(reversed(_kept(conn, keys, participant_id, None)))


def of_conversation(
    conn: Connection, keys: KeyRing, participant_id: str, conversation_id: str
) -> tuple[Kept, ...]:
    """What somebody gave in one conversation, the oldest first."""
    here = answer.c.conversation == conversation_id
    return tuple(reversed(_kept(conn, keys, participant_id, here)))


def holding(
    conn: Connection, keys: KeyRing, participant_id: str, message: str
) -> tuple[Kept, ...]:
    """The answers that have this message in them, whatever conversation they were given in."""
    return tuple(
        kept
        for kept in all_of(conn, keys, participant_id)
        if any(part.message == message for part in kept.answer.parts)
    )


def tally(conn: Connection, participant_id: str) -> tuple[int, datetime | None]:
    """How many answers somebody gave, and when the oldest of them."""
    theirs = select(func.count(), func.min(answer.c.said_at))
    count, first = conn.execute(theirs.where(answer.c.participant == participant_id)).one()
    return count, first


def delete_latest(conn: Connection, keys: KeyRing, participant_id: str) -> Kept | None:
    """Delete what somebody gave last, its photos and voice notes too, and say what it was."""
    found = latest(conn, keys, participant_id, 1)
    if not found:
        return None
    (kept,) = found
    drop(conn, participant_id, kept.place.conversation, kept.place.key)
    carried = [part.media for part in kept.answer.parts if part.media]
    if carried:
        media.remove(conn, participant_id, carried)
    return kept


def _kept(  # noqa: PLR0913 - One question with its limits.
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    which: ColumnElement[bool] | None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Kept, ...]:
    question = select(*_COLUMNS).where(answer.c.participant == participant_id)
    if which is not None:
        question = question.where(which)
    newest = question.order_by(answer.c.said_at.desc(), answer.c.conversation, answer.c.key)
    rows = conn.execute(newest.limit(limit).offset(offset)).all()
    if not rows:
        return ()
    sealer = keys.sealer(participant_id)
    return tuple(_kept_of(sealer, row) for row in rows)


def _kept_of(sealer: Sealer, row: Any) -> Kept:  # noqa: ANN401 - A row of _COLUMNS.
    place = Place(conversation=row[0], key=row[1], practice=row[2], turn=row[3], kind=row[4])
    return Kept(place=place, answer=_opened(sealer, place.row, row[5]))


def _opened(sealer: Sealer, row: str, body: bytes) -> Answer:
    return _BODY.validate_json(sealer.open(_TABLE, row, body))
