"""Curves through days, and the intervals that come of them, against sums done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from paceline.inference.quantiles import normal_quantile, t_quantile
from paceline.optimizer.forecast.effect import Curves, difference_of, effect_of
from paceline.optimizer.forecast.play import MOST_DAYS, spread_days
from paceline.twin.measured.answers import DayRates

RATES = DayRates(measured=(), spread=0.1, error=0.05, freedom=9)
LOGS = np.array([0.14 * normal_quantile((at + 0.5) / 40) for at in range(40)])
ALIKE = np.full(40, 1000.0)


def test_mean_is_over_days_that_differ() -> None:
    # 20 + 300 x + 800 x^2 are abandoned of 1000; the mean of x^2 over days to come is 0.01.
    found = Curves(LOGS, RATES).ratio(20 + 300 * LOGS + 800 * LOGS**2, ALIKE)
    assert found.mean == pytest.approx((20 + 800 * 0.01) / 1000)
    assert found.chance == pytest.approx(0, abs=1e-9)


def test_interval_reaches_as_far_as_the_mean_of_days_may_be_off() -> None:
    found = Curves(LOGS, RATES).ratio(20 + 300 * LOGS, ALIKE)
    off = t_quantile(0.975, 9) * 0.05
    assert found.less == pytest.approx((20 - 300 * off) / 1000 if 300 * off < 20 else 0.0)
    assert found.more == pytest.approx((20 + 300 * off) / 1000)
    dropped = effect_of(dict.fromkeys(_NAMES, found), 40_000).abandonment
    assert dropped.high == pytest.approx(found.more)
    assert dropped.low == 0


def test_chance_of_days_is_that_of_a_mean_where_the_answer_rate_has_no_say() -> None:
    # As many days at each answer rate with 4 more as with 4 fewer abandoned of 1000.
    logs = np.repeat(LOGS[::2], 2)
    swing = np.tile([4.0, -4.0], 20)
    found = Curves(logs, RATES).ratio(30 + swing, ALIKE)
    plain = t_quantile(0.975, 37) * math.sqrt(16 * 40 / 37 / 40) / 1000
    assert found.mean == pytest.approx(0.03)
    # The curve costs a little beside the plain mean: it has three numbers to find.
    assert plain <= found.chance < 1.7 * plain


def test_difference_knows_that_the_days_were_the_same() -> None:
    chance = 30 * np.sin(np.arange(40) * 12.9898)
    curves = Curves(LOGS, RATES)
    now, then = curves.ratio(50 + chance, ALIKE), curves.ratio(60 + chance, ALIKE)
    found = difference_of(dict.fromkeys(_NAMES, then), dict.fromkeys(_NAMES, now)).abandonment
    assert found.mean == pytest.approx(0.01)
    assert found.half_width == pytest.approx(0, abs=1e-9)
    assert now.chance > 0.005


def test_nothing_abandoned_is_no_proof_that_nothing_will_be() -> None:
    found = Curves(LOGS, RATES).ratio(np.zeros(40), ALIKE)
    dropped = effect_of(dict.fromkeys(_NAMES, found), 40_000).abandonment
    assert dropped.mean == 0
    assert dropped.high == pytest.approx(1 - 0.025 ** (1 / 40_000))


@pytest.mark.parametrize("days", [32, 64, 128, MOST_DAYS])
def test_first_days_are_spread_as_all_are(days: int) -> None:
    logs = np.array(spread_days(RATES)[:days])
    assert logs.mean() == pytest.approx(0, abs=0.1 * float(logs.std()))
    assert logs.std() == pytest.approx(1.3 * math.hypot(0.1, 0.05), rel=0.12)


_NAMES = ("utilisation", "abandonment", "connects_per_agent_hour")
