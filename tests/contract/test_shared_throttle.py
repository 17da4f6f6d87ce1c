"""What a throttle promises to several processes, when its log lies in a database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from paceline.campaign.change import Lane
from paceline.cxone.shared_throttle import FORGOTTEN_NS, PAUSE_NS, DatabaseThrottle
from paceline.cxone.throttle import GRACE_NS, Allowance, ThrottleAwayError
from paceline.primitives.clock import ManualClock
from paceline.storage.database import Database
from paceline.storage.tables import THROTTLE_REQUESTS, THROTTLE_WAITING
from tests.contract.lines import SECOND, START_NS, Line, Watched

AT_LARGE = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
PAUSE_S = PAUSE_NS / SECOND
ALLOWANCES = st.builds(
    Allowance, limit=st.integers(1, 6), window_s=st.sampled_from([1.0, 2.0, 5.0]), margin_s=st.just(0.0)
)
STEPS = st.lists(
    st.tuples(st.sampled_from(Lane), st.integers(0, 2), st.floats(0, 1.5, allow_nan=False)),
    max_size=60,
)


def narrow(limit: int) -> Allowance:
    return Allowance(limit=limit, window_s=2.0, margin_s=0.0)


@AT_LARGE
@given(allowances=st.lists(ALLOWANCES, min_size=3, max_size=3), steps=STEPS)
def test_nobody_goes_beyond_its_own_limit_where_limits_and_windows_differ(
    database: Database, allowances: list[Allowance], steps: list[tuple[Lane, int, float]]
) -> None:
    line = Line(database, allowances[0])
    processes = [line.process(f"p{number}", allowance) for number, allowance in enumerate(allowances)]
    gone_ns: list[int] = []
    for lane, number, seconds in steps:
        if processes[number].take(lane) == 0:
            now_ns = line.clock.running_ns()
            gone_ns.append(now_ns)
            allowance = allowances[number]
            assert sum(now_ns - allowance.window_ns < at for at in gone_ns) <= allowance.limit
        line.clock.advance(seconds)


@pytest.mark.parametrize("threads", [{"a": 3, "b": 3, "c": 3}, {"a": 1, "b": 3, "c": 9}])
def test_processes_that_all_want_more_take_turns_whatever_their_number_of_threads(
    database: Database, threads: dict[str, int]
) -> None:
    turns = Line(database, narrow(9)).served(threads, turns=60)[9:]
    shares = {name: turns.count(name) for name in threads}
    assert shares == dict.fromkeys(threads, 17)


def test_one_that_waits_is_overtaken_by_one_newcomer_at_most(database: Database) -> None:
    line = Line(database, narrow(1))
    old = line.process("old")
    assert old.take(Lane.READING) == 0
    line.clock.wait(old.take(Lane.READING))
    assert line.process("first").take(Lane.READING) == 0
    line.clock.wait(old.take(Lane.READING))
    assert line.process("second").take(Lane.READING) == PAUSE_S
    assert line.process("first").take(Lane.READING) == PAUSE_S
    assert old.take(Lane.READING) == 0


def test_process_that_died_in_line_is_waited_for_until_its_grace_is_over(database: Database) -> None:
    line = Line(database, narrow(2))
    dead, alive = line.process("dead"), line.process("alive")
    assert (dead.take(Lane.CHANGING), alive.take(Lane.CHANGING)) == (0, 0)
    assert dead.take(Lane.CHANGING) == alive.take(Lane.CHANGING) == 2
    line.clock.advance(2)
    began_ns = line.clock.running_ns()
    while (wait_s := alive.take(Lane.CHANGING)) > 0:
        line.clock.wait(wait_s)
    assert line.clock.running_ns() - began_ns == GRACE_NS


def test_process_with_a_smaller_limit_does_not_hold_up_the_others(database: Database) -> None:
    line = Line(database, narrow(4))
    small, large = line.process("small", narrow(1)), line.process("large")
    assert (small.take(Lane.CHANGING), small.take(Lane.CHANGING)) == (0, 2)
    assert [large.take(Lane.CHANGING) for _ in range(4)] == [0, 0, 0, 2]


def test_clock_that_is_set_back_stands_still_and_goes_on(database: Database) -> None:
    line = Line(database, narrow(1))
    throttle = line.process()
    assert throttle.take(Lane.READING) == 0
    line.clock.advance(0.5)
    line.set_back_ns = 3600 * SECOND
    assert throttle.take(Lane.READING) == 2, "the half second is lost with the hour"
    line.clock.advance(2)
    assert throttle.take(Lane.READING) == 0
    line.set_back_ns += 3600 * SECOND
    assert throttle.take(Lane.READING) == 2
    line.clock.advance(2)
    assert throttle.take(Lane.READING) == 0


def test_clock_that_is_set_back_holds_one_that_waits_for_its_wait_once_more_at_most(database: Database) -> None:
    line = Line(database, narrow(1))
    throttle = line.process()
    assert (throttle.take(Lane.READING), throttle.take(Lane.READING)) == (0, 2)
    line.clock.advance(2)
    line.set_back_ns = 3600 * SECOND
    assert throttle.take(Lane.READING) == 2
    line.clock.advance(2)
    assert throttle.take(Lane.READING) == 0


def test_stop_whose_wait_grows_by_little_keeps_its_place(database: Database) -> None:
    line = Line(database, narrow(1))
    stopper, reader = line.process("stopper"), line.process("reader")
    assert (reader.take(Lane.READING), stopper.take(Lane.STOPPING)) == (0, 2)
    line.clock.advance(2)
    reader.push(0.2)
    assert stopper.take(Lane.STOPPING) == 0.2
    line.clock.advance(0.3)
    assert reader.take(Lane.READING) > 0
    assert stopper.take(Lane.STOPPING) == 0


def test_larger_limit_lets_more_go_at_once(database: Database) -> None:
    line = Line(database, narrow(2))
    before, after = line.process("before"), line.process("after", narrow(5))
    for _ in range(3):
        assert [before.take(Lane.READING) for _ in range(2)] == [0, 0]
        line.clock.advance(2)
    assert [before.take(Lane.READING) for _ in range(2)] == [0, 0]
    assert [after.take(Lane.READING) for _ in range(4)] == [0, 0, 0, 2]


def test_smaller_limit_counts_what_went_under_the_larger(database: Database) -> None:
    line = Line(database, narrow(5))
    before, after = line.process("before"), line.process("after", narrow(2))
    for _ in range(5):
        assert before.take(Lane.READING) == 0
        line.clock.advance(0.25)
    assert after.take(Lane.READING) == 1.5
    line.clock.advance(1.5)
    assert after.take(Lane.READING) == 0
    assert kept(line) == 3


def test_log_keeps_one_request_more_than_the_limit(database: Database) -> None:
    line = Line(database, narrow(3))
    throttle = line.process()
    for _ in range(5):
        assert [throttle.take(Lane.READING) for _ in range(3)] == [0, 0, 0]
        line.clock.advance(2)
    assert kept(line) == 4


def test_processes_that_are_long_gone_are_forgotten(database: Database) -> None:
    line = Line(database, narrow(1))
    for name in ("first", "second"):
        line.process(name).take(Lane.READING)
    line.clock.advance(FORGOTTEN_NS / SECOND + 1)
    line.process("third").take(Lane.READING)
    assert in_line(line) == {"second", "third"}, "the second one was expected two seconds longer"


def test_clients_do_not_count_for_each_other(database: Database) -> None:
    one, other = Line(database, narrow(1)), Line(database, narrow(1))
    one.process().push(60)
    assert one.process().take(Lane.STOPPING) == 60
    assert [other.process().take(Lane.READING) for _ in range(2)] == [0, 2]


def test_threads_of_a_process_do_not_ask_the_database_while_nothing_can_be_free(database: Database) -> None:
    line = Line(database, narrow(1))
    line.database = watched = Watched(database)
    watched.let_go.set()
    throttle = line.process()
    assert [throttle.take(Lane.READING) for _ in range(10)] == [0, *[2] * 9]
    assert watched.writes == 2
    line.clock.advance(0.5)
    assert throttle.take(Lane.STOPPING) == 1.5, "a lane that has not asked is not known in the line"
    assert (throttle.take(Lane.READING), watched.writes) == (1.5, 3)
    line.clock.advance(1.5)
    assert (throttle.take(Lane.STOPPING), watched.writes) == (0, 4)


@pytest.mark.parametrize(("lane", "asked"), [(Lane.STOPPING, 2), (Lane.CHANGING, 1), (Lane.READING, 1)])
def test_only_a_stop_asks_anew_during_the_pause_of_courtesy(database: Database, lane: Lane, asked: int) -> None:
    line = Line(database, narrow(2))
    first = line.process("first")
    line.database = watched = Watched(database)
    watched.let_go.set()
    second = line.process("second")
    assert (first.take(lane), second.take(lane)) == (0, 0)
    assert first.take(lane) == second.take(lane) == 2
    line.clock.advance(2)
    before = watched.writes
    assert second.take(lane) == PAUSE_S
    assert first.take(lane) == 0
    went = second.take(lane) == 0
    assert (watched.writes - before, went) == (asked, lane is Lane.STOPPING)


def test_stop_does_not_wait_for_a_reader_of_its_process_that_is_held_up(database: Database) -> None:
    line = Line(database, narrow(2))
    line.database = watched = Watched(database)
    throttle = line.process()
    with ThreadPoolExecutor(2) as pool:
        reader = pool.submit(throttle.take, Lane.READING)
        watched.is_in.wait()
        try:
            assert pool.submit(throttle.take, Lane.STOPPING).result(timeout=30) == 0
        finally:
            watched.let_go.set()
        assert reader.result() == 0


def test_time_is_the_servers_where_there_is_one(database: Database) -> None:
    throttle = DatabaseThrottle(database, ManualClock(5), narrow(2), client="acme", process="one")
    assert throttle.take(Lane.READING) == 0
    at_ns = database.read(lambda connection: connection.execute(select(THROTTLE_REQUESTS.c.went_ns)).scalar_one())
    is_server = database.read(lambda connection: connection.dialect.name) == "postgresql"
    assert at_ns > START_NS // 2 if is_server else at_ns == 5


@pytest.mark.parametrize(("client", "process"), [("", "one"), ("acme", "")])
def test_shared_throttle_without_a_name_is_refused(database: Database, client: str, process: str) -> None:
    with pytest.raises(ValueError, match="the name of its client and of its process"):
        DatabaseThrottle(database, ManualClock(), narrow(1), client=client, process=process)


def kept(line: Line) -> int:
    asked = select(func.count()).where(THROTTLE_REQUESTS.c.client == line.client)
    assert line.database is not None
    return line.database.read(lambda connection: connection.execute(asked).scalar_one())


def in_line(line: Line) -> set[str]:
    asked = select(THROTTLE_WAITING.c.process).where(THROTTLE_WAITING.c.client == line.client)
    assert line.database is not None
    return line.database.read(lambda connection: set(connection.execute(asked).scalars()))


def test_stop_goes_when_the_database_is_away_and_nothing_else_does(database: Database) -> None:
    throttle = DatabaseThrottle(database, ManualClock(), Allowance(), client="c", process="p")
    database.close()
    assert throttle.take(Lane.STOPPING) == 0.0
    with pytest.raises(ThrottleAwayError, match="how many requests"):
        throttle.take(Lane.CHANGING)
    throttle.push(1.0)
