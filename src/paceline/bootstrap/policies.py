"""Joins what other pacing policies would give a campaign: side by side, on days as measured. Nothing is sent.

* One line for each idle agent, and the contract's pacing at its best, are projected as a change of pacing is: on the
  same calls as the live one.
* Supervision is played by its own controller, on days whose answer rate drifts, with the live pacing on the same days:
  harder days than the others', so that it is held against the live pacing there, and not against their rows.
* The optimum is a bound, and no setting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from paceline.bootstrap.best_pacing import BestForCampaign, best_for_campaign
from paceline.bootstrap.rehearsing import Drifted, drifted
from paceline.bootstrap.system import System
from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import Effect, NoProjection, Projection
from paceline.campaign.pacing.boldness import GENTLEST
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.order import Order
from paceline.control.settings_shown import pacing_shown
from paceline.control.supervision.envelope import Certificate
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId

if TYPE_CHECKING:
    from paceline.optimizer.best.settings import Terms
    from paceline.optimizer.best.told import Best
    from paceline.simulation.scenario import Scenario

_NO_PACING = "the campaign has no pacing yet: there is nothing to hold others against"


class Policy(StrEnum):
    """A way to pace a campaign."""

    LIVE = "live"
    PROGRESSIVE = "progressive"
    """One line for each idle agent."""
    BEST = "best"
    """The contract's pacing at its best under the ceiling."""
    SUPERVISED = "supervised"
    """The contract's pacing, steered minute by minute."""
    OPTIMUM = "optimum"
    """The provable best of any dialer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTold:
    """What one policy would give.

    Attributes:
        policy: which.
        effect: what it comes to; None where nobody can tell.
        difference: the effect less that of the live pacing, on the same days; None of the live one itself.
        breach: the chance that the legal period ends above its ceiling, that of the likeliest; None where unknown.
        pacing: as it can be set; None where it is no setting.
        why: why nobody can tell, in words; empty where it is told.
        against: what the corridor would find against it now, in words.
    """

    policy: Policy
    effect: Effect | None = None
    difference: Effect | None = None
    breach: float | None = None
    pacing: Pacing | None = None
    why: str = ""
    against: tuple[str, ...] = ()

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "policy": self.policy.value,
            "effect": None if self.effect is None else self.effect.document(),
            "difference": None if self.difference is None else self.difference.document(),
            "breach_probability": self.breach,
            "pacing": None if self.pacing is None else pacing_shown(self.pacing),
            "why": self.why or None,
            "against": [*self.against],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesTold:
    """All policies of a campaign.

    Attributes:
        policies: each that is compared.
        base: the projection of the live pacing, with the ceilings, the days and what was assumed.
        certificate: of the supervision; None where it has none.
        drifted: supervision and the live pacing on days of drift; None where it was not played.
    """

    policies: tuple[PolicyTold, ...]
    base: Projection
    certificate: Certificate | None
    drifted: Drifted | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        base, shown = self.base, None if self.certificate is None else self.certificate
        return {
            "policies": [one.document() for one in self.policies],
            "ceiling": min((one.most / one.per for one in base.risks), default=None),
            "optimum": base.optimum,
            "handle_s": base.measured_handle_s,
            "forecast": base.document(),
            "supervision": None if shown is None else {**shown.document(), "bound": shown.bound},
            "drifting": None if self.drifted is None else self.drifted.document(),
        }


def policies_of(system: System, campaign: CampaignId) -> PoliciesTold | NoProjection:
    """Return what other policies would give a campaign, or why nobody can tell; some seconds of computing.

    Raises:
        PlatformError: the campaign cannot be looked at.
        LedgerUnavailableError: what is known of it cannot be read now.
    """
    belief, aim = GENTLEST
    observed = system.survey.looked_at(campaign).observed
    if observed.pacing is None:
        return NoProjection(why=_NO_PACING)
    situation = system.survey.foreseen(
        SetPacing(campaign=campaign, answer_rate=belief, abandonment_aim=aim), observed
    )  # fmt: skip
    best, why_no_best = _best(system, campaign)
    one_line = replace(observed.pacing, answer_rate=belief, abandonment_aim=aim)
    wanted = [observed.pacing, one_line, *([] if best is None else [best])]
    found = system.projecting.forecasts(situation, wanted)
    base = found[0]
    if isinstance(base, NoProjection):
        return base
    certificate, why_not = _certified(system, campaign)
    days = None if certificate is None else drifted(certificate, observed.pacing)
    return PoliciesTold(
        policies=(
            PolicyTold(policy=Policy.LIVE, effect=base.then, breach=_breach(base), pacing=observed.pacing),
            _projected(Policy.PROGRESSIVE, one_line, found[1]),
            PolicyTold(policy=Policy.BEST, why=why_no_best)
            if best is None
            else _of_best(system, campaign, best, found[2]),
            PolicyTold(policy=Policy.SUPERVISED, why=why_not)
            if days is None
            else PolicyTold(policy=Policy.SUPERVISED, effect=days.steered, difference=days.difference),
            _optimum(base),
        ),
        base=base,
        certificate=certificate,
        drifted=days,
    )


def _best(system: System, campaign: CampaignId) -> tuple[Pacing | None, str]:
    """Return the contract's best pacing for a campaign, or why there is none."""
    from paceline.optimizer.best.pacing import Wish, best_pacing

    def search(scenario: Scenario, terms: Terms, seed: int) -> Best:
        return best_pacing(scenario, Wish(terms=terms, seed=seed))

    try:
        found = best_for_campaign(system, campaign, search)
    except PacelineError as error:
        return None, error.message
    if not isinstance(found, BestForCampaign):
        return None, found.why
    return (None, found.best.why_not_sent) if found.best.sent is None else (found.best.sent.block, "")


def _projected(policy: Policy, pacing: Pacing, found: Projection | NoProjection) -> PolicyTold:
    if isinstance(found, NoProjection):
        return PolicyTold(policy=policy, pacing=pacing, why=found.why)
    return PolicyTold(
        policy=policy, effect=found.then, difference=found.difference, breach=_breach(found), pacing=pacing
    )  # fmt: skip


def _of_best(system: System, campaign: CampaignId, best: Pacing, found: Projection | NoProjection) -> PolicyTold:
    foreseen = system.foresight.of_settings(SetPacing.to(campaign, best))
    against = tuple(one.message for one in foreseen.findings if one.severity is not Severity.INFO)
    return replace(_projected(Policy.BEST, best, found), against=against)


def _certified(system: System, campaign: CampaignId) -> tuple[Certificate | None, str]:
    """Return the certificate under which a campaign could be supervised now, or why there is none."""
    begun = system.supervision.start(campaign, Order(actor=system.actor, dry_run=True))
    return begun.certificate, "; ".join(one.message.partition("\n")[0] for one in begun.findings)


def _optimum(base: Projection) -> PolicyTold:
    why = "" if base.optimum is not None else "the best possible cannot be solved for this campaign"
    return PolicyTold(policy=Policy.OPTIMUM, why=why)


def _breach(found: Projection) -> float | None:
    return None if found.worst is None else found.worst.then
