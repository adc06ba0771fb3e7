"""Campaigns: those that were started, and how the occasions of each ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store.tables import campaign, due, occasion, pick


class Progress(StrEnum):
    """How a campaign stands."""

    #: Its prompts go out.
    RUNNING = "running"
    #: Nothing goes out until it is resumed.
    PAUSED = "paused"
    #: It was ended; nothing of it goes out any more.
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A campaign as it was started."""

    name: str
    title: str
    progress: Progress
    rank: int
    #: The campaign's file, checked, as JSON.
    body: str
    started_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """So many occasions of a step that stand or ended alike."""

    step: str
    #: `sent`, `deferred`, `skipped`, `expired`, `claimed`.
    state: str
    #: Why; empty without a reason.
    reason: str
    count: int


def start(  # noqa: PLR0913 - What is kept of it, each by its name.
    conn: Connection, name: str, *, title: str, rank: int, body: str, now: datetime
) -> None:
    """Keep a campaign as it is started."""
    row = {"name": name, "title": title, "state": Progress.RUNNING, "rank": rank, "body": body}
    conn.execute(insert(campaign), row | {"started_at": now, "changed_at": now})


def change(conn: Connection, name: str, progress: Progress, now: datetime) -> None:
    """Pause, resume or cancel a campaign."""
    values = {"state": progress, "changed_at": now}
    conn.execute(update(campaign).where(campaign.c.name == name).values(values))


def get(conn: Connection, name: str) -> Started | None:
    """One campaign that was started; None when none of that name was."""
    found = _started(conn, name)
    return found[0] if found else None


def all_of(conn: Connection) -> tuple[Started, ...]:
    """Every campaign that was started, in the order of its start."""
    return _started(conn)


def _started(conn: Connection, name: str | None = None) -> tuple[Started, ...]:
    question = select(campaign).order_by(campaign.c.started_at, campaign.c.name)
    if name is not None:
        question = question.where(campaign.c.name == name)
    return tuple(
        Started(
            name=row.name,
            title=row.title,
            progress=Progress(row.state),
            rank=row.rank,
            body=row.body,
            started_at=row.started_at,
            changed_at=row.changed_at,
        )
        for row in conn.execute(question)
    )


def endings(conn: Connection, name: str) -> tuple[Ended, ...]:
    """How the occasions of a campaign stand or ended, counted."""
    reason = func.coalesce(occasion.c.reason, "")
    rows = conn.execute(
        select(occasion.c.step, occasion.c.state, reason, func.count())
        .where(occasion.c.campaign == name)
        .group_by(occasion.c.step, occasion.c.state, reason)
        .order_by(occasion.c.step, occasion.c.state, reason)
    )
    return tuple(
        Ended(step=step, state=state, reason=why, count=count) for step, state, why, count in rows
    )


def clear(conn: Connection, name: str) -> None:
    """Take away all that comes next in a campaign; what was picked stays picked."""
    conn.execute(delete(due).where(due.c.campaign == name))


def forget_picks(conn: Connection, name: str) -> None:
    """Take away what was picked for a campaign that is over."""
    conn.execute(delete(pick).where(pick.c.campaign == name))
