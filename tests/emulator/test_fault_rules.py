"""Faults on order: where they act, how often, how they are shown and taken away, and what orders are refused."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.emulator.asks import get, patch, put
from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, OUT, rules, schedule
from tests.emulator.holds import holds
from tests.emulator.refusals import nothing_changes, refused

A = "CMP-ACTIVE"
PATH = f"{OUT}/{A}"
RULES = {"dialingRules": rules()}
BEGIN = datetime(2026, 6, 15, 12, tzinfo=UTC)


def fault(p: Caller, identifier: str) -> dict[str, Any]:
    """Return the fault as the control surface shows it."""
    (one,) = [f for f in p.control("GET", "/faults")["faults"] if f["id"] == identifier]
    document: dict[str, Any] = one
    return document


@holds("C.19")
def test_ordered_fault_is_shown_with_its_id_and_counts(platform: Caller) -> None:
    platform.token()
    answer = platform.post("/_emulator/faults", {"kind": "status", "status": 503}, client=None)
    assert answer.status_code == 201
    first = answer.json()
    assert first["id"] == "F1"
    assert (first["kind"], first["status"]) == ("status", 503)
    assert (first["matched"], first["acted"]) == (0, 0)
    assert platform.order("reset_before") == "F2"
    assert platform.control("GET", "/faults")["faults"][0] == first
    assert platform.get(PATH).status_code == 503


@holds("C.19", "C.30", "C.31")
def test_counts_of_a_fault_follow_the_requests(platform: Caller) -> None:
    platform.token()
    identifier = platform.order("status", status=500, path=PATH, nth=2, times=2)
    told = []
    for _ in range(5):
        status = platform.get(PATH).status_code
        seen = fault(platform, identifier)
        told.append((status, seen["acted"]))
    assert told == [(200, 0), (500, 1), (500, 2), (200, 2), (200, 2)]
    assert fault(platform, identifier)["matched"] >= 3


@holds("C.30")
@pytest.mark.parametrize("nth", [1, 2, 5])
def test_fault_acts_on_the_nth_match(platform: Caller, nth: int) -> None:
    platform.token()
    platform.order("status", status=503, nth=nth)
    told = [platform.get(PATH).status_code for _ in range(7)]
    assert told == [503 if n == nth else 200 for n in range(1, 8)]


@holds("C.31")
@pytest.mark.parametrize(("times", "acted"), [(1, 1), (3, 3), (None, 10)])
def test_fault_acts_as_often_as_ordered(platform: Caller, times: int | None, acted: int) -> None:
    platform.token()
    platform.order("status", status=503, times=times)
    told = [platform.get(PATH).status_code for _ in range(10)]
    assert told == [503] * acted + [200] * (10 - acted)


@holds("C.30", "C.31")
def test_fault_acts_from_the_nth_match_so_many_times(platform: Caller) -> None:
    platform.token()
    platform.order("status", status=503, nth=3, times=2)
    assert [platform.get(PATH).status_code for _ in range(6)] == [200, 200, 503, 503, 200, 200]


@holds("C.32")
@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        ({}, {0, 1, 2, 3, 4}),
        ({"method": "PATCH"}, {2}),
        ({"path": PATH}, {0, 2, 4}),
        ({"path": f"{OUT}/*"}, {0, 2, 4}),
        ({"path": f"{CAM}/*"}, {1, 3}),
        ({"path": "*"}, {0, 1, 2, 3, 4}),
        ({"path": "*/schedule"}, {3}),
        ({"path": f"{CAM}/*/schedule"}, {3}),
        ({"path": "/api/*/CMP-*"}, {0, 1, 2, 3, 4}),
        ({"path": OUT}, set()),
        ({"path": PATH[:-1]}, set()),
        ({"client": "acme-java"}, {4}),
        ({"client": "acme-all", "method": "GET"}, {0, 1}),
        ({"client": "acme-all", "method": "PATCH", "path": "*"}, {2}),
        ({"client": "acme-java", "path": f"{CAM}/*"}, set()),
        ({"client": "small-all"}, set()),
    ],
)
def test_fault_acts_only_where_it_matches(platform: Caller, rule: dict[str, Any], hit: set[int]) -> None:
    platform.token()
    platform.token("acme-java")
    platform.order("status", status=599, times=None, **rule)
    asks = [
        get(PATH),
        get(f"{CAM}/{A}"),
        patch(PATH, RULES),
        put(f"{CAM}/{A}/schedule", schedule(A), headers={"If-Match": 'W/"initial"'}),
        get(PATH, client="acme-java"),
    ]
    assert {n for n, ask in enumerate(asks) if ask.send(platform).status_code == 599} == hit


@holds("C.32")
def test_fault_acts_on_the_tokens_too(platform: Caller) -> None:
    platform.order("status", status=503, path="/oauth/token")
    form = {"grant_type": "client_credentials", "client_id": "acme-all", "client_secret": "acme-all-secret"}
    assert platform.http.post("/api/v2/oauth/token", data=form).status_code == 200
    assert platform.http.post("/oauth/token", data=form).status_code == 503
    assert platform.http.post("/oauth/token", data=form).status_code == 200


@holds("C.33")
@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "status", "status": 503},
        {"kind": "reset_before"},
        {"kind": "reset_after"},
        {"kind": "truncate"},
        {"kind": "malformed"},
        {"kind": "clock_skew", "skewSeconds": 99},
        {"kind": "status", "status": 500, "path": "/_emulator/*"},
    ],
)
def test_faults_never_act_on_the_control_surface(platform: Caller, rule: dict[str, Any]) -> None:
    platform.control("POST", "/faults", {**rule, "times": None})
    for _ in range(3):
        answer = platform.get("/_emulator/clock", client=None)
        assert answer.status_code == 200
        assert parsedate_to_datetime(answer.headers["date"]) == BEGIN
    assert platform.control("GET", "/faults")["faults"][0]["matched"] == 0


@holds("C.20")
def test_faults_are_taken_away_together_or_one_by_one(platform: Caller) -> None:
    platform.token()
    first, second, third = (platform.order("status", status=s, times=None) for s in (500, 502, 504))
    assert platform.get(PATH).status_code == 500
    assert platform.delete(f"/_emulator/faults/{first}", client=None).status_code == 204
    assert platform.get(PATH).status_code == 502
    assert [f["id"] for f in platform.control("GET", "/faults")["faults"]] == [second, third]
    assert platform.delete("/_emulator/faults", client=None).status_code == 204
    assert platform.control("GET", "/faults") == {"faults": []}
    assert platform.get(PATH).status_code == 200


@holds("C.08")
def test_unknown_fault_cannot_be_taken_away(platform: Caller) -> None:
    refused(platform.delete("/_emulator/faults/F9", client=None), 404, "not_found")


@holds("C.07")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["kind"]),
        ({"kind": "flood"}, ["kind"]),
        ({"kind": "status"}, ["status"]),
        ({"kind": "status", "status": 399}, ["status"]),
        ({"kind": "status", "status": 600}, ["status"]),
        ({"kind": "status", "status": "503"}, ["status"]),
        ({"kind": "status", "status": 503, "retryAfter": -1}, ["retryAfter"]),
        ({"kind": "status", "status": 503, "retryAfter": "soon\nX-Other: 1"}, ["retryAfter"]),
        ({"kind": "delay"}, ["delayMs"]),
        ({"kind": "delay", "delayMs": -1}, ["delayMs"]),
        ({"kind": "delay", "delayMs": "5"}, ["delayMs"]),
        ({"kind": "clock_skew"}, ["skewSeconds"]),
        ({"kind": "silence"}, ["seconds"]),
        ({"kind": "silence", "seconds": -1}, ["seconds"]),
        ({"kind": "silence", "seconds": 5, "times": 2}, ["times"]),
        ({"kind": "silence", "seconds": 5, "nth": 2}, ["nth"]),
        ({"kind": "reset_before", "nth": 0}, ["nth"]),
        ({"kind": "reset_before", "nth": 1.5}, ["nth"]),
        ({"kind": "reset_before", "nth": None}, ["nth"]),
        ({"kind": "reset_before", "times": 0}, ["times"]),
        ({"kind": "reset_before", "times": True}, ["times"]),
        ({"kind": "reset_before", "status": 500}, ["status"]),
        ({"kind": "truncate", "delayMs": 5}, ["delayMs"]),
        ({"kind": "truncate", "method": 5}, ["method"]),
        ({"kind": "truncate", "path": None}, ["path"]),
        ({"kind": "truncate", "colour": "red"}, ["colour"]),
        ([], [""]),
    ],
)
def test_fault_of_the_wrong_form_is_refused(platform: Caller, body: Any, fields: list[str]) -> None:
    refused(platform.post("/_emulator/faults", body, client=None), 422, "validation", *fields)
    assert platform.control("GET", "/faults") == {"faults": []}


@holds("C.19", "C.23", "7.111")
def test_of_several_faults_the_first_ordered_acts_first(platform: Caller) -> None:
    platform.token()
    with nothing_changes(platform, A):
        platform.order("status", status=500)
        platform.order("status", status=502)
        told = [platform.patch(PATH, RULES).status_code for _ in range(2)]
        platform.control("DELETE", "/faults")
    assert told[0] == 500
    assert told[1] in (502, 200)
