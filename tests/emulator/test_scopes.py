"""The table of capabilities and scopes, each capability against each scope that the platform knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from tests.emulator.caller import ABSENT, Caller
from tests.emulator.holds import holds
from tests.emulator.oauth import by_form, granted, with_token

SCOPES = (
    "Campaign.ReadWrite",
    "outbound:campaign:read",
    "outbound:campaign:write",
    "campaign:read",
    "campaign:write",
    "outbound:campaign:simulate",
    "webhooks:write",
    "outbound:rules:write",
)
READERS = {"Campaign.ReadWrite", "outbound:campaign:read", "campaign:read"}
WRITERS = {"Campaign.ReadWrite", "outbound:campaign:write", "campaign:write"}
OUTBOUND = "/api/v2/outbound/campaigns"
CAMPAIGN = f"{OUTBOUND}/CMP-ACTIVE"
SHORT = "/api/v2/campaigns/CMP-ACTIVE"
RULES = {
    "dialingRules": {
        "dialingMethod": "PROGRESSIVE",
        "retrySettings": {"maxAttempts": 2, "intervalMinutes": [60]},
        "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 60},
        "maxCallsPerAgent": 1,
    }
}
PACING = {
    "predictiveDialer": {
        "answerRate": 0.6,
        "abandonRate": 0.02,
        "maxConcurrentCalls": 50,
        "callInterval": 200,
        "strategy": "predictive",
        "warmUpPeriod": 60,
    }
}
WEIGHTS = {
    "id": "CMP-ACTIVE",
    "configuration": {"enablePredictiveTuning": True, "simulationTrigger": "manual", "driftProtection": True},
}
SCHEDULE = {
    "campaignId": "CMP-ACTIVE",
    "timezone": "America/New_York",
    "businessHoursDirective": "STRICT",
    "timeWindows": [{"dayOfWeek": "MONDAY", "startTime": "09:00:00", "endTime": "12:00:00"}],
    "maxConcurrentCalls": 40,
}
SIMULATION = {"campaignId": "CMP-ACTIVE", "simulationType": "predictive_weight_validation", "durationSeconds": 60}
HOOK = {"name": "n", "url": "https://hooks.example/n", "events": ["campaign.predictive.tuned"]}


@dataclass(frozen=True)
class Deed:
    """One request that needs a capability, and the status of its success."""

    method: str
    path: str
    body: Any = field(default=ABSENT)
    status: int = 200
    if_match: str | None = None

    def do(self, caller: Caller, token: str) -> httpx2.Response:
        headers = {} if self.if_match is None else {"If-Match": self.if_match}
        return with_token(caller, token, self.method, self.path, json=self.body, headers=headers)

    def __str__(self) -> str:
        block = next(iter(self.body)) if isinstance(self.body, dict) else ""
        return f"{self.method} {self.path.removeprefix('/api/v2')} {block}".strip()


READ_CAMPAIGN = [
    Deed("GET", CAMPAIGN),
    Deed("GET", SHORT),
    Deed("GET", OUTBOUND),
    Deed("GET", f"{SHORT}/statistics"),
    Deed("GET", "/api/v2/campaigns/statistics"),
]
READ_SCHEDULE = [Deed("GET", f"{SHORT}/schedule"), Deed("GET", "/api/v2/campaigns/CMP-FULL/schedule")]
WRITE_CAMPAIGN = [Deed("PATCH", CAMPAIGN, PACING), Deed("PATCH", SHORT, PACING), Deed("PUT", CAMPAIGN, WEIGHTS)]
WRITE_SCHEDULE = [Deed("PUT", f"{SHORT}/schedule", SCHEDULE, if_match='W/"initial"')]
WRITE_STATE = [Deed("PATCH", CAMPAIGN, {"status": "PAUSED"}), Deed("PATCH", SHORT, {"status": "STOPPED"})]
WRITE_RULES = [Deed("PATCH", CAMPAIGN, RULES), Deed("PATCH", SHORT, RULES)]
SIMULATE = [Deed("POST", f"{OUTBOUND}/simulations", SIMULATION, 202)]
REGISTER = [Deed("POST", "/api/v2/webhooks", HOOK, 201)]


def token_with(caller: Caller, *scopes: str) -> str:
    """Return a token that has just these scopes."""
    answer = by_form(caller, "/oauth/token", "acme-all", "acme-all-secret", scope=" ".join(scopes))
    assert set(granted(answer)["scope"].split(" ")) == set(scopes)
    token: str = answer.json()["access_token"]
    return token


def state(caller: Caller) -> list[Any]:
    """Return all that a deed of this file could change."""
    paths = [OUTBOUND, f"{SHORT}/schedule", "/api/v2/webhooks"]
    return [caller.get(path).json() for path in paths]


def judge(caller: Caller, deed: Deed, scope: str, accepted: set[str]) -> None:
    """The deed succeeds if its only scope is an accepted one; else it is 403 and changes nothing."""
    before = state(caller)
    answer = deed.do(caller, token_with(caller, scope))
    if scope in accepted:
        assert answer.status_code == deed.status, answer.text
        return
    assert answer.status_code == 403, answer.text
    assert answer.json()["code"] == "forbidden"
    assert state(caller) == before


each_scope = pytest.mark.parametrize("scope", SCOPES)


def each_deed(deeds: list[Deed]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("deed", deeds, ids=str)


# ---------------------------------------------------------------------------------------------------- the table


@holds("2.42", "2.43", "2.54")
@each_scope
@each_deed(READ_CAMPAIGN)
def test_reading_a_campaign(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, READERS)


@holds("2.42", "2.44", "2.54")
@each_scope
@each_deed(READ_SCHEDULE)
def test_reading_a_schedule(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, READERS)


@holds("2.42", "2.45", "2.54")
@each_scope
def test_reading_a_simulation(platform: Caller, scope: str) -> None:
    made = platform.post(f"{OUTBOUND}/simulations", SIMULATION).json()["id"]
    judge(platform, Deed("GET", f"{OUTBOUND}/simulations/{made}"), scope, READERS)


@holds("2.42", "2.46")
@each_scope
@each_deed(WRITE_CAMPAIGN)
def test_writing_a_campaign(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, WRITERS)


@holds("2.42", "2.47")
@each_scope
@each_deed(WRITE_SCHEDULE)
def test_writing_a_schedule(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, WRITERS)


@holds("2.42", "2.48")
@each_scope
@each_deed(WRITE_STATE)
def test_changing_the_state(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, WRITERS)


@holds("2.42", "2.49", "2.50")
@each_scope
@each_deed(WRITE_RULES)
def test_writing_dialing_rules(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, WRITERS)


@holds("2.42", "2.52")
@each_scope
@each_deed(SIMULATE)
def test_starting_a_simulation(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, {"outbound:campaign:simulate"})


@holds("2.42", "2.53")
@each_scope
@each_deed(REGISTER)
def test_registering_a_webhook(platform: Caller, deed: Deed, scope: str) -> None:
    judge(platform, deed, scope, {"webhooks:write"})


# ------------------------------------------------------------------------------------------- beside the table


@holds("2.54", "2.46")
@pytest.mark.parametrize("scope", ["outbound:campaign:write", "campaign:write"])
def test_writer_gets_the_campaign_in_answer_but_may_not_read_it(platform: Caller, scope: str) -> None:
    token = token_with(platform, scope)
    written = with_token(platform, token, "PATCH", CAMPAIGN, json=PACING)
    assert written.status_code == 200
    assert written.json()["id"] == "CMP-ACTIVE"
    assert with_token(platform, token).status_code == 403
    assert with_token(platform, token, path=f"{SHORT}/schedule").status_code == 403


@holds("2.54")
def test_client_registered_for_writing_only_may_not_read(platform: Caller) -> None:
    assert platform.get(CAMPAIGN, client="acme-write").status_code == 403
    assert platform.patch(CAMPAIGN, {"status": "PAUSED"}, client="acme-write").status_code == 200
    assert platform.patch(CAMPAIGN, {"status": "ACTIVE"}, client="acme-read").status_code == 403
    assert platform.get(CAMPAIGN, client="acme-read").json()["status"] == "PAUSED"


@holds("2.53")
def test_scope_for_webhooks_suffices_to_list_and_remove_them(platform: Caller) -> None:
    token = token_with(platform, "webhooks:write")
    made = with_token(platform, token, "POST", "/api/v2/webhooks", json=HOOK).json()["id"]
    assert [w["id"] for w in with_token(platform, token, path="/api/v2/webhooks").json()["webhooks"]] == [made]
    assert with_token(platform, token, path=f"/api/v2/webhooks/{made}").json()["id"] == made
    assert with_token(platform, token, "DELETE", f"/api/v2/webhooks/{made}").status_code == 204


@holds("2.46")
@pytest.mark.parametrize("body", [PACING | {"status": "PAUSED"}, PACING | RULES], ids=["status", "rules"])
@pytest.mark.parametrize("scope", sorted(WRITERS))
def test_several_blocks_need_no_more_than_one_write_scope(platform: Caller, scope: str, body: dict[str, Any]) -> None:
    assert with_token(platform, token_with(platform, scope), "PATCH", CAMPAIGN, json=body).status_code == 200


# -------------------------------------------------------------------------------------------------- strict mode


@pytest.fixture
def strict(launch: Callable[..., Caller]) -> Caller:
    return launch(strict_rules_scope=True)


@holds("2.51")
@each_deed(WRITE_RULES)
def test_strict_mode_asks_for_both_scopes(strict: Caller, deed: Deed) -> None:
    for scope in SCOPES:
        before = state(strict)
        answer = deed.do(strict, token_with(strict, scope))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), scope
        assert state(strict) == before
        strict.reset()
    for scope in sorted(WRITERS):
        assert deed.do(strict, token_with(strict, scope, "outbound:rules:write")).status_code == 200, scope
    for scope in ("outbound:campaign:read", "campaign:read", "outbound:campaign:simulate", "webhooks:write"):
        assert deed.do(strict, token_with(strict, scope, "outbound:rules:write")).status_code == 403, scope


@holds("2.51")
def test_strict_mode_refuses_the_whole_request_beside_other_blocks(strict: Caller) -> None:
    before = state(strict)
    body = PACING | RULES | {"status": "PAUSED"}
    assert with_token(strict, token_with(strict, *WRITERS), "PATCH", CAMPAIGN, json=body).status_code == 403
    assert state(strict) == before
    token = token_with(strict, "campaign:write", "outbound:rules:write")
    assert with_token(strict, token, "PATCH", CAMPAIGN, json=body).status_code == 200


@holds("2.51")
@pytest.mark.parametrize("scope", sorted(WRITERS))
@each_deed(WRITE_CAMPAIGN + WRITE_SCHEDULE + WRITE_STATE)
def test_strict_mode_asks_nothing_more_of_other_writes(strict: Caller, deed: Deed, scope: str) -> None:
    assert deed.do(strict, token_with(strict, scope)).status_code == deed.status


@holds("2.51", "2.43")
@pytest.mark.parametrize("scope", sorted(READERS))
def test_strict_mode_asks_nothing_more_of_readers(strict: Caller, scope: str) -> None:
    assert with_token(strict, token_with(strict, scope)).status_code == 200
