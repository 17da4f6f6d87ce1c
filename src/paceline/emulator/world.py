"""The state of a running platform: tables of immutable records, what changed since a save, names made from the seed."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from paceline.emulator.dialer.dialing import Dialing
from paceline.emulator.instants import MINUTE, SECOND
from paceline.emulator.table import Table
from paceline.emulator.tenant import (
    Campaign,
    Client,
    Delivery,
    DialerState,
    MinuteCounts,
    Simulation,
    StoredAnswer,
    Tenant,
    Token,
    Webhook,
)

_EXPIRED_TOKENS_KEPT = 24 * 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a platform starts with: tenants and clients for good, campaigns as they are at first."""

    tenants: Mapping[str, Tenant]
    clients: Mapping[str, Client]
    campaigns: Mapping[str, Campaign]


class World:
    """Everything that a request can read or change."""

    def __init__(self, holdings: Holdings, seed: int, era: int) -> None:
        """Hold the tenants of `holdings`; its campaigns are placed by `populate` or by a saved state.

        Args:
            holdings: of the tenants file.
            seed: what is left to chance depends on it alone: after a reset the same calls are answered.
            era: how often it was reset; names that are made up begin anew with each.
        """
        self.tenants = holdings.tenants
        self.clients = holdings.clients
        self.first_campaigns = holdings.campaigns
        self.seed = f"{seed}.0"
        self.names = f"{seed}.{era}"
        self.minted: Counter[str] = Counter()
        self.campaigns: Table[Campaign] = Table()
        self.tokens: Table[Token] = Table()
        self.webhooks: Table[Webhook] = Table()
        self.simulations: Table[Simulation] = Table()
        self.deliveries: Table[Delivery] = Table()
        self.answers: Table[StoredAnswer] = Table()
        self.minutes: Table[MinuteCounts] = Table()
        self.dialers: Table[DialerState] = Table()
        self.dialing = Dialing(self)
        self.active: Counter[str] = Counter()
        self.pending: set[str] = set()
        self.totals: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._newest: dict[str, int] = {}
        self._minutes_of: dict[str, dict[int, MinuteCounts]] = {}

    def populate(self, now: int) -> None:
        """Place the campaigns of the tenants file, and start their dialers."""
        for campaign in self.first_campaigns.values():
            self.put_campaign(campaign)
        self.dialing.begin(now)

    def count_anew(self) -> None:
        """Bring the counts and indexes in line with tables that were filled from a saved state."""
        self.active = Counter(c.tenant for c in self.campaigns.values() if c.status == "ACTIVE")
        self.pending = {c.id for c in self.campaigns.values() if c.pending is not None}
        for key, stored in sorted(self.answers.items(), key=lambda item: item[1].at):
            self.answers[key] = self.answers.pop(key, stored)
        for counts in self.minutes.values():
            self._count(counts)

    def mint(self, kind: str) -> str:
        """Return 64 hex digits that nobody had before: the same for the same seed, era, kind and number."""
        self.minted[kind] += 1
        return hashlib.sha256(f"{self.names}:{kind}:{self.minted[kind]}".encode()).hexdigest()

    def mint_uuid(self, kind: str) -> str:
        """Return a fresh UUID of version 4 in form."""
        digits = self.mint(kind)
        variant = "89ab"[int(digits[16], 16) % 4]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"

    def put_campaign(self, campaign: Campaign) -> None:
        """Set a campaign, and keep the counts of active and the set of pending ones true."""
        before = self.campaigns.get(campaign.id)
        if before is not None and before.status == "ACTIVE":
            self.active[campaign.tenant] -= 1
        if campaign.status == "ACTIVE":
            self.active[campaign.tenant] += 1
        if campaign.pending is None:
            self.pending.discard(campaign.id)
        else:
            self.pending.add(campaign.id)
        self.campaigns.put(campaign.id, campaign)

    def room_for_active(self, tenant: str) -> bool:
        """Return whether the tenant may have one more active campaign."""
        most = self.tenants[tenant].max_concurrent_campaigns
        return most is None or self.active[tenant] < most

    def forget_expired_tokens(self, now: int) -> None:
        """Drop tokens that ended more than a day ago; until then a request with one still counts for its client."""
        for value in [v for v, token in self.tokens.items() if token.expires_at < now - _EXPIRED_TOKENS_KEPT]:
            self.tokens.drop(value)

    def put_minute(self, counts: MinuteCounts) -> None:
        """Set what a campaign's dialer counted in one minute."""
        self._count(counts)
        self.minutes.put(counts.key, counts)

    def show_minute(self, counts: MinuteCounts) -> None:
        """Set what a dialer counted in one minute, without having it saved: it can be counted anew."""
        self._count(counts)
        self.minutes[counts.key] = counts

    def counted_in(self, campaign: str, minute: int) -> Mapping[str, int]:
        """Return what stands in a campaign's minute."""
        found = self._minutes_of.get(campaign, {}).get(minute)
        return {} if found is None else found.counts

    def total_of(self, campaign: str, now: int) -> Mapping[str, int] | None:
        """Return the sum of all minutes of a campaign, None where some of them are still to come."""
        return self.totals[campaign] if self._newest.get(campaign, now) <= now else None

    def _count(self, counts: MinuteCounts) -> None:
        minutes, total = self._minutes_of.setdefault(counts.campaign, {}), self.totals[counts.campaign]
        before = minutes.get(counts.minute)
        if before is not None:
            total.subtract(before.counts)
        total.update(counts.counts)
        minutes[counts.minute] = counts
        self._newest[counts.campaign] = max(counts.minute, self._newest.get(counts.campaign, counts.minute))

    def add_counts(self, campaign: str, at: int, counts: Mapping[str, int]) -> None:
        """Add counts to the minute in which `at` lies."""
        minute = at // MINUTE * MINUTE
        old = self._minutes_of.get(campaign, {}).get(minute)
        if old is None:
            self.put_minute(MinuteCounts(campaign=campaign, minute=minute, counts=dict(counts)))
        else:
            merged = {name: old.counts.get(name, 0) + counts.get(name, 0) for name in {*old.counts, *counts}}
            self.put_minute(replace(old, counts=merged))

    def minutes_of(self, campaign: str) -> list[MinuteCounts]:
        """Return the campaign's minutes in order."""
        return [counts for _, counts in sorted(self._minutes_of.get(campaign, {}).items())]

    def tables(self) -> dict[str, Table[Any]]:
        """Return every table that a saved state holds, by name."""
        return {
            "campaign": self.campaigns,
            "token": self.tokens,
            "webhook": self.webhooks,
            "simulation": self.simulations,
            "delivery": self.deliveries,
            "answer": self.answers,
            "minute": self.minutes,
            "dialer": self.dialers,
        }
