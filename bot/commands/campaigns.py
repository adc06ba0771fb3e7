"""`skerry campaigns`: check, dry-run, start and steer campaigns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.progress import track
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from bot.campaigns.loader import FaultyCampaignError, NoSuchCampaignError, find, load
from bot.campaigns.schema import schema as made
from bot.commands import roster
from bot.commands.flows import print_faults, told_fault
from bot.commands.opening import Opened, library, opened, read_settings
from bot.commands.refusing import err, out, plainly, refuse, say_json
from bot.flows.practice import Library
from bot.requests import planning
from bot.store import campaigns, dues, rhythms
from bot.store.campaigns import Progress, Started
from scheduler.calendar import instant, zone
from scheduler.campaign import Campaign, started
from scheduler.course import meant_for
from scheduler.tick import now
from scheduler.upcoming import Line, upcoming

app = typer.Typer(help="Campaigns: check, plan, start, steer.", no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
_Which = Annotated[str, typer.Argument(help="A campaign's name, or the path of its file.")]
_Name = Annotated[str, typer.Argument(help="The campaign's name, from `skerry campaigns list`.")]

#: How many people are planned in one transaction.
CHUNK = 100
#: How far a dry run looks when the campaign has no end.
AHEAD = timedelta(weeks=4)
#: A longer dry run is told in sums; each line is there with `--json`.
MOST_LINES = 400
_COLOURS = {"planned": "green", "deferred": "yellow", "skipped": "red"}


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(help="A campaign's file, or a folder; our own when left out.")
    ] = None,
    *,
    as_json: _Json = False,
) -> None:
    """Report every fault of every campaign, with file, line and mend."""
    with plainly():
        found = load(library(read_settings()), [path] if path else [])
    faults = found.faults
    if as_json:
        for fault in faults:
            say_json(told_fault(fault))
    elif faults:
        print_faults(faults)
    else:
        out.print("All well: nothing to mend.")
    if faults:
        raise typer.Exit(1)


@app.command()
def plan(
    campaign: _Which,
    *,
    people_: Annotated[
        Path | None,
        typer.Option("--people", help="A CSV of people; those who take part when left out."),
    ] = None,
    now_: Annotated[
        str | None, typer.Option("--now", help="As if it were this instant: 2027-01-31T09:00Z.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Dry run: who would get what and when, local and UTC, and why not. Sends nothing."""
    at = _instant(now_) if now_ else now()
    with plainly():
        settings = read_settings()
        found = _begun(_find(campaign, library(settings)), settings.time_zone, at)
        if people_ is not None:
            _tell(upcoming(found, roster.read(people_), now=at, until=_until(found, at)), as_json)
            return
        with opened(settings) as house, house.store.engine.connect() as conn:
            everyone = rhythms.everyone(conn)
            _tell(upcoming(found, everyone, now=at, until=_until(found, at)), as_json)


@app.command()
def start(
    campaign: _Which,
    *,
    as_: Annotated[
        str | None, typer.Option("--as", help="Another name, to start the same once more.")
    ] = None,
) -> None:
    """Start a campaign: keep it as it is now, and plan what comes next for everybody."""
    at = now()
    with plainly(), opened(read_settings()) as house:
        found = _begun(
            _find(campaign, house.house.shelf.library),
            house.settings.time_zone,
            at,
        )
        if as_ is not None:
            found = _named(found, as_)
        today = at.astimezone(zone(found.zone or house.settings.time_zone)).date()
        if found.last_day is not None and found.last_day < today:
            refuse(f"{found.name} ended on {found.last_day}. Give it new dates, then start it.")
        if _of(house, found.name) is not None:
            refuse(
                f"{found.name} was started before. To start it once more, give it another name: "
                f"skerry campaigns start {campaign} --as {found.name}_2"
            )
        house.store.writer.submit(lambda conn: planning.start(conn, found, at)).result()
        reached = _plan_all(house, found.name, at)
    out.print(f"{found.title} has started: {reached} people are in it.", markup=False)


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
            _nobody(campaign)
        rows: list[dict[str, object]] = [
            {"step": each.step, "state": each.state, "reason": each.reason, "count": each.count}
            for each in campaigns.endings(conn, campaign)
        ]
        rows += [
            {"step": step, "state": "to come", "reason": reason, "count": count}
            for (step, reason), count in sorted(dues.standing(conn, campaign).items())
        ]
    _table(rows, as_json, "Nothing has come of it yet, and nothing is to come.")


@app.command()
def pause(campaign: _Name) -> None:
    """Freeze a campaign: nothing of it goes out until it is resumed."""
    _steer(campaign, {Progress.RUNNING}, Progress.PAUSED)
    out.print(f"{campaign} is paused. Resume it with: skerry campaigns resume {campaign}")


@app.command()
def resume(campaign: _Name) -> None:
    """Let a paused campaign go on; what lay in between is not made up for."""
    with plainly(), opened(read_settings()) as house:
        at = _change(house, campaign, {Progress.PAUSED}, Progress.RUNNING)
        reached = _plan_all(house, campaign, at)
    out.print(f"{campaign} goes on: {reached} people are in it.")


