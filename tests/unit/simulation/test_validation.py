"""The cases with a known truth, on few days; the benchmark plays them on enough days to tell half a per cent apart."""

from __future__ import annotations

import pytest

from benchmarks.simulator.cases import Case
from benchmarks.simulator.dialers import dialer_cases
from benchmarks.simulator.exactly import exact_checks
from benchmarks.simulator.guarantee import LIMIT, WORLDS, by_block, telescopes, thousand_days
from benchmarks.simulator.lines import line_cases
from benchmarks.simulator.queues import queue_cases
from benchmarks.simulator.validation import Summary, judged, summary
from paceline.simulation import counters as c
from paceline.simulation.engine import simulate
from paceline.simulation.players import Engine
from paceline.simulation.scenario import Pacing, Policy, Run
from tests.unit.simulation.scenarios import plain

PUBLISHED = {
    "Erlang B (1, 1): abandonment": 0.5,
    "Erlang B (2, 1): abandonment": 0.2,
    "Erlang B (5, 3): abandonment": 0.11005435,
    "Erlang B (10, 5): abandonment": 0.01838457,
    "Erlang B (50, 40): abandonment": 0.01869067,
    "Erlang B (100, 90): abandonment": 0.02695738,
    "Erlang C (1, 0.5): share that waits": 0.5,
    "Erlang C (2, 1.5): share that waits": 0.64285714,
    "Erlang C (10, 8): share that waits": 0.40918015,
    "Erlang C (50, 48): share that waits": 0.69445561,
    "M/M/10, 8: wait, s": 2.04590,
    "Erlang A: abandonment": 0.03091225,
    "Erlang A: days that end with all busy": 0.46777407,
    "Erlang A: utilisation": 0.930324,
    "M/G/1 deterministic: wait, s": 20.0,
    "M/G/1 exponential: wait, s": 40.0,
    "M/G/1 hyperexponential: wait, s": 100.0,
    "Engset (6, 5): utilisation": 0.888319,
    "Engset (12, 10): utilisation": 0.910187,
    "Engset (55, 50): utilisation": 0.897468,
    "Engset (115, 100): utilisation": 0.936200,
    "Engset (6, 5): abandonment": 0.366648,
    "Engset (12, 10): abandonment": 0.302087,
    "Engset (55, 50): abandonment": 0.015280,
    "Engset (115, 100): abandonment": 0.026920,
    "progressive, rings 12 and 12 s: utilisation": 0.818182,
    "progressive, rings 10 and 25 s: utilisation": 0.724832,
    "lines per idle agent (2, 2): utilisation": 0.900873,
    "lines per idle agent (5, 2): utilisation": 0.902758,
    "lines per idle agent (5, 3): utilisation": 0.933554,
    "lines per idle agent (10, 2): utilisation": 0.904361,
    "lines per idle agent (20, 3): utilisation": 0.937122,
    "lines per idle agent (2, 2): abandonment": 0.197551,
    "lines per idle agent (5, 2): abandonment": 0.144517,
    "lines per idle agent (5, 3): abandonment": 0.276437,
    "lines per idle agent (10, 2): abandonment": 0.086861,
    "lines per idle agent (20, 3): abandonment": 0.109637,
    "lines per idle agent (5, 3), patience: utilisation": 0.934768,
    "lines per idle agent (5, 3), patience: abandonment": 0.263658,
    "optimum (2): utilisation": 0.83727,
    "optimum (3): utilisation": 0.84460,
    "optimum (5): utilisation": 0.85675,
    "optimum (10): utilisation": 0.87850,
    "list, alike: answers per record": 0.882351,
    "list, alike: dials per record": 2.941170,
}
"""What the cases must come to, as computed elsewhere, to the last digit given."""
MOST_AGENTS, MOST_DAYS = 20, 100
"""Cases with more agents, or that need more days a replication to be told from others, are left to the benchmark."""


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [*queue_cases(), *dialer_cases(), *line_cases()]


def test_truths_have_the_published_digits(cases: list[Case]) -> None:
    found = {case.name: case.exact for case in cases}
    assert {name: found[name] for name in PUBLISHED} == pytest.approx(PUBLISHED, rel=6e-6, abs=6e-7)


def test_there_are_enough_cases_and_every_group_has_one(cases: list[Case]) -> None:
    exact = {17, 19, 20}
    assert len({case.name for case in cases}) == len(cases) >= 50
    assert {case.group for case in cases} | exact == set(range(1, 21))


@pytest.mark.parametrize("engine", [Engine.FAST, Engine.EXACT])
def test_simulated_means_are_the_exact_ones(cases: list[Case], engine: Engine) -> None:
    small = [case for case in cases if case.scenario.agents <= MOST_AGENTS or case.scenario.records.count]
    few = [case for case in small if case.days < MOST_DAYS]
    verdicts = [judged(case, engine, 1000 + place, replications=30, days=1) for place, case in enumerate(few)]
    told = summary(verdicts)
    assert len(verdicts) > 40
    assert told.largest <= told.bound, max(verdicts, key=lambda one: abs(one.z)).case.name
    assert told.chance > 0.01


def test_what_has_no_chance_in_it_holds_to_the_last_call() -> None:
    assert [name for _, name, held in exact_checks(seed=3, days=3) if not held] == []


def test_scores_of_a_wrong_truth_are_told(cases: list[Case]) -> None:
    wrong = [judged(case, Engine.FAST, 7, replications=30, days=2) for case in cases[:3]]
    kept = Summary(largest=3.0, bound=3.5, distance=0.1, chance=0.2, widest=0.004)
    assert kept.broken() == []
    assert summary(wrong).widest > 0.005
    assert len(Summary(largest=4.0, bound=3.5, distance=0.5, chance=0.001, widest=0.006).broken()) == 3


def test_no_block_of_days_is_above_the_limit_while_the_answer_rate_swings_and_leaps() -> None:
    played, found = thousand_days(WORLDS[0], 120)
    assert max(by_block(found, 30)) <= LIMIT
    assert telescopes(played, found)


@pytest.mark.parametrize("engine", [Engine.EXACT, Engine.REFERENCE])
def test_a_safety_above_all_agents_does_not_stop_the_dialer_for_ever(engine: Engine) -> None:
    pacing = Pacing(policy=Policy.TELESCOPING, gain=1.0, safety=4.3, safety_highest=4.0, carried=True)
    days = simulate(plain(pacing, agents=4, run=Run(days=3, hours_per_day=4)), seed=5, engine=engine).tallies
    assert (days[:, c.CONNECTED] > 50).all()
    assert (days[:, c.DIALS] > days[:, c.CONNECTED]).all()
