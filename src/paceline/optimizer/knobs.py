"""The number of each policy that is tuned, and trials of it in a scenario."""

from __future__ import annotations

from dataclasses import replace

from paceline.optimizer.search import Range, Sample, Trial
from paceline.simulation import counters as c
from paceline.simulation.checks import check_scenario
from paceline.simulation.errors import ScenarioError
from paceline.simulation.plan import plan_of
from paceline.simulation.players import Engine, fitting_engine, player_of
from paceline.simulation.scenario import Pacing, Policy, Scenario

_NAMES = {
    Policy.INTERVAL: "interval_ms",
    Policy.RATIO: "lines",
    Policy.IDLE_LINES: "lines_per_idle",
    Policy.OPTIMAL: "mixing",
    Policy.CERTAINTY: "safety",
    Policy.TELESCOPING: "target",
    Policy.VICIDIAL_HARD: "max_level",
    Policy.VICIDIAL_AVERAGE: "max_level",
    Policy.VICIDIAL_TAPERED: "max_level",
}


def knob_of(scenario: Scenario, policy: Policy) -> tuple[str, Range]:
    """Return the name of the number that is tuned for a policy, and where it may be in a scenario.

    Raises:
        ScenarioError: when the policy has nothing to tune.
    """
    if policy not in _NAMES:
        raise ScenarioError("pacing.policy", policy.value, f"one that can be tuned: {', '.join(_NAMES)}")
    answer = scenario.answer.probability
    handle_s = scenario.talk.mean_s + (scenario.wrap.mean_s if scenario.wrap else 0.0)
    per_agent_ms = 1000 * handle_s * answer / scenario.agents
    ranges = {
        "interval_ms": Range(low=max(per_agent_ms / 2, 0.1), high=per_agent_ms * 20, rising=False),
        "lines": Range(low=scenario.agents * 0.999, high=scenario.agents * (2 + 2 / answer), whole=True),
        "lines_per_idle": Range(low=0.5 / answer, high=40 / answer),
        "mixing": Range(low=0.0, high=1.0, logarithmic=False),
        "safety": Range(low=-3.0, high=6.0, rising=False, logarithmic=False),
        "target": Range(low=0.1 * scenario.limit, high=3 * scenario.limit),
        "max_level": Range(low=1.0, high=3.0),
    }
    return _NAMES[policy], ranges[_NAMES[policy]]


def trial_of(scenario: Scenario, pacing: Pacing, knob: str, *, seed: int = 0, engine: Engine | None = None) -> Trial:
    """Return trials of a pacing in a scenario, at values of one of its numbers.

    Args:
        scenario: the campaign's day; its own pacing does not matter.
        pacing: the pacing but for the knob.
        knob: a number of the pacing, by its name in a scenario.
        seed: the same seed meets the same calls at every value.
        engine: who plays; the fastest that can where None.
    """

    def trial(value: float, first: int, days: int) -> Sample:
        setting = round(value) if knob == "lines" else value
        tried = check_scenario(replace(scenario, pacing=replace(pacing, **{knob: setting})))  # type: ignore[arg-type]  # one of its numbers
        player = player_of(engine or fitting_engine(tried), plan_of(tried), seed)
        return sample_of(player(first, days, None).tallies)

    return trial


def sample_of(tallies: object) -> Sample:
    """Return what is searched by, from the tallies of days."""
    import numpy as np

    rows = np.array(tallies, dtype=np.float64)
    return Sample(
        abandoned=rows[:, c.ABANDONED],
        answers=rows[:, c.ABANDONED] + rows[:, c.CONNECTED],
        busy=rows[:, c.BUSY_AREA],
        staffed=rows[:, c.STAFFED_AREA],
    )
