"""Tokens against a real emulator, judged by its own journal: how many were asked for, whoever waited."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from paceline.campaign.observed import State
from paceline.campaign.ports import NoAnswerError, UnauthorizedError, UnexpectedAnswerError
from paceline.cxone.auth import Style
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.primitives.ids import CampaignId
from paceline.testing import running_emulator
from tests.contract.emulated import LIFETIME_S, START, TENANTS, Emulated

ACTIVE = CampaignId("ACTIVE")
THREADS = 50


def token_calls(emulated: Emulated) -> int:
    return len(emulated.entries(path="/oauth/token"))


def at_once(errand: Callable[[], object]) -> list[object]:
    """Run an errand in 50 threads that start together; return what each got, errors too."""
    start, got = threading.Barrier(THREADS), []

    def run() -> None:
        start.wait()
        try:
            got.append(errand())
        except Exception as error:  # noqa: BLE001  # what a thread raised is what the test looks at
            got.append(error)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def states(got: list[object]) -> set[object]:
    return {getattr(one, "state", one) for one in got}


def test_50_threads_without_a_token_ask_for_one(emulated: Emulated) -> None:
    platform = emulated.platform()
    assert states(at_once(lambda: platform.read(ACTIVE))) == {State.ACTIVE}
    assert token_calls(emulated) == 1


def test_50_threads_with_an_expired_token_ask_for_one_more(emulated: Emulated) -> None:
    platform = emulated.platform()
    platform.read(ACTIVE)
    emulated.clock.advance(3601)
    emulated.advance(3601)
    assert states(at_once(lambda: platform.read(ACTIVE))) == {State.ACTIVE}
    assert token_calls(emulated) == 2
    assert emulated.entries(status="401") == []


def test_50_at_once_answered_401_ask_for_one_more(emulated: Emulated) -> None:
    platform = emulated.platform()
    platform.read(ACTIVE)
    # The platform ends the token early, and each answer takes its time, so that many are refused before one renews.
    emulated.advance(LIFETIME_S + 1)
    emulated.order("delay", delayMs=300, path="/api/v2/outbound/*", times=THREADS)
    assert states(at_once(lambda: platform.read(ACTIVE))) == {State.ACTIVE}
    assert token_calls(emulated) == 2
    assert len(emulated.entries(status="401")) > 1


def test_token_is_kept_until_its_margin_and_renewed_within_it(emulated: Emulated) -> None:
    platform = emulated.platform()
    platform.read(ACTIVE)
    emulated.clock.advance(3239)
    platform.read(ACTIVE)
    assert token_calls(emulated) == 1
    emulated.clock.advance(2)
    platform.read(ACTIVE)
    assert token_calls(emulated) == 2


def test_refused_token_is_renewed_once_and_the_request_repeated_once(emulated: Emulated) -> None:
    platform = emulated.platform()
    platform.read(ACTIVE)
    emulated.order("expired_token", path="/api/v2/outbound/*", times=None)
    with pytest.raises(UnauthorizedError) as caught:
        platform.read(ACTIVE)
    assert not caught.value.may_have_happened
    assert token_calls(emulated) == 2
    assert len(emulated.entries(status="401")) == 2


@pytest.mark.parametrize("path", ["/oauth/token", "/api/v2/oauth/token"])
@pytest.mark.parametrize("style", list(Style))
def test_both_styles_work_at_both_addresses_with_a_secret_of_odd_characters(
    emulated: Emulated, style: Style, path: str
) -> None:
    platform = emulated.platform(style=style, token=emulated.emulator.url + path, scope="Campaign.ReadWrite")
    assert platform.read(ACTIVE).state is State.ACTIVE


def test_wrong_secret_is_told_and_not_tried_again(emulated: Emulated) -> None:
    with pytest.raises(UnauthorizedError) as caught:
        emulated.platform(secret="wrong").read(ACTIVE)
    assert caught.value.operation == "ask for a token"
    assert token_calls(emulated) == 1


def test_50_threads_that_cannot_get_a_token_ask_no_more_often_than_one(emulated: Emulated) -> None:
    emulated.order("delay", delayMs=300, path="/oauth/token", times=None)
    platform = emulated.platform(secret="wrong")
    got = at_once(lambda: platform.read(ACTIVE))
    assert {type(one) for one in got} == {UnauthorizedError}
    assert len({id(one) for one in got}) == THREADS, "each has an error of its own"
    assert token_calls(emulated) < THREADS / 2


def test_token_request_is_repeated_when_the_network_fails(emulated: Emulated) -> None:
    emulated.order("reset_after", path="/oauth/token", times=2)
    assert emulated.platform().read(ACTIVE).state is State.ACTIVE
    assert token_calls(emulated) == 3


def test_change_was_not_sent_when_no_token_can_be_had(emulated: Emulated) -> None:
    emulated.order("reset_after", path="/oauth/token", times=None)
    platform = emulated.platform(attempts=2)
    with platform.metered() as meter, pytest.raises(NoAnswerError) as caught:
        platform.read(ACTIVE)
    assert not caught.value.request_sent
    assert not caught.value.may_have_happened
    assert meter.requests == 0
    assert token_calls(emulated) == 2


def test_old_token_is_used_on_while_it_lives_and_no_new_one_can_be_had(emulated: Emulated) -> None:
    platform = emulated.platform()
    platform.read(ACTIVE)
    emulated.clock.advance(3300)
    emulated.order("status", status=503, path="/oauth/token", times=None)
    assert platform.read(ACTIVE).state is State.ACTIVE


def test_answer_without_a_token_is_unexpected(emulated: Emulated) -> None:
    emulated.order("malformed", path="/oauth/token", times=None)
    with pytest.raises(UnexpectedAnswerError):
        emulated.platform().read(ACTIVE)


def test_certificate_is_trusted_by_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_emulator(TENANTS, now=START, speed=0.0, seed=7, tls=True) as emulator:
        emulated = Emulated(emulator)
        try:
            address = str(emulator.tls_url)
            refusing: OutboundV2 = emulated.platform(api=address, token=f"{address}/oauth/token")
            with pytest.raises(NoAnswerError, match="not trusted") as caught:
                refusing.read(ACTIVE)
            assert not caught.value.retryable
            assert "SSL_CERT_FILE" in (caught.value.hint or "")
            assert isinstance(emulator.certificate, Path)
            monkeypatch.setenv("SSL_CERT_FILE", str(emulator.certificate))
            trusting = emulated.platform(api=address, token=f"{address}/oauth/token")
            assert trusting.read(ACTIVE).state is State.ACTIVE
        finally:
            emulated.close()
