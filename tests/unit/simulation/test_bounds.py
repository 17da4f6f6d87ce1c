"""Every field of a scenario file: a bad value is told with the field's name, the value, and the bound it breaks."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from paceline.simulation.errors import ScenarioError, UnstableScenarioError
from paceline.simulation.reading import read_scenario

RING = {"mean_s": 20.0, "distribution": "lognormal", "cv": 0.5}
LEVEL = {"max_level": 2.0, "intensity": 5, "level_target": 1, "target": 0.02}
CERTAIN = {"safety": 1.0, "belief": 0.3, "memory_dials": 50, "horizon_s": 12.0, "tick_s": 1.0}
PACINGS: list[dict[str, Any]] = [
    {"policy": "progressive", "tick_s": 1.0},
    {"policy": "interval", "interval_ms": 2000.0, "even": False},
    {"policy": "ratio", "lines": 5, "tick_s": 0.0},
    {"policy": "ratio", "ratio": 1.2},
    {"policy": "idle_lines", "lines_per_idle": 3.0, "tick_s": 0.0},
    {"policy": "optimal", "table": [0, 2, 5], "table_above": [1, 3, 6], "mixing": 0.5, "tick_s": 0.0},
    {"policy": "certainty", **CERTAIN},
    {"policy": "telescoping", **CERTAIN, "target": 0.02, "gain": 0.2, "safety_lowest": -1.0}
    | {"safety_highest": 5.0, "carried": False},
    {"policy": "vicidial_adapt_hard", **LEVEL},
    {"policy": "vicidial_adapt_average", **LEVEL},
    {"policy": "vicidial_adapt_tapered", **LEVEL, "latest_s": 3000.0},
]
FULL: dict[str, Any] = {
    "agents": {"count": 5},
    "talk": {"mean_s": 100.0, "distribution": "gamma", "cv": 0.8},
    "wrap": {"mean_s": 20.0, "distribution": "lognormal", "cv": 0.6},
    "greeting": {"mean_s": 2.0, "distribution": "hyperexponential", "cv": 1.5},
    "answer": {
        "probability": 0.3, "distribution": "gamma", "cv": 0.5, "ring_answered_s": 10.0, "ring_unanswered_s": RING,
        "timeout_s": 30.0, "by_time": [1.0, 0.8], "by_attempt": [1.0], "by_day": [1.0, 0.9], "concentration": 5.0,
    },
    "unanswered": {
        "machine": 0.4, "busy": 0.05, "failed": 0.01, "machine_ring_s": 12.0, "busy_s": 2.0, "failed_s": 3.0,
    },
    "detection": {"sensitivity": 0.95, "specificity": 0.9, "machine_handle_s": 5.0},
    "patience": {"seconds": 90.0, "distribution": "exponential"},
    "pacing": PACINGS[0],
    "list": {
        "records": 1000, "max_attempts": 3, "retry_s": [600.0], "machine_retry_s": [600.0], "busy_retry_s": [60.0],
        "no_answer_retry_s": [900.0], "failed_retry_s": [90.0],
    },
    "lines": {"cap": 20, "calls_per_s": 2},
    "shifts": [{"start_s": 0.0, "end_s": 3600.0, "agents": 3}],
    "breaks": [{"at_s": 600.0, "length_s": 60.0, "agents": 1}],
    "changes": [
        {"at_s": 900.0, "stop": "drop"}, {"at_s": 1000.0, "resume": True}, {"at_s": 1200.0, "pacing": {**PACINGS[1]}},
    ],
    "limit": {"abandonment": 0.03, "window": "day"},
    "run": {"days": 3, "hours_per_day": 1.0, "warm_up_s": 60.0},
}  # fmt: skip
Path = tuple[str | int, ...]


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return json.dumps(value)


def text(document: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {toml(value)}" for key, value in document.items())


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no table, with the way to it."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    else:
        yield path, value


def tables(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        yield path
        for key, one in value.items():
            yield from tables(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from tables(one, (*path, number))


def named(path: Path) -> str:
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path).removeprefix(".")


def changed(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    found = copy.deepcopy(document)
    inner: Any = found
    for one in path[:-1]:
        inner = inner[one]
    inner[path[-1]] = value
    return found


def bad_values(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return ["yes", 1, 0.5]
    if isinstance(value, str):
        return ["nonsense", 5, True, [value]]
    if isinstance(value, int):
        return ["x", True, 0.5, 10**12, -(10**12), math.nan]
    if isinstance(value, float):
        return ["x", True, 1e12, -1e12, math.nan, -math.inf]
    return [[bad, *value[1:]] for bad in ("x", True, 10**12, -(10**12), math.nan)] + ["x", ["x", *value]]


DOCUMENTS = [{**FULL, "pacing": pacing} for pacing in PACINGS]
CASES = [(FULL, path, bad) for path, value in leaves(FULL) for bad in bad_values(value)] + [
    (document, path, bad)
    for document in DOCUMENTS[1:]
    for path, value in leaves({"pacing": document["pacing"]})
    for bad in bad_values(value)
]


def test_the_documents_themselves_are_in_order() -> None:
    for document in DOCUMENTS:
        assert read_scenario(text(document)).agents == 5


def test_every_field_names_itself_the_value_and_the_bound() -> None:
    for document, path, bad in CASES:
        with pytest.raises(ScenarioError) as refused:
            read_scenario(text(changed(document, path, bad)))
        off = refused.value
        assert off.field == named(path), (path, bad, str(off))
        assert repr(off.found) in repr(bad) or off.found in [bad, *(bad if isinstance(bad, list) else ())]
        assert f"{off.field} is {off.found!r}; it must be {off.bound}" == str(off)
        assert off.bound


def test_no_field_is_forgotten_here() -> None:
    asked: dict[str, set[str]] = {}
    there: dict[str, set[str]] = {}
    for document in DOCUMENTS:
        for path in tables(document):
            where = re.sub(r"\[\d+\]", "", named(path))
            where = re.sub(r"^changes\.pacing$", "pacing", where)
            with pytest.raises(ScenarioError) as refused:
                read_scenario(text(changed(document, (*path, "surplus"), 1)))
            assert refused.value.field == named((*path, "surplus"))
            known = refused.value.bound.partition("known here is ")[2].split(", ")
            asked.setdefault(where, set()).update(known)
            inner: Any = document
            for one in path:
                inner = inner[one]
            there.setdefault(where, set()).update(inner)
    asked[""] -= {"handle"}  # talk stands for it
    assert asked == there


@pytest.mark.parametrize(
    "path", [("agents", "count"), ("talk", "mean_s"), ("answer", "probability"), ("list", "records")]
)
def test_what_must_be_given_is_asked_for_by_name(path: Path) -> None:
    document = copy.deepcopy(FULL)
    del document[str(path[0])][path[1]]
    with pytest.raises(ScenarioError, match=f"{re.escape(named(path))} is None; it must be given"):
        read_scenario(text(document))


ENDLESS = """
[agents]
count = 10
[handle]
mean_s = 180
[answer]
probability = 0.3
ring_answered_s = 12
ring_unanswered_s = 12
by_time = [1.0, {later}]
[patience]
seconds = inf
[lines]
cap = {cap}
calls_per_s = {per_s}
[pacing]
policy = "interval"
interval_ms = {gap}
"""


def endless(gap: int, *, later: float = 1.0, cap: int = 0, per_s: int = 0, more: str = "") -> str:
    return ENDLESS.format(gap=gap, later=later, cap=cap, per_s=per_s) + more


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (endless(5000), "10.8 erlangs to 10 agents"),
        (endless(6000, later=1.4), "10.8 erlangs to 10 agents"),
        (endless(500, per_s=1), "54.0 erlangs to 10 agents"),
        (endless(6000, more="[[shifts]]\nstart_s = 0\nend_s = 14400\nagents = 10"), "9.0 erlangs to 5 agents"),
        (endless(6000, more="[[breaks]]\nat_s = 0\nlength_s = 14400\nagents = 4"), "9.0 erlangs to 8 agents"),
    ],
)
def test_a_queue_that_grows_without_limit_is_refused_with_its_load(scenario: str, told: str) -> None:
    with pytest.raises(UnstableScenarioError, match=re.escape(told)) as refused:
        read_scenario(scenario)
    assert "grows without limit" in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize(
    "scenario",
    [endless(6000), endless(5000, later=0.6), endless(5000, cap=40), endless(500, later=0.0, more="[run]\ndays = 1")],
)
def test_a_queue_that_something_bounds_is_not_refused(scenario: str) -> None:
    if "interval_ms = 500\n" in scenario:
        scenario = scenario.replace("probability = 0.3", "probability = 0.03")
    assert read_scenario(scenario).agents == 10
