"""A service that listens, over the emulator and a real database, and clients of every role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from fastapi import FastAPI

from paceline.bootstrap import System
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.service.app import application
from paceline.service.options import Options
from paceline.service.server import Listening, ServiceServer
from tests.trust import http_client

MANY = 10**6


@dataclass
class Served:
    """A running service: where it is, what is behind it, and a key for each role."""

    url: str
    app: FastAPI
    system: System
    keys: dict[Role, str]
    clients: list[httpx2.Client] = field(default_factory=list)

    def client(self, role: Role | None = Role.ADMINISTRATOR, **headers: str) -> httpx2.Client:
        """Return a client of this role; of nobody when None."""
        if role is not None:
            headers = {"Authorization": f"Bearer {self.keys[role]}", **headers}
        made = http_client(base_url=self.url, headers=headers, timeout=30.0)
        self.clients.append(made)
        return made

    def tag(self, campaign: str, part: str = "") -> str:
        """Return the tag of a campaign as it is now."""
        found: str = self.client().get(f"/v1/campaigns/{campaign}{part}").headers["etag"]
        return found


def keys_of(system: System) -> dict[Role, str]:
    """Make a key for each role, named as the role."""
    order = Order(actor=system.actor)
    return {role: system.access.make_key(role.value, role, order)[1] for role in Role}


@contextmanager
def serving(system: System, keys: dict[Role, str] | None = None, **options: Any) -> Iterator[Served]:
    """Serve a system while the block runs."""
    said = Options(**{"requests_per_minute": MANY, "attempts_per_minute": MANY, "poll_s": 0.02, **options})
    app = application(system, said)
    server = ServiceServer(app, Listening(grace_s=5.0))
    server.start()
    served = Served(server.url, app, system, keys or keys_of(system))
    try:
        yield served
    finally:
        for client in served.clients:
            client.close()
        server.stop()
