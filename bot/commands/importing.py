"""`skerry people import`: staff's own list of people, each with an invitation of their own."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy import Connection

from bot.commands import mailing, sheets
from bot.commands.links import links
from bot.commands.opening import New, Opened, opened, read_settings
from bot.commands.printing import many, persons
from bot.commands.refusing import out, plainly, say_json
from bot.commands.sheets import Fault, Line
from bot.requests import planning
from bot.store import cohorts, dues, invitees, rhythms
from bot.store.invitees import Invitee, Kept
from scheduler.tick import now

#: What a column may be called.
_NAMES: Mapping[str, str] = {
    "reference": "reference",
    "ref": "reference",
    "cohort": "cohorts",
    "cohorts": "cohorts",
    "id": "id",
    "participant": "id",
}
_REQUIRED = {"reference", "cohorts"}
#: How many people are planned for in one transaction.
_CHUNK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the list."""

    number: int
    reference: str
    cohorts: tuple[str, ...]
    #: Who it is, when they take part already; empty for somebody to be invited.
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a list."""

    kept: Kept
    #: How many people who take part were put into a cohort.
    joined: int
    #: Cohorts that were not there before.
    new_cohorts: tuple[str, ...]
    invited: tuple[Invitee, ...]


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns reference and cohort.")],
    *,
    to: Annotated[
        Path | None,
        typer.Option("--links", help="Write each invitation into this CSV, for a mail merge."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for programs.")
    ] = False,
) -> None:
    """Invite each person of a list by a link of their own; importing it again changes nothing."""
    with plainly():
        sheet = sheets.read(file, _NAMES, _REQUIRED)
        rows, faults = sheet.each(_row)
        faults += _twice(rows)
        if to is not None:
            mailing.may_write(to, file)
        with opened(read_settings(), New.TOLD) as house:
            with house.store.engine.connect() as conn:
                faults += _nobodies(conn, rows)
                ways = links(conn, house.settings)
            if faults:
                _refuse(file, faults, as_json=as_json)
            done = house.store.writer.submit(lambda conn: _import(conn, rows)).result()
            if not isinstance(done, Imported):
                _refuse(file, done, as_json=as_json)
            _plan(house, [row.id for row in rows if row.id])
    if to is not None:
        mailing.write(to, done.invited, ways)
    if as_json:
        say_json(_told(done, sheet.guessed, to))
        return
    _print(done, to)
    if sheet.guessed:
        out.print(
            f"{file} is not Unicode, so it was read as Excel on Windows saves: look whether "
            "names with accents are right.",
            markup=False,
        )


def _row(line: Line) -> Row:
    reference = _plain(line.cells["reference"], "reference", invitees.LONGEST)
    names = tuple(
        dict.fromkeys(
            _plain(name, "cohort", cohorts.LONGEST)
            for name in line.cells["cohorts"].split(";")
            if name.strip()
        )
    )
    if not names:
        raise ValueError("the cohort is missing")
    someone = line.cells.get("id", "").lower()
    if not someone and len(names) > 1:
        raise ValueError(
            f"it names {len(names)} cohorts, and an invitation leads into one: name that, and "
            "the others once they take part, with their id"
        )
    return Row(number=line.number, reference=reference, cohorts=names, id=someone)


def _plain(text: str, what: str, longest: int) -> str:
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    if not plain:
        raise ValueError(f"the {what} is missing")
    if len(plain) > longest:
        raise ValueError(f"the {what} is longer than {longest} letters")
    if not plain.isprintable():
        raise ValueError(f"the {what} has signs in it that cannot be printed")
    return plain


def _twice(rows: Sequence[Row]) -> list[Fault]:
    """The rows of somebody who stands in the list before."""
    faults: list[Fault] = []
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        for what, name in (("reference", row.reference), ("id", row.id)):
            first = lines.setdefault((what, name), row.number) if name else row.number
            if first != row.number:
                told = f"the {what} {name} stands in line {first} already"
                faults.append(Fault(line=row.number, what=told))
    return faults


def _nobodies(conn: Connection, rows: Sequence[Row]) -> list[Fault]:
    """The rows whose ids are nobody's."""
    here = [row for row in rows if row.id]
    known: set[str] = set()
    for some in _chunks([row.id for row in here], rhythms.CHUNK):
        known |= cohorts.present(conn, some)
    return [
        Fault(line=row.number, what=f"nobody has the id {row.id} (skerry people list --json)")
        for row in here
        if row.id not in known
    ]


