"""A ledger that changes on the emulator have filled, and a desk at which commands about it are typed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.cli.main import main
from paceline.ledger.entry import Actor
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import open_database
from paceline.testing import running_emulator
from tests.contract.emulated import START, TENANTS, Emulated

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
ACTIVE, STOPPED, LOCKED = CampaignId("ACTIVE"), CampaignId("STOPPED"), CampaignId("LOCKED")
NUMBER = "+14155550132"
REASON = f"<b>lunch</b>, call {NUMBER}"
TRIGGERS = ("no_update", "no_delete", "only_next")


def fill(folder: Path) -> None:
    """Make a data folder whose ledger holds a pause, a dry run, a refusal, a resume, and a change made outside."""
    clock = ManualClock(wall_ns=int(NOON.timestamp()) * 10**9)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
        with (
            running_emulator(TENANTS, now=START, speed=0.0, seed=7) as emulator,
            closing(Emulated(emulator)) as reached,
            open_database(f"sqlite:///{folder / 'paceline.db'}") as database,
            System(
                platform=reached.platform(),
                database=database,
                tenant=TenantId("acme"),
                actor=Actor(name="ada", known_by="test"),
                clock=clock,
            ) as system,
        ):
            assert system.run(Pause(campaign=ACTIVE), reason=REASON, ticket="OPS-1").entry == 1
            clock.advance(60)
            system.run(Stop(campaign=ACTIVE), dry_run=True)
            system.run(Stop(campaign=LOCKED), reason="=1+1")
            reached.advance(3600)
            outside = system.platform.prepare(Stop(campaign=ACTIVE), None)
            system.platform.apply(outside, idempotency_key="outside")
            clock.advance(3600)
            system.run(Resume(campaign=ACTIVE))


@dataclass
class Desk:
    """Where somebody types commands: a copy of the ledger, and what came out last."""

    data: Path
    captured: pytest.CaptureFixture[str]
    err: str = ""

    def type(self, *words: str, code: int = 0) -> str:
        """Run a command that has to end with this code, and return what it printed as data."""
        self.captured.readouterr()
        ended = main(list(words))
        out, self.err = self.captured.readouterr()
        assert (ended, words) == (code, words), self.err
        return out

    def data_of(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.type(*words, "-o", "json", code=code))

    def tamper(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.data / "paceline.db")) as connection:
            for event in TRIGGERS:
                connection.execute(f"DROP TRIGGER ledger_entries_{event}")
            for statement in statements:
                connection.execute(statement)
            connection.commit()
