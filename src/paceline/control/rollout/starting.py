"""The beginning of a rollout: the whole wish is judged first, as one change that is not sent; then its steps are kept.

Rules:
* What the whole wish would be refused for, it is refused for here: by law, by what is expected, by who else is at it.
  Only how far one change may go is left to the steps.
* What loosens nothing needs no rollout; what does not dial shows nothing.
* A campaign has one rollout at a time, and none while one is latched: told with who and why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import Ability, Observed
from paceline.campaign.pacing.boldness import loosening
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.steps import STEP
from paceline.campaign.ports import Platform
from paceline.campaign.statistics import Tally
from paceline.control.facts.law import Law
from paceline.control.freezes import Freezes
from paceline.control.order import Order, Override
from paceline.control.outcome import Outcome
from paceline.control.pipeline import Corridor
from paceline.control.rollout import findings
from paceline.control.rollout.measuring import Measuring, outside
from paceline.control.rollout.plan import Plan, PlanError, Rest
from paceline.control.rollout.rollouts import START, Rollouts
from paceline.control.rollout.standing import Going, Phase, Rollout
from paceline.control.settings_shown import pacing_shown
from paceline.control.undertakings.standing import Note
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, EntryId

STEP_LIMIT = "pacing.step-limit"
"""The rule that the whole wish is not held against: its steps are."""
_FOR_THE_WHOLE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a rollout is to go; None leaves it as the plan has it.

    Attributes:
        steps: how many, 1 to 20.
        interval: least time at a step.
        least_answers: people who must have answered at a step, at least 1.
        least_gain: utilisation that a step must be shown to gain, a fraction, at least 0.
        blind: how long without sight before it steps back.
        level: how surely the whole rollout makes no false step, above 0.5 and below 1.
    """

    steps: int
    interval: timedelta | None = None
    least_answers: int | None = None
    least_gain: float | None = None
    blind: timedelta | None = None
    level: float | None = None

    def said(self) -> Rest:
        """Return what was said, in the words of the plan."""
        told = Rest()
        if self.interval is not None:
            told["interval"] = self.interval
        if self.least_answers is not None:
            told["least_answers"] = self.least_answers
        if self.least_gain is not None:
            told["least_gain"] = self.least_gain
        if self.blind is not None:
            told["blind"] = self.blind
        if self.level is not None:
            told["level"] = self.level
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What came of a wish to begin a rollout; with a dry run it does not begin, and `plan` says how it would go.

    Attributes:
        judged: how the whole wish was judged, as a change that was not sent.
        findings: what stands against the rollout itself, or is to be told of it.
        rollout: None when it did not begin.
        plan: how it goes, or would; None where there is no plan.
    """

    judged: Outcome
    findings: Findings
    rollout: Rollout | None
    plan: Plan | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "started": self.rollout is not None,
            "rollout": None if self.rollout is None else self.rollout.document(),
            "plan": None if self.plan is None else self.plan.document(),
            "judged": self.judged.document(),
            "findings": [dict(one.document()) for one in self.findings],
        }


class Starting:
    """Begins rollouts."""

    def __init__(
        self,
        *,
        platform: Platform,
        corridor: Corridor,
        law: Law,
        measuring: Measuring,
        rollouts: Rollouts,
        freezes: Freezes,
        is_supervised: Callable[[CampaignId], bool] = lambda _campaign: False,
        experiment_of: Callable[[CampaignId], EntryId | None] = lambda _campaign: None,
    ) -> None:
        """Judge by this corridor, and keep what begins.

        `is_supervised` tells whom the supervisor steers, `experiment_of` which experiment of a campaign is under way.
        """
        self._platform = platform
        self._corridor = corridor
        self._law = law
        self._measuring = measuring
        self._rollouts = rollouts
        self._freezes = freezes
        self._is_supervised = is_supervised
        self._experiment_of = experiment_of

    def start(self, wish: SetPacing, terms: Terms, order: Order) -> Started:
        """Judge a wish and, when nothing stands against it, keep the rollout that leads there; nothing is sent yet.

        Args:
            wish: the pacing that is wanted; what it does not name stays as it is.
            terms: how it is to go.
            order: who wants it and why, what he answers for, and the revision that he looked at.

        Raises:
            PlatformError: what was measured cannot be asked.
            LedgerUnavailableError: it did not begin.
        """
        judged = self._judged(wish, order)
        observed = judged.before
        whole = None if observed is None else wish.wanted.on(observed.pacing)
        if judged.word != "unchanged" or observed is None or observed.pacing is None or whole is None:
            return Started(judged=judged, findings=Findings(), rollout=None)
        found = self._against(observed, whole)
        if found.refused:
            return Started(judged=judged, findings=found, rollout=None)
        told = self._measuring.before(observed)
        plan = self._planned(observed, observed.pacing, whole, terms, told.tally)
        if isinstance(plan, Findings):
            return Started(judged=judged, findings=found + plan, rollout=None)
        rollout = self._rollout(observed, plan, order)
        before = outside(told.minutes, rollout.others, settle=plan.settle)
        days = {start.date() for start, tally in before if tally.staffed_s and start < rollout.started}
        supposed = findings.supposed_live(rollout.measured_since, self._measuring.first_seen(observed))
        found += Findings.of([findings.no_baseline(len(days)), supposed if days else None])
        if order.dry_run:
            return Started(judged=judged, findings=found, rollout=None, plan=plan)
        kept, is_new = self._rollouts.begin(rollout, self._note(rollout, order, judged))
        if not is_new:
            return Started(judged=judged, findings=found + Findings(findings.in_the_way(kept)), rollout=None)
        return Started(judged=judged, findings=found, rollout=kept, plan=plan)

    def _judged(self, wish: SetPacing, order: Order) -> Outcome:
        """Return how the whole wish would end as one change, if one change might go so far."""
        at = self._platform.time()
        far = Override(rule=STEP_LIMIT, until=at + _FOR_THE_WHOLE)
        others = tuple(one for one in order.overrides if one.rule != STEP_LIMIT)
        return self._corridor.run(wish, replace(order, dry_run=True, overrides=(*others, far)))

    def _against(self, observed: Observed, whole: Pacing) -> Findings:
        campaign = observed.campaign
        other, tried = self._rollouts.in_the_way(campaign), self._experiment_of(campaign)
        return Findings.of(
            [
                None if other is None else findings.in_the_way(other),
                findings.supervised(campaign) if self._is_supervised(campaign) else None,
                None if tried is None else findings.experimented(tried),
                None if Ability.STATISTICS in self._platform.abilities else findings.unmeasured(),
                None if loosening(observed.pacing, whole) else findings.nothing_bolder(campaign),
                findings.not_dialing(observed, self._freezes.of(campaign)),
            ]
        )

    def _planned(self, observed: Observed, live: Pacing, whole: Pacing, terms: Terms, tally: Tally) -> Plan | Findings:
        declared = self._law.circumstances(observed.campaign).limits.pacing_step
        limit = STEP if declared is None else min(STEP, declared)
        reached = tally.connects - tally.abandons
        handle_s = (tally.talk_s + tally.wrap_s) / reached if reached > 0 else None
        said = terms.said()
        try:
            return Plan.between(live, whole, steps=terms.steps, step_limit=limit, handle_s=handle_s, **said)
        except PlanError as wrong:
            return Findings(findings.no_plan(wrong))

    def _rollout(self, observed: Observed, plan: Plan, order: Order) -> Rollout:
        if observed.pacing is None:
            raise TypeError("a rollout begins where pacing is live")
        at = observed.at
        since, others = self._measuring.measured_in(observed)
        word = "the first step" if order.reason is None else order.reason
        return Rollout(
            entry=EntryId(0),
            campaign=observed.campaign,
            phase=Phase.RUNNING,
            plan=plan,
            actor=order.actor,
            reason=order.reason,
            ticket=order.ticket,
            overrides=order.overrides,
            original=observed.pacing,
            mode=None if observed.rules is None else observed.rules.mode.value,
            started=at,
            measured_since=since,
            others=others,
            began=at,
            version=observed.version,
            going=Going(to=1, since=at, actor=order.actor, why=word, then=Phase.RUNNING),
        )

    def _note(self, rollout: Rollout, order: Order, judged: Outcome) -> Note:
        last = rollout.pacing_at(rollout.last)
        figures: dict[str, Json] = {
            "plan": rollout.plan.document(),
            "original": pacing_shown(rollout.original),
            "wanted": pacing_shown(last),
            "judged": judged.entry,
            "measured_since": utc_text(rollout.measured_since),
        }
        why = f"{rollout.last} steps from {_told(rollout.original)} to {_told(last)}"
        return Note(
            kind=START,
            actor=order.actor,
            why=why,
            at=rollout.started,
            figures=figures,
            reason=order.reason,
            ticket=order.ticket,
        )


def _told(pacing: Pacing) -> str:
    return (
        f"belief {pacing.answer_rate}, aim {pacing.abandonment_aim}, {pacing.max_calls} lines, "
        f"{pacing.call_interval_ms} ms"
    )
