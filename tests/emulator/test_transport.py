"""Section 1 of the contract, as far as an ordinary HTTP client can see it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds

OUTBOUND = "/api/v2/outbound/campaigns"
CAMPAIGN = f"{OUTBOUND}/CMP-FULL"
TUNING = {"enablePredictiveTuning": True, "simulationTrigger": "manual", "driftProtection": True}
SETTINGS = {
    "algorithmId": "algo-ü",
    "parameterWeights": {"answer_rate": 0.5},
    "validationSplit": 0.2,
    "maxDeviationLimit": 0.2,
    "convergenceThreshold": 0.01,
}
SCHEDULE = {
    "campaignId": "CMP-ACTIVE",
    "timezone": "UTC",
    "businessHoursDirective": "STRICT",
    "timeWindows": [{"dayOfWeek": "MONDAY", "startTime": "09:00:00", "endTime": "10:00:00"}],
    "maxConcurrentCalls": 3,
}
SIMULATION = {"campaignId": "CMP-ACTIVE", "simulationType": "predictive_weight_validation", "durationSeconds": 60}
HOOK = {"name": "n", "url": "https://hooks.example/n", "events": ["campaign.predictive.tuned"]}
READS = [
    OUTBOUND,
    f"{OUTBOUND}?limit=2&status=ACTIVE",
    CAMPAIGN,
    "/api/v2/campaigns/CMP-FULL",
    "/api/v2/campaigns/CMP-FULL/schedule",
    "/api/v2/campaigns/CMP-ACTIVE/schedule",
    "/api/v2/campaigns/CMP-FULL/statistics",
    "/api/v2/campaigns/statistics",
    "/api/v2/webhooks",
    "/api/v2/oauth/tokeninfo",
]


@dataclass(frozen=True)
class Write:
    """A write that succeeds on the suite's tenants."""

    method: str
    path: str
    body: dict[str, Any]
    status: int = 200
    if_match: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.if_match is None else {"If-Match": self.if_match}


WRITES = {
    "lifecycle": Write("PATCH", f"{OUTBOUND}/CMP-ACTIVE", {"status": "PAUSED"}),
    "lifecycle, short prefix": Write("PATCH", "/api/v2/campaigns/CMP-ACTIVE", {"status": "PAUSED"}),
    "weights": Write("PUT", f"{OUTBOUND}/CMP-ACTIVE", {"id": "CMP-ACTIVE", "configuration": TUNING}),
    "schedule": Write("PUT", "/api/v2/campaigns/CMP-ACTIVE/schedule", SCHEDULE, if_match='W/"initial"'),
    "simulation": Write("POST", f"{OUTBOUND}/simulations", SIMULATION, 202),
    "webhook": Write("POST", "/api/v2/webhooks", HOOK, 201),
}
each_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())


def assert_json(answer: httpx2.Response) -> Any:
    assert re.fullmatch(r'application/json(; *charset="?utf-8"?)?', answer.headers["content-type"], re.IGNORECASE)
    return json.loads(answer.content.decode("utf-8"))


# -------------------------------------------------------------------------------------------------- JSON, UTF-8


@holds("1.01", "1.02", "1.05")
@pytest.mark.parametrize("path", READS)
def test_every_read_is_http_1_1_with_json_of_stated_length(platform: Caller, path: str) -> None:
    answer = platform.get(path)
    assert answer.status_code == 200
    assert answer.http_version == "HTTP/1.1"
    assert isinstance(assert_json(answer), dict)
    assert int(answer.headers["content-length"]) == len(answer.content)


@holds("1.01", "1.02", "1.05", "1.14")
@each_write
def test_every_write_takes_json_and_answers_json_of_stated_length(platform: Caller, write: Write) -> None:
    answer = platform.send(write.method, write.path, json=write.body, headers=write.headers)
    assert answer.status_code == write.status, answer.text
    assert answer.http_version == "HTTP/1.1"
    assert isinstance(assert_json(answer), dict)
    assert int(answer.headers["content-length"]) == len(answer.content)


@holds("1.02")
@pytest.mark.parametrize(
    ("method", "path", "client", "status"),
    [
        ("GET", CAMPAIGN, None, 401),
        ("GET", "/nowhere", "acme-all", 404),
        ("GET", f"{OUTBOUND}/NONE", "acme-all", 404),
        ("DELETE", CAMPAIGN, "acme-all", 405),
        ("GET", f"{OUTBOUND}/NOBODYS", "acme-all", 403),
        ("GET", "/oauth/token", None, 405),
    ],
)
def test_refusals_are_json(platform: Caller, method: str, path: str, client: str | None, status: int) -> None:
    answer = platform.send(method, path, client=client)
    assert answer.status_code == status
    assert isinstance(assert_json(answer), dict)


@holds("1.02", "1.03")
def test_text_beyond_ascii_is_utf_8_both_ways(platform: Caller) -> None:
    body = json.dumps({"id": "CMP-FULL", "predictiveDialerSettings": SETTINGS}, ensure_ascii=False).encode("utf-8")
    assert b"algo-\xc3\xbc" in body
    answer = platform.put(CAMPAIGN, body=body)
    assert assert_json(answer)["predictiveDialerSettings"]["algorithmId"] == "algo-ü"
    platform.control("POST", "/campaigns", {"id": "CMP-NAME", "name": "Zürich 日本 🙂"})
    assert assert_json(platform.get(f"{OUTBOUND}/CMP-NAME"))["name"] == "Zürich 日本 🙂"


