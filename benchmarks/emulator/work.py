"""What is asked of each server: the same campaigns paused and resumed in the same order, in each one's own words."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from benchmarks.emulator.lanes import BenchmarkError

FAR_ABOVE = 100_000_000
"""A request limit that is counted and never met."""
BENCH = "bench-client"
BENCH_SECRET = "bench-secret"  # noqa: S105  # of a server that lives for a minute
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=bench/20260615/us-east-1/connect-campaigns/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000"
)
"""A constant in the place of a signature: moto reads the service from it and verifies nothing."""


def tenants_file(folder: Path) -> Path:
    """Write the emulator's tenants: the one that works, and one with a limit of two for the proof that limits act."""
    path = folder / "tenants.toml"
    path.write_text(
        f"""
[[tenants]]
id = "bench"
license_tier = "ENTERPRISE"
max_concurrent_campaigns = 100000
requests_per_minute = {FAR_ABOVE}
clients = [
  {{ id = "{BENCH}", secret = "{BENCH_SECRET}", scopes = ["Campaign.ReadWrite"] }},
  {{ id = "bench-reader", secret = "{BENCH_SECRET}", scopes = ["campaign:read"] }},
]

[[tenants]]
id = "narrow"
license_tier = "ENTERPRISE"
requests_per_minute = 2
clients = [{{ id = "narrow-client", secret = "{BENCH_SECRET}", scopes = ["Campaign.ReadWrite"] }}]
campaigns = [{{ id = "CMP-NARROW", status = "ACTIVE" }}]
""",
        encoding="utf-8",
    )
    return path


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the headers with lower-case names, and the decoded body (None when empty)."""

    status: int
    headers: Mapping[str, str]
    body: Any


def ask(
    address: tuple[str, int],
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> Answer:
    """Send one request outside the timed work; a `str` body goes as it is, anything else as JSON."""
    connection = http.client.HTTPConnection(*address, timeout=30.0)
    try:
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        kind = {} if data is None else {"Content-Type": "application/json"}
        connection.request(method, path, body=data, headers={**kind, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, json.loads(text) if text else None)
    finally:
        connection.close()


def expect(answer: Answer, *statuses: int) -> Any:
    """Return the body of an answer that has one of the statuses."""
    if answer.status not in statuses:
        raise BenchmarkError(f"expected {statuses}, got {answer.status}: {answer.body}")
    return answer.body


class Dialect(Protocol):
    """A server's own words for the same work."""

    def make_campaigns(self, address: tuple[str, int], number: int) -> list[str]:
        """Make this many campaigns that run, and return their ids."""

    def transition(self, address: tuple[str, int], campaign: str, *, pause: bool, serial: int) -> tuple[str, bytes]:
        """Return the head (without its end) and the body of the request; `serial` is never used twice."""

    def paused(self, address: tuple[str, int], campaign: str) -> bool:
        """Return whether the server says that the campaign is paused."""


