"""Merging: two people who are one, made one, with every word of both.

All that is kept of the one who `leaves` becomes the other's who `stays`, within the caller's
transaction: what is sealed is opened with the one key and sealed with the other, row by row, so
that nothing is left that needs the old one. What both have is kept once. At the end the one who
leaves is an empty row that is being forgotten: whatever comes between the commit and the end of
their key, `forgetting.finish` takes it up at the next start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, select, update

from bot.store import forgetting, linking, showing
from bot.store.circled import circle_member, voice, vote
from bot.store.counted import owed, pending, shared, turnout
from bot.store.dues import Kind
from bot.store.occasions import State
from bot.store.tables import (
    address,
    answer,
    asked,
    conversation,
    due,
    inbound,
    media,
    membership,
    occasion,
    opt_out,
    outbox,
    parked,
    pick,
    unsent,
)
from bot.trust.keyring import KeyRing
from bot.trust.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Where sealed words stand in a table."""

    words: Column[Any]
    #: What the seal knows a row by, joined by `/`.
    named: tuple[Column[Any], ...]
    #: Whose key sealed it.
    owner: Column[Any]
    #: So many rows are read at once.
    chunk: int = 200

    @property
    def table(self) -> Table:
        """The table."""
        return self.words.table


def _of_people(words: Column[Any], *named: Column[Any], chunk: int = 200) -> Sealed:
    return Sealed(words=words, named=named, owner=words.table.c.participant, chunk=chunk)


#: Every place for words under a person's key.
SEALED = (
    _of_people(conversation.c.body, conversation.c.id),
    _of_people(unsent.c.body, unsent.c.conversation, unsent.c.ask),
    _of_people(answer.c.body, answer.c.conversation, answer.c.key),
    _of_people(media.c.content, media.c.id, chunk=1),
    _of_people(parked.c.body, parked.c.id),
    _of_people(shared.c.body, shared.c.id),
    _of_people(circle_member.c.body, circle_member.c.circle),
    _of_people(voice.c.body, voice.c.round),
    Sealed(words=outbox.c.body, named=(outbox.c.id,), owner=outbox.c.owner),
)
#: Tables of which two people never have the same row.
_APART = (
    *(address, conversation, unsent, answer, media, parked, inbound, outbox, shared),
    # Of these, one row is left of two before they are given.
    *(circle_member, voice),
)
#: How a prompt that both had stands afterwards: the highest wins.
_RANKS: Mapping[str, int] = {State.SENT: 2, State.CLAIMED: 1, State.DEFERRED: 1}


def merge(conn: Connection, keys: KeyRing, *, stays: str, leaves: str) -> None:
    """Make all that is kept of one participant another's; whoever calls holds both.

    The key of the one who leaves is to be forgotten, by `forgetting.forget`, once it is
    committed. What comes next for the other is to be planned anew. Raises BrokenSealError.
    """
    new, old = keys.sealer(stays), keys.sealer(leaves)
    _unite_circles(conn, stays, leaves)
    for place in SEALED:
        _seal_anew(conn, place, new, old)
    for table in _APART:
        _give(conn, table.c.participant, new, old)
    _give(conn, outbox.c.owner, new, old)
    conn.execute(delete(pick).where(pick.c.participant == leaves))
    conn.execute(delete(due).where(due.c.participant == leaves, due.c.kind == Kind.PROMPT))
    _unite(conn, due, stays, leaves, _comes_later)
    _unite(conn, membership, stays, leaves, _never)
    _unite(conn, opt_out, stays, leaves, _never)
    for table in (pending, owed):
        _unite(conn, table, stays, leaves, _never)
    _unite(conn, vote, stays, leaves, _never)
    _unite(conn, turnout, stays, leaves, lambda one, other: one.stage > other.stage)
    _unite(conn, asked, stays, leaves, lambda one, other: one.asked_at > other.asked_at)
    _unite(conn, occasion, stays, leaves, _went_further)
    for each in (stays, leaves):
        linking.cancel(conn, each)
    forgetting.begin(conn, leaves)


