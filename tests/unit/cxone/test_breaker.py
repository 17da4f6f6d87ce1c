from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.change import Lane
from paceline.cxone.breaker import Breaker, Breakers, Position, Tolerance
from paceline.primitives.clock import ManualClock


def opened(clock: ManualClock) -> Breaker:
    breaker = Breaker(clock, Tolerance(failures=3, rest_s=10.0))
    for _ in range(3):
        breaker.failed()
    return breaker


def test_breaker_opens_after_failures_in_a_row() -> None:
    breaker = Breaker(ManualClock(), Tolerance(failures=3))
    for _ in range(2):
        breaker.failed()
    breaker.succeeded()
    for _ in range(2):
        breaker.failed()
    assert breaker.position() is Position.CLOSED
    breaker.failed()
    assert breaker.position() is Position.OPEN


def test_open_breaker_tells_how_long_it_rests() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    assert breaker.admit(Lane.CHANGING) == 10
    clock.advance(4)
    assert breaker.admit(Lane.READING) == 6


def test_after_its_rest_one_knocks_for_all() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(10)
    assert breaker.position() is Position.HALF_OPEN
    assert breaker.admit(Lane.READING) == 0
    assert breaker.admit(Lane.READING) == 10
    breaker.succeeded()
    assert breaker.position() is Position.CLOSED
    assert breaker.admit(Lane.READING) == 0


def test_knock_that_fails_opens_it_again() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(10)
    breaker.admit(Lane.READING)
    breaker.failed()
    assert breaker.admit(Lane.READING) == 10


def test_knock_that_is_never_told_of_does_not_keep_it_shut() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.advance(10)
    assert breaker.admit(Lane.READING) == 0
    clock.advance(10)
    assert breaker.admit(Lane.READING) == 0


@given(st.lists(st.sampled_from(["failed", "succeeded", "advance"])))
def test_stop_is_never_refused(steps: list[str]) -> None:
    clock = ManualClock()
    breaker = Breaker(clock, Tolerance(failures=2))
    for step in steps:
        if step == "advance":
            clock.advance(3)
        else:
            getattr(breaker, step)()
        assert breaker.admit(Lane.STOPPING) == 0


def test_hosts_fail_each_for_itself() -> None:
    breakers = Breakers(ManualClock(), Tolerance(failures=1))
    breakers.of("a:443").failed()
    assert breakers.of("a:443").position() is Position.OPEN
    assert breakers.of("b:443").position() is Position.CLOSED
