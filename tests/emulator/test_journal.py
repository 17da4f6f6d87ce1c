"""The journal: what it tells of each request, what it counts, and that it holds no secret."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

import httpx2
import pytest

from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, HOOKS, OUT, rules, webhook, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import refused

A = "CMP-ACTIVE"
PATH = f"{OUT}/{A}"


def entries(p: Caller, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = p.control("GET", f"/journal{query}")["entries"]
    return found


@holds("C.34")
def test_fresh_journal_is_empty(platform: Caller) -> None:
    assert platform.journal() == {"total": 0, "by_status": {}, "entries": []}


@holds("C.34", "C.35")
def test_journal_tells_each_request_in_order(platform: Caller) -> None:
    platform.token()
    platform.advance(1)
    platform.get(PATH)
    platform.advance(1)
    platform.patch(PATH, {"status": "PAUSED"})
    platform.patch(PATH, {"status": "PAUSED"})
    platform.get(f"{OUT}/NOPE", client="acme-read")
    platform.get(PATH, client=None)
    journal = platform.journal()
    told = [(e["client"], e["method"], e["path"], e["status"]) for e in journal["entries"]]
    assert told == [
        ("acme-all", "POST", "/oauth/token", 200),
        ("acme-all", "GET", PATH, 200),
        ("acme-all", "PATCH", PATH, 200),
        ("acme-all", "PATCH", PATH, 409),
        ("acme-read", "POST", "/oauth/token", 200),
        ("acme-read", "GET", f"{OUT}/NOPE", 404),
        (None, "GET", PATH, 401),
    ]
    assert journal["total"] == 7
    assert journal["by_status"] == {"200": 4, "409": 1, "404": 1, "401": 1}
    assert [e["at"][:19] for e in journal["entries"][:3]] == [f"2026-06-15T12:00:0{n}" for n in range(3)]
    assert all(e["at"].endswith("Z") for e in journal["entries"])


@holds("C.35")
def test_entry_tells_request_and_answer(platform: Caller) -> None:
    sent = {"dialingRules": rules(), "revision": 42}
    answer = platform.patch(f"{PATH}?colour=red", sent, headers={"X-If-Match": "42", "Idempotency-Key": "j-1"})
    entry = entries(platform)[-1]
    assert set(entry) >= {"at", "client", "method", "path", "status", "fault", "request", "answer"}
    assert entry["fault"] is None
    text = json.dumps(entry["request"])
    for seen in ("PROGRESSIVE", "j-1", "red"):
        assert seen in text
    assert "Renewals East" in json.dumps(entry["answer"])
    assert answer.headers["etag"].strip('"') in json.dumps(entry["answer"])


@holds("C.35", "C.40", "C.34")
def test_entry_names_the_fault_that_acted(platform: Caller) -> None:
    platform.token()
    told = []
    for kind, rest in (
        ("status", {"status": 503}),
        ("reset_before", {}),
        ("reset_after", {}),
        ("truncate", {}),
        ("malformed", {}),
        ("expired_token", {}),
    ):
        identifier = platform.order(kind, **rest)
        with suppress(httpx2.TransportError):
            platform.patch(PATH, {"dialingRules": rules()})
        entry = entries(platform)[-1]
        told.append((kind, entry["fault"] == identifier, entry["status"]))
        platform.control("DELETE", "/faults")
    assert told == [
        ("status", True, 503),
        ("reset_before", True, None),
        ("reset_after", True, 200),
        ("truncate", True, 200),
        ("malformed", True, 200),
        ("expired_token", True, 401),
    ]
    journal = platform.journal()
    assert journal["by_status"] == {"200": 4, "503": 1, "none": 1, "401": 1}
    assert sum(journal["by_status"].values()) == journal["total"] == 7


@holds("C.39")
def test_control_surface_is_not_in_the_journal(platform: Caller) -> None:
    platform.control("GET", "/clock")
    platform.arrange(A, agents=3)
    platform.put("/_emulator/clock", {"speed": "wrong"}, client=None)
    platform.get("/_emulator/nothing", client=None)
    assert platform.journal()["total"] == 0


@holds("C.37", "C.34")
def test_journal_keeps_the_newest_thousand_and_counts_all(platform: Caller) -> None:
    platform.token("bulk-all")
    for n in range(1_049):
        platform.get(f"{OUT}/N-{n}", client="bulk-all")
    journal = platform.journal()
    assert journal["total"] == 1_050
    assert journal["by_status"] == {"200": 1, "404": 1_049}
    assert len(journal["entries"]) == 1_000
    assert journal["entries"][0]["path"] == f"{OUT}/N-49"
    assert journal["entries"][-1]["path"] == f"{OUT}/N-1048"


@holds("C.38")
def test_journal_is_asked_for_a_part(platform: Caller) -> None:
    platform.token()
    platform.token("acme-java")
    platform.get(PATH)
    platform.get(f"{CAM}/{A}", client="acme-java")
    platform.get(f"{OUT}/NOPE")
    platform.patch(PATH, {"status": "ACTIVE"})
    platform.patch(f"{CAM}/{A}", {"status": "ACTIVE"}, client="acme-java")
    for query, expected in (
        ("?method=PATCH", [PATH, f"{CAM}/{A}"]),
        ("?client=acme-java&method=GET", [f"{CAM}/{A}"]),
        ("?status=404", [f"{OUT}/NOPE"]),
        ("?status=409", [PATH, f"{CAM}/{A}"]),
        (f"?path={OUT}/*", [PATH, f"{OUT}/NOPE", PATH]),
        ("?path=*/CMP-*", [PATH, f"{CAM}/{A}", PATH, f"{CAM}/{A}"]),
        (f"?path={PATH}&status=409", [PATH]),
        ("?limit=2", [PATH, f"{CAM}/{A}"]),
        ("?limit=1&method=GET", [f"{OUT}/NOPE"]),
        ("?client=nobody", []),
    ):
        assert [e["path"] for e in entries(platform, query)] == expected, query


@holds("C.38", "C.07")
@pytest.mark.parametrize("query", ["limit=-1", "limit=x", "limit=1.5", "limit=5&limit=5", "colour=red"])
def test_journal_refuses_parameters_at_fault(platform: Caller, query: str) -> None:
    refused(platform.get(f"/_emulator/journal?{query}", client=None), 422, "validation", query.partition("=")[0])


def secret_requests(p: Caller) -> list[str]:
    """Make requests that carry secrets in every place, and return the secrets."""
    odd = p.secrets["acme-odd"]
    basic = base64.b64encode(f"acme-odd:{odd}".encode()).decode()
    secrets = [odd, basic, quote(odd), quote_plus(odd), p.secrets["acme-all"], "typed-wrong-secret"]
    form = {"grant_type": "client_credentials"}
    secrets.append(p.token())
    secrets.append(p.token("acme-odd"))
    answer = p.http.post("/api/v2/oauth/token", data=form, headers={"Authorization": f"Basic {basic}"})
    secrets.append(answer.json()["access_token"])
    wrong = form | {"client_id": "acme-all", "client_secret": "typed-wrong-secret"}
    assert p.http.post("/oauth/token", data=wrong).status_code == 401
    right = form | {"client_id": "acme-all", "client_secret": p.secrets["acme-all"]}
    assert p.http.post("/oauth/token", json=right).status_code == 400
    assert p.http.post("/oauth/token", data=right | {"grant_type": "password"}).status_code == 400
    assert p.http.post("/oauth/token", content=json.dumps(right)).status_code == 400
    p.http.post(f"/oauth/token?client_secret={p.secrets['acme-all']}", data=right)
    secrets.append(p.http.post("/oauth/token", data=right).json()["access_token"])
    p.get("/api/v2/oauth/tokeninfo")
    key = {"Idempotency-Key": "hook"}
    for _ in range(2):
        hook = p.post(HOOKS, webhook(), headers=key)
        secrets.append(hook.json()["secret"])
    p.get(HOOKS)
    p.put(f"{OUT}/{A}", weights(A))
    for credentials in ("Bearer unknown-bearer-value", "Basic dW5rbm93bjp2YWx1ZQ==", "Digest some-digest-value"):
        p.get(PATH, client=None, headers={"Authorization": credentials})
        secrets.append(credentials.split(maxsplit=1)[1])
    p.order("status", status=503, path="/oauth/token")
    p.http.post("/oauth/token", data=right)
    # People do take the one for the other.
    turned = form | {"client_id": p.secrets["acme-all"], "client_secret": "acme-all"}
    assert p.http.post("/oauth/token", data=turned).status_code == 401
    p.get(f"{OUT}/{p.token()}")
    p.get(f"{PATH}?access_token={p.token()}", headers={"X-Auth-Token": p.token(), "Cookie": f"t={p.token()}"})
    return secrets


@holds("C.36")
def test_journal_holds_no_secret(platform: Caller) -> None:
    secrets = secret_requests(platform)
    answer = platform.get("/_emulator/journal", client=None)
    texts = [answer.text, json.dumps(answer.json(), ensure_ascii=False)]
    for secret in secrets:
        assert secret
        for text in texts:
            assert secret not in text, secret
    assert "[removed]" in texts[0]
    assert answer.json()["total"] > 15


@holds("C.36")
def test_no_other_answer_of_the_control_surface_holds_a_secret(platform: Caller) -> None:
    secrets = secret_requests(platform)
    for path in ("/faults", "/deliveries", f"/campaigns/{A}", "/clock"):
        text = platform.get(f"/_emulator{path}", client=None).text
        for secret in secrets:
            assert secret not in text
    assert all(secret not in platform.get(HOOKS).text for secret in secrets)


@holds("C.41", "C.34")
def test_journal_is_emptied_by_a_reset(platform: Caller) -> None:
    platform.get(PATH)
    assert platform.journal()["total"] == 2
    platform.reset()
    assert platform.journal()["total"] == 0
