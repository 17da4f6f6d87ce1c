"""A tenant on an emulator whose clock stands still, commands that are typed about it, and workers beside them."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from paceline.bootstrap import open_system
from paceline.campaign.catalogue import AnyChange
from paceline.cli.main import main
from paceline.control.work.worker import Round
from paceline.testing import RunningEmulator
from tests.contract.emulated import SECRET, Emulated
from tests.databases import tables
from tests.forked import PIPE, Forked

NOW, LATER, PAST = "2026-06-15T12:00:00Z", "2026-06-15T13:00:00Z", "2026-06-15T11:58:59Z"
OURS = ("PACELINE_", "CXONE_", "HTTP_", "HTTPS_", "ALL_", "NO_PROXY", "SSL_CERT", "TARGET_CAMPAIGN", "CAMPAIGN_ID")

_DECLARED: dict[tuple[str, ...], bytes] = {}
"""By the emulator and the campaigns: the database in which they were declared."""


@dataclass
class Shift:
    """Where commands are typed, and what they said last to people."""

    folder: Path
    emulated: Emulated
    captured: pytest.CaptureFixture[str]
    err: str = ""

    def type(self, *words: str, code: int = 0) -> str:
        """Run a command that has to end with this code, and return what it printed as data."""
        self.captured.readouterr()
        ended = main(list(words))
        out, self.err = self.captured.readouterr()
        assert (ended, words) == (code, words), self.err + out
        return out

    def declare(self, *campaigns: str) -> None:
        """Declare that campaigns sell in Florida, before anything else is typed: once on each emulator, then copied."""
        file = self.folder / "data" / "paceline.db"
        known = (os.environ["PACELINE_API_URL"], *campaigns)
        if known in _DECLARED:
            file.write_bytes(_DECLARED[known])
            return
        for campaign in campaigns:
            self.type("declare", campaign, "purpose=sales", "regions=US-FL")
        _DECLARED[known] = file.read_bytes()

    def data_of(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.type(*words, "-o", "json", code=code))

    def state(self, campaign: str) -> str:
        return str(self.emulated.shown(campaign)["status"])

    def sent(self) -> int:
        return len(self.emulated.entries(method="PATCH", path="/api/v2/*"))

    def outside(self, change: AnyChange) -> None:
        """Change a campaign as somebody does who knows nothing of this ledger."""
        with open_system() as system:
            system.platform.apply(system.platform.prepare(change, None), idempotency_key=f"outside-{self.sent()}")

    def waiting(self) -> list[int]:
        return [one["entry"] for one in self.data_of("changes", "list", "--status", "waiting")["items"]]

    def workers(self) -> dict[str, Any]:
        """What the doctor says of workers."""
        found: list[dict[str, Any]] = self.data_of("doctor")["checks"]
        return next(one for one in found if one["check"] == "workers")

    @contextmanager
    def worker(self) -> Iterator[SimpleQueue[Round]]:
        """Have a worker live while the block runs; what its rounds did comes by the queue."""
        rounds, stopped = SimpleQueue[Round](), threading.Event()

        def go_on() -> None:
            with open_system() as system:
                system.worker.run(stopped, told=rounds.put)

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            rounds.get(timeout=20)
            yield rounds
        finally:
            stopped.set()
            thread.join()


class Working:
    """A `paceline work` in a process of its own, at work already."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = Forked(["work", *words], folder=folder, stderr=PIPE)
        self.said: list[str] = []
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip("\n"))
            if line.startswith("at work"):
                break

    def next(self) -> dict[str, Any]:
        """Wait for the next thing that it says it did, which is told as JSON."""
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        _, said = self.process.communicate()
        self.said += said.splitlines()
        return self.process.wait()


@contextmanager
def shift_on(
    emulator: RunningEmulator, folder: Path, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]
) -> Iterator[Shift]:
    """Begin a shift in a folder with an empty database, on the emulator as its tenants file has it."""
    for name in list(os.environ):
        if name.upper().startswith(OURS):
            patch.delenv(name)
    patch.chdir(folder)
    settings = {"API_URL": emulator.url, "CLIENT_ID": "all", "CLIENT_SECRET": SECRET}
    settings |= {"TENANT": "acme", "ACTOR": "ada", "DATA_FOLDER": str(folder / "data"), "LEASE_S": "1"}
    settings |= {"REQUESTS_PER_MINUTE": "0"}
    for name, value in settings.items():
        patch.setenv(f"PACELINE_{name}", value)
    (folder / "data").mkdir()
    (folder / "data" / "paceline.db").write_bytes(tables())
    emulated = Emulated(emulator)
    try:
        yield Shift(folder, emulated, captured)
    finally:
        emulated.close()
