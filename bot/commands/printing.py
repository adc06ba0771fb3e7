"""Tables as commands print them: without lines, and without a word cut short."""

from __future__ import annotations

from rich.table import Table


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
