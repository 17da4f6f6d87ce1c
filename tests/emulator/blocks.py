"""Valid blocks of a campaign's body, ways to spoil them, and what an answer must say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Final

import httpx2

from tests.emulator.caller import Caller

OUTBOUND: Final = "/api/v2/outbound/campaigns"
CAMPAIGNS: Final = "/api/v2/campaigns"
PREFIXES: Final = (OUTBOUND, CAMPAIGNS)

RULES: Final[dict[str, Any]] = {
    "dialingMethod": "PROGRESSIVE",
    "retrySettings": {"maxAttempts": 5, "intervalMinutes": [30, 120]},
    "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 120},
    "maxCallsPerAgent": 2,
}
PREDICTIVE: Final[dict[str, Any]] = {
    "answerRate": 0.55,
    "abandonRate": 0.01,
    "maxConcurrentCalls": 40,
    "callInterval": 150,
    "strategy": "predictive",
    "warmUpPeriod": 30,
}
SETTINGS: Final[dict[str, Any]] = {
    "algorithmId": "algo-2",
    "parameterWeights": {"answer_rate": 0.25, "call_rate": -0.5, "max_concurrent": 0.75},
    "validationSplit": 0.3,
    "maxDeviationLimit": 0.1,
    "convergenceThreshold": 0.02,
}
CONFIGURATION: Final[dict[str, Any]] = {
    "enablePredictiveTuning": False,
    "simulationTrigger": "manual",
    "driftProtection": False,
}
WINDOW: Final[dict[str, Any]] = {"dayOfWeek": "TUESDAY", "startTime": "09:00:00", "endTime": "17:00:00"}

NOT_INTEGERS: Final[tuple[Any, ...]] = (True, "5", 5.0, None, [], {})
NOT_NUMBERS: Final[tuple[Any, ...]] = (True, "0.05", None, [], {})
NOT_STRINGS: Final[tuple[Any, ...]] = (1, 0.5, True, None, [], {})
NOT_BOOLEANS: Final[tuple[Any, ...]] = ("true", 1, 0, None, [], {})
NOT_OBJECTS: Final[tuple[Any, ...]] = (True, 1, "{}", None, [])

FIELDS: Final = {
    *("id", "name", "status", "isLocked", "activeAgents", "totalCallsAttempted", "transitionTime", "queueDrained"),
    *("revision", "version", "pendingTransition", "dialingRules", "predictiveDialer"),
    *("predictiveDialerSettings", "configuration"),
}
"""The fields of a campaign, as its table names them."""


def changed(block: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy of the block with the value at the dotted path."""
    copy: dict[str, Any] = deepcopy(dict(block))
    *way, last = path.split(".")
    inner = copy
    for step in way:
        inner = inner[step]
    inner[last] = value
    return copy


def without(block: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return a copy of the block that lacks the field at the dotted path."""
    copy: dict[str, Any] = deepcopy(dict(block))
    *way, last = path.split(".")
    inner = copy
    for step in way:
        inner = inner[step]
    del inner[last]
    return copy


def weights(campaign: str, **rest: Any) -> dict[str, Any]:
    """Return the body of a weights PUT; `rest` joins it."""
    return {"id": campaign, **rest}


def timetable(campaign: str, **rest: Any) -> dict[str, Any]:
    """Return the body of a schedule PUT; `rest` joins it."""
    return {
        "campaignId": campaign,
        "timezone": "America/New_York",
        "businessHoursDirective": "STRICT",
        "timeWindows": [dict(WINDOW)],
        "maxConcurrentCalls": 20,
        **rest,
    }


def faulty(answer: httpx2.Response, status: int = 400) -> set[str]:
    """Return the fields that the answer finds at fault, having checked its status."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text}"
    faults = answer.json()["errors"]
    assert all(set(fault) == {"field", "message"} for fault in faults), faults
    return {fault["field"] for fault in faults}


def fault_status(prefix: str) -> int:
    """Return the status of a field fault under the prefix."""
    return 400 if prefix == OUTBOUND else 422


def accepted(answer: httpx2.Response, status: int = 200) -> dict[str, Any]:
    """Return the JSON object of an answer, having checked its status."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text}"
    document = answer.json()
    assert isinstance(document, dict)
    return document


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Return the body of a refusal that is not about fields, having checked its status and code."""
    document = accepted(answer, status)
    assert document["code"] == code, document
    assert document["errors"] == [], document
    return document


FORM: Final = re.compile(
    r"(?P<minute>\d{4}-\d\d-\d\dT\d\d:\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d{1,9}))?)?"
    r"(?P<offset>Z|[+-]\d\d:\d\d(:\d\d)?)",
    re.ASCII,
)


def nanoseconds(instant: str) -> int:
    """Return an ISO 8601 instant as nanoseconds since 1970, without losing a digit."""
    match = FORM.fullmatch(instant)
    assert match is not None, f"not an instant: {instant!r}"
    offset = timedelta(0)
    if match["offset"] != "Z":
        hours, minutes, *rest = (int(part) for part in match["offset"][1:].split(":"))
        offset = timedelta(hours=hours, minutes=minutes, seconds=rest[0] if rest else 0)
        offset = -offset if match["offset"][0] == "-" else offset
    local = datetime.fromisoformat(match["minute"]) + timedelta(seconds=int(match["second"] or 0))
    since = local - datetime(1970, 1, 1) - offset  # noqa: DTZ001 - the offset was taken off by hand
    return (since.days * 86_400 + since.seconds) * 10**9 + int((match["fraction"] or "0").ljust(9, "0"))


def same_instant(one: str, other: str) -> bool:
    """Tell whether two ISO 8601 texts mean the same instant, to the nanosecond."""
    return nanoseconds(one) == nanoseconds(other)


def travel(platform: Caller, instant: str) -> None:
    """Set the clock to the instant and forget the tokens, which may have expired on the way."""
    platform.set_now(instant)
    platform.tokens.clear()
