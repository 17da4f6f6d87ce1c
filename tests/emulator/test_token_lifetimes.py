"""How long a token lives and says it lives, what tokeninfo tells of it, and that neither touches the request limit."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.oauth import ENDPOINTS, STYLES, by_form, granted, with_token

INFO = "/api/v2/oauth/tokeninfo"
TENANTS = """
[[tenants]]
id = "t"
requests_per_minute = 3
[[tenants.clients]]
id = "usual"
secret = "x"
scopes = ["campaign:read"]
[[tenants.clients]]
id = "says-little"
secret = "x"
scopes = ["campaign:read"]
reported_expires_in = 5
[[tenants.clients]]
id = "lives-little"
secret = "x"
scopes = ["campaign:read"]
token_lifetime_s = 5
[[tenants.clients]]
id = "lives-long"
secret = "x"
scopes = ["campaign:read"]
token_lifetime_s = 1000000
[[tenants.clients]]
id = "java"
secret = "x"
scopes = ["campaign:read"]
reported_expires_in = 9223372036854775807
token_lifetime_s = 60
[[tenants.campaigns]]
id = "CMP-ACTIVE"
status = "ACTIVE"
"""
Launch = Callable[..., Caller]
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)


@pytest.fixture
def lives(launch: Launch, tmp_path: Path) -> Caller:
    tenants = tmp_path / "tenants.toml"
    tenants.write_text(TENANTS, encoding="utf-8")
    return launch(tenants=tenants)


def issue(caller: Caller, client: str, endpoint: str = "/oauth/token") -> str:
    token: str = granted(by_form(caller, endpoint, client, caller.secrets[client]))["access_token"]
    return token


def literal(answer: httpx2.Response, name: str) -> str:
    """Return the number as it is written in the raw text."""
    found = re.search(rf'"{name}"\s*:\s*([^,}}]*)', answer.text)
    assert found, answer.text
    return found.group(1).strip()


# ---------------------------------------------------------------------------------------------------- lifetimes


@holds("2.31", "2.39")
@each_endpoint
def test_token_lives_an_hour(platform: Caller, endpoint: str) -> None:
    answer = by_form(platform, endpoint, "acme-read", "read-secret")
    assert literal(answer, "expires_in") == "3600"
    token = answer.json()["access_token"]
    platform.advance(3599)
    assert with_token(platform, token).status_code == 200
    platform.advance(2)
    assert with_token(platform, token).status_code == 401


@holds("2.32", "2.33", "2.34", "1.21")
@each_endpoint
def test_reported_and_real_lifetime_are_settings_of_their_own(lives: Caller, endpoint: str) -> None:
    reported = {
        "usual": "3600",
        "says-little": "5",
        "lives-little": "3600",
        "lives-long": "3600",
        "java": "9223372036854775807",
    }
    real = {"usual": 3600, "says-little": 3600, "lives-little": 5, "lives-long": 1_000_000, "java": 60}
    for client, said in reported.items():
        answer = by_form(lives, endpoint, client, "x")
        assert literal(answer, "expires_in") == said
        token = answer.json()["access_token"]
        lives.advance(real[client] - 1)
        assert with_token(lives, token).status_code == 200, client
        lives.advance(2)
        assert with_token(lives, token).status_code == 401, client
        lives.reset()


@holds("2.33")
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@each_endpoint
def test_lifetime_that_no_int32_holds_is_reported(
    platform: Caller, endpoint: str, style: Callable[..., httpx2.Response]
) -> None:
    assert literal(style(platform, endpoint, "acme-java", "java-secret"), "expires_in") == "3000000000"


@holds("2.31")
def test_later_token_outlives_an_earlier_one(platform: Caller) -> None:
    first = issue(platform, "acme-read")
    platform.advance(3000)
    second = issue(platform, "acme-read")
    assert with_token(platform, first).status_code == 200
    platform.advance(1000)
    assert with_token(platform, first).status_code == 401
    assert with_token(platform, second).status_code == 200


# ---------------------------------------------------------------------------------------------------- tokeninfo


@holds("2.03", "2.37")
@pytest.mark.parametrize(
    ("client", "tenant"), [("acme-all", "acme"), ("acme-read", "acme"), ("bulk-all", "bulk"), ("small-all", "small")]
)
@each_endpoint
def test_tokeninfo_tells_client_tenant_and_scope(platform: Caller, endpoint: str, client: str, tenant: str) -> None:
    token = granted(by_form(platform, endpoint, client, platform.secrets[client]))
    info = with_token(platform, token["access_token"], path=INFO)
    assert info.status_code == 200
    document = info.json()
    assert set(document) == {"client_id", "tenant", "scope", "expires_in"}
    assert (document["client_id"], document["tenant"]) == (client, tenant)
    assert document["scope"] == token["scope"]
    assert literal(info, "expires_in") == "3600"


@holds("2.03")
def test_tokeninfo_tells_the_scope_of_the_token_not_of_the_client(platform: Caller) -> None:
    token = granted(by_form(platform, "/oauth/token", "acme-all", "acme-all-secret", scope="webhooks:write nonsense"))
    assert with_token(platform, token["access_token"], path=INFO).json()["scope"] == "webhooks:write"


@holds("2.03")
def test_tokeninfo_counts_the_lifetime_down(platform: Caller) -> None:
    token = issue(platform, "acme-read")
    platform.advance(600)
    assert literal(with_token(platform, token, path=INFO), "expires_in") == "3000"


@holds("2.03", "2.39")
def test_tokeninfo_of_an_expired_token_is_401(platform: Caller) -> None:
    token = issue(platform, "acme-java")
    platform.advance(119)
    assert with_token(platform, token, path=INFO).status_code == 200
    platform.advance(2)
    assert with_token(platform, token, path=INFO).status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_tokeninfo_takes_get_only(platform: Caller, method: str) -> None:
    answer = platform.send(method, INFO)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


# ---------------------------------------------------------------------------------------------- the request limit


@holds("2.04", "2.05")
def test_tokens_and_tokeninfo_do_not_count(lives: Caller) -> None:
    token = issue(lives, "usual")
    for endpoint in ENDPOINTS * 5:
        issue(lives, "usual", endpoint)
        assert with_token(lives, token, path=INFO).status_code == 200
    assert [with_token(lives, token).status_code for _ in range(4)] == [200, 200, 200, 429]


@holds("2.04", "2.05")
def test_tokens_and_tokeninfo_are_not_refused_at_the_limit(lives: Caller) -> None:
    token = issue(lives, "usual")
    assert [with_token(lives, token).status_code for _ in range(4)] == [200, 200, 200, 429]
    for endpoint in ENDPOINTS:
        fresh = issue(lives, "usual", endpoint)
        assert with_token(lives, fresh, path=INFO).status_code == 200
        assert with_token(lives, fresh).status_code == 429
    form = "grant_type=client_credentials&client_id=usual&client_secret=x"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"}
    for endpoint in ENDPOINTS:
        assert lives.http.post(endpoint, content=form, headers=headers).status_code != 429


@holds("2.05")
@each_endpoint
def test_refused_token_requests_do_not_count_either(lives: Caller, endpoint: str) -> None:
    token = issue(lives, "usual")
    assert {by_form(lives, endpoint, "usual", "wrong").status_code for _ in range(10)} == {401}
    assert [with_token(lives, token).status_code for _ in range(4)] == [200, 200, 200, 429]
