"""Mailing: the file of invitations for a mail merge, which its owner alone may read."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from bot.commands.links import Links
from bot.commands.refusing import refuse
from bot.store.invitees import Invitee

#: What a spreadsheet takes for a formula, when a cell begins with it.
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")


def may_write(to: Path, file: Path) -> None:
    """Refuse, before anything is done, a file that cannot be written or is the list itself."""
    if to.exists() and to.samefile(file):
        refuse(f"{to} is the list itself. Name another file for the links.")
    if not to.parent.is_dir():
        refuse(f"There is no folder {to.parent}. Make it, or name another file.")
    if to.exists() and not to.is_file():
        refuse(f"{to} is no file. Name another one.")


def write(to: Path, invited: Iterable[Invitee], ways: Links) -> None:
    """Write the invitations for a mail merge, for its owner alone to read."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("reference", "cohort", "code", "telegram", "slack", "slack_words"))
    for each in invited:
        cells = (
            each.reference,
            each.cohort,
            each.code,
            ways.telegram(each.code),
            ways.slack,
            ways.in_words(each.code),
        )
        writer.writerow([_harmless(cell) for cell in cells])
    unfinished = to.with_name(f"{to.name}.{os.getpid()}.part")
    try:
        made = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="utf-8-sig", newline="") as file:
            file.write(text.getvalue())
        unfinished.replace(to)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        refuse(
            f"{to} cannot be written ({error.strerror}). The invitations are made: import the "
            "same list again with another file for --links."
        )


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
