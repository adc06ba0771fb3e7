"""`skerry festivals`: the events that campaigns go by, with their sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.campaigns import programme
from bot.commands.chosen import day_of
from bot.commands.feeds import host_of
from bot.commands.files import read_bytes, write_bytes
from bot.commands.moving import Yes, change_to, known
from bot.commands.opening import New, Opened, opened, read_settings
from bot.commands.printing import many, table
from bot.commands.refusing import out, plainly, refuse, say_json
from bot.diaries import writing
from bot.diaries.faults import DiaryError
from bot.diaries.merging import Merge, merge
from bot.diaries.reading import read
from bot.requests import festivals
from bot.store import campaigns
from bot.store import festivals as kept
from scheduler.festival import Festival, Session, Status
from scheduler.tick import now

app = typer.Typer(help="Festivals: their dates and sessions.", no_args_is_help=True)
_Name = Annotated[str, typer.Argument(help="The festival's name, from `skerry festivals list`.")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]

#: What each part of a session may be.
_SESSION = {
    "id": "A session's name has small letters, digits and single _ or -, up to 40.",
    "starts": "Write it as '2027-02-08 09:30'.",
    "minutes": "Write how many minutes it is, from 1 to 1440.",
    "title": "A title has 1 to 200 letters.",
    "host": "Write at most 200 letters.",
}


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="A name of small letters, digits and _.")],
    *,
    opens: Annotated[str, typer.Option("--opens", help="Its first day, as 2027-02-08.")],
    closes: Annotated[str, typer.Option("--closes", help="Its last day.")],
    title: Annotated[str, typer.Option("--title", help="What people call it.")] = "",
    zone: Annotated[str, typer.Option("--zone", help="Its time zone.")] = "",
) -> None:
    """Make a festival by its dates; sessions may come later."""
    with plainly(), opened(read_settings(), New.TOLD) as house:
        with house.store.engine.connect() as conn:
            if festivals.get(conn, name) is not None:
                refuse(
                    f"There is a festival {name} already. Move it with: skerry campaigns move "
                    f"{name} --opens DATE"
                )
        made = {
            "name": name,
            "title": title or name.replace("_", " ").capitalize(),
            "opens": day_of(opens),
            "closes": day_of(closes),
            "zone": zone or house.settings.time_zone,
        }
        try:
            festival = Festival.model_validate(made)
        except ValidationError as wrong:
            key = wrong.errors()[0]["loc"][0]
            refuse(
                f"{made[str(key)]} cannot be its {key}. A name has small letters, digits and "
                "single _, up to 40; a title has 1 to 60 letters."
            )
        _free(house, name)
        change_to(house, None, festival)


@app.command("set")
def set_(
    file: Annotated[Path, typer.Argument(help="The festival's YAML file.")], *, yes: Yes = False
) -> None:
    """Keep a festival as its file says, new or changed; what goes by it is planned anew."""
    with plainly(), opened(read_settings(), New.TOLD) as house:
        try:
            festival = programme.read(file)
        except programme.FaultyFestivalError as wrong:
            refuse(
                "\n".join(
                    f"{each.file}, line {each.line}: {each.fault}. {each.mend}"
                    for each in wrong.faults
                )
            )
        with house.store.engine.connect() as conn:
            held = festivals.get(conn, festival.name)
        _free(house, festival.name)
        change_to(house, held, festival, yes=yes)


@app.command("list")
def list_(*, as_json: _Json = False) -> None:
    """List the festivals."""
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        rows = [
            (each, festivals.get(conn, each.name), campaigns.of_festival(conn, each.name))
            for each in kept.all_of(conn)
        ]
    shown = table("Name", "Title", "Opens", "Closes", "Zone", "Sessions", "Campaigns")
    for each, found, going in rows:
        if found is None:  # pragma: no cover - It was there a moment ago.
            continue
        row = (each.name, each.title, str(found.opens), str(found.closes), found.zone)
        names = ", ".join(one.name for one in going)
        if as_json:
            say_json(
                dict(zip(("name", "title", "opens", "closes", "zone"), row, strict=True))
                | {"sessions": len(found.sessions), "campaigns": [one.name for one in going]}
            )
        shown.add_row(*row, str(len(found.sessions)), names)
    if not as_json:
        out.print(shown if rows else "There is no festival. Make one with: skerry festivals new")


@app.command()
def show(festival: _Name, *, as_json: _Json = False) -> None:
    """Show a festival's days and sessions, on its own clock."""
    with plainly(), opened(read_settings()) as house:
        found = known(house, festival)
    if as_json:
        say_json(found.model_dump(mode="json"))
        return
    out.print(f"{found.title}, {found.zone}", markup=False)
    shown = table("Day", "From", "To", "Session", "Title", "Host", "Places", "Status")
    days = {day: number for number, day in enumerate(found.days, 1)}
    for each in sorted(found.sessions, key=lambda session: (session.starts, session.id)):
        day = days.get(each.starts.date())
        shown.add_row(
            f"{day or 'outside'} ({each.starts:%a %d %b %Y})",
            f"{each.starts:%H:%M}",
            f"{each.ends:%H:%M}" if each.ends else f"{each.minutes} min",
            each.id,
            each.title,
            each.host,
            str(each.capacity or ""),
            each.status,
        )
    held = {each.starts.date() for each in found.sessions}
    for date, number in days.items():
        if date not in held:
            shown.add_row(f"{number} ({date:%a %d %b %Y})", "", "", "", "no session yet")
    out.print(shown, soft_wrap=False)


