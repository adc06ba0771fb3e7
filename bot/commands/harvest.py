"""`skerry harvest`: what a programme may learn, from releases and from shared words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot.commands import reaping
from bot.commands.flows import left_out, print_faults, told_fault
from bot.commands.opening import library, opened, read_settings
from bot.commands.printing import many, table
from bot.commands.reaping import places, reap
from bot.commands.refusing import err, harmless, out, plainly, refuse, say_json
from bot.flows.faults import Fault
from bot.harvest import shared, words
from bot.harvest.files import told_open, told_release, told_words
from bot.harvest.harvest import Harvest
from bot.harvest.telling import lines
from bot.measures.loader import load
from bot.measures.measure import Measure, said
from bot.measures.schema import schema as made
from bot.requests.counting import BusyError, close_due
from scheduler.tick import now

app = typer.Typer(help="What a programme may learn: show, export, close.", no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
_Measure = Annotated[
    str | None, typer.Argument(help="A measure's name, from `skerry harvest measures`.")
]
_Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="From this day on: 2027-01-31.")
]
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def show(measure: _Measure = None, *, since: _Since = None, as_json: _Json = False) -> None:
    """Show what is told of closed counts, and what people chose to share."""
    first = _day(since)
    with plainly(), opened(read_settings()) as house:
        found = reap(house, measure, first)
        _note(reaping.faults(house))
    if as_json:
        for release in found.releases:
            say_json({"kind": "release"} | told_release(release))
        for count in found.open:
            say_json({"kind": "open"} | told_open(count))
        for each in found.shared:
            say_json({"kind": "shared"} | told_words(each))
    else:
        for line in _lines(found, alone=measure is not None):
            out.print(harmless(line), markup=False)


@app.command()
def export(
    measure: _Measure = None,
    *,
    to: Annotated[
        Path,
        typer.Option(
            "--to", metavar="FILE", help="A .html, .csv or .json file, or a folder for charts."
        ),
    ],
    since: _Since = None,
    yes: _Yes = False,
) -> None:
    """Write it as a page to print, as CSV, as JSON, or each chart as SVG into a folder."""
    first = _day(since)
    reaping.may_write(to)
    with plainly(), opened(read_settings()) as house:
        found = reap(house, measure, first)
        _note(reaping.faults(house))
    contents = reaping.contents(found, to, now().date())
    there = [file for file in contents if file.exists()]
    if there and not yes and not typer.confirm(f"Write over {there[0]}?"):
        refuse("Nothing was written.")
    reaping.write(contents)
    what = (
        f"{many(len(contents), 'chart is', 'charts are')} in {to}"
        if to.is_dir()
        else f"{to} is written"
    )
    out.print(f"{what}: {_summed(found)}.", markup=False)


@app.command()
def close(measure: _Measure = None, *, yes: _Yes = False, as_json: _Json = False) -> None:
    """Close what is open now, before its day; too small a count is told of nobody."""
    with plainly(), opened(read_settings()) as house:
        known = reap(house, measure, None)
        _note(reaping.faults(house))
        count = sum(each.groups for each in known.open)
        asked = (
            f"Close {_open(count)} before {'its' if count == 1 else 'their'} day? "
            "Nobody can add to what is told. "
            "Where too few people are for that, it stays open."
        )
        if count and not yes and not typer.confirm(asked):
            refuse("Nothing was closed.")
        known_ones = load(places(house.settings)).measures
        try:
            closed = close_due(house.store, known_ones, now(), measure=measure, early=True)
        except BusyError:
            refuse("Counts are being closed just now. Try again in some minutes.")
    if as_json:
        say_json(asdict(closed))
        return
    if not count and not (closed.told or closed.held or closed.expired):
        out.print("No count is open.")
        return
    out.print(
        f"Told: {closed.told}. Held back, for too few people: {closed.held}. "
        f"Expired untold: {closed.expired}."
    )
    if closed.waiting:
        out.print(
            f"Left open: {closed.waiting}. Shares in there wait until tonight's drop, and can be "
            "taken back until then. Close it tomorrow; where fewer than three wait, leave it to "
            "its own day."
        )


@app.command()
def measures(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a measure's file.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """List what may be counted; with every fault of a measure's file."""
    if schema:
        typer.echo(made(), nl=False)
        return
    with plainly():
        settings = read_settings()
        found = load(places(settings))
        _note((*library(settings).faults, *found.faults))
    known = sorted(found.measures.values(), key=lambda each: each.name)
    if as_json:
        for each in known:
            say_json(_row(each))
        for fault in found.faults:
            say_json(told_fault(fault))
    else:
        shown = table("Name", "Title", "Kind", ">At least", "Counted by", ">Weeks")
        for each in known:
            shown.add_row(*(Text(str(cell)) for cell in _row(each).values()))
        out.print(shown, soft_wrap=False)
        if found.faults:
            print_faults(found.faults)
    if found.faults:
        raise typer.Exit(1)


def _note(faults: Sequence[Fault]) -> None:
    """Say beside the harvest what is left out of it, and how to see why."""
    if faults:
        err.print(f"Note: {left_out(faults)}", markup=False)


def _row(measure: Measure) -> dict[str, object]:
    return {
        "name": measure.name,
        "title": said(measure.title, "en"),
        "kind": measure.kind.value,
        "floor": measure.floor,
        "group": measure.group.value,
        "weeks": measure.weeks,
    }


def _day(since: str | None) -> date | None:
    if since is None:
        return None
    try:
        return date.fromisoformat(since)
    except ValueError:
        refuse(f"{since} is not a date. Write year, month and day, such as 2027-01-31.")


def _lines(found: Harvest, *, alone: bool) -> Sequence[str]:
    """The harvest as lines of text; of one measure alone, without shared words."""
    told = [line for release in found.releases for line in (*lines(release), "")]
    told = told or ["No count has closed yet.", ""]
    for each in found.open:
        open_ = many(each.groups, "count is", "counts are")
        told.append(f"{each.title}: {open_} open until {words.day(each.until)}.")
    if found.open:
        told += ["Nothing of an open count can be seen before it closes, by anybody.", ""]
    if alone:
        return told[:-1]
    told.append("What people chose to share:" if found.shared else "Nobody has shared words yet.")
    for story in found.shared:
        teller = shared.teller(story)
        by = f" Told by {teller}." if teller else ""
        told += ["", f"{story.title} ({words.day(story.given_at)})"]
        told += [f"  {shared.level(story)}{by}", *([f"  {story.about}"] if story.about else [])]
        told += [f"    {paragraph}" for paragraph in story.paragraphs]
    return told


def _open(count: int) -> str:
    return many(count, "open count")


def _summed(found: Harvest) -> str:
    return f"{many(len(found.releases), 'count')}, {len(found.shared)} shared by people"
