"""What a tuner is asked, and what it tells: weights, how they were found, how surely, and at what cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from paceline.campaign.blocks import Weights
from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.forecast import Between
from paceline.campaign.observed import Observed
from paceline.campaign.weights.changes import SetWeights
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId
from paceline.twin.model import Twin

STEP = Decimal("0.001")
"""Weights are looked for, and gone to, in whole steps of this."""
QUIET = 3
"""Generations in a row that show no gain, with which a search has converged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneAsked:
    """What is in question.

    Attributes:
        observed: the campaign with its live weights and pacing.
        twin: of the campaign, with a say.
        ceiling: the abandonment that binds, a fraction.
        least_gain: the smallest gain in utilisation worth having, a fraction.
        level: of each statement, above 0.5 and below 1.
        seed: of the search; the same seed finds the same.
        most_trials: weights that are tried at most.
    """

    observed: Observed
    twin: Twin
    ceiling: float
    least_gain: float = 0.0025
    level: float = 0.95
    seed: int = 0
    most_trials: int = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What weights come to on the days of the fit.

    Attributes:
        utilisation: talk and wrap-up over available agent time, a fraction.
        abandonment: abandoned over answered, a fraction.
        bound: upper bound of abandonment that the days held out keep nine times of ten, a fraction.
    """

    utilisation: float
    abandonment: float
    bound: float

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"utilisation": self.utilisation, "abandonment": self.abandonment, "bound": self.bound}


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One round of the search.

    Attributes:
        number: from 1.
        best: the best weights so far.
        fit: what they come to.
        gain: in utilisation over the best before this round, with its interval; 0 where none was better.
        is_quiet: whether that shows no gain.
    """

    number: int
    best: Mapping[str, Decimal]
    fit: Fit
    gain: Between
    is_quiet: bool

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "number": self.number,
            "best": {key: str(value) for key, value in self.best.items()},
            "fit": self.fit.document(),
            "gain": self.gain.document(),
            "quiet": self.is_quiet,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What was found.

    Attributes:
        campaign: whose.
        weights: the best; the live ones where none is better.
        live: what is live.
        changed: the keys that differ, with their new values.
        searched: the keys that can act, among which was looked.
        live_fit, fit: what either comes to on the days of the fit.
        evidence: what the held-out days show of the best; None where nothing is to be changed.
        converged: whether the last rounds showed no gain, rather than the trials being used up.
        convergence: that in words, with its precision.
        path: round by round.
        evaluated: weights that were tried.
        days: of the fit, on which each was tried.
        seed: of the search.
        cpu_s: seconds of processor time, the evidence included.
        why: why there is nothing to propose; empty where there is.
    """

    campaign: CampaignId
    weights: Weights
    live: Weights
    changed: Mapping[str, Decimal]
    searched: tuple[str, ...]
    live_fit: Fit
    fit: Fit
    evidence: Evidence | NoEvidence | None
    converged: bool
    convergence: str
    path: tuple[Generation, ...]
    evaluated: int
    days: int
    seed: int
    cpu_s: float
    why: str

    @property
    def is_borne_out(self) -> bool:
        """Whether the held-out days show abandonment below the ceiling, and a gain worth having.

        Where the live weights may abandon too many, being lawful is gain enough.
        """
        found = self.evidence
        if not isinstance(found, Evidence) or found.abandonment_high >= found.ceiling:
            return False
        return found.worth_having or self.live_fit.bound >= found.ceiling

    def change(self, *, steps: int = 1) -> SetWeights:
        """Return the change that makes the first of so many equal steps to the best.

        Raises:
            ValueError: there is nothing to change.
        """
        if not self.changed:
            raise ValueError(self.why)
        return SetWeights(campaign=self.campaign, adjusted=self.step(1, steps))

    def step(self, number: int, steps: int) -> dict[str, Decimal]:
        """Return the changed weights after one of so many equal steps, from 1; the last are the best themselves."""
        return {
            key: (self.live.of(key) + (value - self.live.of(key)) * number / steps).quantize(STEP)
            if number < steps
            else value
            for key, value in self.changed.items()
        }

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "campaign": self.campaign,
            "changed": {key: str(value) for key, value in self.changed.items()},
            "live": {key: str(self.live.of(key)) for key in self.searched},
            "searched": [*self.searched],
            "fit": {"live": self.live_fit.document(), "best": self.fit.document()},
            "borne_out": self.is_borne_out,
            "evidence": None if self.evidence is None else self.evidence.document(),
            "converged": self.converged,
            "convergence": self.convergence,
            "path": [one.document() for one in self.path],
            "evaluated": self.evaluated,
            "days": self.days,
            "seed": self.seed,
            "cpu_s": self.cpu_s,
            "why": self.why,
        }
