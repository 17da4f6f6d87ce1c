"""Campaigns with a running dialer that is told too little of how many people answer: more is abandoned than may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from paceline.bootstrap import System
from paceline.control.abandonment.account import CampaignAccount
from paceline.control.order import Order
from paceline.ledger.entry import Entry, Query
from paceline.primitives.ids import CampaignId
from tests.contract.emulated import START
from tests.contract.systems import Office

BOLD = CampaignId("BOLD")
DAY_S = 86_400.0
PACING: dict[str, Any] = {
    "answerRate": 0.4,
    "abandonRate": 0.03,
    "maxConcurrentCalls": 20,
    "callInterval": 200,
    "strategy": "predictive",
    "warmUpPeriod": 0,
}
PREDICTIVE: dict[str, Any] = {
    "dialingMethod": "PREDICTIVE",
    "retrySettings": {"maxAttempts": 2, "intervalMinutes": [240]},
    "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 0},
    "maxCallsPerAgent": 10,
}


def put(office: Office, campaign: CampaignId = BOLD, **more: Any) -> None:
    """Put a campaign on the platform of which six in ten people answer, and its dialer believes four."""
    document = {"id": campaign, "status": "ACTIVE", "agents": 3, "revision": 42, "predictiveDialer": PACING}
    world = {"answerRate": 0.6, "records": 10**6, "talkSeconds": 60}
    office.emulated.control("POST", "/campaigns", {**document, "dialer": world, **more})


def put_old(office: Office, days: int, campaign: CampaignId = BOLD) -> datetime:
    """Put a campaign that dialed in one minute of each of so many days, and return the first: nothing is played."""
    now = datetime.fromisoformat(START)
    put(office, campaign)
    minutes = [now - timedelta(days=days - day, minutes=7) for day in range(days)]
    told = [
        {
            "minute": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "dials": 90 + place % 7,
            "connects": 30 + place % 5,
            "abandons": place % 2,
        }
        for place, at in enumerate(minutes)
    ]
    office.emulated.arrange(campaign, statistics=told)
    return minutes[0]


def pass_time(office: Office, seconds: float) -> None:
    """Let the platform dial for so long; to us it is longer than a turn."""
    office.emulated.advance(seconds)
    office.clock.advance(60)


def account(system: System, campaign: CampaignId = BOLD) -> CampaignAccount:
    (found,) = system.abandonment.asked([campaign])
    return found


def entries(system: System, kind: str, campaign: CampaignId = BOLD) -> list[Entry]:
    return system.book.entries(Query(campaign=campaign, kind=kind))


def order(system: System) -> Order:
    return Order(actor=system.actor)
