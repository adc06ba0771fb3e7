"""`skerry flows`: begin, list, check and draw practices, and print the schema of their files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands.opening import read_settings
from bot.commands.refusing import plainly
from bot.flows import house_words, shelves
from bot.flows.beginnings import NoBeginningError, begin
from bot.flows.draw import draw as drawn
from bot.flows.faults import Fault
from bot.flows.loader import find, load
from bot.flows.practice import FaultyPracticeError, Library, NoSuchPracticeError
from bot.flows.schema import schema as made
from bot.measures import loader as measures
from bot.measures.fitting import misfits
from bot.prompts.distress import BrokenPhrasesError, phrases
from bot.settings import Settings

app = typer.Typer(help="The practices: begin, list, check, draw.", no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


@app.command("list")
def list_(*, as_json: _Json = False) -> None:
    """List the practices there are."""
    library = load(_places())
    if as_json:
        _print_lines(_listing(library))
        return
    table = Table("Name", "Title", "Minutes", "Turns", "Languages")
    for row in _listing(library):
        cells = (", ".join(cell) if isinstance(cell, list) else cell for cell in row.values())
        table.add_row(*(Text(str(cell)) for cell in cells))
    Console().print(table)
    if library.faults:
        typer.echo(left_out(library.faults))


@app.command()
def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A practice's YAML file, or a folder; all practices when left out."),
    ] = None,
    *,
    as_json: _Json = False,
) -> None:
    """Report every fault of every practice, with file, line and mend; notes are no faults."""
    faults, notes = _faults(path)
    if as_json:
        _print_lines(told_fault(fault) for fault in faults)
        _print_lines(told_fault(note) | {"note": True} for note in notes)
    else:
        for note in notes:
            typer.echo(f"Note: {_shortly(note.file)}, line {note.line}: {note.fault}.")
        if faults:
            print_faults(faults)
        else:
            typer.echo("All well: nothing to mend.")
    if faults:
        raise typer.Exit(1)


@app.command()
def draw(
    flow: Annotated[str, typer.Argument(help="A practice's name, or the path of its file.")],
) -> None:
    """Draw a practice as a Mermaid flowchart."""
    try:
        practice, library = find(flow, _places())
    except (NoSuchPracticeError, FaultyPracticeError) as wrong:
        _refuse(str(wrong))
    typer.echo(drawn(practice, library), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a practice's file."""
    typer.echo(made(), nl=False)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and single _.")],
    *,
    to: Annotated[
        Path | None,
        typer.Option(help="The folder; left out, the one that SKERRY_PRACTICES names."),
    ] = None,
    copied: Annotated[
        str, typer.Option("--from", help="A practice to copy, with its words.")
    ] = "",
) -> None:
    """Begin a practice: two small files, whole and ready to change."""
    places = _places()
    folder = to or next(iter(places), None)
    if folder is None:
        _refuse("Say into which folder: `--to my-practices`, or set SKERRY_PRACTICES.")
    try:
        library = load([place for place in {*places, folder} if place.is_dir()])
        made = begin(name, folder, library, library.practice(copied) if copied else None)
    except (NoBeginningError, NoSuchPracticeError, FaultyPracticeError) as wrong:
        _refuse(str(wrong))
    for file in made:
        typer.echo(f"Written: {file}")
    typer.echo(f"Next: change a sentence, then `skerry flows check {made[0]}`.")


def _places() -> list[Path]:
    """The folder of one's own practices, when there is one."""
    folder = _settings().practices
    return [Path(folder)] if folder else []


def _settings() -> Settings:
    with plainly():
        return read_settings()


def _faults(path: Path | None) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """All faults and notes, or those of what a path names and needs; measures' with them."""
    if path is None:
        places = _places()
        library, house, counted = load(places), house_words.check(), measures.load(places)
        faults = (*house.faults, *library.faults, *misfits(library, counted), *counted.faults)
        faults = (*map(_of_the_setting, faults), *_phrases())
        return faults, (*house.notes, *library.notes)
    if path.parent.name == measures.MEASURES:
        found = measures.load([path.parent.parent]).faults
        return tuple(fault for fault in found if Path(fault.file) == path), ()
    library = load([path])
    # What is counted may be said beside the practice, or with one's other practices.
    counted = measures.load([*_places(), path if path.is_dir() else path.parent])
    found = (*library.faults, *misfits(library, counted))
    within = [
        fault for fault in measures.load([path]).faults if Path(fault.file).is_relative_to(path)
    ]
    return (*_near(found, path), *within), _near(library.notes, path)


def _of_the_setting(fault: Fault) -> Fault:
    """A fault of the folder that SKERRY_PRACTICES names, when that is not there, said as such."""
    if fault.file not in map(str, _places()) or Path(fault.file).exists():
        return fault
    return replace(
        fault,
        line=0,
        fault="SKERRY_PRACTICES names this folder, and there is none",
        mend="Make the folder, or mend the setting.",
    )


def _phrases() -> tuple[Fault, ...]:
    """What is wrong with the file of phrases that SKERRY_DISTRESS names."""
    named = _settings().distress
    try:
        phrases(named)
    except BrokenPhrasesError as wrong:
        mend = f"{wrong.mend} SKERRY_DISTRESS names this file."
        return (Fault(file=named, line=wrong.line, fault=wrong.fault, mend=mend),)
    return ()


def _near(found: tuple[Fault, ...], path: Path) -> tuple[Fault, ...]:
    """What was found in files that are not the house's own, unless the path is within those."""
    ours = (shelves.FLOWS, shelves.PROMPTS)
    if any(path.resolve().is_relative_to(folder) for folder in ours):
        return found
    return tuple(
        each
        for each in found
        if not any(Path(each.file).is_relative_to(folder) for folder in ours)
    )


def _listing(library: Library) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "title": practice.flow.title,
            "minutes": practice.flow.minutes,
            "turns": len(practice.flow.turns),
            "languages": list(practice.languages),
        }
        for name, practice in sorted(library.practices.items())
    ]


def left_out(faults: Iterable[Fault]) -> str:
    """That something of one's own was left out, and how to see why."""
    names = sorted({fault.practice or Path(fault.file).stem for fault in faults})
    they_have = "they have" if len(names) > 1 else "it has"
    return (
        f"Left out, for {they_have} faults: {', '.join(names)}. See why with: skerry flows check"
    )


def told_fault(fault: Fault) -> dict[str, object]:
    """A fault for programs."""
    return {
        "file": fault.file,
        "line": fault.line or None,
        "fault": fault.fault,
        "mend": fault.mend,
    }


def _print_lines(rows: Iterable[dict[str, object]]) -> None:
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))


def print_faults(faults: tuple[Fault, ...]) -> None:
    """Show faults with where they are and what to do."""
    table = Table("Where", "What is wrong", "What to do", show_lines=True)
    for fault in faults:
        where = _shortly(fault.file) + (f", line {fault.line}" if fault.line else "")
        table.add_row(Text(where, overflow="fold"), Text(fault.fault), Text(fault.mend))
    Console().print(table)
    typer.echo(f"{len(faults)} to mend." if len(faults) > 1 else "One thing to mend.")


def _shortly(file: str) -> str:
    """A file's path from where one stands, when it is below."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def _refuse(line: str) -> NoReturn:
    typer.echo(line, err=True)
    raise typer.Exit(1)
