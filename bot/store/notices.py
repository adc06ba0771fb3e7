"""Notices: messages of staff to an audience, said once to each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from bot.store.dues import Due, Kind
from bot.store.tables import Insert, due, each, notice, occasion
from bot.trust.keyring import DEPLOYMENT, KeyRing

#: What stands for the step and the occasion of a notice.
STEP = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message of staff."""

    name: str
    text: str
    #: Whether it waits for nobody's hours.
    urgent: bool
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a notice stands."""

    name: str
    urgent: bool
    made_at: datetime
    #: How many were told, are to be told, and are not told since they do not want to hear.
    told: int
    waiting: int
    skipped: int


def _once(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    built: Insert = begin(notice).on_conflict_do_nothing(index_elements=["name"])
    return built.execution_options(preserve_rowcount=True)


_KEEP = each(_once)
_ONE = select(notice).where(notice.c.name == bindparam("of"))


def keep(conn: Connection, keys: KeyRing, made: Notice) -> bool:
    """Keep a notice, sealed; False when it was kept before."""
    sealed = keys.sealer(DEPLOYMENT).seal(notice.name, made.name, made.text.encode())
    row = {"name": made.name, "body": sealed, "urgent": made.urgent, "made_at": made.made_at}
    return conn.execute(_KEEP(conn), row).rowcount == 1


def get(conn: Connection, keys: KeyRing, name: str) -> Notice | None:
    """A notice with its words; None when there is none of that name."""
    row = conn.execute(_ONE, {"of": name}).first()
    if row is None:
        return None
    text = keys.sealer(DEPLOYMENT).open(notice.name, name, row.body).decode()
    return Notice(name=name, text=text, urgent=row.urgent, made_at=row.made_at)


_TOLD = select(occasion.c.participant).where(
    occasion.c.campaign == bindparam("of"),
    occasion.c.participant.in_(bindparam("ids", expanding=True)),
)
_WAITING = select(due.c.participant).where(
    due.c.campaign == bindparam("of"),
    due.c.participant.in_(bindparam("ids", expanding=True)),
)


def unsaid(conn: Connection, name: str, ids: Sequence[str]) -> list[str]:
    """Those of some hundreds of people to whom a notice was neither said nor is to be."""
    values = {"of": name, "ids": ids}
    known = {*conn.scalars(_TOLD, values), *conn.scalars(_WAITING, values)}
    return [each for each in ids if each not in known]


def dues_of(name: str, ids: Iterable[str], now: datetime) -> list[Due]:
    """What is due to people to whom a notice is to be said."""
    return [
        Due(
            campaign=name,
            step=STEP,
            participant=each,
            kind=Kind.NOTICE,
            name=STEP,
            planned_at=now,
            at=now,
        )
        for each in ids
    ]


def all_of(conn: Connection) -> tuple[Told, ...]:
    """How every notice stands, the newest first."""
    rows = conn.execute(
        select(notice.c.name, notice.c.urgent, notice.c.made_at).order_by(notice.c.made_at.desc())
    ).all()
    sent, waiting = occasion.c.state == "sent", due.c.kind == Kind.NOTICE
    ended = conn.execute(
        select(occasion.c.campaign, sent, func.count())
        .where(occasion.c.step == STEP)
        .group_by(occasion.c.campaign, sent)
    )
    counts = {(name, bool(was)): count for name, was, count in ended}
    waits = conn.execute(
        select(due.c.campaign, func.count()).where(waiting).group_by(due.c.campaign)
    )
    to_come: dict[str, int] = {row[0]: row[1] for row in waits}
    return tuple(
        Told(
            name=row.name,
            urgent=row.urgent,
            made_at=row.made_at,
            told=counts.get((row.name, True), 0),
            waiting=to_come.get(row.name, 0),
            skipped=counts.get((row.name, False), 0),
        )
        for row in rows
    )


def prune(conn: Connection, before: datetime) -> None:
    """Take out what was said before an instant, and to whom; what is still to be said stays."""
    waiting = select(due.c.campaign).where(due.c.kind == Kind.NOTICE)
    old = (notice.c.made_at < before) & notice.c.name.not_in(waiting)
    names = list(conn.scalars(select(notice.c.name).where(old)))
    if names:
        conn.execute(delete(occasion).where(occasion.c.campaign.in_(names)))
        conn.execute(delete(notice).where(notice.c.name.in_(names)))
