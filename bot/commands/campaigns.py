"""`skerry campaigns`: check, dry-run, start and steer campaigns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.text import Text
from sqlalchemy import Connection

from bot.campaigns.loader import load
from bot.campaigns.schema import schema as made
from bot.commands import dry_run, feeds, moving, notices, previewing
from bot.commands.chosen import (
    Festival_,
    Starts,
    begun,
    chosen,
    dated,
    going_by,
    known_cohorts,
)
from bot.commands.flows import print_faults, told_fault
from bot.commands.notices import Notice
from bot.commands.opening import New, Opened, library, opened, read_settings
from bot.commands.printing import persons, table
from bot.commands.refusing import out, plainly, refuse, say_json
from bot.commands.steering import meant, plan_all, unknown
from bot.requests import festivals, planning
from bot.store import campaigns
from bot.store.campaigns import Progress, Started
from scheduler.calendar import zone
from scheduler.campaign import Campaign
from scheduler.tick import now

app = typer.Typer(help="Campaigns: check, plan, start, steer.", no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
_Which = Annotated[str, typer.Argument(help="A campaign's name, or the path of its file.")]
_Name = Annotated[str, typer.Argument(help="The campaign's name, from `skerry campaigns list`.")]

_Steered = Annotated[
    str, typer.Argument(help="A campaign's name, or a festival's for all of its.")
]
_IS = {False: "is", True: "are"}


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(help="A campaign's file, or a folder; our own when left out.")
    ] = None,
    *,
    as_json: _Json = False,
) -> None:
    """Report every fault of every campaign, with file, line and mend; notes are no faults."""
    with plainly():
        found = load(library(read_settings()), [path] if path else [])
    faults = found.faults
    notes = [each for each in found.notes if not path or Path(each.file).is_relative_to(path)]
    if as_json:
        for fault in faults:
            say_json(told_fault(fault))
        for note in notes:
            say_json(told_fault(note) | {"note": True})
    else:
        if faults:
            print_faults(faults)
        for note in notes:
            where = f"{Path(note.file).name}, line {note.line}"
            out.print(f"Note: {where}: {note.fault}.", markup=False)
        if not faults:
            out.print("All well: nothing to mend.")
    if faults:
        raise typer.Exit(1)


app.command()(dry_run.plan)
app.command()(moving.move)
app.command("notice")(notices.notice)
app.command("notices")(notices.notices)
app.command()(previewing.preview)
app.command()(feeds.feed)


@app.command()
def start(
    campaign: _Which,
    *,
    as_: Annotated[
        str | None, typer.Option("--as", help="Another name, to start the same once more.")
    ] = None,
    festival: Festival_ = None,
    starts: Starts = None,
) -> None:
    """Start a campaign: keep it as it is now, and plan what comes next for everybody."""
    at = now()
    with plainly(), opened(read_settings(), New.TOLD) as house:
        found = dated(chosen(campaign, house.house.shelf.library), festival, starts)
        found = begun(found, house.settings.time_zone, at)
        if as_ is not None:
            found = _named(found, as_)
        with house.store.engine.connect() as conn:
            going_by(conn, found)
            known_cohorts(conn, found)
            if festivals.get(conn, found.name) is not None:
                refuse(f"{found.name} is a festival. Start the campaign --as another name.")
        today = at.astimezone(zone(found.zone or house.settings.time_zone)).date()
        if found.last_day is not None and found.last_day < today:
            refuse(f"{found.name} ended on {found.last_day}. Give it new dates, then start it.")
        if _of(house, found.name) is not None:
            refuse(
                f"{found.name} was started before. To start it once more, give it another name: "
                f"skerry campaigns start {campaign} --as {found.name}_2"
            )
        house.store.writer.submit(lambda conn: planning.start(conn, found, at)).result()
        reached = plan_all(house, found.name, at)
    out.print(f"{found.title} has started: {persons(reached, 'is', 'are')} in it.", markup=False)


@app.command("list")
def list_(*, as_json: _Json = False) -> None:
    """List the campaigns that were started, and those that are ready to start."""
    with plainly(), opened(read_settings()) as house:
        ready = load(house.house.shelf.library).campaigns
        with house.store.engine.connect() as conn:
            known = campaigns.all_of(conn)
            rows = [_listed(conn, each) for each in known]
    names = {each.name for each in known}
    rows += [
        {"name": each.name, "title": each.title, "state": "ready", "started": None, "due": 0}
        for each in ready.values()
        if each.name not in names
    ]
    _table(rows, as_json, "There is no campaign.")


@app.command()
def show(campaign: _Name, *, as_json: _Json = False) -> None:
    """Count how the occasions of a campaign ended, and what is still to come."""
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        if campaigns.get(conn, campaign) is None:
            unknown(campaign)
        rows: list[dict[str, object]] = [
            {"step": each.step, "state": each.state, "reason": each.reason, "count": each.count}
            for each in campaigns.endings(conn, campaign)
        ]
        rows += [
            {"step": step, "state": "to come", "reason": reason, "count": count}
            for (step, reason), count in sorted(planning.to_come(conn, campaign, now()).items())
        ]
    _table(rows, as_json, "Nothing has come of it yet, and nothing is to come.")


@app.command()
def pause(campaign: _Steered) -> None:
    """Freeze a campaign, or all of a festival: nothing goes out until it is resumed."""
    with plainly(), opened(read_settings()) as house:
        _change(house, meant(house, campaign, {Progress.RUNNING}), Progress.PAUSED, now())
    out.print(f"{campaign} is paused. Resume it with: skerry campaigns resume {campaign}")


@app.command()
def resume(campaign: _Steered) -> None:
    """Let what was paused go on; what lay in between is not made up for."""
    with plainly(), opened(read_settings()) as house:
        at, found = now(), meant(house, campaign, {Progress.PAUSED})
        _change(house, found, Progress.RUNNING, at)
        reached = [plan_all(house, each.name, at) for each in found]
    for each, count in zip(found, reached, strict=True):
        out.print(f"{each.name} goes on: {persons(count, 'is', 'are')} in it.", markup=False)


@app.command()
def cancel(
    campaign: _Steered,
    *,
    notice: Notice = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop everything of a campaign, or of a festival, for good."""
    with plainly(), opened(read_settings()) as house:
        found = meant(house, campaign, {Progress.RUNNING, Progress.PAUSED})
        names = ", ".join(each.name for each in found)
        said = notices.written(notice)
        if not yes and not typer.confirm(f"Stop everything of {names}, for good?"):
            refuse("Nothing was cancelled.")
        at = now()
        _change(house, found, Progress.CANCELLED, at)
        for each in found:
            house.store.writer.submit(_cancelling(each.name, at)).result()
        told = notices.told(house, said, found, at) if said else None
    out.print(f"{names} {_IS[len(found) > 1]} cancelled. Nothing more goes out.", markup=False)
    if told is not None:
        out.print(notices.sum_up(told))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a campaign's file."""
    typer.echo(made(), nl=False)


