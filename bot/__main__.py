"""Skerry's command line, command by command; each opens as much of the house as it needs."""

from __future__ import annotations

import typer

from bot.commands import (
    campaigns,
    circles,
    festivals,
    flows,
    harvest,
    keys,
    parking,
    people,
    slack,
    workspaces,
)
from bot.commands.calling import Plain
from bot.commands.deliveries import deliveries
from bot.commands.doctor import doctor
from bot.commands.rehearse import rehearse
from bot.commands.run import run
from bot.commands.safekeeping import backup, restore

app = typer.Typer(
    name="skerry",
    cls=Plain,
    help="A chat-bot for reflective practice.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(rehearse)
app.add_typer(flows.app, name="flows")
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(festivals.app, name="festivals")
app.add_typer(harvest.app, name="harvest")
app.add_typer(people.app, name="people")
app.add_typer(circles.app, name="circles")
app.add_typer(workspaces.app, name="workspaces")
app.add_typer(slack.app, name="slack")
app.command()(deliveries)
app.add_typer(parking.app, name="parked")
app.add_typer(keys.app, name="keys")
app.command()(backup)
app.command()(restore)
app.command()(doctor)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
