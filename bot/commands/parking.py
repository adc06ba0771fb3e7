"""`skerry parked`: messages that could not be digested; their errors, never their words."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Connection

from bot import turns
from bot.commands.opening import Opened, opened, read_settings
from bot.commands.refusing import EXPLAINED, out, plainly, refuse, say_json
from bot.store import parked
from bot.store.parked import Parked
from scheduler.tick import now

app = typer.Typer(help="Messages set aside after an error.", no_args_is_help=True)


@app.command("list")
def list_(
    *, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """List what is parked: the reference, the error and where in the code it arose."""
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        waiting = parked.waiting(conn)
    if as_json:
        for each in waiting:
            say_json(_told(each))
        return
    if not waiting:
        out.print("Nothing is parked.")
        return
    table = Table("Reference", "Platform", "Error", "Where", "When")
    for each in waiting:
        table.add_row(*_told(each).values())
    out.print(table)


@app.command()
def replay(
    reference: Annotated[str, typer.Argument(help="From `skerry parked list`.")],
) -> None:
    """Take a parked message up again, once what was wrong is mended."""
    with plainly(), opened(read_settings()) as house:
        try:
            house.store.writer.submit(lambda conn: _replay(house, conn, reference)).result()
        except (typer.Exit, *EXPLAINED):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it still cannot digest
            kind = type(error).__name__
            refuse(f"It could not be digested this time either ({kind}). It is still parked.")
    out.print("Taken up. What is to be said goes out while Skerry runs.")


def _replay(house: Opened, conn: Connection, reference: str) -> None:
    """Hear it under a name of its own, for its own was seen."""
    found = [each for each in parked.waiting(conn) if each.id.startswith(reference)]
    if len(found) != 1:
        refuse(f"There is nothing parked as {reference}. See: skerry parked list")
    came = parked.message(conn, house.store.keys, found[0].id)
    if came is None:
        refuse("Its words are gone meanwhile. See what is left: skerry parked list")
    again = replace(came, id=f"{came.id}+{found[0].id[:8]}")
    turns.hear(conn, house.house, again, now())
    parked.done(conn, found[0].id, now=now())


def _told(each: Parked) -> dict[str, str]:
    return {
        "reference": each.id[:8],
        "platform": each.platform.value,
        "error": each.error,
        "whereabouts": each.whereabouts,
        "parked_at": each.parked_at.isoformat(timespec="seconds"),
    }
