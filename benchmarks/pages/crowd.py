"""A platform with a thousand campaigns that were dialed this hour, and a book of what two weeks showed of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from paceline.bootstrap import System
from paceline.campaign.statistics import Tally
from paceline.control.abandonment.kept import Counts, KeptPeriod, Known
from paceline.control.order import Order
from paceline.ledger.entry import Actor
from paceline.primitives.ids import CampaignId, campaign_id

NOON = datetime(2026, 6, 15, 16, tzinfo=UTC)
"""A Monday, noon in New York: the instant that the platform's clock goes on from."""
DAYS = 14
"""Days that the book has of each campaign."""
DIALED = 300
"""So many of the campaigns have counts by minute; the others are paused, stopped, or have nobody at work."""
_WORDS = (("Renewals", "Collections", "Winback", "Survey", "Upgrade", "Loyalty", "Service call"),
          ("East", "West", "North", "South", "Midwest", "Pacific", "Gulf", "Lakes", "Plains"))  # fmt: skip
_HEAD = """
[[tenants]]
id = "crowd"
license_tier = "ENTERPRISE"
max_concurrent_campaigns = 5000
requests_per_minute = 1_000_000_000
[[tenants.clients]]
id = "crowd"
secret = "crowd"
scopes = ["Campaign.ReadWrite", "outbound:campaign:read", "outbound:campaign:write", "outbound:campaign:simulate",
          "outbound:rules:write", "campaign:read", "campaign:write", "webhooks:write"]
"""
_ONE = """
[[tenants.campaigns]]
id = "{id}"
name = "{name}"
status = "{status}"
agents = {agents}
locked = {locked}
[tenants.campaigns.dialingRules]
dialingMethod = "PREVIEW"
maxCallsPerAgent = 1
retrySettings = {{ maxAttempts = 1, intervalMinutes = [] }}
abandonmentRateThreshold = {{ maxRate = 0.03, coolDownSec = 300 }}
"""


def ids(number: int) -> list[CampaignId]:
    """Return the ids of so many campaigns."""
    return [campaign_id(f"CMP-{10_000 + place}") for place in range(number)]


def tenants(number: int) -> str:
    """Return a tenants file with so many campaigns; two in three are active, the first ones of them dial."""
    return _HEAD + "".join(
        _ONE.format(
            id=one,
            name=f"{_WORDS[0][place % 7]} {_WORDS[1][place % 9]} {place}",
            status=("ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "PAUSED", "STOPPED")[place % 6],
            agents=8 + place % 40,
            locked=str(place % 97 == 5).lower(),
        )
        for place, one in enumerate(ids(number))
    )


def dial(control: httpx2.Client, number: int) -> None:
    """Let the first campaigns have dialed for an hour, on an emulator's control."""
    for place, one in enumerate(ids(number)[:DIALED]):
        live = {"agentsAvailable": place % 5, "agentsTalking": 6 + place % 30, "agentsWrapUp": place % 4}
        told = {"statistics": list(_minutes(place)), "live": live}
        control.patch(f"/campaigns/{one}", json=told).raise_for_status()


def _minutes(place: int) -> Iterator[dict[str, Any]]:
    for back in range(60, 0, -1):
        at, turn = NOON - timedelta(minutes=back), (place * 31 + back * 17) % 97
        answers, idle = 6 + turn % 8, 100 + 5 * turn
        yield {
            "minute": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "dials": answers * 3,
            "connects": answers,
            "abandons": int(turn < 20 + 5 * (place % 13)),
            "agentSeconds": {
                "talk": answers * 150,
                "wrap": answers * 25,
                "idle": idle,
                "staffed": answers * 175 + idle,
            },
        }


def fill(system: System, number: int) -> None:
    """Put into the book what a worker would have: the hours of two weeks, and the legal period that is running."""
    begun = NOON - timedelta(days=DAYS)
    order = Order(actor=Actor(name="crowd", known_by="bench"))
    system.facts.declare(None, {"purpose": "sales", "regions": ["US-NY"], "anchor": begun.isoformat()}, order)
    for place, one in enumerate(ids(number)):
        answered, abandoned = 40 + place % 23, place % 3
        hours = [
            (begun + timedelta(days=day), Tally(dials=3 * answered, connects=answered, abandons=abandoned))
            for day in range(DAYS)
        ]
        counts = Counts(dials=3 * answered * DAYS, answered=answered * DAYS, abandoned=abandoned * DAYS)
        known = Known(campaign=one, total=counts, told_at=NOON, first_dial=begun, read_from=begun, read_until=NOON)
        period = KeptPeriod(
            campaign=one, period="30-day-blocks", start=begun, end=begun + timedelta(days=30), counts=counts,
            told_at=NOON, document={"anchor": "declared"},
        )  # fmt: skip
        system.abandonment.book.keep(known, hours=hours, periods=[period])
