"""The beginning of an experiment: planned, with every coin in the ledger before its first block, then started.

Rules:
* What is wanted is judged first, as one change that is not sent: by law, by how far it goes, by who else is at it.
* What cannot be compared is refused: what does not dial, is not measured, is steered by something else.
* Coins are thrown when it is planned. It is started before its first block, at what was live then; else planned anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from paceline.campaign.observed import Ability, Observed
from paceline.campaign.ports import Platform
from paceline.control.approving.policy import Policy
from paceline.control.experiments import findings
from paceline.control.experiments.blocks import LOOKED_AHEAD, blocks_of
from paceline.control.experiments.experiments import PLAN, Experiments
from paceline.control.experiments.measuring import Measuring, handle_s_in
from paceline.control.experiments.plan import ExperimentPlan, PlanError, Setting
from paceline.control.experiments.planning import Terms, hold, planned
from paceline.control.experiments.power import Power, power_of
from paceline.control.experiments.settings import (
    SettingsError,
    Switch,
    based,
    in_words,
    settings_of,
    shown,
    surroundings,
)
from paceline.control.experiments.standing import Experiment, Phase
from paceline.control.experiments.steering import ExperimentStateError, Steering
from paceline.control.freezes import Freezes
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.undertakings.standing import Note
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, EntryId
from paceline.primitives.zones import UnknownZoneError

NOTHING = EntryId(0)
"""In the place of the entry of an experiment that is not kept yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """What came of a wish to plan or start an experiment; with a dry run nothing is kept, and `plan` says how it goes.

    Attributes:
        judged: how the new setting was judged, as a change that was not sent; None where that was not asked.
        findings: what stands against the experiment itself, or is to be told of it.
        experiment: None when it was not kept.
        plan: how it goes, or would; None where there is no plan.
    """

    judged: Outcome | None
    findings: Findings
    experiment: Experiment | None = None
    plan: ExperimentPlan | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "kept": self.experiment is not None,
            "experiment": None if self.experiment is None else self.experiment.document(),
            "plan": None if self.plan is None else self.plan.document(),
            "judged": None if self.judged is None else self.judged.document(),
            "findings": [dict(one.document()) for one in self.findings],
        }


