"""What every throttle promises, whether its log lies in memory or in a database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paceline.campaign.change import Lane
from paceline.cxone.throttle import GRACE_NS, LONGEST_PUSH_S, Allowance
from paceline.storage.database import open_database
from tests.contract.lines import SECOND, Line, most_in_a_window
from tests.contract.systems import Another
from tests.databases import KINDS, PostgresServer

Lines = Callable[..., Line]
AT_LARGE = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
PAUSES_S = st.sampled_from([0.0, 0.01, 0.1, 0.25, 1.0, 2.0]) | st.floats(0, 3, allow_nan=False)
PUSHES_S = st.sampled_from([0.0, 0.0, 0.0, 0.5, 5.0])
STEPS = st.lists(
    st.tuples(st.sampled_from(Lane), st.sampled_from("abc"), PAUSES_S, PUSHES_S, st.sampled_from([0, 0, 0, 1, 7])),
    max_size=60,
)
ONE_LANE = st.lists(st.tuples(PAUSES_S, PUSHES_S), max_size=60)


@pytest.fixture(params=("memory", *KINDS))
def lines(request: pytest.FixtureRequest, another: Another) -> Iterator[Lines]:
    """Return what makes lines, each before a throttle that nobody has used."""
    if request.param == "memory":
        yield lambda **allowance: Line(None, Allowance(**allowance))
    elif request.param == "sqlite":
        with another() as database:
            yield lambda **allowance: Line(database, Allowance(**allowance))
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.lent_database() as address, open_database(address) as database:
            yield lambda **allowance: Line(database, Allowance(**allowance))


@AT_LARGE
@given(limit=st.integers(1, 6), steps=STEPS, margin_s=st.sampled_from([0.0, 0.25]))
def test_nobody_goes_beyond_the_limit_past_a_lane_ahead_or_while_all_is_shut(
    lines: Lines, limit: int, steps: list[tuple[Lane, str, float, float, int]], margin_s: float
) -> None:
    line = lines(limit=limit, window_s=2.0, margin_s=margin_s)
    processes = {name: line.process(name) for name in "abc"}
    gone_ns: list[int] = []
    awaited_ns = dict.fromkeys(Lane, 0)
    shut_ns = 0
    for lane, name, seconds, push_s, set_back_s in steps:
        now_ns = line.clock.running_ns()
        line.set_back_ns += set_back_s * SECOND
        if push_s:
            processes[name].push(push_s)
            shut_ns = max(shut_ns, now_ns + round(push_s * SECOND))
        wait_s = processes[name].take(lane)
        if wait_s == 0:
            assert now_ns >= max(shut_ns, *(until_ns for ahead, until_ns in awaited_ns.items() if ahead < lane), 0)
            gone_ns.append(now_ns)
        else:
            awaited_ns[lane] = max(awaited_ns[lane], now_ns + round(wait_s * SECOND) + GRACE_NS // 2)
        line.clock.advance(seconds)
    assert most_in_a_window(gone_ns, round((2 + margin_s) * SECOND)) <= limit


@AT_LARGE
@given(limit=st.integers(1, 6), steps=ONE_LANE)
def test_throttle_lets_go_whatever_the_limit_allows(lines: Lines, limit: int, steps: list[tuple[float, float]]) -> None:
    line = lines(limit=limit, window_s=2.0, margin_s=0.0)
    throttle = line.process()
    gone: list[int] = []
    for seconds, _ in steps:
        now = line.clock.running_ns()
        free = sum(now - 2 * SECOND < at for at in gone) < limit
        assert (throttle.take(Lane.CHANGING) == 0) == free
        if free:
            gone.append(now)
        line.clock.advance(seconds)


@AT_LARGE
@given(steps=ONE_LANE)
def test_whoever_asks_again_after_the_told_wait_goes(lines: Lines, steps: list[tuple[float, float]]) -> None:
    line = lines(limit=3, window_s=2.0)
    throttle = line.process()
    for seconds, push_s in steps:
        throttle.push(push_s)
        wait_s = throttle.take(Lane.READING)
        if wait_s > 0:
            line.clock.wait(wait_s)
            # A local answer counts from an earlier look, so a push in between is found out only now.
            again_s = throttle.take(Lane.READING)
            line.clock.wait(again_s)
            assert again_s == 0 or throttle.take(Lane.READING) == 0
        line.clock.advance(seconds)


def test_whole_budget_may_go_at_once(lines: Lines) -> None:
    line = lines(limit=100)
    took = [line.process(name).take(Lane.READING) for _ in range(50) for name in "ab"]
    assert took == [0.0] * 100
    assert line.process("a").take(Lane.READING) == pytest.approx(60.25)


def test_limit_of_one_lets_one_go_in_every_window(lines: Lines) -> None:
    line = lines(limit=1, window_s=2.0, margin_s=0.0)
    throttle = line.process()
    for _ in range(3):
        assert throttle.take(Lane.CHANGING) == 0
        assert throttle.take(Lane.CHANGING) == 2
        line.clock.advance(2)


def test_nobody_goes_before_a_stop_that_waits(lines: Lines) -> None:
    line = lines(limit=2, window_s=10.0, margin_s=0.0)
    reader, changer, stopper = (line.process(name) for name in ("reader", "changer", "stopper"))
    assert (reader.take(Lane.READING), reader.take(Lane.READING)) == (0, 0)
    assert changer.take(Lane.CHANGING) == 10
    wait_s = stopper.take(Lane.STOPPING)
    assert wait_s == 10, "who waits behind does not hold up who goes before"
    line.clock.wait(wait_s)
    assert reader.take(Lane.READING) > 0
    assert changer.take(Lane.CHANGING) > 0
    assert stopper.take(Lane.STOPPING) == 0


def test_stop_that_never_comes_back_does_not_hold_the_others_for_ever(lines: Lines) -> None:
    line = lines(limit=1, window_s=10.0, margin_s=0.0)
    line.process("a").take(Lane.READING)
    line.process("b").take(Lane.STOPPING)
    line.clock.wait(line.process("a").take(Lane.READING))
    assert line.process("a").take(Lane.READING) == 0


def test_word_of_the_platform_shuts_every_lane_of_every_process_until_then(lines: Lines) -> None:
    line = lines()
    first, second = line.process("first"), line.process("second")
    first.push(30)
    first.push(10)
    assert [throttle.take(lane) >= 30 for lane in Lane for throttle in (first, second)] == [True] * 6
    line.clock.advance(30)
    assert second.take(Lane.STOPPING) == 0


@pytest.mark.parametrize("seconds", [1e9, float("inf")])
def test_word_of_many_years_is_taken_for_five_minutes(lines: Lines, seconds: float) -> None:
    throttle = lines().process()
    throttle.push(seconds)
    assert throttle.take(Lane.STOPPING) == LONGEST_PUSH_S == 300


def test_many_threads_never_get_more_than_the_limit(lines: Lines) -> None:
    line = lines(limit=30)
    processes = [line.process("a"), line.process("b")]
    got: list[float] = []
    threads = [
        threading.Thread(target=lambda own=own: got.extend(own.take(Lane.CHANGING) for _ in range(20)))
        for own in processes * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got.count(0.0) == 30
