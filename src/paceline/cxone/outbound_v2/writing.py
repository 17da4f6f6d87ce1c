"""From changes to the platform's requests: the exact bytes, the precondition, and back from the record of one.

The version travels in the header of each kind: `If-Match` for a transition, for pacing, and for a schedule, which has a
tag of its own, `X-If-Match` and the body's `revision` for dialing rules, `If-Match` and the body's `version` for
weights. Every try has a key of its own, so a repeat is
the same request to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import assert_never

from paceline.campaign.blocks import DialingRules, Pacing, Schedule, Tuning, Weights
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import IncompleteChangeError, Lane
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Document, Drain, Part
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Prepared, UnknownRequestError
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.simulations import TUNED
from paceline.campaign.weights.changes import SetWeights
from paceline.cxone.exchange import Repeat, Request
from paceline.cxone.outbound_v2.wire import WEEKDAYS
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, Version, campaign_id

DIALECT = "outbound-v2"
"""The name under which requests of this dialect are kept."""


SIMULATIONS = "/api/v2/outbound/campaigns/simulations"
"""Where simulations are asked for, and read."""
SIMULATION_TYPE = "predictive_weight_validation"
"""The one kind of simulation that there is."""


class Prefix(Enum):
    """The two addresses of one campaign: they differ in the statuses of refusals alone."""

    OUTBOUND = "/api/v2/outbound/campaigns"
    SHORT = "/api/v2/campaigns"


def place_of(campaign: CampaignId, prefix: Prefix) -> str:
    """Return the path of a campaign.

    Raises:
        MalformedIdError: when the id would lead the address elsewhere.
    """
    return f"{prefix.value}/{campaign_id(campaign)}"


def schedule_of(campaign: CampaignId) -> str:
    """Return the path of a campaign's schedule.

    Raises:
        MalformedIdError: when the id would lead the address elsewhere.
    """
    return f"{place_of(campaign, Prefix.SHORT)}/schedule"


def prepared(change: AnyChange, version: Version | None, prefix: Prefix) -> Prepared:
    """Return the exact request of a change that is whole.

    Raises:
        IncompleteChangeError: when it leaves something as it is that nobody filled in.
        MalformedIdError: when the change names no campaign that an address can name.
    """
    headers = {"Content-Type": "application/json"}
    match change:
        case SetSchedule():
            method, target = "PUT", schedule_of(change.campaign)
            headers |= {} if version is None else {"If-Match": f'W/"{version}"'}
            body: dict[str, Json] = {"campaignId": change.campaign, **_joined(change.beside, _schedule(change))}
        case SetDialingRules():
            method, target = "PATCH", place_of(change.campaign, prefix)
            body = {"dialingRules": _joined(change.beside, _rules(change))}
            if version is not None:
                headers["X-If-Match"] = str(version)
                body["revision"] = int(version)
        case SetPacing():
            method, target = "PATCH", place_of(change.campaign, prefix)
            headers |= {} if version is None else {"If-Match": f'"{version}"'}
            body = {"predictiveDialer": _joined(change.beside, _pacing(change))}
        case SetWeights():
            method, target = "PUT", place_of(change.campaign, Prefix.OUTBOUND)
            body = {"id": change.campaign, **_weights(change)}
            if version is not None:
                headers["If-Match"] = f'"{version}"'
                body["version"] = int(version)
        case Pause() | Resume() | Stop():
            method, target = "PATCH", place_of(change.campaign, prefix)
            headers |= {} if version is None else {"If-Match": f'"{version}"'}
            body = {**_transition(change)}
        case _:
            assert_never(change)
    request: Document = {
        "method": method,
        "target": target,
        "headers": headers,
        "body": json.dumps(body, separators=(",", ":")),
        "operation": f"{change.kind} of campaign {change.campaign}",
    }
    return Prepared(dialect=DIALECT, campaign=change.campaign, request=request)


def request_of(told: Prepared, *, idempotency_key: str, lane: Lane) -> Request:
    """Return the request that was prepared, under its key.

    Raises:
        UnknownRequestError: when another dialect prepared it, or nobody did.
    """
    parts = told.request
    headers = parts.get("headers")
    if told.dialect != DIALECT or not isinstance(headers, dict) or not isinstance(parts.get("body"), str):
        raise UnknownRequestError(f"this is no request of the dialect {DIALECT}")
    return Request(
        operation=str(parts.get("operation")),
        method=str(parts.get("method")),
        target=str(parts.get("target")),
        headers={**{str(name): str(value) for name, value in headers.items()}, "Idempotency-Key": idempotency_key},
        body=str(parts["body"]).encode(),
        lane=lane,
        repeat=Repeat.GUARDED,
    )


def sent_version(told: Prepared) -> Version | None:
    """Return the version that a prepared request names."""
    headers = told.request.get("headers")
    named = headers if isinstance(headers, dict) else {}
    tag = named.get("If-Match", named.get("X-If-Match"))
    return Version(tag.removeprefix("W/").strip('"')) if isinstance(tag, str) else None


def part_of(told: Prepared) -> Part:
    """Return which of the platform's documents a prepared request changes."""
    return Part.SCHEDULE if told.request.get("target") == schedule_of(told.campaign) else Part.CAMPAIGN


def instant_text(instant: datetime) -> str:
    """Return an instant as the platform reads it."""
    return utc_text(instant.astimezone(UTC))


