"""The parts of experiments, joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from paceline.control.agenda.agenda import ROOM
from paceline.control.approving.policy import Policy
from paceline.control.approving.withdrawal import Withdrawal
from paceline.control.experiments.desk import ExperimentDesk
from paceline.control.experiments.engine import Engine
from paceline.control.experiments.experiments import Experiments
from paceline.control.experiments.judging import Judging
from paceline.control.experiments.measuring import Measuring
from paceline.control.experiments.starting import Starting
from paceline.control.experiments.steering import Steering
from paceline.control.experiments.strangers import Strangers
from paceline.control.experiments.switching import Switching
from paceline.control.rollout.joining import Parts as RolledOut
from paceline.control.undertakings.turns import Turns
from paceline.primitives.ids import CampaignId


class Parts(RolledOut, Protocol):
    """What experiments are made of; a whole system has all of it."""

    experiments: Experiments


def experiment_desk(
    parts: Parts, approvals: Policy, *, is_supervised: Callable[[CampaignId], bool] = lambda _campaign: False
) -> ExperimentDesk:
    """Return the experiments of one tenant, joined from these parts.

    Args:
        parts: its `actor` notes what no person did.
        approvals: which changes want a second person.
        is_supervised: whether the supervisor steers a campaign, which then has no experiment.
    """
    experiments, recorder = parts.experiments, parts.recorder
    withdrawal = Withdrawal(recorder=recorder, leases=parts.leases, room=ROOM)
    measuring = Measuring(parts.platform, allowance=parts.allowance, law=parts.law)

    def steered_by(campaign: CampaignId) -> str | None:
        rollout = parts.rollouts.under_way(campaign)
        if rollout is not None:
            return f"a rollout of {rollout.actor.name} is under way (entry {rollout.entry})"
        return f"campaign {campaign} is steered minute by minute" if is_supervised(campaign) else None

    engine = Engine(
        platform=parts.platform,
        recorder=recorder,
        experiments=experiments,
        switching=Switching(parts.corridor, recorder, parts.settlement, withdrawal),
        judging=Judging(measuring, actor=parts.actor),
        strangers=Strangers(recorder, parts.readings, parts.meanwhile, parts.actor),
        freezes=parts.freezes,
        is_steered=lambda campaign: steered_by(campaign) is not None,
        actor=parts.actor,
    )
    steering = Steering(experiments)
    return ExperimentDesk(
        platform=parts.platform,
        experiments=experiments,
        starting=Starting(
            platform=parts.platform,
            recorder=recorder,
            corridor=parts.corridor,
            measuring=measuring,
            experiments=experiments,
            steering=steering,
            freezes=parts.freezes,
            approvals=approvals,
            steered_by=steered_by,
        ),
        steering=steering,
        turns=Turns(engine=engine, kept=experiments, recorder=recorder, leases=parts.leases),
    )
