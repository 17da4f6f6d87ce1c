"""The best pacing: near what is known exactly, certified as it is sent, the same for every executor."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import pytest

from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.optimizer import parts
from paceline.optimizer.best.optimum import reach_at, why_not_solvable
from paceline.optimizer.best.pacing import Wish, best_pacing
from paceline.optimizer.best.settings import Terms, as_sent
from paceline.optimizer.cluster import executor_for
from paceline.optimizer.errors import ClusterError, NoSettingError, OtherNumbersError
from paceline.optimizer.optimum import Optima, solve_optimum
from paceline.optimizer.parts import Brought, Part, play_part, played_by
from paceline.optimizer.twin_tables import twin_of
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.players import Engine
from paceline.simulation.reading import read_scenario
from paceline.simulation.scenario import (
    Answer,
    Detection,
    Lines,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Shift,
    Window,
)
from tests.unit.simulation.scenarios import exponential, plain

FOUR_HOURS = Run(days=1, hours_per_day=4)
LOGNORMAL = Duration(family=Family.LOGNORMAL, mean_s=180.0, cv=1.0)


def markov(agents: int, **changed: object) -> Scenario:
    return plain(None, agents=agents, run=FOUR_HOURS, **changed)


@pytest.mark.parametrize("agents", [10, 50])
def test_found_is_within_half_a_point_of_the_optimum_of_four_hours_that_begin_empty(agents: int) -> None:
    best = best_pacing(markov(agents), Wish(seed=1))
    known = solve_optimum(twin_of(markov(agents)), limit=0.03)
    assert best.optimum == pytest.approx(known.bound, abs=1e-9)
    assert best.behind_optimum is not None
    assert 0 < best.behind_optimum < 0.005
    assert best.found.certified.certificate.upper <= 0.03


def test_policy_that_reaches_the_optimum_is_found_where_lines_per_idle_agent_do_not() -> None:
    best = best_pacing(markov(10), Wish(seed=1))
    assert best.found.pacing.policy is Policy.OPTIMAL
    assert best.sent is not None
    assert best.sent.certified.utilisation.mean < best.found.certified.utilisation.mean - 0.003


def test_certificate_of_what_is_sent_holds_on_other_days() -> None:
    scenario = markov(25, talk=LOGNORMAL)
    best = best_pacing(scenario, Wish(seed=2))
    assert best.sent is not None
    pacing = Pacing(policy=Policy.IDLE_LINES, lines_per_idle=lines_per_idle(best.sent.block))
    played = simulate(replace(as_sent(scenario, Terms()), pacing=pacing), seed=77, days=300)
    assert played.abandonment.mean <= 0.03
    told = best.sent.certified.abandonment
    assert abs(played.abandonment.mean - told.mean) < 4 * (told.error + (played.abandonment.half_width or 0) / 2)


def test_windows_are_kept_at_the_price_of_utilisation() -> None:
    long_run, days = (best_pacing(markov(25, window=window), Wish(seed=3)) for window in (None, Window.DAY))
    assert days.found.certified.breach.per_day < 0.05 < long_run.found.certified.breach.per_day
    assert days.found.certified.utilisation.mean < long_run.found.certified.utilisation.mean


def test_what_is_found_is_told_by_numbers_that_a_scenario_takes() -> None:
    best = best_pacing(markov(25), Wish(seed=4, policy=Policy.RATIO))
    assert best.found.parameters == {"lines": best.found.pacing.lines}
    assert (best.sent, best.why_not_sent) == (None, "the contract has no words for ratio")


def test_contract_that_cannot_say_it_says_why_and_the_policy_is_found_all_the_same() -> None:
    best = best_pacing(markov(10, lines=Lines(cap=4)), Wish(seed=5))
    assert best.sent is None
    assert "lines.cap is 4" in best.why_not_sent
    assert best.found.certified.certificate.upper <= 0.03


def test_nothing_that_keeps_the_limit_is_an_error() -> None:
    with pytest.raises(NoSettingError):
        best_pacing(markov(10, detection=Detection(sensitivity=0.9)))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"patience": Patience(seconds=2.0, family=Family.EXPONENTIAL)}, None),
        ({"patience": Patience(seconds=2.0)}, "equally long"),
        ({"talk": LOGNORMAL}, "handle times are lognormal"),
        ({"wrap": exponential(10)}, "two times"),
        ({"records": Records(count=100)}, "the list ends"),
        ({"lines": Lines(cap=20)}, "lines are limited"),
        ({"shifts": (Shift(start_s=0, end_s=3600, agents=10),)}, "come and go"),
        (
            {"answer": Answer(probability=0.3, ring_answered=exponential(10), ring_unanswered=exponential(25))},
            "another time",
        ),
    ],
)
def test_optimum_is_told_only_where_it_can_be_proven(changed: dict[str, Any], why: str | None) -> None:
    found = why_not_solvable(markov(10, **changed))
    assert found is None if why is None else why in str(found)


def test_reach_is_about_the_optimum_at_another_limit() -> None:
    instance = twin_of(markov(25))
    at_three, at_two = (solve_optimum(instance, limit=limit) for limit in (0.03, 0.025))
    assert reach_at(at_three, 0.025) == pytest.approx(at_two.utilisation, abs=0.0008)


def test_optimum_that_begins_near_another_is_the_same() -> None:
    instance = twin_of(markov(25))
    optima = Optima(instance)
    for limit in (0.03, 0.02, 0.045, 0.004):
        near, far = optima.within(limit), solve_optimum(instance, limit=limit)
        assert near.utilisation == pytest.approx(far.utilisation, abs=2e-9)
        assert near.table[:8] == far.table[:8]


def part(days: int = 10) -> Part:
    paced = replace(markov(10), pacing=Pacing(policy=Policy.IDLE_LINES, lines_per_idle=2.0))
    return Part(scenario=paced, seed=9, engine=Engine.FAST, first=5, days=days)


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(3), lambda: ProcessPoolExecutor(2, get_context("spawn"))])
def test_days_are_the_same_whoever_plays_them(make: Any) -> None:
    alone = play_part(part())
    with make() as executor:
        together = played_by(executor, part())
    assert (together.tallies == alone.tallies).all()
    assert together.made_of == alone.made_of


def test_day_that_was_made_of_other_numbers_is_refused() -> None:
    class Elsewhere(Executor):
        """A machine with another version."""

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            done: Future[Any] = Future()
            brought: Brought = fn(*args, **kwargs)
            done.set_result(brought._replace(made_of="paceline 0.0.9"))
            return done

    with pytest.raises(OtherNumbersError, match=r"paceline 0\.0\.9"):
        played_by(Elsewhere(), part())


def test_look_is_cut_into_few_parts_that_are_all_of_it() -> None:
    pieces = list(parts._pieces(part(days=333)))  # noqa: SLF001 - how it is cut is not seen from outside
    assert len(pieces) <= 32
    assert [one.first for one in pieces] == [5 + sum(two.days for two in pieces[:n]) for n in range(len(pieces))]
    assert sum(one.days for one in pieces) == 333


def test_without_a_cluster_threads_play() -> None:
    with executor_for(None, workers=2) as many, executor_for(None, workers=1) as alone:
        assert isinstance(many, ThreadPoolExecutor)
        assert alone is None


def test_scheduler_that_does_not_answer_is_told_with_what_to_start() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError, match="no Dask scheduler answers"), executor_for("nowhere", workers=1):
        pass


def test_file_names_the_windows_that_are_kept() -> None:
    day = """
    [agents]
    count = 10
    [handle]
    mean_s = 180
    [answer]
    probability = 0.3
    ring_answered_s = 12
    ring_unanswered_s = 12
    """
    windows = {said: read_scenario(f'{day}\n[limit]\nwindow = "{said}"').window for said in ("day", "30d")}
    assert windows == {"day": Window.DAY, "30d": Window.MONTH}
    assert read_scenario(day).window is None


def test_compared_policies_are_told_the_best_first() -> None:
    best = best_pacing(markov(5), Wish(seed=7, compare=True))
    used = [one.certified.utilisation.mean for one in best.compared]
    assert used == sorted(used, reverse=True)
    assert {one.pacing.policy for one in best.compared} >= {Policy.OPTIMAL, Policy.IDLE_LINES, Policy.CERTAINTY}
    assert best.found is best.compared[0]
