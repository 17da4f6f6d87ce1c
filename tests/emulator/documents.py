"""Sound documents of every kind of write, fresh at each call, for tests that spoil or vary them."""

from __future__ import annotations

from typing import Any

OUT = "/api/v2/outbound/campaigns"
CAM = "/api/v2/campaigns"
HOOKS = "/api/v2/webhooks"
SIMULATIONS = f"{OUT}/simulations"


def rules(**changes: Any) -> dict[str, Any]:
    """Return sound dialing rules with these fields changed."""
    block: dict[str, Any] = {
        "dialingMethod": "PROGRESSIVE",
        "retrySettings": {"maxAttempts": 3, "intervalMinutes": [60, 240]},
        "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 300},
        "maxCallsPerAgent": 2,
    }
    return block | changes


def pacing(**changes: Any) -> dict[str, Any]:
    """Return sound predictive parameters with these fields changed."""
    block: dict[str, Any] = {
        "answerRate": 0.6,
        "abandonRate": 0.02,
        "maxConcurrentCalls": 50,
        "callInterval": 200,
        "strategy": "predictive",
        "warmUpPeriod": 60,
    }
    return block | changes


def weights(campaign: str, **changes: Any) -> dict[str, Any]:
    """Return a sound body for the PUT of weights with these members changed."""
    body: dict[str, Any] = {
        "id": campaign,
        "predictiveDialerSettings": {
            "algorithmId": "algo-1",
            "parameterWeights": {"answer_rate": 0.1, "call_rate": 0.2},
            "validationSplit": 0.2,
            "maxDeviationLimit": 0.2,
            "convergenceThreshold": 0.01,
        },
        "configuration": {"enablePredictiveTuning": True, "simulationTrigger": "manual", "driftProtection": True},
    }
    return body | changes


def window(day: str = "MONDAY", start: str = "09:00:00", end: str = "12:00:00") -> dict[str, str]:
    """Return one window of a schedule."""
    return {"dayOfWeek": day, "startTime": start, "endTime": end}


OVERLAPPING = [window(), window(start="11:00:00", end="13:00:00")]


def schedule(campaign: str, **changes: Any) -> dict[str, Any]:
    """Return a sound schedule with these members changed."""
    body: dict[str, Any] = {
        "campaignId": campaign,
        "timezone": "America/New_York",
        "businessHoursDirective": "STRICT",
        "timeWindows": [window(), window("TUESDAY")],
        "maxConcurrentCalls": 40,
    }
    return body | changes


def simulation(campaign: str, **changes: Any) -> dict[str, Any]:
    """Return a sound order of a simulation with these members changed."""
    body: dict[str, Any] = {
        "campaignId": campaign,
        "simulationType": "predictive_weight_validation",
        "durationSeconds": 60,
    }
    return body | changes


def webhook(**changes: Any) -> dict[str, Any]:
    """Return a sound webhook, switched off so that nothing is delivered, with these members changed."""
    body: dict[str, Any] = {
        "name": "tuning",
        "url": "http://127.0.0.1:9/hook",
        "events": ["campaign.predictive.tuned"],
        "enabled": False,
        "httpMethod": "POST",
    }
    return body | changes