def _refuse(file: Path, faults: Sequence[Fault], *, as_json: bool) -> NoReturn:
    """Say all that is wrong; nothing was done."""
    if not as_json:
        sheets.faulty(file, faults)
    for each in sorted(faults):
        say_json({"file": str(file), "line": each.line, "fault": each.what})
    raise typer.Exit(1)


def _import(conn: Connection, rows: Sequence[Row]) -> Imported | list[Fault]:
    """Do all of it; or nothing, when somebody of it is no longer there."""
    at = now()
    if faults := _nobodies(conn, rows):
        return faults
    here = [row for row in rows if row.id]
    before = cohorts.sizes(conn)
    rooms = {
        name: cohorts.make(conn, name, at)
        for name in sorted({name for row in here for name in row.cohorts})
    }
    joined = {
        row.id
        for row in here
        for name in row.cohorts
        if cohorts.join(conn, rooms[name], row.id, at)
    }
    wanted = {row.reference: row.cohorts[0] for row in rows if not row.id}
    kept = invitees.keep(conn, wanted, at)
    invited = invitees.all_of(conn)
    return Imported(
        kept=kept,
        joined=len(joined),
        new_cohorts=tuple(sorted(cohorts.sizes(conn).keys() - before.keys())),
        invited=tuple(invited[row.reference] for row in rows if not row.id),
    )


def _plan(house: Opened, ids: Sequence[str]) -> None:
    """Plan what comes next for people who are in other cohorts now; done twice, it is the same."""
    for some in _chunks(ids, _CHUNK):
        house.store.writer.submit(lambda conn, some=some: _plan_some(conn, some)).result()  # type: ignore[misc]


def _plan_some(conn: Connection, ids: Sequence[str]) -> None:
    """Only where nothing comes yet: what was put off in another campaign is left as it is."""
    people = rhythms.held(conn, ids)
    planned = {(campaign, whose) for campaign, _, whose in dues.prompts_of(conn, ids)}
    for each in planning.running(conn):
        new = [one for one in people if (each.started.name, one.id) not in planned]
        if each.campaign.audience.cohorts and new:
            planning.plan(conn, new, [each], now())


def _told(done: Imported, guessed: bool, to: Path | None) -> dict[str, object]:
    return {
        "invited": done.kept.made,
        "moved": done.kept.moved,
        "unchanged": done.kept.stayed,
        "followed": done.kept.followed,
        "joined": done.joined,
        "new_cohorts": list(done.new_cohorts),
        "guessed": guessed,
        "links": str(to) if to else None,
    }


def _print(done: Imported, to: Path | None) -> None:
    kept = done.kept
    out.print(f"{kept.made} invited, {kept.stayed} invited before.")
    if kept.moved:
        out.print(
            f"{many(kept.moved, 'invitation leads', 'invitations lead')} into another cohort now."
        )
    if kept.followed:
        out.print(
            f"{many(kept.followed, 'invitation was', 'invitations were')} followed already, and "
            "nobody was moved: put people into another cohort with their id."
        )
    if done.joined:
        joined = persons(done.joined, "who takes part was", "who take part were")
        out.print(f"{joined} put into a cohort.")
    if done.new_cohorts:
        out.print(f"New cohorts: {', '.join(done.new_cohorts)}", markup=False)
    if to:
        out.print(
            f"The links are in {to}. Whoever has one can follow it: send each to one "
            "person, then delete the file.",
            markup=False,
        )
    elif kept.made:
        out.print("For the links, import the same list again with --links FILE.csv")


def _chunks(things: Sequence[str], size: int) -> Collection[Sequence[str]]:
    return [things[begin : begin + size] for begin in range(0, len(things), size)]
