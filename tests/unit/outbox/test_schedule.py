"""When a message is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.outbox.schedule import (
    LIFETIME_S,
    LONGEST_ASKED_S,
    WAITS_S,
    asked_wait_s,
    next_attempt,
    next_ns,
    next_untried_ns,
)

SECOND = 1_000_000_000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOW_NS = int(NOW.timestamp()) * SECOND


def test_waits_are_those_of_the_example_and_last_three_days() -> None:
    waits = [next_attempt(attempt, 0.0) for attempt in range(1, 11)]
    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, None]
    assert timedelta(days=3) < timedelta(seconds=LIFETIME_S) < timedelta(days=3, hours=4)


@given(st.integers(1, 9), st.floats(0, 1))
def test_chance_shortens_a_wait_by_a_tenth_at_most(attempt: int, chance: float) -> None:
    wait_s = next_attempt(attempt, chance)
    assert wait_s is not None
    assert 0.9 * WAITS_S[attempt - 1] <= wait_s <= WAITS_S[attempt - 1]


@given(st.lists(st.floats(0, 1), min_size=10, max_size=10))
def test_message_that_always_fails_is_tried_ten_times(chances: list[float]) -> None:
    now_ns, attempts = NOW_NS, 0
    due_ns: int | None = now_ns
    while due_ns is not None:
        attempts, now_ns = attempts + 1, due_ns
        due_ns = next_ns(
            attempt=attempts,
            put_ns=NOW_NS,
            failing_since_ns=NOW_NS,
            now_ns=now_ns,
            chance=chances[min(attempts, 9)],
            asked_s=None,
        )
    assert attempts == 10


def test_what_fails_at_the_age_of_three_days_is_not_tried_again_where_nothing_else_was_taken_either() -> None:
    old = NOW_NS - LIFETIME_S * SECOND

    def due(put_ns: int, failing_since_ns: int | None) -> int | None:
        return next_ns(
            attempt=1, put_ns=put_ns, failing_since_ns=failing_since_ns, now_ns=NOW_NS, chance=0.0, asked_s=None
        )

    assert due(old, old) is None
    for put_ns, failing_since_ns in ((old + 1, old), (old, old + 1), (old, None)):
        assert due(put_ns, failing_since_ns) == NOW_NS + 5 * SECOND


@pytest.mark.parametrize(("silent_s", "waited_s"), [(0, 5), (-10, 5), (60, 60), (3600, 3600), (90_000, 3600)])
def test_what_was_not_tried_waits_as_long_again_as_the_silence_lasted(silent_s: int, waited_s: int) -> None:
    due_ns = next_untried_ns(silent_since_ns=NOW_NS - silent_s * SECOND, now_ns=NOW_NS)
    assert due_ns == NOW_NS + waited_s * SECOND


@pytest.mark.parametrize(
    ("asked", "waited"), [(0.0, 1.0), (7.0, 7.0), (86_400.0, 86_400.0), (1e9, float(LONGEST_ASKED_S))]
)
def test_what_a_receiver_asks_for_counts_within_bounds(asked: float, waited: float) -> None:
    due_ns = next_ns(attempt=9, put_ns=NOW_NS, failing_since_ns=None, now_ns=NOW_NS, chance=0.5, asked_s=asked)
    assert due_ns == NOW_NS + round(waited * SECOND)


def test_retry_after_is_seconds_or_a_date() -> None:
    later = format_datetime(NOW + timedelta(seconds=90), usegmt=True)
    assert asked_wait_s(later, now_ns=NOW_NS) == 90.0
    assert asked_wait_s(format_datetime(NOW - timedelta(days=1), usegmt=True), now_ns=NOW_NS) == 0.0
    assert asked_wait_s(" 120 ", now_ns=NOW_NS) == 120.0
    assert asked_wait_s("0", now_ns=NOW_NS) == 0.0
    for nonsense in (None, "", "soon", "-5", "1.5", "1e3", "9" * 400, "٣", "Fri, 99 Nov 2026 12:00:00 GMT"):
        assert asked_wait_s(nonsense, now_ns=NOW_NS) is None


@given(st.text(max_size=40))
def test_no_retry_after_breaks_the_reading(text: str) -> None:
    wait_s = asked_wait_s(text, now_ns=NOW_NS)
    assert wait_s is None or wait_s >= 0
