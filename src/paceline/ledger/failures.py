"""How the ledger can fail. A ledger that fails blocks the change: nothing is done that cannot be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from paceline.primitives.errors import PacelineError
from paceline.storage.failures import StorageUnavailableError


class LedgerError(PacelineError):
    """the ledger refused what it was asked"""

    code = "ledger"


class LedgerUnavailableError(LedgerError):
    """the ledger cannot be written or read now"""

    code = "ledger-unavailable"
    retryable = True


class EntryNotFoundError(LedgerError):
    """the ledger has no such entry"""

    code = "entry-not-found"


class EntryClosedError(LedgerError):
    """this entry is closed already"""

    code = "entry-closed"


class EntryOpenError(LedgerError):
    """this entry is not closed yet"""

    code = "entry-open"


class ChainBrokenError(LedgerError):
    """the chain of the ledger is broken"""

    code = "chain-broken"

    def __init__(self, *, sequence: int, expected: str, found: str) -> None:
        """Keep the row, the hash that it had to have, and the one it has."""
        super().__init__(
            f"the chain of the ledger is broken at row {sequence}: expected {expected}, found {found}",
            hint="find the first bad entry with `paceline audit verify`; restore the database from a copy",
        )
        self.sequence = sequence
        self.expected = expected
        self.found = found


class CheckpointError(LedgerError):
    """this is not a checkpoint that can be relied on"""

    code = "checkpoint"


@contextmanager
def at_the_ledger() -> Iterator[None]:
    """Turn a database that is away into a ledger that is away, chained; everything else passes as it is."""
    try:
        yield
    except StorageUnavailableError as problem:
        raise LedgerUnavailableError(
            f"the ledger cannot be written or read now: {problem.message}", hint=problem.hint
        ) from problem
