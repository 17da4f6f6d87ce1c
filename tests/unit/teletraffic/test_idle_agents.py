from __future__ import annotations

import pytest

from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.idle_agents import FIT_ERROR, idle_agents

OPTIMA = {
    (180.0, 12.0): {10: 87.9, 25: 91.7, 50: 94.3, 100: 96.3, 200: 97.7, 500: 98.8, 1000: 99.25},
    (60.0, 12.0): {10: 79.3, 25: 87.5, 50: 91.9, 100: 94.9, 500: 98.4},
    (300.0, 12.0): {10: 91.4, 25: 93.5, 50: 95.4, 100: 96.9, 500: 98.9},
    (180.0, 30.0): {10: 80.7, 25: 88.2, 50: 92.3, 100: 95.1, 200: 97.0},
    (180.0, 4.0): {25: 95.5, 50: 96.5, 100: 97.6},
}
"""Utilisation of the exact optimum at 3 % and an answer rate of 0.3, in hundredths: the science notes, section 3.1."""


@pytest.mark.parametrize("times", OPTIMA)
def test_the_law_is_within_its_error_of_the_exact_optima(times: tuple[float, float]) -> None:
    for agents, utilisation in OPTIMA[times].items():
        exact = agents * (1 - utilisation / 100)
        rounding = agents * 0.0005
        law = idle_agents(agents, *times)
        assert abs(law.idle - exact) <= FIT_ERROR * exact + rounding, (times, agents)
        assert law.lowest < exact < law.highest
        assert law.utilisation == pytest.approx(1 - law.idle / agents)


@pytest.mark.parametrize(("agents", "handle_s"), [(5, 180.0), (2000, 180.0)])
def test_the_law_is_silent_where_nothing_was_fitted(agents: int, handle_s: float) -> None:
    with pytest.raises(ParameterError, match=r"agents x ring_s / handle_s is .*; it must be from 0.4 to 100"):
        idle_agents(agents, handle_s, 12.0)


def test_both_ends_of_the_range_are_in_it() -> None:
    assert idle_agents(6, 180.0, 12.0).idle < idle_agents(1500, 180.0, 12.0).idle
