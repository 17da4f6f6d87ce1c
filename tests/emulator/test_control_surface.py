"""The control surface: campaigns made and changed, the view of them, resets, and what it refuses."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, HOOKS, OUT, schedule, webhook, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import refused
from tests.emulator.serving import Served, serving
from tests.trust import http_client

A = "CMP-ACTIVE"
LIVE = ("agentsAvailable", "agentsTalking", "agentsWrapUp", "agentsUnavailable")


@holds("C.01")
@pytest.mark.parametrize("path", ["/clock", "/faults", "/journal", "/deliveries", f"/campaigns/{A}"])
def test_control_surface_asks_for_no_token_and_minds_none(platform: Caller, path: str) -> None:
    assert platform.get(f"/_emulator{path}", client=None).status_code == 200
    for credentials in ("Bearer nonsense", "Basic x", ""):
        answer = platform.get(f"/_emulator{path}", client=None, headers={"Authorization": credentials})
        assert answer.status_code == 200


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    with serving() as make:
        yield make


def own_address() -> str | None:
    """Return an address of this machine that is not loopback, or None; no packet is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith("127.") or address == "0.0.0.0" else address  # noqa: S104  # not bound, compared


@holds("C.02")
def test_other_addresses_get_403_from_the_control_surface_alone(serve: Callable[..., Served], tmp_path: Path) -> None:
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    served = serve(tmp_path / "state.db", "--host", "0.0.0.0")  # noqa: S104  # the point of the test
    near = served.start()
    port = re.sub(r".*:", "", near.url)
    with http_client(base_url=f"http://{address}:{port}") as far:
        for method, path in (("GET", "/clock"), ("PUT", "/clock"), ("POST", "/reset"), ("GET", "/journal")):
            refused(far.request(method, f"/_emulator{path}", json={"speed": 5}), 403, "forbidden")
        for lie in ({"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Host": "127.0.0.1"}):
            refused(far.get("/_emulator/clock", headers=lie), 403, "forbidden")
        assert far.get(f"{OUT}/{A}").status_code == 401
    assert near.control("GET", "/clock")["speed"] == 0
    served.end(signal.SIGTERM)


@holds("C.07")
@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"speed":NaN}', b'{"speed":1,"speed":2}', b"\xff", b"[" * 100_000, b"null"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/clock"), ("POST", "/campaigns"), ("PATCH", f"/campaigns/{A}"), ("POST", "/faults")],
)
def test_unreadable_body_is_refused_by_the_control_surface(
    platform: Caller, method: str, path: str, body: bytes
) -> None:
    answer = platform.send(method, f"/_emulator{path}", body=body, client=None)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("invalid_request", "validation")
    assert platform.control("GET", "/clock")["speed"] == 0
    assert platform.control("GET", "/faults") == {"faults": []}


@holds("C.08")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/campaigns/NOPE"),
        ("PATCH", "/campaigns/NOPE"),
        ("DELETE", "/faults/NOPE"),
        ("GET", "/nothing"),
        ("GET", ""),
    ],
)
def test_unknown_address_of_the_control_surface_is_404(platform: Caller, method: str, path: str) -> None:
    body = {"agents": 1} if method == "PATCH" else {}
    refused(platform.send(method, f"/_emulator{path}", json=body, client=None), 404, "not_found")


@holds("C.08")
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/clock"), ("GET", "/campaigns"), ("DELETE", f"/campaigns/{A}"), ("PUT", "/faults"), ("GET", "/reset")],
)
def test_method_not_taken_by_the_control_surface_is_405(platform: Caller, method: str, path: str) -> None:
    answer = platform.send(method, f"/_emulator{path}", json={}, client=None)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


