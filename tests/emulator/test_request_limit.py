"""The request limit: 100 a minute for each client, sliding, with an exact Retry-After."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator.caller import START, Caller
from tests.emulator.documents import CAM, HOOKS, OUT, pacing, rules
from tests.emulator.holds import holds
from tests.emulator.refusals import refused

PATH = f"{OUT}/CMP-ACTIVE"
LIMIT = 100


def fill(p: Caller, count: int = LIMIT, client: str = "acme-all") -> None:
    """Make so many requests, all of them admitted."""
    for n in range(count):
        assert p.get(PATH, client=client).status_code == 200, n


def over(answer: httpx2.Response) -> int:
    """Check a refusal by the limit and return its Retry-After."""
    assert refused(answer, 429, "rate_limited")["message"]
    told = answer.headers["retry-after"]
    assert told.isascii()
    assert told.isdigit()
    assert int(told) >= 1
    return int(told)


def another_token(p: Caller, client: str = "acme-all") -> str:
    """Return a fresh token of the client."""
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": p.secrets[client]}
    token: str = p.http.post("/oauth/token", data=form).json()["access_token"]
    return token


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@holds("7.113", "7.117", "7.119", "7.23", "7.01")
def test_after_100_requests_in_a_minute_the_next_is_429(platform: Caller) -> None:
    fill(platform)
    assert over(platform.get(PATH)) == 60


@holds("7.113", "7.123")
def test_write_over_the_limit_has_no_effect(platform: Caller) -> None:
    before = platform.control("GET", "/campaigns/CMP-ACTIVE")
    fill(platform)
    over(platform.patch(PATH, {"dialingRules": rules()}))
    over(platform.patch(f"{CAM}/CMP-ACTIVE", {"predictiveDialer": pacing()}))
    assert platform.control("GET", "/campaigns/CMP-ACTIVE") == before


@holds("7.118", "7.116")
def test_retry_after_is_exactly_enough(platform: Caller) -> None:
    fill(platform)
    wait = over(platform.get(PATH))
    platform.advance(wait - 1)
    assert over(platform.get(PATH)) == 1
    platform.advance(1)
    fill(platform)
    over(platform.get(PATH))


@holds("7.118", "7.116", "7.117")
@pytest.mark.parametrize("early", [0.25, 1, 12.5, 30, 59, 59.75])
def test_retry_after_follows_the_oldest_request_that_counts(platform: Caller, early: float) -> None:
    fill(platform, 1)
    platform.advance(early)
    fill(platform, 99)
    wait = over(platform.get(PATH))
    assert wait == max(1, math.ceil(60 - early))
    if wait > 1:
        platform.advance(wait - 1)
        over(platform.get(PATH))
        platform.advance(1)
    else:
        platform.advance(wait)
    fill(platform, 1)


@holds("7.116")
def test_minute_slides_and_does_not_start_anew_at_the_full_minute(platform: Caller) -> None:
    platform.set_now("2026-06-15T12:00:30Z")
    fill(platform, 50)
    platform.set_now("2026-06-15T12:00:59Z")
    fill(platform, 50)
    platform.set_now("2026-06-15T12:01:01Z")
    assert over(platform.get(PATH)) == 29
    platform.set_now("2026-06-15T12:01:30Z")
    fill(platform, 50)
    assert over(platform.get(PATH)) == 29


@holds("7.116")
def test_request_leaves_the_window_after_60_seconds_and_not_before(platform: Caller) -> None:
    fill(platform)
    platform.advance(59.5)
    assert over(platform.get(PATH)) == 1
    platform.advance(0.5)
    fill(platform, 1)


@holds("7.61")
def test_refused_requests_are_not_counted(platform: Caller) -> None:
    fill(platform)
    for _ in range(59):
        platform.advance(1)
        for _ in range(3):
            over(platform.get(PATH))
    platform.advance(1)
    fill(platform)


@holds("7.115")
def test_all_tokens_of_a_client_count_together(platform: Caller) -> None:
    tokens = [platform.token(), another_token(platform), another_token(platform)]
    assert len(set(tokens)) == 3
    for n in range(LIMIT):
        assert platform.get(PATH, client=None, headers=bearing(tokens[n % 3])).status_code == 200
    for token in [*tokens, another_token(platform)]:
        over(platform.get(PATH, client=None, headers=bearing(token)))


@holds("7.121")
def test_other_clients_are_not_hit(platform: Caller) -> None:
    fill(platform)
    over(platform.get(PATH))
    for client, path in (
        ("acme-java", PATH),
        ("acme-odd", PATH),
        ("acme-read", PATH),
        ("small-all", f"{OUT}/SMALL-ACTIVE"),
        ("bulk-all", f"{OUT}/BULK-1"),
    ):
        assert platform.get(path, client=client).status_code == 200
    over(platform.get(PATH))


@holds("7.60", "7.59")
def test_expired_token_counts_for_its_client(platform: Caller) -> None:
    old = another_token(platform, "acme-java")
    platform.advance(121)
    for _ in range(LIMIT):
        refused(platform.get(PATH, client=None, headers=bearing(old)), 401, "unauthorized")
    over(platform.get(PATH, client=None, headers=bearing(old)))
    over(platform.get(PATH, client="acme-java"))


@holds("7.60", "7.59")
def test_expired_token_over_the_limit_is_429_before_401(platform: Caller) -> None:
    old = another_token(platform, "acme-java")
    platform.advance(100)
    fill(platform, LIMIT, "acme-java")
    platform.advance(30)
    over(platform.get(PATH, client=None, headers=bearing(old)))
    platform.advance(30)
    refused(platform.get(PATH, client=None, headers=bearing(old)), 401, "unauthorized")


@holds("7.60")
def test_unknown_token_counts_for_nobody(platform: Caller) -> None:
    for credentials in ({}, bearing("unknown"), {"Authorization": "Bearer"}):
        for _ in range(LIMIT + 1):
            refused(platform.get(PATH, client=None, headers=credentials), 401, "unauthorized")
    fill(platform)


@holds("7.114", "7.59")
def test_every_address_and_every_outcome_counts_together(platform: Caller) -> None:
    asks: list[tuple[str, str, Any]] = [
        ("GET", OUT, None),
        ("GET", PATH, None),
        ("GET", f"{CAM}/CMP-ACTIVE", None),
        ("GET", f"{CAM}/CMP-FULL/schedule", None),
        ("GET", f"{CAM}/statistics", None),
        ("GET", HOOKS, None),
        ("GET", f"{OUT}/NOPE", None),
        ("GET", "/api/v2/nothing", None),
        ("DELETE", PATH, None),
        ("PATCH", f"{OUT}/BULK-1", b"{}"),
        ("PATCH", PATH, b"{"),
        ("PATCH", PATH, b'{"status":"ACTIVE"}'),
        ("PATCH", f"{CAM}/CMP-ACTIVE", b'{"status":"wrong"}'),
        ("PUT", f"{CAM}/CMP-FULL/schedule", b"{}"),
        ("OPTIONS", OUT, None),
        ("HEAD", OUT, None),
        ("GET", "//api/v2/outbound/campaigns", None),
    ]
    for n in range(LIMIT):
        method, path, body = asks[n % len(asks)]
        # The whole address: of a path with two slashes the client would make another host.
        answer = platform.send(method, f"{platform.url}{path}", body=body)
        assert answer.status_code != 429, (n, method, path)
    for method, path, body in asks:
        answer = platform.send(method, f"{platform.url}{path}", body=body)
        assert answer.status_code == 429, (method, path)
        assert int(answer.headers["retry-after"]) == 60


@holds("7.114", "7.98")
def test_replayed_answers_count_too(platform: Caller) -> None:
    for _ in range(LIMIT):
        answer = platform.patch(PATH, {"status": "PAUSED"}, headers={"Idempotency-Key": "same"})
        assert answer.status_code == 200
    over(platform.patch(PATH, {"status": "PAUSED"}, headers={"Idempotency-Key": "same"}))


@holds("7.122")
def test_tokens_tokeninfo_and_the_control_surface_are_outside(platform: Caller) -> None:
    fill(platform, LIMIT - 1)
    form = {"grant_type": "client_credentials", "client_id": "acme-all", "client_secret": "acme-all-secret"}
    for _ in range(LIMIT + 5):
        assert platform.http.post("/oauth/token", data=form).status_code == 200
        assert platform.http.post("/api/v2/oauth/token", data=form).status_code == 200
        assert platform.get("/api/v2/oauth/tokeninfo").status_code == 200
        platform.control("GET", "/clock")
    assert platform.http.post("/api/v2/oauth/token", data=form | {"client_secret": "wrong"}).status_code == 401
    fill(platform, 1)
    over(platform.get(PATH))
    assert platform.http.post("/api/v2/oauth/token", data=form).status_code == 200
    assert platform.get("/api/v2/oauth/tokeninfo").status_code == 200
    assert platform.control("GET", "/campaigns/CMP-ACTIVE")["revision"] == 42


def tenants_with(folder: Path, **limits: int | None) -> Path:
    """Write a tenants file in which each named tenant has its limit and two clients with tokens that last."""
    path = folder / "limits.toml"
    text = ""
    for name, limit in limits.items():
        text += f'[[tenants]]\nid = "{name}"\n' + (f"requests_per_minute = {limit}\n" if limit is not None else "")
        for client in ("a", "b"):
            text += (
                f'[[tenants.clients]]\nid = "{name}-{client}"\nsecret = "s"\nscopes = ["Campaign.ReadWrite"]\n'
                "token_lifetime_s = 1000000000\n"
            )
        text += f'[[tenants.campaigns]]\nid = "{name}-1"\nstatus = "ACTIVE"\n'
    path.write_text(text, encoding="utf-8")
    return path


@holds("7.120", "7.121")
def test_limit_is_a_setting_of_the_tenant_for_each_client(launch: Callable[..., Caller], tmp_path: Path) -> None:
    caller = launch(tenants=tenants_with(tmp_path, one=1, seven=7, silent=None))
    for name, limit in (("one", 1), ("seven", 7), ("silent", 100)):
        for client in ("a", "b"):
            for _ in range(limit):
                assert caller.get(f"{OUT}/{name}-1", client=f"{name}-{client}").status_code == 200
            over(caller.get(f"{OUT}/{name}-1", client=f"{name}-{client}"))


@holds("7.120")
def test_limit_can_be_set_for_all_tenants_at_the_start(launch: Callable[..., Caller]) -> None:
    caller = launch(requests_per_minute=5)
    for client, path in (("acme-all", PATH), ("bulk-all", f"{OUT}/BULK-1"), ("small-all", f"{OUT}/SMALL-ACTIVE")):
        told = [caller.get(path, client=client).status_code for _ in range(7)]
        assert told == [200] * 5 + [429] * 2


class Oracle:
    """The limit by its definition: the admitted of the last 60 seconds, counted one by one."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.admitted: list[float] = []

    def retry_after(self, now: float) -> int | None:
        """Return None when the request is admitted, else the seconds until one would be."""
        counting = [at for at in self.admitted if now - at < 60]
        if len(counting) < self.limit:
            self.admitted.append(now)
            return None
        return max(1, math.ceil(counting[-self.limit] + 60 - now))


