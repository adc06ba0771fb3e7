"""Tables and counts as commands print them: without lines, and without a word cut short."""

from __future__ import annotations

from rich.table import Table


def many(count: int, one: str, several: str = "") -> str:
    """So many of something: `1 person`, `0 people`; with an `s` when no other form is given."""
    return f"1 {one}" if count == 1 else f"{count:,} {several or one + 's'}"


def persons(count: int, does: str = "", do: str = "") -> str:
    """So many people, with what one does and what several do: `1 person is`, `2 people are`."""
    return many(count, f"person {does}".rstrip(), f"people {do}".rstrip())


def table(*names: str) -> Table:
    """A table without lines; a column whose name begins with `>` is of numbers.

    The first column is never broken: it is what one types elsewhere.
    """
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, name in enumerate(names):
        right = name.startswith(">")
        made.add_column(
            name.removeprefix(">"),
            justify="right" if right else "left",
            overflow="fold",
            no_wrap=number == 0,
        )
    return made