@holds("C.41")
def test_reset_goes_back_to_the_beginning(platform: Caller) -> None:
    names = ["CMP-ACTIVE", "CMP-PAUSED", "CMP-FULL", "CMP-LOCKED", "BULK-1", "SMALL-ACTIVE"]
    before = [platform.control("GET", f"/campaigns/{name}") for name in names]
    old = platform.token()
    assert platform.status(A, "STOPPED").status_code == 200
    assert platform.put(f"{OUT}/CMP-FULL", weights("CMP-FULL")).status_code == 200
    answer = platform.put(f"{CAM}/CMP-FULL/schedule", schedule("CMP-FULL"), headers={"If-Match": "*"})
    assert answer.status_code == 200
    assert platform.post(HOOKS, webhook()).status_code == 201
    key = {"Idempotency-Key": "r"}
    assert platform.patch(f"{OUT}/CMP-PAUSED", {"status": "ACTIVE"}, headers=key).status_code == 200
    platform.arrange("CMP-LOCKED", locked=False, agents=1)
    platform.control("POST", "/campaigns", {"id": "NEW"})
    platform.control("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "speed": 5})
    platform.order("status", status=500, times=None)
    platform.reset()
    assert platform.control("GET", "/faults") == {"faults": []}
    assert platform.control("GET", "/clock")["now"].startswith("2026-06-15T12:00:00")
    assert platform.control("GET", "/clock")["speed"] == 0
    assert platform.journal()["total"] == 0
    assert [platform.control("GET", f"/campaigns/{name}") for name in names] == before
    refused(platform.get("/_emulator/campaigns/NEW", client=None), 404, "not_found")
    refused(platform.get(OUT, client=None, headers={"Authorization": f"Bearer {old}"}), 401, "unauthorized")
    assert platform.get(HOOKS).json() == {"webhooks": []}
    assert platform.control("GET", "/deliveries") == {"deliveries": []}
    assert platform.get(f"{CAM}/CMP-FULL/schedule").headers["etag"] == 'W/"1"'
    fresh = platform.patch(f"{OUT}/CMP-PAUSED", {"status": "STOPPED"}, headers=key)
    assert fresh.status_code == 200


@holds("C.41")
def test_reset_empties_the_request_limit(platform: Caller) -> None:
    for _ in range(100):
        platform.get(OUT)
    refused(platform.get(OUT), 429, "rate_limited")
    platform.reset()
    assert platform.get(OUT).status_code == 200


@holds("C.42")
def test_deliveries_are_listed(platform: Caller) -> None:
    assert platform.control("GET", "/deliveries") == {"deliveries": []}
    hook = platform.post(HOOKS, webhook(enabled=True)).json()
    assert platform.put(f"{OUT}/{A}", weights(A)).status_code == 200
    (one,) = platform.control("GET", "/deliveries")["deliveries"]
    assert set(one) >= {"id", "webhookId", "type", "state", "attempts", "nextAttemptAt", "lastStatus", "lastError"}
    assert (one["webhookId"], one["type"]) == (hook["id"], "campaign.predictive.tuned")
    assert one["state"] in ("waiting", "failed")


@holds("C.43")
def test_openapi_describes_every_address(platform: Caller) -> None:
    answer = platform.get("/openapi.json", client=None)
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    described = {re.sub(r"\{[^}]*\}", "{}", path) for path in document["paths"]}
    assert described >= {
        "/oauth/token",
        "/api/v2/oauth/token",
        "/api/v2/oauth/tokeninfo",
        OUT,
        f"{OUT}/{{}}",
        f"{CAM}/{{}}",
        f"{CAM}/{{}}/schedule",
        f"{CAM}/{{}}/statistics",
        f"{CAM}/statistics",
        f"{OUT}/simulations",
        f"{OUT}/simulations/{{}}",
        HOOKS,
        f"{HOOKS}/{{}}",
        "/_emulator/clock",
        "/_emulator/campaigns",
        "/_emulator/campaigns/{}",
        "/_emulator/faults",
        "/_emulator/journal",
        "/_emulator/reset",
        "/_emulator/deliveries",
    }


@holds("C.48")
def test_certificate_is_told_when_tls_is_on(launch: Callable[..., Caller]) -> None:
    caller = launch(tls=True)
    told = caller.get("/_emulator/certificate", client=None)
    assert told.status_code == 200
    assert caller.certificate is not None
    assert told.text == caller.certificate.read_text(encoding="utf-8")
    assert told.text.startswith("-----BEGIN CERTIFICATE-----")
