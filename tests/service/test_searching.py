"""What is looked for over HTTP: the best pacing, weights and twins; operations that hold up nobody else."""

from __future__ import annotations

from threading import Event
from typing import Any

import httpx2

from paceline.control.access.rights import Role
from paceline.primitives.canonical import Json
from paceline.service.operations import SEARCHES
from tests.contract.systems import ACTIVE, Office
from tests.service.served import Served, serving
from tests.service.twinned import keep, twin_of

SCENARIO = {
    "agents": {"count": 10},
    "handle": {"distribution": "exponential", "mean_s": 180},
    "answer": {"probability": 0.6, "ring_answered_s": 10, "ring_unanswered_s": 25},
    "run": {"days": 4, "hours_per_day": 8},
}


def ended(client: httpx2.Client, answer: httpx2.Response, served: Served) -> dict[str, Any]:
    """Return the result of an operation, or its error, when it has ended."""
    if answer.status_code != 202:
        found: dict[str, Any] = answer.json()
        return found
    place = answer.headers["location"]
    served.app.state.parts.operations.of(place.rpartition("/")[2]).future.exception()
    told = client.get(place).json()
    result: dict[str, Any] = told["result"] or told["error"]
    return result


def test_best_pacing_of_a_scenario_keeps_the_limit_with_a_certificate(standing: Served) -> None:
    client = standing.client(Role.VIEWER)
    asked = {"scenario": SCENARIO, "policy": "idle_lines", "seed": 7}
    told = ended(client, client.post("/v1/optimisations", json=asked), standing)
    assert told["certificate"]["upper"] <= told["certificate"]["limit"] == 0.03
    assert 0.5 < told["utilisation"]["mean"] < 1
    assert told["settings"].keys() >= {"answerRate", "abandonRate"}


def test_search_that_cannot_be_or_would_take_too_long_is_refused(standing: Served) -> None:
    client = standing.client(Role.VIEWER)
    large = {**SCENARIO, "agents": {"count": 1500}}
    for body, code in (
        ({}, "request-invalid"),
        ({"scenario": SCENARIO, "campaign": "ACTIVE"}, "request-invalid"),
        ({"scenario": large}, "too-large"),
        ({"scenario": {**SCENARIO, "agents": {"count": 10**400}}}, "scenario"),
        ({"scenario": {**SCENARIO, "answer": {"probability": 0.6}}}, "scenario"),
        ({"campaign": "NOWHERE"}, "not-found"),
    ):
        answer = client.post("/v1/optimisations", json=body)
        assert answer.json()["code"] == code, answer.text
    found = ended(client, client.post("/v1/optimisations", json={"campaign": "ACTIVE"}), standing)
    assert found["code"] == "no-projection"


def test_search_stands_in_nobodys_way(standing: Served) -> None:
    client, operations, go_on = standing.client(Role.VIEWER), standing.app.state.parts.operations, Event()

    def work() -> dict[str, Json]:
        go_on.wait()
        return {}

    begun = [operations.begin_search("test", work, shared=str(number)) for number in range(SEARCHES)]
    try:
        busy = client.post("/v1/optimisations", json={"scenario": SCENARIO, "seed": 1})
        assert (busy.status_code, busy.json()["code"]) == (503, "too-busy")
        assert client.get("/v1/audit/verify").json()["ok"], "what takes a moment does not wait behind it"
    finally:
        go_on.set()
    assert [one.future.result() for one in begun] == [{}] * SEARCHES


def test_weights_and_twins_want_data_and_say_what_to_do_without(standing: Served) -> None:
    client = standing.client(Role.OPERATOR)
    for verb, code in (("weights:tune", "no-proposal"), ("twin", "no-data"), ("twin:check", "no-twin")):
        told = ended(client, client.post(f"/v1/campaigns/ACTIVE/{verb}"), standing)
        assert told["code"] == code, told
    records = client.post("/v1/campaigns/ACTIVE/twin", json={"from": "records"})
    assert "paceline data import" in ended(client, records, standing).get("detail", records.text)
    assert client.post("/v1/campaigns/ACTIVE/twin", json={"zone": "Mars/Olympus"}).json()["code"] == "unknown-zone"
    assert client.post("/v1/campaigns/ACTIVE/twin", json={"split": 0.99}).status_code == 422


def test_kept_twin_is_checked_against_newer_data(lasting: Office) -> None:
    system = lasting.system()
    keep(system, twin_of(ACTIVE))
    with serving(system) as served:
        client = served.client(Role.OPERATOR)
        told = ended(client, client.post("/v1/campaigns/ACTIVE/twin:check"), served)
    assert (told["campaign"], told["standing"]["passed"]) == ("ACTIVE", True)
    assert told["newer"]["drift"] is None
