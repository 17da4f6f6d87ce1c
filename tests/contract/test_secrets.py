"""After changes that failed in every way, no secret and no token stands anywhere: file, log, error, repr, journal."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from paceline.bootstrap import System
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database
from tests.contract.emulated import SECRET, Emulated
from tests.contract.systems import ACTIVE, PAUSE, RESUME, STOP, Office

TOKEN = "emu" + "_"
"""How every token of the platform begins."""
WRONG = "wr0ng" + "-secret-of-mine"
SPELLINGS = [
    SECRET, quote_plus(SECRET), json.dumps(SECRET)[1:-1], SECRET.encode().decode("latin-1"), WRONG, TOKEN,
]  # fmt: skip
FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 403},
    {"kind": "reset_after"},
    {"kind": "malformed"},
    {"kind": "truncate"},
    {"kind": "expired_token"},
    {"kind": "silence", "seconds": 1000},
]


def held(text: str | bytes) -> list[str]:
    """The secrets that stand in a text."""
    if isinstance(text, bytes):
        return [secret for secret in SPELLINGS if secret.encode() in text or secret.encode("utf-16-le") in text]
    return [secret for secret in SPELLINGS if secret in text]


def everything_of(system: System, depth: int = 4) -> str:
    """The reprs of a system and of all that hangs on it."""
    told: list[str] = []
    seen: set[int] = set()

    def look(thing: object, left: int) -> None:
        if id(thing) in seen:
            return
        seen.add(id(thing))
        told.append(repr(thing))
        if left and type(thing).__module__.startswith("paceline"):
            for part in getattr(thing, "__dict__", {}).values():
                look(part, left - 1)

    look(system, depth)
    return "\n".join(told)


def failing_runs(office: Office) -> list[Outcome]:
    """Changes through every fault, at the token's address, the look and the change; then without the right to it."""
    ended = []
    for place in ({"path": "/oauth/token"}, {"path": "/api/*", "method": "GET"}, {"path": "/api/*", "method": "PATCH"}):
        for fault in FAULTS:
            lasting = {} if fault["kind"] == "silence" else {"times": None}
            office.emulated.order(**{**place, **lasting, **fault})
            system = office.system(platform=office.emulated.platform(attempts=1, attempt_s=0.15))
            active = office.emulated.shown("ACTIVE")["status"] == "ACTIVE"
            ended.append(system.run(PAUSE if active else Resume(campaign=ACTIVE), reason="a try"))
            office.emulated.control("DELETE", "/faults")
    ended.append(office.system(platform=office.emulated.platform(secret=WRONG)).run(STOP))
    ended.append(office.system(platform=office.emulated.platform("reader")).run(RESUME))
    return ended


def test_no_secret_stands_in_file_outcome_log_or_journal_after_runs_that_failed(
    emulated: Emulated, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "paceline.db"
    with open_database(f"sqlite:///{file}") as database:
        office = Office(emulated, database, TenantId("acme"))
        ended = failing_runs(office)
        assert sum(outcome.word in {"failed", "in_doubt"} for outcome in ended) > 15
        assert {"failed", "in_doubt"} <= {outcome.word for outcome in ended}
        assert office.system().run(Stop(campaign=ACTIVE), reason="at last").word == "applied"
        # The write-ahead log is read too, so before it is folded into the file.
        written = {one.name: held(one.read_bytes()) for one in sorted(tmp_path.glob(f"{file.name}*"))}
        office.close()
    assert len(written) > 1
    written[file.name] += held(file.read_bytes())
    assert {name: found for name, found in written.items() if found} == {}
    told = [json.dumps(outcome.document(), ensure_ascii=False) for outcome in ended]
    told += [repr(outcome) for outcome in ended]
    assert held("\n".join(told)) == []
    assert held("\n".join([caplog.text, *(str(vars(record)) for record in caplog.records)])) == []
    journal = emulated.http.get("/journal", params={"limit": "100000"}).text
    # A wrong secret is none that the platform knows; it stands in a field of that name all the same.
    assert held(journal) == []
    assert journal.count('"path"') > 30


def test_secrets_would_be_found_if_they_stood_there() -> None:
    assert held(f"the secret {SECRET}") == held(f"the secret {SECRET}".encode()) == [SECRET]
    assert held(f"client_secret={quote_plus(SECRET)}") == [quote_plus(SECRET)]


def test_no_part_of_a_system_shows_a_secret(desk: Office) -> None:
    system = desk.system()
    system.run(Pause(campaign=ACTIVE))
    told = everything_of(system, depth=8)
    assert {"Transport", "TokenSource", "Credentials", "SqliteDatabase"} <= set(re.findall(r"\w+", told))
    assert held(told) == []


def test_errors_that_say_a_secret_back_are_cleared_before_they_are_recorded(desk: Office) -> None:
    """The whole fleet meets a wrong secret; what the ledger keeps of it is looked at row by row."""
    system = desk.system(platform=desk.emulated.platform(secret=WRONG))
    found = desk.system().fleet.find(Target(everything=True))
    ended = system.fleet.run(found, lambda campaign: Stop(campaign=campaign), Order(actor=system.actor))
    assert {item.word for item in ended.items} == {"failed", "refused", "unchanged"}
    assert [held(row.body) for row in system.book.rows() if held(row.body)] == []
