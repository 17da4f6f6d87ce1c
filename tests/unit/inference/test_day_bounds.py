"""Bounds that come from days, against least squares done by hand and against truths that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paceline.inference.day_bounds import Ratios, difference_by_days, known_effect, rate_below
from paceline.inference.errors import TooLittleDataError
from paceline.inference.paired_blocks import SUPPOSED_EFFECT


def switched(seed: int, *, days: int, hours: int = 4, effect: float = 0.0, day_spread: float = 0.02) -> Ratios:
    """Return hours of days whose settings a coin chose by day and hour: strata are hours, and go over all days."""
    chance = np.random.default_rng(seed)
    new = np.array([chance.permutation(days) < days // 2 for _ in range(hours)]).T.ravel()
    day, hour = np.repeat(np.arange(days), hours), np.tile(np.arange(hours), days)
    below = chance.uniform(500.0, 1500.0, days * hours)
    level = 0.9 + 0.02 * hour + chance.normal(0.0, day_spread, days)[day] + chance.normal(0.0, 0.005, days * hours)
    return Ratios(
        above=(level + effect * new) * below,
        below=below,
        new=new,
        strata=[f"{one}" for one in hour],
        days=[f"{one}" for one in day],
    )


def test_the_middle_is_the_coefficient_of_weighted_least_squares() -> None:
    """Settings beside one column for each stratum, blocks weighed by their denominators."""
    found = switched(3, days=6, effect=0.01)
    strata = np.array(found.strata)
    columns = np.column_stack([found.new, *((strata == one).astype(float) for one in dict.fromkeys(strata))])
    root = np.sqrt(found.below)
    by_hand = np.linalg.lstsq(columns * root[:, None], found.above / found.below * root, rcond=None)[0][0]
    low, high = difference_by_days(found, level=0.95, seed=1)
    assert (low + high) / 2 == pytest.approx(by_hand)
    assert low < by_hand < high


@pytest.mark.parametrize("days", [6, 14])
def test_ninety_five_of_a_hundred_intervals_hold_the_truth(days: int) -> None:
    """Days differ by four times what their hours do; fewer than 89 of 100 have a chance of less than 1 in 100."""
    held = 0
    for seed in range(100):
        low, high = difference_by_days(switched(seed, days=days, effect=0.01), level=0.95, seed=seed)
        held += low <= 0.01 <= high
    assert held >= 89


def test_a_difference_that_never_varies_is_its_own_bounds() -> None:
    """Two settings of each day, a tenth apart everywhere."""
    new = np.array([False, True] * 3)
    days = ["1", "1", "2", "2", "3", "3"]
    ratios = Ratios(above=np.where(new, 0.6, 0.5) * 100, below=np.full(6, 100.0), new=new, strata=days, days=days)
    assert difference_by_days(ratios, level=0.95, seed=1) == pytest.approx((0.1, 0.1))


def test_one_day_says_nothing() -> None:
    new = np.array([False, True, False, True])
    ratios = Ratios(
        above=np.array([1.0, 2.0, 1.0, 3.0]),
        below=np.full(4, 10.0),
        new=new,
        strata=["a", "a", "b", "b"],
        days=["1"] * 4,
    )
    with pytest.raises(TooLittleDataError):
        difference_by_days(ratios, level=0.95, seed=1)


def test_a_rate_of_calls_that_do_not_go_together_has_nearly_the_exact_bound() -> None:
    """Many days of independent calls: Clopper and Pearson's, a little wider for the days."""
    abandoned, answered = [20, 21, 19, 20, 22, 18] * 5, [1_000] * 30
    exact = float(stats.beta.ppf(0.95, sum(abandoned) + 1, sum(answered) - sum(abandoned)))
    days = [f"{at}" for at in range(30)]
    found = rate_below(abandoned, answered, days=days, level=0.95, least_design_effect=1.0)
    assert exact <= found <= exact * 1.01


def test_calls_that_go_together_have_a_wider_bound() -> None:
    """Four times the design effect is about twice the distance."""
    days, answered = [f"{at}" for at in range(10)], [1_000] * 10
    one, four = (rate_below([20] * 10, answered, days=days, level=0.95, least_design_effect=by) for by in (1.0, 4.0))
    assert (four - 0.02) / (one - 0.02) == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(("events", "trials"), [([0, 0], [0, 0]), ([3], [100])])
def test_what_too_few_days_tell_is_bounded_by_nothing(events: list[int], trials: list[int]) -> None:
    days = [f"{at}" for at in range(len(events))]
    assert rate_below(events, trials, days=days, level=0.95, least_design_effect=1.5) == 1.0


def test_how_calls_go_together_is_supposed_where_nothing_tells() -> None:
    assert known_effect([0, 0, 0], [100, 100, 100]) == SUPPOSED_EFFECT
    assert known_effect([0], [0]) == SUPPOSED_EFFECT
    assert known_effect([10, 50, 20, 40], [1_000] * 4) == pytest.approx(11.45, abs=0.01)
    assert known_effect([20, 20, 20, 20], [1_000] * 4) == 1.0
