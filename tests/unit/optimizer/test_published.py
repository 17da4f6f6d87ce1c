"""The smaller cells of the published tables of the optimum and of a fixed interval; the benchmark has the rest."""

from __future__ import annotations

import pytest

from benchmarks.simulator.optimum import COLUMNS, FLOOR, LIMIT, POINTS, PUBLISHED, WAITING, best_per_idle
from paceline.optimizer.chain import Instance, evaluate_table, lines_per_idle
from paceline.optimizer.optimum import solve_optimum
from paceline.teletraffic.abandonment import load_for_window
from paceline.teletraffic.engset import best_lines, load_per_line
from paceline.teletraffic.erlang import load_for_blocking

CELLS = [
    (agents, column, cell)
    for agents, row in PUBLISHED.items()
    for column, cell in zip(COLUMNS, row, strict=True)
    if cell is not None and agents <= 25
]


@pytest.mark.parametrize(("agents", "column", "cell"), CELLS)
def test_optimum_and_fixed_lines_are_within_a_tenth_of_a_point_of_the_published(
    agents: int, column: tuple[float, float, float], cell: tuple[float, float | None, float | None]
) -> None:
    talk_s, ring_s, answer = column
    best = solve_optimum(Instance(agents=agents, handle_s=talk_s, ring_s=ring_s, answer=answer), limit=LIMIT)
    assert 100 * best.utilisation == pytest.approx(cell[0], abs=POINTS)
    fixed = best_lines(agents, load_per_line(answer, talk_s, ring_s), LIMIT).utilisation
    assert cell[2] is None or 100 * fixed == pytest.approx(cell[2], abs=POINTS)


def test_best_lines_per_idle_agent_keep_the_limit_and_a_little_more_would_not() -> None:
    instance = Instance(agents=10, handle_s=180.0, ring_s=12.0, answer=0.3)
    found = best_per_idle(instance)
    assert 100 * found.utilisation == pytest.approx(87.2, abs=POINTS)
    assert found.abandonment <= LIMIT < evaluate_table(instance, lines_per_idle(10, 3.0)).abandonment
    assert found.utilisation < solve_optimum(instance, limit=LIMIT).utilisation


@pytest.mark.parametrize("agents", FLOOR)
def test_fixed_interval_reaches_what_was_published(agents: int) -> None:
    load, used, used_waiting = FLOOR[agents]
    assert load_for_blocking(agents, LIMIT) == pytest.approx(load, abs=1e-3)
    assert 100 * load * (1 - LIMIT) / agents == pytest.approx(used, abs=POINTS)
    windowed = 100 * load_for_window(agents, 180.0, 2.0, LIMIT) * (1 - LIMIT) / agents
    assert used_waiting is None or windowed == pytest.approx(used_waiting, abs=POINTS)


def test_two_seconds_of_patience_are_worth_what_was_published() -> None:
    waits = Instance(agents=10, handle_s=180.0, ring_s=12.0, answer=0.3, patience_s=2.0, places=8)
    assert 100 * solve_optimum(waits, limit=LIMIT).utilisation == pytest.approx(WAITING[10], abs=POINTS)