@dataclass(slots=True)
class EmulatorDialect:
    """The contract: a bearer token, `PATCH` with a status, an `Idempotency-Key` of its own for each request."""

    token: str = ""

    def make_campaigns(self, address: tuple[str, int], number: int) -> list[str]:
        """Make active campaigns through the control surface, after asking for the token."""
        self.token = token_of(address, BENCH)
        campaigns = [f"CMP-{index:05d}" for index in range(number)]
        for campaign in campaigns:
            wanted = {"id": campaign, "name": f"Campaign {campaign}", "status": "ACTIVE", "tenant": "bench"}
            expect(ask(address, "POST", "/_emulator/campaigns", body=wanted), 201)
        return campaigns

    def transition(self, address: tuple[str, int], campaign: str, *, pause: bool, serial: int) -> tuple[str, bytes]:
        """Return a lifecycle PATCH."""
        body = b'{"status":"PAUSED"}' if pause else b'{"status":"ACTIVE"}'
        head = (
            f"PATCH /api/v2/outbound/campaigns/{campaign} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
            f"Authorization: Bearer {self.token}\r\nIdempotency-Key: 5f1c1c5e-0000-4000-8000-{serial:012d}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        return head, body

    def paused(self, address: tuple[str, int], campaign: str) -> bool:
        """Return whether the campaign's status is PAUSED."""
        path = f"/api/v2/outbound/campaigns/{campaign}"
        document = expect(ask(address, "GET", path, headers={"Authorization": f"Bearer {self.token}"}), 200)
        return bool(document["status"] == "PAUSED")


@dataclass(slots=True)
class MotoDialect:
    """Amazon's `connectcampaigns`: a path per verb, no body."""

    def make_campaigns(self, address: tuple[str, int], number: int) -> list[str]:
        """Make campaigns and start them."""
        campaigns: list[str] = []
        for index in range(number):
            wanted = {
                "name": f"Campaign CMP-{index:05d}",
                "connectInstanceId": "00000000-0000-4000-8000-000000000000",
                "dialerConfig": {"progressiveDialerConfig": {"bandwidthAllocation": 1.0}},
                "outboundCallConfig": {"connectContactFlowId": "00000000-0000-4000-8000-000000000001"},
            }
            made = expect(ask(address, "PUT", "/campaigns", headers={"Authorization": SIGNED}, body=wanted), 200)
            campaigns.append(made["id"])
            path = f"/campaigns/{campaigns[-1]}/start"
            expect(ask(address, "POST", path, headers={"Authorization": SIGNED}), 200)
        return campaigns

    def transition(self, address: tuple[str, int], campaign: str, *, pause: bool, serial: int) -> tuple[str, bytes]:  # noqa: ARG002
        """Return a pause or a resume."""
        verb = "pause" if pause else "resume"
        head = (
            f"POST /campaigns/{campaign}/{verb} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
            f"Authorization: {SIGNED}\r\nX-Amz-Date: 20260615T120000Z\r\nContent-Length: 0\r\n"
        )
        return head, b""

    def paused(self, address: tuple[str, int], campaign: str) -> bool:
        """Return whether the campaign's state is Paused."""
        path = f"/campaigns/{campaign}/state"
        document = expect(ask(address, "GET", path, headers={"Authorization": SIGNED}), 200)
        return bool(document["state"] == "Paused")


def token_of(address: tuple[str, int], client: str) -> str:
    """Return a bearer token of one of the emulator's clients."""
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": BENCH_SECRET}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = ask(address, "POST", "/oauth/token", headers=headers, body=urlencode(form))
    token: str = expect(answer, 200)["access_token"]
    return token


@dataclass(slots=True)
class Plan:
    """The order of the work: each lane goes round its own campaigns, so that every transition is legal."""

    dialect: Dialect
    address: tuple[str, int]
    campaigns: list[str]
    paused: set[str] = field(default_factory=set)
    serials: count[int] = field(default_factory=count)
    asked: int = 0

    def lanes(self, transitions: int, concurrency: int, *, keep_alive: bool) -> list[list[bytes]]:
        """Return the next `transitions` requests, shared out over `concurrency` lanes."""
        ending = f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n".encode()
        lanes: list[list[bytes]] = []
        for lane in range(concurrency):
            own = self.campaigns[lane::concurrency]
            share = len(range(lane, transitions, concurrency))
            requests = []
            for step in range(share):
                campaign = own[step % len(own)]
                self.paused ^= {campaign}
                head, body = self.dialect.transition(
                    self.address, campaign, pause=campaign in self.paused, serial=next(self.serials)
                )
                requests.append(head.encode() + ending + body)
            lanes.append(requests)
        self.asked += transitions
        return lanes

    def differing(self) -> list[str]:
        """Return the campaigns whose state on the server is not what the work should have left."""
        return [
            campaign
            for campaign in self.campaigns
            if self.dialect.paused(self.address, campaign) != (campaign in self.paused)
        ]
