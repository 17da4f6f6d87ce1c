"""A plain HTTP caller for the black-box suite: it knows the contract's words and nothing of the emulator's code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.trust import http_client, trusted

TENANTS = Path(__file__).with_name("tenants.toml")
START = "2026-06-15T12:00:00Z"
"""Where the manual clock stands when a test begins (a Monday)."""

ABSENT: Any = object()


def secrets_in(tenants: Path) -> dict[str, str]:
    """Return client id to secret, as a tenants file holds them."""
    document = tomllib.loads(tenants.read_text(encoding="utf-8"))
    return {c["id"]: c["secret"] for t in document["tenants"] for c in t.get("clients", [])}


@dataclass
class Caller:
    """Sends requests as one of the tenants' clients and works the control surface."""

    url: str
    secrets: dict[str, str]
    verify: Any = None
    tls_url: str | None = None
    certificate: Path | None = None
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = http_client(base_url=self.url, timeout=30.0, verify=self.verify or trusted())

    def close(self) -> None:
        self.http.close()

    def token(self, client: str = "acme-all") -> str:
        """Return a bearer token of the client, asked for once."""
        if client not in self.tokens:
            form = {"grant_type": "client_credentials", "client_id": client, "client_secret": self.secrets[client]}
            answer = self.http.post("/oauth/token", data=form)
            assert answer.status_code == 200, answer.text
            self.tokens[client] = answer.json()["access_token"]
        return self.tokens[client]

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = ABSENT,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        client: str | None = "acme-all",
    ) -> httpx2.Response:
        """Send one request; `client=None` sends no Authorization, `body` are bytes that call themselves JSON."""
        sent = dict(headers or {})
        if client is not None:
            sent.setdefault("Authorization", f"Bearer {self.token(client)}")
        if json is not ABSENT:
            return self.http.request(method, path, json=json, headers=sent)
        if body is not None:
            if not any(name.lower() == "content-type" for name in sent):
                sent["Content-Type"] = "application/json"
            return self.http.request(method, path, content=body, headers=sent)
        return self.http.request(method, path, headers=sent)

    def get(self, path: str, **kwargs: Any) -> httpx2.Response:
        return self.send("GET", path, **kwargs)

    def patch(self, path: str, json: Any = ABSENT, **kwargs: Any) -> httpx2.Response:
        return self.send("PATCH", path, json=json, **kwargs)

    def put(self, path: str, json: Any = ABSENT, **kwargs: Any) -> httpx2.Response:
        return self.send("PUT", path, json=json, **kwargs)

    def post(self, path: str, json: Any = ABSENT, **kwargs: Any) -> httpx2.Response:
        return self.send("POST", path, json=json, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> httpx2.Response:
        return self.send("DELETE", path, **kwargs)

    def campaign(self, campaign: str, client: str = "acme-all") -> dict[str, Any]:
        """Return the campaign as a reader sees it now."""
        answer = self.get(f"/api/v2/outbound/campaigns/{campaign}", client=client)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def status(self, campaign: str, status: str, **rest: Any) -> httpx2.Response:
        """Ask for a lifecycle status; `rest` joins the body."""
        return self.patch(f"/api/v2/outbound/campaigns/{campaign}", {"status": status, **rest})

    def control(self, method: str, path: str, json: Any = ABSENT) -> Any:
        """Work the control surface and return its JSON (None for 204); a refusal fails the test."""
        answer = self.send(method, f"/_emulator{path}", json=json, client=None)
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json() if answer.content else None

    def arrange(self, campaign: str, **changes: Any) -> Any:
        """Change a campaign through the control surface (locked, archived, agents, callsInFlight, ...)."""
        return self.control("PATCH", f"/campaigns/{campaign}", changes)

    def advance(self, seconds: float) -> None:
        """Move the manual clock forward by seconds of the platform's time."""
        self.control("PUT", "/clock", {"advanceSeconds": seconds})

    def set_now(self, instant: str) -> None:
        self.control("PUT", "/clock", {"now": instant})

    def order(self, kind: str, **rule: Any) -> str:
        """Order a fault and return its id."""
        identifier: str = self.control("POST", "/faults", {"kind": kind, **rule})["id"]
        return identifier

    def journal(self) -> dict[str, Any]:
        document: dict[str, Any] = self.control("GET", "/journal")
        return document

    def reset(self) -> None:
        self.control("POST", "/reset")
        self.tokens.clear()
