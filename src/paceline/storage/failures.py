"""How the database can fail; the driver's own exceptions are translated here and go no further."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from paceline.primitives.errors import PacelineError

AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
"""What the libraries raise when the database cannot do it now, and might later."""

SQLITE_ERROR = 1


class StorageError(PacelineError):
    """the database refused what it was asked"""

    code = "storage"


class StorageUnavailableError(StorageError):
    """the database cannot be used now"""

    code = "storage-unavailable"
    retryable = True


class ConstraintError(StorageError):
    """a rule that the database itself keeps was broken"""

    code = "storage-constraint"


class StorageClosedError(StorageError):
    """the database was closed"""

    code = "storage-closed"


class NewerDatabaseError(StorageError):
    """this database was made by a newer version of paceline"""

    code = "storage-newer"


HINTS = (
    ("locked", "another process holds the database for long; wait for it, or look for a transaction left open"),
    ("disk is full", "free space on the disk that holds the database"),
    ("no space left", "free space on the disk that holds the database"),
    ("readonly", "let this user write the database file and the folder it stands in"),
    ("unable to open", "see that the folder of the database exists and that this user may write in it"),
    ("connection", "see that the database server is up, and that the address and the credentials are right"),
)
"""Words of the drivers, and what to do about each."""


def translated(problem: SQLAlchemyError) -> StorageError:
    """Return our error for one of the library's, without the statement and its values: those may be private."""
    said = _said(problem)
    hint = next((advice for words, advice in HINTS if words in said.lower()), None)
    lost = isinstance(problem, DBAPIError) and problem.connection_invalidated
    # SQLite reports a statement that makes no sense as "operational" too; waiting will not mend it.
    senseless = isinstance(problem, DBAPIError) and getattr(problem.orig, "sqlite_errorcode", None) == SQLITE_ERROR
    if lost or (isinstance(problem, AWAY) and not senseless):
        return StorageUnavailableError(f"the database cannot be used now: {said}", hint=hint)
    if isinstance(problem, IntegrityError):
        return ConstraintError(f"the database keeps a rule that this breaks: {said}")
    return StorageError(f"the database refused what it was asked: {said}", hint=hint)


def _said(problem: SQLAlchemyError) -> str:
    if not isinstance(problem, DBAPIError):
        return str(problem)
    # PostgreSQL adds the values of the row in a second line; its first one is enough.
    diagnosis = getattr(problem.orig, "diag", None)
    return str(getattr(diagnosis, "message_primary", None) or problem.orig).strip()


@contextmanager
def at_the_door() -> Iterator[None]:
    """Translate and chain what the library raises within; everything else passes as it is."""
    try:
        yield
    except SQLAlchemyError as problem:
        raise translated(problem) from problem
