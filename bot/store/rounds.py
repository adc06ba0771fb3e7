"""Rounds: one check-in of a circle, the voices given to it, and which question it takes up.

A voice holds words only until it is shown; `showing` has it from when its message is queued until
that has been sent. Afterwards nothing says whether a name went with them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from bot.store.circled import round_, voice, vote
from bot.store.columns import Insert, each, new_id
from bot.trust.keyring import KeyGoneError, KeyRing

_TABLE, _VOICES = round_.name, voice.name
#: What may be due in a round, whatever its state.
_DUES = ("remind_at", "vote_until", "late_at", "learn_at", "over_at")


class State(StrEnum):
    """How a round stands."""

    #: It is to open at its time.
    PLANNED = "planned"
    #: Voices are gathered; nothing is shown.
    OPEN = "open"
    #: Too few came, and its host says what becomes of them.
    DECIDING = "deciding"
    #: All that came has been shown.
    SHOWN = "shown"
    #: It was closed and nothing was shown.
    FOLDED = "folded"


class Body(BaseModel):
    """What is sealed of a round."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: The questions of the voices, in the order in which they were shown.
    questions: tuple[str, ...] = ()
    #: The one that was taken up; empty while none is.
    taken_up: str = ""
    #: Whether a voice stands there without a name, as all can see.
    nameless: bool = False
    #: Whether somebody has left the circle since it was shown.
    parted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One check-in of a circle."""

    id: str
    circle: str
    number: int
    practice: str
    state: State
    opened_at: datetime
    closes_at: datetime
    remind_at: datetime | None = None
    vote_until: datetime | None = None
    late_at: datetime | None = None
    learn_at: datetime | None = None
    over_at: datetime | None = None
    redo_at: datetime | None = None
    #: The outbox's ids of the channel's message, and of the one that begins the thread.
    message: str
    root: str
    questions: tuple[str, ...] = ()
    taken_up: str = ""
    nameless: bool = False
    parted: bool = False

    @property
    def due_at(self) -> datetime | None:
        """What comes next in it; None when nothing does."""
        ends = self.closes_at if self.state in {State.OPEN, State.DECIDING} else None
        if self.state is State.PLANNED:
            ends = self.opened_at
        others = (getattr(self, name) for name in _DUES)
        return min((each for each in (ends, *others) if each is not None), default=None)


class Words(BaseModel):
    """A voice: what somebody would have their circle see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Their name, when they chose that it goes with the words.
    name: str = ""
    #: The answers, in their order.
    paragraphs: tuple[str, ...]
    #: The question they ask their circle; empty for none.
    question: str = ""
    #: The number they gave on a scale, where that goes with the words too.
    score: int | None = None
    #: The messages it was made of: when one changes, the voice is taken back.
    messages: tuple[str, ...] = ()


def add(conn: Connection, keys: KeyRing, new: Round) -> None:
    """Open a round."""
    conn.execute(insert(round_), _row(keys, new))


def save(conn: Connection, keys: KeyRing, held: Round) -> None:
    """Keep a round as it stands now."""
    row = _row(keys, held)
    del row["redo_at"]  # `redo` and `said` alone know of it.
    conn.execute(update(round_).where(round_.c.id == held.id).values(row))


def get(conn: Connection, keys: KeyRing, id_: str) -> Round | None:
    """One round; None when it is over and gone."""
    row = conn.execute(select(round_).where(round_.c.id == id_)).first()
    return None if row is None else _round(keys, row)


def of_circle(conn: Connection, keys: KeyRing, circle: str) -> tuple[Round, ...]:
    """The rounds of a circle that are not over, the newest first."""
    mine = select(round_).where(round_.c.circle == circle)
    rows = conn.execute(mine.order_by(round_.c.opened_at.desc(), round_.c.id)).all()
    return tuple(_round(keys, row) for row in rows)


def open_in(conn: Connection, circle: str) -> tuple[str, ...]:
    """The rounds of a circle in which voices are gathered, by their ids."""
    gathers = round_.c.state.in_([State.OPEN, State.DECIDING])
    return tuple(conn.scalars(select(round_.c.id).where(round_.c.circle == circle, gathers)))


def due(conn: Connection, now: datetime, most: int) -> tuple[tuple[str, str], ...]:
    """The rounds in which something is due, the longest due first: their ids and circles."""
    return _named(conn, round_.c.due_at <= now, round_.c.due_at, most)


def unsaid(conn: Connection, now: datetime, most: int) -> tuple[tuple[str, str], ...]:
    """The rounds whose message in the channel is to be said anew: their ids and circles."""
    return _named(conn, round_.c.redo_at <= now, round_.c.redo_at, most)


def _named(conn: Connection, which: Any, order: Any, most: int) -> tuple[tuple[str, str], ...]:  # noqa: ANN401
    found: Select[Any] = select(round_.c.id, round_.c.circle).where(which)
    rows = conn.execute(found.order_by(order, round_.c.id).limit(most)).all()
    return tuple((id_, circle) for id_, circle in rows)


