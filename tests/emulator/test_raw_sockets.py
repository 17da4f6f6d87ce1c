"""What only a bare socket can show: upgrades, segments, chunks, pipelines and requests that are not HTTP."""

from __future__ import annotations

import json

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.raw_socket import FORM, JAVA, Answer, RawSocket, server_reads_on

CAMPAIGN = "/api/v2/outbound/campaigns/CMP-ACTIVE"
ENDPOINTS = ("/oauth/token", "/api/v2/oauth/token")
TOKEN_FORM = b"grant_type=client_credentials&client_id=acme-all&client_secret=acme-all-secret&scope=Campaign.ReadWrite"
PAUSE = b'{"status":"PAUSED","drainQueue":true}'
SEGMENTS = ("with the head", "later", "byte by byte")


def bearer(platform: Caller, client: str = "acme-all") -> dict[str, str]:
    return {"Authorization": f"Bearer {platform.token(client)}"}


def write_headers(platform: Caller, client: str = "acme-all") -> dict[str, str]:
    return bearer(platform, client) | {"Content-Type": "application/json"}


def in_segments(url: str, connection: RawSocket, head: bytes, body: bytes, segments: str) -> None:
    """Send head and body as told; the server has read each piece before the next one goes."""
    if segments == "with the head":
        connection.send(head + body)
        return
    connection.send(head)
    server_reads_on(url)
    if segments == "later":
        connection.send(body)
        return
    connection.send(body[:1])
    server_reads_on(url)
    for at in range(1, len(body)):
        connection.send(body[at : at + 1])


def chunked(*pieces: bytes, trailer: bytes = b"") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n" + trailer + b"\r\n"


def assert_plain(answer: Answer) -> None:
    assert answer.version == "HTTP/1.1"
    assert answer.status == 200, answer.body
    assert answer.header("upgrade") is None


# ------------------------------------------------------------------------------------------------ h2c upgrades


@holds("1.07", "1.08")
@pytest.mark.parametrize("segments", SEGMENTS)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_token_request_that_proposes_h2c_keeps_its_body(platform: Caller, endpoint: str, segments: str) -> None:
    with RawSocket(platform.url) as connection:
        head = connection.head("POST", endpoint, JAVA | {"Content-Type": FORM}, length=len(TOKEN_FORM))
        in_segments(platform.url, connection, head, TOKEN_FORM, segments)
        answer = connection.answer()
    assert_plain(answer)
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["scope"] == "Campaign.ReadWrite"


@holds("1.07", "1.09")
@pytest.mark.parametrize("segments", SEGMENTS)
@pytest.mark.parametrize("prefix", ["/api/v2/outbound/campaigns", "/api/v2/campaigns"])
def test_campaign_write_that_proposes_h2c_keeps_its_body(platform: Caller, prefix: str, segments: str) -> None:
    headers = JAVA | write_headers(platform) | {"Idempotency-Key": "one-and-only"}
    with RawSocket(platform.url) as connection:
        head = connection.head("PATCH", f"{prefix}/CMP-ACTIVE", headers, length=len(PAUSE))
        in_segments(platform.url, connection, head, PAUSE, segments)
        answer = connection.answer()
    assert_plain(answer)
    assert answer.json()["status"] == "PAUSED"
    assert platform.campaign("CMP-ACTIVE")["revision"] == 43


@holds("1.09")
def test_weights_and_schedule_writes_that_propose_h2c_keep_their_bodies(platform: Caller) -> None:
    weights = {
        "id": "CMP-ACTIVE",
        "configuration": {
            "enablePredictiveTuning": True,
            "simulationTrigger": "manual",
            "driftProtection": False,
        },
    }
    schedule = {
        "campaignId": "CMP-ACTIVE",
        "timezone": "UTC",
        "businessHoursDirective": "STRICT",
        "timeWindows": [],
        "maxConcurrentCalls": 3,
    }
    with RawSocket(platform.url) as connection:
        headers = JAVA | write_headers(platform)
        assert_plain(connection.ask("PUT", CAMPAIGN, headers, json.dumps(weights).encode()))
        headers |= {"If-Match": 'W/"initial"'}
        path = "/api/v2/campaigns/CMP-ACTIVE/schedule"
        assert_plain(connection.ask("PUT", path, headers, json.dumps(schedule).encode()))


