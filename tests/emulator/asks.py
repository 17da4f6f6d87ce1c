"""A request as a value, so that tests can hold tables of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.emulator.caller import ABSENT, Caller


@dataclass(frozen=True)
class Ask:
    """One request by one of the tenants' clients."""

    method: str
    path: str
    json: Any = ABSENT
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    client: str | None = "acme-all"

    def send(self, platform: Caller) -> httpx2.Response:
        return platform.send(
            self.method, self.path, json=self.json, body=self.body, headers=dict(self.headers), client=self.client
        )


def patch(path: str, json: Any = ABSENT, **more: Any) -> Ask:
    return Ask("PATCH", path, json, **more)


def put(path: str, json: Any = ABSENT, **more: Any) -> Ask:
    return Ask("PUT", path, json, **more)


def post(path: str, json: Any = ABSENT, **more: Any) -> Ask:
    return Ask("POST", path, json, **more)


def get(path: str, **more: Any) -> Ask:
    return Ask("GET", path, **more)


def delete(path: str, **more: Any) -> Ask:
    return Ask("DELETE", path, **more)
