"""`skerry slack`: the app manifest, which tells Slack what Skerry is and needs."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.adapters.slack.manifest import dumped, link, manifest
from bot.commands.opening import read_settings
from bot.commands.refusing import plainly, refuse

app = typer.Typer(help="Set Slack up: manifest.", no_args_is_help=True)


@app.callback()
def _slack() -> None:
    """Keep `manifest` a word of its own while there is only one."""


@app.command("manifest")
def manifest_(
    *,
    url: Annotated[
        str, typer.Option("--url", help="Slack posts to this address: https:// and your name.")
    ] = "",
    many: Annotated[
        bool, typer.Option("--many", help="Any workspace can let Skerry in, at the same address.")
    ] = False,
    as_link: Annotated[
        bool, typer.Option("--link", help="As a link that opens Slack with all of it filled in.")
    ] = False,
) -> None:
    """Print the app manifest: for Socket Mode, or with --url for HTTP."""
    with plainly():
        settings = read_settings()
    address = url.rstrip("/") or settings.public_url
    socket = not url and (settings.slack_socket or not settings.has_slack)
    many = many or settings.slack_install
    if (many or not socket) and not address.startswith("https://"):
        refuse(
            "Slack posts to https addresses alone. Write --url https:// and your server's name."
        )
    made = manifest(address, socket=socket, many=many)
    typer.echo(link(made) if as_link else dumped(made, indent=2))
