"""Cohorts: the labels that staff give people, and the invitations that lead into them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.records import Standing
from bot.store.tables import (
    Insert,
    cohort,
    each,
    invitation,
    invitee,
    membership,
    new_id,
    participant,
)

#: What a code is made of: letters and digits that nobody takes for one another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
#: 31 to the power of 10 codes: nobody guesses one.
_LENGTH = 10
#: The longest name of a cohort.
LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A code that puts whoever follows it into a cohort."""

    code: str
    #: The cohort's name.
    cohort: str
    #: From then on it lets nobody in; None when it has no end.
    ends_at: datetime | None
    #: How many people it lets in; None for any number.
    capacity: int | None = None
    #: How many people it has let in.
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of it when somebody followed an invitation."""

    #: The cohort's name.
    cohort: str
    #: True when the invitation had no place left, so that they are not in the cohort.
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What staff may know of a cohort: counts, and nobody in it."""

    name: str
    people: int
    #: Those that anybody may follow, the oldest first.
    invitations: tuple[Invitation, ...]
    #: How many were made for one person each, and how many of those were followed.
    personal: int
    personal_used: int


def _either(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(cohort).on_conflict_do_nothing(index_elements=["name"])
    return built


def _once(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new = begin(membership)
    built: Insert = new.on_conflict_do_nothing(index_elements=["cohort", "participant"])
    return built.execution_options(preserve_rowcount=True)


_MAKE = each(_either)
_JOIN = each(_once)
_FOUND = (
    select(cohort.c.id, cohort.c.name, invitation.c.ends_at)
    .join(invitation, invitation.c.cohort == cohort.c.id)
    .where(invitation.c.code == bindparam("sought"))
)
_ROOM = invitation.c.capacity.is_(None) | (invitation.c.used < invitation.c.capacity)
#: Two at once wait for one another here, so that no place is given twice.
_TAKE = (
    update(invitation)
    .where(invitation.c.code == bindparam("sought"), _ROOM)
    .values(used=invitation.c.used + 1)
)
_LEAVE = delete(membership).where(
    membership.c.cohort == bindparam("which"), membership.c.participant == bindparam("who")
)


def make(conn: Connection, name: str, now: datetime) -> str:
    """The id of the cohort of that name, which is made when there is none."""
    conn.execute(_MAKE(conn), {"id": new_id(), "name": name, "made_at": now})
    found: str = conn.scalars(select(cohort.c.id).where(cohort.c.name == name)).one()
    return found


def new_code() -> str:
    """Make a code that nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def invite(
    conn: Connection,
    name: str,
    *,
    now: datetime,
    ends_at: datetime | None = None,
    capacity: int | None = None,
) -> Invitation:
    """Make an invitation into a cohort, and the cohort when there is none of that name."""
    made = Invitation(code=new_code(), cohort=name, ends_at=ends_at, capacity=capacity)
    row = {"code": made.code, "cohort": make(conn, name, now), "made_at": now}
    conn.execute(insert(invitation), row | {"ends_at": ends_at, "capacity": capacity})
    return made


def follow(conn: Connection, participant_id: str, code: str, now: datetime) -> Followed | None:
    """Put a participant into the cohort of an invitation; None for a code that is none.

    Whoever is in that cohort already stays in it and takes no place.
    """
    sought = code.lower()
    row = conn.execute(_FOUND, {"sought": sought}).first()
    if row is None or (row.ends_at is not None and row.ends_at <= now):
        return None
    if join(conn, row.id, participant_id, now) and not _take(conn, sought):
        conn.execute(_LEAVE, {"which": row.id, "who": participant_id})
        return Followed(cohort=row.name, full=True)
    return Followed(cohort=row.name)


def join(conn: Connection, cohort_id: str, participant_id: str, now: datetime) -> bool:
    """Put a participant into a cohort; False for one who is in it already."""
    row = {"cohort": cohort_id, "participant": participant_id, "joined_at": now}
    return conn.execute(_JOIN(conn), row).rowcount == 1


def present(conn: Connection, participant_ids: Collection[str]) -> set[str]:
    """Those of some hundreds of ids that are somebody's, and stay so until the commit."""
    theirs = select(participant.c.id).where(
        participant.c.id.in_(participant_ids), participant.c.standing != Standing.FORGETTING
    )
    return set(conn.scalars(theirs.with_for_update(read=True, key_share=True)))


def _take(conn: Connection, code: str) -> bool:
    """Take a place of an invitation; False when there is none left."""
    return conn.execute(_TAKE, {"sought": code}).rowcount == 1


def of(conn: Connection, participant_id: str) -> tuple[str, ...]:
    """The names of the cohorts that a participant is in, in the order of the alphabet."""
    theirs = (
        select(cohort.c.name)
        .join(membership, membership.c.cohort == cohort.c.id)
        .where(membership.c.participant == participant_id)
    )
    return tuple(conn.scalars(theirs.order_by(cohort.c.name)))


def sizes(conn: Connection) -> dict[str, int]:
    """Every cohort by its name, and how many people are in it."""
    counted = (
        select(cohort.c.name, func.count(membership.c.participant))
        .outerjoin(membership, membership.c.cohort == cohort.c.id)
        .group_by(cohort.c.name)
        .order_by(cohort.c.name)
    )
    return {row[0]: row[1] for row in conn.execute(counted)}


def everything(conn: Connection) -> tuple[Known, ...]:
    """Every cohort with its invitations, in the order of the alphabet."""
    alone = conn.execute(
        select(invitation.c.cohort, func.count(), func.sum(invitation.c.used))
        .where(invitation.c.code.in_(select(invitee.c.code)))
        .group_by(invitation.c.cohort)
    )
    personal = {id_: (made, used) for id_, made, used in alone}
    counted = sizes(conn)
    open_to_all = _open_to_all(conn)
    found: list[Known] = []
    for id_, name in conn.execute(select(cohort.c.id, cohort.c.name).order_by(cohort.c.name)):
        made, used = personal.get(id_, (0, 0))
        found.append(
            Known(
                name=name,
                people=counted[name],
                invitations=tuple(open_to_all.get(id_, ())),
                personal=made,
                personal_used=int(used),
            )
        )
    return tuple(found)


def _open_to_all(conn: Connection) -> dict[str, list[Invitation]]:
    """The invitations that were made for nobody alone, by the id of their cohort."""
    found: dict[str, list[Invitation]] = {}
    rows = conn.execute(
        select(invitation, cohort.c.name)
        .join(cohort, cohort.c.id == invitation.c.cohort)
        .where(invitation.c.code.not_in(select(invitee.c.code)))
        .order_by(invitation.c.made_at, invitation.c.code)
    )
    for row in rows:
        found.setdefault(row.cohort, []).append(
            Invitation(
                code=row.code,
                cohort=row.name,
                ends_at=row.ends_at,
                capacity=row.capacity,
                used=row.used,
            )
        )
    return found
