"""Cohorts: the labels that staff give people, and the invitations that lead into them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot.store.tables import Insert, cohort, each, invitation, membership, new_id

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


def _either(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(cohort).on_conflict_do_nothing(index_elements=["name"])
    return built


def _once(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new = begin(membership)
    built: Insert = new.on_conflict_do_nothing(index_elements=["cohort", "participant"])
    return built.execution_options(preserve_rowcount=True)


_MAKE = each(_either)
_JOIN = each(_once)


def invite(
    conn: Connection, name: str, *, now: datetime, ends_at: datetime | None = None
) -> Invitation:
    """Make an invitation into a cohort, and the cohort when there is none of that name."""
    conn.execute(_MAKE(conn), {"id": new_id(), "name": name, "made_at": now})
    chosen = conn.scalar(select(cohort.c.id).where(cohort.c.name == name))
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    row = {"code": code, "cohort": chosen, "made_at": now, "ends_at": ends_at}
    conn.execute(insert(invitation), row)
    return Invitation(code=code, cohort=name, ends_at=ends_at)


def follow(conn: Connection, participant_id: str, code: str, now: datetime) -> str | None:
    """Put a participant into the cohort of an invitation; its name, None for a code that is none.

    Whoever is in that cohort already stays in it.
    """
    row = conn.execute(
        select(cohort.c.id, cohort.c.name, invitation.c.ends_at)
        .join(invitation, invitation.c.cohort == cohort.c.id)
        .where(invitation.c.code == code.lower())
    ).first()
    if row is None or (row.ends_at is not None and row.ends_at <= now):
        return None
    conn.execute(_JOIN(conn), {"cohort": row.id, "participant": participant_id, "joined_at": now})
    name: str = row.name
    return name


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