def rules_block(rules: DialingRules) -> dict[str, Json]:
    """Return dialing rules as the block of the platform."""
    return {
        "dialingMethod": rules.mode.value,
        "retrySettings": {
            "maxAttempts": rules.attempt_limit,
            "intervalMinutes": list(rules.retry_intervals_min),
        },
        "abandonmentRateThreshold": {
            "maxRate": float(rules.abandonment_threshold),
            "coolDownSec": rules.cool_down_s,
        },
        "maxCallsPerAgent": rules.calls_per_agent,
    }


def pacing_block(pacing: Pacing) -> dict[str, Json]:
    """Return pacing as the block of the platform."""
    return {
        "answerRate": float(pacing.answer_rate),
        "abandonRate": float(pacing.abandonment_aim),
        "maxConcurrentCalls": pacing.max_calls,
        "callInterval": pacing.call_interval_ms,
        "strategy": pacing.strategy,
        "warmUpPeriod": pacing.warm_up_s,
    }


def schedule_block(schedule: Schedule) -> dict[str, Json]:
    """Return a schedule as the block of the platform, without the campaign's id."""
    named: dict[str, Json] = {} if schedule.schedule_id is None else {"scheduleId": schedule.schedule_id}
    return {
        **named,
        "timezone": schedule.zone,
        "businessHoursDirective": schedule.directive.value,
        "timeWindows": [
            {
                "dayOfWeek": WEEKDAYS[window.weekday],
                "startTime": _time_of_day(window.start_s),
                "endTime": _time_of_day(window.end_s),
            }
            for window in schedule.windows
        ],
        "maxConcurrentCalls": schedule.max_calls,
    }


def weights_block(weights: Weights) -> dict[str, Json]:
    """Return weights as the block of the platform."""
    return {
        "algorithmId": weights.algorithm,
        "parameterWeights": {key: float(value) for key, value in sorted(weights.parameters.items())},
        "validationSplit": float(weights.validation_split),
        "maxDeviationLimit": float(weights.deviation_limit),
        "convergenceThreshold": float(weights.convergence),
    }


def tuning_block(tuning: Tuning) -> dict[str, Json]:
    """Return what the platform does with weights as the block of the platform."""
    return {
        "enablePredictiveTuning": tuning.enabled,
        "simulationTrigger": tuning.trigger,
        "driftProtection": tuning.drift_protection,
    }


def simulation_request(campaign: CampaignId, *, duration_s: int, idempotency_key: str, lane: Lane) -> Request:
    """Return the request that the platform simulate a campaign as it is.

    Raises:
        MalformedIdError: when it is no id of a campaign.
    """
    body = {"campaignId": campaign_id(campaign), "simulationType": SIMULATION_TYPE, "durationSeconds": duration_s}
    return Request(
        operation=f"simulate campaign {campaign}",
        method="POST",
        target=SIMULATIONS,
        headers={"Content-Type": "application/json", "Idempotency-Key": idempotency_key},
        body=json.dumps(body, separators=(",", ":")).encode(),
        lane=lane,
        repeat=Repeat.GUARDED,
    )


def webhook_request(url: str, *, name: str, lane: Lane) -> Request:
    """Return the request that the platform tell an address of each change of weights; its words do not name that."""
    body = {"name": name, "url": url, "events": [TUNED], "enabled": True, "httpMethod": "POST"}
    return Request(
        operation="register the platform's webhook for weights",
        method="POST",
        target="/api/v2/webhooks",
        headers={"Content-Type": "application/json"},
        body=json.dumps(body, separators=(",", ":")).encode(),
        lane=lane,
        repeat=Repeat.GUARDED,  # the same address and event again is the one that is there
    )


def _joined(beside: Document, block: Document) -> dict[str, Json]:
    """Return a block with what the platform's own holds beside it, at every depth, so that nothing is lost."""
    joined = {**beside, **block}
    for name, value in block.items():
        held = beside.get(name)
        if isinstance(held, Mapping) and isinstance(value, Mapping):
            joined[name] = _joined(held, value)
    return joined


def _rules(change: SetDialingRules) -> dict[str, Json]:
    whole = change.wanted.on(None)
    if whole is None:
        raise IncompleteChangeError
    return rules_block(whole)


def _pacing(change: SetPacing) -> dict[str, Json]:
    whole = change.wanted.on(None)
    if whole is None:
        raise IncompleteChangeError
    return pacing_block(whole)


def _schedule(change: SetSchedule) -> dict[str, Json]:
    whole = change.wanted.on(None)
    if whole is None:
        raise IncompleteChangeError
    return schedule_block(whole)


def _weights(change: SetWeights) -> dict[str, Json]:
    weights, tuning = change.wanted.on(None), change.wanted.tuning_on(None)
    if weights is None or tuning is None:
        raise IncompleteChangeError
    return {
        "predictiveDialerSettings": _joined(change.beside, weights_block(weights)),
        "configuration": _joined(change.tuning_beside, tuning_block(tuning)),
    }


def _transition(change: Pause | Resume | Stop) -> dict[str, str | bool]:
    body: dict[str, str | bool] = {"status": change.state.value}
    if change.effective_at is not None:
        body["effectiveTime"] = instant_text(change.effective_at)
    match change:
        case Pause() | Stop():
            body["drainQueue"] = change.drain is Drain.FINISH
        case Resume():
            pass
        case _:
            assert_never(change)
    return body


def _time_of_day(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
