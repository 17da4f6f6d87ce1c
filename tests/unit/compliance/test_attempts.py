"""How often a person can be called by settings of retries, against a count minute by minute."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.compliance.attempts import attempts_at, lawful_attempts, worst_case
from paceline.compliance.call import Call, Purpose
from paceline.compliance.rule import AttemptCap, Counted
from paceline.compliance.shelf import the_rulebook

TODAY = date(2026, 11, 20)
SALES, DEBT = (Call(purposes=frozenset({purpose})) for purpose in (Purpose.SALES, Purpose.DEBT))
DAY_MIN = 1440
MATRIX = (15, 60, 240)


def rolling(most: int, hours: int) -> AttemptCap:
    return AttemptCap(most=most, period=timedelta(hours=hours), counted=Counted.ROLLING, per="subject")


def by_days(most: int, days: int) -> AttemptCap:
    return AttemptCap(most=most, period=timedelta(days=days), counted=Counted.LEGAL_DAYS, per="debt")


THREE_A_DAY = rolling(3, 24)


def placements(limit: int, intervals: Sequence[int]) -> list[list[int]]:
    """Return when attempts are placed, by hand: the last interval repeats, or the list starts over."""
    found = []
    for starts_over in (False, True):
        at, placed = 0, [0]
        for n in range(limit - 1):
            if not intervals:
                gap = 0
            elif starts_over:
                gap = intervals[n % len(intervals)]
            else:
                gap = intervals[min(n, len(intervals) - 1)]
            at += gap
            placed.append(at)
        found.append(placed)
    return found


def most_by_the_minute(placed: list[int], minutes: int) -> int:
    """Return the most attempts in any closed span of so many minutes, each minute tried as its start."""
    return max(sum(start <= at <= start + minutes for at in placed) for start in range(placed[-1] + 1))


def most_by_the_day(placed: list[int], days: int) -> int:
    """Return the most attempts in consecutive days, the first call at any minute, any one day an hour off or none."""
    span = placed[-1] // DAY_MIN + 3
    most = 0
    for odd in range(-1, span):
        for off in (-60, 60) if odd >= 0 else (0,):
            lengths = [DAY_MIN + (off if n == odd else 0) for n in range(span)]
            ends = [sum(lengths[: n + 1]) for n in range(span)]
            firsts = range(0, lengths[0], 1 if span < 5 else 7)
            # From most beginnings the attempts fall on the same dates as from another.
            for dates in {tuple(bisect_right(ends, first + at) for at in placed) for first in firsts}:
                most = max(most, *(sum(day <= on < day + days for on in dates) for day in range(span)))
    return most


def test_the_published_retry_matrix_makes_four_calls_and_three_are_lawful() -> None:
    exceeded = worst_case(4, MATRIX, THREE_A_DAY)
    assert exceeded is not None
    assert (exceeded.attempts, exceeded.minutes) == (4, (0, 15, 75, 315))
    assert worst_case(3, MATRIX, THREE_A_DAY) is None


@pytest.mark.parametrize(
    ("limit", "intervals", "cap", "most"),
    [
        (1, (), THREE_A_DAY, None),
        (3, (), THREE_A_DAY, None),
        (4, (), THREE_A_DAY, 4),
        (300, (), THREE_A_DAY, 300),
        (4, (480,), THREE_A_DAY, 4),
        (4, (481,), THREE_A_DAY, None),
        (300, (481,), THREE_A_DAY, None),
        (2, (1440,), rolling(1, 24), 2),
        (2, (1441,), rolling(1, 24), None),
        (5, (15, 20, 1440), THREE_A_DAY, None),
        (7, (15, 20, 1400), THREE_A_DAY, 4),
        (8, (1440,), by_days(7, 7), 8),
        (8, (1449,), by_days(7, 7), None),
        (2, (10_139,), by_days(1, 7), 2),
        (2, (10_140,), by_days(1, 7), None),
    ],
)
def test_edges_of_caps(limit: int, intervals: tuple[int, ...], cap: AttemptCap, most: int | None) -> None:
    exceeded = worst_case(limit, intervals, cap)
    assert (None if exceeded is None else exceeded.attempts) == most


def test_after_the_list_ends_both_readings_count() -> None:
    assert attempts_at(5, (10, 100)) == ((0, 10, 110, 210, 310), (0, 10, 110, 120, 220))
    assert attempts_at(3, (10, 100)) == ((0, 10, 110),)
    assert attempts_at(1, (10,)) == ((0,),)


@given(
    limit=st.integers(1, 9),
    intervals=st.lists(st.integers(0, 900), max_size=5),
    most=st.integers(1, 4),
    hours=st.integers(1, 30),
)
def test_rolling_caps_agree_with_a_count_by_the_minute(limit: int, intervals: list[int], most: int, hours: int) -> None:
    counted = max(most_by_the_minute(placed, hours * 60) for placed in placements(limit, intervals))
    exceeded = worst_case(limit, intervals, rolling(most, hours))
    assert (exceeded is None) == (counted <= most)
    if exceeded is not None:
        assert exceeded.attempts == counted == len(exceeded.minutes)
        assert exceeded.minutes[-1] - exceeded.minutes[0] <= hours * 60


@pytest.mark.parametrize("days", [1, 2, 3])
@pytest.mark.parametrize(
    ("limit", "intervals"),
    [(2, (1499,)), (2, (1500,)), (3, (700, 800)), (4, (700,)), (4, (750,)), (3, (1441,)), (2, ()), (3, (1470, 1471))],
)
def test_caps_of_legal_days_agree_with_a_count_over_every_beginning_and_every_odd_day(
    limit: int, intervals: tuple[int, ...], days: int
) -> None:
    counted = max(most_by_the_day(placed, days) for placed in placements(limit, intervals))
    for most in (1, 2, 3):
        exceeded = worst_case(limit, intervals, by_days(most, days))
        assert (None if exceeded is None else exceeded.attempts) == (counted if counted > most else None)


@given(
    limit=st.integers(1, 12),
    intervals=st.lists(st.integers(1, 5_000), min_size=1, max_size=6),
    longer=st.integers(0, 90),
)
def test_longer_intervals_never_make_a_cap_exceeded(limit: int, intervals: list[int], longer: int) -> None:
    for cap in (THREE_A_DAY, by_days(2, 7)):
        if worst_case(limit, intervals, cap) is None:
            assert worst_case(limit, [minutes + longer for minutes in intervals], cap) is None
            assert limit == 1 or worst_case(limit - 1, intervals, cap) is None


def test_the_law_refuses_the_matrix_where_three_a_day_hold_and_nowhere_else() -> None:
    book = the_rulebook()
    refused = {
        found.rule.id
        for found in lawful_attempts(
            book, ["US", *book.regions_of("US")], SALES, attempt_limit=4, intervals_min=MATRIX, on=TODAY
        )
    }
    assert refused == {"US-FL-attempts", "US-MD-attempts", "US-OK-attempts", "US-OR-attempts"}
    assert not lawful_attempts(book, ["US", "US-TX"], SALES, attempt_limit=4, intervals_min=MATRIX, on=TODAY)
    assert not lawful_attempts(book, ["US", "US-FL"], SALES, attempt_limit=3, intervals_min=MATRIX, on=TODAY)


def test_caps_of_debt_are_their_own() -> None:
    book = the_rulebook()
    eight = lawful_attempts(book, ["US", "US-OH"], DEBT, attempt_limit=8, intervals_min=[60], on=TODAY)
    assert [found.rule.id for found in eight] == ["US-7"]
    assert not lawful_attempts(book, ["US", "US-OH"], DEBT, attempt_limit=7, intervals_min=[60], on=TODAY)
    in_florida = lawful_attempts(book, ["US", "US-FL"], DEBT, attempt_limit=7, intervals_min=[60], on=TODAY)
    assert not in_florida
    in_boston = lawful_attempts(book, ["US", "US-MA"], DEBT, attempt_limit=3, intervals_min=[60], on=TODAY)
    assert [found.rule.id for found in in_boston] == ["US-MA-debt-attempts", "US-MA-debt-attempts-elsewhere"]


def test_a_cap_counts_from_the_day_it_takes_effect() -> None:
    book = the_rulebook()
    last, first = date(2025, 12, 31), date(2026, 1, 1)
    counted = [
        len(lawful_attempts(book, ["US", "US-OR"], SALES, attempt_limit=4, intervals_min=MATRIX, on=on))
        for on in (last, first)
    ]
    assert counted == [0, 1]


def test_a_refusal_says_how_many_when_and_what_is_lawful() -> None:
    (found,) = lawful_attempts(the_rulebook(), ["US", "US-FL"], SALES, attempt_limit=4, intervals_min=MATRIX, on=TODAY)
    assert found.message == (
        "4 attempts can fall within 24 hours, at minutes 0, 15, 75, 315 from the first call; "
        "at most 3 for one subject are lawful"
    )
    assert found.rule.citation.startswith("Fla. Stat. 501.616(6)")


@pytest.mark.parametrize(("limit", "intervals"), [(0, [15]), (3, [-1])])
def test_settings_that_are_none_are_an_error(limit: int, intervals: list[int]) -> None:
    with pytest.raises(ValueError, match="at least one attempt"):
        worst_case(limit, intervals, THREE_A_DAY)
