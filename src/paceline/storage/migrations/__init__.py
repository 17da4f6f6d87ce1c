"""The tables' history, step by step: made at first use and moved on when paceline is newer than they are.

Many processes may start at once: one of them does it, in one transaction, under a lock; the others wait and find it
done. Tables of a newer paceline are refused, never touched.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from paceline.storage.failures import NewerDatabaseError

LATEST = "0009"
"""The newest step in `versions`."""

POSTGRES_LOCK = 0x7061_6365_6C69_6E65
"""The number of the advisory lock: "paceline" in ASCII."""
_HAS_VERSION = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT to_regclass('alembic_version')::text",
}
"""Asked at each opening, for which the library's own inspection takes many times as long."""


def is_up_to_date(connection: Connection) -> bool:
    """Return whether nothing has to be done; writes nothing and waits for nobody."""
    return _version(connection) == LATEST


def bring_up_to_date(connection: Connection) -> None:
    """Make what is missing, in one transaction of this connection, whose begin has to exclude other writers on SQLite.

    Raises:
        NewerDatabaseError: the tables come from a newer paceline.
    """
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": POSTGRES_LOCK})
        found = _version(connection)
        if found != LATEST:
            _upgrade(connection, found)


def _version(connection: Connection) -> str | None:
    if connection.exec_driver_sql(_HAS_VERSION[connection.dialect.name]).scalar() is None:
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def _upgrade(connection: Connection, found: str | None) -> None:
    # Alembic costs more to load than the rest of the start; it is only loaded when there is something to do.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "paceline.storage:migrations")
    config.set_main_option("path_separator", "newline")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabaseError(
            f"this database was made by a newer version of paceline: its tables are at step {found}, known is {LATEST}",
            hint="use that version of paceline, or name another database",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
