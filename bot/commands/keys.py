"""`skerry keys`: the master key changed for a new one."""

from __future__ import annotations

import typer

from bot.commands.opening import key_file, opened, read_settings
from bot.commands.printing import many
from bot.commands.refusing import out, plainly, refuse
from bot.trust import master

app = typer.Typer(help="The master key: rotate.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """Keep `rotate` a word of its own while there is only one."""


@app.command()
def rotate() -> None:
    """Wrap every person's key with a new master key; safe to repeat, also while Skerry runs."""
    with plainly():
        settings = read_settings()
        written = settings.master_key.get_secret_value()
        if written and not settings.master_key_previous.get_secret_value():
            refuse(
                "The master key comes from SKERRY_MASTER_KEY. Put the new key there and the "
                "present one in SKERRY_MASTER_KEY_PREVIOUS, then run this again."
            )
        with opened(settings) as house:
            if written:
                count = house.store.keys.rotate(master.from_text(written))
                after = "SKERRY_MASTER_KEY_PREVIOUS is no longer needed."
            else:
                path = key_file(settings)
                count = house.store.keys.rotate(master.begin_change(path))
                master.end_change(path)
                after = (
                    f"The new key is in {path}. Back it up; the old one opens nothing any more."
                )
    out.print(
        f"Done: {many(count, 'key is', 'keys are')} wrapped with the new master key. {after}"
    )
