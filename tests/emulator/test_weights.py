"""The weights PUT: what it merges, what it replaces, and which revision it is meant for."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import httpx2
import pytest

from tests.emulator.blocks import (
    CONFIGURATION,
    OUTBOUND,
    PREDICTIVE,
    RULES,
    SETTINGS,
    accepted,
    changed,
    faulty,
    refused,
    weights,
    without,
)
from tests.emulator.caller import ABSENT, Caller
from tests.emulator.holds import holds

FIVE = ("answer_rate", "call_rate", "predictive_factor", "max_concurrent", "agent_efficiency")
SUBSETS = [names for size in range(1, 6) for names in combinations(FIVE, size)]


def put(platform: Caller, campaign: str = "CMP-FULL", **rest: Any) -> httpx2.Response:
    """PUT the weights of a campaign."""
    return platform.put(f"{OUTBOUND}/{campaign}", weights(campaign, **rest))


@holds("4.96")
@pytest.mark.parametrize("value", ["CMP-ACTIVE", "cmp-full", "", "CMP-FULL ", 7, True, None, ["CMP-FULL"], {}])
def test_id_that_is_not_the_one_of_the_path_is_a_fault(platform: Caller, value: Any) -> None:
    body = {"id": value, "configuration": CONFIGURATION}
    assert faulty(platform.put(f"{OUTBOUND}/CMP-FULL", body)) == {"id"}
    assert platform.campaign("CMP-FULL")["revision"] == 100


@holds("4.96")
def test_missing_id_is_a_fault(platform: Caller) -> None:
    assert faulty(platform.put(f"{OUTBOUND}/CMP-FULL", {"configuration": CONFIGURATION})) == {"id"}


@holds("4.106", "4.107")
@pytest.mark.parametrize("version", [ABSENT, 100])
def test_version_is_absent_or_the_current_one(platform: Caller, version: Any) -> None:
    rest = {} if version is ABSENT else {"version": version}
    seen = accepted(put(platform, configuration=CONFIGURATION, **rest))
    assert (seen["version"], seen["revision"], seen["configuration"]) == (101, 101, CONFIGURATION)


@holds("4.107")
@pytest.mark.parametrize("version", [99, 101, 1, 0, 10**18])
def test_version_other_than_the_current_one_is_refused(platform: Caller, version: int) -> None:
    body = refused(put(platform, configuration=CONFIGURATION, version=version), 409, "revision_conflict")
    assert (body["currentRevision"], body["currentState"]) == (100, "ACTIVE")
    assert platform.campaign("CMP-FULL")["revision"] == 100


@holds("4.107")
def test_version_is_stale_after_any_other_write(platform: Caller) -> None:
    platform.patch(f"{OUTBOUND}/CMP-FULL", {"dialingRules": RULES})
    refused(put(platform, configuration=CONFIGURATION, version=100), 409, "revision_conflict")
    accepted(put(platform, configuration=CONFIGURATION, version=101))


@holds("4.106")
@pytest.mark.parametrize("version", ["100", 100.0, True, None, [], {}])
def test_version_that_is_no_integer_is_a_fault(platform: Caller, version: Any) -> None:
    assert faulty(put(platform, configuration=CONFIGURATION, version=version)) == {"version"}


@holds("4.108", "4.113")
def test_settings_alone_leave_everything_else(platform: Caller) -> None:
    before = platform.campaign("CMP-FULL")
    seen = accepted(put(platform, predictiveDialerSettings=SETTINGS))
    assert seen == {**before, "predictiveDialerSettings": SETTINGS, "revision": 101, "version": 101}
    assert platform.campaign("CMP-FULL") == seen


@holds("4.108", "4.113")
def test_configuration_alone_leaves_everything_else(platform: Caller) -> None:
    before = platform.campaign("CMP-FULL")
    seen = accepted(put(platform, configuration=CONFIGURATION))
    assert seen == {**before, "configuration": CONFIGURATION, "revision": 101, "version": 101}
    assert platform.campaign("CMP-FULL") == seen


@holds("4.108", "4.113")
@pytest.mark.parametrize("block", ["predictiveDialerSettings", "configuration"])
def test_block_never_stored_stays_null_when_the_other_is_written(platform: Caller, block: str) -> None:
    blocks = {"predictiveDialerSettings": SETTINGS, "configuration": CONFIGURATION}
    other = next(name for name in blocks if name != block)
    seen = accepted(put(platform, "CMP-ACTIVE", **{other: blocks[other]}))
    assert (seen[block], seen[other]) == (None, blocks[other])


@holds("4.109")
def test_both_blocks_replace_the_stored_ones_whole(platform: Caller) -> None:
    before = platform.campaign("CMP-FULL")
    blocks: dict[str, Any] = {"predictiveDialerSettings": SETTINGS, "configuration": CONFIGURATION}
    seen = accepted(put(platform, **blocks))
    assert seen == {**before, **blocks, "revision": 101, "version": 101}


@holds("4.114")
@pytest.mark.parametrize("rest", [{}, {"version": 100}])
def test_put_without_either_block_is_a_fault(platform: Caller, rest: dict[str, Any]) -> None:
    answer = put(platform, **rest)
    assert faulty(answer)
    assert platform.campaign("CMP-FULL")["revision"] == 100


@holds("4.113", "4.114")
@pytest.mark.parametrize("block", ["predictiveDialerSettings", "configuration"])
def test_null_is_no_way_to_leave_a_block_out(platform: Caller, block: str) -> None:
    blocks: dict[str, Any] = {"predictiveDialerSettings": SETTINGS, "configuration": CONFIGURATION, block: None}
    assert faulty(put(platform, **blocks)) == {block}


@holds("4.110", "4.98")
@pytest.mark.parametrize("names", SUBSETS, ids="+".join)
def test_any_subset_of_the_weights_but_the_empty_one_is_stored(platform: Caller, names: tuple[str, ...]) -> None:
    chosen = {name: 0.1 * (FIVE.index(name) + 1) for name in names}
    settings = changed(SETTINGS, "parameterWeights", chosen)
    seen = accepted(put(platform, predictiveDialerSettings=settings))
    assert seen["predictiveDialerSettings"] == settings


@holds("4.110")
def test_no_weight_at_all_is_a_fault(platform: Caller) -> None:
    answer = put(platform, predictiveDialerSettings=changed(SETTINGS, "parameterWeights", {}))
    assert faulty(answer) == {"predictiveDialerSettings.parameterWeights"}


@holds("4.111", "4.109")
def test_weight_that_is_not_sent_is_gone(platform: Caller) -> None:
    settings = changed(SETTINGS, "parameterWeights", {"agent_efficiency": 0.5})
    accepted(put(platform, predictiveDialerSettings=settings))
    stored = platform.campaign("CMP-FULL")["predictiveDialerSettings"]["parameterWeights"]
    assert stored == {"agent_efficiency": 0.5}


@holds("4.112")
@pytest.mark.parametrize("campaign", ["CMP-FULL", "CMP-ACTIVE"])
@pytest.mark.parametrize("field", SETTINGS)
def test_missing_setting_is_a_fault_whatever_is_stored(platform: Caller, field: str, campaign: str) -> None:
    answer = put(platform, campaign, predictiveDialerSettings=without(SETTINGS, field))
    assert faulty(answer) == {f"predictiveDialerSettings.{field}"}


@holds("4.112")
@pytest.mark.parametrize("campaign", ["CMP-FULL", "CMP-ACTIVE"])
@pytest.mark.parametrize("field", CONFIGURATION)
def test_missing_part_of_the_configuration_is_a_fault_whatever_is_stored(
    platform: Caller, field: str, campaign: str
) -> None:
    answer = put(platform, campaign, configuration=without(CONFIGURATION, field))
    assert faulty(answer) == {f"configuration.{field}"}


@holds("4.112")
def test_every_missing_field_of_both_blocks_is_told(platform: Caller) -> None:
    expected = {f"predictiveDialerSettings.{field}" for field in SETTINGS}
    expected |= {f"configuration.{field}" for field in CONFIGURATION}
    assert faulty(put(platform, predictiveDialerSettings={}, configuration={})) == expected


@holds("4.112", "4.98")
@pytest.mark.parametrize(
    ("blocks", "field"),
    [
        ({"predictiveDialerSettings": {**SETTINGS, "extra": 1}}, "predictiveDialerSettings.extra"),
        (
            {"predictiveDialerSettings": {**SETTINGS, "driftProtection": True}},
            "predictiveDialerSettings.driftProtection",
        ),
        ({"configuration": {**CONFIGURATION, "extra": 1}}, "configuration.extra"),
        ({"configuration": {**CONFIGURATION, "algorithmId": "a"}}, "configuration.algorithmId"),
        ({"configuration": CONFIGURATION, "extra": 1}, "extra"),
        ({"configuration": CONFIGURATION, "name": "New"}, "name"),
        ({"configuration": CONFIGURATION, "status": "PAUSED"}, "status"),
        ({"configuration": CONFIGURATION, "dialingRules": RULES}, "dialingRules"),
        ({"configuration": CONFIGURATION, "predictiveDialer": PREDICTIVE}, "predictiveDialer"),
    ],
)
def test_unknown_field_of_a_put_is_a_fault(platform: Caller, blocks: dict[str, Any], field: str) -> None:
    assert faulty(put(platform, **blocks)) == {field}


@holds("4.98")
@pytest.mark.parametrize("name", ["answerRate", "ANSWER_RATE", "answer_rate ", "extra", ""])
def test_unknown_weight_is_a_fault(platform: Caller, name: str) -> None:
    settings = changed(SETTINGS, "parameterWeights", {"answer_rate": 0.1, name: 0.2})
    answer = put(platform, predictiveDialerSettings=settings)
    assert faulty(answer) == {f"predictiveDialerSettings.parameterWeights.{name}"}


@holds("4.98")
@pytest.mark.parametrize("block", ["predictiveDialerSettings", "configuration"])
def test_weights_cannot_be_patched(platform: Caller, block: str) -> None:
    body = {"predictiveDialerSettings": SETTINGS, "configuration": CONFIGURATION}
    answer = platform.patch(f"{OUTBOUND}/CMP-FULL", {"dialingRules": RULES, block: body[block]})
    assert faulty(answer) == {block}


@holds("4.117", "4.118")
@pytest.mark.parametrize("protection", [True, False])
def test_change_beyond_the_deviation_limit_is_accepted(platform: Caller, protection: bool) -> None:
    configuration = {**CONFIGURATION, "driftProtection": protection}
    for weight in (-1, 1, -1.0, 0.0):
        settings = {**SETTINGS, "maxDeviationLimit": 0.01, "parameterWeights": {"answer_rate": weight}}
        seen = accepted(put(platform, predictiveDialerSettings=settings, configuration=configuration))
        assert seen["predictiveDialerSettings"] == settings
        assert seen["configuration"] == configuration


@holds("4.117", "4.118")
def test_weight_above_its_own_deviation_limit_is_accepted(platform: Caller) -> None:
    settings = {**SETTINGS, "maxDeviationLimit": 0.15, "parameterWeights": dict.fromkeys(FIVE, 0.9)}
    configuration = {**CONFIGURATION, "driftProtection": True}
    seen = accepted(put(platform, "CMP-ACTIVE", predictiveDialerSettings=settings, configuration=configuration))
    assert seen["predictiveDialerSettings"]["maxDeviationLimit"] == 0.15
    assert seen["configuration"]["driftProtection"] is True


@holds("4.107")
@pytest.mark.parametrize("headers", [{"If-Match": '"99"'}, {"X-If-Match": "99"}])
def test_put_heeds_a_precondition_in_a_header(platform: Caller, headers: dict[str, str]) -> None:
    body = weights("CMP-FULL", configuration=CONFIGURATION, version=100)
    answer = platform.put(f"{OUTBOUND}/CMP-FULL", body, headers=headers)
    assert answer.status_code in (400, 409), answer.text
    assert platform.campaign("CMP-FULL")["revision"] == 100
