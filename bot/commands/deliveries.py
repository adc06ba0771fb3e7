"""`skerry deliveries`: how messages stand and how they ended; never a word of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.table import Column, Table

from bot.commands.opening import opened, read_settings
from bot.commands.refusing import out, plainly, say_json
from bot.store.deliveries import Alike, Delivery, alike, of_participant
from scheduler.tick import now

#: The most messages that are listed of one participant.
MOST = 200


def deliveries(
    participant: Annotated[
        str | None, typer.Argument(help="A participant's id: their messages one by one.")
    ] = None,
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=30, help="How far back.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show how messages stand and how they ended: sent, waiting, refused and why."""
    since = now() - timedelta(days=days)
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        if participant is None:
            rows = [_counted(each) for each in alike(conn, since)]
        else:
            rows = [_told(each) for each in of_participant(conn, participant, since, MOST)]
    if as_json:
        for row in rows:
            say_json(row)
        return
    if not rows:
        out.print(f"Nothing was to be sent in the last {days} days.")
        return
    table = Table(*(Column(name.capitalize(), no_wrap=name == "id") for name in rows[0]))
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row.values()))
    out.print(table)


def _counted(each: Alike) -> dict[str, object]:
    return {
        "class": each.lane_class.value,
        "state": each.state,
        "reason": each.reason,
        "count": each.count,
        "latest": _when(each.latest),
    }


def _told(each: Delivery) -> dict[str, object]:
    return {
        "id": each.id,
        "class": each.lane_class.value,
        "state": each.state,
        "reason": each.reason,
        "attempts": each.attempts,
        "queued": _when(each.queued_at),
        "ended": _when(each.ended_at) if each.ended_at else None,
    }


def _when(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
