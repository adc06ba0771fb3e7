"""`skerry workspaces`: which Slack workspaces have let Skerry in; never a token."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.commands.opening import opened, read_settings
from bot.commands.refusing import out, plainly, say_json
from bot.store import workspaces
from bot.store.workspaces import Known

app = typer.Typer(help="Which Slack workspaces have let Skerry in: list.", no_args_is_help=True)


@app.callback()
def _workspaces() -> None:
    """Keep `list` a word of its own while there is only one."""


@app.command("list")
def list_(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for programs.")
    ] = False,
) -> None:
    """List the workspaces that ever let Skerry in, and those that removed it."""
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        found = workspaces.everywhere(conn)
    if as_json:
        for each in found:
            say_json(_told(each))
        return
    if not found:
        out.print("No workspace yet. docs/slack.md says how one lets Skerry in.")
        return
    table = Table("Id", "Name", "Since", "State")
    for each in found:
        removed = f"removed {each.removed_at:%Y-%m-%d} ({each.reason})" if each.removed_at else ""
        table.add_row(
            each.id,
            escape(each.name),
            f"{each.installed_at:%Y-%m-%d}",
            escape(removed) or "connected",
        )
    out.print(table)


def _told(each: Known) -> dict[str, str | None]:
    removed = each.removed_at.isoformat(timespec="seconds") if each.removed_at else None
    return {
        "id": each.id,
        "name": each.name,
        "since": each.installed_at.isoformat(timespec="seconds"),
        "state": "removed" if removed else "connected",
        "removed": removed,
        "reason": each.reason or None,
    }
