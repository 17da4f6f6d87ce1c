"""What becomes of a change when the network or the platform fails, at every point where it can."""

from __future__ import annotations

import contextlib
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest

from paceline.campaign.change import Achieved, Lane
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.observed import State
from paceline.campaign.ports import (
    ForbiddenError,
    NoAnswerError,
    PlatformError,
    RateLimitedError,
    Receipt,
    UnavailableError,
    UnexpectedAnswerError,
)
from paceline.cxone.exchange import Repeat, Request
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.outbound_v2.writing import request_of
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId
from tests.contract.emulated import Emulated

ACTIVE = CampaignId("ACTIVE")
PAUSE = Pause(campaign=ACTIVE)
SECOND = 1_000_000_000


def pause(platform: OutboundV2) -> Receipt:
    return platform.apply(platform.prepare(PAUSE, None), idempotency_key="entry-17", lane=PAUSE.lane)


def waited_s(clock: ManualClock) -> float:
    return clock.running_ns() / SECOND


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "truncate"])
def test_lost_answer_is_asked_for_again_under_the_same_key_and_has_one_effect(emulated: Emulated, kind: str) -> None:
    emulated.order(kind, method="PATCH", times=2)
    platform = emulated.platform()
    with platform.metered() as meter:
        receipt = pause(platform)
    assert receipt.observed is not None
    assert PAUSE.verify(receipt.observed) == Achieved()
    assert emulated.shown("ACTIVE")["revision"] == 43
    assert meter.requests == 3


def test_every_repeat_sends_the_whole_body_and_the_same_key(emulated: Emulated) -> None:
    emulated.order("status", method="PATCH", status=503, times=1)
    emulated.order("expired_token", method="PATCH", nth=2)
    emulated.order("reset_after", method="PATCH", nth=3)
    pause(emulated.platform())
    sent = [entry["request"] for entry in emulated.entries(method="PATCH")]
    assert len(sent) == 4
    assert {str(request.get("body")) for request in sent} == {str(sent[0]["body"])}
    assert "PAUSED" in str(sent[0]["body"])
    assert {request["headers"]["idempotency-key"] for request in sent} == {"entry-17"}


@pytest.mark.parametrize(("kind", "happened"), [("reset_before", False), ("reset_after", True)])
def test_answer_that_never_comes_leaves_a_doubt_that_only_a_read_resolves(
    emulated: Emulated, kind: str, happened: bool
) -> None:
    emulated.order(kind, method="PATCH", times=None)
    platform = emulated.platform(attempts=3)
    with pytest.raises(NoAnswerError) as caught:
        pause(platform)
    assert caught.value.request_sent
    assert caught.value.may_have_happened
    assert (platform.read(ACTIVE).state is State.PAUSED) == happened


def test_doubt_of_an_earlier_attempt_outlives_a_later_clear_refusal(emulated: Emulated) -> None:
    emulated.order("reset_after", method="PATCH")
    emulated.order("status", method="PATCH", status=503, nth=2, times=None)
    with pytest.raises(UnavailableError) as caught:
        pause(emulated.platform())
    assert caught.value.may_have_happened
    assert emulated.shown("ACTIVE")["status"] == "PAUSED"


def test_request_without_key_and_precondition_is_not_repeated_when_it_may_have_happened(emulated: Emulated) -> None:
    emulated.order("reset_after", method="PATCH", times=None)
    transport = emulated.transport()
    prepared = OutboundV2(transport).prepare(PAUSE, None)
    keyed = request_of(prepared, idempotency_key="unused", lane=Lane.STOPPING)
    bare = Request(operation="pause", method="PATCH", target=keyed.target, body=keyed.body, repeat=Repeat.NEVER,
                   headers={"Content-Type": "application/json"})  # fmt: skip
    with pytest.raises(NoAnswerError):
        transport.send(bare)
    assert len(emulated.entries(method="PATCH")) == 1


