"""Writes: under a tag, once under a key, and with an answer that says what is so and what is allowed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from paceline.control.access.rights import Role
from tests.contract.emulated import Emulated
from tests.contract.systems import Office
from tests.service.served import Served, serving

PAUSE, RULES = "/v1/campaigns/ACTIVE:pause", "/v1/campaigns/ACTIVE/rules"
ANY = {"If-Match": "*"}


def test_write_without_a_tag_is_428_and_under_an_old_one_412(everywhere: Served) -> None:
    client, old = everywhere.client(Role.OPERATOR), everywhere.tag("ACTIVE")
    assert client.post(PAUSE).status_code == 428
    assert client.post(PAUSE, headers={"If-Match": old}, json={"reason": "first"}).status_code == 200
    stale = client.post("/v1/campaigns/ACTIVE:resume", headers={"If-Match": old})
    assert (stale.status_code, stale.json()["outcome"]) == (412, "conflicted")
    assert stale.json()["current"]["state"] == "PAUSED"
    assert client.post(PAUSE, headers={"If-Match": '"a", "b"'}).status_code == 400


def test_old_tag_refuses_a_stop_too_and_a_star_or_the_word_for_it_stops_all_the_same(everywhere: Served) -> None:
    client, old = everywhere.client(Role.OPERATOR), everywhere.tag("ACTIVE")
    stop = "/v1/campaigns/ACTIVE:stop"
    assert client.post(PAUSE, headers={"If-Match": old}).status_code == 200
    stale = client.post(stop, headers={"If-Match": old})
    assert (stale.status_code, stale.json()["outcome"], stale.json()["after"]) == (412, "conflicted", None)
    assert everywhere.tag("ACTIVE") != old
    rejudged = client.post(stop, headers={"If-Match": old}, json={"on_conflict": "rejudge"})
    assert (rejudged.status_code, rejudged.json()["after"]["state"]) == (200, "STOPPED")
    assert client.post("/v1/campaigns/ACTIVE:resume", headers=ANY).status_code == 200
    assert client.post(stop, headers=ANY).status_code == 200


def test_read_is_spared_what_the_reader_has(served: Served) -> None:
    client, tag = served.client(Role.VIEWER), served.tag("ACTIVE")
    answer = client.get("/v1/campaigns/ACTIVE", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


def test_wrong_state_is_409_and_says_which_states_may_follow(served: Served) -> None:
    answer = served.client().post("/v1/campaigns/STOPPED:pause", headers=ANY)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["current"]["state"], told["current"]["allowed"]) == ("STOPPED", ["ACTIVE"])
    assert told["hint"] == "what it means and what to do: /runbooks/rules/lifecycle.transition"
    assert {found["rule"] for found in told["findings"]} == {"lifecycle.transition"}
    assert told["instance"] == f"/v1/changes/{answer.headers['paceline-entry']}"


def test_locked_campaign_is_423(served: Served) -> None:
    assert served.client().post("/v1/campaigns/LOCKED:pause", headers=ANY).status_code == 423


def test_refused_settings_are_422_with_all_findings_at_once(served: Served) -> None:
    block = {"dialingRules": {"maxCallsPerAgent": 200, "abandonmentRateThreshold": {"maxRate": 0.5}}}
    answer = served.client().put(RULES, headers=ANY, json=block)
    assert (answer.status_code, answer.json()["outcome"]) == (422, "refused")
    assert len({found["rule"] for found in answer.json()["findings"] if found["severity"] == "error"}) >= 2


def test_form_that_is_off_names_every_field(served: Served) -> None:
    answer = served.client().post(PAUSE, headers=ANY, json={"drain": "never", "nothing": 1, "at": "soon"})
    assert answer.status_code == 422
    fields = {found["field"] for found in answer.json()["findings"]}
    assert fields == {"body.drain", "body.nothing", "body.at"}


def test_change_for_later_is_202_and_its_place_tells_of_it(everywhere: Served, office: Office) -> None:
    client = everywhere.client(Role.OPERATOR)
    when = {"at": "2026-06-15T20:00:00Z", "reason": "end of shift"}
    alone = client.post(PAUSE, headers=ANY, json=when)
    assert {found["rule"] for found in alone.json()["findings"]} == {"agenda.no-worker"}
    robot = office.system("robot")
    with robot.worker._present(), robot.owner.at_work():  # noqa: SLF001  # a worker that only lives
        later = client.post(PAUSE, headers=ANY, json=when)
    assert (later.status_code, later.json()["outcome"]) == (202, "scheduled")
    assert int(later.headers["retry-after"]) > 0
    place = later.headers["location"]
    assert client.get(place).json()["status"] == "waiting"
    assert client.post(f"{place}:cancel").status_code == 200
    again = client.post(f"{place}:cancel")
    assert (again.status_code, again.json()["code"]) == (409, "not-waiting")


def test_pause_that_drains_is_202_until_the_last_call_has_ended(served: Served, emulated: Emulated) -> None:
    emulated.arrange("ACTIVE", callsInFlight=[{"state": "connected", "secondsLeft": 60}])
    client = served.client(Role.OPERATOR)
    answer = client.post(PAUSE, headers=ANY)
    assert (answer.status_code, answer.json()["verdict"]) == (202, "settling")
    assert client.get(answer.headers["location"]).headers["retry-after"]


def test_many_campaigns_are_answered_each_with_its_status(everywhere: Served) -> None:
    client = everywhere.client(Role.OPERATOR)
    answer = client.post("/v1/campaigns:pause", json={"campaigns": ["ACTIVE", "STOPPED", "LOCKED"]})
    assert answer.status_code == 200
    told = {item["change"]["campaign"]: item["status"] for item in answer.json()["items"]}
    assert told == {"ACTIVE": 200, "STOPPED": 409, "LOCKED": 423}
    miscounted = client.post("/v1/campaigns:stop", json={"state": "PAUSED", "count": 7})
    assert (miscounted.status_code, miscounted.json()["count"]) == (409, 2)
    for wrong in ({}, {"all": True}, {"all": True, "count": 1, "campaigns": ["ACTIVE"]}):
        assert client.post("/v1/campaigns:stop", json=wrong).status_code == 422


def test_request_under_a_key_is_carried_out_once_and_answered_again(everywhere: Served) -> None:
    client = everywhere.client(Role.OPERATOR)
    headers, said = {**ANY, "Idempotency-Key": "k1"}, {"reason": "once"}
    first, again = client.post(PAUSE, headers=headers, json=said), client.post(PAUSE, headers=headers, json=said)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.headers["paceline-entry"] == again.headers["paceline-entry"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    other = client.post(PAUSE, headers=headers, json={"reason": "twice"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    elsewhere = everywhere.client(Role.APPROVER).post(PAUSE, headers=headers, json=said)
    assert elsewhere.json()["outcome"] == "unchanged", "a key belongs to who sent it"


def test_of_two_requests_at_once_under_a_key_one_is_carried_out(everywhere: Served) -> None:
    together = Barrier(4)

    def ask(_: int) -> tuple[int, str | None]:
        client = everywhere.client(Role.OPERATOR)
        together.wait()
        answer = client.post(PAUSE, headers={**ANY, "Idempotency-Key": "k2"}, json={})
        return answer.status_code, answer.headers.get("paceline-entry")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert {status for status, _ in answers} <= {200, 409}
    assert len({entry for status, entry in answers if status == 200}) == 1
    entries = everywhere.client().get("/v1/audit?kind=lifecycle.pause").json()["items"]
    assert len(entries) == 1


def test_refusal_by_form_or_by_right_leaves_the_key_free(served: Served) -> None:
    key = {"Idempotency-Key": "k3"}
    client = served.client(Role.OPERATOR)
    assert client.post(PAUSE, headers=key).status_code == 428
    assert client.post(PAUSE, headers={**ANY, **key}, json={"drain": "never"}).status_code == 422
    assert served.client(Role.VIEWER).post(PAUSE, headers={**ANY, **key}).status_code == 403
    assert client.post(PAUSE, headers={**ANY, **key}).status_code == 200
    assert client.post(PAUSE, headers={**ANY, "Idempotency-Key": "x" * 201}).status_code == 400


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/v1/keys", {"name": "robot", "role": "viewer"}),
        ("/v1/webhooks", {"url": "https://hooks.example.com/a"}),
    ],
)
def test_secret_is_shown_once_and_in_no_place_of_the_database(
    office: Office, address: str, body: dict[str, str]
) -> None:
    system = office.system()
    with serving(system) as served:
        client, key = served.client(), {"Idempotency-Key": "k4"}
        made = client.post(address, headers=key, json=body)
        again = client.post(address, headers=key, json=body)
        assert made.status_code == 201
        assert made.json()["secret"] not in again.text
        assert (again.status_code, again.json()["code"]) == (504, "in-doubt")
        shown = "".join(client.get(place).text for place in (address, "/v1/audit?limit=1000", "/metrics"))
        assert made.json()["secret"] not in shown
