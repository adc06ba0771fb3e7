"""Steering: planning anew for everybody, some people at a time, while Skerry runs beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NoReturn

from rich.progress import track
from sqlalchemy import Connection

from bot.commands.opening import Opened
from bot.commands.refusing import err, refuse
from bot.doors import MOST_FANNED, MOST_PLANNED
from bot.requests import festivals, planning
from bot.store import rhythms
from bot.store.campaigns import Progress, Started

#: Seconds between two transactions, so that whoever else wants to write gets a turn: SQLite lets
#: nobody queue.
GAP = 0.005


def chunks(house: Opened, size: int = MOST_PLANNED) -> Iterator[Sequence[str]]:
    """The ids of all who have joined, some at a time, with a sign of progress."""
    with house.store.engine.connect() as conn:
        ids = rhythms.joined(conn)
    some = [ids[first : first + size] for first in range(0, len(ids), size)]
    for chunk in track(some, "Planning", console=err, transient=True, disable=not err.is_terminal):
        yield chunk
        time.sleep(GAP)


def plan_all(house: Opened, name: str, at: datetime, *, moved: bool = False) -> int:
    """Plan what comes next for everybody in a campaign; says how many are in it.

    `moved` says that only its festival has changed. Where that brings nothing for days, nothing is
    written.
    """
    writer = house.store.writer
    far_off, festive = writer.submit(lambda conn: planning.far_off(conn, name, at)).result()
    fanned = moved or festive
    for chunk in () if far_off else chunks(house, MOST_FANNED if fanned else MOST_PLANNED):
        writer.submit((_fanning if fanned else _planning)(name, chunk, at)).result()
    writer.submit(lambda conn: planning.planned(conn, name, at)).result()
    with house.store.engine.connect() as conn:
        return planning.in_it(conn, name)


def _planning(name: str, chunk: Sequence[str], at: datetime) -> Callable[[Connection], None]:
    """Plan for some people as they are then, and as the campaign is then."""
    return lambda conn: planning.plan_in(conn, name, chunk, at)


def _fanning(name: str, chunk: Sequence[str], at: datetime) -> Callable[[Connection], None]:
    """The same of what its festival brings, for many at once."""
    return lambda conn: planning.fan(conn, name, chunk, at)


def meant(house: Opened, name: str, before: set[Progress]) -> tuple[Started, ...]:
    """The campaigns of a name, a festival's too, that stand so; refuses when there is none."""
    with house.store.engine.connect() as conn:
        found = festivals.steered(conn, name)
        festival = festivals.get(conn, name)
    if not found:
        if festival is not None:
            refuse(f"No campaign goes by {name} yet, so there is nothing to do.")
        unknown(name)
    fitting = tuple(each for each in found if each.progress in before)
    if not fitting:
        state = found[0].progress
        refuse(f"{name} is {state} already; that cannot be done with it now.")
    return fitting


def unknown(name: str) -> NoReturn:
    """Refuse a name that stands for nothing."""
    refuse(f"No campaign {name} was started. See them with: skerry campaigns list")