@app.command()
def session(  # noqa: PLR0913 - What may change about one, each by its name.
    festival: _Name,
    session_: Annotated[str, typer.Argument(metavar="SESSION", help="The session's name.")],
    *,
    status: Annotated[Status | None, typer.Option("--status", help="How far it is.")] = None,
    starts: Annotated[
        str | None, typer.Option("--starts", help="When it starts, as '2027-02-08 09:30'.")
    ] = None,
    minutes: Annotated[int | None, typer.Option("--minutes", help="How long it is.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="What people call it.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Who holds it.")] = None,
    yes: Yes = False,
) -> None:
    """Change one session of a festival, or add it: cancel it, postpone it, move it."""
    with plainly(), opened(read_settings()) as house:
        held = known(house, festival)
        before = next((each for each in held.sessions if each.id == session_), None)
        given: dict[str, object] = {
            "status": status,
            "starts": starts,
            "minutes": minutes,
            "title": title,
            "host": host,
        }
        changes = {key: value for key, value in given.items() if value is not None}
        if before is None and not {"title", "starts"} <= changes.keys():
            refuse(
                f"{festival} has no session {session_}. To add it, give at least --title and "
                f"--starts. See its sessions with: skerry festivals show {festival}"
            )
        if not changes:
            refuse("Nothing is to be changed. Give --status, --starts, --minutes or the like.")
        if {"starts", "minutes"} & changes.keys():
            changes["ends"] = None
        whole = (before.model_dump() if before else {"id": session_}) | changes
        if before and before.ends and "minutes" not in changes and "starts" in changes:
            whole["minutes"] = max(1, int((before.ends - before.starts).total_seconds()) // 60)
        try:
            after = Session.model_validate(whole)
        except ValidationError as wrong:
            key = wrong.errors()[0]["loc"][0]
            refuse(f"{whole.get(str(key))} cannot be its {key}. {_SESSION[str(key)]}")
        others = [each for each in held.sessions if each.id != session_]
        sessions = (
            [after if each.id == session_ else each for each in held.sessions]
            if before
            else [*others, after]
        )
        change_to(house, held, _with(held, sessions), yes=yes)


@app.command("import")
def import_(
    festival: _Name,
    file: Annotated[Path, typer.Argument(help="A calendar file (.ics).")],
    *,
    yes: Yes = False,
) -> None:
    """Take the sessions of a calendar file in: new ones, changed ones, cancelled ones."""
    with plainly(), opened(read_settings()) as house:
        held = known(house, festival)
        content = read_bytes(file)
        try:
            found = read(content, zone=held.zone, first=held.first, last=held.last)
            merged = merge(held, found)
        except DiaryError as wrong:
            refuse(f"{file}: {wrong}")
        _report(merged)
        for line in found.left_out:
            out.print(f"Left out: {line}", markup=False)
        if found.outside:
            out.print(f"Left out: {found.outside} on other days than the festival's.")
        if not merged.changes:
            # A higher SEQUENCE is kept all the same: what is older from now on is left alone.
            house.store.writer.submit(
                lambda conn: festivals.note(conn, merged.festival, now())
            ).result()
            out.print("Nothing in it is other than before.")
            return
        change_to(house, held, merged.festival, yes=yes)


@app.command()
def export(
    festival: _Name,
    *,
    ics: Annotated[Path, typer.Option("--ics", help="The calendar file to write.")],
) -> None:
    """Write a festival's programme as a calendar file."""
    with plainly(), opened(read_settings()) as house:
        found = known(house, festival)
        with house.store.engine.connect() as conn:
            standing = kept.get(conn, festival)
        sequence = standing.revision if standing else 0
        content = writing.programme(found, sequence, now=now(), host=host_of(house))
        write_bytes(ics, content)
    out.print(f"{many(len(found.sessions), 'session is', 'sessions are')} in {ics}.", markup=False)


def _with(held: Festival, sessions: list[Session]) -> Festival:
    """The festival with other sessions; refuses more than it holds."""
    try:
        return Festival.model_validate(
            held.model_dump() | {"sessions": [each.model_dump() for each in sessions]}
        )
    except ValidationError:
        refuse("A festival has at most 500 sessions. Take one out first.")


def _free(house: Opened, name: str) -> None:
    """Refuse a name that a campaign has."""
    with house.store.engine.connect() as conn:
        if campaigns.get(conn, name) is not None:
            refuse(f"A campaign is named {name}. Give the festival another name.")


def _report(merged: Merge) -> None:
    """What a calendar file brings, by number and title."""
    told = {
        "New": merged.new,
        "Changed": merged.changed,
        "Cancelled": merged.cancelled,
        "As before": merged.unchanged,
        "Older there than here, left as it is": merged.older,
        "Not in the file, stays": merged.left,
        "Cancelled or postponed here, stays so": merged.stays_off,
        "Made here, stays as it is": merged.by_hand,
    }
    for what, titles in told.items():
        if titles:
            more = f" and {len(titles) - 5} more" if len(titles) > 5 else ""  # noqa: PLR2004
            out.print(f"{what}: {len(titles)} ({', '.join(titles[:5])}{more})", markup=False)
