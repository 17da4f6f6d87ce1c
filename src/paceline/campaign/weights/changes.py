"""The one change of weights; what it does not name stays as it is, and both blocks are sent whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from paceline.campaign.blocks import Tuning, Weights
from paceline.campaign.change import (
    Achieved,
    Difference,
    Diverged,
    IncompleteChangeError,
    Lane,
    Rulebook,
    Verdict,
    differences_in,
)
from paceline.campaign.observed import Ability, Observed, Part, Situation
from paceline.campaign.weights.boldness import bolder, redials
from paceline.campaign.weights.checks import guarded, sound
from paceline.campaign.weights.model import JUDGED, MANUAL, SETTINGS, SWITCHES, Basis, Wanted
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWeights:
    """Set how the predictive algorithm weighs what it knows; None leaves a field as it is.

    Attributes:
        algorithm: the platform's name of the algorithm.
        parameters: the map of weights whole, -1 to 1 each, in the place of the live one.
        adjusted: single weights, over that map or over the live one.
        validation_split: share of the days that is fitted on, 0.1 to 0.9.
        deviation_limit: how far one change may go from the live weight, 0.01 to 0.5.
        convergence: relative half-width at which an estimate has converged, 0.001 to 0.1.
        enabled: whether weights act at all.
        drift_protection: whether drift is to be watched for.
        trigger: told about where it is named; `manual` is what is sent.
        basis: on what ground it is made; no entrance lets anybody name it.
        beside, tuning_beside: filled in by `whole_on`: what the live blocks hold that nobody here knows, sent back as
            it was.
    """

    kind: ClassVar[str] = "weights.set"
    lane: ClassVar[Lane] = Lane.CHANGING
    part: ClassVar[Part] = Part.CAMPAIGN
    needs: ClassVar[frozenset[Ability]] = frozenset({Ability.WEIGHTS})
    effective_at: ClassVar[datetime | None] = None
    campaign: CampaignId
    algorithm: str | None = None
    parameters: Mapping[str, Decimal] | None = field(default=None, hash=False)
    adjusted: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    validation_split: Decimal | None = None
    deviation_limit: Decimal | None = None
    convergence: Decimal | None = None
    enabled: bool | None = None
    drift_protection: bool | None = None
    trigger: str | None = None
    basis: Basis = JUDGED
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)
    tuning_beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def to(cls, campaign: CampaignId, weights: Weights, tuning: Tuning | None = None, *, basis: Basis = JUDGED) -> Self:
        """Return the change that sets whole weights, and what the platform does with them where it is given."""
        return cls(
            campaign=campaign,
            parameters=dict(weights.parameters),
            **{name: getattr(weights, name) for name in SETTINGS},
            **({} if tuning is None else {name: getattr(tuning, name) for name in SWITCHES}),
            basis=basis,
        )

    @property
    def wanted(self) -> Wanted:
        """Return what is to become of the weights."""
        return Wanted(
            algorithm=self.algorithm,
            parameters=self.parameters,
            adjusted=self.adjusted,
            validation_split=self.validation_split,
            deviation_limit=self.deviation_limit,
            convergence=self.convergence,
            enabled=self.enabled,
            drift_protection=self.drift_protection,
            trigger=self.trigger,
        )

    @property
    def asks_data(self) -> bool:
        """Whether data have to say something before anything is looked at: it may dial otherwise, and is judged."""
        return self.basis.wants_evidence and self.wanted.may_redial

    def validate(self, rules: Rulebook) -> Findings:  # noqa: ARG002  # what law binds depends on where contacts may be
        """Judge what is named, by itself."""
        return sound(self.wanted)

    def guard(self, situation: Situation) -> Findings:
        """Judge the whole weights that would come of it against the live ones, the law, and what data say of them."""
        return guarded(self.wanted, self.basis, self.needs, situation)

    def redials(self, observed: Observed) -> bool:
        """Return whether anything would be dialed otherwise afterwards, so that data have to be asked."""
        whole, tuning = self._whole(observed)
        return whole is not None and tuning is not None and redials(observed.weights, observed.tuning, whole, tuning)

    def loosens(self, observed: Observed) -> bool:
        """Return whether more calls might be abandoned afterwards, so that what was measured has to be asked."""
        whole, tuning = self._whole(observed)
        if whole is None or tuning is None or sound(self.wanted).refused:
            return False
        return bool(bolder(observed.weights, observed.tuning, whole, tuning))

    def whole_on(self, observed: Observed) -> Self:
        """Return the change as it is sent: what it leaves as it is, filled in from what was seen.

        Raises:
            IncompleteChangeError: the campaign has no weights, and the change does not name all of them.
        """
        whole, tuning = self._whole(observed)
        if whole is None or tuning is None:
            missing = ", ".join(self.wanted.missing_on(observed.weights, observed.tuning))
            raise IncompleteChangeError(f"campaign {self.campaign} has no weights, and {missing} is not named")
        return replace(
            self,
            **{name: getattr(whole, name) for name in SETTINGS},
            **{name: getattr(tuning, name) for name in SWITCHES},
            parameters=dict(whole.parameters),
            adjusted={},
            trigger=tuning.trigger,
            beside=whole.beside,
            tuning_beside=tuning.beside,
        )

    def already_so(self, observed: Observed) -> bool:
        """Return whether the weights have everything that is named."""
        return not self.wanted.names_nothing and not self._differences(observed, is_sent=self.trigger is not None)

    def verify(self, observed: Observed) -> Verdict:
        """Judge by what the platform shows of each field that is named, and of the trigger, which always is."""
        differences = self._differences(observed, is_sent=True)
        return Diverged(differences) if differences else Achieved()

    def _whole(self, observed: Observed) -> tuple[Weights | None, Tuning | None]:
        return self.wanted.on(observed.weights), self.wanted.tuning_on(observed.tuning)

    def _differences(self, observed: Observed, *, is_sent: bool) -> tuple[Difference, ...]:
        """Return what is not as named; a weight that is gone counts as 0, and where one is sent the trigger counts."""
        live, tuning = observed.weights, observed.tuning
        found = [*differences_in(self, live, SETTINGS), *differences_in(self, tuning, SWITCHES)]
        named = dict(self.wanted.weights_named)
        if self.parameters is not None and live is not None:
            named |= {key: Decimal(0) for key in live.parameters if key not in named}
        for key, value in named.items():
            if live is None or live.of(key) != value:
                shown = None if live is None else str(live.of(key))
                found.append(Difference(field=key, wanted=str(value), observed=shown))
        if is_sent and (tuning is None or tuning.trigger != MANUAL):
            shown = None if tuning is None else tuning.trigger
            found.append(Difference(field="trigger", wanted=MANUAL, observed=shown))
        return tuple(found)
