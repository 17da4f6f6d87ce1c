"""The parts of supervision, joined."""

from __future__ import annotations

from typing import Protocol

from paceline.campaign.ports import Platform
from paceline.control.allowance import Allowance
from paceline.control.approving.policy import Policy
from paceline.control.experiments.experiments import Experiments
from paceline.control.facts.law import Law
from paceline.control.freezes import Freezes
from paceline.control.meanwhile import Meanwhile
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.rollout.rollouts import Rollouts
from paceline.control.supervision.envelope import CertifiedSteps
from paceline.control.supervision.leaving import Leaving
from paceline.control.supervision.looking import Looking
from paceline.control.supervision.supervisions import Supervisions
from paceline.control.supervision.supervisor import Supervisor
from paceline.control.telling.announcing import Announcer
from paceline.ledger.book import Book
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database


class Parts(Protocol):
    """What supervision is made of; a whole system has all of it."""

    platform: Platform
    database: Database
    book: Book
    recorder: Recorder
    corridor: Corridor
    meanwhile: Meanwhile
    freezes: Freezes
    law: Law
    allowance: Allowance
    rollouts: Rollouts
    experiments: Experiments
    crier: Announcer


def supervisor_of(parts: Parts, approvals: Policy, requests_per_minute: int) -> Supervisor:
    """Return the supervisor of one tenant, joined from these parts.

    Args:
        parts: its corridor asks `CertifiedSteps` which pacings are covered.
        approvals: which changes want a second person.
        requests_per_minute: that are allowed, of which looks have a quarter; 0 is no limit.
    """
    supervisions = Supervisions(parts.database, parts.book, parts.crier)
    looking = Looking(
        platform=parts.platform,
        corridor=parts.corridor,
        recorder=parts.recorder,
        law=parts.law,
        allowance=parts.allowance,
        meanwhile=parts.meanwhile,
        supervisions=supervisions,
        steps=CertifiedSteps(),
    )

    def in_the_way(campaign: CampaignId) -> str | None:
        rollout = parts.rollouts.under_way(campaign)
        if rollout is not None:
            return f"a rollout of {rollout.actor.name} is under way (entry {rollout.entry})"
        tried = parts.experiments.under_way(campaign)
        return None if tried is None else f"an experiment of {tried.actor.name} is under way (entry {tried.entry})"

    return Supervisor(
        platform=parts.platform,
        recorder=parts.recorder,
        freezes=parts.freezes,
        law=parts.law,
        allowance=parts.allowance,
        approvals=approvals,
        supervisions=supervisions,
        looking=looking,
        leaving=Leaving(parts.platform, parts.corridor, parts.recorder),
        requests_per_minute=requests_per_minute,
        in_the_way=in_the_way,
    )