def said(conn: Connection, id_: str, redo_at: datetime, then: datetime | None) -> None:
    """The channel's message stands as it should, or is tried again `then`."""
    mine = (round_.c.id == id_) & (round_.c.redo_at == redo_at)
    conn.execute(update(round_).where(mine).values(redo_at=then))


def put_off(conn: Connection, id_: str, until: datetime) -> None:
    """What is due in a round could not be done: it is looked at again then."""
    conn.execute(update(round_).where(round_.c.id == id_).values(due_at=until))


def say_later(conn: Connection, id_: str, until: datetime) -> None:
    """The channel's message could not be said anew: it is tried again then."""
    conn.execute(update(round_).where(round_.c.id == id_).values(redo_at=until))


def redo(conn: Connection, id_: str, at: datetime) -> None:
    """The channel's message is to be said anew then, or before if that is so already."""
    later = round_.c.redo_at.is_(None) | (round_.c.redo_at > at)
    spoken = later & (round_.c.message != "")  # A pair has no channel.
    conn.execute(update(round_).where(round_.c.id == id_, spoken).values(redo_at=at))


def remove(conn: Connection, id_: str) -> None:
    """A round is over: nothing of it is kept."""
    for table in (vote, voice):
        conn.execute(delete(table).where(table.c.round == id_))
    conn.execute(delete(round_).where(round_.c.id == id_))


def _row(keys: KeyRing, held: Round) -> dict[str, Any]:
    body = Body(
        questions=held.questions,
        taken_up=held.taken_up,
        nameless=held.nameless,
        parted=held.parted,
    )
    sealed = keys.sealer(held.circle).seal(_TABLE, held.id, body.model_dump_json().encode())
    return {
        "id": held.id,
        "circle": held.circle,
        "number": held.number,
        "practice": held.practice,
        "state": held.state,
        "opened_at": held.opened_at,
        "closes_at": held.closes_at,
        "due_at": held.due_at,
        **{name: getattr(held, name) for name in _DUES},
        "redo_at": held.redo_at,
        "message": held.message,
        "root": held.root,
        "body": sealed,
    }


def _round(keys: KeyRing, row: Row[Any]) -> Round:
    plain = keys.sealer(row.circle).open(_TABLE, row.id, row.body)
    body = Body.model_validate_json(plain)
    return Round(
        id=row.id,
        circle=row.circle,
        number=row.number,
        practice=row.practice,
        state=State(row.state),
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        **{name: getattr(row, name) for name in _DUES},
        redo_at=row.redo_at,
        message=row.message,
        root=row.root,
        questions=body.questions,
        taken_up=body.taken_up,
        nameless=body.nameless,
        parted=body.parted,
    )


# --- voices -----------------------------------------------------------------------------------

#: What is true of a voice whose words are in no message yet.
_UNSHOWN = voice.c.body.is_not(None) & voice.c.shown_in.is_(None)


