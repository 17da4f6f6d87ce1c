"""Reads: pages that stay where they are, the ledger, the law, what is declared, what is computed, what is measured."""

from __future__ import annotations

from threading import Event
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from paceline.control.access.rights import Role
from paceline.ledger.verify import verify_database
from paceline.primitives.canonical import Json
from paceline.service.operations import WAITING, answer_within
from tests.contract.emulated import Emulated
from tests.contract.systems import Office
from tests.service.served import Served, serving

ANY = {"If-Match": "*"}


def pages(client: httpx2.Client, address: str, **query: Any) -> list[list[Any]]:
    """Return all pages of a list."""
    found, cursor = [], None
    while True:
        said = {**query, **({} if cursor is None else {"cursor": cursor})}
        answer = client.get(address, params=said)
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["items"])
        cursor = answer.json()["next"]
        if cursor is None:
            return found


def simulation(client: httpx2.Client) -> dict[str, Any]:
    """Return the example of the document."""
    shapes = client.get("/openapi.json").json()["components"]["schemas"]
    found: dict[str, Any] = shapes["SimulationBody"]["examples"][0]
    return found


def test_pages_of_campaigns_hold_each_once_in_order(served: Served) -> None:
    found = pages(served.client(Role.VIEWER), "/v1/campaigns", limit=2)
    names = [one["campaign"] for page in found for one in page]
    assert [len(page) for page in found] == [2, 2, 1]
    assert names == sorted({"ACTIVE", "ARCHIVED", "LOCKED", "PAUSED", "STOPPED"})


def test_page_of_the_ledger_stays_where_it_is_while_entries_come(everywhere: Served) -> None:
    client = everywhere.client()
    before = [one["entry"] for page in pages(client, "/v1/audit", limit=1000) for one in page]
    first = client.get("/v1/audit", params={"limit": 2}).json()
    client.post("/v1/campaigns/ACTIVE:pause", headers=ANY)
    rest = pages(client, "/v1/audit", limit=2, cursor=first["next"])
    # The first request of `pages` names its own cursor; what came meanwhile is on no later page.
    told = [one["entry"] for one in first["items"]] + [one["entry"] for page in rest for one in page]
    assert told == before == sorted(before, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "LTE", "%00", "9" * 400])
