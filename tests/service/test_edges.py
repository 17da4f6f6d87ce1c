"""What stands before every route: limits, ids, bodies, headers, slow clients, and what the log says."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from paceline.control.access.rights import Role
from paceline.service.options import BODY_LIMIT
from paceline.telemetry.logs import Form, logging_to
from tests.contract.systems import Office
from tests.service.served import Served, serving

ANY = {"If-Match": "*", "Content-Type": "application/json"}


def test_caller_that_asks_too_often_is_429_and_others_are_not(desk: Office) -> None:
    with serving(desk.system(), requests_per_minute=3) as served:
        statuses = [served.client(Role.VIEWER).get("/v1/me").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        late = served.client(Role.VIEWER).get("/v1/me")
        assert (late.json()["code"], int(late.headers["retry-after"]) > 0) == ("too-many-requests", True)
        assert served.client(Role.OPERATOR).get("/v1/me").status_code == 200
        desk.clock.advance(61)
        assert served.client(Role.VIEWER).get("/v1/me").status_code == 200


def test_wrong_keys_from_one_address_are_told_to_wait_and_good_ones_behind_it_are_not(desk: Office) -> None:
    with serving(desk.system(), attempts_per_minute=3) as served:
        guess = served.client(None, Authorization="Bearer pk_000000000000_guess")
        assert [guess.get("/v1/me").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
        assert served.client(Role.VIEWER).get("/v1/me").status_code == 200
        desk.clock.advance(61)
        assert guess.get("/v1/me").status_code == 401


def test_request_keeps_its_own_id_where_a_log_can_hold_it(standing: Served) -> None:
    client = standing.client()
    assert client.get("/v1/me", headers={"X-Request-Id": "abc-1_2"}).headers["x-request-id"] == "abc-1_2"
    for strange in ("a b", "x" * 65, "a;b", "<script>", "é"):
        made = client.get("/v1/me", headers={b"X-Request-Id": strange.encode()}).headers["x-request-id"]
        assert made != strange
        assert made.isalnum()


@pytest.mark.parametrize(
    "name", ["a b", "..%2F..%2Fetc", "%00", "%F0%9F%92%A3", "x" * 129, "<script>", "';DROP TABLE x--", "%0d%0aX: y"]
)
def test_hostile_id_is_refused_in_json(standing: Served, name: str) -> None:
    client = standing.client()
    for answer in (
        client.get(f"/v1/campaigns/{name}"),
        client.post(f"/v1/campaigns/{name}:freeze"),
        client.get("/v1/audit", params={"campaign": name}),
    ):
        assert answer.status_code in {200, 404, 422}
        assert answer.headers["content-type"] in {"application/json", "application/problem+json"}
        assert "x: y" not in str(answer.headers).lower()


def test_body_that_is_too_long_is_413_with_its_length_and_without(standing: Served) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(BODY_LIMIT // 65536 + 2):
            yield b" " * 65536

    client = standing.client()
    for content in (b" " * (BODY_LIMIT + 1), pieces()):
        answer = client.post("/v1/campaigns/ACTIVE:pause", headers=ANY, content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    fits = client.post("/v1/campaigns/NOWHERE:pause", headers=ANY, content=iter([b"{", b'"reason":', b'"x"}']))
    assert fits.status_code == 404


@pytest.mark.parametrize("body", [b"{", b"[" * 10_000, b"\xff\xfe", b'{"reason": "\\ud800"}', b"1" * 5000])
def test_body_that_is_no_sound_json_is_refused(standing: Served, body: bytes) -> None:
    answer = standing.client().post("/v1/campaigns/ACTIVE:pause", headers=ANY, content=body)
    assert answer.status_code in {400, 422}
    assert answer.json()["code"]


def test_stranger_is_told_what_a_request_lacks(standing: Served) -> None:
    client = standing.client()
    form = {"If-Match": "*", "Content-Type": "application/x-www-form-urlencoded"}  # what curl -d says by itself
    unread = client.post("/v1/campaigns/ACTIVE:pause", headers=form, content=b'{"reason": "x"}').json()
    assert "Content-Type: application/json" in unread["hint"]
    broken = client.post("/v1/campaigns/ACTIVE:pause", headers=ANY, content=b'{"reason": ').json()
    assert "this is no JSON: Expecting value, at character 11" in broken["findings"][0]["message"]
    assert (broken["findings"][0]["field"], broken["hint"]) == ("body", "findings say what is wrong")
    assert "/openapi.json" in client.get("/v1/nothing").json()["hint"]
    other = client.delete("/v1/campaigns")
    assert (other.json()["hint"], other.headers["allow"]) == ("the header Allow says what it takes", "GET")


def test_every_answer_ties_a_browsers_hands(desk: Office) -> None:
    with serving(desk.system(), behind_tls=True) as served:
        for place in ("/healthz", "/v1/me", "/nope", "/v1/campaigns/ACTIVE"):
            headers = served.client(None).get(place).headers
            assert "script-src 'self'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert "max-age" in headers["strict-transport-security"]
            assert headers["cache-control"] == "no-store"


def test_fault_of_ours_is_told_by_id_alone_and_the_log_has_the_rest(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, system = StringIO(), desk.system()
    with serving(system) as served, logging_to(stream, form=Form.JSON, level=logging.INFO):
        monkeypatch.setattr(system.access, "keys", lambda: 1 / 0)
        answer = served.client().get("/v1/keys?secret=hunter2", headers={"X-Request-Id": "find-me"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["x-request-id"] == "find-me"
    assert "division" not in answer.text
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    fault = next(line for line in lines if line["level"] == "error")
    assert (fault["request"], "ZeroDivisionError" in str(fault)) == ("find-me", True)


def test_log_tells_who_asked_what_and_never_the_query_or_the_key(desk: Office) -> None:
    stream = StringIO()
    with serving(desk.system()) as served, logging_to(stream, form=Form.JSON, level=logging.INFO):
        served.client(Role.VIEWER).get("/v1/campaigns/ACTIVE/live?password=hunter2")
        served.client(None).get("/v1/campaigns/ACTIVE")
        served.client(None).get("/nope/hunter2")
    lines = [line for text in stream.getvalue().splitlines() if (line := json.loads(text))["event"] == "request"]
    told = [(line["method"], line["route"], line["principal"], line["status"]) for line in lines]
    assert told == [
        ("GET", "/v1/campaigns/{campaign}/live", "viewer", 200),
        ("GET", "/v1/campaigns/{campaign}", None, 401),
        ("GET", None, None, 404),
    ]
    assert all(line["request"] and line["ms"] >= 0 for line in lines)
    assert "hunter2" not in stream.getvalue()
    assert served.keys[Role.VIEWER] not in stream.getvalue()
