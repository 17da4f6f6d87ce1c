"""Request targets, bearers and heads exactly as they stand on the wire, and what is not HTTP at all."""

from __future__ import annotations

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.raw_socket import FORM, RawSocket

CAMPAIGN = "/api/v2/outbound/campaigns/CMP-ACTIVE"
TOKEN_FORM = b"grant_type=client_credentials&client_id=acme-all&client_secret=acme-all-secret"


def bearer(platform: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {platform.token()}"}


# --------------------------------------------------------------------------------------------- request targets


@holds("1.19")
@pytest.mark.parametrize("endpoint", ["//oauth/token", "//api/v2/oauth/token"])
def test_double_slash_before_a_token_endpoint_is_one_slash(platform: Caller, endpoint: str) -> None:
    with RawSocket(platform.url) as connection:
        answer = connection.ask("POST", endpoint, {"Content-Type": FORM}, TOKEN_FORM)
    assert answer.status == 200, answer.body
    assert answer.json()["token_type"] == "Bearer"


@holds("1.17", "1.19")
@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/outbound/campaigns",
        "/api/v2/outbound/campaigns?limit=2&status=ACTIVE",
        "/api/v2/outbound/campaigns/CMP-FULL",
        "/api/v2/campaigns/CMP-FULL",
        "/api/v2/campaigns/CMP-FULL/schedule",
        "/api/v2/campaigns/CMP-FULL/statistics?bucket=minute",
        "/api/v2/campaigns/statistics",
        "/api/v2/webhooks",
        "/api/v2/oauth/tokeninfo",
    ],
)
def test_double_slash_at_the_start_reads_the_same(platform: Caller, path: str) -> None:
    with RawSocket(platform.url) as connection:
        single = connection.ask("GET", path, bearer(platform))
        double = connection.ask("GET", f"/{path}", bearer(platform))
    assert single.status == 200, single.body
    assert (double.status, double.body) == (single.status, single.body)


@holds("1.19")
def test_double_slash_at_the_start_writes_the_same(platform: Caller) -> None:
    headers = bearer(platform) | {"Content-Type": "application/json"}
    hook = b'{"name":"n","url":"https://hooks.example/n","events":["campaign.predictive.tuned"]}'
    with RawSocket(platform.url) as connection:
        assert connection.ask("PATCH", f"/{CAMPAIGN}", headers, b'{"status":"PAUSED"}').json()["status"] == "PAUSED"
        made = connection.ask("POST", "//api/v2/webhooks", headers, hook)
        assert made.status == 201, made.body
        assert connection.ask("DELETE", f"//api/v2/webhooks/{made.json()['id']}", bearer(platform)).status == 204
    assert platform.campaign("CMP-ACTIVE")["status"] == "PAUSED"


@holds("1.17")
def test_double_slash_inside_a_path_is_not_redirected(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        answer = connection.ask("GET", "/api/v2//outbound/campaigns/CMP-ACTIVE", bearer(platform))
    assert answer.status == 404


@pytest.mark.parametrize("slashes", ["/", "//"])
def test_absolute_form_names_the_same_resource(platform: Caller, slashes: str) -> None:
    with RawSocket(platform.url) as connection:
        base = f"http://{connection.host}{slashes}"
        token = connection.ask("POST", f"{base}oauth/token", {"Content-Type": FORM}, TOKEN_FORM)
        assert token.status == 200, token.body
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        read = connection.ask("GET", f"{base}{CAMPAIGN[1:]}", headers)
        listed = connection.ask("GET", f"{base}api/v2/outbound/campaigns?limit=1", headers)
        write = connection.ask(
            "PATCH", f"{base}{CAMPAIGN[1:]}", headers | {"Content-Type": "application/json"}, b'{"status":"STOPPED"}'
        )
    assert read.json()["id"] == "CMP-ACTIVE"
    assert len(listed.json()["campaigns"]) == 1
    assert write.json()["status"] == "STOPPED"


@pytest.mark.parametrize("segment", ["%ff", "%zz", "%", "%00", "%2e%2e", "..", "a%2Fb", "x" * 5000])
def test_odd_path_segment_is_refused_and_breaks_nothing(platform: Caller, segment: str) -> None:
    with RawSocket(platform.url) as connection:
        answer = connection.ask("GET", f"/api/v2/campaigns/{segment}", bearer(platform))
        assert answer.status in (400, 404), answer.body
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


# ----------------------------------------------------------------------------------------------------- bearers


@holds("1.20")
@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer    ", "Bearer \t", "bearer ", "BEARER"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", CAMPAIGN), ("PATCH", CAMPAIGN), ("GET", "/api/v2/oauth/tokeninfo"), ("GET", "/api/v2/webhooks")],
)
def test_empty_bearer_is_401(platform: Caller, method: str, path: str, value: str) -> None:
    body = b'{"status":"PAUSED"}' if method == "PATCH" else None
    with RawSocket(platform.url) as connection:
        headers = {"Authorization": value, "Content-Type": "application/json"}
        answer = connection.ask(method, path, headers, body)
    assert answer.status == 401
    assert answer.json()["code"] == "unauthorized"
    assert (answer.header("www-authenticate") or "").startswith("Bearer")


@holds("2.40")
@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic YWNtZS1hbGw6YWNtZS1hbGwtc2VjcmV0",
        "Token abc",
        "Bearer \xff\xfe",
        "Bearer a b",
        "Bearer ,",
        "=",
        "x" * 9000,
    ],
)
def test_authorization_that_is_no_known_bearer_is_401(platform: Caller, value: str) -> None:
    with RawSocket(platform.url) as connection:
        answer = connection.ask("GET", CAMPAIGN, {"Authorization": value})
    assert answer.status == 401
    assert answer.json()["code"] == "unauthorized"


def test_scheme_of_a_bearer_is_case_insensitive(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        for scheme in ("Bearer", "bearer", "BEARER"):
            answer = connection.ask("GET", CAMPAIGN, {"Authorization": f"{scheme} {platform.token()}"})
            assert answer.status == 200, scheme


# ---------------------------------------------------------------------------------------------- not HTTP at all

MALFORMED = {
    "no request line": b"GARBAGE\r\n\r\n",
    "a method of two words": b"GE T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space in the target": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw bytes in the target": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "a length that is no number": b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
    "a negative length": b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a chunk of no size": b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n",
    "a TLS hello": bytes.fromhex("16030100510100004d0303") + bytes(66) + b"\r\n\r\n",
}


@holds("1.01", "1.02", "1.05")
@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_request_gets_400_and_the_end(platform: Caller, request_bytes: bytes) -> None:
    with RawSocket(platform.url) as connection:
        connection.send(request_bytes)
        answer = connection.answer()
        assert (answer.version, answer.status) == ("HTTP/1.1", 400)
        assert int(answer.header("content-length") or -1) == len(answer.body)
        assert answer.json()["code"] == "invalid_request"
        assert answer.json()["errors"] == []
        assert connection.rest() == b""
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"


@holds("1.01")
def test_preface_of_http_2_is_refused_in_http_1_1(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        answer = connection.answer()
        assert answer.version == "HTTP/1.1"
        assert 400 <= answer.status < 500
        connection.rest()
