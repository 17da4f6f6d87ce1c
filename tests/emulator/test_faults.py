"""Faults on order: what each kind does to the answer and to the campaign."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Thread
from typing import Any

import httpx2
import pytest

from tests.emulator.asks import Ask, patch
from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, OUT, rules
from tests.emulator.holds import holds
from tests.emulator.raw_socket import RawSocket
from tests.emulator.refusals import body_of, refused

A = "CMP-ACTIVE"
PATH = f"{OUT}/{A}"
RULES = {"dialingRules": rules()}
BEGIN = datetime(2026, 6, 15, 12, tzinfo=UTC)


def view(p: Caller, campaign: str = A) -> dict[str, Any]:
    document: dict[str, Any] = p.control("GET", f"/campaigns/{campaign}")
    return document


@holds("C.21", "7.24")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504, 599])
def test_status_fault_answers_without_any_effect(platform: Caller, status: int) -> None:
    before = view(platform)
    platform.token()
    platform.order("status", status=status)
    answer = platform.patch(PATH, RULES)
    assert answer.status_code == status
    body_of(answer)
    assert view(platform) == before
    assert platform.patch(PATH, RULES).status_code == 200


@holds("C.21")
@pytest.mark.parametrize("told", [0, 1, 7, 86400, "Mon, 15 Jun 2026 12:00:30 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_status_fault_tells_retry_after_as_ordered(platform: Caller, status: int, told: int | str) -> None:
    platform.token()
    platform.order("status", status=status, retryAfter=told)
    answer = platform.get(PATH)
    assert answer.status_code == status
    assert answer.headers["retry-after"] == str(told)


@holds("C.21")
def test_status_fault_tells_no_retry_after_unasked(platform: Caller) -> None:
    platform.token()
    platform.order("status", status=503)
    assert "retry-after" not in platform.get(PATH).headers


@holds("C.22")
def test_delay_holds_the_answer_back(platform: Caller) -> None:
    platform.token()
    platform.order("delay", delayMs=300)
    answer = platform.patch(PATH, RULES)
    assert answer.status_code == 200
    assert answer.elapsed >= timedelta(seconds=0.3)
    assert platform.campaign(A)["revision"] == 43


@holds("C.22")
def test_delayed_request_holds_up_no_other(platform: Caller) -> None:
    platform.token()
    platform.order("delay", delayMs=2_000, path=PATH)
    done: list[int] = []
    slow = Thread(target=lambda: done.append(platform.get(PATH).status_code))
    slow.start()
    while not platform.control("GET", "/faults")["faults"][0]["matched"]:
        pass
    assert platform.get(f"{CAM}/{A}").status_code == 200
    assert done == []
    slow.join()
    assert done == [200]


@holds("C.23")
def test_reset_before_cuts_the_connection_and_nothing_is_done(platform: Caller) -> None:
    before = view(platform)
    platform.token()
    platform.order("reset_before")
    with pytest.raises(httpx2.TransportError):
        platform.patch(PATH, RULES)
    assert view(platform) == before
    assert platform.patch(PATH, RULES).status_code == 200


@holds("C.24")
def test_reset_after_cuts_the_connection_after_the_effect(platform: Caller) -> None:
    platform.token()
    platform.order("reset_after")
    with pytest.raises(httpx2.TransportError):
        platform.patch(PATH, RULES)
    assert view(platform)["revision"] == 43
    assert platform.campaign(A)["dialingRules"] == RULES["dialingRules"]


@holds("C.23", "C.24")
@pytest.mark.parametrize(("kind", "revision"), [("reset_before", 42), ("reset_after", 43)])
def test_reset_sends_not_one_byte(platform: Caller, kind: str, revision: int) -> None:
    bearer = {"Authorization": f"Bearer {platform.token()}", "Content-Type": "application/json"}
    platform.order(kind)
    body = json.dumps(RULES).encode()
    with RawSocket(platform.url) as wire:
        wire.send(wire.head("PATCH", PATH, bearer, length=len(body)) + body)
        assert wire.rest() == b""
    assert view(platform)["revision"] == revision


@holds("C.24", "C.23")
@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_reset_is_a_reset_and_no_orderly_end(platform: Caller, kind: str) -> None:
    bearer = {"Authorization": f"Bearer {platform.token()}", "Content-Type": "application/json"}
    platform.order(kind)
    body = json.dumps(RULES).encode()
    with RawSocket(platform.url) as wire:
        wire.send(wire.head("PATCH", PATH, bearer, length=len(body)) + body)
        with pytest.raises(ConnectionResetError):
            wire.socket.recv(1)


@holds("C.25")
def test_truncated_answer_stops_in_the_middle_of_its_body(platform: Caller) -> None:
    bearer = {"Authorization": f"Bearer {platform.token()}", "Content-Type": "application/json"}
    platform.order("truncate")
    body = json.dumps(RULES).encode()
    with RawSocket(platform.url) as wire:
        wire.send(wire.head("PATCH", PATH, bearer, length=len(body)) + body)
        head, _, rest = wire.rest().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    (length,) = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    assert 0 < len(rest) < length
    assert view(platform)["revision"] == 43


@holds("C.25")
def test_truncated_answer_is_an_error_of_the_transport(platform: Caller) -> None:
    platform.token()
    platform.order("truncate")
    with pytest.raises(httpx2.TransportError):
        platform.patch(PATH, RULES)
    assert platform.campaign(A)["revision"] == 43


@holds("C.26")
def test_malformed_answer_is_whole_but_not_json(platform: Caller) -> None:
    platform.token()
    platform.order("malformed")
    answer = platform.patch(PATH, RULES)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        json.loads(answer.content)
    assert view(platform)["revision"] == 43
    assert platform.campaign(A)["revision"] == 43


@holds("C.26")
def test_answer_without_a_body_cannot_be_malformed_and_leaves_the_connection_sound(platform: Caller) -> None:
    platform.token()
    platform.order("malformed")
    answer = platform.patch(PATH, RULES, headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert platform.get(PATH).status_code == 200


@holds("C.27", "7.08")
def test_expired_token_stays_expired_and_a_new_one_works(platform: Caller) -> None:
    before = view(platform)
    old = platform.token()
    platform.order("expired_token")
    refused(platform.patch(PATH, RULES), 401, "unauthorized")
    refused(platform.get(PATH), 401, "unauthorized")
    assert view(platform) == before
    platform.tokens.clear()
    assert platform.token() != old
    assert platform.patch(PATH, RULES).status_code == 200
    refused(platform.get(PATH, client=None, headers={"Authorization": f"Bearer {old}"}), 401, "unauthorized")


@holds("C.27")
def test_expired_token_leaves_the_clients_other_tokens_alone(platform: Caller) -> None:
    spared = platform.tokens.pop("acme-all") if platform.token() else ""
    platform.token()
    platform.order("expired_token")
    refused(platform.get(PATH), 401, "unauthorized")
    assert platform.get(PATH, client=None, headers={"Authorization": f"Bearer {spared}"}).status_code == 200
    assert platform.get(PATH, client="acme-read").status_code == 200


@holds("C.28", "C.09")
@pytest.mark.parametrize("skew", [-86400, -90, 1, 3600])
def test_clock_skew_turns_the_times_of_that_answer_only(platform: Caller, skew: int) -> None:
    platform.token()
    platform.order("clock_skew", skewSeconds=skew)
    path = f"{CAM}/{A}/statistics"
    answer = platform.get(path)
    meant = BEGIN + timedelta(seconds=skew)
    assert answer.status_code == 200
    assert parsedate_to_datetime(answer.headers["date"]) == meant
    assert datetime.fromisoformat(answer.json()["serverTime"]) == meant
    right = platform.get(path)
    assert parsedate_to_datetime(right.headers["date"]) == BEGIN
    assert datetime.fromisoformat(right.json()["serverTime"]) == BEGIN
    assert datetime.fromisoformat(platform.control("GET", "/clock")["now"]) == BEGIN


@holds("C.28")
def test_clock_skew_does_not_turn_the_work(platform: Caller) -> None:
    platform.token()
    platform.order("clock_skew", skewSeconds=3600)
    answer = platform.status(A, "PAUSED")
    assert datetime.fromisoformat(answer.json()["transitionTime"]) == BEGIN
    assert platform.campaign(A) == answer.json()


def held(p: Caller, ask: Ask) -> tuple[Thread, list[Any]]:
    """Send the request in a thread and return when the silence holds it."""
    outcome: list[Any] = []
    before = p.control("GET", "/faults")["faults"][0]["matched"]

    def run() -> None:
        try:
            outcome.append(ask.send(p).status_code)
        except httpx2.TransportError as error:
            outcome.append(error)

    thread = Thread(target=run)
    thread.start()
    while p.control("GET", "/faults")["faults"][0]["matched"] == before:
        assert thread.is_alive()
    return thread, outcome


@holds("C.29")
def test_silence_holds_the_request_and_drops_it_when_its_seconds_are_over(platform: Caller) -> None:
    platform.token()
    before = view(platform)
    platform.order("silence", seconds=120, path=PATH)
    thread, outcome = held(platform, patch(PATH, RULES))
    platform.advance(119)
    assert view(platform) == before
    assert outcome == []
    platform.advance(1)
    thread.join()
    assert isinstance(outcome[0], httpx2.TransportError)
    assert view(platform) == before
    assert platform.patch(PATH, RULES).status_code == 200


@holds("C.29", "C.32")
def test_silence_holds_every_match_and_nothing_else(platform: Caller) -> None:
    platform.token()
    platform.token("acme-java")
    platform.order("silence", seconds=60, method="PATCH", path=f"{OUT}/*")
    waiting = [held(platform, patch(PATH, RULES)) for _ in range(3)]
    assert platform.get(PATH).status_code == 200
    assert platform.patch(f"{CAM}/{A}", {"status": "PAUSED"}).status_code == 200
    platform.advance(61)
    for thread, outcome in waiting:
        thread.join()
        assert isinstance(outcome[0], httpx2.TransportError)
    assert view(platform)["revision"] == 43


@holds("C.29")
def test_silence_counts_from_its_order_on(platform: Caller) -> None:
    platform.token()
    platform.order("silence", seconds=60)
    platform.advance(60)
    assert platform.get(PATH).status_code == 200


@holds("C.29", "C.20")
@pytest.mark.parametrize("end", ["/faults", "/reset"])
def test_held_request_is_dropped_when_the_silence_is_taken_away(platform: Caller, end: str) -> None:
    platform.token()
    platform.order("silence", seconds=3600)
    thread, outcome = held(platform, patch(PATH, RULES))
    platform.control("DELETE" if end == "/faults" else "POST", end)
    thread.join()
    assert isinstance(outcome[0], httpx2.TransportError)
    assert view(platform)["revision"] == 42
