"""The optional TLS listener, verified through `ssl` with the certificate it was started with."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.raw_socket import RawSocket

CAMPAIGN = "/api/v2/outbound/campaigns/CMP-ACTIVE"
Launch = Callable[..., Caller]


def trusting(caller: Caller) -> ssl.SSLContext:
    """Return a context that trusts the emulator's certificate and nothing else, and checks host names."""
    assert caller.certificate is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=str(caller.certificate))
    assert context.check_hostname
    return context


def connect(caller: Caller, context: ssl.SSLContext, host: str | None = None) -> http.client.HTTPSConnection:
    assert caller.tls_url is not None
    parts = urlsplit(caller.tls_url)
    assert parts.scheme == "https"
    return http.client.HTTPSConnection(host or parts.hostname or "", parts.port, context=context, timeout=30)


def ask(
    connection: http.client.HTTPSConnection, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=sent)
    answer = connection.getresponse()
    assert answer.version == 11
    content = answer.read()
    assert int(answer.headers["Content-Length"]) == len(content)
    return answer.status, json.loads(content)


@holds("1.26", "1.27", "1.01")
def test_client_that_trusts_the_certificate_gets_token_and_campaign(launch: Launch) -> None:
    caller = launch(tls=True)
    connection = connect(caller, trusting(caller))
    form = "grant_type=client_credentials&client_id=acme-all&client_secret=acme-all-secret"
    status, token = ask(
        connection, "POST", "/api/v2/oauth/token", form, Content_Type="application/x-www-form-urlencoded"
    )
    assert status == 200
    status, campaign = ask(connection, "GET", CAMPAIGN, Authorization=f"Bearer {token['access_token']}")
    connection.close()
    assert (status, campaign["id"]) == (200, "CMP-ACTIVE")


@holds("1.27")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_certificate_names_the_loopback_address_and_localhost(launch: Launch, host: str) -> None:
    caller = launch(tls=True)
    connection = connect(caller, trusting(caller), host)
    assert ask(connection, "GET", CAMPAIGN)[0] == 401
    connection.close()


@holds("1.27")
def test_certificate_passes_the_strict_checks_of_newer_clients(launch: Launch) -> None:
    caller = launch(tls=True)
    context = trusting(caller)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    connection = connect(caller, context)
    assert ask(connection, "GET", CAMPAIGN)[0] == 401
    connection.close()


@holds("1.27")
def test_client_that_does_not_know_the_certificate_refuses_the_connection(launch: Launch) -> None:
    connection = connect(launch(tls=True), ssl.create_default_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.connect()


@holds("1.27")
def test_certificate_is_issued_by_itself_and_valid_now(launch: Launch) -> None:
    caller = launch(tls=True)
    connection = connect(caller, trusting(caller))
    connection.connect()
    assert isinstance(connection.sock, ssl.SSLSocket)
    certificate: Any = connection.sock.getpeercert()
    connection.close()
    assert certificate["issuer"] == certificate["subject"]


@holds("1.28")
def test_each_start_makes_its_own_certificate(launch: Launch) -> None:
    first, second = launch(tls=True), launch(tls=True)
    assert first.certificate is not None
    assert second.certificate is not None
    assert first.certificate.read_bytes() != second.certificate.read_bytes()
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(second, trusting(first)).connect()


@holds("1.26")
def test_without_tls_there_is_no_tls_listener(launch: Launch) -> None:
    caller = launch()
    assert caller.tls_url is None
    assert caller.certificate is None


@holds("1.26")
def test_certificate_can_be_fetched_from_the_control_surface(launch: Launch) -> None:
    caller = launch(tls=True)
    answer = caller.get("/_emulator/certificate", client=None)
    assert answer.status_code == 200
    assert caller.certificate is not None
    assert answer.text.strip() == caller.certificate.read_text(encoding="ascii").strip()
    assert "PRIVATE KEY" not in answer.text
    context = ssl.create_default_context(cadata=answer.text)
    connection = connect(caller, context)
    assert ask(connection, "GET", CAMPAIGN)[0] == 401
    connection.close()


@holds("1.29")
def test_both_listeners_share_tokens_and_campaigns(launch: Launch) -> None:
    caller = launch(tls=True)
    connection = connect(caller, trusting(caller))
    bearer = f"Bearer {caller.token()}"
    status, campaign = ask(
        connection, "PATCH", CAMPAIGN, '{"status":"PAUSED"}', Authorization=bearer, Content_Type="application/json"
    )
    assert (status, campaign["status"]) == (200, "PAUSED")
    assert caller.campaign("CMP-ACTIVE") == campaign
    assert caller.status("CMP-ACTIVE", "ACTIVE").status_code == 200
    assert ask(connection, "GET", CAMPAIGN, Authorization=bearer)[1]["status"] == "ACTIVE"
    connection.close()


@holds("1.01", "1.29")
def test_tls_listener_offers_http_1_1_only(launch: Launch) -> None:
    caller = launch(tls=True)
    context = trusting(caller)
    context.set_alpn_protocols(["h2", "http/1.1"])
    connection = connect(caller, context)
    connection.connect()
    assert isinstance(connection.sock, ssl.SSLSocket)
    assert connection.sock.selected_alpn_protocol() in (None, "http/1.1")
    assert ask(connection, "GET", CAMPAIGN)[0] == 401
    connection.close()


@holds("1.27")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(launch: Launch, version: ssl.TLSVersion) -> None:
    caller = launch(tls=True)
    context = trusting(caller)
    context.minimum_version = context.maximum_version = version
    connection = connect(caller, context)
    assert ask(connection, "GET", CAMPAIGN)[0] == 401
    connection.close()


@holds("1.27")
def test_plain_request_to_the_tls_listener_is_cut_off(launch: Launch) -> None:
    caller = launch(tls=True)
    assert caller.tls_url is not None
    with RawSocket(caller.tls_url) as plain:
        plain.send(plain.head("GET", CAMPAIGN))
        assert b"CMP-ACTIVE" not in plain.rest()
    connection = connect(caller, trusting(caller))
    assert ask(connection, "GET", CAMPAIGN)[0] == 401
    connection.close()


@holds("1.04", "1.29")
def test_one_tls_connection_serves_many_requests(launch: Launch) -> None:
    caller = launch(tls=True)
    connection = connect(caller, trusting(caller))
    connection.connect()
    sock = connection.sock
    bearer = f"Bearer {caller.token('bulk-all')}"
    for _ in range(100):
        assert ask(connection, "GET", "/api/v2/campaigns/BULK-1", Authorization=bearer)[0] == 200
        assert connection.sock is sock
    connection.close()
