"""The rollouts of one tenant, all of it in one place: begun, looked at, steered by persons, and moved on by workers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from paceline.campaign.change import Lane
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.order import Order
from paceline.control.rollout.rollouts import Rollouts
from paceline.control.rollout.standing import Rollout
from paceline.control.rollout.starting import Started, Starting, Terms
from paceline.control.rollout.steering import Steering
from paceline.control.undertakings.turns import Turns
from paceline.primitives.ids import CampaignId


class RolloutDesk:
    """What persons ask of rollouts; what they decide is begun at once where nobody else is at it."""

    def __init__(
        self, *, platform: Platform, rollouts: Rollouts, starting: Starting, steering: Steering, turns: Turns[Rollout]
    ) -> None:
        """Join what begins, keeps, steers and moves them."""
        self._platform = platform
        self.starting = starting
        self.steering = steering
        self.rollouts = rollouts
        self.turns = turns

    def start(self, wish: SetPacing, terms: Terms, order: Order) -> Started:
        """Begin a rollout and bring its first step about, when nothing stands against it.

        Raises:
            PlatformError: it cannot be judged; once it has begun, whoever comes next goes on.
            LedgerUnavailableError: it did not begin.
        """
        started = self.starting.start(wish, terms, order)
        if started.rollout is None:
            return started
        return replace(started, rollout=self.turns.moved(started.rollout))

    def pause(self, campaign: CampaignId, order: Order) -> Rollout:
        """Have the rollout of a campaign stay at its step; raises as `Steering.pause` does."""
        return self.turns.moved(self.steering.pause(campaign, order, at=self._now(campaign)))

    def resume(self, campaign: CampaignId, order: Order) -> Rollout:
        """Have a paused rollout go on; raises as `Steering.resume` does."""
        return self.turns.moved(self.steering.resume(campaign, order, at=self._now(campaign)))

    def promote(self, campaign: CampaignId, order: Order, *, step: int | None = None) -> Rollout:
        """Go to the next step on a person's word; `step` and what is raised are as of `Steering.promote`."""
        return self.turns.moved(self.steering.promote(campaign, order, at=self._now(campaign), step=step))

    def abort(self, campaign: CampaignId, order: Order) -> Rollout:
        """Take a rollout back, and latch it; raises as `Steering.abort` does."""
        return self.turns.moved(self.steering.abort(campaign, order, at=self._now(campaign)))

    def undo(self, campaign: CampaignId, order: Order) -> Rollout:
        """Take a rollout back; raises as `Steering.undo` does."""
        return self.turns.moved(self.steering.undo(campaign, order, at=self._now(campaign)))

    def clear(self, campaign: CampaignId, order: Order) -> Rollout:
        """Let rollouts of a campaign begin again; raises as `Steering.clear` does."""
        return self.steering.clear(campaign, order, at=self._now(campaign))

    def status(self, campaign: CampaignId) -> Rollout:
        """Return where the last rollout of a campaign stands.

        Raises:
            NoRolloutError: it never had one.
            LedgerUnavailableError: it cannot be read now.
        """
        return self.rollouts.of(campaign)

    def _now(self, campaign: CampaignId) -> datetime:
        """Return the platform's time; while it is away, when the rollout was looked at last: a person need not wait."""
        try:
            return self._platform.time(lane=Lane.CHANGING)
        except PlatformError:
            last = self.rollouts.of(campaign)
            return last.looked or last.began
