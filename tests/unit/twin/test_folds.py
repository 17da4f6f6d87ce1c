"""Days are split by time, with an embargo, and the last ones are predicted once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.twin.folds import FEWEST_DAYS, ORIGINS, TooLittle, fewest_days, folds_of
from paceline.twin.halves import DaySpan


def days_of(count: int) -> list[DaySpan]:
    """Return days of eight hours."""
    return [DaySpan(start=48 * day + 28, end=48 * day + 44) for day in range(count)]


@given(st.integers(1, 60), st.floats(0.1, 0.9), st.floats(0, 5 * 86_400))
def test_nothing_that_is_predicted_was_fitted_on(count: int, split: float, embargo_s: float) -> None:
    days = days_of(count)
    folds = folds_of(days, split=split, embargo_s=embargo_s)
    if isinstance(folds, TooLittle):
        assert folds.days == count < folds.needed
        return
    assert len(folds) == ORIGINS + 1
    assert [fold.is_last for fold in folds] == [False] * ORIGINS + [True]
    predicted = [day for fold in folds for day in fold.predicted]
    assert predicted == days[len(days) - len(predicted) :]
    for fold in folds:
        gap_s = (fold.predicted[0].start - fold.fitted[-1].end) * 1800
        assert gap_s >= embargo_s - 1e-6
        assert len(fold.fitted) >= 2
    held_out = len(folds[-1].predicted)
    assert held_out == pytest.approx(count * (1 - split), abs=1.0)


def test_ten_days_are_enough_for_a_split_of_four_fifths_and_nine_are_not() -> None:
    assert fewest_days(0.8) == FEWEST_DAYS == 10
    assert not isinstance(folds_of(days_of(10), split=0.8, embargo_s=3600), TooLittle)
    few = folds_of(days_of(9), split=0.8, embargo_s=3600)
    assert isinstance(few, TooLittle)
    assert few.why == "9 days of dialing were measured, and 10 are needed to fit on 80% of them"


def test_an_embargo_longer_than_the_first_days_leaves_too_little() -> None:
    few = folds_of(days_of(12), split=0.8, embargo_s=6 * 86_400)
    assert isinstance(few, TooLittle)
    assert "retries reach 144 h" in few.why


@given(st.integers(1, 16), st.integers(1, 150))
def test_advice_to_go_on_measuring_is_true(count: int, embargo_h: int) -> None:
    few = folds_of(days_of(count), split=0.8, embargo_s=embargo_h * 3600)
    if isinstance(few, TooLittle):
        enough, short = (days_of(few.needed - one) for one in (0, 1))
        assert not isinstance(folds_of(enough, split=0.8, embargo_s=embargo_h * 3600), TooLittle)
        assert isinstance(folds_of(short, split=0.8, embargo_s=embargo_h * 3600), TooLittle)


def test_one_day_is_told_as_one() -> None:
    few = folds_of(days_of(1), split=0.8, embargo_s=3600)
    assert isinstance(few, TooLittle)
    assert few.why.startswith("1 day of dialing was measured")
