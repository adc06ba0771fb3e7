"""Workspaces: who has let us in on Slack, and what ends when they no longer do.

A token is sealed under the deployment's key, bound to its own row; it is blanked at once when it
is taken back. One that stands in the settings is not kept here: its row has none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, select, update

from bot.adapters.slack.workspaces import Workspace, place_of
from bot.records import Platform
from bot.store import outbox
from bot.store.tables import Insert, address, each, workspace
from bot.trust.keyring import DEPLOYMENT, KeyRing

#: Sends may be refused for so long before we are told that a workspace has removed us.
LATE = timedelta(minutes=10)

_TABLE = workspace.name
_NAME = 200
_REASON = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What staff may know of a workspace; never its token."""

    id: str
    name: str
    installed_at: datetime
    #: When it removed us; None while it lets us in.
    removed_at: datetime | None
    #: Why, in one word; empty while it lets us in.
    reason: str


def _keep(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(workspace)
    told = {name: new.excluded[name] for name in ("name", "bot_user", "bot", "scopes", "token")}
    since = {"installed_at": new.excluded.installed_at, "removed_at": None, "reason": None}
    built: Insert = new.on_conflict_do_update(index_elements=["platform", "id"], set_=told | since)
    return built


def _meet(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(workspace)
    old = workspace.c
    told = {name: new.excluded[name] for name in ("name", "bot_user", "bot", "scopes")}
    anew = case((old.removed_at.is_not(None), new.excluded.installed_at), else_=old.installed_at)
    since = {"installed_at": anew, "removed_at": None, "reason": None}
    built: Insert = new.on_conflict_do_update(index_elements=["platform", "id"], set_=told | since)
    return built


_KEEP, _MEET = each(_keep), each(_meet)
_SLACK = workspace.c.platform == Platform.SLACK


def keep(conn: Connection, keys: KeyRing, let_in: Workspace, now: datetime) -> None:
    """A workspace has let us in, for the first time or anew: its people are reached again."""
    sealed = keys.sealer(DEPLOYMENT).seal(_TABLE, _row(let_in.id), let_in.token.encode())
    _reach_again(conn, let_in.id)
    conn.execute(_KEEP(conn), _values(let_in, now) | {"token": sealed})


def meet(conn: Connection, let_in: Workspace, now: datetime) -> None:
    """The same for one whose token stands in the settings: the token is not kept."""
    _reach_again(conn, let_in.id)
    conn.execute(_MEET(conn), _values(let_in, now) | {"token": None})


def get(conn: Connection, keys: KeyRing, team: str) -> Workspace | None:
    """A workspace with its token; None for one that gave us none, or took it back."""
    row = conn.execute(select(workspace).where(_SLACK, workspace.c.id == team)).first()
    if row is None or row.token is None:
        return None
    token = keys.sealer(DEPLOYMENT).open(_TABLE, _row(team), row.token).decode()
    return Workspace(
        id=row.id,
        name=row.name,
        bot_user=row.bot_user,
        bot=row.bot,
        scopes=tuple(row.scopes.split(",")) if row.scopes else (),
        token=token,
    )


def known(conn: Connection, team: str) -> Known | None:
    """What staff may know of one workspace; None for one that never let us in."""
    found = _known(conn, workspace.c.id == team)
    return found[0] if found else None


def everywhere(conn: Connection) -> tuple[Known, ...]:
    """Every workspace that ever let us in, the latest last."""
    return _known(conn)


def left_since(conn: Connection, since: datetime) -> tuple[Known, ...]:
    """Those that have removed us since then, the latest last."""
    return tuple(sorted(_known(conn, workspace.c.removed_at >= since), key=_removed_at))


def remove(conn: Connection, team: str, reason: str, now: datetime) -> int:
    """A workspace no longer lets us in: nobody is reached there, and nothing more is sent.

    Says how many messages that waited have ended. What is known already stays as it was.
    """
    conn.execute(
        update(workspace)
        .where(_SLACK, workspace.c.id == team, workspace.c.removed_at.is_(None))
        .values(token=None, removed_at=now, reason=reason[:_REASON])
    )
    conn.execute(
        update(address).where(_theirs(team), address.c.gone_at.is_(None)).values(gone_at=now)
    )
    return outbox.depart_all(conn, Platform.SLACK, _before(team), now)


def _reach_again(conn: Connection, team: str) -> None:
    """Whoever was lost with the workspace is found with it.

    Who had left before stays gone; who has left meanwhile is noted at the next send.
    """
    before = known(conn, team)
    if before is None or before.removed_at is None:
        return
    lost = address.c.gone_at >= before.removed_at - LATE
    conn.execute(update(address).where(_theirs(team), lost).values(gone_at=None))


def _theirs(team: str) -> ColumnElement[bool]:
    there = address.c.place.startswith(_before(team), autoescape=True)
    return (address.c.platform == Platform.SLACK) & there


def _before(team: str) -> str:
    """What every place of a workspace begins with."""
    return place_of(team, "")


def _row(team: str) -> str:
    return f"{Platform.SLACK}/{team}"


def _values(let_in: Workspace, now: datetime) -> dict[str, object]:
    return {
        "platform": Platform.SLACK,
        "id": let_in.id,
        "name": _readable(let_in.name) or let_in.id,
        "bot_user": let_in.bot_user,
        "bot": let_in.bot,
        "scopes": _joined(let_in.scopes),
        "installed_at": now,
    }


def _readable(name: str) -> str:
    """A name that may stand in a terminal: whoever chose it is not one of us."""
    return "".join(each for each in name if each.isprintable()).strip()[:_NAME]


def _joined(scopes: Collection[str]) -> str:
    return ",".join(sorted(scopes))


def _known(conn: Connection, *where: ColumnElement[bool]) -> tuple[Known, ...]:
    columns = ("id", "name", "installed_at", "removed_at", "reason")
    question = (
        select(*(workspace.c[name] for name in columns))
        .where(_SLACK, *where)
        .order_by(workspace.c.installed_at, workspace.c.id)
    )
    return tuple(
        Known(
            id=id_,
            name=name,
            installed_at=installed_at,
            removed_at=removed_at,
            reason=reason or "",
        )
        for id_, name, installed_at, removed_at, reason in conn.execute(question)
    )


def _removed_at(each: Known) -> datetime:
    return each.removed_at or each.installed_at
