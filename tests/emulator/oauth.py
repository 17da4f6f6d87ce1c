"""Token requests in both credential styles, for the tests of the token endpoints."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, quote_plus

import httpx2

from tests.emulator.caller import Caller

ENDPOINTS = ("/oauth/token", "/api/v2/oauth/token")
GRANT = "client_credentials"
FORM = "application/x-www-form-urlencoded"


def form_of(**fields: str) -> str:
    """Return the fields as an escaped form, spaces as `+`."""
    return "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())


def basic(client: str, secret: str) -> str:
    """Return the Authorization value of the pair as it stands."""
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode("ascii")


def encoded_basic(client: str, secret: str, *, plus: bool = True) -> str:
    """Return the Authorization value of the pair form-encoded first, a space as `+` or as `%20`."""
    encode = quote_plus if plus else (lambda value: quote(value, safe=""))
    return "Basic " + base64.b64encode(f"{encode(client)}:{encode(secret)}".encode("ascii")).decode("ascii")


def ask(
    caller: Caller,
    endpoint: str,
    form: str | bytes,
    *,
    authorization: str | None = None,
    content_type: str | None = FORM,
) -> httpx2.Response:
    """Send a token request; `content_type=None` sends none."""
    headers = {} if authorization is None else {"Authorization": authorization}
    if content_type is not None:
        headers["Content-Type"] = content_type
    return caller.http.post(endpoint, content=form, headers=headers)


def by_form(caller: Caller, endpoint: str, client: str, secret: str, **more: str) -> httpx2.Response:
    """Ask with the credentials in the form."""
    return ask(caller, endpoint, form_of(grant_type=GRANT, client_id=client, client_secret=secret, **more))


def by_basic(caller: Caller, endpoint: str, client: str, secret: str, **more: str) -> httpx2.Response:
    """Ask with the credentials in HTTP Basic, as they stand."""
    return ask(caller, endpoint, form_of(grant_type=GRANT, **more), authorization=basic(client, secret))


STYLES = {"form": by_form, "basic": by_basic}


def granted(answer: httpx2.Response) -> dict[str, Any]:
    """Return the token document; a refusal fails the test."""
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def scopes(answer: httpx2.Response) -> set[str]:
    """Return the scopes that a token answer tells."""
    return set(granted(answer)["scope"].split(" "))


def assert_refused(answer: httpx2.Response, status: int, error: str) -> None:
    """The answer is an OAuth refusal and nothing else, and holds no token."""
    assert answer.status_code == status, answer.text
    document = answer.json()
    assert set(document) == {"error", "error_description"}
    assert document["error"] == error
    assert isinstance(document["error_description"], str)
    assert document["error_description"]
    assert "access_token" not in answer.text


def with_token(caller: Caller, token: str, method: str = "GET", path: str = "", **kwargs: Any) -> httpx2.Response:
    """Send a request with this very token, by default a read of CMP-ACTIVE."""
    path = path or "/api/v2/outbound/campaigns/CMP-ACTIVE"
    headers = {"Authorization": f"Bearer {token}", **kwargs.pop("headers", {})}
    return caller.send(method, path, client=None, headers=headers, **kwargs)
