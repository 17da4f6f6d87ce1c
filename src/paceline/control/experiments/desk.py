"""The experiments of one tenant, all in one place: planned, started, looked at, steered, and moved on by workers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from paceline.campaign.change import Lane
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.experiments.experiments import Experiments
from paceline.control.experiments.looking import Look, last_look
from paceline.control.experiments.planning import Terms
from paceline.control.experiments.settings import Switch
from paceline.control.experiments.standing import Experiment
from paceline.control.experiments.starting import Began, Starting
from paceline.control.experiments.steering import Steering
from paceline.control.order import Order
from paceline.control.undertakings.turns import Turns
from paceline.primitives.ids import CampaignId


class ExperimentDesk:
    """What persons ask of experiments; what they decide is begun at once where nobody else is at it."""

    def __init__(
        self,
        *,
        platform: Platform,
        experiments: Experiments,
        starting: Starting,
        steering: Steering,
        turns: Turns[Experiment],
    ) -> None:
        """Join what plans, keeps, steers and moves them."""
        self._platform = platform
        self.experiments = experiments
        self.starting = starting
        self.steering = steering
        self.turns = turns

    def plan(self, wish: Switch, terms: Terms, order: Order) -> Began:
        """Plan an experiment, and keep its coins; raises as `Starting.plan` does."""
        return self.starting.plan(wish, terms, order)

    def start(self, campaign: CampaignId, order: Order) -> Began:
        """Start what is planned or paused; raises as `Starting.start` does."""
        began = self.starting.start(campaign, order)
        return began if began.experiment is None else replace(began, experiment=self.turns.moved(began.experiment))

    def pause(self, campaign: CampaignId, order: Order) -> Experiment:
        """Have the old setting live until somebody starts it again; raises as `Steering.pause` does."""
        return self.turns.moved(self.steering.pause(campaign, order, at=self._now(campaign)))

    def abort(self, campaign: CampaignId, order: Order) -> Experiment:
        """End an experiment, the old setting live; raises as `Steering.abort` does."""
        return self.turns.moved(self.steering.abort(campaign, order, at=self._now(campaign)))

    def status(self, campaign: CampaignId) -> Experiment:
        """Return where the experiment of a campaign stands.

        Raises:
            NoExperimentError: it never had one.
            LedgerUnavailableError: it cannot be read now.
        """
        return self.experiments.of(campaign)

    def analyse(self, campaign: CampaignId) -> tuple[Experiment, Look | None]:
        """Return an experiment and its last planned look, computed anew from its blocks; None before the first.

        What is between two looks is not told: whoever looks more often than was planned errs more often.

        Raises:
            NoExperimentError: it never had one.
            LedgerUnavailableError: it cannot be read now.
        """
        experiment = self.status(campaign)
        return experiment, last_look(experiment)

    def _now(self, campaign: CampaignId) -> datetime:
        """Return the platform's time; while it is away, when the experiment was looked at last."""
        try:
            return self._platform.time(lane=Lane.CHANGING)
        except PlatformError:
            found = self.experiments.of(campaign)
            return found.looked or found.planned