def test_cursor_that_was_never_given_is_422(standing: Served, cursor: str) -> None:
    answer = standing.client().get("/v1/audit", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor")


def test_ledger_is_filtered_by_each_of_its_words(served: Served) -> None:
    client = served.client()
    served.client(Role.OPERATOR).post("/v1/campaigns/ACTIVE:pause", headers=ANY, json={"reason": "x", "ticket": "T"})
    served.client(Role.APPROVER).post("/v1/campaigns/STOPPED:pause", headers=ANY)
    for query, campaigns in (
        ({"kind": "lifecycle.*"}, {"ACTIVE", "STOPPED"}),
        ({"actor": "operator"}, {"ACTIVE"}),
        ({"outcome": "refused"}, {"STOPPED"}),
        ({"campaign": "ACTIVE"}, {"ACTIVE"}),
        ({"from": "2026-06-15T13:00:00Z"}, set()),
        ({"kind": "lifecycle.*", "to": "2026-06-15T13:00:00+00:00"}, {"ACTIVE", "STOPPED"}),
    ):
        items = client.get("/v1/audit", params=query).json()["items"]
        assert {item["campaign"] for item in items if item["campaign"]} == campaigns, query
    for wrong in ({"outcome": "nice"}, {"from": "2026-06-15T13:00:00"}, {"actor": "a\0b"}, {"campaign": "a b"}):
        assert client.get("/v1/audit", params=wrong).status_code == 422


def test_service_verifies_the_ledger_as_the_verifier_does(everywhere: Served) -> None:
    client = everywhere.client(Role.VIEWER)
    told = client.get("/v1/audit/verify").json()
    found = verify_database(everywhere.system.database, tenant=everywhere.system.book.tenant)
    assert (told["ok"], told["entries"], told["head"]) == (True, found.entries, found.head)


def test_entry_is_told_with_its_rows_and_what_was_so_then(served: Served, emulated: Emulated) -> None:
    client = served.client()
    entry = client.post("/v1/campaigns/ACTIVE:pause", headers=ANY).headers["paceline-entry"]
    told = client.get(f"/v1/audit/{entry}").json()
    assert [row["step"] for row in told["rows"]] == ["opened", "intent", "closed"]
    emulated.advance(60)
    known = client.get("/v1/audit/at", params={"instant": "2026-06-15T12:00:01Z", "campaign": "ACTIVE"}).json()
    assert (known["settings"]["status"], known["schedule"]["settings"]) == ("PAUSED", None)
    assert client.get("/v1/audit/stats").json()["changes"]["outcomes"] == {"applied": 1}
    assert client.get("/v1/audit/999").json()["code"] == "entry-not-found"


def test_facts_are_declared_under_their_tag(everywhere: Served) -> None:
    client, place = everywhere.client(Role.OPERATOR), "/v1/campaigns/ACTIVE/facts"
    tag = client.get(place).headers["etag"]
    said = {"facts": {"purpose": "sales", "regions": ["US-GA", "US-FL"], "label.team": "east"}, "reason": "contract"}
    assert client.patch(place, json=said).status_code == 428
    made = client.patch(place, headers={"If-Match": tag}, json=said)
    assert (made.status_code, made.json()["before"]["purpose"]) == (200, None)
    assert client.patch(place, headers={"If-Match": tag}, json=said).json()["code"] == "facts-moved"
    now = client.get(place)
    assert now.headers["etag"] == made.headers["etag"] != tag
    assert now.json()["facts"] == {"label.team": "east", "purpose": "sales", "regions": ["US-FL", "US-GA"]}
    assert client.get(place, headers={"If-None-Match": tag}).status_code == 200
    assert client.get(place, headers={"If-None-Match": made.headers["etag"]}).status_code == 304
    withdrawn = client.patch(place, headers=ANY, json={"facts": {"purpose": None, "regions": "", "label.team": None}})
    assert withdrawn.headers["etag"] == tag
    assert [one["campaign"] for one in client.get("/v1/campaigns?label=team=east").json()["items"]] == []


@pytest.mark.parametrize(
    "facts",
    [
        {"list": "/etc/passwd"},
        {"purpose": "spam"},
        {"regions": ["XX"]},
        {"limits.active_campaigns": 1},
        {"seller": "+1 850 555 0123"},
        {},
    ],
)
def test_fact_that_cannot_be_is_422(standing: Served, facts: dict[str, Any]) -> None:
    answer = standing.client().patch("/v1/campaigns/ACTIVE/facts", headers=ANY, json={"facts": facts})
    assert answer.status_code == 422
    assert "0123" not in answer.text


def test_facts_of_the_tenant_are_apart(served: Served) -> None:
    client = served.client(Role.OPERATOR)
    limit = {"facts": {"limits.active_campaigns": 3}}
    assert client.patch("/v1/facts", headers=ANY, json={**limit, "dry_run": True}).json()["entry"] is None
    assert client.get("/v1/facts").json() == {"facts": {}}
    assert client.patch("/v1/facts", headers=ANY, json=limit).status_code == 200
    assert client.get("/v1/facts").json() == limit


def test_person_is_judged_as_the_command_judges_and_the_number_is_not_repeated(standing: Served) -> None:
    client = standing.client(Role.VIEWER)
    asked = {"number": "+18505550123", "at": "2026-11-20T12:30:00Z", "purposes": ["sales"]}
    told = client.post("/v1/law:check-call", json=asked)
    assert (told.status_code, told.json()["callable"]) == (200, False)
    assert told.json()["next"] > "2026-11-20T12:30:00Z"
    assert "5550123" not in told.text
    for strange in ("", "911", "+1", "x" * 40, "\u0661\u0662"):
        answer = client.post("/v1/law:check-call", json={"number": strange})
        assert (answer.status_code, answer.json()["callable"]) == (200, False), strange
    assert client.get("/v1/law", params={"region": "US-FL", "kind": "hours"}).json()["rules"]
    assert client.get("/v1/law", params={"region": "XX"}).json()["code"] == "no-law"


def test_hour_that_does_not_exist_is_in_no_interval(standing: Served) -> None:
    asked = {"zone": "America/New_York", "date": "2026-03-08", "start": "01:30", "end": "03:30"}
    told = standing.client().post("/v1/schedule:intervals", json=asked).json()
    assert told["intervals"] == [["2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"]]
    near = standing.client().post("/v1/schedule:intervals", json={**asked, "zone": "america/new york"})
    assert near.json()["hint"] == "perhaps America/New_York"


def test_simulation_that_would_take_long_is_refused_before_it_begins(standing: Served) -> None:
    client = standing.client(Role.VIEWER)
    document = simulation(client)
    played = client.post("/v1/simulations", json=document)
    assert played.json()["utilisation"]["n"] == 2
    scenario = document["scenario"]
    for change in (
        {"run": {"days": 1000, "hours_per_day": 8}},
        {"pacing": {"policy": "interval", "interval_ms": 0.1}},
        {"agents": {"count": 10**400}},
        {"agents": {"count": 10, "names": "?"}},
    ):
        answer = client.post("/v1/simulations", json={**document, "scenario": {**scenario, **change}})
        assert (answer.status_code, answer.json()["code"]) in {(422, "too-large"), (422, "scenario")}, change


def test_what_takes_longer_is_an_operation_that_is_looked_at_again(standing: Served) -> None:
    client, operations = standing.client(Role.VIEWER), standing.app.state.parts.operations
    go_on = Event()

    def work() -> dict[str, Json]:
        go_on.wait()
        return {"found": 7}

    begun = operations.begin("test", work, shared="one")
    assert operations.begin("test", work, shared="one") is begun, "what asks for the same is the same"
    answer = answer_within(begun, 0.0)
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "1")
    place = answer.headers["location"]
    assert client.get(place).json()["state"] == "running"
    others = [operations.begin("test", work) for _ in range(WAITING - 1)]
    busy = client.post("/v1/simulations", json=simulation(client))
    assert (busy.status_code, busy.json()["code"]) == (503, "too-busy")
    go_on.set()
    for one in (begun, *others):
        one.future.result()
    done = client.get(place).json()
    assert (done["state"], done["result"], done["error"]) == ("done", {"found": 7}, None)
    assert client.post("/v1/simulations", json=simulation(client)).status_code == 200


