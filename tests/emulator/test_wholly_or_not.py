"""A request of several blocks is committed wholly or not at all."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import httpx2
import pytest

from tests.emulator.blocks import (
    CAMPAIGNS,
    CONFIGURATION,
    OUTBOUND,
    PREDICTIVE,
    PREFIXES,
    RULES,
    SETTINGS,
    accepted,
    changed,
    fault_status,
    faulty,
    refused,
    weights,
)
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

CALLS = [{"state": "waiting", "secondsLeft": 30}, {"state": "connected", "secondsLeft": 60}]

GOOD: dict[str, dict[str, Any]] = {
    "lifecycle": {"status": "PAUSED", "drainQueue": False},
    "rules": {"dialingRules": RULES},
    "predictive": {"predictiveDialer": PREDICTIVE},
}
BAD: dict[str, list[tuple[dict[str, Any], str]]] = {
    "lifecycle": [
        ({"status": "paused"}, "status"),
        ({"status": "PAUSED", "drainQueue": "no"}, "drainQueue"),
        ({"status": "PAUSED", "effectiveTime": "2026-06-15T14:30"}, "effectiveTime"),
    ],
    "rules": [
        ({"dialingRules": changed(RULES, "maxCallsPerAgent", 11)}, "dialingRules.maxCallsPerAgent"),
        ({"dialingRules": changed(RULES, "retrySettings.extra", 1)}, "dialingRules.retrySettings.extra"),
        ({"dialingRules": None}, "dialingRules"),
    ],
    "predictive": [
        ({"predictiveDialer": changed(PREDICTIVE, "callInterval", 49)}, "predictiveDialer.callInterval"),
        ({"predictiveDialer": {**PREDICTIVE, "extra": 1}}, "predictiveDialer.extra"),
        ({"predictiveDialer": []}, "predictiveDialer"),
    ],
}
PAIRS = [(bad, field, good) for one, other in permutations(GOOD, 2) for bad, field in BAD[one] for good in [other]]


def everything(platform: Caller, campaign: str = "CMP-ACTIVE") -> Any:
    """Return all there is to see of a campaign, its calls included."""
    return platform.control("GET", f"/campaigns/{campaign}"), platform.campaign(campaign)


@holds("4.119")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("bad", "field", "good"), PAIRS)
def test_fault_in_one_block_keeps_the_other_from_being_stored(
    platform: Caller, prefix: str, bad: dict[str, Any], field: str, good: str
) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=CALLS)
    before = everything(platform)
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {**GOOD[good], **bad})
    assert faulty(answer, fault_status(prefix)) == {field}
    assert everything(platform) == before
    assert accepted(platform.patch(f"{prefix}/CMP-ACTIVE", GOOD[good]))["revision"] == 43


@holds("4.119")
@pytest.mark.parametrize(("bad", "field"), [case for cases in BAD.values() for case in cases])
def test_fault_in_one_block_keeps_both_others_from_being_stored(
    platform: Caller, bad: dict[str, Any], field: str
) -> None:
    before = everything(platform)
    body = {key: value for block in GOOD.values() for key, value in block.items()} | bad
    assert faulty(platform.patch(f"{OUTBOUND}/CMP-ACTIVE", body)) == {field}
    assert everything(platform) == before


@holds("4.119")
def test_faults_of_all_blocks_are_told_at_once(platform: Caller) -> None:
    body = {key: value for cases in BAD.values() for key, value in cases[0][0].items()}
    assert faulty(platform.patch(f"{OUTBOUND}/CMP-ACTIVE", body)) == {cases[0][1] for cases in BAD.values()}


@holds("4.119")
@pytest.mark.parametrize("extra", [{"unknown": 1}, {"configuration": CONFIGURATION}, {"revision": "42"}])
def test_fault_beside_the_blocks_keeps_them_from_being_stored(platform: Caller, extra: dict[str, Any]) -> None:
    before = everything(platform)
    body = {key: value for block in GOOD.values() for key, value in block.items()} | extra
    assert faulty(platform.patch(f"{OUTBOUND}/CMP-ACTIVE", body)) == set(extra)
    assert everything(platform) == before


@holds("4.119")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("blocks", [GOOD["rules"], GOOD["predictive"], {**GOOD["rules"], **GOOD["predictive"]}])
@pytest.mark.parametrize("rest", [{}, {"effectiveTime": "2026-06-15T13:00Z"}])
def test_illegal_transition_keeps_the_blocks_from_being_stored(
    platform: Caller, prefix: str, blocks: dict[str, Any], rest: dict[str, Any]
) -> None:
    before = everything(platform, "CMP-STOPPED")
    answer = platform.patch(f"{prefix}/CMP-STOPPED", {"status": "PAUSED", **rest, **blocks})
    refused(answer, 409, "illegal_transition")
    assert everything(platform, "CMP-STOPPED") == before


@holds("4.119")
@pytest.mark.parametrize("headers", [{"X-If-Match": "41"}, {"If-Match": '"41"'}])
def test_stale_precondition_keeps_every_block_from_being_stored(platform: Caller, headers: dict[str, str]) -> None:
    before = everything(platform)
    body = {key: value for block in GOOD.values() for key, value in block.items()}
    refused(platform.patch(f"{OUTBOUND}/CMP-ACTIVE", body, headers=headers), 409, "revision_conflict")
    assert everything(platform) == before


@holds("4.119")
@pytest.mark.parametrize(("prefix", "status"), [(OUTBOUND, 409), (CAMPAIGNS, 403)])
def test_lock_keeps_every_block_from_being_stored(platform: Caller, prefix: str, status: int) -> None:
    before = everything(platform, "CMP-LOCKED")
    body = {key: value for block in GOOD.values() for key, value in block.items()}
    refused(platform.patch(f"{prefix}/CMP-LOCKED", body), status, "locked")
    assert everything(platform, "CMP-LOCKED") == before


def small(platform: Caller, body: dict[str, Any], campaign: str) -> httpx2.Response:
    return platform.patch(f"{OUTBOUND}/{campaign}", body, client="small-all")


@holds("4.119")
def test_missing_licence_keeps_every_block_from_being_stored(platform: Caller) -> None:
    before = platform.control("GET", "/campaigns/SMALL-ACTIVE")
    body = {
        "status": "PAUSED",
        "dialingRules": {**RULES, "dialingMethod": "PREDICTIVE"},
        "predictiveDialer": PREDICTIVE,
    }
    refused(small(platform, body, "SMALL-ACTIVE"), 403, "licence")
    assert platform.control("GET", "/campaigns/SMALL-ACTIVE") == before


@holds("4.119")
def test_campaign_limit_keeps_every_block_from_being_stored(platform: Caller) -> None:
    before = platform.control("GET", "/campaigns/SMALL-PAUSED")
    body = {"status": "ACTIVE", "dialingRules": RULES, "predictiveDialer": PREDICTIVE}
    refused(small(platform, body, "SMALL-PAUSED"), 409, "campaign_limit")
    assert platform.control("GET", "/campaigns/SMALL-PAUSED") == before


@holds("4.119", "4.57")
def test_fault_in_a_block_leaves_the_pending_transition(platform: Caller) -> None:
    accepted(platform.status("CMP-ACTIVE", "STOPPED", effectiveTime="2026-06-15T13:00Z"))
    before = everything(platform)
    for bad, field in BAD["rules"]:
        assert faulty(platform.patch(f"{OUTBOUND}/CMP-ACTIVE", {**GOOD["lifecycle"], **bad})) == {field}
    assert everything(platform) == before


PUT_GOOD: dict[str, dict[str, Any]] = {
    "settings": {"predictiveDialerSettings": SETTINGS},
    "configuration": {"configuration": CONFIGURATION},
}
PUT_BAD: dict[str, tuple[dict[str, Any], str]] = {
    "settings": (
        {"predictiveDialerSettings": changed(SETTINGS, "parameterWeights.call_rate", 1.5)},
        "predictiveDialerSettings.parameterWeights.call_rate",
    ),
    "configuration": (
        {"configuration": {**CONFIGURATION, "driftProtection": "no"}},
        "configuration.driftProtection",
    ),
}


@holds("4.120")
@pytest.mark.parametrize(("one", "other"), list(permutations(PUT_GOOD, 2)))
def test_fault_in_one_block_of_a_put_keeps_the_other_from_being_stored(platform: Caller, one: str, other: str) -> None:
    before = everything(platform, "CMP-FULL")
    bad, field = PUT_BAD[one]
    answer = platform.put(f"{OUTBOUND}/CMP-FULL", weights("CMP-FULL", **PUT_GOOD[other], **bad))
    assert faulty(answer) == {field}
    assert everything(platform, "CMP-FULL") == before


@holds("4.120")
@pytest.mark.parametrize("extra", [{"version": "100"}, {"dialingRules": RULES}, {"id": "CMP-ACTIVE"}])
def test_fault_beside_the_blocks_of_a_put_keeps_them_from_being_stored(platform: Caller, extra: dict[str, Any]) -> None:
    before = everything(platform, "CMP-FULL")
    body = {**weights("CMP-FULL"), **PUT_GOOD["settings"], **PUT_GOOD["configuration"], **extra}
    assert faulty(platform.put(f"{OUTBOUND}/CMP-FULL", body)) == set(extra)
    assert everything(platform, "CMP-FULL") == before


@holds("4.120")
def test_stale_version_keeps_both_blocks_of_a_put_from_being_stored(platform: Caller) -> None:
    before = everything(platform, "CMP-FULL")
    body = weights("CMP-FULL", version=99, **PUT_GOOD["settings"], **PUT_GOOD["configuration"])
    refused(platform.put(f"{OUTBOUND}/CMP-FULL", body), 409, "revision_conflict")
    assert everything(platform, "CMP-FULL") == before
