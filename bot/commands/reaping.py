"""Reaping: a harvest read from the store, and written to files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bot.commands.files import write_bytes
from bot.commands.opening import Opened
from bot.commands.refusing import refuse
from bot.flows.faults import Fault
from bot.harvest.files import data, sheet
from bot.harvest.harvest import Harvest, Open
from bot.harvest.page import figures, page
from bot.measures.loader import load
from bot.measures.measure import said
from bot.settings import Settings
from bot.store import releases, shared

#: How a file's name may end.
ENDINGS = (".html", ".csv", ".json")


def places(settings: Settings) -> list[Path]:
    """The folder of one's own practices, when there is one."""
    return [Path(settings.practices)] if settings.practices else []


def faults(house: Opened) -> tuple[Fault, ...]:
    """What is wrong with practices and measures of one's own, so that some are left out."""
    return (*house.house.shelf.library.faults, *load(places(house.settings)).faults)


def reap(house: Opened, measure: str | None, since: date | None) -> Harvest:
    """What is told of one measure or of all; with one measure, no shared words."""
    known = load(places(house.settings)).measures
    with house.store.engine.connect() as conn:
        told = releases.all_of(conn, measure, since)
        counts = releases.open_counts(conn)
        words = shared.all_shared(conn, house.store.keys, since=since) if measure is None else ()
    titles = {each.measure.name: each.measure.title for each in told}
    titles |= {name: each.title for name, each in known.items()}
    counted = titles.keys() | {name for name, _, _ in counts}
    if measure is not None and measure not in counted:
        refuse(f"There is no measure {measure}. See them with: skerry harvest measures")
    return Harvest(
        releases=told,
        open=tuple(
            Open(measure=name, title=said(titles.get(name, name), "en"), groups=many, until=until)
            for name, many, until in counts
            if measure in {None, name}
        ),
        shared=words,
    )


def may_write(to: Path) -> None:
    """Refuse, before anything is done, what cannot be written."""
    if to.is_dir():
        return
    if to.suffix not in ENDINGS:
        refuse(f"{to} has no ending I know. Name a .html, .csv or .json file, or a folder.")
    if not to.parent.is_dir():
        refuse(f"There is no folder {to.parent}. Make it, or name another file.")


def contents(found: Harvest, to: Path, today: date) -> Mapping[Path, bytes]:
    """What each file is to hold."""
    if to.is_dir():
        drawn = {each.name: each.svg for each in figures(found) if each.svg}
        return {to / f"{name}.svg": svg.encode() for name, svg in drawn.items()}
    match to.suffix:
        case ".html":
            return {to: page(found, today).encode()}
        case ".csv":
            return {to: sheet(found).encode("utf-8-sig")}
        case _:
            return {to: data(found, today).encode()}


def write(files: Mapping[Path, bytes]) -> None:
    """Write every file, for whoever runs this alone: people's words may be in it."""
    for file, content in files.items():
        write_bytes(file, content, private=True)
