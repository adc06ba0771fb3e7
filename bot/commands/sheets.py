"""Sheets: a table of people as a spreadsheet saves it (CSV), read into rows with their lines.

How it is written is found out: UTF-8, UTF-16 with its mark, or Windows-1252 as Excel saves it;
commas, semicolons or tabs between the cells. What cannot be read is refused in one line.
"""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import NoReturn, TypeVar

from bot.commands.printing import many
from bot.commands.refusing import refuse

T = TypeVar("T")

#: The most bytes of a file: a hundred times as many people as anybody has.
MOST_BYTES = 16 * 1024 * 1024
#: What Excel on Windows writes where it does not write UTF-8.
WINDOWS = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (",", ";", "\t")
#: So many faults are told one by one.
_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a sheet: where it begins in the file, and its cells by what they mean."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """What is wrong with one row."""

    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table that was read."""

    path: Path
    lines: tuple[Line, ...]
    #: True when it was taken to be Windows-1252, because it is not Unicode.
    guessed: bool

    def each(self, reading: Callable[[Line], T]) -> tuple[list[T], list[Fault]]:
        """Read every row; with those that can be read, a fault for each that raises ValueError."""
        found: list[T] = []
        faults: list[Fault] = []
        for line in self.lines:
            try:
                found.append(reading(line))
            except ValueError as wrong:
                faults.append(Fault(line=line.number, what=str(wrong)))
        return found, faults


def faulty(path: Path, faults: Iterable[Fault]) -> NoReturn:
    """Refuse a file for all that is wrong with its rows."""
    every = [f"line {each.line}: {each.what}" for each in sorted(faults)]
    more = len(every) - _MOST_FAULTS
    rest = f"; and {more} more" if more > 0 else ""
    refuse(f"{path}, {'; '.join(every[:_MOST_FAULTS])}{rest}.")


def read(path: Path, names: Mapping[str, str], required: Iterable[str]) -> Sheet:
    """The rows of a file whose columns may have these names; refuses what cannot be read.

    Empty rows do not count. A row may end early: the cells it lacks are empty.
    """
    text, guessed = _text(path)
    rows = list(_rows(path, text))
    if len(rows) < 2:  # noqa: PLR2004 - The columns, and one row.
        refuse(f"{path} names nobody. Write one line for each person, below the line of columns.")
    columns = _columns(path, rows[0][1], names, set(required))
    faults = [
        Fault(
            line=number,
            what=(
                f"it has {many(len(cells), 'cell')}, and the first line has "
                f"{many(len(columns), 'column')}"
            ),
        )
        for number, cells in rows[1:]
        if any(cells[len(columns) :])
    ]
    if faults:
        faulty(path, faults)
    lines = (
        Line(number=number, cells=dict.fromkeys(columns, "") | _by_name(columns, cells))
        for number, cells in rows[1:]
    )
    return Sheet(path=path, lines=tuple(lines), guessed=guessed)


def _by_name(columns: list[str], cells: list[str]) -> dict[str, str]:
    return dict(zip(columns, cells, strict=False))


def _text(path: Path) -> tuple[str, bool]:
    """The file's text, and whether how it is written had to be guessed."""
    content = _content(path)
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    guessed = False
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text, guessed = content.decode(WINDOWS if encoding == "utf-8" else encoding), True
        except UnicodeDecodeError:
            _unreadable(path)
    if "\x00" in text:
        _unreadable(path)
    return unicodedata.normalize("NFC", text), guessed


def _content(path: Path) -> bytes:
    if not path.is_file():
        refuse(f"{path} is no file. Name the file that your spreadsheet saved as CSV.")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        refuse(f"{path} cannot be read ({error.strerror}). Name another file.")
    if len(content) > MOST_BYTES:
        refuse(
            f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB. Keep the columns that are "
            "needed, or divide it into several files."
        )
    return content


def _unreadable(path: Path) -> NoReturn:
    refuse(f"{path} cannot be read as CSV. Save it from your spreadsheet as CSV UTF-8.")


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that have something in them, each with the line where it begins."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            refuse(
                f"{path}, line {begins}: a quotation mark is not closed, or a cell is far too "
                "long. Mend that line, or save the file from your spreadsheet anew."
            )
        plain = [" ".join(cell.split()) for cell in cells]
        if any(plain):
            yield begins, plain


def _separator(text: str) -> str:
    """Whichever separator is most in the line of columns, quotations left out."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(_SEPARATORS, key=bare.count)


def _columns(
    path: Path, header: list[str], names: Mapping[str, str], required: set[str]
) -> list[str]:
    """What each column means; refuses those that nobody knows, that are missing or there twice."""
    while header and not header[-1]:
        header.pop()
    meant = [names.get(name.lower(), "") for name in header]
    if missing := required - set(meant):
        add = "it" if len(missing) == 1 else "them"
        refuse(f"{path} has no column {' and no column '.join(sorted(missing))}. Add {add}.")
    for name, known in zip(header, meant, strict=True):
        if not known:
            refuse(
                f"{path}: nobody knows the column {name or 'without a name'}. Take it out, or "
                "name it otherwise."
            )
        if meant.count(known) > 1:
            refuse(f"{path} has the column {known} twice, as {name}. Take one of them out.")
    return meant
