from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.change import Lane
from paceline.cxone.throttle import LONGEST_PUSH_S, Allowance, MemoryThrottle
from paceline.primitives.clock import ManualClock

SECOND = 1_000_000_000
STEPS = st.lists(
    st.tuples(st.sampled_from(Lane), st.floats(0, 3, allow_nan=False), st.sampled_from([0.0, 0.0, 0.0, 0.5, 5.0])),
    max_size=150,
)


def most_in_a_window(gone_ns: list[int], window_ns: int) -> int:
    """Return the largest number of requests in any window, by counting in the window that begins at each of them."""
    return max((sum(begin <= at < begin + window_ns for at in gone_ns) for begin in gone_ns), default=0)


@given(limit=st.integers(1, 6), steps=STEPS, margin_s=st.sampled_from([0.0, 0.25]))
def test_no_window_holds_more_than_the_limit(
    limit: int, steps: list[tuple[Lane, float, float]], margin_s: float
) -> None:
    clock = ManualClock()
    throttle = MemoryThrottle(clock, Allowance(limit=limit, window_s=2.0, margin_s=margin_s))
    gone = []
    for lane, seconds, push_s in steps:
        if push_s:
            throttle.push(push_s)
        if throttle.take(lane) == 0:
            gone.append(clock.running_ns())
        clock.advance(seconds)
    assert most_in_a_window(gone, 2 * SECOND) <= limit


@given(limit=st.integers(1, 6), steps=STEPS)
def test_throttle_lets_go_whatever_the_limit_allows(limit: int, steps: list[tuple[Lane, float, float]]) -> None:
    clock = ManualClock()
    throttle = MemoryThrottle(clock, Allowance(limit=limit, window_s=2.0, margin_s=0.0))
    gone: list[int] = []
    for _, seconds, _ in steps:
        now = clock.running_ns()
        free = sum(now - 2 * SECOND < at for at in gone) < limit
        assert (throttle.take(Lane.CHANGING) == 0) == free
        if free:
            gone.append(now)
        clock.advance(seconds)


@given(steps=STEPS)
def test_whoever_asks_again_after_the_told_wait_goes(steps: list[tuple[Lane, float, float]]) -> None:
    clock = ManualClock()
    throttle = MemoryThrottle(clock, Allowance(limit=3, window_s=2.0))
    for _, seconds, push_s in steps:
        throttle.push(push_s)
        wait_s = throttle.take(Lane.READING)
        if wait_s > 0:
            clock.wait(wait_s)
            assert throttle.take(Lane.READING) == 0
        clock.advance(seconds)


def test_whole_budget_may_go_at_once() -> None:
    throttle = MemoryThrottle(ManualClock(), Allowance(limit=100))
    assert [throttle.take(Lane.READING) for _ in range(100)] == [0.0] * 100
    assert throttle.take(Lane.READING) == pytest.approx(60.25)


def test_nobody_goes_before_a_stop_that_waits() -> None:
    clock = ManualClock()
    throttle = MemoryThrottle(clock, Allowance(limit=2, window_s=10.0, margin_s=0.0))
    assert (throttle.take(Lane.READING), throttle.take(Lane.READING)) == (0, 0)
    assert throttle.take(Lane.CHANGING) == 10
    wait_s = throttle.take(Lane.STOPPING)
    assert wait_s == 10, "who waits behind does not hold up who goes before"
    clock.wait(wait_s)
    assert throttle.take(Lane.READING) > 0
    assert throttle.take(Lane.CHANGING) > 0
    assert throttle.take(Lane.STOPPING) == 0


def test_stop_that_never_comes_back_does_not_hold_the_others_for_ever() -> None:
    clock = ManualClock()
    throttle = MemoryThrottle(clock, Allowance(limit=1, window_s=10.0, margin_s=0.0))
    throttle.take(Lane.READING)
    throttle.take(Lane.STOPPING)
    clock.wait(throttle.take(Lane.READING))
    assert throttle.take(Lane.READING) == 0


def test_word_of_the_platform_shuts_every_lane_until_then() -> None:
    clock = ManualClock()
    throttle = MemoryThrottle(clock)
    throttle.push(30)
    throttle.push(10)
    assert [throttle.take(lane) >= 30 for lane in Lane] == [True] * 3
    clock.advance(30)
    assert throttle.take(Lane.STOPPING) == 0


def test_word_of_many_years_is_taken_for_five_minutes() -> None:
    throttle = MemoryThrottle(ManualClock())
    throttle.push(1e9)
    assert throttle.take(Lane.STOPPING) == LONGEST_PUSH_S == 300


def test_many_threads_never_get_more_than_the_limit() -> None:
    throttle = MemoryThrottle(ManualClock(), Allowance(limit=30))
    got: list[float] = []
    threads = [
        threading.Thread(target=lambda: got.extend(throttle.take(Lane.CHANGING) for _ in range(20))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got.count(0.0) == 30


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"window_s": 0.0}, {"margin_s": -1.0}])
def test_allowance_of_nothing_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least one request"):
        Allowance(**wrong)  # type: ignore[arg-type]  # one wrong field each
