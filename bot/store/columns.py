"""What the tables are made of: instants, ids, whose a row is; and inserts that may meet their row.

Rules: ids are random and made before sealing; an instant is a count of milliseconds; what a
person wrote stands in `body` or `content` alone, sealed; a table that holds anything of one
person has a column `participant`, by which `forgetting` finds it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    ForeignKey,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql, sqlite

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """An instant, kept as whole milliseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Count the milliseconds; raises ValueError for an instant without a zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs its zone.")
        return (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Give the instant back, in UTC."""
        del dialect
        return None if value is None else _EPOCH + value * _MILLISECOND


Insert = sqlite.Insert | postgresql.Insert


def each(build: Callable[[Callable[[Table], Insert]], Insert]) -> Callable[[Connection], Insert]:
    """Build an insert that may meet its row already, once for each kind of database."""
    built: Mapping[str, Insert] = {
        "sqlite": build(sqlite.insert),
        "postgresql": build(postgresql.insert),
    }
    return lambda conn: built[conn.dialect.name]


def new_id() -> str:
    """Make the id of a new row: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def id_column() -> Column[str]:
    """The column of a table's random ids."""
    return Column("id", String(32), primary_key=True)


def participant_column(*, primary_key: bool = False) -> Column[str]:
    """The column that says whose a row is."""
    whose = ForeignKey("participant.id")
    return Column("participant", String(32), whose, primary_key=primary_key, nullable=False)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)
