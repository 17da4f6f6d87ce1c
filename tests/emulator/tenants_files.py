"""Tenants files written line by line, so that one key can be put in or left out."""

from __future__ import annotations

from pathlib import Path

SCOPES = (
    'scopes = ["Campaign.ReadWrite", "campaign:read", "outbound:campaign:write", '
    '"outbound:campaign:simulate", "webhooks:write"]'
)
TENANT = ('id = "one"',)
CLIENT = ('id = "one-all"', 'secret = "first"', SCOPES)
CAMPAIGN = ('id = "C-1"',)

RULES = (
    'dialingRules = { dialingMethod = "PREDICTIVE", maxCallsPerAgent = 2, '
    "retrySettings = { maxAttempts = 3, intervalMinutes = [60, 240] }, "
    "abandonmentRateThreshold = { maxRate = 0.03, coolDownSec = 300 } }"
)
PACING = (
    "predictiveDialer = { answerRate = 0.6, abandonRate = 0.02, maxConcurrentCalls = 50, callInterval = 200, "
    'strategy = "predictive", warmUpPeriod = 60 }'
)
WEIGHTS = (
    'predictiveDialerSettings = { algorithmId = "a", parameterWeights = { answer_rate = 0.1 }, '
    "validationSplit = 0.2, maxDeviationLimit = 0.2, convergenceThreshold = 0.01 }"
)
CONFIGURATION = (
    'configuration = { enablePredictiveTuning = true, simulationTrigger = "manual", driftProtection = true }'
)
SCHEDULE = (
    'schedule = { timezone = "Europe/Berlin", businessHoursDirective = "STRICT", maxConcurrentCalls = 40, '
    'timeWindows = [{ dayOfWeek = "MONDAY", startTime = "09:00:00", endTime = "12:00:00" }] }'
)


def table(name: str, lines: tuple[str, ...]) -> str:
    return "\n".join([f"[[{name}]]", *lines, ""])


def document(
    tenant: tuple[str, ...] = TENANT,
    client: tuple[str, ...] | None = CLIENT,
    campaign: tuple[str, ...] | None = CAMPAIGN,
    more: str = "",
) -> str:
    """Return a file of one tenant with one client and one campaign, each of these lines; `more` follows at the end."""
    parts = [table("tenants", tenant)]
    if client is not None:
        parts.append(table("tenants.clients", client))
    if campaign is not None:
        parts.append(table("tenants.campaigns", campaign))
    return "\n".join([*parts, more])


def write(folder: Path, text: str) -> Path:
    """Write a tenants file and return its path."""
    path = folder / "tenants.toml"
    path.write_text(text, encoding="utf-8")
    return path
