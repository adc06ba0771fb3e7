"""Connecting: the words' database opened, and its schema brought up to this program's.

StoreError (from `bot.trust.databases`)
    NewerError
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.trust.databases import (
    StoreError,
    engine,
    has_file,
    hold_schema,
    make_file,
    name_of,
    plain_faults,
    writing,
)

__all__ = ["NewerError", "StoreError", "connect", "head", "is_there", "revision_of", "upgrade"]

_MIGRATIONS = Path(__file__).parent / "migrations"


class NewerError(StoreError):
    """The database was written by a newer program."""


def connect(url: str) -> Engine:
    """Open the words' database, made and upgraded as need be; raises StoreError."""
    made = engine(url)
    try:
        make_file(made)
        upgrade(made)
    except BaseException:
        made.dispose()
        raise
    return made


def is_there(url: str) -> bool:
    """Whether a database has tables of ours; makes none, and no file. Raises StoreError."""
    made = engine(url)
    try:
        return has_file(made) and revision_of(made) is not None
    finally:
        made.dispose()


def upgrade(made: Engine) -> None:
    """Bring the schema up to this program's; raises StoreError, NewerError among them.

    Two processes may do so at once: one waits for the other.
    """
    with plain_faults(made), writing(made).begin() as conn:
        hold_schema(conn)
        found = _revision(conn)
        if found == head():
            return
        if found is not None and found not in _known():
            raise NewerError(
                f"{name_of(made)} was written by a newer Skerry (its schema is {found}). "
                "Run that version, or a newer one."
            )
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def head() -> str:
    """The schema revision of this program."""
    return _script().get_current_head() or ""


def revision_of(made: Engine) -> str | None:
    """The schema revision of a database; None when it has none. Raises StoreError."""
    with plain_faults(made), made.connect() as conn:
        return _revision(conn)


def _revision(conn: Connection) -> str | None:
    return MigrationContext.configure(conn).get_current_revision()


def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _script().walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _script() -> ScriptDirectory:
    """The migrations, read once: that takes longer than all else of opening."""
    return ScriptDirectory.from_config(_config())
