"""Invitees: one invitation for each person whom staff name, by a reference of their own.

Which participant followed which of them is kept nowhere, only that one was followed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.store import cohorts
from bot.store.tables import Insert, cohort, each, invitation, invitee

T = TypeVar("T")

#: So many rows are changed at once.
CHUNK = 500
#: The longest reference.
LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Somebody whom staff have invited."""

    #: Staff's own name for them.
    reference: str
    code: str
    #: The name of the cohort that the invitation leads into.
    cohort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came of a list of invitees, counted."""

    #: Invitations that are new.
    made: int
    #: Invitations that lead into another cohort now.
    moved: int
    #: Invitations that were there and were right.
    stayed: int
    #: Invitations that were to lead into another cohort, but were followed already.
    followed: int


def _once(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(invitee).on_conflict_do_nothing(index_elements=["reference"])
    return built


_ADD = each(_once)
_UNKNOWN = delete(invitation).where(
    invitation.c.code.in_(bindparam("codes", expanding=True)),
    invitation.c.code.not_in(select(invitee.c.code)),
)
#: Whoever follows one at the same time has the first word: it stays what it was.
_MOVE = (
    update(invitation)
    .where(invitation.c.code.in_(bindparam("codes", expanding=True)), invitation.c.used == 0)
    .values(cohort=bindparam("into"))
)


def keep(conn: Connection, wanted: Mapping[str, str], now: datetime) -> Kept:
    """See that each reference has an invitation into its cohort; the same code as ever."""
    known = all_of(conn)
    rooms = {name: cohorts.make(conn, name, now) for name in sorted(set(wanted.values()))}
    new = sorted(wanted.keys() - known.keys())
    _invite(conn, {name: rooms[wanted[name]] for name in new}, now)
    moves: dict[str, list[str]] = defaultdict(list)
    for reference in wanted.keys() & known.keys():
        if known[reference].cohort != wanted[reference]:
            moves[wanted[reference]].append(known[reference].code)
    moved = sum(
        conn.execute(_MOVE, {"codes": codes, "into": rooms[name]}).rowcount
        for name in sorted(moves)
        for codes in _chunks(sorted(moves[name]))
    )
    to_move = sum(map(len, moves.values()))
    return Kept(
        made=len(new),
        moved=moved,
        stayed=len(wanted) - len(new) - to_move,
        followed=to_move - moved,
    )


def _invite(conn: Connection, rooms: Mapping[str, str], now: datetime) -> None:
    """Make an invitation for each reference; one that somebody else just made stays."""
    codes = {reference: cohorts.new_code() for reference in rooms}
    for some in _chunks(rooms):
        conn.execute(
            insert(invitation),
            [
                {
                    "code": codes[reference],
                    "cohort": rooms[reference],
                    "made_at": now,
                    "capacity": 1,
                }
                for reference in some
            ],
        )
        rows = [{"reference": reference, "code": codes[reference]} for reference in some]
        conn.execute(_ADD(conn), rows)
        conn.execute(_UNKNOWN, {"codes": [codes[reference] for reference in some]})


def all_of(conn: Connection) -> dict[str, Invitee]:
    """Everybody whom staff have invited, by reference."""
    rows = conn.execute(
        select(invitee.c.reference, invitee.c.code, cohort.c.name)
        .join(invitation, invitation.c.code == invitee.c.code)
        .join(cohort, cohort.c.id == invitation.c.cohort)
        .order_by(invitee.c.reference)
    )
    return {
        reference: Invitee(reference=reference, code=code, cohort=name)
        for reference, code, name in rows
    }


def _chunks(things: Iterable[T]) -> Iterator[list[T]]:
    every = list(things)
    return (every[begin : begin + CHUNK] for begin in range(0, len(every), CHUNK))