def test_platform_that_is_not_there_was_not_asked(emulated: Emulated) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    platform = emulated.platform(api=f"http://127.0.0.1:{port}", attempts=3)
    with platform.metered() as meter, pytest.raises(NoAnswerError) as caught:
        pause(platform)
    assert not caught.value.request_sent
    assert not caught.value.may_have_happened
    assert caught.value.retryable
    assert meter.requests == 0


@pytest.mark.parametrize("api", ["ftp://127.0.0.1", "platform", "http://127.0.0.1:port"])
def test_address_that_is_none_is_told_and_not_tried_again(emulated: Emulated, api: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        emulated.platform(api=api).read(ACTIVE)
    assert (caught.value.request_sent, caught.value.retryable) == (False, False)
    assert emulated.clock.running_ns() == 0


def test_address_without_a_host_is_a_platform_that_is_not_there(emulated: Emulated) -> None:
    with pytest.raises(NoAnswerError) as caught:
        emulated.platform(api="http://[").read(ACTIVE)
    assert not caught.value.request_sent


def test_address_may_end_with_a_slash(emulated: Emulated) -> None:
    assert emulated.platform(api=f"{emulated.emulator.url}/").read(ACTIVE).revision == 42


def test_answer_that_trickles_is_given_up_when_its_time_is_over(emulated: Emulated) -> None:
    """A server that sends a byte at a time keeps every single read quick; only the sum tells."""
    clock = emulated.clock
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                with contextlib.suppress(OSError):
                    for _ in range(100_000):
                        clock.advance(1)
                        peer.sendall(b" ")

        threading.Thread(target=trickle, daemon=True).start()
        token = f"{emulated.emulator.url}/oauth/token"
        platform = emulated.platform(api=f"http://127.0.0.1:{server.getsockname()[1]}", token=token, attempts=1)
        with pytest.raises(NoAnswerError, match="too slowly") as caught:
            platform.read(ACTIVE)
    assert caught.value.request_sent


def test_silence_ends_with_our_own_time_out(emulated: Emulated) -> None:
    platform = emulated.platform(attempts=1, attempt_s=0.2)
    platform.read(ACTIVE)
    emulated.order("silence", seconds=1000, method="PATCH")
    with pytest.raises(NoAnswerError) as caught:
        pause(platform)
    assert caught.value.may_have_happened
    assert emulated.shown("ACTIVE")["status"] == "ACTIVE"


def test_answer_that_is_no_json_is_unexpected_and_leaves_a_doubt(emulated: Emulated) -> None:
    emulated.order("malformed", method="PATCH")
    with pytest.raises(UnexpectedAnswerError) as caught:
        pause(emulated.platform())
    assert caught.value.may_have_happened
    assert emulated.shown("ACTIVE")["status"] == "PAUSED"


def test_read_that_is_cut_short_is_read_again(emulated: Emulated) -> None:
    emulated.order("truncate", method="GET")
    assert emulated.platform().read(ACTIVE).revision == 42


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("told", "waits_s"),
    [
        (7, 7.0),
        (0, 0.0),
        ("Mon, 15 Jun 2026 12:00:09 GMT", 9.0),
        ("Mon, 15 Jun 2026 11:00:00 GMT", 0.0),
        ("soon", 0.25),
    ],
)
def test_platform_says_when_to_come_back(emulated: Emulated, status: int, told: int | str, waits_s: float) -> None:
    emulated.order("status", method="PATCH", status=status, retryAfter=told)
    pause(emulated.platform())
    assert waited_s(emulated.clock) == pytest.approx(waits_s, abs=1e-6)


def test_date_to_come_back_at_is_counted_from_the_platforms_own_clock(emulated: Emulated) -> None:
    emulated.control("PUT", "/clock", {"now": "2031-01-01T00:00:00Z"})
    emulated.order("status", method="PATCH", status=503, retryAfter="Wed, 01 Jan 2031 00:00:05 GMT")
    pause(emulated.platform())
    assert waited_s(emulated.clock) == pytest.approx(5.0)


