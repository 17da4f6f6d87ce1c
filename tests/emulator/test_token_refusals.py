"""What the token endpoints refuse, and in which words; never is there a token in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.oauth import ENDPOINTS, ask, assert_refused, basic, by_basic, by_form, form_of

each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)


@holds("2.20", "2.26", "2.02")
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "application/json", None])
@pytest.mark.parametrize("authorization", [None, basic("acme-all", "acme-all-secret"), basic("acme-all", "wrong")])
@each_endpoint
def test_empty_body_is_refused(
    platform: Caller, endpoint: str, authorization: str | None, content_type: str | None
) -> None:
    assert_refused(
        ask(platform, endpoint, "", authorization=authorization, content_type=content_type), 400, "invalid_request"
    )


JSON_REQUEST = '{"grant_type":"client_credentials","client_id":"acme-all","client_secret":"acme-all-secret"}'
FORM_REQUEST = "grant_type=client_credentials&client_id=acme-all&client_secret=acme-all-secret"


@holds("2.21", "2.26", "2.02")
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", JSON_REQUEST),
        ("application/json; charset=utf-8", JSON_REQUEST),
        ("application/json", FORM_REQUEST),
        ("text/plain", FORM_REQUEST),
        ("multipart/form-data; boundary=x", FORM_REQUEST),
        ("application/x-www-form-urlencoded-not", FORM_REQUEST),
        ("", FORM_REQUEST),
        (None, FORM_REQUEST),
        (None, JSON_REQUEST),
    ],
)
@pytest.mark.parametrize("authorization", [None, basic("acme-all", "acme-all-secret")])
@each_endpoint
def test_anything_but_a_form_is_refused(
    platform: Caller, endpoint: str, authorization: str | None, content_type: str | None, body: str
) -> None:
    answer = ask(platform, endpoint, body, authorization=authorization, content_type=content_type)
    assert_refused(answer, 400, "invalid_request")


@holds("2.22", "2.26", "2.02")
@pytest.mark.parametrize(
    "grant", ["password", "authorization_code", "refresh_token", "Client_Credentials", "client_credentials ", "x"]
)
@pytest.mark.parametrize("authorization", [None, basic("acme-all", "acme-all-secret")])
@each_endpoint
def test_unknown_grant_is_refused(platform: Caller, endpoint: str, authorization: str | None, grant: str) -> None:
    fields: dict[str, Any] = {"grant_type": grant}
    if authorization is None:
        fields |= {"client_id": "acme-all", "client_secret": "acme-all-secret"}
    assert_refused(
        ask(platform, endpoint, form_of(**fields), authorization=authorization), 400, "unsupported_grant_type"
    )


@holds("2.26")
@pytest.mark.parametrize(
    "form", ["client_id=acme-all&client_secret=acme-all-secret", f"{FORM_REQUEST}&scope=x&scope=y"]
)
@each_endpoint
def test_missing_grant_and_repeated_fields_are_invalid_requests(platform: Caller, endpoint: str, form: str) -> None:
    assert_refused(ask(platform, endpoint, form), 400, "invalid_request")


@holds("2.23", "2.24", "2.26", "2.02")
@pytest.mark.parametrize(
    ("client", "secret"),
    [
        ("acme-all", "wrong"),
        ("acme-all", ""),
        ("acme-all", "acme-all-secret "),
        ("acme-all", "ACME-ALL-SECRET"),
        ("nobody", "acme-all-secret"),
        ("ACME-ALL", "acme-all-secret"),
        ("", ""),
        ("acme", "acme-all-secret"),
        ("acme-all", "read-secret"),
        ("acme-all", "ü"),
    ],
)
@each_endpoint
def test_wrong_credentials_in_the_form_are_refused(platform: Caller, endpoint: str, client: str, secret: str) -> None:
    assert_refused(by_form(platform, endpoint, client, secret), 401, "invalid_client")


@holds("2.23", "2.24", "2.25", "2.26", "2.02")
@pytest.mark.parametrize(
    ("client", "secret"),
    [("acme-all", "wrong"), ("acme-all", ""), ("nobody", "acme-all-secret"), ("", ""), ("acme-all", "read-secret")],
)
@each_endpoint
def test_wrong_basic_credentials_are_refused_with_a_challenge(
    platform: Caller, endpoint: str, client: str, secret: str
) -> None:
    answer = by_basic(platform, endpoint, client, secret)
    assert_refused(answer, 401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


@holds("2.26")
@each_endpoint
def test_request_without_credentials_yields_no_token(platform: Caller, endpoint: str) -> None:
    answer = ask(platform, endpoint, "grant_type=client_credentials")
    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"error", "error_description"}


@holds("2.26")
@pytest.mark.parametrize(
    "authorization", ["Basic", "Basic !!!", "Basic YWNtZS1hbGw=", "Basic /zr/", "Bearer x", "Digest a=b"]
)
@each_endpoint
def test_authorization_that_cannot_be_read_yields_no_token(platform: Caller, endpoint: str, authorization: str) -> None:
    answer = ask(platform, endpoint, "grant_type=client_credentials", authorization=authorization)
    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"error", "error_description"}


@holds("2.26")
@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00", b"grant_type=client_credentials&client_id=%ff&client_secret=%", b"&&&", b"="]
)
@each_endpoint
def test_form_that_cannot_be_read_yields_no_token(platform: Caller, endpoint: str, body: bytes) -> None:
    answer = ask(platform, endpoint, body)
    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"error", "error_description"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
@each_endpoint
def test_token_endpoints_take_post_only(platform: Caller, endpoint: str, method: str) -> None:
    answer = platform.send(method, endpoint, client=None)
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
