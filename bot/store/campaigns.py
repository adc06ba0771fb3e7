"""Campaigns: those that were started, and how the occasions of each ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

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
    #: The festival it goes by; empty when by none.
    festival: str
    started_at: datetime
    changed_at: datetime
    #: Up to when everybody is planned for; None while that is under way, or was cut short.
    planned_until: datetime | None


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
    conn: Connection,
    name: str,
    *,
    title: str,
    rank: int,
    body: str,
    now: datetime,
    festival: str = "",
) -> None:
    """Keep a campaign as it is started; nobody is planned for yet."""
    row = {"name": name, "title": title, "state": Progress.RUNNING, "rank": rank, "body": body}
    row |= {"festival": festival or None, "started_at": now, "changed_at": now}
    conn.execute(insert(campaign), row)


def change(conn: Connection, name: str, progress: Progress, now: datetime) -> None:
    """Pause, resume or cancel a campaign."""
    values = {"state": progress, "changed_at": now}
    conn.execute(update(campaign).where(campaign.c.name == name).values(values))


def unplan(conn: Connection, name: str, now: datetime) -> None:
    """What comes next in a campaign is to be planned anew for everybody."""
    values = {"changed_at": now, "planned_until": None}
    conn.execute(update(campaign).where(campaign.c.name == name).values(values))


def of_festival(conn: Connection, name: str) -> tuple[Started, ...]:
    """The campaigns that go by a festival, in the order of their start."""
    return tuple(map(_started, conn.execute(_ALL.where(campaign.c.festival == name))))


_ONE = select(campaign).where(campaign.c.name == bindparam("of"))
_ALL = select(campaign).order_by(campaign.c.started_at, campaign.c.name)


def get(conn: Connection, name: str) -> Started | None:
    """One campaign that was started; None when none of that name was."""
    row = conn.execute(_ONE, {"of": name}).first()
    return None if row is None else _started(row)


_RANKS = select(campaign.c.name, campaign.c.rank).where(campaign.c.state == Progress.RUNNING)


def ranks(conn: Connection) -> dict[str, int]:
    """The rank of each campaign that runs and is not paused."""
    return {row.name: row.rank for row in conn.execute(_RANKS)}


def all_of(conn: Connection) -> tuple[Started, ...]:
    """Every campaign that was started, in the order of its start."""
    return tuple(map(_started, conn.execute(_ALL)))


def _started(row: Any) -> Started:  # noqa: ANN401 - A row of `campaign`.
    return Started(
        name=row.name,
        title=row.title,
        progress=Progress(row.state),
        rank=row.rank,
        body=row.body,
        festival=row.festival or "",
        started_at=row.started_at,
        changed_at=row.changed_at,
        planned_until=row.planned_until,
    )


def planned(conn: Connection, name: str, *, until: datetime, since: datetime) -> None:
    """Everybody is planned for up to an instant, unless it changed after `since`."""
    this = (campaign.c.name == name) & (campaign.c.changed_at <= since)
    conn.execute(update(campaign).where(this).values(planned_until=until))


_UNPLANNED = _ALL.where(
    campaign.c.state != Progress.CANCELLED,
    (campaign.c.planned_until.is_(None) & (campaign.c.changed_at < bindparam("cut")))
    | (campaign.c.festival.is_not(None) & (campaign.c.planned_until < bindparam("until"))),
)


def unplanned(conn: Connection, *, cut: datetime, until: datetime) -> tuple[Started, ...]:
    """Those that changed before `cut` and are not planned, or by a festival not until then."""
    return tuple(map(_started, conn.execute(_UNPLANNED, {"cut": cut, "until": until})))


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


def named(conn: Connection, name: str) -> dict[tuple[str, str, bool], int]:
    """How many occasions of each step and name were sent, or ended otherwise."""
    sent = occasion.c.state.in_(["claimed", "sent", "deferred"])
    rows = conn.execute(
        select(occasion.c.step, occasion.c.name, sent, func.count())
        .where(occasion.c.campaign == name)
        .group_by(occasion.c.step, occasion.c.name, sent)
    )
    return {(step, called, bool(was)): count for step, called, was, count in rows}


def clear(conn: Connection, name: str) -> None:
    """Take away all that comes next in a campaign; what was picked stays picked."""
    conn.execute(delete(due).where(due.c.campaign == name))


def forget_picks(conn: Connection, name: str) -> None:
    """Take away what was picked for a campaign that is over."""
    conn.execute(delete(pick).where(pick.c.campaign == name))
