"""What is under way when something ends: silences, deliveries, connections, and secrets in odd places."""

from __future__ import annotations

import socket
import struct
import threading

import httpx2
import pytest

from paceline.testing import running_emulator
from tests.emulator.caller import START, TENANTS, Caller, secrets_in
from tests.emulator.receiver import attempted, receiving
from tests.emulator.tuning import register, tune
from tests.trust import http_client

PATH = "/api/v2/outbound/campaigns/CMP-ACTIVE"


def held(caller: Caller) -> tuple[threading.Thread, list[str]]:
    """Send a request into a silence, and return its thread and how it ended."""
    ended: list[str] = []
    token = caller.token()

    def ask() -> None:
        try:
            httpx2.get(caller.url + PATH, headers={"Authorization": f"Bearer {token}"}, timeout=30.0, trust_env=False)
        except httpx2.TransportError as broken:
            ended.append(type(broken).__name__)

    caller.order("silence", seconds=1000)
    thread = threading.Thread(target=ask)
    thread.start()
    while caller.control("GET", "/faults")["faults"][0]["matched"] == 0:
        pass
    return thread, ended


def test_held_request_is_let_go_when_the_emulator_ends() -> None:
    with running_emulator(TENANTS, now=START, speed=0.0, seed=7) as emulator:
        caller = Caller(emulator.url, secrets_in(TENANTS))
        thread, ended = held(caller)
        caller.close()
    thread.join()
    assert ended == ["ReadError"]


def test_held_request_is_let_go_by_a_reset_from_the_test() -> None:
    with running_emulator(TENANTS, now=START, speed=0.0, seed=7) as emulator:
        caller = Caller(emulator.url, secrets_in(TENANTS))
        thread, ended = held(caller)
        emulator.reset()
        thread.join()
        caller.close()
    assert ended == ["ReadError"]


def test_deliveries_go_on_after_the_clock_was_far_away(platform: Caller) -> None:
    with receiving() as receiver:
        register(platform, f"{receiver.url}/hook")
        platform.set_now("2400-01-01T00:00:00Z")
        platform.tokens.clear()
        receiver.answer_with(500)
        tune(platform, "CMP-ACTIVE")
        attempted(platform, receiver, 1)
        platform.set_now(START)
        platform.tokens.clear()
        tune(platform, "CMP-ACTIVE")
        assert len(receiver.wait_for(2)) == 2


def test_webhook_that_does_not_answer_holds_up_no_other(platform: Caller) -> None:
    with receiving() as silent, receiving() as heard:
        silent.answering.clear()
        register(platform, f"{silent.url}/hook")
        register(platform, f"{heard.url}/hook")
        tune(platform, "CMP-ACTIVE")
        assert len(heard.wait_for(1)) == 1
        silent.answering.set()


def test_clients_that_leave_before_they_are_let_in_do_no_harm(platform: Caller) -> None:
    host, port = platform.url.removeprefix("http://").split(":")
    for _ in range(20):
        with socket.create_connection((host, int(port))) as early:
            early.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@pytest.mark.parametrize("secret", ["alpha bravo charlie", "s3cret & more", "with+plus and %20"])
def test_secret_that_was_sent_unescaped_is_not_in_the_journal(secret: str) -> None:
    text = f'[[tenants]]\nid = "t"\n[[tenants.clients]]\nid = "c"\nsecret = "{secret}"\nscopes = ["campaign:read"]\n'
    with running_emulator(text, now=START, speed=0.0) as emulator:
        form = f"grant_type=client_credentials&client_id=c&client_secret={secret}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with http_client(base_url=emulator.url) as http:
            http.post("/oauth/token", content=form, headers=headers)
            told = http.get("/_emulator/journal").text
    for word in ("alpha", "bravo", "charlie", "s3cret", "more", "plus"):
        assert word not in told
