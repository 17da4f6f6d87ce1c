"""Integers are written as JSON integers, a lock as a boolean: judged by the raw text of the answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds

OUTBOUND = "/api/v2/outbound/campaigns"
CAMPAIGN = f"{OUTBOUND}/CMP-FULL"
TUNING = {"enablePredictiveTuning": True, "simulationTrigger": "manual", "driftProtection": True}


def integers(answer: httpx2.Response, name: str) -> list[str]:
    """Return the literal that stands after each key `name` in the raw text, up to the next comma or bracket."""
    return [literal.strip() for literal in re.findall(rf'"{name}"\s*:\s*([^,}}\]]*)', answer.text)]


def assert_integers(answer: httpx2.Response, *names: str) -> None:
    for name in names:
        literals = integers(answer, name)
        assert literals, f"{name} is not in {answer.text}"
        assert all(re.fullmatch(r"0|-?[1-9][0-9]*", literal) for literal in literals), (name, literals)


@holds("1.21")
@pytest.mark.parametrize("client", ["acme-all", "acme-java", "bulk-all"])
@pytest.mark.parametrize("endpoint", ["/oauth/token", "/api/v2/oauth/token"])
def test_lifetimes_are_written_as_integers(platform: Caller, endpoint: str, client: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": platform.secrets[client]}
    token = platform.http.post(endpoint, data=form)
    assert_integers(token, "expires_in")
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    for _ in range(3):
        assert_integers(platform.get("/api/v2/oauth/tokeninfo", client=None, headers=headers), "expires_in")
        platform.advance(0.7)


def read_after(campaign: str, **changes: Any) -> Callable[[Caller], httpx2.Response]:
    """Return a step that changes a campaign through the control surface and reads it."""

    def step(platform: Caller) -> httpx2.Response:
        platform.arrange(campaign, **changes)
        return platform.get(f"{OUTBOUND}/{campaign}")

    return step


def read_of_a_campaign_made_with_nothing_but_an_id(platform: Caller) -> httpx2.Response:
    platform.control("POST", "/campaigns", {"id": "NEW"})
    return platform.get(f"{OUTBOUND}/NEW")


CAMPAIGN_ANSWERS: dict[str, Callable[[Caller], httpx2.Response]] = {
    "read": lambda c: c.get(CAMPAIGN),
    "list": lambda c: c.get(OUTBOUND),
    "lifecycle": lambda c: c.patch(CAMPAIGN, {"status": "PAUSED"}),
    "pending": lambda c: c.patch(CAMPAIGN, {"status": "PAUSED", "effectiveTime": "2026-06-15T13:00Z"}),
    "weights": lambda c: c.put(CAMPAIGN, {"id": "CMP-FULL", "configuration": TUNING, "version": 100}),
    "locked": read_after("CMP-FULL", locked=True),
    "unlocked": read_after("CMP-LOCKED", locked=False),
    "archived": read_after("CMP-FULL", archived=True),
    "made": read_of_a_campaign_made_with_nothing_but_an_id,
}


@holds("1.22", "1.23", "1.24", "1.25")
@pytest.mark.parametrize("ask", CAMPAIGN_ANSWERS.values(), ids=CAMPAIGN_ANSWERS.keys())
def test_campaign_numbers_are_integers_and_its_lock_is_a_boolean(
    platform: Caller, ask: Callable[[Caller], httpx2.Response]
) -> None:
    answer = ask(platform)
    assert answer.status_code == 200, answer.text
    assert_integers(answer, "revision", "version", "activeAgents", "totalCallsAttempted")
    document = answer.json()
    for campaign in document.get("campaigns", [document]):
        assert type(campaign["isLocked"]) is bool
        assert campaign["revision"] == campaign["version"]


@holds("1.25")
def test_lock_is_told_as_true_and_false(platform: Caller) -> None:
    told = {c["id"]: c["isLocked"] for c in platform.get(OUTBOUND).json()["campaigns"]}
    assert told["CMP-LOCKED"] is True
    assert [told[name] for name in told if name != "CMP-LOCKED"] == [False] * (len(told) - 1)
    platform.arrange("CMP-FULL", locked=True)
    assert platform.campaign("CMP-FULL")["isLocked"] is True
    platform.arrange("CMP-FULL", locked=False)
    assert platform.campaign("CMP-FULL")["isLocked"] is False


@holds("1.22")
def test_revision_of_a_conflict_is_an_integer(platform: Caller) -> None:
    rules = {
        "dialingMethod": "PREVIEW",
        "retrySettings": {"maxAttempts": 1, "intervalMinutes": []},
        "abandonmentRateThreshold": {"maxRate": 0, "coolDownSec": 0},
        "maxCallsPerAgent": 1,
    }
    answer = platform.patch(CAMPAIGN, {"dialingRules": rules, "revision": 99})
    assert answer.status_code == 409
    assert_integers(answer, "currentRevision")
    fresh = platform.patch(CAMPAIGN, {"dialingRules": rules, "revision": 100})
    assert_integers(fresh, "revision", "version", "maxAttempts", "coolDownSec", "maxCallsPerAgent")


@holds("1.24")
@pytest.mark.parametrize("query", ["", "?bucket=minute", "?from=2026-06-15T11:00:00Z&to=2026-06-15T13:00:00Z"])
@pytest.mark.parametrize("path", ["/api/v2/campaigns/CMP-FULL/statistics", "/api/v2/campaigns/statistics"])
def test_measured_counts_are_integers(platform: Caller, path: str, query: str) -> None:
    platform.arrange(
        "CMP-FULL",
        statistics=[{"dials": 9, "connects": 4, "abandons": 1, "talk": 61, "staffed": 120}],
        records={"total": 1000, "dialable": 900, "exhausted": 3},
        callsInFlight=[{"state": "waiting", "secondsLeft": 2.5}],
    )
    platform.advance(60.5)
    answer = platform.get(path + query)
    assert answer.status_code == 200, answer.text
    counts = ["dials", "connects", "abandons", "machines", "noAnswers", "busies", "rightPartyConnects"]
    counts += ["talk", "wrap", "idle", "staffed", "total", "dialable", "exhausted"]
    counts += ["agentsAvailable", "agentsTalking", "agentsWrapUp", "agentsUnavailable"]
    assert_integers(answer, *counts, "callsRinging", "callsWaiting", "callsConnected")