@pytest.mark.parametrize("told", [3600, 10**15, "Mon, 15 Jun 2099 12:00:00 GMT"])
def test_wait_longer_than_the_time_left_is_not_begun(emulated: Emulated, told: int | str) -> None:
    emulated.order("status", method="PATCH", status=429, retryAfter=told)
    with pytest.raises(RateLimitedError) as caught:
        pause(emulated.platform())
    assert caught.value.retry_after_s is not None
    assert caught.value.retry_after_s >= 3600
    assert waited_s(emulated.clock) == 0
    assert not caught.value.may_have_happened


@pytest.mark.parametrize("status", [500, 502, 504])
def test_server_that_fails_is_asked_again(emulated: Emulated, status: int) -> None:
    emulated.order("status", method="PATCH", status=status, times=4)
    receipt = pause(emulated.platform())
    assert receipt.status == 200


def test_all_attempts_together_end_in_time(emulated: Emulated) -> None:
    emulated.order("status", method="PATCH", status=503, times=None)
    with pytest.raises(UnavailableError):
        pause(emulated.platform(attempts=10**6, total_s=30.0))
    assert 10.0 < waited_s(emulated.clock) <= 30.0


@pytest.mark.parametrize("status", [400, 403, 404, 501])
def test_what_would_fail_again_is_asked_once(emulated: Emulated, status: int) -> None:
    emulated.order("status", method="PATCH", status=status, times=None)
    with pytest.raises(PlatformError):
        pause(emulated.platform())
    assert len(emulated.entries(method="PATCH")) == 1


def test_host_that_fails_again_and_again_is_left_alone_but_for_stops(emulated: Emulated) -> None:
    emulated.order("status", method="GET", status=503, times=None)
    platform = emulated.platform(attempts=1, failures=3)
    for _ in range(5):
        with pytest.raises(UnavailableError):
            platform.read(ACTIVE)
    assert len(emulated.entries(method="GET")) == 3
    assert pause(platform).status == 200
    emulated.control("DELETE", "/faults")
    assert platform.read(ACTIVE).state is State.PAUSED


def test_too_many_requests_are_never_sent_by_us(emulated: Emulated) -> None:
    platform = emulated.platform("narrow", limit=20)
    for _ in range(20):
        platform.read(CampaignId("NARROW"))
    assert waited_s(emulated.clock) == 0
    before_ns = emulated.clock.running_ns()
    with pytest.raises(RateLimitedError) as caught:
        emulated.platform("narrow", limit=20).read(CampaignId("NARROW"))
    assert emulated.clock.running_ns() == before_ns, (
        "the platform's own limit says 60 s, which is all the time there is"
    )
    assert caught.value.retry_after_s == 60
    emulated.advance(61)
    platform.read(CampaignId("NARROW"))
    assert waited_s(emulated.clock) == pytest.approx(60.25)


def test_turn_that_comes_too_late_is_told_without_asking_the_platform(emulated: Emulated) -> None:
    platform = emulated.platform(limit=1, in_line_s=30.0)
    platform.read(ACTIVE)
    with pytest.raises(RateLimitedError) as caught:
        platform.read(ACTIVE)
    assert caught.value.status is None
    assert caught.value.retry_after_s == pytest.approx(60.25)
    assert len(emulated.entries(method="GET")) == 1


def test_clock_of_the_platform_is_told_as_it_tells_it(emulated: Emulated) -> None:
    emulated.order("clock_skew", skewSeconds=-3600, times=None)
    seen = emulated.platform().read(ACTIVE)
    assert seen.at == datetime(2026, 6, 15, 12, tzinfo=UTC) - timedelta(hours=1)


def test_proxy_comes_from_the_environment(emulated: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", emulated.emulator.url)
    platform = emulated.platform(api="http://platform.invalid", token="http://platform.invalid/oauth/token")
    assert platform.read(ACTIVE).revision == 42


def test_error_survives_being_copied_to_another_process(emulated: Emulated) -> None:
    import pickle

    with pytest.raises(ForbiddenError) as caught:
        pause(emulated.platform("reader"))
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes of a moment ago
    assert (again.report(), again.missing_right) == (caught.value.report(), caught.value.missing_right)
