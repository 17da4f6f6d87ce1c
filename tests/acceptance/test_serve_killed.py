"""Two services and two workers on one PostgreSQL, one of each killed: nobody notices more than one failed request."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx2
import pytest

from paceline.bootstrap import open_system
from paceline.ledger.entry import Step
from tests.acceptance.serving import Served, key_of
from tests.acceptance.shift import LATER, Shift, Working
from tests.databases import PostgresServer

READ = "/v1/campaigns/ACTIVE"


def pause(seconds: float = 0.05) -> None:
    """Leave the processors to the other processes for a moment."""
    threading.Event().wait(seconds)


class Listener:
    """Somebody who follows the events at one service after the other, and takes up where he was."""

    def __init__(self, services: list[Served], key: str) -> None:
        self._services = services
        self._key = key
        self.heard: list[int] = []
        self.streams = 0
        self.last = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def _follow(self) -> None:
        while not self._stopped.is_set():
            served = self._services[self.streams % len(self._services)]
            self.streams += 1
            try:
                self._listen(served)
            except httpx2.HTTPError:
                continue

    def _listen(self, served: Served) -> None:
        headers = {"Last-Event-ID": str(self.last)}
        with served.asked_by(self._key) as client, client.stream("GET", "/v1/events", headers=headers) as stream:
            name = ""
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    told: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    self.last = told["sequence"]
                    if name != "place":
                        self.heard.append(self.last)
                if self._stopped.is_set():
                    return

    def hears_at_last(self, rows: list[int]) -> None:
        """Wait for the last of these rows: each was heard once and in order, at both services."""
        while not self.heard or self.heard[-1] < rows[-1]:
            pause()
        assert self.heard == rows
        assert self.streams > 1

    @contextmanager
    def listening(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            self._thread.join()


@pytest.fixture(autouse=True)
def _short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the dead be known as dead after 3 seconds, not 10."""
    monkeypatch.setenv("PACELINE_LEASE_S", "3")


def said_again(client: httpx2.Client, headers: dict[str, str]) -> httpx2.Response:
    """Repeat the pause until it is certain that the other service is dead: a lease, and what clocks may be apart."""
    again = client.post(f"{READ}:pause", headers=headers)
    while again.status_code == 409 and again.json()["code"] == "under-way":
        pause(float(again.headers["Retry-After"]))
        again = client.post(f"{READ}:pause", headers=headers)
    return again


def test_one_service_and_one_worker_are_killed_and_nothing_is_lost_or_doubled(
    shift: Shift, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        monkeypatch.setenv("PACELINE_DATABASE_URL", postgres.new_database())
        key = key_of("ada")
        services = [Served(shift.folder), Served(shift.folder)]
        workers = [Working(shift.folder, "-o", "json"), Working(shift.folder, "-o", "json")]
        for process in [one.process for one in services] + [one.process for one in workers]:
            stack.callback(process.communicate)
            stack.callback(process.kill)
        dying, living = (served.ready() for served in services)
        clients = [stack.enter_context(served.asked_by(key)) for served in services]
        stack.enter_context((listener := Listener(services, key)).listening())
        before = {campaign: shift.emulated.shown(campaign)["revision"] for campaign in ("ACTIVE", "PAUSED")}
        later = clients[0].post("/v1/campaigns/PAUSED:stop", headers={"If-Match": "*"}, json={"at": LATER})
        assert (later.status_code, later.json()["outcome"]) == (202, "scheduled")

        shift.emulated.order("delay", method="PATCH", path="/api/*", delayMs=700)
        headers = {"If-Match": "*", "Idempotency-Key": "pause-1"}
        with ThreadPoolExecutor() as threads:
            pausing = threads.submit(clients[0].post, f"{READ}:pause", headers=headers)
            while shift.state("ACTIVE") == "ACTIVE":
                pass
            # It was done, and nobody was told yet.
            for one in (dying, workers[0]):
                one.process.kill()
            with pytest.raises(httpx2.HTTPError):
                pausing.result()
        with pytest.raises(httpx2.HTTPError):
            clients[0].get(READ)
        assert clients[1].get(READ).json()["state"] == "PAUSED"
        shift.emulated.advance(3600)
        while shift.state("PAUSED") != "STOPPED":
            pause()
        while (made := workers[1].next())["did"] != "change":
            pass  # it may have settled first what the dead service left
        assert made["entry"] == later.json()["entry"]
        again = said_again(clients[1], headers)
        assert again.json()["outcome"] in {"applied", "unchanged"}, again.text
        # Each of the two happened once, though the pause was looked for under its key.
        after = {campaign: shift.emulated.shown(campaign)["revision"] for campaign in before}
        assert after == {campaign: revision + 1 for campaign, revision in before.items()}
        assert shift.state("ACTIVE") == "PAUSED"
        shift.type("audit", "verify")
        with open_system() as system:
            rows = [row.sequence for row in system.book.rows() if row.step is not Step.READING]
        listener.hears_at_last(rows)
        assert (living.end(signal.SIGTERM), workers[1].end(signal.SIGTERM)) == (0, 0)
