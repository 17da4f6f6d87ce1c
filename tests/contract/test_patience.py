"""How long things are tried: what stops is not given up, and whoever waits hears for what."""

from __future__ import annotations

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.campaign.ports import UnavailableError
from paceline.cxone.retry import WITHOUT_END
from tests.contract.emulated import Emulated
from tests.contract.systems import ACTIVE, PAUSED

AWAY = {"status": 503, "path": "/api/v2/*", "method": "PATCH"}


def test_stop_is_tried_until_the_platform_answers_and_a_resumption_is_given_up(emulated: Emulated) -> None:
    platform = emulated.platform(stopping=WITHOUT_END)
    emulated.order("status", **AWAY, times=30)
    with pytest.raises(UnavailableError) as given_up:
        platform.apply(platform.prepare(Resume(campaign=PAUSED), None), idempotency_key="resume")
    assert "5 attempts failed" in (given_up.value.hint or "")
    stop = platform.prepare(Stop(campaign=ACTIVE), None)
    assert platform.apply(stop, idempotency_key="stop", lane=Lane.STOPPING).status == 200
    assert emulated.shown(str(ACTIVE))["status"] == "STOPPED"


def test_token_for_a_stop_is_asked_for_until_there_is_one_and_for_a_look_it_is_given_up(emulated: Emulated) -> None:
    platform = emulated.platform(stopping=WITHOUT_END)
    emulated.order("status", status=503, path="/oauth/token", times=12)
    with pytest.raises(UnavailableError):
        platform.read(ACTIVE)
    assert platform.read(ACTIVE, lane=Lane.STOPPING).campaign == ACTIVE


def test_long_waits_are_told_with_their_cause(emulated: Emulated) -> None:
    heard: list[str] = []
    platform = emulated.platform(notice=heard.append, limit=1, window_s=30.0, margin_s=0.0)
    platform.read(ACTIVE)
    emulated.order("status", status=429, retryAfter=7, path="/api/v2/*")
    platform.read(ACTIVE)
    assert "the allowance is used up" in heard[0]
    assert any("tried again in 7 s" in words for words in heard)
