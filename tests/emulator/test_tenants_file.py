"""The tenants file: what it says is what the emulator serves, and what it leaves out has a default."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from paceline.testing import running_emulator
from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.tenants_files import (
    CAMPAIGN,
    CLIENT,
    CONFIGURATION,
    PACING,
    RULES,
    SCHEDULE,
    SCOPES,
    WEIGHTS,
    document,
    table,
    write,
)

Start = Callable[[str], Caller]
BLOCKS = ["dialingRules", "predictiveDialer", "predictiveDialerSettings", "configuration"]
ALL_CLIENT = "one-all"


@pytest.fixture
def start(launch: Callable[..., Caller], tmp_path: Path) -> Start:
    """Start an emulator on a tenants file of this text."""
    return lambda text: launch(tenants=write(tmp_path, text))


def campaign_of(platform: Caller, campaign: str = "C-1") -> dict[str, Any]:
    return platform.campaign(campaign, client=ALL_CLIENT)


def set_rules(platform: Caller, method: str) -> httpx2.Response:
    rules = tomllib.loads(RULES.replace("PREDICTIVE", method))
    return platform.patch("/api/v2/outbound/campaigns/C-1", rules, client=ALL_CLIENT)


@holds("8.01")
def test_emulator_without_a_file_has_a_tenant_for_demonstration() -> None:
    with running_emulator(None, now="2026-06-15T12:00:00Z", speed=0.0, seed=7) as emulator:
        caller = Caller(emulator.url, {})
        view = caller.control("POST", "/campaigns", {"id": "NEW"})
        caller.close()
    assert isinstance(view["tenant"], str)
    assert view["tenant"]


@holds("8.02", "8.11")
def test_file_replaces_the_demonstration(start: Start) -> None:
    platform = start(document())
    listed = platform.get("/api/v2/outbound/campaigns", client=ALL_CLIENT).json()["campaigns"]
    assert [one["id"] for one in listed] == ["C-1"]
    assert platform.control("GET", "/campaigns/C-1")["tenant"] == "one"


@holds("8.17", "8.18", "8.16")
def test_campaign_of_an_id_alone_has_the_defaults(start: Start) -> None:
    platform = start(document())
    campaign = campaign_of(platform)
    assert (campaign["status"], campaign["isLocked"]) == ("STOPPED", False)
    assert (campaign["revision"], campaign["version"]) == (1, 1)
    assert isinstance(campaign["name"], str)
    assert [campaign[block] for block in BLOCKS] == [None] * 4
    assert campaign["transitionTime"] is None
    assert platform.control("GET", "/campaigns/C-1")["agents"] == 0


@holds("8.16")
def test_campaign_without_a_schedule_never_had_one(start: Start) -> None:
    answer = start(document()).get("/api/v2/campaigns/C-1/schedule", client=ALL_CLIENT)
    assert answer.headers["ETag"] == 'W/"initial"'
    assert answer.json()["timeWindows"] == []


@holds("8.11")
def test_campaign_has_what_the_file_says(start: Start) -> None:
    lines = (*CAMPAIGN, 'name = "Renewals"', 'status = "PAUSED"', "locked = true", "revision = 42")
    campaign = campaign_of(start(document(campaign=lines)))
    assert (campaign["id"], campaign["name"], campaign["status"]) == ("C-1", "Renewals", "PAUSED")
    assert (campaign["isLocked"], campaign["revision"], campaign["version"]) == (True, 42, 42)


@holds("8.12")
@pytest.mark.parametrize("status", ["ACTIVE", "PAUSED", "STOPPED", "ARCHIVED"])
def test_campaign_of_the_file_may_have_any_status(start: Start, status: str) -> None:
    platform = start(document(campaign=(*CAMPAIGN, f'status = "{status}"')))
    assert campaign_of(platform)["status"] == status
    tried = platform.patch("/api/v2/outbound/campaigns/C-1", {"status": "STOPPED"}, client=ALL_CLIENT)
    assert tried.status_code == {"ACTIVE": 200, "PAUSED": 200, "STOPPED": 409, "ARCHIVED": 403}[status]


@holds("8.13")
def test_agents_of_the_file_are_told_while_the_campaign_is_active(start: Start) -> None:
    platform = start(document(campaign=(*CAMPAIGN, 'status = "ACTIVE"', "agents = 50")))
    assert platform.control("GET", "/campaigns/C-1")["agents"] == 50
    assert campaign_of(platform)["activeAgents"] == 50


@holds("8.14")
def test_blocks_of_the_file_are_answered_as_written(start: Start) -> None:
    lines = (*CAMPAIGN, RULES, PACING, WEIGHTS, CONFIGURATION)
    campaign = campaign_of(start(document(campaign=lines)))
    written = tomllib.loads("\n".join(lines))
    assert {block: campaign[block] for block in BLOCKS} == {block: written[block] for block in BLOCKS}
    assert campaign["revision"] == 1


@holds("8.20", "8.21")
def test_schedule_of_the_file_is_answered_as_written_with_the_tag_one(start: Start) -> None:
    answer = start(document(campaign=(*CAMPAIGN, SCHEDULE))).get("/api/v2/campaigns/C-1/schedule", client=ALL_CLIENT)
    assert answer.headers["ETag"] == 'W/"1"'
    schedule = answer.json()
    assert schedule.pop("status") == "ACTIVE"
    assert schedule.pop("campaignId") == "C-1"
    assert isinstance(schedule.pop("scheduleId"), str)
    assert schedule == tomllib.loads(SCHEDULE)["schedule"]


@holds("8.20")
def test_schedule_id_of_the_file_is_kept(start: Start) -> None:
    identifier = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    lines = (*CAMPAIGN, SCHEDULE.replace("{ timezone", f'{{ scheduleId = "{identifier}", timezone', 1))
    answer = start(document(campaign=lines)).get("/api/v2/campaigns/C-1/schedule", client=ALL_CLIENT)
    assert answer.json()["scheduleId"] == identifier


@holds("8.07", "8.08")
def test_client_gets_a_token_with_its_id_secret_and_scopes(start: Start) -> None:
    secret = "s3cret & more+=% ü"
    lines = (CLIENT[0], f'secret = "{secret}"', 'scopes = ["campaign:read", "webhooks:write"]')
    platform = start(document(client=lines))
    form = {"grant_type": "client_credentials", "client_id": ALL_CLIENT, "client_secret": secret}
    answer = platform.http.post("/oauth/token", data=form)
    assert answer.status_code == 200
    assert set(answer.json()["scope"].split()) == {"campaign:read", "webhooks:write"}
    refused = platform.http.post("/oauth/token", data={**form, "client_secret": "first"})
    assert refused.status_code == 401


def answered(platform: Caller, client: str, requests: int) -> list[int]:
    path = "/api/v2/outbound/campaigns/C-1"
    return [platform.get(path, client=client).status_code for _ in range(requests)]


def told_and_true_lifetime(platform: Caller, at: int) -> tuple[Any, ...]:
    """Return the lifetime that the token answer tells, and the statuses one second before and at its true end."""
    form = {"grant_type": "client_credentials", "client_id": ALL_CLIENT, "client_secret": "first"}
    token = platform.http.post("/oauth/token", data=form).json()
    platform.tokens[ALL_CLIENT] = token["access_token"]
    platform.advance(at - 1)
    before = answered(platform, ALL_CLIENT, 1)
    platform.advance(1)
    return token["expires_in"], *before, *answered(platform, ALL_CLIENT, 1)


@holds("8.18", "8.09", "8.10")
def test_lifetimes_are_an_hour_when_the_file_says_nothing(start: Start) -> None:
    assert told_and_true_lifetime(start(document()), 3600) == (3600, 200, 401)


@holds("8.09")
def test_reported_lifetime_is_told_and_not_kept(start: Start) -> None:
    platform = start(document(client=(*CLIENT, "reported_expires_in = 3000000000")))
    assert told_and_true_lifetime(platform, 3600) == (3000000000, 200, 401)


@holds("8.10")
def test_true_lifetime_is_kept_and_not_told(start: Start) -> None:
    platform = start(document(client=(*CLIENT, "token_lifetime_s = 90")))
    assert told_and_true_lifetime(platform, 90) == (3600, 200, 401)


@holds("8.04")
@pytest.mark.parametrize(("tier", "status"), [("STANDARD", 403), ("PROFESSIONAL", 403), ("ENTERPRISE", 200)])
def test_only_enterprise_may_dial_predictively(start: Start, tier: str, status: int) -> None:
    platform = start(document(tenant=('id = "one"', f'license_tier = "{tier}"')))
    answer = set_rules(platform, "PREDICTIVE")
    assert answer.status_code == status
    assert answer.json().get("code") == ("licence" if status == 403 else None)
    assert set_rules(platform, "POWER").status_code == 200


@holds("8.18", "8.04")
def test_tier_is_enterprise_when_the_file_says_nothing(start: Start) -> None:
    assert set_rules(start(document()), "PREDICTIVE").status_code == 200


def many(active: int) -> str:
    """Return this many active campaigns."""
    return "\n".join(table("tenants.campaigns", (f'id = "A-{n}"', 'status = "ACTIVE"')) for n in range(active))


@holds("8.05")
def test_campaign_over_the_limit_cannot_be_activated(start: Start) -> None:
    platform = start(document(tenant=('id = "one"', "max_concurrent_campaigns = 3"), more=many(3)))
    path = "/api/v2/outbound/campaigns/"
    answer = platform.patch(f"{path}C-1", {"status": "ACTIVE"}, client=ALL_CLIENT)
    assert (answer.status_code, answer.json()["code"]) == (409, "campaign_limit")
    assert (answer.json()["limit"], answer.json()["active"]) == (3, 3)
    assert platform.patch(f"{path}A-0", {"status": "PAUSED"}, client=ALL_CLIENT).status_code == 200
    assert platform.patch(f"{path}C-1", {"status": "ACTIVE"}, client=ALL_CLIENT).status_code == 200


@holds("8.18", "8.05")
def test_there_is_no_campaign_limit_when_the_file_says_nothing(start: Start) -> None:
    platform = start(document(more=many(60)))
    answer = platform.patch("/api/v2/outbound/campaigns/C-1", {"status": "ACTIVE"}, client=ALL_CLIENT)
    assert answer.status_code == 200


@holds("8.06")
def test_request_limit_is_of_each_client_for_itself(start: Start) -> None:
    second = table("tenants.clients", ('id = "one-more"', 'secret = "second"', SCOPES))
    platform = start(document(tenant=('id = "one"', "requests_per_minute = 3"), more=second))
    assert answered(platform, ALL_CLIENT, 4) == [200, 200, 200, 429]
    assert answered(platform, "one-more", 4) == [200, 200, 200, 429]


@holds("8.18", "8.06")
def test_request_limit_is_a_hundred_when_the_file_says_nothing(start: Start) -> None:
    assert answered(start(document()), ALL_CLIENT, 101) == [200] * 100 + [429]


@holds("8.25")
def test_tenant_without_clients_is_served_and_kept_from_others(start: Start) -> None:
    lonely = table("tenants", ('id = "two"',)) + table("tenants.campaigns", ('id = "C-2"',))
    platform = start(document(more=lonely))
    assert platform.control("GET", "/campaigns/C-2")["tenant"] == "two"
    assert platform.get("/api/v2/outbound/campaigns/C-2", client=ALL_CLIENT).status_code == 403


@holds("8.25", "8.17")
def test_file_of_tenants_without_clients_and_campaigns_is_served(start: Start) -> None:
    platform = start(document(client=None, campaign=None))
    assert platform.control("POST", "/campaigns", {"id": "NEW"})["tenant"] == "one"


@holds("8.02")
def test_reset_returns_to_what_the_file_says(start: Start) -> None:
    platform = start(document(campaign=(*CAMPAIGN, 'status = "ACTIVE"', "revision = 42", SCHEDULE)))
    first = campaign_of(platform)
    platform.patch("/api/v2/outbound/campaigns/C-1", {"status": "STOPPED"}, client=ALL_CLIENT)
    assert campaign_of(platform)["revision"] == 43
    platform.reset()
    assert campaign_of(platform) == first
    assert platform.get("/api/v2/campaigns/C-1/schedule", client=ALL_CLIENT).headers["ETag"] == 'W/"1"'
