"""How half-hours differ beyond chance, and rates by half-hour of the day, are those of known worlds."""

from __future__ import annotations

import numpy as np
import pytest

from paceline.records.summary import HalfHours
from paceline.twin.day_factors import wander_of
from paceline.twin.halves import day_spans
from paceline.twin.play import wandered
from paceline.twin.vectors import platform_vectors
from tests.unit.twin.test_play import DAY

DAYS, HALVES = 40, 16


@pytest.mark.parametrize("wander", [0.0, 0.15])
def test_wander_is_that_of_the_world(wander: float) -> None:
    chance = np.random.default_rng(8)
    rates = 0.2 * np.exp(wander * chance.standard_normal(DAYS * HALVES) - wander**2 / 2)
    answered = chance.binomial(500, rates).astype(float)
    found = wander_of(answered, np.full(answered.size, 100.0), np.full(answered.size, 0.2), days=DAYS)
    assert found == pytest.approx(wander, abs=0.03)


def test_wandered_day_is_the_same_for_the_same_seed_and_keeps_its_mean() -> None:
    assert wandered(DAY, 0.0, (1,)) is DAY
    once, again = (wandered(DAY, 0.1, (1, 2)) for _ in range(2))
    assert once == again != DAY
    mean = np.mean([wandered(DAY, 0.1, (one,)).rates for one in range(400)])
    assert mean == pytest.approx(0.3, rel=0.01)


@pytest.mark.parametrize(("steep", "kept"), [(0.0, 0.0), (0.25, 1.0)])
def test_rates_by_half_hour_are_drawn_to_the_mean_as_far_as_they_are_chance(steep: float, kept: float) -> None:
    chance = np.random.default_rng(4)
    slope = 1 + steep * np.linspace(-1, 1, HALVES)
    start = (np.arange(6)[:, None] * 48 + 28 + np.arange(HALVES)).reshape(-1)
    dials = np.full(start.size, 400)
    answered = chance.binomial(400, 0.2 * np.tile(slope, 6))
    nothing = np.zeros(start.size, dtype=np.int64)
    half_hours = HalfHours(
        start=start, dials=dials, answered=answered, abandoned=nothing, machines=nothing, no_answers=nothing,
        busies=nothing, failed=nothing, talk_s=(answered * 100).astype(np.float64),
        wrap_s=(answered * 20).astype(np.float64), staffed_s=np.full(start.size, 18_000.0), wait_s=np.zeros(start.size),
    )  # fmt: skip
    rate = platform_vectors(half_hours, day_spans(half_hours), seed=1, draws=1).rate
    found = np.array([rate(28 + at) for at in range(HALVES)])
    means = answered.reshape(6, HALVES).sum(axis=0) / 2400
    reached = np.polyfit(means - means.mean(), found - found.mean(), 1)[0]
    assert reached == pytest.approx(kept, abs=0.35)
