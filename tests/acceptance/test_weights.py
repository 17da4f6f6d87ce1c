"""Weights as people and scripts set them, by command and by service: refused without data before anything is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paceline.bootstrap import open_system
from tests.acceptance.shift import Shift
from tests.contract.weighed import TUNING, WEIGHTS
from tests.service.served import serving

HELD, BARE = "HELD", "BARE"


@pytest.fixture
def desk(shift: Shift) -> Shift:
    blocks = {"predictiveDialerSettings": WEIGHTS, "configuration": TUNING}
    shift.emulated.control("POST", "/campaigns", {"id": HELD, "status": "PAUSED", "revision": 42, **blocks})
    shift.emulated.control("POST", "/campaigns", {"id": BARE, "status": "PAUSED"})
    shift.declare(HELD, BARE)
    return shift


def asked(desk: Shift) -> int:
    return len(desk.emulated.entries(path="/api/v2/*"))


def test_weights_without_data_are_refused_before_the_platform_is_asked_for_anything(desk: Shift) -> None:
    before = asked(desk)
    told = desk.data_of("set", "weights", HELD, "call_rate=0.25", code=3)
    (found,) = told["findings"]
    assert (told["outcome"], found["rule"], found["severity"]) == ("refused", "weights.no-data", "error")
    assert (told["requests"], asked(desk)) == (0, before)
    assert desk.data_of("set", "weights", HELD, "call_rate=0.25", "--dry-run", code=3)["requests"] == 0
    kept = desk.data_of("audit", "list", "--kind", "weights.set")["items"]
    assert [one["outcome"] for one in kept] == ["refused", "refused"]


@pytest.mark.parametrize(
    ("words", "rule", "field"),
    [
        (("parameterWeights.speed=0.1",), "weights.known-key", "speed"),
        (("call_rate=1.5",), "weights.bounds", "call_rate"),
        (("validationSplit=0.95",), "weights.split", "validation_split"),
        (("maxDeviationLimit=0.6",), "weights.bounds", "deviation_limit"),
        (("convergenceThreshold=0.5",), "weights.bounds", "convergence"),
    ],
    ids=str,
)
def test_what_is_out_of_bounds_is_refused_with_field_and_limit(
    desk: Shift, words: tuple[str, ...], rule: str, field: str
) -> None:
    before = asked(desk)
    (found,) = desk.data_of("set", "weights", HELD, *words, code=3)["findings"]
    assert (found["rule"], found["field"], found["limit"] is None) == (rule, field, False)
    assert asked(desk) == before


def test_what_dials_nothing_otherwise_is_set_without_data(desk: Shift) -> None:
    told = desk.data_of("set", "weights", HELD, "convergenceThreshold=0.02", "driftProtection=false")
    assert (told["outcome"], told["verdict"], told["requests"]) == ("applied", "achieved", 2)
    assert [one["rule"] for one in told["findings"]] == ["weights.trigger"]
    shown = desk.emulated.shown(HELD)
    assert shown["predictiveDialerSettings"] == {**WEIGHTS, "convergenceThreshold": 0.02}
    assert shown["configuration"] == {**TUNING, "driftProtection": False, "simulationTrigger": "manual"}
    undone = desk.data_of("changes", "undo", str(told["entry"]))
    assert (undone["outcome"], desk.emulated.shown(HELD)["predictiveDialerSettings"]) == ("applied", WEIGHTS)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_get_prints_is_what_set_takes(desk: Shift, form: str) -> None:
    printed = desk.type("get", "weights", HELD, "-o", form)
    file = Path(desk.folder / f"weights.{form}")
    file.write_text(printed.replace("0.05", "0.02"), encoding="utf-8")
    told = desk.data_of("set", "weights", HELD, "--file", str(file), code=3)
    assert [one["rule"] for one in told["findings"]] == ["weights.no-data"]
    file.write_text('{"predictiveDialerSettings": {"convergenceThreshold": 0.02}}', encoding="utf-8")
    assert desk.data_of("set", "weights", HELD, "--file", str(file))["outcome"] == "applied"


def test_people_see_the_weights_and_a_campaign_without_any_says_how_to_set_them(desk: Shift) -> None:
    table = desk.type("get", "weights", HELD)
    assert "predictiveDialerSettings.parameterWeights.call_rate: 0.1" in table
    assert "configuration.driftProtection: True" in table
    desk.type("get", "weights", BARE, code=64)
    assert "paceline set weights BARE --file FILE" in desk.err
    assert "weights: lawful, as far as it is judged here" in desk.type("explain", HELD)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("speed=0.1",), "is no key"),
        (("call_rate=fast",), "call_rate: must be a number from -1 to 1, not 'fast'"),
        (("call_rate=0.1", "parameterWeights.call_rate=0.2"), "call_rate is said twice"),
        (("enablePredictiveTuning=maybe",), "must be true or false"),
        ((), "nothing is named"),
    ],
    ids=str,
)
def test_words_that_mean_nothing_are_a_usage_error(desk: Shift, words: tuple[str, ...], told: str) -> None:
    desk.type("set", "weights", HELD, *words, code=64)
    assert told in desk.err


@pytest.mark.usefixtures("desk")
def test_service_sets_and_shows_weights() -> None:
    place = f"/v1/campaigns/{HELD}/weights"
    with open_system() as system, serving(system) as served:
        client = served.client()
        shown = client.get(place)
        assert shown.json() == {"predictiveDialerSettings": WEIGHTS, "configuration": TUNING}
        match = {"If-Match": shown.headers["etag"]}
        bare: Any = {"predictiveDialerSettings": {"parameterWeights": {"call_rate": 0.25, "speed": 1}}}
        unknown = client.put(place, headers=match, json=bare)
        assert (unknown.status_code, unknown.json()["findings"][0]["rule"]) == (422, "weights.known-key")
        bold = {"predictiveDialerSettings": {"parameterWeights": {"call_rate": 0.25}}}
        refused = client.put(place, headers=match, json=bold)
        assert (refused.status_code, refused.json()["requests"]) == (422, 0)
        assert [one["rule"] for one in refused.json()["findings"]] == ["weights.no-data"]
        made = client.put(place, headers=match, json={"configuration": {"driftProtection": False}})
        assert (made.status_code, made.json()["after"]["tuning"]["drift_protection"]) == (200, False)
        assert client.put(place, headers=match, json={"configuration": {"driftProtection": True}}).status_code == 412
        assert client.get(f"/v1/campaigns/{BARE}/weights").status_code == 404
        for odd in (
            {"predictiveDialerSettings": {"convergenceThreshold": "0.02"}},
            {"configuration": {"enablePredictiveTuning": "true"}},
            {"basis": {"ground": "undo", "entry": 1}},
        ):
            assert client.put(place, headers={"If-Match": "*"}, json=odd).status_code == 422


def test_nobody_names_the_ground_of_a_change(desk: Shift) -> None:
    file = desk.folder / "forged.json"
    file.write_text(json.dumps({"basis": {"ground": "undo", "entry": 1}}), encoding="utf-8")
    desk.type("set", "weights", HELD, "--file", str(file), code=64)
    desk.type("set", "weights", HELD, "basis=undo", code=64)
