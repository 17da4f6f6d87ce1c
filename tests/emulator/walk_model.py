"""What the platform must do, said a second time: a model written from the contract that knows nothing of the emulator.

It holds campaigns as a reader sees them, judges a write in the contract's order of checks, and lets what waits come due
when the clock moves. Instants are nanoseconds since 1970.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final, Literal

SECOND: Final = 10**9
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

MOVES: Final = {
    "ACTIVE": ["PAUSED", "STOPPED"],
    "PAUSED": ["ACTIVE", "STOPPED"],
    "STOPPED": ["ACTIVE"],
    "ARCHIVED": [],
}
"""What may follow each status."""
PATCH_BLOCKS: Final = ("dialingRules", "predictiveDialer")
PUT_BLOCKS: Final = ("predictiveDialerSettings", "configuration")
EARLY: Final = (
    ("no token", 401, "unauthorized"),
    ("unknown token", 401, "unauthorized"),
    ("unknown id", 404, "not_found"),
    ("method", 405, "method_not_allowed"),
    ("tenant", 403, "forbidden"),
    ("scope", 403, "forbidden"),
    ("content type", 415, "unsupported_media_type"),
    ("unparsable", 400, "invalid_request"),
)
"""What is wrong before the Idempotency-Key is looked at, in the order of the checks."""

Kind = Literal["patch", "weights", "schedule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    status: str
    at: int
    drain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDue:
    status: str
    at: int
    code: str | None


@dataclass(slots=True, kw_only=True)
class Schedule:
    """The id is None until the platform, which makes it, has told it."""

    id: str | None
    number: int
    body: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Campaign:
    id: str
    tenant: str
    status: str = "STOPPED"
    locked: bool = False
    revision: int = 1
    agents: int = 0
    since: int | None = None
    pending: Pending | None = None
    last_due: LastDue | None = None
    calls: list[tuple[str, int]] = field(default_factory=list)
    abandons: list[int] = field(default_factory=list)
    blocks: dict[str, Any] = field(default_factory=dict)
    schedule: Schedule | None = None

    @property
    def schedule_tag(self) -> str:
        return 'W/"initial"' if self.schedule is None else f'W/"{self.schedule.number}"'

    def document(self) -> dict[str, Any]:
        """Return the campaign as it must read, instants in nanoseconds, without the dialer's counter."""
        pending = self.pending
        return {
            "id": self.id,
            "name": f"Walk {self.id}",
            "status": self.status,
            "isLocked": self.locked,
            "activeAgents": self.agents if self.status == "ACTIVE" else 0,
            "transitionTime": self.since if pending is None else pending.at,
            "queueDrained": not self.calls,
            "revision": self.revision,
            "version": self.revision,
            "pendingTransition": pending
            and {"status": pending.status, "effectiveTime": pending.at, "drainQueue": pending.drain},
            **{name: self.blocks.get(name) for name in (*PATCH_BLOCKS, *PUT_BLOCKS)},
        }

    def timetable(self) -> dict[str, Any]:
        """Return the campaign's schedule as it must read."""
        names = ("timezone", "businessHoursDirective", "timeWindows", "maxConcurrentCalls")
        body = {"timeWindows": []} if self.schedule is None else self.schedule.body
        return {
            "campaignId": self.id,
            "scheduleId": self.schedule and self.schedule.id,
            "status": self.schedule and "ACTIVE",
            **{name: body.get(name) for name in names},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write as it goes out; who wrote it says where its document is at fault and what its effectiveTime means."""

    campaign: str
    kind: Kind
    outbound: bool
    client: str
    document: Mapping[str, Any]
    headers: Mapping[str, str]
    faults: frozenset[str] = frozenset()
    at: int | None = None
    flaws: frozenset[str] = frozenset()

    @property
    def method(self) -> str:
        return "PATCH" if self.kind == "patch" else "PUT"

    @property
    def path(self) -> str:
        prefix = "/api/v2/outbound/campaigns/" if self.outbound else "/api/v2/campaigns/"
        return prefix + self.campaign + ("/schedule" if self.kind == "schedule" else "")

    @property
    def body(self) -> bytes:
        return json.dumps(self.document).encode()

    @property
    def identity(self) -> tuple[str, str, bytes]:
        """What must be the same for a key to be the same request's."""
        return (self.method, self.path, self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An answer that lies under a key: what it was to, when, and its status, ETag and body."""

    identity: tuple[str, str, bytes]
    at: int
    told: tuple[int, str | None, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What must be answered; `early` is a refusal that comes before the key, `told` what stands in a 409 besides."""

    status: int
    code: str | None = None
    faults: frozenset[str] = frozenset()
    told: Mapping[str, Any] = field(default_factory=dict)
    early: bool = False
    replay: Stored | None = None

    @property
    def accepted(self) -> bool:
        return self.code is None and self.replay is None


class Model:
    """The tenants' limits and tiers, the campaigns, the answers under keys, and the time."""

    def __init__(self, *, now: int, limits: Mapping[str, int | None], tiers: Mapping[str, str]) -> None:
        self.now = now
        self.limits = limits
        self.tiers = tiers
        self.campaigns: dict[str, Campaign] = {}
        self.answers: dict[tuple[str, str], Stored] = {}

    def active(self, tenant: str) -> int:
        return sum(c.tenant == tenant and c.status == "ACTIVE" for c in self.campaigns.values())

    # ---- time

    def instants(self) -> list[int]:
        """Return when something will happen by itself: a transition that waits, the end of a call."""
        campaigns = self.campaigns.values()
        ends = [end for campaign in campaigns for _, end in campaign.calls]
        return sorted([*ends, *(campaign.pending.at for campaign in campaigns if campaign.pending)])

    def move_clock(self, now: int) -> list[Campaign]:
        """Go to an instant, later or earlier; return what came due on the way, each at its instant, in order."""
        came = []
        while due := sorted((c.pending.at, c.id) for c in self.campaigns.values() if c.pending and c.pending.at <= now):
            came.append(self.campaigns[due[0][1]])
            self._come_due(came[-1])
        self.now = now
        for campaign in self.campaigns.values():
            campaign.calls = [call for call in campaign.calls if call[1] > now]
        return came

    def _come_due(self, campaign: Campaign) -> None:
        pending = campaign.pending
        assert pending is not None
        code = None
        if campaign.status == "ARCHIVED":
            code = "archived"
        elif campaign.locked:
            code = "locked"
        elif pending.status not in MOVES[campaign.status]:
            code = "illegal_transition"
        elif pending.status == "ACTIVE" and self._full(campaign.tenant):
            code = "campaign_limit"
        if code is None:
            self._enter(campaign, pending.status, at=pending.at, drain=pending.drain)
        campaign.pending = None
        campaign.since = pending.at if campaign.since is None else campaign.since
        campaign.last_due = LastDue(status=pending.status, at=pending.at, code=code)
        campaign.revision += 1

    def _full(self, tenant: str) -> bool:
        limit = self.limits[tenant]
        return limit is not None and self.active(tenant) >= limit

    def _enter(self, campaign: Campaign, status: str, *, at: int, drain: bool) -> None:
        campaign.calls = [call for call in campaign.calls if call[1] > at]
        if status != "ACTIVE" and not drain:
            campaign.abandons += [at for state, _ in campaign.calls if state == "waiting"]
            campaign.calls = [call for call in campaign.calls if call[0] == "connected"]
        campaign.status, campaign.since, campaign.pending = status, at, None

    # ---- the control surface

    def arrange(
        self, campaign: Campaign, *, locked: bool | None = None, archived: bool = False, agents: int | None = None
    ) -> None:
        """Lock, unlock, archive or staff; the revision rises once when lock or status really change."""
        before = (campaign.locked, campaign.status)
        campaign.agents = campaign.agents if agents is None else agents
        campaign.locked = campaign.locked if locked is None else locked
        if archived and campaign.status != "ARCHIVED":
            campaign.status, campaign.since = "ARCHIVED", self.now
        campaign.revision += (campaign.locked, campaign.status) != before

    # ---- writes

    def judge(self, write: Write) -> Verdict:
        """Return what must be answered, having done what an accepted write does."""
        for flaw, status, code in EARLY:
            if flaw in write.flaws:
                return Verdict(status=status, code=code, early=True)
        campaign = self.campaigns[write.campaign]
        stored = self.answers.get((write.client, write.headers.get("Idempotency-Key", "")))
        if stored is not None and self.now - stored.at < DAY:
            if stored.identity == write.identity:
                return Verdict(status=stored.told[0], replay=stored)
            return self._conflict(write, campaign, "idempotency_conflict")
        return self._refusal(write, campaign) or self._apply(write, campaign)

    def remember(self, write: Write, stored: Stored) -> bool:
        """Put the answer to a write under its key; return whether it has a sound one."""
        key = write.headers.get("Idempotency-Key", "")
        if not _sound_key(key):
            return False
        self.answers[write.client, key] = stored
        return True

    def _refusal(self, write: Write, campaign: Campaign) -> Verdict | None:
        if write.kind == "schedule" and "If-Match" not in write.headers:
            return Verdict(status=428, code="precondition_required")
        faults = write.faults | frozenset(_faults_here(write, campaign))
        if faults:
            return Verdict(status=400 if write.outbound else 422, code="validation", faults=faults)
        if campaign.status == "ARCHIVED":
            return Verdict(status=403, code="archived")
        method = write.document.get("dialingRules", {}).get("dialingMethod")
        if method == "PREDICTIVE" and self.tiers[campaign.tenant] != "ENTERPRISE":
            return Verdict(status=403, code="licence")
        if not _holds(write, campaign):
            return self._conflict(write, campaign, "revision_conflict")
        if campaign.locked:
            return self._conflict(write, campaign, "locked") if write.outbound else Verdict(status=403, code="locked")
        return None

    def _conflict(self, write: Write, campaign: Campaign, code: str, **more: Any) -> Verdict:
        if write.kind == "schedule":
            return Verdict(status=409, code=code, told={"currentETag": campaign.schedule_tag})
        state = {"currentRevision": campaign.revision, "currentState": campaign.status}
        return Verdict(status=409, code=code, told={**state, "allowed": MOVES[campaign.status], **more})

    def _apply(self, write: Write, campaign: Campaign) -> Verdict:
        document = write.document
        if write.kind == "schedule":
            refused = self._reschedule(write, campaign)
        else:
            sent = {name: document[name] for name in (*PATCH_BLOCKS, *PUT_BLOCKS) if name in document}
            refused = None
            if "status" in document and not (sent and document["status"] == campaign.status):
                refused = self._move(write, campaign)
            if refused is None:
                campaign.blocks.update(sent)
                campaign.revision += 1
        prefer = write.headers.get("Prefer")
        return refused or Verdict(status={"return=minimal": 204, "respond-async": 202}.get(prefer or "", 200))

    def _move(self, write: Write, campaign: Campaign) -> Verdict | None:
        status, at = write.document["status"], write.at
        drain = write.document.get("drainQueue", True)
        if status == campaign.status and campaign.pending is not None:
            campaign.pending = None
            campaign.since = self.now if campaign.since is None else campaign.since
        elif status not in MOVES[campaign.status]:
            return self._conflict(write, campaign, "illegal_transition")
        elif at is not None and at > self.now:
            campaign.pending = Pending(status=status, at=at, drain=drain)
        elif status == "ACTIVE" and self._full(campaign.tenant):
            numbers = {"limit": self.limits[campaign.tenant], "active": self.active(campaign.tenant)}
            return self._conflict(write, campaign, "campaign_limit", **numbers)
        else:
            self._enter(campaign, status, at=self.now, drain=drain)
        return None

    def _reschedule(self, write: Write, campaign: Campaign) -> Verdict | None:
        body = {name: value for name, value in write.document.items() if name not in ("campaignId", "scheduleId")}
        for one, other in combinations(body["timeWindows"], 2):
            same_day = one["dayOfWeek"] == other["dayOfWeek"]
            if same_day and one["startTime"] < other["endTime"] and other["startTime"] < one["endTime"]:
                return self._conflict(write, campaign, "overlap")
        if campaign.schedule is None:
            campaign.schedule = Schedule(id=write.document.get("scheduleId"), number=1, body=body)
        else:
            campaign.schedule.number += 1
            campaign.schedule.body = body
        return None


def _sound_key(key: str) -> bool:
    return re.fullmatch(r"[!-~]{1,255}", key) is not None


def _faults_here(write: Write, campaign: Campaign) -> Iterable[str]:
    """Yield the faults that are not in the document alone; `a|b` is a fault that either field may be named for."""
    headers, document = write.headers, write.document
    if "Idempotency-Key" in headers and not _sound_key(headers["Idempotency-Key"]):
        yield "Idempotency-Key"
    name = "campaignId" if write.kind == "schedule" else "id"
    if write.kind != "patch" and document.get(name, write.campaign) != write.campaign:
        yield name
    tags = headers.get("If-Match", "*")
    if write.kind == "schedule":
        stored = campaign.schedule
        if stored is not None and document.get("scheduleId", stored.id) != stored.id:
            yield "scheduleId"
        if tags != "*" and not all(re.fullmatch(r'(W/)?"[^"]*"', tag.strip()) for tag in tags.split(",")):
            yield "If-Match"
        return
    if tags != "*" and not all(re.fullmatch(r'"[0-9]+"', tag.strip()) for tag in tags.split(",")):
        yield "If-Match"
    plain, revision = headers.get("X-If-Match"), document.get("revision")
    if plain is not None and re.fullmatch(r"[0-9]+", plain) is None:
        yield "X-If-Match"
    elif plain is not None and type(revision) is int and revision != int(plain):
        yield "X-If-Match|revision"


def _holds(write: Write, campaign: Campaign) -> bool:
    """Return whether every precondition of a write, all of the right form, names the present state."""
    headers, document = write.headers, write.document
    tags = [tag.strip() for tag in headers.get("If-Match", "*").split(",")]
    if write.kind == "schedule":
        return tags == ["*"] or campaign.schedule_tag in [f"W/{tag.removeprefix('W/')}" for tag in tags]
    named = [document[name] for name in ("revision", "version") if name in document]
    if "X-If-Match" in headers:
        named.append(int(headers["X-If-Match"]))
    return all(number == campaign.revision for number in named) and (tags == ["*"] or f'"{campaign.revision}"' in tags)