def _give(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(voice)
    built: Insert = new.on_conflict_do_update(
        index_elements=["round", "participant"],
        set_={name: new.excluded[name] for name in ("conversation", "body")},
    )
    return built


_GIVE = each(_give)


def give(  # noqa: PLR0913 - Who gives what to which round, and where.
    conn: Connection,
    keys: KeyRing,
    id_: str,
    participant_id: str,
    *,
    conversation: str,
    words: Words,
) -> None:
    """Somebody gives their voice, in place of what they gave before and is not shown."""
    sealed = keys.sealer(participant_id).seal(_VOICES, id_, words.model_dump_json().encode())
    row = {
        "round": id_,
        "participant": participant_id,
        "conversation": conversation,
        "body": sealed,
    }
    conn.execute(_GIVE(conn), row)


def take_back(conn: Connection, participant_id: str, conversation: str) -> tuple[str, ...]:
    """Take back what was given in a conversation and is not shown: from which rounds."""
    mine = (
        (voice.c.participant == participant_id) & (voice.c.conversation == conversation) & _UNSHOWN
    )
    found = tuple(conn.scalars(select(voice.c.round).where(mine)))
    conn.execute(delete(voice).where(mine))
    return found


def follow(
    conn: Connection, keys: KeyRing, participant_id: str, *, message: str, conversation: str
) -> tuple[str, ...]:
    """Take back what a message that changed or went is part of: from which rounds."""
    waiting = select(voice).where(voice.c.participant == participant_id, _UNSHOWN)
    gone: list[str] = []
    for row in conn.execute(waiting).all():
        words = _words(keys, row)
        if words is None:
            continue
        if (message and message in words.messages) or (
            conversation and row.conversation == conversation
        ):
            gone += take_back(conn, participant_id, row.conversation)
    return tuple(gone)


def givers(conn: Connection, id_: str) -> frozenset[str]:
    """Everybody whose voice is in, shown or not."""
    return frozenset(conn.scalars(select(voice.c.participant).where(voice.c.round == id_)))


def waiting(conn: Connection, keys: KeyRing, id_: str) -> dict[str, Words]:
    """The voices of a round that are not shown yet, by whose they are.

    The words of somebody who is being forgotten are not among them.
    """
    unshown = select(voice).where(voice.c.round == id_, _UNSHOWN)
    rows = conn.execute(unshown.order_by(voice.c.participant)).all()
    found = ((row.participant, _words(keys, row)) for row in rows)
    return {who: words for who, words in found if words is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody has given to a round."""

    circle: str
    #: Their words, while they have not been sent; None afterwards, or when they only chose.
    words: Words | None
    #: The question they would have their circle take up; empty for none.
    chosen: str


def of_participant(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Given, ...]:
    """What somebody has given to the rounds that are not over, the oldest round first."""
    mine = (
        select(round_, voice.c.body.label("words"), vote.c.choice)
        .select_from(
            round_.outerjoin(
                voice, (voice.c.round == round_.c.id) & (voice.c.participant == participant_id)
            ).outerjoin(
                vote, (vote.c.round == round_.c.id) & (vote.c.participant == participant_id)
            )
        )
        .where(voice.c.participant.is_not(None) | vote.c.participant.is_not(None))
        .order_by(round_.c.opened_at, round_.c.id)
    )
    found: list[Given] = []
    for row in conn.execute(mine).all():
        held = _round(keys, row)
        chosen = "".join(held.questions[row.choice - 1 : row.choice]) if row.choice else ""
        words = None if row.words is None else _opened(keys, row.id, participant_id, row.words)
        found.append(Given(circle=held.circle, words=words, chosen=chosen))
    return tuple(found)


def let_go(conn: Connection, id_: str, participant_id: str | None = None) -> None:
    """What waits in a round, of one or of all, is not shown, and is gone."""
    gone = (voice.c.round == id_) & _UNSHOWN
    if participant_id is not None:
        gone &= voice.c.participant == participant_id
    conn.execute(delete(voice).where(gone))


def let_all_go(conn: Connection) -> None:
    """What waits in any round is gone, after a restore.

    Nobody knows what of it was shown since the backup, or taken back.
    """
    conn.execute(delete(voice).where(voice.c.body.is_not(None)))
    gathers = round_.c.state.in_([State.OPEN, State.DECIDING])
    conn.execute(update(round_).where(gathers).values(redo_at=round_.c.opened_at))


def _words(keys: KeyRing, row: Row[Any]) -> Words | None:
    return _opened(keys, row.round, row.participant, row.body)


def _opened(keys: KeyRing, id_: str, participant_id: str, body: bytes) -> Words | None:
    try:
        sealer = keys.sealer(participant_id)
    except KeyGoneError:
        return None
    return Words.model_validate_json(sealer.open(_VOICES, id_, body))


# --- which question is taken up ---------------------------------------------------------------


def _choose(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(vote)
    built: Insert = new.on_conflict_do_update(
        index_elements=["round", "participant"], set_={"choice": new.excluded["choice"]}
    )
    return built


_CHOOSE = each(_choose)


def choose(conn: Connection, id_: str, participant_id: str, choice: int) -> None:
    """Somebody would have this question taken up, in place of what they chose before."""
    conn.execute(_CHOOSE(conn), {"round": id_, "participant": participant_id, "choice": choice})


def chosen(conn: Connection, id_: str) -> Counter[int]:
    """How often each question was chosen."""
    found = select(vote.c.choice, func.count()).where(vote.c.round == id_)
    return Counter(dict(conn.execute(found.group_by(vote.c.choice)).all()))


def counted(conn: Connection, id_: str) -> None:
    """The question is taken up: who chose which is kept no longer."""
    conn.execute(delete(vote).where(vote.c.round == id_))


def new(  # noqa: PLR0913 - What a round begins with.
    circle: str,
    *,
    number: int,
    practice: str,
    opened_at: datetime,
    closes_at: datetime,
    remind_at: datetime | None,
    message: str,
    root: str = "",
    id_: str = "",
) -> Round:
    """A round that is open."""
    return Round(
        id=id_ or new_id(),
        circle=circle,
        number=number,
        practice=practice,
        state=State.OPEN,
        opened_at=opened_at,
        closes_at=closes_at,
        remind_at=remind_at,
        message=message,
        root=root or message,
    )


class Changes(TypedDict, total=False):
    """What can change about a round."""

    state: State
    closes_at: datetime
    remind_at: datetime | None
    vote_until: datetime | None
    late_at: datetime | None
    learn_at: datetime | None
    over_at: datetime | None
    questions: tuple[str, ...]
    taken_up: str
    nameless: bool
    parted: bool


def changed(held: Round, **fields: Unpack[Changes]) -> Round:
    """The same round with what is named changed; `save` keeps it."""
    return replace(held, **fields)
