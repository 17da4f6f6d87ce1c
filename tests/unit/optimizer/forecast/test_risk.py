"""The risk of a legal period against sums that can be counted out."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest

from paceline.inference.quantiles import normal_quantile
from paceline.optimizer.forecast.risk import FUTURES, Tallies, risk_of
from paceline.twin.measured.answers import DayRates
from tests.unit.optimizer.histories import block

RATES = DayRates(measured=(), spread=0.05, error=0.02, freedom=7)
LOGS = np.array([0.08 * normal_quantile((at + 0.5) / 64) for at in range(64)])


def tallies(answered: list[int], abandoned: list[int]) -> Tallies:
    """Return days with these counts in turn, whatever their answer rate."""
    counts = [np.resize(np.array(one, dtype=np.float64), LOGS.size) for one in (answered, abandoned)]
    rests = [one - one.mean() for one in counts]
    return Tallies(logs=LOGS, answered=counts[0], abandoned=counts[1], answered_rest=rests[0], abandoned_rest=rests[1])


def test_chance_of_a_breach_is_that_of_the_sum_of_the_days_to_come() -> None:
    # Six days of 100 answers, of which 2 or 5 are abandoned: 12 + 3 B(6, 1/2), and 4 of 100 before; 21 may be.
    found = risk_of(block(answered=100, abandoned=4), 6.0, RATES, now=None, then=tallies([100], [2, 5]), seed=3)
    exact = sum(comb(6, k) for k in range(7) if 4 + 12 + 3 * k > 21) / 64
    assert found.then == pytest.approx(exact, abs=4 * sqrt(exact * (1 - exact) / FUTURES))
    assert found.now is None
    assert found.answers_left == 600
    assert found.abandoned_left.mean == pytest.approx(21, abs=4 * 1.5 * sqrt(6) / sqrt(FUTURES))
    assert (found.abandoned_left.low, found.abandoned_left.high) == (15, 27)  # of B(6, 1/2): 1 and 5
    assert found.allowance == 21 - 4


@pytest.mark.parametrize(("abandoned", "chance"), [(3, 0.0), (4, 1.0)])
def test_period_without_days_left_is_judged_by_what_was_measured(abandoned: int, chance: float) -> None:
    found = risk_of(
        block(answered=100, abandoned=abandoned), 0.0, RATES, now=tallies([9], [9]), then=tallies([9], [9]), seed=3
    )
    assert (found.now, found.then) == (chance, chance)
    assert found.allowance == 3 - abandoned


def test_allowance_that_is_used_up_is_below_nothing() -> None:
    found = risk_of(block(answered=1000, abandoned=50), 1.0, RATES, now=None, then=tallies([100], [1]), seed=3)
    assert found.allowance == 33 - 50
    assert found.then == 1.0


def test_part_of_a_day_has_the_mean_and_the_chance_of_that_part() -> None:
    found = risk_of(block(answered=0, abandoned=0), 2.25, RATES, now=None, then=tallies([400], [10, 30]), seed=5)
    assert found.answers_left == pytest.approx(900)
    assert found.abandoned_left.mean == pytest.approx(45, abs=1)
    # Two whole days and a quarter, each of variance 100: what is below 1/40 is near the mean less two deviations.
    assert found.abandoned_left.low == pytest.approx(45 - 1.96 * sqrt(225), abs=8)


def test_bolder_pacing_meets_the_same_futures() -> None:
    gentle, bold = tallies([100], [2, 5]), tallies([100], [3, 6])
    first = risk_of(block(answered=100, abandoned=4), 6.0, RATES, now=gentle, then=bold, seed=3)
    second = risk_of(block(answered=100, abandoned=4), 6.0, RATES, now=None, then=gentle, seed=3)
    assert first.now == second.then
    assert first.then > first.now


def test_mean_that_is_little_known_makes_all_days_good_or_bad_together() -> None:
    # Days abandon 2 of 100 below the usual answer rate and 5 above it.
    counts = np.where(LOGS < 0, 2.0, 5.0)
    days = Tallies(
        logs=LOGS,
        answered=np.full(LOGS.size, 100.0),
        abandoned=counts,
        answered_rest=np.zeros(LOGS.size),
        abandoned_rest=np.zeros(LOGS.size),
    )
    known = DayRates(measured=(), spread=0.05, error=0.0, freedom=30)
    unknown = DayRates(measured=(), spread=0.001, error=0.05, freedom=30)
    spans = [
        risk_of(block(answered=0, abandoned=0), 20.0, rates, now=None, then=days, seed=3).abandoned_left
        for rates in (known, unknown)
    ]
    assert spans[0].half_width < 15
    assert (round(spans[1].low), round(spans[1].high)) == (40, 100)
