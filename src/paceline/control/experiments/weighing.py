"""What finished experiments say of new weights: measured on the live campaign, it goes before what a twin predicts.

Rules:
* An experiment speaks for a change when its old weights are live, its new ones are wanted, everything else that decides
  how boldly the campaign dials is as it was, and its last block is not longer ago than `SPEAKS_FOR`.
* The last of them speaks. One that was ended by what was measured of the new weights speaks against them, whatever one
  before it said: neither it nor a twin is asked over that.
* One that a person ended speaks for nothing, but every one that was looked at counts: who tries the same thing again
  and again, until one try shows a gain, is held to a level for all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from paceline.campaign.blocks import Weights
from paceline.campaign.evidence import Evidence, Lack, NoEvidence
from paceline.campaign.weigher import WeighAsked
from paceline.campaign.weights.changes import SetWeights
from paceline.control.experiments.experiments import Experiments
from paceline.control.experiments.looking import look_at
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.standing import Experiment, Phase
from paceline.primitives.ids import CampaignId

SPEAKS_FOR = timedelta(days=60)
"""So long after its last block an experiment says something: lists and teams change."""


class ExperimentWeigher:
    """Tells what finished experiments say; asks no platform."""

    def __init__(self, experiments: Experiments) -> None:
        """Ask these experiments."""
        self._experiments = experiments

    def at_hand(
        self, campaign: CampaignId, *, split: Decimal | None, named: Mapping[str, Decimal] | None = None
    ) -> NoEvidence | None:
        """Return why no experiment says anything of such weights of this campaign; None where one may.

        Whether it is too old, by the platform's time, is told when the campaign has been looked at.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        del split  # an experiment is validated by its coins
        found = self._experiments.all_of(campaign)
        return None if any(_says(one) and _tried(one, named or {}) for one in found) else _nothing(campaign)

    def weigh(self, asked: WeighAsked) -> Evidence | NoEvidence:
        """Return what the last experiment of these two weights says; the same question has the same answer.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        observed = asked.observed
        found = [one for one in self._experiments.all_of(observed.campaign) if _compares(one, asked)]
        spoken = [one for one in found if (one.harmed or one.looks) and observed.at - _until(one) <= SPEAKS_FOR]
        last = next((one for one in reversed(spoken) if _says(one) or one.harmed), None)
        if last is None:
            return _nothing(observed.campaign)
        if not last.looks:
            return _harmful(last)
        # Each experiment of the same question that was looked at is one more chance to be wrong.
        level = 1.0 - (1.0 - asked.level) / len(spoken)
        taken = int(str(last.looks[-1]["look"]))
        look = look_at(last, taken, ceiling=asked.ceiling, least_gain=asked.least_gain, level=level)
        if last.harmed and not look.shows_loss:
            return _harmful(last)
        if look.evidence is not None:
            return look.evidence
        return NoEvidence(
            lack=Lack.TOO_LITTLE_DATA,
            why=f"experiment {last.entry} compared these weights, and {look.lack}",
            advice=f"plan it again with more days: paceline experiment plan {observed.campaign} KEY=VALUE",
        )


def _until(experiment: Experiment) -> datetime:
    """Return the end of the last block that an experiment came to."""
    last = experiment.blocks[-1].number if experiment.blocks else 0
    return experiment.plan.blocks[last].start + experiment.plan.block


def _harmful(experiment: Experiment) -> NoEvidence:
    """Return that the new weights were taken back for what they did: no twin is asked over that."""
    return NoEvidence(
        lack=Lack.NO_DATA,
        why=f"experiment {experiment.entry} tried them and took them back: {experiment.outcome}",
        advice=f"try gentler ones: paceline experiment plan {experiment.campaign} KEY=VALUE",
        is_final=True,
    )


def _says(experiment: Experiment) -> bool:
    """Return whether an experiment of weights is over, and was looked at as planned."""
    is_over = experiment.phase is Phase.FINISHED and bool(experiment.looks)
    return is_over and isinstance(experiment.new, SetWeights)


def _tried(experiment: Experiment, named: Mapping[str, Decimal]) -> bool:
    """Return whether an experiment tried these weights, whatever the others are."""
    new = experiment.new
    tried = (new.parameters or {}) if isinstance(new, SetWeights) else {}
    return all(tried.get(key, Decimal(0)) == value for key, value in named.items())


def _compares(experiment: Experiment, asked: WeighAsked) -> bool:
    """Return whether an experiment compared what is live with what is wanted, in the same surroundings."""
    observed, new = asked.observed, experiment.new
    if not isinstance(new, SetWeights) or experiment.live_in(observed) is not Setting.OLD:
        return False
    if asked.tuning is not None and not asked.tuning.enabled:
        return False
    if observed.weights is None or observed.weights.algorithm != asked.wanted.algorithm:
        return False
    return experiment.is_surrounded_as_before(observed) and _same(new, asked.wanted)


def _same(new: SetWeights, wanted: Weights) -> bool:
    keys = {*(new.parameters or {}), *wanted.parameters}
    tested = new.parameters or {}
    return all(tested.get(key, Decimal(0)) == wanted.of(key) for key in keys)


def _nothing(campaign: CampaignId) -> NoEvidence:
    return NoEvidence(
        lack=Lack.NO_DATA,
        why=f"no experiment of campaign {campaign} of the last {SPEAKS_FOR.days} days compared these weights",
        advice=f"plan one: paceline experiment plan {campaign} KEY=VALUE",
    )
