"""Statements that hold under each model that may be true: never narrower, never surer than by one model alone."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.inference.doubt import doubted
from paceline.inference.promotion import Block, Judged, Metric, looked

DAYS, PAIRS = 6, 4


def blocks(gain: float, abandoned: int, *, seed: int = 1) -> list[Block]:
    """Return pairs of half-hours under a model in which the new setting gains so much, and abandons so many of 400."""
    chance = np.random.default_rng(seed)
    found = []
    for day in range(DAYS):
        for half in range(PAIRS):
            busy = 0.8 + 0.01 * float(chance.standard_normal())
            noise = 0.002 * float(chance.standard_normal())
            for new in (False, True):
                share = busy + (gain + noise if new else 0.0)
                lost = abandoned if new else 4
                found.append(
                    Block(
                        day=f"{day}",
                        stratum=f"{day} {half}",
                        new=new,
                        busy_s=share * 36_000.0,
                        available_s=36_000.0,
                        abandoned=lost,
                        answered=400,
                        connects=400 - lost,
                    )
                )
    return found


def look(gain: float = 0.02, abandoned: int = 6) -> Judged:
    """Return what the blocks of one model show."""
    return looked(blocks(gain, abandoned), least_gain=0.0025, ceiling=0.03, seed=1, draws=499)


def test_without_another_model_a_look_stays_as_it_is() -> None:
    assert doubted(look(), []) == look()


def test_the_same_model_again_changes_no_verdict() -> None:
    known, found = look(), doubted(look(), [blocks(0.02, 6)])
    assert (found.worth_having, found.lawful) == (known.worth_having, known.lawful)
    assert found.abandonment_high == pytest.approx(known.abandonment_high)
    assert found.metrics[0].low == pytest.approx(known.metrics[0].low, abs=2e-4)


def test_a_model_that_abandons_more_decides_what_is_lawful() -> None:
    assert look().lawful
    found = doubted(look(), [blocks(0.02, 6), blocks(0.02, 20)])
    assert not found.lawful
    assert not found.promote
    assert found.abandonment_high > 0.05


def test_a_model_without_the_gain_takes_its_significance_away() -> None:
    found = doubted(look(), [blocks(-0.001, 6)])
    gain = found.of(Metric.UTILISATION)
    assert gain.low < 0.0 < gain.high
    assert (gain.significant, found.worth_having) == (False, False)
    assert found.half_width > look().half_width


def test_a_model_with_a_smaller_gain_decides_what_it_is_worth() -> None:
    found = doubted(look(), [blocks(0.003, 6)])
    assert found.of(Metric.UTILISATION).significant == (found.of(Metric.UTILISATION).low > 0.0)
    assert not found.worth_having


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.02, 0.06), st.integers(0, 40)), max_size=3))
def test_no_model_makes_a_look_surer(models: list[tuple[float, int]]) -> None:
    known, found = look(), doubted(look(), [blocks(gain, abandoned) for gain, abandoned in models])
    assert found.abandonment_high >= known.abandonment_high
    assert found.half_width >= known.half_width
    for before, after in zip(known.metrics, found.metrics, strict=True):
        assert after.low <= before.low <= before.high <= after.high
        assert before.significant or not after.significant
    assert found.worth_having <= known.worth_having


def test_parts_of_the_error_are_no_more_than_the_whole_however_many_ask() -> None:
    """The k-th question has 1 part in k (k + 1), exactly."""
    total = sum((Fraction(1, place * (place + 1)) for place in range(1, 1001)), Fraction(0))
    assert total == 1 - Fraction(1, 1001)
