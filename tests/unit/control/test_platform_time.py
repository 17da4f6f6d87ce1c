"""The platform's time between two looks at it, by the speed that its clock has shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.change import Lane
from paceline.campaign.ports import NoAnswerError
from paceline.control.platform_time import LOOK_S, SPEED_S, PlatformTime
from paceline.primitives.clock import ManualClock

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


class There:
    """A platform of which only the clock is asked."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at: datetime | None = at

    def time(self, *, lane: Lane = Lane.READING) -> datetime:  # noqa: ARG002 - nobody waits here
        if self.at is None:
            raise NoAnswerError(operation="ask the time", request_sent=True)
        return self.at


def looked(*looks: tuple[float, float]) -> tuple[PlatformTime, ManualClock]:
    """A time after looks, of each how many seconds had passed here, and there."""
    clock, there = ManualClock(), There()
    platform: Any = there
    time = PlatformTime(platform, clock)
    time.look()
    for here_s, there_s in looks:
        clock.advance(here_s)
        assert there.at is not None
        there.at += timedelta(seconds=there_s)
        assert time.look() == there.at
    return time, clock


def after(time: PlatformTime) -> timedelta:
    now = time.now()
    assert now is not None
    return now - NOON


def test_nobody_knows_the_time_before_the_first_look() -> None:
    platform: Any = There()
    time = PlatformTime(platform, ManualClock())
    assert time.now() is None
    assert time.is_old


def test_first_look_lets_the_time_pass_as_it_does_here() -> None:
    time, clock = looked()
    clock.advance(7)
    assert after(time) == timedelta(seconds=7)


@given(speed=st.floats(min_value=0, max_value=1000), here_s=st.floats(min_value=SPEED_S, max_value=3600))
def test_time_passes_as_fast_as_the_last_two_looks_showed(speed: float, here_s: float) -> None:
    time, clock = looked((here_s, here_s * speed))
    clock.advance(10)
    passed_s = (after(time) - timedelta(seconds=here_s * speed)).total_seconds()
    assert passed_s == pytest.approx(10 * speed, rel=1e-3, abs=1e-4)


def test_clock_that_stands_is_not_moved_by_ours() -> None:
    time, clock = looked((20, 0))
    clock.advance(3600)
    assert after(time) == timedelta()


@pytest.mark.parametrize("there_s", [-3600.0, 86_400.0])
def test_clock_that_was_set_says_nothing_of_its_speed(there_s: float) -> None:
    time, clock = looked((20, there_s))
    clock.advance(5)
    assert after(time) == timedelta(seconds=there_s + 5)


def test_looks_that_follow_each_other_at_once_say_nothing_of_its_speed() -> None:
    # A platform that tells whole seconds seems to jump, or to stand, between two of them.
    for there_s in (0.0, 1.0):
        time, clock = looked((30, 30), (0.3, there_s))
        clock.advance(600)
        assert after(time) == timedelta(seconds=30 + there_s + 600)


def test_estimate_goes_on_when_the_platform_does_not_answer() -> None:
    clock, there = ManualClock(), There()
    platform: Any = there
    time = PlatformTime(platform, clock)
    time.look()
    there.at = None
    clock.advance(2400)
    with pytest.raises(NoAnswerError):
        time.look()
    assert after(time) == timedelta(minutes=40)
    assert time.is_old


def test_look_is_old_after_its_seconds_of_ours_whatever_passed_there() -> None:
    time, clock = looked((20, 20_000))
    assert not time.is_old
    clock.advance(LOOK_S - 0.001)
    assert not time.is_old
    clock.advance(0.001)
    assert time.is_old
