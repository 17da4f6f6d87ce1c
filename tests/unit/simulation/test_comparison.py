"""Two scenarios on the same calls: the difference is that of the estimates, and known better than on days apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paceline.simulation.comparison import difference
from paceline.simulation.engine import simulate
from paceline.simulation.errors import ScenarioError
from paceline.simulation.result import MEASURES
from paceline.simulation.scenario import Pacing, Policy, Run
from tests.unit.simulation.scenarios import plain

FEWER = plain(Pacing(policy=Policy.RATIO, lines=24), agents=20, run=Run(days=40, hours_per_day=4))
MORE = replace(FEWER, pacing=Pacing(policy=Policy.RATIO, lines=25))


@pytest.mark.parametrize("engine", ["fast", "exact"])
def test_the_same_calls_tell_a_difference_better_than_days_apart(engine: str) -> None:
    new, old = simulate(MORE, seed=6, engine=engine), simulate(FEWER, seed=6, engine=engine)
    for name in MEASURES:
        found = difference(new, old, name)
        assert found.measured.mean == pytest.approx(new.measure(name).mean - old.measure(name).mean)
        assert found.measured.half_width is not None
        assert found.half_width_apart is not None
        assert found.measured.half_width < 0.9 * found.half_width_apart
        assert found.measured.mean > found.measured.half_width  # one more line: more of everything


def test_a_scenario_differs_from_itself_by_nothing() -> None:
    one = simulate(FEWER, seed=6, days=5, engine="exact")
    found = difference(one, one, "abandonment").document()
    assert (found["mean"], found["half_width"], found["n"]) == (0.0, 0.0, 5)


def test_a_single_day_has_no_interval() -> None:
    new, old = (simulate(one, seed=6, days=1, engine="exact") for one in (MORE, FEWER))
    found = difference(new, old, "utilisation").document()
    assert (found["half_width"], found["half_width_apart"], found["width_per_cpu_s"]) == (None, None, None)


def test_other_days_are_not_compared() -> None:
    one = simulate(FEWER, seed=6, days=2, engine="exact")
    for other in (simulate(FEWER, seed=7, days=2, engine="exact"), simulate(FEWER, seed=6, days=3, engine="exact")):
        with pytest.raises(ScenarioError, match="days and seed"):
            difference(one, other, "abandonment")
