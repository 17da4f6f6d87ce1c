"""Weights PUTs, simulations and webhooks in the contract's words."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.emulator.caller import Caller

TUNED = "campaign.predictive.tuned"
SIMULATIONS = "/api/v2/outbound/campaigns/simulations"
WEBHOOKS = "/api/v2/webhooks"


def algorithm(**changes: Any) -> dict[str, Any]:
    """Return predictive settings that are in order, with changes."""
    return {
        "algorithmId": "algo-2",
        "parameterWeights": {"answer_rate": 0.25, "call_rate": -0.5},
        "validationSplit": 0.2,
        "maxDeviationLimit": 0.5,
        "convergenceThreshold": 0.01,
        **changes,
    }


def configuration(trigger: str = "manual") -> dict[str, Any]:
    """Return a configuration with this trigger of simulations."""
    return {"enablePredictiveTuning": True, "simulationTrigger": trigger, "driftProtection": False}


def tune(
    caller: Caller,
    campaign: str,
    *,
    client: str = "acme-all",
    headers: dict[str, str] | None = None,
    **blocks: Any,
) -> httpx2.Response:
    """PUT weights to a campaign: an algorithm in order unless blocks are given."""
    document = {"id": campaign, **(blocks or {"predictiveDialerSettings": algorithm()})}
    return caller.put(f"/api/v2/outbound/campaigns/{campaign}", document, headers=headers, client=client)


def simulate(caller: Caller, campaign: str, *, client: str = "acme-all", **changes: Any) -> httpx2.Response:
    """Ask for a simulation that is in order but for the changes."""
    document = {
        "campaignId": campaign,
        "simulationType": "predictive_weight_validation",
        "durationSeconds": 60,
        **changes,
    }
    return caller.post(SIMULATIONS, document, client=client)


def register(caller: Caller, url: str, *, client: str = "acme-all", **changes: Any) -> httpx2.Response:
    """Register a webhook for tuned weights, with changes."""
    return caller.post(WEBHOOKS, {"url": url, "events": [TUNED], **changes}, client=client)
