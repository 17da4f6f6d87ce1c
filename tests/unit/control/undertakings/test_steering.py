"""What the tables call under way is what rollouts and experiments call so."""

from __future__ import annotations

from paceline.control.experiments.experiments import Experiments
from paceline.control.experiments.standing import UNDER_WAY as EXPERIMENTED
from paceline.control.rollout.rollouts import Rollouts
from paceline.control.rollout.standing import UNDER_WAY as ROLLED_OUT
from paceline.control.supervision.standing import Steering
from paceline.control.undertakings.steering import EXPERIMENT_STATES, ROLLOUT_STATES, STEERS


def test_states_that_steer_a_campaign_are_those_of_the_rooms_that_write_them() -> None:
    assert set(ROLLOUT_STATES) == {phase.value for phase in ROLLED_OUT} == set(Rollouts.states)
    assert set(EXPERIMENT_STATES) == {phase.value for phase in EXPERIMENTED} == set(Experiments.states)
    assert Steering.RUNNING.value == STEERS