@app.command()
def cancel(
    campaign: _Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop everything of a campaign, for good."""
    with plainly(), opened(read_settings()) as house:
        if _of(house, campaign) is None:
            _nobody(campaign)
        if not yes and not typer.confirm(f"Stop everything of {campaign}, for good?"):
            refuse("Nothing was cancelled.")
        at = _change(house, campaign, {Progress.RUNNING, Progress.PAUSED}, Progress.CANCELLED)
        house.store.writer.submit(lambda conn: planning.cancel(conn, campaign, at)).result()
    out.print(f"{campaign} is cancelled. Nothing more of it goes out.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a campaign's file."""
    typer.echo(made(), nl=False)


def _find(which: str, practices: Library) -> Campaign:
    try:
        return find(which, practices)
    except (NoSuchCampaignError, FaultyCampaignError) as wrong:
        refuse(str(wrong))


def _named(found: Campaign, name: str) -> Campaign:
    try:
        return Campaign.model_validate(found.model_dump() | {"name": name})
    except ValidationError:
        refuse(f"{name} cannot be a name. Write small letters, digits and single _, up to 40.")


def _begun(found: Campaign, usual: str, at: datetime) -> Campaign:
    """The campaign with its first day, which is today where its file leaves it open."""
    return started(found, at.astimezone(zone(found.zone or usual)).date())


def _until(found: Campaign, at: datetime) -> datetime:
    """How far a dry run looks."""
    if found.last_day is None:
        first = found.starts or at.date()
        return max(at, instant(first, time(), zone("UTC"))) + AHEAD
    return instant(found.last_day, time(), zone("UTC")) + timedelta(days=2)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"{text} is not an instant. Write it as 2027-01-31T09:00Z.")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _tell(lines: Iterator[Line], as_json: bool) -> None:
    """Print a dry run line by line, or in sums when it is long."""
    if as_json:
        for line in lines:
            say_json(_told(line))
        return
    shown: list[Line] = []
    sums: Counter[tuple[str, str, str, str]] = Counter()
    for line in track(lines, "Planning", console=err, transient=True):
        if len(shown) < MOST_LINES:
            shown.append(line)
        sums[line.step, line.occasion, line.state, str(line.reason or "")] += 1
    if not sums:
        out.print("Nobody would get anything.")
    elif sums.total() > MOST_LINES:
        _print_sums(sums)
    else:
        _print_lines(shown)


def _print_lines(lines: Sequence[Line]) -> None:
    table = Table("Participant", "Step", "Occasion", "Local", "UTC", "State", "Reason")
    for line in lines:
        state = Text(line.state, style=_COLOURS[line.state])
        local, utc = line.local.strftime("%a %d %b %H:%M"), line.utc.strftime("%d %b %H:%M")
        table.add_row(
            line.participant, line.step, line.occasion, local, utc, state, line.reason or ""
        )
    out.print(table)


def _print_sums(sums: Counter[tuple[str, str, str, str]]) -> None:
    table = Table("Step", "Occasion", "State", "Reason", "People")
    for (step, occasion, state, reason), count in sums.items():
        table.add_row(step, occasion, Text(state, style=_COLOURS[state]), reason, str(count))
    out.print(table)
    out.print(f"{sums.total()} prompts. Each of them is told with --json.")


def _told(line: Line) -> dict[str, object]:
    return {
        "participant": line.participant,
        "step": line.step,
        "occasion": line.occasion,
        "local": line.local.isoformat(),
        "utc": line.utc.isoformat(),
        "state": line.state,
        "reason": str(line.reason) if line.reason else None,
    }


def _listed(conn: Connection, each: Started) -> dict[str, object]:
    return {
        "name": each.name,
        "title": each.title,
        "state": each.progress.value,
        "started": each.started_at.isoformat(timespec="seconds"),
        "due": dues.count(conn, each.name),
    }


def _table(rows: Sequence[dict[str, object]], as_json: bool, nothing: str) -> None:
    if as_json:
        for row in rows:
            say_json(row)
    elif not rows:
        out.print(nothing)
    else:
        table = Table(*(name.capitalize() for name in rows[0]))
        for row in rows:
            table.add_row(*(Text("" if cell is None else str(cell)) for cell in row.values()))
        out.print(table)


def _of(house: Opened, name: str) -> Started | None:
    with house.store.engine.connect() as conn:
        return campaigns.get(conn, name)


def _steer(name: str, before: set[Progress], after: Progress) -> None:
    with plainly(), opened(read_settings()) as house:
        _change(house, name, before, after)


def _change(house: Opened, name: str, before: set[Progress], after: Progress) -> datetime:
    """Pause, resume or cancel, where that makes sense; says when."""
    standing, at = _of(house, name), now()
    if standing is None:
        _nobody(name)
    if standing.progress not in before:
        refuse(f"{name} is {standing.progress} already; that cannot be done with it now.")
    house.store.writer.submit(lambda conn: campaigns.change(conn, name, after, at)).result()
    return at


def _plan_all(house: Opened, name: str, at: datetime) -> int:
    """Plan what comes next for everybody, some at a time; says how many are in it."""
    with house.store.engine.connect() as conn:
        running = planning.running_named(conn, name)
        ids = rhythms.joined(conn)
    if running is None:
        _nobody(name)
    chunks = [ids[first : first + CHUNK] for first in range(0, len(ids), CHUNK)]
    reached = 0
    for chunk in track(chunks, "Planning", console=err, transient=True):
        reached += house.store.writer.submit(_planning(chunk, running, at)).result()
    return reached


def _planning(
    chunk: Sequence[str], running: planning.Running, at: datetime
) -> Callable[[Connection], int]:
    """Plan for some people as they are then; says how many of them are in it."""

    def work(conn: Connection) -> int:
        found = rhythms.held(conn, chunk)
        planning.plan(conn, found, [running], at)
        return sum(meant_for(running.campaign, person) for person in found)

    return work


def _nobody(name: str) -> NoReturn:
    refuse(f"No campaign {name} was started. See them with: skerry campaigns list")
