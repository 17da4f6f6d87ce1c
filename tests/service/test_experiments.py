"""Experiments over HTTP: planned with their coins, started, steered, and told block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from paceline.control.access.rights import Role
from tests.contract.switched import TRIED, Bench
from tests.contract.systems import Office
from tests.service.served import Served, serving

PLACE = f"/v1/experiments/{TRIED}"
ANY = {"If-Match": "*"}
WISH: dict[str, Any] = {
    "campaign": TRIED,
    "predictiveDialerSettings": {"parameterWeights": {"answer_rate": 0.1, "predictive_factor": 0.25}},
    "days": 6,
    "hours_s": [50_400, 64_800],
    "seed": 4,
    "reason": "which is better",
}


@pytest.fixture
def served(desk: Office) -> Iterator[Served]:
    with serving(Bench(desk).system()) as running:
        yield running


def test_experiment_is_planned_started_steered_and_looked_at(served: Served) -> None:
    client = served.client(Role.OPERATOR)
    tried = client.post("/v1/experiments", headers=ANY, json={**WISH, "dry_run": True})
    assert (tried.status_code, tried.json()["kept"]) == (200, False)
    assert client.get(PLACE).status_code == 404
    made = client.post("/v1/experiments", headers=ANY, json=WISH)
    assert (made.status_code, made.headers["Location"]) == (201, PLACE)
    assert made.json()["plan"] == tried.json()["plan"]
    begun = client.post(f"{PLACE}:start")
    assert (begun.status_code, begun.json()["experiment"]["phase"]) == (202, "running")
    assert client.get(f"{PLACE}/analysis").json()["look"] is None
    again = client.post("/v1/experiments", headers=ANY, json=WISH)
    assert (again.status_code, again.json()["findings"][0]["rule"]) == (409, "experiment.under-way")
    assert client.post(f"{PLACE}:pause", json={"reason": "lunch"}).json()["phase"] == "paused"
    assert client.post(f"{PLACE}:abort").json()["phase"] == "aborted"
    assert client.post(f"{PLACE}:abort").status_code == 409
    listed = served.client(Role.VIEWER).get("/v1/experiments").json()["items"]
    assert [one["phase"] for one in listed] == ["aborted"]


def test_wish_that_says_nothing_to_compare_or_too_much_is_refused(served: Served) -> None:
    client = served.client(Role.OPERATOR)
    pacing = {"predictiveDialer": {"abandonRate": 0.006}}
    none = {key: value for key, value in WISH.items() if key != "predictiveDialerSettings"}
    for body in (none, {**WISH, **pacing}, {**WISH, "since": "2026-06-16T00:00:00"}, {**WISH, "days": 2}):
        assert client.post("/v1/experiments", headers=ANY, json=body).status_code == 422
    far = client.post("/v1/experiments", headers=ANY, json={**WISH, "since": "9999-12-31T00:00:00Z"})
    assert (far.status_code, far.json()["findings"][0]["rule"]) == (422, "experiment.plan")
    same = {**WISH, "predictiveDialerSettings": {"parameterWeights": {"answer_rate": 0.1, "predictive_factor": 0.1}}}
    refused = client.post("/v1/experiments", headers=ANY, json=same)
    assert (refused.status_code, refused.json()["findings"][0]["rule"]) == (422, "experiment.settings")


def test_viewer_may_look_and_do_nothing(served: Served) -> None:
    client = served.client(Role.VIEWER)
    assert client.get("/v1/experiments").status_code == 200
    assert client.post("/v1/experiments", headers=ANY, json=WISH).status_code == 403
    assert client.post(f"{PLACE}:start").status_code == 403
