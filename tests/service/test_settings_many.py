"""Settings and easing for many campaigns over HTTP: each judged on its own, and what keeps one stops no other."""

from __future__ import annotations

import pytest

from paceline.control.access.rights import Role
from tests.contract.systems import Office
from tests.service.served import Served

RULES = {"dialingRules": {"maxCallsPerAgent": 2}}
WHOLE = {
    "dialingRules": {
        "dialingMethod": "PROGRESSIVE",
        "retrySettings": {"maxAttempts": 2, "intervalMinutes": [60]},
        "abandonmentRateThreshold": {"maxRate": 0.02, "coolDownSec": 60},
        "maxCallsPerAgent": 1,
    }
}


def test_rules_of_many_are_set_in_each_and_an_item_says_what_became_of_it(everywhere: Served) -> None:
    client = everywhere.client(Role.OPERATOR)
    named = {"campaigns": ["ACTIVE", "PAUSED", "LOCKED", "NOWHERE"], "reason": "one rule for all"}
    key = {"Idempotency-Key": "rules-1"}
    answer = client.put("/v1/campaigns:rules", headers=key, json={**named, "settings": WHOLE})
    assert answer.status_code == 200, answer.text
    told = {one["change"]["campaign"]: (one["outcome"], one["status"]) for one in answer.json()["items"]}
    assert told == {
        "ACTIVE": ("applied", 200), "PAUSED": ("applied", 200), "LOCKED": ("refused", 423), "NOWHERE": ("failed", 404),
    }  # fmt: skip
    assert answer.json()["summary"]["applied"] == 2
    again = client.put("/v1/campaigns:rules", headers=key, json={**named, "settings": WHOLE})
    assert (again.headers["idempotency-replayed"], again.json()) == ("true", answer.json())
    assert client.put("/v1/campaigns:rules", json={**named, "settings": WHOLE}).json()["summary"]["unchanged"] == 2
    live = client.get("/v1/campaigns/PAUSED/rules").json()
    assert live["dialingRules"]["maxCallsPerAgent"] == 1
    noted = client.get("/v1/audit?kind=dialing.*&campaign=PAUSED").json()["items"]
    assert {one["reason"] for one in noted} == {"one rule for all"}


def test_each_kind_of_settings_is_judged_for_many_and_a_dry_run_sends_nothing(served: Served) -> None:
    client = served.client(Role.OPERATOR)
    before = served.tag("ACTIVE")
    for kind, block in (
        ("rules", {"dialingRules": {"maxCallsPerAgent": 999}}),
        ("pacing", {"predictiveDialer": {"abandonRate": 0.5}}),
        ("schedule", {"timezone": "Mars/Olympus"}),
        ("weights", {"predictiveDialerSettings": {"parameterWeights": {"call_rate": 7}}}),
    ):
        asked = {"state": "ACTIVE", "settings": block, "dry_run": True}
        answer = client.put(f"/v1/campaigns:{kind}", json=asked)
        assert answer.status_code == 200, answer.text
        assert {one["outcome"] for one in answer.json()["items"]} == {"refused"}, kind
    assert served.tag("ACTIVE") == before


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("rules", {"settings": RULES}, "target"),
        ("rules", {"all": True, "settings": RULES}, "target"),
        ("rules", {"all": True, "count": 99, "settings": RULES}, "count"),
        ("rules", {"campaigns": ["ACTIVE"], "settings": RULES, "at": "2026-06-15T20:00:00Z", "by": "platform"}, None),
        ("schedule", {"campaigns": ["ACTIVE"], "settings": {"campaignId": "ACTIVE"}}, None),
        ("rules", {"campaigns": ["ACTIVE"], "settings": {"predictiveDialer": {}}}, None),
    ],
)
def test_wish_for_many_that_cannot_be_is_refused_whole(
    standing: Served, kind: str, body: dict[str, object], code: str | None
) -> None:
    answer = standing.client(Role.OPERATOR).put(f"/v1/campaigns:{kind}", json=body)
    assert answer.status_code in {409, 422}
    assert answer.json()["code"] == (code or "request-invalid")


def test_settings_of_many_wait_for_their_hour_where_a_worker_lives(served: Served, desk: Office) -> None:
    client = served.client(Role.OPERATOR)
    robot = desk.system("robot")
    asked = {"campaigns": ["ACTIVE", "PAUSED"], "settings": WHOLE, "at": "2026-06-15T20:00:00Z"}
    with robot.worker._present(), robot.owner.at_work():  # noqa: SLF001  # a worker that only lives
        answer = client.put("/v1/campaigns:rules", json=asked)
    assert (answer.status_code, answer.json()["summary"]) == (202, {"scheduled": 2, "requests": 2})
    assert {one["campaign"] for one in client.get("/v1/changes?status=waiting").json()["items"]} == {"ACTIVE", "PAUSED"}


def test_many_are_eased_off_and_one_that_cannot_be_is_told(served: Served) -> None:
    client = served.client(Role.OPERATOR)
    client.put("/v1/campaigns:rules", json={"campaigns": ["ACTIVE"], "settings": WHOLE})
    answer = client.post("/v1/campaigns:ease-off", json={"campaigns": ["ACTIVE", "NOWHERE"], "reason": "a complaint"})
    items = {one["change"]["campaign"]: one["outcome"] for one in answer.json()["items"]}
    assert items == {"ACTIVE": "unchanged", "NOWHERE": "failed"}
    assert client.post("/v1/campaigns:ease-off", json={"all": True, "count": 99}).json()["code"] == "count"
    good = client.post("/v1/campaigns:ease-off", json={"campaigns": ["ACTIVE"], "to": "last-good"}).json()
    assert good["items"][0]["error"]["code"] == "nothing-good"
