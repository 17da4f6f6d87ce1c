"""The figures of the benchmarks, small: stops under the limit of requests, and messages to a receiver that fails."""

from __future__ import annotations

from pathlib import Path

from benchmarks.relay.__main__ import carried
from benchmarks.stops.__main__ import MOST
from benchmarks.stops.run import OTHERS, measured
from paceline.storage.database import open_database


def test_stops_go_before_queued_work_and_take_hardly_longer_than_the_limit_allows(tmp_path: Path) -> None:
    # Fewer than those who wait, so that the whole allowance is gone when the stops begin.
    limit = OTHERS - 6
    result = measured(tmp_path, stops=60, limit=limit)
    assert (result.requests, result.allowed_s) == (61, 420.0)
    assert 0 <= result.longer <= MOST
    assert (result.others_before, result.others_between, result.turned_away) == (limit, 0, 0)


def test_receiver_that_fails_half_of_the_time_gets_every_message_in_order_and_knows_what_came_twice(
    tmp_path: Path,
) -> None:
    with open_database(f"sqlite:///{tmp_path / 'paceline.db'}") as database:
        result = carried(database, messages=120, campaigns=12, fails=True)
    assert (result.arrived, result.in_order, result.told_apart, result.passed) == (120, True, True, True)
    assert result.attempts > 200
    assert result.repeated > 5
