"""`skerry campaigns feed`: a campaign's calendar under an address that nobody guesses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.commands.opening import Opened, opened, read_settings
from bot.commands.refusing import out, plainly, refuse
from bot.commands.steering import unknown
from bot.diaries import writing
from bot.diaries.feed import address
from bot.requests import agenda, planning
from bot.store import campaigns, feeds, festivals
from scheduler.tick import now


def feed(
    campaign: Annotated[str, typer.Argument(help="The campaign's name.")],
    *,
    anew: Annotated[
        bool, typer.Option("--new", help="A new address; the old one leads nowhere then.")
    ] = False,
    off: Annotated[bool, typer.Option("--off", help="Take the address away.")] = False,
) -> None:
    """Make the secret address under which diary programs read a campaign's calendar."""
    with plainly(), opened(read_settings()) as house:
        at = now()
        with house.store.engine.connect() as conn:
            if campaigns.get(conn, campaign) is None:
                unknown(campaign)
            made_at = feeds.made_at(conn, campaign)
        if off:
            if made_at is None:
                refuse(f"{campaign} has no address.")
            house.store.writer.submit(lambda conn: feeds.revoke(conn, campaign)).result()
            out.print(f"The address of {campaign} leads nowhere now.", markup=False)
            return
        if made_at is not None and not anew:
            refuse(
                f"{campaign} has an address since {made_at:%Y-%m-%d}; only its hash is kept, so "
                f"it cannot be shown again. For a new one: skerry campaigns feed {campaign} --new"
            )
        secret = house.store.writer.submit(lambda conn: feeds.make(conn, campaign, at)).result()
        root = house.settings.public_url or f"http://{house.settings.host}:{house.settings.port}"
    out.print("Subscribe to this address in a diary. Whoever has it can read the plan:")
    out.print(f"  {address(root, secret)}", markup=False)
    if not house.settings.public_url:
        out.print("It is reached from this computer alone until SKERRY_PUBLIC_URL is set.")


def found_by(
    house: Opened, clock: Callable[[], datetime]
) -> Callable[[str], Awaitable[bytes | None]]:
    """What brings the calendar of a secret, for the web application."""

    async def find(secret: str) -> bytes | None:
        return await house.store.writer.run(lambda conn: _calendar(house, conn, secret, clock()))

    return find


def _calendar(house: Opened, conn: Connection, secret: str, at: datetime) -> bytes | None:
    name = feeds.campaign_of(conn, secret)
    running = planning.running_named(conn, name) if name else None
    if name is None:
        return None
    started = campaigns.get(conn, name)
    title = started.title if started else name
    entries = _entries(house, conn, running, at) if running else ()
    return writing.calendar(name, title, entries, now=at, host=host_of(house))


def _entries(
    house: Opened, conn: Connection, running: planning.Running, at: datetime
) -> tuple[writing.Entry, ...]:
    festival = running.festival
    known = festivals.get(conn, festival.name) if festival else None
    zone = running.campaign.zone or (festival.zone if festival else house.settings.time_zone)
    return agenda.entries(
        running,
        zone=zone,
        now=at,
        sequence=known.revision if known else 0,
        title_of=house.house.shelf.title,
    )


def host_of(house: Opened) -> str:
    """What stands behind the @ of the names of events: this deployment."""
    root = house.settings.public_url.partition("://")[2] or "skerry"
    return root.partition("/")[0].partition(":")[0]
