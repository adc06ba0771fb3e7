"""`skerry backup` and `skerry restore`: the rows, and apart from them the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from bot.commands.files import has_folder
from bot.commands.opening import New, keys_url, make_data_folder, masters, opened, read_settings
from bot.commands.printing import many, persons
from bot.commands.refusing import err, out, plainly, refuse
from bot.store import backup as rows
from bot.store.lock import sole
from bot.trust import keybackup
from scheduler.tick import now

_Keys = Annotated[
    Path | None,
    typer.Option("--keys", help="A second file, for the key store. Delete it within 7 days."),
]
_File = Annotated[Path, typer.Argument(help="The backup's file.")]


def backup(file: _File, *, keys: _Keys = None) -> None:
    """Write a consistent copy of everything while Skerry runs; words in it stay sealed."""
    with plainly(), opened(read_settings()) as house:
        if keys is not None:
            _may_hold_keys(keys, file)
        with _progress() as progress:
            count = rows.backup(house.store.engine, file, progress)
        if keys is not None:
            keybackup.backup_keys(house.store.keys, keys, now())
    out.print(
        f"{many(count, 'row is', 'rows are')} in {file}. "
        "Without the key store and the master key it is closed."
    )
    if keys is not None:
        out.print(f"The key store is in {keys}. Keep it apart, and delete it within 7 days.")


def restore(file: _File, *, keys: _Keys = None) -> None:
    """Bring a backup back into an empty database."""
    with plainly():
        settings = read_settings()
        rows.look_at(file)  # Refuses before anything is made.
        if keys is not None:
            keybackup.look_at(keys, now())
            make_data_folder(settings)
            masters(settings, empty=False)  # Refuses before anything is put back.
            keybackup.restore_keys(keys, keys_url(settings), now())
        with (
            opened(settings, New.MADE) as house,
            sole(house.store.engine),
            _progress() as progress,
        ):
            done = rows.restore(file, house.store.engine, house.store.keys, now(), progress)
    out.print(f"{many(done.rows, 'row is', 'rows are')} back.")
    waited = many(done.expired, "message that waited then is", "messages that waited then are")
    out.print(f"{waited} not sent any more.")
    if done.swept:
        swept = persons(done.swept)
        out.print(f"{swept} had asked to be forgotten since: their rows are deleted.")
    if done.circles:
        gone = many(done.circles, "circle has", "circles have")
        out.print(f"{gone} no key any more: the rows are deleted.")


def _may_hold_keys(keys: Path, file: Path) -> None:
    """Refuse, before anything is written, a second file that cannot be."""
    if keys.absolute() == file.absolute():
        refuse("Words and keys go into two files, to be kept apart. Name another with --keys.")
    if keys.exists():
        refuse(f"There is a file {keys} already. Name another with --keys.")
    has_folder(keys)


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """Show how many rows of which table are done, to whoever looks on in a terminal."""
    with Progress(
        "{task.description}",
        "{task.completed} rows",
        console=err,
        disable=not err.is_terminal,
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(table: str, count: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=None)
            bar.update(tasks[table], completed=count)

        yield tell
