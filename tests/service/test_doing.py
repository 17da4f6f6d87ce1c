"""Freezes, webhooks and keys over HTTP: each is in the ledger under the name of who asked."""

from __future__ import annotations

import re

from paceline.control.access.rights import Role
from tests.contract.systems import Office
from tests.service.served import Served, serving

ANY = {"If-Match": "*"}


def test_frozen_campaign_is_stopped_and_cannot_be_resumed_until_it_is_unfrozen(everywhere: Served) -> None:
    client = everywhere.client(Role.OPERATOR)
    frozen = client.post("/v1/campaigns/ACTIVE:freeze", json={"reason": "a complaint"})
    assert (frozen.status_code, frozen.json()["items"][0]["status"]) == (200, 200)
    assert client.get("/v1/campaigns/ACTIVE").json()["state"] == "STOPPED"
    assert client.get("/v1/freezes").json()["items"][0] | {"entry": 0} == {
        "campaign": "ACTIVE", "by": "operator", "reason": "a complaint", "entry": 0, "stopped": True,
    }  # fmt: skip
    resumed = client.post("/v1/campaigns/ACTIVE:resume", headers=ANY)
    assert "lifecycle.frozen" in {found["rule"] for found in resumed.json()["findings"]}
    freed = client.post("/v1/campaigns/ACTIVE:unfreeze")
    assert freed.json() == {"unfrozen": ["ACTIVE"], "not_frozen": []}
    assert client.post("/v1/campaigns/ACTIVE:resume", headers=ANY).status_code == 200


def test_locked_campaign_is_frozen_and_202_says_that_it_is_tried_again(served: Served) -> None:
    answer = served.client(Role.OPERATOR).post("/v1/campaigns:freeze", json={"campaigns": ["LOCKED", "PAUSED"]})
    assert answer.status_code == 202
    assert [one["campaign"] for one in answer.json()["not_yet_stopped"]] == ["LOCKED"]
    assert served.client().get(answer.headers["location"]).status_code == 200


def test_campaigns_that_need_a_person_are_told_the_most_urgent_first(served: Served) -> None:
    client = served.client(Role.OPERATOR)
    client.post("/v1/campaigns/PAUSED:freeze", json={"reason": "a complaint"})
    told = client.get("/v1/needs").json()
    words = [(one["campaign"], one["needs"][0]["word"]) for one in told["items"]]
    assert words == [("PAUSED", "frozen"), ("LOCKED", "locked")]
    assert (told["well"], told["away"], told["unreadable"]) == (3, None, [])
    assert "series" not in told["items"][0]


def test_freeze_of_what_is_not_there_freezes_nothing(served: Served) -> None:
    client = served.client(Role.OPERATOR)
    assert client.post("/v1/campaigns/NOWHERE:freeze").status_code == 404
    assert client.get("/v1/freezes").json()["items"] == []
    assert client.post("/v1/campaigns:freeze", json={"all": True, "count": 2}).json()["count"] == 5
    assert client.post("/v1/campaigns:unfreeze", json={"all": True, "count": 1}).json()["count"] == 0
    assert client.get("/v1/freezes").json()["items"] == []


def test_webhook_is_made_shown_once_and_removed(everywhere: Served) -> None:
    client = everywhere.client()
    made = client.post("/v1/webhooks", json={"url": "https://hooks.example.com/secret-path", "name": "wfm"}).json()
    place = f"/v1/webhooks/{made['id']}"
    assert made["secret"].startswith("whsec_")
    listed = everywhere.client(Role.VIEWER).get("/v1/webhooks").text
    assert "secret" not in listed
    assert "hooks.example.com" in listed
    assert client.post(f"{place}:test").json()["message"]
    assert client.post(f"{place}:rotate").json()["secret"] != made["secret"]
    assert client.post(f"{place}:replay", json={"from": "2026-01-01T00:00:00Z"}).status_code == 200
    assert client.post(f"{place}:replay", json={"first": 1}).status_code == 422
    assert client.post(f"{place}:enable").json()["standing"] == "active"
    assert client.delete(place).json() == {"id": made["id"], "removed": True}
    for verb in (":test", ":rotate", ":enable"):
        assert client.post(f"{place}{verb}").json()["code"] == "subscriber-not-found"
    kinds = [one["kind"] for one in client.get("/v1/audit?kind=webhook.*").json()["items"]]
    assert kinds[0] == "webhook.remove"
    assert client.post("/v1/webhooks", json={"url": "http://169.254.169.254/"}).status_code == 422


