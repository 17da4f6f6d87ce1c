"""Weights and simulations on the wire: read exactly with what nobody here knows, written back without losing it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import WEIGHT_KEYS
from paceline.campaign.observed import WEIGHTS, Observed
from paceline.campaign.ports import UnexpectedAnswerError
from paceline.campaign.simulations import SimulationStatus
from paceline.campaign.weights.changes import SetWeights
from paceline.cxone.exchange import Answer
from paceline.cxone.outbound_v2.reading import accepted_read, campaign_read, simulation_read
from paceline.cxone.outbound_v2.writing import Prefix, prepared, sent_version
from paceline.primitives.ids import CampaignId, Version

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
C1 = CampaignId("C1")
BLOCK: dict[str, Any] = {
    "algorithmId": "adaptive-v2",
    "parameterWeights": {"answer_rate": 0.1, "call_rate": -0.25},
    "validationSplit": 0.8,
    "maxDeviationLimit": 0.2,
    "convergenceThreshold": 0.05,
}
TUNING: dict[str, Any] = {"enablePredictiveTuning": True, "simulationTrigger": "automatic", "driftProtection": False}
NUMBERS = st.integers(-1000, 1000).map(lambda it: Decimal(it) / 1000)
MORE = st.dictionaries(st.text("bdxyz", min_size=1, max_size=4), st.none() | st.booleans() | st.integers(), max_size=3)


def campaign(block: Any = BLOCK, tuning: Any = TUNING) -> Observed:
    blocks = {"predictiveDialerSettings": block, "configuration": tuning}
    shown = {"id": "C1", "status": "ACTIVE", "isLocked": False, "revision": 4, **blocks}
    return campaign_read(Answer(status=200, body=json.dumps(shown).encode()), campaign=C1, operation="read", now=NOW)


def sent(change: SetWeights) -> Any:
    made = prepared(change, Version("4"), Prefix.SHORT)
    assert (made.request["method"], made.request["target"]) == ("PUT", "/api/v2/outbound/campaigns/C1")
    assert sent_version(made) == "4"
    return json.loads(str(made.request["body"]), parse_float=Decimal)


def test_weights_are_read_and_written_as_they_were_but_for_the_trigger() -> None:
    live = campaign()
    assert live.weights is not None
    assert (live.weights.of("call_rate"), live.weights.of("max_concurrent")) == (Decimal("-0.25"), Decimal(0))
    whole = SetWeights(campaign=C1, convergence=Decimal("0.05")).whole_on(live)
    blocks = {"predictiveDialerSettings": BLOCK, "configuration": {**TUNING, "simulationTrigger": "manual"}}
    assert sent(whole) == json.loads(json.dumps({"id": "C1", "version": 4, **blocks}), parse_float=Decimal)


@given(more=MORE, inner=MORE, beside=MORE, wanted=st.dictionaries(st.sampled_from(WEIGHT_KEYS), NUMBERS, min_size=1))
def test_weights_are_sent_digit_by_digit_and_whatever_else_stands_there_is_sent_back(
    more: dict[str, Any], inner: dict[str, Any], beside: dict[str, Any], wanted: dict[str, Decimal]
) -> None:
    live = campaign({**more, **BLOCK, "parameterWeights": {**inner, "answer_rate": 0.1}}, {**beside, **TUNING})
    told = sent(SetWeights(campaign=C1, parameters=wanted).whole_on(live))
    block, tuning = told["predictiveDialerSettings"], told["configuration"]
    assert {name: block[name] for name in more} == more
    assert {name: tuning[name] for name in beside} == beside
    assert {name: Decimal(one) for name, one in block["parameterWeights"].items() if name not in inner} == wanted
    assert {name: block["parameterWeights"][name] for name in inner} == inner


@pytest.mark.parametrize(
    ("block", "tuning"),
    [
        (3, TUNING),
        ({**BLOCK, "parameterWeights": {"call_rate": "fast"}}, TUNING),
        ({**BLOCK, "parameterWeights": [0.1]}, TUNING),
        ({**BLOCK, "validationSplit": None}, TUNING),
        (BLOCK, {**TUNING, "driftProtection": "no"}),
        (BLOCK, 7),
    ],
    ids=str,
)
def test_weights_in_a_form_that_nobody_knows_are_not_read_and_not_lost(block: Any, tuning: Any) -> None:
    seen = campaign(block, tuning)
    assert seen.unknown_blocks == {WEIGHTS}
    assert seen.weights is None or seen.tuning is None


def answer(document: Any) -> Answer:
    return Answer(status=200, body=json.dumps(document).encode())


def test_accepted_simulation_is_read_and_that_of_another_campaign_is_none() -> None:
    told = {"id": "s-1", "campaignId": "C1", "simulationType": "x", "durationSeconds": 60, "status": "RUNNING"}
    started = accepted_read(answer(told), campaign=C1, operation="simulate", now=NOW)
    assert (started.id, started.duration_s, started.at) == ("s-1", 60, NOW)
    for odd in ({**told, "campaignId": "C2"}, {**told, "id": ""}, {**told, "id": "../x"}):
        with pytest.raises(UnexpectedAnswerError):
            accepted_read(answer(odd), campaign=C1, operation="simulate", now=NOW)


def test_result_of_a_simulation_is_read_with_its_intervals() -> None:
    interval = {"value": 0.02, "low": 0.01, "high": 0.03}
    result = {"answerRate": interval, "abandonmentRate": interval, "agentUtilisation": interval, "calls": 900}
    told = {"id": "s-1", "campaignId": "C1", "durationSeconds": 60, "status": "COMPLETED", "result": result}
    read = simulation_read(answer(told), simulation="s-1", operation="read")
    assert (read.status, read.calls) == (SimulationStatus.COMPLETED, 900)
    assert read.abandonment is not None
    assert (read.abandonment.low, read.abandonment.high) == (0.01, 0.03)
    failed = simulation_read(answer({**told, "status": "FAILED", "result": None}), simulation="s-1", operation="read")
    assert (failed.status, failed.utilisation) == (SimulationStatus.FAILED, None)
    for odd in ({**told, "id": "s-2"}, {**told, "result": None}, {**told, "status": "RUNNING"}):
        with pytest.raises(UnexpectedAnswerError):
            simulation_read(answer(odd), simulation="s-1", operation="read")
