"""`skerry people`: who takes part; never a word of what they wrote."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy import Connection

from bot.commands import importing, inviting
from bot.commands.opening import Opened, opened, read_settings
from bot.commands.refusing import nobody, out, plainly, refuse, say_json
from bot.prompts.dates import days, hour
from bot.records import Participant
from bot.requests import memory
from bot.requests.desk import Desk
from bot.store import cohorts, forgetting, people
from scheduler.tick import now

app = typer.Typer(
    help="Who takes part: list, invite, import, export, forget.", no_args_is_help=True
)
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
_Id = Annotated[str, typer.Argument(help="The participant's id, from `skerry people list`.")]


@app.command("list")
def list_(*, as_json: _Json = False) -> None:
    """List the people who take part, by their random ids."""
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        rows = [_told(conn, person) for person in people.everyone(conn)]
    if as_json:
        for row in rows:
            say_json(row)
        return
    table = Table(Column("Id", no_wrap=True, min_width=32), "Who", "Rhythm", "Cohorts")
    for row in rows:
        kept = "words kept" if row["keeps"] == "yes" else "questions only"
        who = f"{row['standing']}, {row['platforms']}, {kept}"
        table.add_row(
            row["id"],
            who,
            f"{row['days']} {row['hour']}, {row['zone']}",
            escape(row["cohorts"]),
        )
    out.print(table)


app.command()(inviting.invite)
app.command("cohorts")(inviting.cohorts_)
app.command("import")(importing.import_)


@app.command()
def export(participant: _Id) -> None:
    """Send a participant all their words, to their own address; print none of them."""
    with plainly(), opened(read_settings()) as house:
        house.store.writer.submit(lambda conn: _export(house, conn, participant)).result()
    out.print("The export is queued to their own address. It goes out while Skerry runs.")


@app.command()
def forget(
    participant: _Id,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete everything of a participant, for good."""
    with plainly(), opened(read_settings()) as house:
        store = house.store
        with store.engine.connect() as conn:
            if people.get(conn, participant) is None:
                refuse(nobody(participant))
        if not yes and not typer.confirm(
            f"Delete every word and setting of {participant}, for good?"
        ):
            refuse("Nothing was deleted.")
        forgetting.forget(store.engine, store.writer, store.keys, participant)
    out.print("Forgotten: their key and all their rows are deleted.")


def _export(house: Opened, conn: Connection, participant: str) -> None:
    present = people.reached(conn, participant)
    if present is None:
        refuse(nobody(participant))
    if present.gone:
        refuse("Nobody is reached there: they have blocked the bot or closed the account.")
    memory.export(Desk(conn=conn, house=house.house, now=now(), present=present))


def _told(conn: Connection, person: Participant) -> dict[str, str]:
    return {
        "id": person.id,
        "standing": person.standing.value,
        "platforms": ", ".join(sorted(_reached(conn, person.id))),
        "days": days(person.days, "en") if person.days else "",
        "hour": hour(person.minute, "en"),
        "zone": person.zone,
        "keeps": "yes" if person.keeps else "no",
        "cohorts": ", ".join(cohorts.of(conn, person.id)),
    }


def _reached(conn: Connection, participant: str) -> set[str]:
    """Where somebody is reached, and where nobody is any more."""
    gone = people.places_gone(conn, participant)
    return {
        f"{address.platform} (unreachable)" if address.id in gone else address.platform
        for address in people.addresses(conn, participant)
    }
