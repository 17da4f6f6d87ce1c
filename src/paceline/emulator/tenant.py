"""What the platform keeps: tenants, clients, campaigns and all that hangs on them, as immutable records.

A record is never changed, only replaced, so that a request is applied wholly or not at all. Instants are nanoseconds
since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
LiveState = Literal["ringing", "waiting", "connected"]

LIVE_AGENTS = ("agentsAvailable", "agentsTalking", "agentsWrapUp", "agentsUnavailable")
LIVE_CALLS: dict[str, LiveState] = {
    "callsRinging": "ringing",
    "callsWaiting": "waiting",
    "callsConnected": "connected",
}
COUNTERS = ("dials", "connects", "abandons", "machines", "noAnswers", "busies", "rightPartyConnects")
AGENT_SECONDS = ("talk", "wrap", "idle", "staffed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A customer of the platform and its limits; `max_concurrent_campaigns` None is no limit on active campaigns."""

    id: str
    license_tier: str = "ENTERPRISE"
    max_concurrent_campaigns: int | None = None
    requests_per_minute: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An OAuth client; lifetimes in seconds, the one that is told and the one that is true."""

    id: str
    tenant: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]
    reported_expires_in: int = 3600
    token_lifetime_s: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token that was issued; `expires_at` is when it really ends."""

    value: str = field(repr=False)
    client: str
    scopes: tuple[str, ...]
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A transition that waits for its instant."""

    status: str
    effective_at: int
    drain_queue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInFlight:
    """A call that rings, waits for an agent, or is connected, and ends by itself at `ends_at`."""

    state: LiveState
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDue:
    """What became of the last pending transition that came due; `code` says why it was refused."""

    status: str
    at: int
    applied: bool
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A campaign's calling times; `number` is the counter of its ETag."""

    id: str
    number: int
    body: Json

    @property
    def etag(self) -> str:
        """Return the weak tag, `W/"<number>"`."""
        return f'W/"{self.number}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign; `blocks` holds the four blocks of the contract by name, those never set are absent.

    `dialer` is the world that its dialer calls into, as the tenants file words it; `by_hand` says that somebody set
    what the dialer would have done, so that it stands aside.
    """

    id: str
    tenant: str
    name: str
    status: str = "STOPPED"
    locked: bool = False
    revision: int = 1
    agents: int = 0
    status_since: int | None = None
    pending: Pending | None = None
    last_due: LastDue | None = None
    calls: tuple[CallInFlight, ...] = ()
    blocks: Mapping[str, Json] = field(default_factory=dict)
    schedule: Schedule | None = None
    live: Mapping[str, int] = field(default_factory=dict)
    contacts: Mapping[str, int] = field(default_factory=dict)
    dialer: Mapping[str, Any] = field(default_factory=dict)
    by_hand: bool = False

    @property
    def etag(self) -> str:
        """Return the strong tag, `"<revision>"`."""
        return f'"{self.revision}"'

    def in_flight(self, now: int) -> tuple[CallInFlight, ...]:
        """Return the calls that have not ended."""
        return tuple(call for call in self.calls if call.ends_at > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A registered receiver of the platform's own events."""

    id: str
    tenant: str
    name: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A simulation that was asked for at `at`, of the campaign as it was then; `result` once it was played."""

    id: str
    tenant: str
    campaign: str
    kind: str
    duration_s: int
    at: int = 0
    subject: Json | None = None
    result: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one webhook; `number` orders deliveries."""

    id: str
    number: int
    webhook: str
    kind: str
    body: str
    state: Literal["waiting", "delivered", "failed", "gone"] = "waiting"
    attempts: int = 0
    next_attempt_at: int | None = None
    last_status: int | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """The answer that an idempotency key has, its body compressed, and the digest of the request that made it."""

    key: str
    digest: str
    at: int
    status: int
    headers: tuple[tuple[str, str], ...]
    packed_body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerState:
    """Where a campaign's dialer stood when it was last saved."""

    campaign: str
    document: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteCounts:
    """What one campaign's dialer counted in one minute, by the names of the statistics."""

    campaign: str
    minute: int
    counts: Mapping[str, int]

    @property
    def key(self) -> str:
        """Return the row's key: campaign and minute."""
        return f"{self.campaign}@{self.minute}"