@holds("1.08", "1.09")
def test_chunked_body_beside_an_h2c_proposal_is_kept(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        form = JAVA | {"Content-Type": FORM, "Transfer-Encoding": "chunked"}
        connection.send(connection.head("POST", "/oauth/token", form) + chunked(TOKEN_FORM[:10], TOKEN_FORM[10:]))
        assert_plain(connection.answer())
        write = JAVA | write_headers(platform) | {"Transfer-Encoding": "chunked"}
        connection.send(connection.head("PATCH", CAMPAIGN, write) + chunked(PAUSE[:5], PAUSE[5:]))
        answer = connection.answer()
    assert_plain(answer)
    assert answer.json()["status"] == "PAUSED"


@holds("1.04", "1.07")
def test_connection_goes_on_after_h2c_proposals(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        for _ in range(5):
            assert_plain(connection.ask("POST", "/oauth/token", JAVA | {"Content-Type": FORM}, TOKEN_FORM))
            assert_plain(connection.ask("GET", CAMPAIGN, JAVA | bearer(platform)))
            assert_plain(connection.ask("GET", CAMPAIGN, bearer(platform)))


@holds("1.07")
def test_refusal_of_a_request_that_proposes_h2c_is_a_plain_answer(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        answer = connection.ask("PATCH", CAMPAIGN, JAVA | {"Content-Type": "application/json"}, PAUSE)
    assert (answer.version, answer.status) == ("HTTP/1.1", 401)
    assert answer.json()["code"] == "unauthorized"


@holds("1.01")
def test_no_other_upgrade_is_taken_up_either(platform: Caller) -> None:
    proposal = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    with RawSocket(platform.url) as connection:
        assert_plain(connection.ask("GET", CAMPAIGN, proposal | bearer(platform)))


# -------------------------------------------------------------------------------------- keep-alive and framing


@holds("1.01", "1.04", "1.05")
def test_three_hundred_requests_go_over_one_connection(platform: Caller) -> None:
    headers = bearer(platform, "bulk-all")
    with RawSocket(platform.url) as connection:
        for _ in range(300):
            answer = connection.ask("GET", "/api/v2/outbound/campaigns/BULK-1", headers)
            assert_plain(answer)
            assert int(answer.header("content-length") or -1) == len(answer.body) > 0
            assert answer.header("transfer-encoding") is None
            assert (answer.header("connection") or "keep-alive").lower() == "keep-alive"


@holds("1.02", "1.04", "1.05")
def test_refusals_give_their_length_and_leave_the_connection_open(platform: Caller) -> None:
    write = write_headers(platform)
    refusals = [
        ("GET", CAMPAIGN, {}, None, 401),
        ("PATCH", CAMPAIGN, {"Content-Type": "application/json"}, PAUSE, 401),
        ("GET", "/api/v2/outbound/campaigns/NONE", bearer(platform), None, 404),
        ("GET", "/api/v2/nowhere", bearer(platform), None, 404),
        ("PATCH", "/api/v2/outbound/campaigns/NONE", write, PAUSE, 404),
        ("DELETE", CAMPAIGN, bearer(platform), None, 405),
        ("PATCH", "/api/v2/outbound/campaigns/NOBODYS", write, PAUSE, 403),
        ("PATCH", CAMPAIGN, bearer(platform) | {"Content-Type": "text/plain"}, PAUSE, 415),
        ("PATCH", CAMPAIGN, write, b"{", 400),
        ("PATCH", CAMPAIGN, write, b"{}", 400),
        ("PUT", "/api/v2/campaigns/CMP-ACTIVE/schedule", write, b"{}", 428),
        ("PATCH", "/api/v2/campaigns/CMP-ACTIVE", write, b"{}", 422),
        ("PATCH", "/api/v2/outbound/campaigns/CMP-STOPPED", write, PAUSE, 409),
        ("POST", "/oauth/token", {"Content-Type": FORM}, b"", 400),
        ("POST", "/oauth/token", {"Content-Type": FORM}, TOKEN_FORM.replace(b"-secret", b"-wrong"), 401),
    ]
    with RawSocket(platform.url) as connection:
        for method, path, headers, body, status in refusals:
            answer = connection.ask(method, path, headers, body)
            assert answer.status == status, (method, path, answer.body)
            assert int(answer.header("content-length") or -1) == len(answer.body)
            assert answer.header("transfer-encoding") is None
            assert isinstance(answer.json(), dict)


@holds("1.04", "1.05")
def test_empty_answer_and_head_leave_the_connection_in_step(platform: Caller) -> None:
    headers = write_headers(platform) | {"Prefer": "return=minimal"}
    with RawSocket(platform.url) as connection:
        assert connection.ask("PATCH", CAMPAIGN, headers, PAUSE).status == 204
        whole = connection.ask("GET", CAMPAIGN, bearer(platform))
        bare = connection.ask("HEAD", CAMPAIGN, bearer(platform))
        again = connection.ask("GET", CAMPAIGN, bearer(platform))
    assert bare.status == 200
    assert bare.header("content-length") == whole.header("content-length")
    assert again.body == whole.body


@holds("1.04", "1.05")
def test_pipelined_requests_are_answered_in_their_order(platform: Caller) -> None:
    names = ["CMP-ACTIVE", "CMP-PAUSED", "NONE", "CMP-STOPPED"]
    with RawSocket(platform.url) as connection:
        headers = bearer(platform)
        connection.send(b"".join(connection.head("GET", f"/api/v2/campaigns/{name}", headers) for name in names))
        answers = [connection.answer() for _ in names]
    assert [a.status for a in answers] == [200, 200, 404, 200]
    assert [a.json().get("id") for a in answers] == ["CMP-ACTIVE", "CMP-PAUSED", None, "CMP-STOPPED"]


@holds("1.04")
def test_client_that_asks_to_close_gets_its_answer_and_the_end(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        assert connection.ask("GET", CAMPAIGN, bearer(platform) | {"Connection": "close"}).status == 200
        assert connection.rest() == b""


@holds("1.05")
def test_http_1_0_client_gets_a_length_and_the_end(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        head = connection.head("GET", CAMPAIGN, bearer(platform)).replace(b"HTTP/1.1", b"HTTP/1.0")
        connection.send(head)
        answer = connection.answer()
        assert connection.rest() == b""
    assert answer.status == 200
    assert int(answer.header("content-length") or -1) == len(answer.body) > 0


# ---------------------------------------------------------------------------------------------- request bodies


@holds("1.14")
@pytest.mark.parametrize("trailer", [b"", b"X-Checksum: none\r\n"], ids=["bare", "trailer"])
def test_chunked_write_is_read_whole(platform: Caller, trailer: bytes) -> None:
    headers = write_headers(platform) | {"Transfer-Encoding": "chunked"}
    with RawSocket(platform.url) as connection:
        connection.send(connection.head("PATCH", CAMPAIGN, headers))
        server_reads_on(platform.url)
        connection.send(chunked(*(PAUSE[at : at + 7] for at in range(0, len(PAUSE), 7)), trailer=trailer))
        assert connection.answer().json()["status"] == "PAUSED"
        assert connection.ask("GET", CAMPAIGN, bearer(platform)).json()["status"] == "PAUSED"


@holds("2.01", "2.02")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_chunked_token_form_is_read_whole(platform: Caller, endpoint: str) -> None:
    headers = {"Content-Type": FORM, "Transfer-Encoding": "chunked"}
    with RawSocket(platform.url) as connection:
        connection.send(connection.head("POST", endpoint, headers) + chunked(TOKEN_FORM[:30], TOKEN_FORM[30:]))
        assert_plain(connection.answer())


@holds("2.20")
def test_chunked_token_form_of_no_bytes_is_an_empty_body(platform: Caller) -> None:
    headers = {"Content-Type": FORM, "Transfer-Encoding": "chunked"}
    with RawSocket(platform.url) as connection:
        connection.send(connection.head("POST", "/oauth/token", headers) + chunked())
        answer = connection.answer()
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


def test_client_that_waits_for_100_continue_gets_it(platform: Caller) -> None:
    expecting = {"Expect": "100-continue"}
    with RawSocket(platform.url) as connection:
        form = expecting | {"Content-Type": FORM}
        connection.send(connection.head("POST", "/oauth/token", form, length=len(TOKEN_FORM)))
        assert connection.answer().status == 100
        connection.send(TOKEN_FORM)
        assert_plain(connection.answer())
        write = expecting | write_headers(platform)
        connection.send(connection.head("PATCH", CAMPAIGN, write, length=len(PAUSE)))
        assert connection.answer().status == 100
        connection.send(PAUSE)
        assert connection.answer().json()["status"] == "PAUSED"


@holds("1.16")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_unescaped_form_with_a_raw_space_between_scopes_is_understood(platform: Caller, endpoint: str) -> None:
    form = (
        b"grant_type=client_credentials&client_id=acme-all&client_secret=acme-all-secret"
        b"&scope=outbound:campaign:write outbound:campaign:read"
    )
    with RawSocket(platform.url) as connection:
        answer = connection.ask("POST", endpoint, {"Content-Type": FORM}, form)
    assert_plain(answer)
    assert set(answer.json()["scope"].split(" ")) == {"outbound:campaign:write", "outbound:campaign:read"}


def test_write_that_breaks_off_inside_its_body_changes_nothing(platform: Caller) -> None:
    with RawSocket(platform.url) as connection:
        connection.send(connection.head("PATCH", CAMPAIGN, write_headers(platform), length=len(PAUSE) + 1) + PAUSE)
    server_reads_on(platform.url)
    campaign = platform.campaign("CMP-ACTIVE")
    assert (campaign["status"], campaign["revision"]) == ("ACTIVE", 42)
