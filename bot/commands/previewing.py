"""`skerry campaigns preview`: send this to me first."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.chosen import Festival_, Starts, begun, chosen, dated, going_by
from bot.commands.links import links
from bot.commands.opening import opened, read_settings
from bot.commands.refusing import out, plainly
from bot.requests import planning, previews
from scheduler.tick import now


def preview(
    campaign: Annotated[
        str, typer.Argument(help="The name of a campaign, started or not, or its file's path.")
    ],
    *,
    festival: Festival_ = None,
    starts: Starts = None,
) -> None:
    """Make a code for one hour: whoever follows it in their own chat sees all its messages."""
    with plainly(), opened(read_settings()) as house:
        at = now()
        with house.store.engine.connect() as conn:
            running = planning.running_named(conn, campaign)
            if running is not None and not (festival or starts):
                found, by = running.campaign, running.festival
            else:
                found = dated(chosen(campaign, house.house.shelf.library), festival, starts)
                found = begun(found, house.settings.time_zone, at)
                by = going_by(conn, found)
            ways = links(conn, house.settings)
        code = house.store.writer.submit(lambda conn: previews.make(conn, found, by, at)).result()
    link = ways.telegram(code) or "no link yet: start Skerry with a Telegram token first"
    out.print(f"Within an hour, this plays the messages of {found.title} to you:", markup=False)
    out.print(f"  Telegram  {link}", markup=False)
    out.print(f"            or by hand: {ways.by_hand(code)}")
    out.print(f"  Slack     {ways.in_words(code)}")
