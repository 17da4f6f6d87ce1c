"""A real emulator for the suites of the port: its tenants, its control surface, and transports that reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from paceline.cxone.attempt import Limits
from paceline.cxone.auth import Credentials, Style
from paceline.cxone.breaker import Tolerance
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.outbound_v2.writing import Prefix
from paceline.cxone.retry import Schedule
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Patience, Transport
from paceline.primitives.clock import ManualClock
from paceline.testing import RunningEmulator
from tests.trust import http_client

START = "2026-06-15T12:00:00Z"
SECRET = "s3cret & more+=% ü"
LIFETIME_S = 600
TENANTS = f"""
[[tenants]]
id = "acme"
max_concurrent_campaigns = 4
requests_per_minute = 1000000
clients = [
  {{ id = "all", secret = "{SECRET}", scopes = ["Campaign.ReadWrite"], token_lifetime_s = {LIFETIME_S} }},
  {{ id = "reader", secret = "reader-secret", scopes = ["campaign:read"] }},
  {{ id = "weigher", secret = "weigher-secret", scopes = [
    "Campaign.ReadWrite", "outbound:campaign:simulate", "webhooks:write"
  ] }},
]
campaigns = [
  {{ id = "ACTIVE", status = "ACTIVE", revision = 42, agents = 48, name = "Renewals East" }},
  {{ id = "PAUSED", status = "PAUSED", revision = 7 }},
  {{ id = "STOPPED", status = "STOPPED", revision = 3 }},
  {{ id = "ARCHIVED", status = "ARCHIVED", revision = 9 }},
  {{ id = "LOCKED", status = "ACTIVE", locked = true, revision = 5 }},
]

[[tenants]]
id = "other"
campaigns = [{{ id = "FOREIGN", status = "ACTIVE" }}]

[[tenants]]
id = "narrow"
requests_per_minute = 20
clients = [{{ id = "narrow", secret = "narrow-secret", scopes = ["Campaign.ReadWrite"] }}]
campaigns = [{{ id = "NARROW", status = "ACTIVE" }}]

[[tenants]]
id = "wide"
max_concurrent_campaigns = 10000
requests_per_minute = 1000000
clients = [{{ id = "wide", secret = "wide-secret", scopes = ["Campaign.ReadWrite"] }}]
"""
SECRETS = {
    "all": SECRET,
    "reader": "reader-secret",
    "weigher": "weigher-secret",
    "narrow": "narrow-secret",
    "wide": "wide-secret",
}


@dataclass
class Emulated:
    """An emulator, our own clock that stands still, and everything that was opened to reach it."""

    emulator: RunningEmulator
    clock: ManualClock = field(default_factory=ManualClock)
    opened: list[Transport] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.http = http_client(base_url=f"{self.emulator.url}/_emulator", timeout=30.0, verify=False)
        self.emulator.reset()

    def close(self) -> None:
        for transport in self.opened:
            transport.close()
        self.http.close()

    def control(self, method: str, path: str, json: Any = None) -> Any:
        answer = self.http.request(method, path, json=json)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def order(self, kind: str, **rule: Any) -> str:
        return str(self.control("POST", "/faults", {"kind": kind, **rule})["id"])

    def arrange(self, campaign: str, **changes: Any) -> Any:
        return self.control("PATCH", f"/campaigns/{campaign}", changes)

    def advance(self, seconds: float) -> None:
        self.control("PUT", "/clock", {"advanceSeconds": seconds})

    def entries(self, **query: str) -> list[dict[str, Any]]:
        answer = self.http.get("/journal", params=query)
        found: list[dict[str, Any]] = answer.json()["entries"]
        return found

    def shown(self, campaign: str) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", f"/campaigns/{campaign}")
        return found

    def transport(
        self,
        client: str = "all",
        *,
        secret: str | None = None,
        style: Style = Style.FORM,
        scope: str = "",
        api: str | None = None,
        token: str | None = None,
        attempts: int = 5,
        total_s: float = 60.0,
        attempt_s: float = 10.0,
        connections: int = 64,
        failures: int = 1000,
        limit: int = 10**6,
        window_s: float = 60.0,
        margin_s: float = 0.25,
        in_line_s: float = 600.0,
        stopping: Schedule | None = None,
        notice: Callable[[str], None] = lambda _words: None,
        heard: Callable[[str | None, float], None] = lambda _code, _seconds: None,
    ) -> Transport:
        """Open a transport whose waits take no time: they only move our clock."""
        allowance = Allowance(limit=limit, window_s=window_s, margin_s=margin_s)
        made = Transport(
            Address(
                api=api or self.emulator.url,
                token=token or f"{self.emulator.url}/oauth/token",
            ),
            Credentials(client_id=client, client_secret=secret or SECRETS[client], style=style, scope=scope),
            clock=self.clock,
            throttle=MemoryThrottle(self.clock, allowance),
            patience=Patience(
                limits=Limits(attempt_s=attempt_s, connections=connections),
                schedule=Schedule(attempts=attempts, total_s=total_s),
                in_line_s=in_line_s,
                stopping=stopping,
            ),
            notice=notice,
            heard=heard,
            tolerance=Tolerance(failures=failures),
            seed=lambda: 0,
        )
        self.opened.append(made)
        return made

    def platform(self, client: str = "all", *, prefix: Prefix = Prefix.OUTBOUND, **options: Any) -> OutboundV2:
        return OutboundV2(self.transport(client, **options), prefix=prefix)
