"""Campaigns that hold settings already, what is declared of them, and what other people do to these settings."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.blocks import Directive, Window
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Observed
from paceline.campaign.ports import Platform, Prepared, Receipt
from paceline.campaign.schedule.changes import SetSchedule
from paceline.control.order import Order
from paceline.cxone.exchange import Request
from paceline.primitives.ids import CampaignId, Version
from tests.contract.systems import Office, Through

HELD, BARE = CampaignId("HELD"), CampaignId("BARE")
"""A campaign with a schedule and dialing rules, and one that never had any."""
RULES: dict[str, Any] = {
    "dialingMethod": "PROGRESSIVE",
    "retrySettings": {"maxAttempts": 3, "intervalMinutes": [60, 240]},
    "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 300},
    "maxCallsPerAgent": 1,
}
SCHEDULE: dict[str, Any] = {
    "timezone": "America/New_York",
    "businessHoursDirective": "STRICT",
    "maxConcurrentCalls": 80,
    "timeWindows": [{"dayOfWeek": "MONDAY", "startTime": "09:00:00", "endTime": "17:00:00"}],
}
FLORIDA = {"purpose": "sales", "regions": ["US-FL"]}
MONDAY, TUESDAY = (Window(weekday=day, start_s=9 * 3600, end_s=17 * 3600) for day in (0, 1))
FEWER = SetDialingRules(campaign=HELD, attempt_limit=2, retry_intervals_min=(240,))
TWO_DAYS = SetSchedule(campaign=HELD, windows=(MONDAY, TUESDAY))
WHOLE = SetSchedule(campaign=BARE, zone="America/New_York", directive=Directive.STRICT, windows=(MONDAY,), max_calls=50)
CLOSING = """
[[rule]]
id = "US-FL-{id}"
jurisdiction = "US-FL"
kind = "{kind}"
citation = "a bill, invented for this test"
summary = "Invented."
{terms}
effective_from = {since}
confidence = "high"
source = "house"
verified_on = 2026-11-20
"""
FEWER_CALLS = 'most = 2\nperiod = "24h"\ncounted = "rolling"\neach = "subject"'
FEWER_HOURS = 'open = { "mon-sun" = ["11:00-15:00"] }'


def furnish(office: Office, status: str = "ACTIVE", **more: Any) -> None:
    """Put both campaigns on the platform; `more` are arrangements of the first."""
    document = {"id": HELD, "status": status, "dialingRules": RULES, "schedule": SCHEDULE, "revision": 42, **more}
    office.emulated.control("POST", "/campaigns", document)
    office.emulated.control("POST", "/campaigns", {"id": BARE, "status": status})


def declare(system: System, *campaigns: CampaignId, **facts: Any) -> None:
    """Declare that these campaigns sell in Florida, or what is said instead."""
    for campaign in campaigns or (HELD, BARE):
        system.facts.declare(campaign, {**FLORIDA, **facts}, Order(actor=system.actor))


def furnished(office: Office, name: str = "ada", *, platform: Platform | None = None, **options: Any) -> System:
    """Return a system in an office with both campaigns, of which everything is declared."""
    furnish(office)
    system = office.system(name, platform=platform, **options)
    declare(system)
    return system


def rewrite(office: Office, change: SetSchedule | SetDialingRules) -> Observed:
    """Change settings as somebody does who knows nothing of this ledger."""
    platform = office.emulated.platform()
    live = platform.read(change.campaign, part=change.part)
    whole: AnyChange = change.whole_on(live)
    made = platform.apply(platform.prepare(whole, live.version), idempotency_key=f"outside-{live.version}").observed
    assert made is not None
    return made


def puts(office: Office) -> list[dict[str, Any]]:
    """The schedules that were sent."""
    return office.sent("PUT")


def held(office: Office, campaign: CampaignId = HELD) -> dict[str, Any]:
    """The schedule and the dialing rules as the platform holds them."""
    shown = office.emulated.shown(campaign)
    return {"schedule": shown["schedule"], "dialingRules": shown["dialingRules"]}


def set_up_by_hand(office: Office, block: dict[str, Any]) -> None:
    """Have somebody outside write dialing rules in the platform's own words."""
    request = Request(
        operation="edit",
        method="PATCH",
        target=f"/api/v2/outbound/campaigns/{HELD}",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"dialingRules": block}).encode(),
    )
    office.emulated.transport().send(request)


class Spoiling(Through):
    """A platform that finds other faults than we do: what is sent to it is not what was judged."""

    def __init__(self, beyond: Platform, spoilt: dict[str, Any]) -> None:
        super().__init__(beyond)
        self.spoilt = spoilt

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
        made = self.beyond.prepare(change, version)
        body = json.loads(str(made.request["body"]))
        return replace(made, request={**made.request, "body": json.dumps({**body, **self.spoilt})})


class Lossy(Through):
    """A platform on which something happens between its answer and our look at what it holds."""

    def __init__(self, beyond: Platform, office: Office, change: SetSchedule) -> None:
        super().__init__(beyond)
        self.office = office
        self.change: SetSchedule | None = change

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        try:
            return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
        finally:
            if self.change is not None:
                change, self.change = self.change, None
                rewrite(self.office, change)


def threshold(rate: str) -> SetDialingRules:
    """Return the change of the threshold alone."""
    return SetDialingRules(campaign=HELD, abandonment_threshold=Decimal(rate))
