"""The licence tier, the limit of active campaigns, and that a refused request leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.caller import Caller
from tests.emulator.documents import (
    CAM,
    HOOKS,
    OUT,
    OVERLAPPING,
    SIMULATIONS,
    pacing,
    rules,
    schedule,
    simulation,
    weights,
)
from tests.emulator.holds import holds
from tests.emulator.refusals import nothing_changes, refused

SMALL = "small-all"


def ask(p: Caller, campaign: str, body: dict[str, Any], prefix: str = OUT) -> Any:
    return p.patch(f"{prefix}/{campaign}", body, client=SMALL)


@holds("7.54", "7.56", "7.22")
@pytest.mark.parametrize("prefix", [OUT, CAM])
def test_one_active_campaign_too_many_is_refused_at_once(platform: Caller, prefix: str) -> None:
    with nothing_changes(platform, "SMALL-PAUSED", "SMALL-ACTIVE", client=SMALL):
        document = refused(ask(platform, "SMALL-PAUSED", {"status": "ACTIVE"}, prefix), 409, "campaign_limit")
        assert document["limit"] == 1
        assert document["active"] == 1
    assert ask(platform, "SMALL-ACTIVE", {"status": "PAUSED"}, prefix).status_code == 200
    assert ask(platform, "SMALL-PAUSED", {"status": "ACTIVE"}, prefix).status_code == 200
    document = refused(ask(platform, "SMALL-ACTIVE", {"status": "ACTIVE"}, prefix), 409, "campaign_limit")
    assert (document["limit"], document["active"]) == (1, 1)


@holds("7.54")
def test_stopped_or_archived_campaign_leaves_its_place(platform: Caller) -> None:
    assert ask(platform, "SMALL-ACTIVE", {"status": "STOPPED"}).status_code == 200
    assert ask(platform, "SMALL-PAUSED", {"status": "ACTIVE"}).status_code == 200
    platform.arrange("SMALL-PAUSED", archived=True)
    assert ask(platform, "SMALL-ACTIVE", {"status": "ACTIVE"}).status_code == 200


@holds("7.54")
def test_limit_counts_the_tenants_own_campaigns_only(launch: Callable[..., Caller], tmp_path: Path) -> None:
    tenants = tmp_path / "two.toml"
    tenants.write_text(
        "".join(
            f'[[tenants]]\nid = "{t}"\nmax_concurrent_campaigns = 2\n[[tenants.clients]]\nid = "{t}-c"\n'
            f'secret = "s"\nscopes = ["Campaign.ReadWrite"]\n'
            + "".join(f'[[tenants.campaigns]]\nid = "{t}-{n}"\nstatus = "STOPPED"\n' for n in range(3))
            for t in ("one", "two")
        ),
        encoding="utf-8",
    )
    caller = launch(tenants=tenants)
    for t in ("one", "two"):
        for n in range(2):
            answer = caller.patch(f"{OUT}/{t}-{n}", {"status": "ACTIVE"}, client=f"{t}-c")
            assert answer.status_code == 200
        document = refused(caller.patch(f"{OUT}/{t}-2", {"status": "ACTIVE"}, client=f"{t}-c"), 409, "campaign_limit")
        assert (document["limit"], document["active"]) == (2, 2)


@holds("7.54")
def test_tenant_without_a_limit_has_none(platform: Caller) -> None:
    for n in range(30):
        campaign = f"MANY-{n}"
        platform.control("POST", "/campaigns", {"id": campaign, "tenant": "bulk", "status": "STOPPED"})
        answer = platform.patch(f"{OUT}/{campaign}", {"status": "ACTIVE"}, client="bulk-all")
        assert answer.status_code == 200


@holds("7.55")
def test_activation_that_is_due_is_dropped_at_the_limit(platform: Caller) -> None:
    later = {"status": "ACTIVE", "effectiveTime": "2026-06-15T12:01:00Z"}
    answer = ask(platform, "SMALL-PAUSED", later)
    assert answer.status_code == 200, answer.text
    assert answer.json()["pendingTransition"]["status"] == "ACTIVE"
    platform.advance(60)
    campaign = platform.campaign("SMALL-PAUSED", SMALL)
    assert campaign["status"] == "PAUSED"
    assert campaign["pendingTransition"] is None
    assert campaign["revision"] == 3
    due = platform.control("GET", "/campaigns/SMALL-PAUSED")["lastDue"]
    assert due["status"] == "ACTIVE"
    assert due["applied"] is False
    assert due["code"] == "campaign_limit"


@holds("7.55")
def test_activation_that_is_due_acts_when_the_place_is_free_by_then(platform: Caller) -> None:
    later = {"status": "ACTIVE", "effectiveTime": "2026-06-15T12:01:00Z"}
    assert ask(platform, "SMALL-PAUSED", later).status_code == 200
    platform.advance(59)
    assert ask(platform, "SMALL-ACTIVE", {"status": "STOPPED"}).status_code == 200
    platform.advance(1)
    assert platform.campaign("SMALL-PAUSED", SMALL)["status"] == "ACTIVE"
    due = platform.control("GET", "/campaigns/SMALL-PAUSED")["lastDue"]
    assert due["applied"] is True
    assert due["code"] is None


@holds("7.55")
def test_of_two_activations_due_the_earlier_takes_the_last_place(platform: Caller) -> None:
    platform.control("POST", "/campaigns", {"id": "SMALL-3", "tenant": "small", "status": "STOPPED"})
    assert ask(platform, "SMALL-ACTIVE", {"status": "PAUSED"}).status_code == 200
    for campaign, at in (("SMALL-PAUSED", "12:02:00Z"), ("SMALL-3", "12:01:00Z")):
        later = {"status": "ACTIVE", "effectiveTime": f"2026-06-15T{at}"}
        assert ask(platform, campaign, later).status_code == 200
    platform.advance(600)
    assert platform.campaign("SMALL-PAUSED", SMALL)["status"] == "PAUSED"
    assert platform.campaign("SMALL-3", SMALL)["status"] == "ACTIVE"


@holds("7.57", "7.20")
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize("tier", ["STANDARD", "PROFESSIONAL", "ENTERPRISE", None])
def test_predictive_dialing_needs_the_enterprise_tier(
    launch: Callable[..., Caller], tmp_path: Path, tier: str | None, prefix: str
) -> None:
    tenants = tmp_path / "tier.toml"
    told = f'license_tier = "{tier}"\n' if tier else ""
    tenants.write_text(
        f'[[tenants]]\nid = "t"\n{told}[[tenants.clients]]\nid = "c"\nsecret = "s"\nscopes = ["Campaign.ReadWrite"]\n'
        '[[tenants.campaigns]]\nid = "X"\nstatus = "ACTIVE"\nrevision = 1\n',
        encoding="utf-8",
    )
    caller = launch(tenants=tenants)
    predictive = {"dialingRules": rules(dialingMethod="PREDICTIVE")}
    answer = caller.patch(f"{prefix}/X", predictive, client="c")
    if tier in ("ENTERPRISE", None):
        assert answer.status_code == 200
    else:
        refused(answer, 403, "licence")
        assert caller.campaign("X", "c")["dialingRules"] is None
        assert caller.campaign("X", "c")["revision"] == 1
    for method in ("PROGRESSIVE", "POWER", "PREVIEW"):
        other = {"dialingRules": rules(dialingMethod=method)}
        assert caller.patch(f"{prefix}/X", other, client="c").status_code == 200


@holds("7.58")
def test_neither_tier_nor_limit_can_be_read(platform: Caller) -> None:
    seen = [
        platform.get(path, client=SMALL)
        for path in (
            OUT,
            f"{OUT}/SMALL-ACTIVE",
            f"{CAM}/SMALL-ACTIVE",
            f"{CAM}/SMALL-ACTIVE/schedule",
            f"{CAM}/SMALL-ACTIVE/statistics",
            f"{CAM}/statistics",
            HOOKS,
            "/api/v2/oauth/tokeninfo",
        )
    ]
    for answer in seen:
        assert answer.status_code == 200
        words = (answer.text + str(dict(answer.headers))).lower()
        for word in ("licen", "tier", "standard", "concurrent_campaigns", "concurrentcampaigns", "campaign_limit"):
            assert word not in words
    for path in ("/api/v2/licence", "/api/v2/license", "/api/v2/tenant", "/api/v2/tenants", "/api/v2/limits"):
        refused(platform.get(path, client=SMALL), 404, "not_found")


@holds("7.111")
@pytest.mark.parametrize("prefix", [OUT, CAM])
@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"status": "ACTIVE", "dialingRules": rules(), "predictiveDialer": pacing()}, "campaign_limit", 409),
        ({"predictiveDialer": pacing(), "dialingRules": rules(dialingMethod="PREDICTIVE")}, "licence", 403),
        ({"status": "STOPPED", "dialingRules": rules(dialingMethod="PREDICTIVE")}, "licence", 403),
        ({"status": "STOPPED", "dialingRules": rules(), "predictiveDialer": pacing(answerRate=1)}, "validation", None),
        ({"status": "STOPPED", "dialingRules": rules(), "colour": 1}, "validation", None),
        ({"status": "STOPPED", "dialingRules": rules(), "revision": 99}, "revision_conflict", 409),
    ],
)
def test_request_with_one_refused_block_changes_nothing(
    platform: Caller, prefix: str, body: dict[str, Any], code: str, status: int | None
) -> None:
    with nothing_changes(platform, "SMALL-PAUSED", "SMALL-ACTIVE", client=SMALL):
        answer = ask(platform, "SMALL-PAUSED", body, prefix)
        refused(answer, status or (400 if prefix == OUT else 422), code)


@holds("7.111")
def test_illegal_transition_takes_its_companions_with_it(platform: Caller) -> None:
    body = {"status": "PAUSED", "dialingRules": rules(), "predictiveDialer": pacing()}
    with nothing_changes(platform, "CMP-STOPPED"):
        refused(platform.patch(f"{OUT}/CMP-STOPPED", body), 409, "illegal_transition")


@holds("7.111")
def test_several_blocks_are_applied_together_with_one_revision(platform: Caller) -> None:
    body = {"status": "PAUSED", "dialingRules": rules(), "predictiveDialer": pacing(), "revision": 42}
    answer = platform.patch(f"{CAM}/CMP-ACTIVE", body)
    assert answer.status_code == 200
    campaign = platform.campaign("CMP-ACTIVE")
    assert campaign == answer.json()
    assert campaign["revision"] == campaign["version"] == 43
    assert campaign["status"] == "PAUSED"
    assert campaign["dialingRules"] == rules()
    assert campaign["predictiveDialer"] == pacing()


@holds("7.111")
def test_refused_weights_and_schedules_leave_no_part_behind(platform: Caller) -> None:
    full = "CMP-FULL"
    half = weights(full)
    half["configuration"] = {"enablePredictiveTuning": False}
    with nothing_changes(platform, full):
        refused(platform.put(f"{OUT}/{full}", half), 400, "validation")
        late = schedule(full, timezone="Europe/Berlin", timeWindows=OVERLAPPING)
        answer = platform.put(f"{CAM}/{full}/schedule", late, headers={"If-Match": 'W/"1"'})
        refused(answer, 409, "overlap")
    automatic = weights(full, version=1)
    automatic["configuration"]["simulationTrigger"] = "automatic"
    with nothing_changes(platform, full):
        refused(platform.put(f"{OUT}/{full}", automatic), 409, "revision_conflict")


@holds("7.111")
def test_locked_or_archived_campaign_takes_a_simulation(platform: Caller) -> None:
    for campaign in ("CMP-LOCKED", "CMP-ARCHIVED"):
        before = platform.campaign(campaign)
        assert platform.post(SIMULATIONS, simulation(campaign)).status_code == 202
        assert platform.campaign(campaign) == before


@holds("7.112")
def test_tenant_without_clients_keeps_its_campaigns(platform: Caller) -> None:
    view = platform.control("GET", "/campaigns/NOBODYS")
    assert view["tenant"] == "unstaffed"
    assert view["status"] == "STOPPED"
    refused(platform.get(f"{OUT}/NOBODYS"), 403, "forbidden")
