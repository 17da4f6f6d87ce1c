"""`paceline tune`: why nothing can be looked for, what is proposed, and what the corridor makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from paceline.bootstrap import open_system
from paceline.primitives.ids import campaign_id
from paceline.twin.kept import By, Twins
from tests.acceptance.shift import NOW, Shift
from tests.unit.optimizer.tuner.twins import twin

TUNED = "CMP-12345"
PACING = {
    "answerRate": 0.4,
    "abandonRate": 0.003,
    "maxConcurrentCalls": 150,
    "callInterval": 50,
    "strategy": "predictive",
    "warmUpPeriod": 0,
}
WEIGHTS: dict[str, Any] = {
    "algorithmId": "predictive-v2",
    "parameterWeights": {"answer_rate": 0.0, "predictive_factor": -0.3},
    "validationSplit": 0.7,
    "maxDeviationLimit": 0.3,
    "convergenceThreshold": 0.05,
}
TUNING = {"enablePredictiveTuning": True, "simulationTrigger": "automatic", "driftProtection": True}


@pytest.fixture
def floor(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> Shift:
    """A campaign whose weights are badly set, and which is known to dial as it is told."""
    monkeypatch.setenv("PACELINE_CLIENT_ID", "weigher")
    monkeypatch.setenv("PACELINE_CLIENT_SECRET", "weigher-secret")
    blocks = {"predictiveDialer": PACING, "predictiveDialerSettings": WEIGHTS, "configuration": TUNING}
    shift.emulated.control("POST", "/campaigns", {"id": TUNED, "status": "PAUSED", **blocks})
    shift.type("declare", TUNED, "purpose=sales", "regions=US-FL", f"anchor={NOW}")
    return shift


def keep_a_twin(*, days: int = 12) -> None:
    """Keep a twin of the campaign as it is live."""
    with open_system() as system:
        made = twin(system.survey.looked_at(campaign_id(TUNED)).observed, days=days)
        Twins(system.database, system.book).keep(made, By(actor=system.actor))


def test_without_a_twin_nothing_is_looked_for_and_the_way_to_one_is_told(floor: Shift) -> None:
    before = len(floor.emulated.entries(path="/api/v2/*"))
    floor.type("tune", TUNED, code=3)
    assert f"paceline twin fit {TUNED}" in floor.err
    assert len(floor.emulated.entries(path="/api/v2/*")) == before


def test_a_twin_of_too_few_days_has_no_say(floor: Shift) -> None:
    keep_a_twin(days=6)
    floor.type("tune", TUNED, code=3)
    assert "with more days of data" in floor.err


def test_what_is_proposed_is_told_with_the_command_that_sets_it(floor: Shift) -> None:
    keep_a_twin()
    told = floor.data_of("tune", TUNED, "--steps", "2")
    assert told["borne_out"]
    assert told["evidence"]["twin"]["entry"] is not None
    printed = floor.type("tune", TUNED)
    for key, value in told["changed"].items():
        live = WEIGHTS["parameterWeights"].get(key, 0.0)
        assert float(told["first"][key]) == pytest.approx((live + float(value)) / 2, abs=0.0006)
        assert f" {key}={float(value):g}" in printed
    assert f"paceline set weights {TUNED} " in printed
    assert "worth having" in printed
    assert floor.emulated.shown(TUNED)["predictiveDialerSettings"] == WEIGHTS
    asked = floor.data_of("audit", "list", "--kind", "weights.tuned")["items"]
    assert [floor.data_of("audit", "show", str(one["entry"]))["campaign"] for one in asked] == [TUNED, TUNED]


def test_what_is_found_goes_through_the_corridor_with_its_evidence(floor: Shift) -> None:
    keep_a_twin()
    told = floor.data_of("tune", TUNED, "--apply", "--steps", "2", "--reason", "tuned")
    assert (told["outcome"], told["verdict"]) == ("applied", "achieved")
    assert told["evidence"]["worth_having"]
    assert "step 1 of 2 is made" in floor.err
    assert f"paceline tune {TUNED} --steps 1 --apply" in floor.err
    live = floor.emulated.shown(TUNED)
    assert live["predictiveDialerSettings"]["parameterWeights"] != WEIGHTS["parameterWeights"]
    assert live["configuration"]["simulationTrigger"] == "manual"
    assert floor.data_of("audit", "list", "--kind", "weights.set")["items"][-1]["reason"] == "tuned"


@pytest.mark.parametrize(
    "words",
    [("--steps", "0"), ("--steps", "21"), ("--seed", "-1"), ("--seed", "x"), ("--reason", "nobody asked")],
    ids=" ".join,
)
def test_words_that_make_no_sense_are_a_usage_error(shift: Shift, words: tuple[str, ...]) -> None:
    shift.type("tune", TUNED, *words, code=64)