def test_key_is_good_from_its_making_until_it_is_revoked(everywhere: Served) -> None:
    client = everywhere.client()
    made = client.post("/v1/keys", json={"name": "wfm", "role": "operator", "reason": "new system"}).json()
    bearer = everywhere.client(None, Authorization=f"Bearer {made['secret']}")
    assert bearer.get("/v1/me").json() == {
        "name": "wfm", "role": "operator", "rights": ["operate", "read"], "known_by": f"api-key {made['id']}",
    }  # fmt: skip
    assert "secret" not in client.get("/v1/keys").text
    assert client.delete(f"/v1/keys/{made['id']}").json()["standing"] == "revoked"
    assert bearer.get("/v1/me").status_code == 401
    assert client.delete("/v1/keys/pk_000000000000").status_code == 404
    expired = {"name": "old", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}
    assert client.post("/v1/keys", json=expired).json()["code"] == "access"
    notes = client.get("/v1/audit?kind=access.add").json()["items"]
    assert (notes[0]["actor"]["name"], notes[0]["reason"]) == ("administrator", "new system")


def test_link_signs_in_once_until_its_name_is_signed_out(everywhere: Served) -> None:
    client, person = everywhere.client(), everywhere.client(None)
    made = client.post("/v1/keys:link", json={"name": "bob", "role": "viewer", "valid_for_s": 60})
    assert (made.status_code, made.headers["paceline-shown-once"]) == (201, "true")
    link = made.json()["path"].removeprefix("/enter#")

    def entering() -> int:
        proof = re.search(r'name="proof" value="(\w+)"', person.get("/enter").text)
        assert proof is not None
        answer: int = person.post("/enter", data={"proof": proof[1], "link": link}, follow_redirects=False).status_code
        return answer

    assert entering() == 303
    assert person.get("/v1/me").json()["name"] == "bob"
    assert client.post("/v1/keys:sign-out", json={"name": "bob"}).json()["sessions_ended"] == 1
    assert person.get("/v1/me").status_code == 401
    assert entering() != 303
    kinds = [one["kind"] for one in client.get("/v1/audit?kind=access.*").json()["items"]]
    assert {"access.link", "access.sign_out"} <= set(kinds)
    too_long = {"name": "bob", "role": "viewer", "valid_for_s": 86_401}
    assert client.post("/v1/keys:link", json=too_long).status_code == 422


def test_number_that_got_into_a_reason_is_erased_by_an_administrator(everywhere: Served) -> None:
    client, number = everywhere.client(), "+14155550132"
    client.post("/v1/campaigns/ACTIVE:pause", headers=ANY, json={"reason": f"{number} complained", "dry_run": True})
    once, why = {"Idempotency-Key": "freeze-1"}, {"reason": "(415) 555-0132 complained of +14155550199"}
    assert "555-0132" in client.post("/v1/campaigns/PAUSED:freeze", headers=once, json=why).text
    place, asked = "/v1/audit/numbers:erase", {"number": number, "reason": "erasure request of 3 June"}
    assert everywhere.client(Role.APPROVER).post(place, json=asked).status_code == 403
    done = client.post(place, json=asked)
    assert (done.status_code, done.json()["number"], done.json()["erased"]) == (200, "+..32", True)
    again = client.post("/v1/campaigns/PAUSED:freeze", headers=once, json=why)
    assert again.headers["idempotency-replayed"] == "true"
    for told in (client.get("/v1/freezes"), again):
        assert ("0132" in told.text, "complained of +14155550199" in told.text) == (False, True), "copies too"
    assert client.post("/v1/campaigns/PAUSED:unfreeze", json={}).status_code == 200
    note = client.get(f"/v1/audit/{done.json()['entry']}").json()
    assert (note["kind"], note["actor"]["name"], note["reason"]) == ("ledger.erase", "administrator", asked["reason"])
    for _ in range(2):
        again = client.post(place, json=asked, headers={"Idempotency-Key": "erase-1"})
        assert again.json() == {"number": "+..32", "erased": False, "entry": None}
        assert "idempotency-replayed" not in again.headers, "a hash of the request would tell the number"
    bad = [client.post(place, json=asked | more) for more in ({"number": "4155550132"}, {"reason": f"of {number}"})]
    assert [(one.status_code, one.json()["code"]) for one in bad] == [
        (422, "phone-number"),
        (422, "reason-holds-number"),
    ]
    assert all("5550132" not in one.text for one in (done, *bad))


def test_deeds_bear_the_name_of_who_asked_not_of_the_service(desk: Office) -> None:
    with serving(desk.system("robot")) as served:
        answer = served.client(Role.OPERATOR).post("/v1/campaigns/ACTIVE:pause", headers=ANY)
        told = served.client().get(f"/v1/audit/{answer.headers['paceline-entry']}").json()
        assert told["actor"]["name"] == "operator"
        assert told["actor"]["known_by"].startswith("api-key pk_")
