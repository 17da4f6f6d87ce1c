"""A `paceline serve` in a process of its own, and somebody with a key who asks it."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import httpx2

from paceline.bootstrap import open_system
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.ledger.entry import Actor
from tests.forked import PIPE, Forked
from tests.trust import http_client

BOSS = Order(actor=Actor(name="boss", known_by="a test"))


def key_of(name: str, role: Role = Role.OPERATOR) -> str:
    """Make a key on the database that the environment names, and return the whole of it."""
    with open_system() as system:
        return system.access.make_key(name, role, BOSS)[1]


class Served:
    """A `paceline serve` that answers, and what its log has said so far."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = Forked(["serve", "--port", "0", "--log", "json", *words], folder=folder, stderr=PIPE)
        self.said: list[dict[str, Any]] = []
        self.url = ""

    def ready(self) -> Served:
        """Wait until it serves."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(json.loads(line))
            if self.said[-1]["event"] == "serving":
                self.url = self.said[-1]["url"]
                return self
        raise AssertionError(self.said)

    def asked_by(self, key: str) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {key}"}
        return http_client(base_url=self.url, headers=headers, timeout=60)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        _, said = self.process.communicate()
        self.said += [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        return self.process.wait()
