"""Shared words: what somebody chose to pass on, as it was previewed, until they take it back.

They stand under their teller's own key, so that forgetting the teller forgets them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from bot.records import Standing
from bot.store.columns import new_id
from bot.store.counted import shared
from bot.store.dues import Kind
from bot.store.tables import due, participant
from bot.trust.keyring import KeyGoneError, KeyRing

_TABLE = shared.name


class Body(BaseModel):
    """What is sealed of something that was shared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: What it is called for its teller and for staff: `A story of change`.
    title: str
    #: What it is about, such as a session; empty when it is about nothing of the kind.
    about: str
    #: The teller's name, when it goes with the words.
    name: str | None
    #: Each answer with the question it answers.
    paragraphs: tuple[str, ...]
    #: Photos that go with it, by their ids.
    media: tuple[str, ...] = ()
    #: The turns whose answers these are, and the messages in them: when one of those changes or
    #: goes, what was shared of it goes too.
    sources: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Words that somebody chose to pass on."""

    id: str
    conversation: str
    practice: str
    title: str
    #: `evaluator`, `unnamed`, `named` or `public`.
    level: str
    name: str | None
    about: str
    paragraphs: tuple[str, ...]
    given_at: date
    sources: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


def give(  # noqa: PLR0913 - Whose, from where, with whom, and what.
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    *,
    conversation: str,
    turn: str,
    practice: str,
    level: str,
    body: Body,
    now: datetime,
) -> str:
    """Pass words on, in place of what was passed on from this turn before; their id."""
    take_back_of(conn, participant_id, conversation, turn)
    id_ = new_id()
    sealed = keys.sealer(participant_id).seal(_TABLE, id_, body.model_dump_json().encode())
    conn.execute(
        insert(shared),
        {
            "id": id_,
            "participant": participant_id,
            "conversation": conversation,
            "turn": turn,
            "practice": practice,
            "level": level,
            "given_at": now,
            "body": sealed,
        },
    )
    return id_


def take_back_of(conn: Connection, participant_id: str, conversation: str, turn: str) -> bool:
    """Take back what was passed on from a turn; False when nothing was."""
    here = (shared.c.conversation == conversation) & (shared.c.turn == turn)
    theirs = here & (shared.c.participant == participant_id)
    return conn.execute(delete(shared).where(theirs)).rowcount > 0


def take_back(conn: Connection, participant_id: str, id_: str) -> bool:
    """Take back one thing that was passed on; False when it is not there."""
    theirs = (shared.c.id == id_) & (shared.c.participant == participant_id)
    return conn.execute(delete(shared).where(theirs)).rowcount > 0


def to_be_asked(
    conn: Connection, before: datetime, now: datetime, *, most: int
) -> tuple[str, ...]:
    """Some of those who may be asked whether what they shared may stay; nobody noted before."""
    noted = select(due.c.participant).where(due.c.kind == Kind.CONSENT)
    there = (
        (participant.c.standing == Standing.ACTIVE)
        & participant.c.joined_at.is_not(None)
        & or_(participant.c.paused_until.is_(None), participant.c.paused_until <= now)
    )
    found = (
        select(shared.c.participant)
        .distinct()
        .join(participant, participant.c.id == shared.c.participant)
        .where(_unasked_since(before), there, shared.c.participant.not_in(noted))
        .order_by(shared.c.participant)
        .limit(most)
    )
    return tuple(conn.scalars(found))


def longest_unasked(
    conn: Connection, keys: KeyRing, participant_id: str, before: datetime
) -> Shared | None:
    """What somebody shared longest ago of what they are to be asked about; None for nothing."""
    theirs = (shared.c.participant == participant_id) & _unasked_since(before)
    return next(iter(_found(conn, keys, theirs, None)), None)


def _unasked_since(before: datetime) -> ColumnElement[bool]:
    """Given, and let stay, before an instant, and not asked about since then without an answer."""
    return (
        (shared.c.given_at <= before)
        & or_(shared.c.kept_at.is_(None), shared.c.kept_at <= before)
        & or_(shared.c.asked_at.is_(None), shared.c.asked_at <= shared.c.kept_at)
    )


def asked(conn: Connection, participant_id: str, id_: str, now: datetime) -> None:
    """Note that somebody was asked whether this may stay shared."""
    theirs = (shared.c.id == id_) & (shared.c.participant == participant_id)
    conn.execute(update(shared).where(theirs).values(asked_at=now))


def kept(conn: Connection, participant_id: str, id_: str, now: datetime) -> None:
    """Note that this may stay shared: the next year counts from now."""
    theirs = (shared.c.id == id_) & (shared.c.participant == participant_id)
    conn.execute(update(shared).where(theirs).values(kept_at=now))


def unanswered(conn: Connection, participant_id: str, *, since: datetime) -> str | None:
    """What somebody was asked about last since an instant and has said nothing of; its id."""
    open_ = or_(shared.c.kept_at.is_(None), shared.c.kept_at < shared.c.asked_at)
    theirs = (shared.c.participant == participant_id) & (shared.c.asked_at > since)
    found: str | None = conn.scalar(
        select(shared.c.id).where(theirs, open_).order_by(shared.c.asked_at.desc()).limit(1)
    )
    return found


def follow(  # noqa: PLR0913 - Whose, and what of theirs changed or went.
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    *,
    message: str = "",
    conversation: str = "",
    turn: str = "",
) -> tuple[Shared, ...]:
    """Take back what is from a message, or from a turn of a conversation, and say what it was."""
    gone = tuple(
        each
        for each in of(conn, keys, participant_id)
        if (message and message in each.messages)
        or (each.conversation == conversation and turn in each.sources)
    )
    for each in gone:
        take_back(conn, participant_id, each.id)
    return gone


def of(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Shared, ...]:
    """What somebody has passed on, the oldest first."""
    return _found(conn, keys, shared.c.participant == participant_id, None)


def all_shared(
    conn: Connection, keys: KeyRing, *, since: date | None = None
) -> tuple[Shared, ...]:
    """What anybody has passed on, the oldest first; without a name unless it goes with it."""
    return _found(conn, keys, None, since)


def _found(
    conn: Connection, keys: KeyRing, which: ColumnElement[bool] | None, since: date | None
) -> tuple[Shared, ...]:
    question = select(shared).order_by(shared.c.given_at, shared.c.id)
    if which is not None:
        question = question.where(which)
    found: list[Shared] = []
    for row in conn.execute(question):
        if since is not None and row.given_at.date() < since:
            continue
        try:
            plain = keys.sealer(row.participant).open(_TABLE, row.id, row.body)
        except KeyGoneError:
            continue  # They are being forgotten.
        body = Body.model_validate_json(plain)
        found.append(
            Shared(
                id=row.id,
                conversation=row.conversation,
                practice=row.practice,
                title=body.title,
                level=row.level,
                name=body.name,
                about=body.about,
                paragraphs=body.paragraphs,
                given_at=row.given_at.date(),
                sources=body.sources,
                messages=body.messages,
            )
        )
    return tuple(found)
