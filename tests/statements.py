"""What one database of a kind has compiled, all others of that kind use: compiling takes longer than most statements.

Every test has a database of its own, for each of which the library compiles each statement anew. Within a process of
the tests they differ by nothing but their address: they have the same driver, and the same server. A product that runs
has one database, and compiles each statement once by itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine

_COMPILED: dict[Any, Any] = {}


def share_compiled() -> None:
    """Have all engines look for compiled statements in one place, where they lie by the kind of database."""
    for kind in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        for name, method in (("__eq__", _is_of_its_kind), ("__hash__", _by_kind)):
            setattr(kind, name, method)
    # The library has no option for it; an engine takes its own place for granted.
    Engine._compiled_cache = property(_place, _keep_the_place)  # type: ignore[assignment]  # noqa: SLF001  # see above


def _is_of_its_kind(one: object, other: object) -> bool:
    return type(one) is type(other)


def _by_kind(one: object) -> int:
    return hash(type(one))


def _place(_engine: Engine) -> dict[Any, Any]:
    return _COMPILED


def _keep_the_place(_engine: Engine, _own: object) -> None:
    """Let an engine's own place be."""