def _seal_anew(conn: Connection, place: Sealed, new: Sealer, old: Sealer) -> None:
    """Open what one key sealed and seal it with the other; what is blank stays so."""
    theirs = (place.owner == old.owner) & place.words.is_not(None) & (place.words != b"")
    some = select(*place.named, place.words).where(theirs).limit(place.chunk)
    changing = (
        update(place.table)
        .where(*(column == bindparam(f"its_{column.name}") for column in place.named))
        .values({place.words: bindparam("anew"), place.owner: new.owner})
    )
    while rows := conn.execute(some).all():
        conn.execute(changing, [_anew(place, row, new, old) for row in rows])


def _anew(place: Sealed, row: Any, new: Sealer, old: Sealer) -> dict[str, Any]:  # noqa: ANN401
    *named, words = row
    table, name = place.table.name, "/".join(map(str, named))
    which = {f"its_{column.name}": value for column, value in zip(place.named, named, strict=True)}
    return which | {"anew": new.seal(table, name, old.open(table, name, words))}


def _give(conn: Connection, whose: Column[Any], new: Sealer, old: Sealer) -> None:
    """Make rows another's whose words, if they have any, are sealed for them already."""
    conn.execute(update(whose.table).where(whose == old.owner).values({whose: new.owner}))


def _unite_circles(conn: Connection, stays: str, leaves: str) -> None:
    """Leave one membership of each circle, and one voice in each round, of whichever they are."""
    showing.hold(conn, stays, leaves)
    both = circle_member.c.participant.in_([stays, leaves])
    hosted = select(circle_member.c.circle).where(both, circle_member.c.host)
    hosting = update(circle_member).where(both, circle_member.c.circle.in_(hosted))
    conn.execute(hosting.values(host=True))
    _keep_one(conn, circle_member, stays, leaves, _has_the_name)
    _keep_one(conn, voice, stays, leaves, _is_further)


def _has_the_name(one: Any, other: Any) -> bool:  # noqa: ANN401 - Rows of `circle_member`.
    """Somebody who was asked for a name beats somebody who was not."""
    return one.body is not None and other.body is None


def _is_further(one: Any, other: Any) -> bool:  # noqa: ANN401 - Rows of `voice`.
    """What is shown beats what is not: nobody gives two voices to one round."""

    def how_far(row: Any) -> int:  # noqa: ANN401 - A row of `voice`.
        return 2 if row.body is None else int(row.shown_in is not None)

    return how_far(one) > how_far(other)


def _never(_one: object, _other: object) -> bool:
    """What is there already stays."""
    return False


def _comes_later(one: Any, other: Any) -> bool:  # noqa: ANN401 - Rows of `due`.
    """Whoever was asked today about what they share is not asked again today as somebody else."""
    return bool(one.kind == Kind.CONSENT and one.at > other.at)


def _went_further(one: Any, other: Any) -> bool:  # noqa: ANN401 - Rows of `occasion`.
    """A prompt that went out beats one that did not, so that it does not go out again."""
    return _RANKS.get(one.state, 0) > _RANKS.get(other.state, 0)


def _unite(
    conn: Connection,
    table: Table,
    stays: str,
    leaves: str,
    wins: Callable[[Any, Any], bool],
) -> None:
    """Give rows to whoever stays; where both have one, theirs stays unless the other `wins`."""
    _keep_one(conn, table, stays, leaves, wins)
    theirs = update(table).where(table.c.participant == leaves)
    conn.execute(theirs.values(participant=stays))


def _keep_one(
    conn: Connection,
    table: Table,
    stays: str,
    leaves: str,
    wins: Callable[[Any, Any], bool],
) -> None:
    """Where both have a row, leave that of whoever stays, unless the other `wins`."""
    others = [column for column in table.primary_key if column.name != "participant"]
    there = {
        tuple(getattr(row, column.name) for column in others): row
        for row in conn.execute(select(table).where(table.c.participant == stays))
    }
    for row in conn.execute(select(table).where(table.c.participant == leaves)).all():
        key = tuple(getattr(row, column.name) for column in others)
        if key in there:
            same = [column == value for column, value in zip(others, key, strict=True)]
            loser = stays if wins(row, there[key]) else leaves
            conn.execute(delete(table).where(*same, table.c.participant == loser))
