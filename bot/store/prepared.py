"""Prepared: the few statements of every reply, compiled once and handed to the driver as text.

SQLAlchemy writes the SQL, binds the types and names the errors; only its execution layer is
stepped over, which took a third of a reply's time (`make bench`, where the time goes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert

#: Makes of one value what the driver takes, or of what it gives one value.
_Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as one kind of database takes it."""

    sql: str
    #: The parameters in their order, each with its default and its processor.
    names: tuple[tuple[str, Any, _Processor | None], ...]
    positional: bool
    #: The columns that need a processor, by their place.
    columns: tuple[tuple[int, _Processor], ...]

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        bound = [
            values.get(name, default) if process is None else process(values.get(name, default))
            for name, default, process in self.names
        ]
        if self.positional:
            return tuple(bound)
        return {each[0]: value for each, value in zip(self.names, bound, strict=True)}

    def row(self, found: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.columns:
            return found
        values = list(found)
        for place, process in self.columns:
            values[place] = process(values[place])
        return tuple(values)


class Prepared:
    """One statement; an insert names the columns it is given."""

    def __init__(
        self, statement: Select[Any] | Insert | Callable[[Connection], Insert], *columns: str
    ) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._ready: dict[str, _Ready] = {}

    def run(self, conn: Connection, values: Mapping[str, Any]) -> int:
        """Run it; say how many rows it changed. Raises DBAPIError, as SQLAlchemy does."""
        return int(self._execute(conn, values)[1].rowcount)

    def rows(self, conn: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Every row it finds."""
        ready, cursor = self._execute(conn, values)
        return [ready.row(each) for each in cursor.fetchall()]

    def first(self, conn: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row it finds."""
        ready, cursor = self._execute(conn, values)
        found = cursor.fetchone()
        return None if found is None else ready.row(found)

    def _execute(self, conn: Connection, values: Mapping[str, Any]) -> tuple[_Ready, Any]:
        dialect = conn.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = self._compiled(conn)
        parameters = ready.parameters(values)
        driver: Any = conn.connection.driver_connection
        try:
            return ready, driver.execute(ready.sql, parameters)
        except dialect.loaded_dbapi.Error as error:
            raise _named(ready.sql, error, dialect) from error

    def _compiled(self, conn: Connection) -> _Ready:
        statement = self._statement
        if not isinstance(statement, Select | Insert):
            statement = statement(conn)
        dialect = conn.dialect
        compiled = statement.compile(dialect=dialect, column_keys=self._columns)
        if not isinstance(compiled, SQLCompiler):  # pragma: no cover - what the type says
            raise TypeError("Only statements can be prepared.")
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        return _Ready(
            sql=compiled.string,
            names=tuple(_bind(compiled, name, dialect) for name in names or ()),
            positional=compiled.positional,
            columns=tuple(_results(statement, dialect)) if isinstance(statement, Select) else (),
        )


def _bind(
    compiled: SQLCompiler, name: str, dialect: Dialect
) -> tuple[str, Any, _Processor | None]:
    bind = compiled.binds[name]
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return name, bind.effective_value, process


def _results(statement: Select[Any], dialect: Dialect) -> list[tuple[int, _Processor]]:
    found: list[tuple[int, _Processor]] = []
    for place, column in enumerate(statement.selected_columns):
        process = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if process is not None:
            found.append((place, process))
    return found


def _named(sql: str, error: Exception, dialect: Dialect) -> BaseException:
    """The error as SQLAlchemy would raise it, without the parameters."""
    named: BaseException = DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
    )
    return named
