"""`skerry people invite` and `skerry people cohorts`: ways into cohorts, and how they are used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from bot.commands import qr
from bot.commands.links import Links, links
from bot.commands.opening import New, opened, read_settings
from bot.commands.refusing import out, plainly, refuse, say_json
from bot.store import cohorts
from bot.store.cohorts import Invitation, Known
from scheduler.tick import now

_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
_DATE = "%d %b %Y"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Poster:
    """A QR code that is to be written."""

    #: `telegram` or `slack`.
    platform: str
    file: Path


def invite(
    cohort: Annotated[str, typer.Argument(help="The cohort they join; a new name makes one.")],
    *,
    days_: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="For how many days it is open.")
    ] = None,
    most: Annotated[
        int | None,
        typer.Option("--most", min=1, max=1_000_000, help="How many people it lets in."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--qr", help="Draw its link as a QR code into this .svg or .png file."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Make an invitation: whoever follows its link joins the cohort."""
    name = named(cohort)
    at = now()
    ends_at = at + timedelta(days=days_) if days_ else None
    with plainly(), opened(read_settings(), New.TOLD) as house:
        with house.store.engine.connect() as conn:
            ways = links(conn, house.settings)
        posters = _posters(file, ways) if file else ()
        made = house.store.writer.submit(
            lambda conn: cohorts.invite(conn, name, now=at, ends_at=ends_at, capacity=most)
        ).result()
    for each in posters:
        _draw(each, ways, made)
    if as_json:
        say_json(_told(made, ways, posters))
        return
    _print(made, ways)
    for each in posters:
        out.print(f"{each.file} is the QR code for {_what(each.platform)}.", markup=False)


def named(cohort: str) -> str:
    """A cohort's name as it is kept; refuses what cannot be one."""
    name = " ".join(cohort.split())
    if not name:
        refuse('The cohort has no name. Write one, in quotation marks: "Spring gathering"')
    if len(name) > cohorts.LONGEST or not name.isprintable():
        refuse(f"A cohort's name has 1 to {cohorts.LONGEST} letters. Write a shorter one.")
    return name


def _posters(file: Path, ways: Links) -> tuple[_Poster, ...]:
    """The files to be drawn; refuses, before anything is made, what cannot be drawn or written."""
    if file.suffix.lower() not in qr.KINDS:
        refuse(f"{file} is neither .svg nor .png. A QR code is drawn as one of these.")
    platforms = [name for name, there in (("telegram", ways.bot), ("slack", ways.slack)) if there]
    if not platforms:
        why = _NO_LINK_SLACK if ways.in_slack else "start Skerry with a Telegram token first"
        refuse(f"There is no link to draw yet: {why}. Without --qr, you get words to type.")
    alone = len(platforms) == 1
    found = tuple(
        _Poster(platform=name, file=file if alone else qr.beside(file, name)) for name in platforms
    )
    for each in found:
        if not each.file.parent.is_dir():
            refuse(f"There is no folder {each.file.parent}. Make it, or name another file.")
        if each.file.exists():
            refuse(f"{each.file} is there already. Name another file; nothing was made.")
    return found


_NO_LINK_SLACK = "the id of your app in Slack is not known, and no Telegram bot either"


def _draw(poster: _Poster, ways: Links, made: Invitation) -> None:
    link = ways.telegram(made.code) if poster.platform == "telegram" else ways.slack
    title = f"Invitation into {made.cohort}, in {poster.platform.title()}"
    try:
        with poster.file.open("xb") as file:
            file.write(qr.drawn(link, poster.file.suffix.lower(), title))
    except OSError as error:
        refuse(
            f"{poster.file} cannot be written ({error.strerror}). The invitation is made: its "
            f"code is {made.code}."
        )


def _what(platform: str) -> str:
    if platform == "telegram":
        return "Telegram: it opens the chat, and they are in the cohort"
    return "Slack: it opens the chat, where they type the words above"


def _told(made: Invitation, ways: Links, posters: tuple[_Poster, ...]) -> dict[str, object]:
    return {
        "cohort": made.cohort,
        "code": made.code,
        "telegram": ways.telegram(made.code) or None,
        "slack": ways.slack or None,
        "slack_words": ways.in_words(made.code),
        "ends": _instant(made.ends_at),
        "most": made.capacity,
        "qr": {each.platform: str(each.file) for each in posters},
    }


def _print(made: Invitation, ways: Links) -> None:
    who = f"The first {made.capacity} who follow" if made.capacity else "Whoever follows"
    join = "join" if made.capacity and made.capacity > 1 else "joins"
    if made.capacity == 1:
        who = "The first one who follows"
    out.print(f"{who} this {join} {made.cohort}:", markup=False)
    bot = ways.telegram(made.code) or "no link yet: start Skerry with a Telegram token first"
    out.print(f"  Telegram  {bot}", markup=False)
    out.print(f"            or by hand: {ways.by_hand(made.code)}", markup=False)
    out.print(f"  Slack     {ways.in_words(made.code)}", markup=False)
    if ways.slack:
        out.print(
            f"            to be typed in the chat that this opens: {ways.slack}", markup=False
        )
    elif ways.in_slack:
        out.print("            (no link: the id of your app in Slack is not known)", markup=False)


def cohorts_(*, as_json: _Json = False) -> None:
    """List the cohorts: how many are in each, and how its invitations are used."""
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        found = cohorts.everything(conn)
    at = now()
    if as_json:
        for known in found:
            say_json(_known(known, at))
        return
    if not found:
        out.print("There is no cohort yet. Make one with: skerry people invite COHORT")
        return
    table = Table("Cohort", Column("People", justify="right"), "Invitation", "Followed", "Ends")
    for known in found:
        for number, row in enumerate(list(_rows(known, at)) or [("none", "", "")]):
            first = (escape(known.name), str(known.people)) if number == 0 else ("", "")
            table.add_row(*first, *row)
    out.print(table)


def _rows(known: Known, at: datetime) -> Iterator[tuple[str, str, str]]:
    for each in known.invitations:
        used = f"{each.used} of {each.capacity}" if each.capacity else str(each.used)
        yield each.code, used, _ends(each, at)
    if known.personal:
        yield "one for each person", f"{known.personal_used} of {known.personal}", ""


def _ends(each: Invitation, at: datetime) -> str:
    if each.ends_at is None:
        return "never"
    return f"{'ended' if each.ends_at <= at else ''} {each.ends_at:{_DATE}}".strip()


def _known(known: Known, at: datetime) -> dict[str, object]:
    return {
        "cohort": known.name,
        "people": known.people,
        "invitations": [
            {
                "code": each.code,
                "used": each.used,
                "most": each.capacity,
                "ends": _instant(each.ends_at),
                "open": (each.ends_at is None or each.ends_at > at)
                and (each.capacity is None or each.used < each.capacity),
            }
            for each in known.invitations
        ],
        "personal": known.personal,
        "personal_used": known.personal_used,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
