"""Trials of a policy in a scenario: days of the simulator at values of its knob, the same calls at each of them."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING

from paceline.optimizer.parts import Part, played_by
from paceline.optimizer.sample import Days
from paceline.simulation.checks import check_scenario
from paceline.simulation.controls import controls_of
from paceline.simulation.errors import ScenarioError
from paceline.simulation.plan import plan_of
from paceline.simulation.players import Engine, Player, fitting_engine, player_of
from paceline.simulation.scenario import Pacing, Policy, Scenario

if TYPE_CHECKING:
    from paceline.optimizer.knobs import Knob
    from paceline.optimizer.sample import Floats
    from paceline.simulation.distributions import Ticks


class ScenarioTrial:
    """Days of a scenario under one policy."""

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy,
        knob: Knob | None,
        *,
        seed: int,
        engine: Engine | None = None,
        executor: Executor | None = None,
    ) -> None:
        """Keep what is tried.

        Args:
            scenario: the campaign's day; of its own pacing what the policy needs besides the knob, if it is of that
                policy.
            policy: the policy.
            knob: its knob; None where nothing is tuned.
            seed: the same seed meets the same calls at every value.
            engine: who plays; the fastest that can where None.
            executor: plays parts of a look; the numbers do not depend on it. This thread alone where None.

        Raises:
            ScenarioError: when the safety is carried overnight: then days depend on each other; or when the answer rate
                changes from day to day: then the days that are looked at do not stand for the others.
        """
        own = scenario.pacing
        self.pacing = own if own is not None and own.policy is policy else Pacing(policy=policy)
        if self.pacing.carried:
            raise ScenarioError("pacing.carried", True, "false: an interval over days needs days that do not depend")  # noqa: FBT003 - the value that was found
        if len(set(scenario.answer.by_day)) > 1:
            raise ScenarioError("answer.by_day", scenario.answer.by_day, "one factor: a few days stand for all of them")
        self.scenario, self.knob, self.seed, self.engine = scenario, knob, seed, engine
        self.executor = executor
        self._players: dict[float, Player] = {}

    def paced(self, value: float) -> Pacing:
        """Return the pacing with a value of the knob."""
        return self.pacing if self.knob is None else self.knob.put(self.pacing, value)

    def play(self, value: float, first: int, days: int) -> Days:
        """Return days at a value; see `sample.Trial`."""
        import numpy as np

        if self.executor is not None:
            tried, engine = self._tried(value)
            part = Part(scenario=tried, seed=self.seed, engine=engine, first=first, days=days)
            brought = played_by(self.executor, part)
            return Days(tallies=brought.tallies, computed_ns=brought.computed_ns)
        played = self._player(value)(first, days, None)
        return Days(tallies=np.stack(played.tallies), computed_ns=played.computed_ns)

    def controls(self, tallies: Ticks) -> Floats:
        """Return what chance gave each day; see `sample.Trial`."""
        return controls_of(self.scenario, tallies)

    def _player(self, value: float) -> Player:
        if value not in self._players:
            tried, engine = self._tried(value)
            self._players[value] = player_of(engine, plan_of(tried), self.seed)
        return self._players[value]

    def _tried(self, value: float) -> tuple[Scenario, Engine]:
        tried = check_scenario(replace(self.scenario, pacing=self.paced(value)))
        return tried, self.engine or fitting_engine(tried)