def _named(found: Campaign, name: str) -> Campaign:
    try:
        return Campaign.model_validate(found.model_dump() | {"name": name})
    except ValidationError:
        refuse(f"{name} cannot be a name. Write small letters, digits and single _, up to 40.")


def _listed(conn: Connection, each: Started) -> dict[str, object]:
    return {
        "name": each.name,
        "title": each.title,
        "state": each.progress.value,
        "started": each.started_at.isoformat(timespec="seconds"),
        "due": sum(planning.to_come(conn, each.name, now()).values()),
    }


def _table(rows: Sequence[dict[str, object]], as_json: bool, nothing: str) -> None:
    if as_json:
        for row in rows:
            say_json(row)
    elif not rows:
        out.print(nothing)
    else:
        shown = table(*(name.capitalize() for name in rows[0]))
        for row in rows:
            shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row.values()))
        out.print(shown, soft_wrap=False)


def _of(house: Opened, name: str) -> Started | None:
    with house.store.engine.connect() as conn:
        return campaigns.get(conn, name)


def _cancelling(name: str, at: datetime) -> Callable[[Connection], None]:
    return lambda conn: planning.cancel(conn, name, at)


def _change(house: Opened, found: Sequence[Started], after: Progress, at: datetime) -> None:
    """Pause, resume or cancel, all at once."""

    def work(conn: Connection) -> None:
        for each in found:
            campaigns.change(conn, each.name, after, at)
            if after is Progress.RUNNING:
                campaigns.unplan(conn, each.name, at)

    house.store.writer.submit(work).result()
