"""Sets of instants behave as sets do: each operation against the same on plain sets of seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.primitives.intervals import Intervals, Span, instant_at, seconds_of

SPANS = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), max_size=8)
SETS = SPANS.map(Intervals.of)


def plain(spans: list[Span] | tuple[Span, ...]) -> set[int]:
    return {second for start, end in spans for second in range(start, end)}


def is_tidy(found: Intervals) -> bool:
    return all(start < end for start, end in found.spans) and all(
        one[1] < after[0] for one, after in pairwise(found.spans)
    )


@given(spans=SPANS)
def test_set_holds_what_its_intervals_hold(spans: list[Span]) -> None:
    found = Intervals.of(spans)
    assert is_tidy(found)
    assert plain(found.spans) == plain(spans)
    assert found.total_s == len(plain(spans))
    assert bool(found) == bool(plain(spans))
    for second in range(-32, 32):
        assert found.holds(second) == (second in plain(spans))


@given(one=SETS, other=SETS)
def test_operations_are_those_of_sets(one: Intervals, other: Intervals) -> None:
    mine, theirs = plain(one.spans), plain(other.spans)
    for found, expected in ((one | other, mine | theirs), (one & other, mine & theirs), (one - other, mine - theirs)):
        assert is_tidy(found)
        assert plain(found.spans) == expected


@given(one=SETS, other=SETS, third=SETS)
def test_laws_of_sets_hold(one: Intervals, other: Intervals, third: Intervals) -> None:
    assert one & other == other & one
    assert one | other == other | one
    assert one & (other | third) == (one & other) | (one & third)
    assert one - (other | third) == (one - other) & (one - third)
    assert (one - other) | (one & other) == one


@given(one=SETS, at=st.integers(-35, 35))
def test_next_instant_is_the_first_that_is_not_before(one: Intervals, at: int) -> None:
    later = [second for second in plain(one.spans) if second >= at]
    expected = instant_at(min(later)) if later else None
    assert one.next_from(instant_at(at)) == expected


def test_instant_inside_a_second_is_in_the_set_of_that_second() -> None:
    half = datetime(1970, 1, 1, 0, 0, 9, 500_000, tzinfo=UTC)
    assert half in Intervals.of([(0, 10)])
    assert half not in Intervals.of([(10, 20)])
    assert Intervals.of([(0, 10)]).next_from(half) == half
    assert Intervals.between(half, half + timedelta(seconds=1)).spans == ((9, 10),)


def test_instant_without_an_offset_is_an_error() -> None:
    with pytest.raises(ValueError, match="no offset"):
        seconds_of(datetime(2026, 1, 1))  # noqa: DTZ001 - the case