class Starting:
    """Plans experiments, and starts what is planned."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        corridor: Corridor,
        measuring: Measuring,
        experiments: Experiments,
        steering: Steering,
        freezes: Freezes,
        approvals: Policy,
        steered_by: Callable[[CampaignId], str | None],
    ) -> None:
        """Judge by this corridor, and keep what is planned.

        `approvals` says which changes want a second person, `steered_by` what else steers a campaign, in words.
        """
        self._platform = platform
        self._recorder = recorder
        self._corridor = corridor
        self._measuring = measuring
        self._experiments = experiments
        self._steering = steering
        self._freezes = freezes
        self._approvals = approvals
        self._steered_by = steered_by

    def plan(self, wish: Switch, terms: Terms, order: Order) -> Began:
        """Judge a wish and, when nothing stands against it, keep the plan by which it is compared with what is live.

        Args:
            wish: the new setting; what it does not name stays as it is.
            terms: how it is to go.
            order: who wants it and why, what he answers for, and the revision that he looked at.

        Raises:
            PlatformError: what was measured cannot be asked.
            LedgerUnavailableError: it was not kept.
        """
        judged = self._corridor.run(based(wish, NOTHING), replace(order, dry_run=True))
        observed = judged.before
        if judged.word != "unchanged" or observed is None:
            return Began(judged=judged, findings=Findings())
        found = self._against(wish, observed, order)
        if found.refused:
            return Began(judged=judged, findings=found)
        try:
            old, new = settings_of(wish, observed)
        except SettingsError as wrong:
            return Began(judged=judged, findings=Findings(findings.no_settings(wrong)))
        seed = self._seed_of(judged) if terms.seed is None else terms.seed
        made = self._planned(observed, replace(terms, seed=seed))
        if isinstance(made, Findings):
            return Began(judged=judged, findings=made)
        plan, power = made
        told = Findings(findings.expected(plan, power))
        if order.dry_run:
            return Began(judged=judged, findings=told, plan=plan)
        experiment = self._experiment(observed, plan, order, old, new)
        kept = replace(experiment, judged=judged.entry, power=None if power is None else power.document())
        return Began(
            judged=judged, findings=told, experiment=self._experiments.plan(kept, _note(kept, order)), plan=plan
        )

    def start(self, campaign: CampaignId, order: Order) -> Began:
        """Start what is planned for a campaign, or what is paused, when nothing stands against it.

        Raises:
            NoExperimentError: nothing was planned.
            ExperimentStateError: it is under way, or over.
            OvertakenError: something else steers the campaign by now.
            PlatformError: the campaign cannot be looked at.
            LedgerUnavailableError: it did not start.
        """
        experiment = self._experiments.of(campaign)
        observed = self._platform.read(campaign)
        if experiment.phase not in {Phase.PLANNED, Phase.PAUSED}:
            if experiment.phase.is_under_way:
                return Began(judged=None, findings=Findings(findings.under_way(experiment)))
            raise ExperimentStateError(
                f"experiment {experiment.entry} is {experiment.phase.value}",
                hint=f"plan another one: paceline experiment plan {campaign} KEY=VALUE",
            )
        live = experiment.live_in(observed)
        is_moved = live is None or not experiment.is_surrounded_as_before(observed)
        is_new = experiment.phase is Phase.PLANNED
        found = self._against(experiment.new, observed, order, own=experiment) + Findings.of(
            [
                findings.moved(experiment) if is_moved or (is_new and live is not Setting.OLD) else None,
                findings.late(experiment, observed.at) if is_new and observed.at >= experiment.plan.start else None,
            ]
        )
        if found.refused or order.dry_run:
            return Began(judged=None, findings=found, plan=experiment.plan)
        started = self._steering.start(experiment, order, at=observed.at, version=observed.version)
        return Began(judged=None, findings=found, experiment=started, plan=started.plan)

    def _against(self, wish: Switch, observed: Observed, order: Order, *, own: Experiment | None = None) -> Findings:
        campaign = observed.campaign
        other, by = self._experiments.under_way(campaign), self._steered_by(campaign)
        waits = self._approvals.wanted(wish, replace(order, dry_run=False)) is not None
        is_other = other is not None and (own is None or other.entry != own.entry)
        told = "this platform does not tell what it measures: no block could be compared"
        return Findings.of(
            [
                findings.under_way(other) if other is not None and is_other else None,
                None if by is None else findings.steered(by),
                None if Ability.STATISTICS in self._platform.abilities else findings.unmeasured(told),
                findings.waits_for_approval(campaign) if waits else None,
                findings.not_dialing(observed, self._freezes.of(campaign)),
            ]
        )

    def _seed_of(self, judged: Outcome) -> int:
        """Return a seed that nobody can choose: of the mark that the ledger gave the entry that judged the wish."""
        if judged.entry is None:
            raise TypeError("what was judged has an entry")
        return int(self._recorder.book.read(judged.entry).rows[0].hash[:8], 16)

    def _planned(self, observed: Observed, terms: Terms) -> tuple[ExperimentPlan, Power | None] | Findings:
        minutes, schedule = self._measuring.earlier(observed), self._measuring.schedule(observed)
        handle_s = handle_s_in(minutes)
        if handle_s is None:
            told = (
                "no call reached an agent in the last two weeks: nobody knows how long one block reaches into the next"
            )
            return Findings(findings.unmeasured(told))
        try:
            hold(terms)
            since = observed.at if terms.since is None else max(observed.at, terms.since)
            if since - observed.at > LOOKED_AHEAD:
                told = f"since cannot be {since:%Y-%m-%d}: nobody plans more than {LOOKED_AHEAD.days} days ahead"
                return Findings(findings.no_plan(PlanError(told)))
            plan = planned(blocks_of(schedule, since, terms), terms, handle_s=handle_s)
        except (PlanError, UnknownZoneError) as wrong:
            return Findings(findings.no_plan(wrong))
        return plan, power_of(plan, schedule, terms, minutes)

    def _experiment(
        self, observed: Observed, plan: ExperimentPlan, order: Order, old: Switch, new: Switch
    ) -> Experiment:
        return Experiment(
            entry=NOTHING,
            campaign=observed.campaign,
            phase=Phase.PLANNED,
            plan=plan,
            actor=order.actor,
            reason=order.reason,
            ticket=order.ticket,
            overrides=order.overrides,
            old=old,
            new=new,
            around=surroundings(observed, old),
            planned=observed.at,
            since=observed.at,
            version=observed.version,
        )


def _note(experiment: Experiment, order: Order) -> Note:
    figures: dict[str, Json] = {
        "plan": experiment.plan.document(),
        "old": shown(experiment.old),
        "new": shown(experiment.new),
        "judged": experiment.judged,
        "power": None if experiment.power is None else dict(experiment.power),
    }
    return Note(
        kind=PLAN,
        actor=order.actor,
        why=f"{in_words(experiment.new)} against {in_words(experiment.old)}, {len(experiment.plan.blocks)} blocks",
        at=experiment.planned,
        figures=figures,
        reason=order.reason,
        ticket=order.ticket,
    )
