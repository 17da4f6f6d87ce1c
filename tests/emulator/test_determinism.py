"""The same file, seed and requests give the same answers, byte for byte; another seed changes ids and secrets only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.emulator.asks import Ask, get, patch, post, put
from tests.emulator.caller import TENANTS, Caller
from tests.emulator.documents import (
    CAM,
    HOOKS,
    OUT,
    SIMULATIONS,
    pacing,
    rules,
    schedule,
    simulation,
    webhook,
    weights,
)
from tests.emulator.holds import holds

A = "CMP-ACTIVE"
F = "CMP-FULL"

Told = tuple[int, tuple[tuple[str, str], ...], bytes]

REQUESTS = [
    get(OUT),
    get(f"{OUT}?limit=2"),
    patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={"X-If-Match": "42", "Idempotency-Key": "d-1"}),
    patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={"X-If-Match": "42", "Idempotency-Key": "d-1"}),
    patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={"X-If-Match": "42"}),
    patch(f"{CAM}/{A}", {"predictiveDialer": pacing(answerRate=2, colour=1)}),
    patch(f"{OUT}/{A}", {"status": "PAUSED", "effectiveTime": "2026-06-15T12:00:30-00:00"}),
    put(f"{OUT}/{F}", weights(F)),
    put(f"{CAM}/{A}/schedule", schedule(A), headers={"If-Match": 'W/"initial"'}),
    put(f"{CAM}/{F}/schedule", schedule(F)),
    get(f"{CAM}/{A}/schedule"),
    post(HOOKS, webhook()),
    post(HOOKS, webhook()),
    post(HOOKS, webhook(url="http://127.0.0.1:9/second")),
    get(HOOKS),
    post(SIMULATIONS, simulation(A)),
    post(SIMULATIONS, simulation("BULK-1"), client="bulk-all"),
    get(f"{OUT}/BULK-1"),
    get(f"{OUT}/{A}", client=None),
    get(f"{OUT}/NOPE"),
    Ask("DELETE", f"{OUT}/{A}"),
    patch(f"{OUT}/{A}", body=b"{"),
    get(f"{CAM}/statistics"),
    get(f"{CAM}/{A}/statistics?bucket=minute"),
    get("/api/v2/oauth/tokeninfo"),
    get("/openapi.json", client=None),
    get("/_emulator/journal", client=None),
    get("/_emulator/deliveries", client=None),
]


def told(answer: httpx2.Response) -> Told:
    return (answer.status_code, tuple(answer.headers.multi_items()), answer.content)


def story(p: Caller) -> list[Told]:
    """Live through every kind of request, order and lapse of time, and return all that was answered."""
    heard: list[Told] = []
    # The port is not of the emulator's making, and the journal tells the requests as they came.
    p.http.headers["Host"] = "platform.example"
    form = {"grant_type": "client_credentials", "client_id": "acme-all", "client_secret": "acme-all-secret"}
    for path in ("/oauth/token", "/api/v2/oauth/token"):
        heard.append(told(p.http.post(path, data=form)))
        heard.append(told(p.http.post(path, data=form | {"client_secret": "wrong"})))
    p.tokens["acme-all"] = httpx2.Response(200, content=heard[0][2]).json()["access_token"]
    for n, ask in enumerate(REQUESTS):
        heard.append(told(ask.send(p)))
        if n % 5 == 4:
            p.advance(10.25)
        if n == 10:
            order = {"kind": "status", "status": 503, "retryAfter": 3}
            heard.append(told(p.post("/_emulator/faults", order, client=None)))
            calls = {"callsInFlight": [{"state": "ringing", "secondsLeft": 15}], "agents": 9}
            heard.append(told(p.patch(f"/_emulator/campaigns/{A}", calls, client=None)))
    return heard


@holds("C.46")
def test_same_file_seed_and_requests_give_the_same_bytes(launch: Callable[..., Caller]) -> None:
    first, second = story(launch(seed=20)), story(launch(seed=20))
    for one, other in zip(first, second, strict=True):
        assert one == other


@holds("C.46", "C.41")
def test_same_bytes_come_after_a_reset_too(launch: Callable[..., Caller]) -> None:
    first, second = launch(seed=20), launch(seed=20)
    for caller in (first, second):
        story(caller)
        caller.reset()
    assert story(first) == story(second)


@holds("C.46")
def test_fate_of_a_simulation_is_the_same_too(launch: Callable[..., Caller]) -> None:
    seen = []
    for caller in (launch(seed=5), launch(seed=5)):
        order = caller.post(SIMULATIONS, simulation(A)).json()["id"]
        states = [told(caller.get(f"{SIMULATIONS}/{order}")) for _ in range(3)]
        caller.advance(4000)
        caller.tokens.clear()
        seen.append((order, states, told(caller.get(f"{SIMULATIONS}/{order}"))))
    assert seen[0] == seen[1]


def masked(value: Any, kind: str = "") -> Any:
    """Return the document with ids and secrets made by the platform replaced by their name."""
    if isinstance(value, dict):
        made = {"access_token", "secret", "scheduleId"} | ({"id"} if kind in ("webhook", "simulation") else set())
        return {k: k if k in made and isinstance(v, str) else masked(v, kind) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(one, kind) for one in value]
    return value


def headers_masked(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Return the headers with the made id at the end of an address left out."""
    items = answer.headers.multi_items()
    return [(k, v.rpartition("/")[0] if k in ("location", "content-location") else v) for k, v in items]


@holds("C.47")
def test_another_seed_changes_ids_and_secrets_only(launch: Callable[..., Caller]) -> None:
    callers = [launch(seed=seed) for seed in (1, 2)]
    for caller in callers:
        caller.token()
        caller.token("bulk-all")
    assert callers[0].token() != callers[1].token()
    for ask in REQUESTS[:-3]:
        kind = "webhook" if ask.path == HOOKS else "simulation" if ask.path == SIMULATIONS else ""
        one, other = (ask.send(caller) for caller in callers)
        assert one.status_code == other.status_code
        assert headers_masked(one) == headers_masked(other)
        if ask.method == "POST" and one.status_code in (201, 202):
            assert one.json()["id"] != other.json()["id"]
        if one.content:
            assert masked(one.json(), kind) == masked(other.json(), kind)


@holds("C.47")
def test_secrets_and_ids_differ_within_one_seed(launch: Callable[..., Caller]) -> None:
    caller = launch(seed=1)
    hooks = [caller.post(HOOKS, webhook(url=f"http://127.0.0.1:9/{n}")).json() for n in range(20)]
    orders = [caller.post(SIMULATIONS, simulation(A)).json() for n in range(20)]
    tokens = set()
    for _ in range(20):
        caller.tokens.clear()
        tokens.add(caller.token())
    assert len({hook["id"] for hook in hooks} | {order["id"] for order in orders}) == 40
    assert len({hook["secret"] for hook in hooks}) == len(tokens) == 20


@holds("C.46", "C.47")
@pytest.mark.parametrize("how", ["path", "text"])
def test_file_counts_by_what_it_says_and_not_by_its_name(
    launch: Callable[..., Caller], tmp_path: Any, how: str
) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(TENANTS.read_text(encoding="utf-8"), encoding="utf-8")
    if how == "text":
        copy.write_text("# A remark changes nothing.\n" + TENANTS.read_text(encoding="utf-8"), encoding="utf-8")
    assert story(launch(seed=3, tenants=copy)) == story(launch(seed=3))