def test_setting_that_would_abandon_too_many_is_refused_by_preflight(standing: Served) -> None:
    known = {"agents": 50, "answer_rate": 0.3, "handle_s": 180.0, "ring_s": 10.0}
    client = standing.client(Role.VIEWER)
    told = {lines: client.post("/v1/preflight", json={**known, "lines": lines}).json() for lines in (50, 100)}
    assert [told[lines]["decision"] for lines in (50, 100)] == ["allowed", "refused"]
    assert client.post("/v1/preflight", json={**known, "lines": 50, "ratio": 2.0}).status_code == 422


def test_metrics_are_readable_and_a_setting_closes_them(desk: Office) -> None:
    system = desk.system()
    with serving(system, open_metrics=False) as closed:
        assert closed.client(None).get("/metrics").status_code == 401
        client = closed.client(Role.VIEWER)
        client.get("/v1/campaigns/ACTIVE")
        found = {one.name: one for one in text_string_to_metric_families(client.get("/metrics").text)}
    routes = {sample.labels["route"] for sample in found["paceline_http_request_seconds"].samples}
    assert {"/v1/campaigns/{campaign}", "/metrics"} <= routes
    assert not any("ACTIVE" in route for route in routes)


def test_dialer_is_told_of_live(standing: Served) -> None:
    client = standing.client(Role.VIEWER)
    assert client.get("/v1/campaigns/ACTIVE/live").json().keys() == {"campaign", "ringing", "waiting", "connected"}
    assert client.get("/v1/campaigns/ACTIVE/statistics").json()["live"]["agents"] is not None
    assert client.get("/v1/campaigns/NOWHERE/live").status_code == 404
    assert client.get("/v1/campaigns/NOWHERE/statistics").status_code == 404
