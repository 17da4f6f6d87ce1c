"""How a token is asked for: endpoints, the five integrations' requests, granted scopes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.oauth import (
    ENDPOINTS,
    GRANT,
    STYLES,
    ask,
    assert_refused,
    basic,
    by_form,
    form_of,
    granted,
    scopes,
    with_token,
)

ALL = {
    "Campaign.ReadWrite",
    "outbound:campaign:read",
    "outbound:campaign:write",
    "campaign:read",
    "campaign:write",
    "outbound:campaign:simulate",
    "webhooks:write",
    "outbound:rules:write",
}
INTEGRATIONS = """
[[tenants]]
id = "one"
requests_per_minute = 50
[[tenants.clients]]
id = "s0"
secret = "zero"
scopes = ["Campaign.ReadWrite"]
[[tenants.clients]]
id = "s1"
secret = "one"
scopes = ["outbound:campaign:write", "outbound:campaign:read"]
[[tenants.clients]]
id = "s1-rules"
secret = "one"
scopes = ["outbound:campaign:write", "outbound:campaign:read", "outbound:rules:write"]
[[tenants.clients]]
id = "s2"
secret = "two"
scopes = ["campaign:read", "campaign:write"]
[[tenants.clients]]
id = "s3"
secret = "three/=+& :"
scopes = ["campaign:write", "campaign:read"]
[[tenants.clients]]
id = "s4"
secret = "four"
scopes = ["outbound:campaign:read", "outbound:campaign:write", "outbound:campaign:simulate", "webhooks:write"]
[[tenants.campaigns]]
id = "CMP-ACTIVE"
status = "ACTIVE"
"""
Style = Callable[..., httpx2.Response]
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)
each_style = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())


@pytest.fixture
def integrations(launch: Callable[..., Caller], tmp_path: Path) -> Caller:
    tenants = tmp_path / "integrations.toml"
    tenants.write_text(INTEGRATIONS, encoding="utf-8")
    return launch(tenants=tenants)


# ----------------------------------------------------------------------------------------------- the 200 answer


@holds("2.01", "2.02", "2.13", "2.14", "2.27", "2.28", "2.29", "2.30", "2.31", "2.35", "2.37")
@each_style
@each_endpoint
def test_right_credentials_get_a_token_that_works(platform: Caller, endpoint: str, style: Style) -> None:
    answer = style(platform, endpoint, "acme-all", "acme-all-secret")
    token = granted(answer)
    assert set(token) == {"access_token", "token_type", "expires_in", "scope"}
    assert re.fullmatch(r"[\x21-\x7e]+", token["access_token"])
    assert token["token_type"] == "Bearer"
    assert re.search(r'"expires_in"\s*:\s*3600\s*[,}]', answer.text)
    assert sorted(token["scope"].split(" ")) == sorted(ALL)
    assert "no-store" in answer.headers["cache-control"]
    assert with_token(platform, token["access_token"]).status_code == 200


@holds("2.27")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=utf-8",
        "Application/X-WWW-Form-Urlencoded",
    ],
)
@each_endpoint
def test_form_may_name_its_charset(platform: Caller, endpoint: str, content_type: str) -> None:
    form = form_of(grant_type=GRANT, client_id="acme-read", client_secret="read-secret")
    granted(ask(platform, endpoint, form, content_type=content_type))


@holds("2.27")
def test_unknown_form_fields_are_left_aside(platform: Caller) -> None:
    granted(by_form(platform, "/oauth/token", "acme-read", "read-secret", audience="x", tenant_id="acme"))


# ------------------------------------------------------------------------------------- the integrations' requests


@holds("2.07")
def test_request_of_s0(integrations: Caller) -> None:
    body = "grant_type=client_credentials&client_id=s0&client_secret=zero&scope=Campaign.ReadWrite"
    assert scopes(ask(integrations, "/oauth/token", body)) == {"Campaign.ReadWrite"}


@holds("2.08", "1.16")
@pytest.mark.parametrize("gap", [" ", "+", "%20"])
def test_request_of_s1(integrations: Caller, gap: str) -> None:
    body = (
        "grant_type=client_credentials&client_id=s1&client_secret=one"
        f"&scope=outbound:campaign:write{gap}outbound:campaign:read"
    )
    assert scopes(ask(integrations, "/oauth/token", body)) == {"outbound:campaign:write", "outbound:campaign:read"}


@holds("2.09", "2.36")
@pytest.mark.parametrize(("client", "missing"), [("s1", {"outbound:rules:write"}), ("s1-rules", set())])
def test_rules_scope_is_granted_to_whom_it_is_registered_for(
    integrations: Caller, client: str, missing: set[str]
) -> None:
    wanted = "outbound:campaign:write outbound:campaign:read outbound:rules:write"
    got = scopes(by_form(integrations, "/oauth/token", client, "one", scope=wanted))
    assert got == set(wanted.split(" ")) - missing


@holds("2.10", "2.35")
@each_endpoint
def test_request_of_s2(integrations: Caller, endpoint: str) -> None:
    assert scopes(by_form(integrations, endpoint, "s2", "two")) == {"campaign:read", "campaign:write"}


@holds("2.11", "2.17")
def test_request_of_s3(integrations: Caller) -> None:
    body = "grant_type=client_credentials&scope=campaign%3Awrite%20campaign%3Aread"
    answer = ask(integrations, "/api/v2/oauth/token", body, authorization=basic("s3", "three/=+& :"))
    assert scopes(answer) == {"campaign:read", "campaign:write"}


@holds("2.12", "2.35")
def test_request_of_s4(integrations: Caller) -> None:
    assert scopes(by_form(integrations, "/api/v2/oauth/token", "s4", "four")) == {
        "outbound:campaign:read",
        "outbound:campaign:write",
        "outbound:campaign:simulate",
        "webhooks:write",
    }


# ------------------------------------------------------------------------------------------------------- scopes


@holds("2.06", "2.35")
@each_style
@each_endpoint
def test_empty_scope_is_no_scope(platform: Caller, endpoint: str, style: Style) -> None:
    assert scopes(style(platform, endpoint, "acme-all", "acme-all-secret", scope="")) == ALL


@holds("2.29", "2.36", "2.37")
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("campaign:read", {"campaign:read"}),
        ("campaign:read Campaign.ReadWrite", {"campaign:read", "Campaign.ReadWrite"}),
        ("campaign:read campaign:write", {"campaign:read"}),
        ("webhooks:write nonsense Campaign.ReadWrite", {"Campaign.ReadWrite"}),
        ("campaign:read campaign:read", {"campaign:read"}),
    ],
)
@each_endpoint
def test_asked_scopes_are_granted_as_far_as_registered(
    platform: Caller, endpoint: str, asked: str, told: set[str]
) -> None:
    answer = by_form(platform, endpoint, "acme-odd", platform.secrets["acme-odd"], scope=asked)
    assert sorted(granted(answer)["scope"].split(" ")) == sorted(told)
    assert "no-store" in answer.headers["cache-control"]


@holds("2.36")
def test_token_has_no_more_than_it_was_asked_for(platform: Caller) -> None:
    token = granted(by_form(platform, "/oauth/token", "acme-all", "acme-all-secret", scope="campaign:read"))
    assert with_token(platform, token["access_token"]).status_code == 200
    path = "/api/v2/outbound/campaigns/CMP-ACTIVE"
    refused = with_token(platform, token["access_token"], "PATCH", path, json={"status": "PAUSED"})
    assert refused.status_code == 403


@holds("2.38", "2.26")
@pytest.mark.parametrize(
    ("client", "asked"),
    [
        ("acme-read", "outbound:campaign:write"),
        ("acme-read", "nonsense"),
        ("acme-read", "OUTBOUND:CAMPAIGN:READ"),
        ("acme-read", "outbound:campaign:read,outbound:campaign:write"),
        ("acme-java", "campaign:read campaign:write"),
        ("acme-all", "campaign"),
    ],
)
@each_style
@each_endpoint
def test_scopes_of_which_none_is_registered_are_refused(
    platform: Caller, endpoint: str, style: Style, client: str, asked: str
) -> None:
    assert_refused(style(platform, endpoint, client, platform.secrets[client], scope=asked), 400, "invalid_scope")