@holds("1.06")
@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/xml", "application/json;q=0", "image/*", "*/*", "", "nonsense", "text/plain;q=x"],
)
@pytest.mark.parametrize("path", [CAMPAIGN, f"{OUTBOUND}/NONE", "/api/v2/campaigns/CMP-FULL/schedule"])
def test_accept_does_not_matter(platform: Caller, path: str, accept: str) -> None:
    usual = platform.get(path)
    answer = platform.get(path, headers={"Accept": accept})
    assert answer.status_code == usual.status_code
    assert assert_json(answer) == usual.json()


@holds("1.06")
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_request_without_accept_is_answered_in_json(platform: Caller, method: str) -> None:
    request = platform.http.build_request(
        method,
        f"{OUTBOUND}/CMP-ACTIVE",
        json={"status": "PAUSED"} if method == "PATCH" else None,
        headers={"Authorization": f"Bearer {platform.token()}"},
    )
    del request.headers["Accept"]
    answer = platform.http.send(request)
    assert answer.status_code == 200
    assert assert_json(answer)["id"] == "CMP-ACTIVE"


@holds("1.06")
def test_token_is_json_whatever_accept_says(platform: Caller) -> None:
    form = {"grant_type": "client_credentials", "client_id": "acme-read", "client_secret": "read-secret"}
    for accept in ("text/html", "application/x-www-form-urlencoded", "*/*"):
        answer = platform.http.post("/oauth/token", data=form, headers={"Accept": accept})
        assert assert_json(answer)["token_type"] == "Bearer"


# ------------------------------------------------------------------------------------- bodies and content types


@holds("1.10")
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", "x", ""]
)
@pytest.mark.parametrize("path", READS)
def test_get_ignores_content_type(platform: Caller, path: str, content_type: str) -> None:
    usual = platform.get(path)
    answer = platform.get(path, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()) == (200, usual.json())


@holds("1.10", "1.11")
@pytest.mark.parametrize("body", [b"{}", b"{", b"\xff\xfe", b'{"status":"PAUSED"}', b"null", b"x" * 1_500_000])
@pytest.mark.parametrize("path", [OUTBOUND, CAMPAIGN, "/api/v2/campaigns/CMP-FULL/schedule", "/api/v2/oauth/tokeninfo"])
def test_get_ignores_its_body(platform: Caller, path: str, body: bytes) -> None:
    usual = platform.get(path)
    for content_type in ("application/json", "text/xml"):
        answer = platform.get(path, body=body, headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json()) == (200, usual.json())


@holds("1.10", "1.11")
def test_get_of_a_simulation_ignores_content_type_and_body(platform: Caller) -> None:
    made = platform.post(f"{OUTBOUND}/simulations", SIMULATION).json()["id"]
    answer = platform.get(f"{OUTBOUND}/simulations/{made}", body=b"{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 200
    assert answer.json()["id"] == made


@holds("1.12", "1.13")
@pytest.mark.parametrize("content_type", ["application/json", "text/xml", "x"])
@pytest.mark.parametrize("body", [None, b"", b"{", b"\xff", b'{"id":"other"}', b"x" * 1_500_000])
def test_delete_ignores_content_type_and_body(platform: Caller, content_type: str, body: bytes | None) -> None:
    hook = platform.post("/api/v2/webhooks", HOOK).json()["id"]
    answer = platform.delete(f"/api/v2/webhooks/{hook}", body=body, headers={"Content-Type": content_type})
    assert answer.status_code == 204
    assert platform.get("/api/v2/webhooks").json() == {"webhooks": []}


@holds("1.14", "1.15")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=iso-8859-1",
        "application/json; charset=us-ascii",
        "application/json; charset=utf-16",
        "application/json ; charset=of-the-moon",
        "Application/JSON; Charset=Utf-8",
    ],
)
@each_write
def test_writes_take_json_with_any_charset(platform: Caller, write: Write, content_type: str) -> None:
    raw = json.dumps(write.body).encode("ascii")
    headers = write.headers | {"Content-Type": content_type}
    answer = platform.send(write.method, write.path, body=raw, headers=headers)
    assert answer.status_code == write.status, answer.text


# ---------------------------------------------------------------------------------------------------- redirects


@holds("1.17", "1.18")
@pytest.mark.parametrize("path", [path.partition("?")[0] for path in READS])
def test_slash_at_the_end_of_a_read_is_not_redirected(platform: Caller, path: str) -> None:
    answer = platform.get(f"{path}/")
    assert answer.status_code in (200, 404)
    assert "location" not in answer.headers


@holds("1.17", "1.18")
@each_write
def test_slash_at_the_end_of_a_write_is_not_redirected(platform: Caller, write: Write) -> None:
    answer = platform.send(write.method, f"{write.path}/", json=write.body, headers=write.headers)
    assert answer.status_code in (write.status, 404)


@holds("1.17", "1.18")
@pytest.mark.parametrize("endpoint", ["/oauth/token/", "/api/v2/oauth/token/"])
def test_slash_at_the_end_of_a_token_endpoint_is_not_redirected(platform: Caller, endpoint: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": "acme-read", "client_secret": "read-secret"}
    answer = platform.http.post(endpoint, data=form)
    assert answer.status_code in (200, 401, 404)
    assert "location" not in answer.headers


@holds("1.17")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/v2",
        "/api/v2/",
        "/docs",
        "/oauth",
        "/_emulator",
        "/_emulator/",
        "/_emulator/clock/",
        "/openapi.json/",
    ],
)
def test_paths_between_the_endpoints_are_not_redirected(platform: Caller, path: str) -> None:
    for client in ("acme-all", None):
        answer = platform.get(path, client=client)
        assert answer.status_code in (200, 401, 404)
        assert "location" not in answer.headers
