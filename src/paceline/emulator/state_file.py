"""The platform's state in one SQLite file: saved with every request before it is answered, read back at the next start.

A row per record, a row per request, and a few words about the whole. A commit survives the death of the process at any
moment (write-ahead log, not forced to the disk each time: a power failure may cost the newest requests, never the
file).
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from paceline.emulator.faults import FaultOrder
from paceline.emulator.journal import LINES_KEPT, Line
from paceline.emulator.table import Table
from paceline.emulator.tenant import (
    CallInFlight,
    Campaign,
    Delivery,
    DialerState,
    Json,
    LastDue,
    MinuteCounts,
    Pending,
    Schedule,
    Simulation,
    StoredAnswer,
    Token,
    Webhook,
)
from paceline.primitives.errors import PacelineError

Record = Campaign | Token | Webhook | Simulation | Delivery | StoredAnswer | MinuteCounts | DialerState | FaultOrder
"""What a row holds."""
FORMAT = 1
"""The version of the file's layout."""
_PRUNE_EVERY = 1000

_LAYOUT = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    kind TEXT, key TEXT, place INTEGER, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, client TEXT, method TEXT NOT NULL, path TEXT NOT NULL,
    status INTEGER, fault TEXT, counted INTEGER NOT NULL
);
"""


class StateFileError(PacelineError):
    """the state file cannot be used"""

    code = "state-file"


class StateFile:
    """One open state file; no second emulator can open it meanwhile."""

    def __init__(self, path: Path) -> None:
        """Open or create the file and take hold of it.

        Raises:
            StateFileError: when it is no state file, of another layout, in use, or cannot be written.
        """
        self._place = 0
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.0)
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(f"BEGIN EXCLUSIVE; {_LAYOUT} COMMIT;")
        except sqlite3.Error as wrong:
            hint = "stop the emulator that uses it" if "locked" in str(wrong) else "name another file"
            raise StateFileError(f"cannot use the state file {path}: {wrong}", hint=hint) from wrong
        found = self.facts().get("format", FORMAT)
        if found != FORMAT:
            raise StateFileError(f"the state file {path} has layout {found}, this emulator writes {FORMAT}")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def facts(self) -> Json:
        """Return the words about the whole; empty for a new file."""
        return {name: json.loads(value) for name, value in self._db.execute("SELECT name, value FROM facts")}

    def records(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Return the records of a kind with their keys, in the order in which they were first saved."""
        rows = self._db.execute("SELECT key, body, place FROM records WHERE kind = ? ORDER BY place", (kind,))
        for key, body, place in rows.fetchall():
            self._place = max(self._place, place)
            yield key, _READ[kind](json.loads(body))

    def lines(self) -> Iterator[Line]:
        """Return the journal's lines, oldest first."""
        rows = self._db.execute(
            "SELECT number, at, client, method, path, status, fault, counted FROM requests ORDER BY number"
        )
        for number, at, client, method, path, status, fault, counted in rows.fetchall():
            yield Line(number, int(at), client, method, path, status, fault, bool(counted))

    def save(
        self,
        facts: Mapping[str, object],
        tables: Mapping[str, Table[Any]],
        line: Line | None = None,
        *,
        anew: bool = False,
    ) -> None:
        """Write what changed in one transaction; `anew` removes every record and request first.

        Raises:
            StateFileError: when the file cannot be written; nothing of it is saved then.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            if anew:
                self._db.execute("DELETE FROM records")
                self._db.execute("DELETE FROM requests")
            for kind, table in tables.items():
                self._save_table(kind, table)
            if line is not None:
                self._save_line(line)
            rows = [(name, json.dumps(value)) for name, value in facts.items()]
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as wrong:
            raise StateFileError(f"cannot write the state file: {wrong}", hint="make room on the disk") from wrong
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _save_table(self, kind: str, table: Table[Any]) -> None:
        for key in sorted(table.changed):
            if key not in table:
                self._db.execute("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))
                continue
            self._place += 1
            self._db.execute(
                "INSERT INTO records VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, key, self._place, _written(table[key])),
            )

    def _save_line(self, line: Line) -> None:
        row = (line.number, str(line.at), line.client, line.method, line.path, line.status, line.fault, line.counted)
        self._db.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        if line.number % _PRUNE_EVERY == 0:
            self._db.execute("DELETE FROM requests WHERE number <= ?", (line.number - LINES_KEPT,))


def _written(record: Record) -> str:
    document = asdict(record)
    if isinstance(record, StoredAnswer):
        document["packed_body"] = base64.b64encode(record.packed_body).decode()
    return json.dumps(document)


def _campaign(body: Json) -> Campaign:
    nested = {
        "pending": Pending(**body["pending"]) if body["pending"] else None,
        "last_due": LastDue(**body["last_due"]) if body["last_due"] else None,
        "calls": tuple(CallInFlight(**call) for call in body["calls"]),
        "schedule": Schedule(**body["schedule"]) if body["schedule"] else None,
    }
    return Campaign(**{**body, **nested})


def _stored_answer(body: Json) -> StoredAnswer:
    headers = tuple((name, value) for name, value in body["headers"])
    return StoredAnswer(**{**body, "headers": headers, "packed_body": base64.b64decode(body["packed_body"])})


_READ: dict[str, Callable[[Json], Record]] = {
    "campaign": _campaign,
    "token": lambda body: Token(**{**body, "scopes": tuple(body["scopes"])}),
    "webhook": lambda body: Webhook(**{**body, "events": tuple(body["events"])}),
    "simulation": lambda body: Simulation(**body),
    "delivery": lambda body: Delivery(**body),
    "answer": _stored_answer,
    "minute": lambda body: MinuteCounts(**body),
    "dialer": lambda body: DialerState(**body),
    "fault": lambda body: FaultOrder(**body),
}
