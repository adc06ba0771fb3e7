"""`skerry deliveries`: how messages stand and how they ended; never a word of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Annotated

import typer
from rich.table import Column, Table

from bot.commands.opening import opened, read_settings
from bot.commands.refusing import nobody, out, plainly, refuse, say_json
from bot.records import LaneClass
from bot.store import people
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
            rows = _counted(alike(conn, since))
        else:
            if people.get(conn, participant) is None:
                refuse(nobody(participant))
            rows = [_told(each) for each in of_participant(conn, participant, since, MOST)]
    if as_json:
        for row in rows:
            say_json(row)
        return
    if not rows:
        to = "" if participant is None else " to them"
        when = "day" if days == 1 else f"{days} days"
        out.print(f"Nothing was to be sent{to} in the last {when}.")
        return
    table = Table(*(Column(name.capitalize(), no_wrap=name == "id") for name in rows[0]))
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row.values()))
    out.print(table)


def _counted(found: Iterable[Alike]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for (lane, state, reason), several in groupby(sorted(found, key=_kind), _kind):
        many = list(several)
        rows.append(
            {
                "class": lane,
                "state": state,
                "reason": reason,
                "count": sum(each.count for each in many),
                "latest": _when(max(each.latest for each in many)),
            }
        )
    return rows


def _kind(each: Alike) -> tuple[str, str, str]:
    return _shown(each.lane_class), each.state, each.reason


def _shown(lane_class: LaneClass) -> str:
    """Help as a reply: that somebody was shown where to turn is nobody's business."""
    return (LaneClass.REPLY if lane_class is LaneClass.HELP else lane_class).value


def _told(each: Delivery) -> dict[str, object]:
    return {
        "id": each.id,
        "class": _shown(each.lane_class),
        "state": each.state,
        "reason": each.reason,
        "attempts": each.attempts,
        "queued": _when(each.queued_at),
        "ended": _when(each.ended_at) if each.ended_at else None,
    }


def _when(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
