"""Statements that are run thousands of times a second: built once as any other, then given to the driver as text.

The library's own way to run a statement costs several times what SQLite needs for it; where callers share a
transaction, that would be most of the time.

Rows that are put one after the other may be gathered, where the connection's owner said so (`gather`), and are written
by one statement before the next one that the transaction runs. Each statement lets other threads take the interpreter,
so that many small ones cost far more than one of their size.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ClauseElement

Value = str | int | None
_DRIVER = "paceline_driver"
_GATHERED = "paceline_gathered"
MOST_ROWS = 200
"""How many rows one statement writes at most; SQLite takes 32,766 values."""


class Prepared:
    """One statement whose values are text, whole numbers or NULL; it takes part in the connection's transaction."""

    __slots__ = ("_compiled", "_gives_rows", "_statement")

    def __init__(self, statement: ClauseElement) -> None:
        """Keep the statement; it is compiled when a kind of database is met for the first time."""
        self._statement = statement
        self._gives_rows = isinstance(statement, Select)
        self._compiled: dict[str, tuple[str, list[str] | None, dict[str, Value]]] = {}

    def run(self, connection: Connection, values: dict[str, Value]) -> list[Any]:
        """Return the rows that it gives, none where it gives none."""
        write_gathered(connection)
        dialect = connection.dialect
        text, order, fixed = self._compiled.get(dialect.name) or self._compile(dialect)
        if fixed:
            values = {**fixed, **values}
        told = values if order is None else [values[name] for name in order]
        cursor = None
        try:
            cursor = _driver(connection).execute(text, told)
            return list(cursor.fetchall()) if self._gives_rows else []
        except dialect.loaded_dbapi.Error as problem:
            raise DBAPIError.instance(
                text, None, problem, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from problem
        finally:
            if cursor is not None:
                cursor.close()

    def put(self, connection: Connection, values: dict[str, Value]) -> None:
        """Insert a row: now, or together with others before the transaction's next statement, where rows are gathered.

        A rule of the database that a gathered row breaks is told by that statement.
        """
        gathered: list[tuple[Prepared, dict[str, Value]]] | None = connection.info.get(_GATHERED)
        if gathered is None:
            self.run(connection, values)
            return
        if gathered and (gathered[0][0] is not self or len(gathered) >= MOST_ROWS):
            write_gathered(connection)
        gathered.append((self, values))

    def _run_all(self, connection: Connection, rows: list[dict[str, Value]]) -> None:
        """Insert these rows by one statement."""
        dialect = connection.dialect
        text, order, fixed = self._compiled.get(dialect.name) or self._compile(dialect)
        names = order or []
        more = f", ({', '.join('?' * len(names))})" * (len(rows) - 1)
        told = [{**fixed, **values}[name] for values in rows for name in names]
        try:
            _driver(connection).execute(text + more, told).close()
        except dialect.loaded_dbapi.Error as problem:
            raise DBAPIError.instance(
                text, None, problem, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from problem

    def _compile(self, dialect: Dialect) -> tuple[str, list[str] | None, dict[str, Value]]:
        compiled = self._statement.compile(dialect=dialect)
        order = getattr(compiled, "positiontup", None)
        # What the statement itself says, such as a limit of 1, is a parameter with its value.
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._compiled[dialect.name] = (str(compiled), order, fixed)
        return self._compiled[dialect.name]


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - sqlite3 or psycopg, whose connections both execute
    """Return the driver's own connection; to go through the pool's stand-in costs as much as a small statement."""
    known = connection.info.get(_DRIVER)
    if known is None:
        known = connection.info[_DRIVER] = connection.connection.driver_connection
    return known


def gather(connection: Connection, *, rows: bool) -> None:
    """Have rows that are put gathered from now on, or no longer; what was gathered before is forgotten, not written."""
    connection.info[_GATHERED] = [] if rows else None


def write_gathered(connection: Connection) -> None:
    """Write the rows that were gathered."""
    gathered: list[tuple[Prepared, dict[str, Value]]] | None = connection.info.get(_GATHERED)
    if gathered:
        rows = [values for _, values in gathered]
        statement = gathered[0][0]
        gathered.clear()
        statement._run_all(connection, rows)  # noqa: SLF001 - of this very class
