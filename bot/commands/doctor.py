"""`skerry doctor`: how each part of the house is, and what to do about it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.commands.looking import parts
from bot.commands.opening import opened, read_settings
from bot.commands.refusing import EXPLAINED, out, plainly, say_json
from bot.web import Part


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Look at every part; exit 1 when one is unwell."""
    found = [_python(), *_looked()]
    if as_json:
        for part in found:
            say_json({"part": part.part, "state": part.state, "detail": part.detail})
    else:
        table = Table("Part", "State", "Detail")
        for part in found:
            table.add_row(part.part, part.state, escape(part.detail))
        out.print(table)
    if not all(part.well for part in found):
        raise typer.Exit(1)


def _looked() -> tuple[Part, ...]:
    with plainly():
        settings = read_settings()
        try:
            with opened(settings) as house:
                return parts(house)
        except EXPLAINED as error:
            return (Part(part="opening", well=False, detail=str(error)),)


def _python() -> Part:
    version = sys.version.split()[0]
    return Part(part="python", well=True, detail=f"Python {version}.")
