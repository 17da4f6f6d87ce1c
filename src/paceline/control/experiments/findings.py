"""What stands against an experiment, or is to be told of one, as findings.

* `experiment.under-way`: no other experiment of the campaign is under way.
* `experiment.steered`: no rollout of the campaign is under way, and the supervisor does not steer it.
* `experiment.not-dialing`: the campaign is ACTIVE, not frozen, and dials predictively, so that blocks can be compared.
* `experiment.unmeasured`: the platform tells what it measures, and has measured how long calls are handled.
* `experiment.settings`: the two settings can be compared: both are known, act, and differ in one thing alone.
* `experiment.plan`: the terms are within their bounds, and the blocks are enough for any look to show anything.
* `experiment.approval`: switches do not wait for a second person.
* `experiment.power`: told: how many blocks, and the smallest gain that is likely to be found.
* `experiment.late`: it is started before its first block begins.
* `experiment.moved`: what was live when it was planned is live when it is started.
"""

from __future__ import annotations

from datetime import datetime

from paceline.campaign.blocks import DialingMode
from paceline.campaign.observed import Frozen, Observed, State
from paceline.control.experiments.plan import MINUTE, ExperimentPlan
from paceline.control.experiments.power import POWER, Power
from paceline.control.experiments.standing import Experiment
from paceline.primitives.clock import utc_text
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Severity
from paceline.primitives.ids import CampaignId


def under_way(other: Experiment) -> Finding:
    """Return that another experiment of the campaign is under way."""
    return Finding(
        rule="experiment.under-way",
        severity=Severity.ERROR,
        message=f"experiment {other.entry} by {other.actor.name} is {other.phase.value}: one at a time",
        found=other.entry,
        source=other.actor.name,
    )


def steered(by: str) -> Finding:
    """Return that something else steers the campaign; `by` says what, in words."""
    return Finding(
        rule="experiment.steered",
        severity=Severity.ERROR,
        message=f"{by}: two who steer undo each other, and blocks would compare with nothing",
    )


def not_dialing(observed: Observed, frozen: Frozen | None) -> Finding | None:
    """Return that blocks of the campaign could not be compared; None when they can."""
    mode = None if observed.rules is None else observed.rules.mode
    if frozen is not None:
        why, found, limit = f"{frozen.by} froze the campaign", "frozen", State.ACTIVE.value
    elif observed.state is not State.ACTIVE:
        why, found, limit = f"the campaign is {observed.state}", observed.state.value, State.ACTIVE.value
    elif mode not in {None, DialingMode.PREDICTIVE}:
        why, found, limit = f"the campaign dials in mode {mode}", str(mode), DialingMode.PREDICTIVE.value
    else:
        return None
    return Finding(
        rule="experiment.not-dialing",
        severity=Severity.ERROR,
        message=f"{why}: nothing would show what a setting does",
        field="state" if limit == State.ACTIVE.value else "mode",
        found=found,
        limit=limit,
    )


def unmeasured(why: str) -> Finding:
    """Return that nothing is measured, or not what a plan is made of; `why` says it."""
    return Finding(rule="experiment.unmeasured", severity=Severity.ERROR, message=why)


def no_settings(why: PacelineError) -> Finding:
    """Return that these two settings cannot be compared."""
    return Finding(rule="experiment.settings", severity=Severity.ERROR, message=_with_hint(why))


def no_plan(why: PacelineError) -> Finding:
    """Return that no plan can be made of what was asked for."""
    return Finding(rule="experiment.plan", severity=Severity.ERROR, message=_with_hint(why))


def waits_for_approval(campaign: CampaignId) -> Finding:
    """Return that every switch would wait for a second person."""
    return Finding(
        rule="experiment.approval",
        severity=Severity.ERROR,
        message=f"the policy wants a second person for each such change of campaign {campaign}, and a switch at the "
        "edge of a block cannot wait",
    )


def expected(plan: ExperimentPlan, power: Power | None) -> Finding:
    """Return how many blocks there are, and what they are likely to find."""
    blocks = f"{len(plan.blocks)} blocks of {plan.block // MINUTE} minutes on {plan.days} days, {len(plan.looks)} looks"
    if power is None:
        told = f"{blocks}: nobody can tell how small a gain it finds, for too few whole blocks were measured before it"
    else:
        told = (
            f"{blocks}: a gain of {100 * power.smallest:.2f} points of utilisation is found in {POWER:.0%} of cases, "
            f"by how far {power.seen} pairs of earlier blocks differ"
        )
    return Finding(
        rule="experiment.power",
        severity=Severity.INFO,
        message=told,
        found=None if power is None else power.smallest,
        limit=plan.least_gain,
    )


def late(experiment: Experiment, at: datetime) -> Finding:
    """Return that the first block has begun already."""
    return Finding(
        rule="experiment.late",
        severity=Severity.ERROR,
        message=f"the first block of experiment {experiment.entry} began at {utc_text(experiment.plan.start)}: plan it "
        "anew, with its coins",
        found=utc_text(at),
        limit=utc_text(experiment.plan.start),
    )


def moved(experiment: Experiment) -> Finding:
    """Return that other settings are live than those that the experiment was planned for."""
    return Finding(
        rule="experiment.moved",
        severity=Severity.ERROR,
        message=f"other settings are live than when experiment {experiment.entry} was planned: plan it anew",
        found=experiment.entry,
    )


def _with_hint(why: PacelineError) -> str:
    return why.message if why.hint is None else f"{why.message}; {why.hint}"
