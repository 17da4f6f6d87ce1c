"""A bearer that is expired, unknown or foreign opens nothing; a valid one without the scope gets 403."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.caller import ABSENT, Caller
from tests.emulator.holds import holds
from tests.emulator.oauth import by_form, granted, with_token

OUTBOUND = "/api/v2/outbound/campaigns"
HOOK = {"name": "n", "url": "https://hooks.example/n", "events": ["campaign.predictive.tuned"]}
SIMULATION = {"campaignId": "CMP-ACTIVE", "simulationType": "predictive_weight_validation", "durationSeconds": 60}
PAUSE = {"status": "PAUSED"}
RESOURCES: list[tuple[str, str, Any]] = [
    ("GET", OUTBOUND, ABSENT),
    ("GET", f"{OUTBOUND}/CMP-ACTIVE", ABSENT),
    ("GET", "/api/v2/campaigns/CMP-ACTIVE", ABSENT),
    ("PATCH", f"{OUTBOUND}/CMP-ACTIVE", PAUSE),
    ("PATCH", "/api/v2/campaigns/CMP-ACTIVE", PAUSE),
    ("PUT", f"{OUTBOUND}/CMP-ACTIVE", {"id": "CMP-ACTIVE"}),
    ("GET", "/api/v2/campaigns/CMP-ACTIVE/schedule", ABSENT),
    ("PUT", "/api/v2/campaigns/CMP-ACTIVE/schedule", {"campaignId": "CMP-ACTIVE"}),
    ("GET", "/api/v2/campaigns/CMP-ACTIVE/statistics", ABSENT),
    ("GET", "/api/v2/campaigns/statistics", ABSENT),
    ("POST", f"{OUTBOUND}/simulations", SIMULATION),
    ("GET", f"{OUTBOUND}/simulations/SIM-1", ABSENT),
    ("POST", "/api/v2/webhooks", HOOK),
    ("GET", "/api/v2/webhooks", ABSENT),
    ("GET", "/api/v2/webhooks/WH-1", ABSENT),
    ("DELETE", "/api/v2/webhooks/WH-1", ABSENT),
    ("GET", "/api/v2/oauth/tokeninfo", ABSENT),
    ("GET", f"{OUTBOUND}/NONE", ABSENT),
    ("GET", f"{OUTBOUND}/NOBODYS", ABSENT),
    ("DELETE", OUTBOUND, ABSENT),
]
each_resource = pytest.mark.parametrize(("method", "path", "body"), RESOURCES)


def assert_unauthorized(caller: Caller, token: str | None, method: str, path: str, body: Any) -> None:
    if token is None:
        answer = caller.send(method, path, json=body, client=None)
    else:
        answer = with_token(caller, token, method, path, json=body)
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] == "unauthorized"
    assert answer.json()["errors"] == []
    assert answer.headers["www-authenticate"].startswith("Bearer")


def issue(caller: Caller, client: str = "acme-all", **more: str) -> str:
    token: str = granted(by_form(caller, "/oauth/token", client, caller.secrets[client], **more))["access_token"]
    return token


@holds("2.39")
@each_resource
def test_expired_bearer_opens_nothing(platform: Caller, method: str, path: str, body: Any) -> None:
    token = issue(platform)
    platform.advance(3601)
    assert_unauthorized(platform, token, method, path, body)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("2.40")
@pytest.mark.parametrize("token", [None, "unknown", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY21lLWFsbCJ9.", "acme-all"])
@each_resource
def test_unknown_bearer_opens_nothing(platform: Caller, method: str, path: str, body: Any, token: str | None) -> None:
    assert_unauthorized(platform, token, method, path, body)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("2.40")
def test_bearer_is_compared_whole_and_exactly(platform: Caller) -> None:
    token = issue(platform)
    swapped = token.swapcase()
    for near in (token[:-1], token + "x", f"x{token}", *([swapped] if swapped != token else [])):
        assert_unauthorized(platform, near, "GET", f"{OUTBOUND}/CMP-ACTIVE", ABSENT)


@holds("2.41")
def test_bearer_of_another_platform_opens_nothing(platform: Caller, launch: Callable[..., Caller]) -> None:
    foreign = issue(launch(seed=99))
    for method, path, body in RESOURCES:
        assert_unauthorized(platform, foreign, method, path, body)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("2.40", "2.41")
def test_bearer_from_before_a_reset_opens_nothing(platform: Caller) -> None:
    token = issue(platform)
    platform.reset()
    assert_unauthorized(platform, token, "GET", f"{OUTBOUND}/CMP-ACTIVE", ABSENT)


@holds("2.41")
def test_secret_and_basic_credentials_are_no_bearer(platform: Caller) -> None:
    assert_unauthorized(platform, "acme-all-secret", "GET", f"{OUTBOUND}/CMP-ACTIVE", ABSENT)
    answer = platform.http.get(f"{OUTBOUND}/CMP-ACTIVE", auth=("acme-all", "acme-all-secret"))
    assert answer.status_code == 401


@holds("2.39")
def test_bearer_that_a_fault_expires_stays_expired(platform: Caller) -> None:
    token = issue(platform)
    platform.order("expired_token")
    for _ in range(2):
        assert_unauthorized(platform, token, "GET", f"{OUTBOUND}/CMP-ACTIVE", ABSENT)
    assert with_token(platform, issue(platform)).status_code == 200


@holds("2.42")
@pytest.mark.parametrize(
    ("method", "path", "body", "scope"),
    [
        ("GET", f"{OUTBOUND}/CMP-ACTIVE", ABSENT, "webhooks:write"),
        ("PATCH", f"{OUTBOUND}/CMP-ACTIVE", PAUSE, "campaign:read"),
        ("PATCH", "/api/v2/campaigns/CMP-ACTIVE", PAUSE, "campaign:read"),
        ("POST", f"{OUTBOUND}/simulations", SIMULATION, "campaign:write"),
        ("POST", "/api/v2/webhooks", HOOK, "Campaign.ReadWrite"),
    ],
)
def test_valid_bearer_without_the_scope_is_403(platform: Caller, method: str, path: str, body: Any, scope: str) -> None:
    answer = with_token(platform, issue(platform, scope=scope), method, path, json=body)
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert answer.json()["errors"] == []
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42
    assert platform.get("/api/v2/webhooks").json() == {"webhooks": []}


@holds("2.40")
def test_control_surface_asks_for_no_bearer(platform: Caller) -> None:
    assert platform.get("/_emulator/clock", client=None).status_code == 200
    assert platform.get("/_emulator/clock", client=None, headers={"Authorization": "Bearer x"}).status_code == 200