GAPS = st.lists(
    st.one_of(
        st.just(0.0),
        st.integers(0, 64).map(lambda n: n / 4),
        st.integers(0, 61).map(float),
        st.sampled_from([59.75, 60.0, 60.25, 29.5, 30.0, 30.5]),
    ),
    min_size=1,
    max_size=25,
)


@holds("7.116", "7.117", "7.118", "7.61")
def test_no_minute_holds_more_than_the_limit_and_none_is_refused_without_need(
    launch: Callable[..., Caller], tmp_path: Path
) -> None:
    limit = 4
    caller = launch(tenants=tenants_with(tmp_path, four=limit))
    caller.token("four-a")

    @settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(gaps=GAPS)
    def check(gaps: list[float]) -> None:
        caller.advance(3600)
        oracle, now = Oracle(limit), 0.0
        for gap in gaps:
            now += gap
            if gap:
                caller.advance(gap)
            answer = caller.get(f"{OUT}/four-1", client="four-a")
            expected = oracle.retry_after(now)
            if expected is None:
                assert answer.status_code == 200
            else:
                assert over(answer) == expected
        for start in oracle.admitted:
            assert sum(start <= at < start + 60 for at in oracle.admitted) <= limit

    check()


@holds("7.116")
def test_seconds_of_the_platforms_clock_count_not_those_of_the_machine(platform: Caller) -> None:
    fill(platform)
    later = datetime.fromisoformat(START).astimezone(UTC) + timedelta(days=1)
    platform.set_now(later.isoformat().replace("+00:00", "Z"))
    platform.tokens.clear()
    fill(platform)
    over(platform.get(PATH))
