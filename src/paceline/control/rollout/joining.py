"""The parts of rollouts, joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from paceline.campaign.ports import Platform
from paceline.control.agenda.agenda import ROOM
from paceline.control.allowance import Allowance
from paceline.control.approving.withdrawal import Withdrawal
from paceline.control.facts.law import Law
from paceline.control.freezes import Freezes
from paceline.control.meanwhile import Meanwhile
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.rollout.desk import RolloutDesk
from paceline.control.rollout.engine import Engine
from paceline.control.rollout.judging import Judging
from paceline.control.rollout.measuring import Measuring
from paceline.control.rollout.rollouts import Rollouts
from paceline.control.rollout.starting import Starting
from paceline.control.rollout.steering import Steering
from paceline.control.rollout.stepping import Stepping
from paceline.control.rollout.strangers import Strangers
from paceline.control.settlement import Settlement
from paceline.control.undertakings.turns import Turns
from paceline.ledger.entry import Actor
from paceline.ledger.readings import Readings
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.leases import Leases


class Parts(Protocol):
    """What rollouts are made of; a whole system has all of it."""

    platform: Platform
    recorder: Recorder
    readings: Readings
    corridor: Corridor
    settlement: Settlement
    meanwhile: Meanwhile
    freezes: Freezes
    law: Law
    allowance: Allowance
    leases: Leases
    rollouts: Rollouts
    actor: Actor


def rollout_desk(
    parts: Parts,
    *,
    is_supervised: Callable[[CampaignId], bool] = lambda _campaign: False,
    experiment_of: Callable[[CampaignId], EntryId | None] = lambda _campaign: None,
) -> RolloutDesk:
    """Return the rollouts of one tenant, joined from these parts.

    Args:
        parts: its `actor` notes what no person did.
        is_supervised: whether the supervisor steers a campaign, which then has no rollout.
        experiment_of: which experiment of a campaign is under way, which then has no rollout either.
    """
    rollouts, recorder = parts.rollouts, parts.recorder
    measuring = Measuring(parts.platform, allowance=parts.allowance, law=parts.law, readings=parts.readings)
    engine = Engine(
        platform=parts.platform,
        recorder=recorder,
        rollouts=rollouts,
        stepping=Stepping(
            parts.corridor,
            recorder,
            parts.settlement,
            Withdrawal(recorder=recorder, leases=parts.leases, room=ROOM),
        ),
        judging=Judging(measuring, actor=parts.actor),
        strangers=Strangers(recorder, parts.readings, parts.meanwhile, parts.actor),
        freezes=parts.freezes,
        live_since=measuring.live_since,
        actor=parts.actor,
    )
    return RolloutDesk(
        platform=parts.platform,
        rollouts=rollouts,
        starting=Starting(
            platform=parts.platform,
            corridor=parts.corridor,
            law=parts.law,
            measuring=measuring,
            rollouts=rollouts,
            freezes=parts.freezes,
            is_supervised=is_supervised,
            experiment_of=experiment_of,
        ),
        steering=Steering(rollouts),
        turns=Turns(engine=engine, kept=rollouts, recorder=recorder, leases=parts.leases),
    )
