"""A day in parts adds up to the day, and a sweep plays the same days at each value of a policy's knob."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta

from paceline.simulation import counters as c
from paceline.simulation.dayparts import abandonment, idle_agents
from paceline.simulation.engine import simulate
from paceline.simulation.errors import ScenarioError
from paceline.simulation.players import Engine
from paceline.simulation.scenario import Pacing, Policy, Run, Shift
from paceline.simulation.sweep import knob_values, sweep
from tests.unit.simulation.scenarios import plain

BUSY = plain(Pacing(policy=Policy.RATIO, lines=12), run=Run(days=12, hours_per_day=2.21))


@pytest.mark.parametrize("minutes", [1, 5, 30, 1000])
def test_parts_add_up_to_the_day(minutes: int) -> None:
    found = simulate(BUSY, seed=4, engine="exact")
    idle, dropped = idle_agents(found, minutes=minutes), abandonment(found, minutes=minutes)
    rows = found.series.shape[1]
    lengths = [min(minutes, rows - begin) for begin in range(0, rows, minutes)]
    whole = (found.tallies[:, c.STAFFED_AREA] - found.tallies[:, c.BUSY_AREA]).sum() / 12 / 600_000
    assert sum(mean * length for mean, length in zip(idle.mean, lengths, strict=True)) == pytest.approx(whole)
    assert all(low <= high for low, high in zip(dropped.low, dropped.high, strict=True))
    assert list(idle.hours) == sorted(idle.hours)
    if minutes == 1000:
        assert dropped.mean[0] == pytest.approx(found.abandonment.mean)


def test_bands_hold_eight_days_of_ten() -> None:
    found = simulate(replace(BUSY, run=Run(days=41, hours_per_day=1)), seed=4, engine="exact")
    band = idle_agents(found, minutes=60)
    each = (found.tallies[:, c.STAFFED_AREA] - found.tallies[:, c.BUSY_AREA]) / (60 * 600_000)
    assert band.low[0] == pytest.approx(np.quantile(each, 0.1))
    assert band.high[0] == pytest.approx(np.quantile(each, 0.9))


def test_hours_in_which_nobody_was_called_have_no_abandonment() -> None:
    scenario = replace(BUSY, shifts=(Shift(start_s=3600, end_s=7200, agents=10),))
    found = simulate(scenario, seed=4, engine="exact")
    assert min(abandonment(found, minutes=30).hours) > 1.0
    assert idle_agents(found, minutes=30).mean[0] == 0.0


@pytest.mark.parametrize(
    ("pacing", "knob"),
    [
        (Pacing(policy=Policy.PROGRESSIVE), ""),
        (Pacing(policy=Policy.INTERVAL, interval_ms=2000.0), "interval_ms"),
        (Pacing(policy=Policy.RATIO, lines=12), "lines"),
        (Pacing(policy=Policy.RATIO, ratio=1.2), "ratio"),
        (Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0), "lines_per_idle"),
        (Pacing(policy=Policy.OPTIMAL, table=(0, 2), table_above=(1, 3)), "mixing"),
        (Pacing(policy=Policy.OPTIMAL, table=(0, 2)), ""),
        (Pacing(policy=Policy.CERTAINTY, safety=1.0), "safety"),
        (Pacing(policy=Policy.TELESCOPING), "target"),
        (Pacing(policy=Policy.VICIDIAL_HARD), "max_level"),
    ],
)
def test_every_policy_has_its_knob_or_none(pacing: Pacing, knob: str) -> None:
    name, values = knob_values(plain(pacing))
    assert name == knob
    assert bool(values) == bool(knob)
    found = sweep(plain(pacing, run=Run(days=1, hours_per_day=0.2)), seed=1, days=1, engine=Engine.EXACT)
    assert [point.value for point in found.points] == list(values)


def test_the_scenarios_own_value_comes_to_the_scenarios_own_numbers() -> None:
    found = sweep(BUSY, seed=4, days=6, engine=Engine.EXACT)
    own = next(point for point in found.points if point.value == 12)
    alone = simulate(BUSY, seed=4, days=6, engine="exact")
    assert (own.utilisation, own.abandonment) == (alone.utilisation, alone.abandonment)
    means = [point.abandonment.mean for point in found.points]
    assert means == sorted(means)


def test_values_beyond_the_bounds_are_left_out() -> None:
    found = sweep(
        plain(Pacing(policy=Policy.TELESCOPING, target=0.9), run=Run(days=1, hours_per_day=0.1)),
        seed=1,
        days=1,
        engine=Engine.EXACT,
    )
    assert max(point.value for point in found.points) <= 1.0


def test_without_pacing_there_is_nothing_to_turn() -> None:
    with pytest.raises(ScenarioError, match="pacing is None"):
        knob_values(plain(None))


def test_nobody_abandoned_is_not_told_as_certain() -> None:
    scenario = plain(Pacing(policy=Policy.PROGRESSIVE), agents=5, run=Run(days=3, hours_per_day=2))
    found = simulate(scenario, seed=1)
    answers = int(found.tallies[:, c.CONNECTED].sum())
    assert found.abandonment.mean == 0.0
    # Clopper and Pearson's upper bound for 0 of n.
    assert found.abandonment.half_width == pytest.approx(beta.ppf(0.975, 1, answers))
