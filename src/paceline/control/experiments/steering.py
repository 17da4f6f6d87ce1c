"""What persons do with an experiment: start, pause, abort. What is decided is kept first, with who and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from paceline.control.experiments.experiments import ABORT, PAUSE, START, Experiments, OvertakenError
from paceline.control.experiments.judging import PAUSED, closed_until, ending, missed
from paceline.control.experiments.standing import Experiment, Phase
from paceline.control.order import Order
from paceline.control.undertakings.standing import Note
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId

MOST_TRIES = 5
"""So often what a person wants is decided anew when somebody writes the experiment at the same time."""
Decided = tuple[Experiment, Note]


class ExperimentStateError(PacelineError):
    """the experiment is not where this could be done to it"""

    code = "experiment-state"


class Steering:
    """Keeps what persons decide of experiments."""

    def __init__(self, experiments: Experiments) -> None:
        """Keep it here."""
        self._experiments = experiments

    def start(self, experiment: Experiment, order: Order, *, at: datetime, version: str) -> Experiment:
        """Start what is planned, or what is paused again; `version` is that of the campaign as it was looked at.

        Raises:
            ExperimentStateError: it is neither.
            OvertakenError: something else steers the campaign by now.
        """

        def started(found: Experiment) -> Decided:
            _hold(found, Phase.PLANNED, Phase.PAUSED)
            if found.phase is Phase.PAUSED:
                went_by = missed(closed_until(found, at, PAUSED), at, PAUSED)
                goes = replace(went_by, phase=Phase.RUNNING, held=None)
                return goes, _note(START, order, at, "it goes on")
            goes = replace(found, phase=Phase.RUNNING, started=at, since=at, version=version)
            figures: dict[str, Json] = {"plan": found.plan.document()}
            return goes, _note(
                START, order, at, f"{len(found.plan.blocks)} blocks from {utc_text(found.plan.start)} on", figures
            )

        return self._decided(experiment.campaign, started, of=experiment)

    def pause(self, campaign: CampaignId, order: Order, *, at: datetime) -> Experiment:
        """Have the old setting live until somebody starts it again; blocks go by meanwhile.

        Raises:
            NoExperimentError: the campaign never had one.
            ExperimentStateError: it is not running.
        """

        def paused(found: Experiment) -> Decided:
            _hold(found, Phase.RUNNING)
            given_up = missed(found, at, PAUSED)
            return replace(given_up, phase=Phase.PAUSED, held=Phase.PAUSED.value), _note(PAUSE, order, at, "paused")

        return self._decided(campaign, paused)

    def abort(self, campaign: CampaignId, order: Order, *, at: datetime) -> Experiment:
        """End an experiment, with the old setting live.

        Raises:
            NoExperimentError: the campaign never had one.
            ExperimentStateError: it is over.
        """

        def aborted(found: Experiment) -> Decided:
            _hold(found, Phase.PLANNED, Phase.RUNNING, Phase.PAUSED)
            why = f"aborted by {order.actor.name}"
            if found.phase is Phase.PLANNED:
                gone = replace(found, phase=Phase.ABORTED, outcome=why)
            else:
                gone = ending(found, Phase.ABORTED, why if order.reason is None else f"{why}: {order.reason}")
            return gone, _note(ABORT, order, at, why)

        return self._decided(campaign, aborted)

    def _decided(
        self, campaign: CampaignId, decide: Callable[[Experiment], Decided], *, of: Experiment | None = None
    ) -> Experiment:
        last: OvertakenError | None = None
        for _ in range(MOST_TRIES):
            found = self._experiments.of(campaign) if of is None else self._experiments.read(of.entry)
            decided, note = decide(found)
            try:
                return self._experiments.keep(decided, note)
            except OvertakenError as overtaken:
                last = overtaken
        raise last or OvertakenError("it is being written by others again and again")


def _hold(experiment: Experiment, *phases: Phase) -> None:
    """Hold an experiment against the phases in which something may be done to it.

    Raises:
        ExperimentStateError: it is in another one.
    """
    if experiment.phase not in phases:
        told = " or ".join(phase.value for phase in phases)
        raise ExperimentStateError(
            f"experiment {experiment.entry} is {experiment.phase.value}, not {told}",
            hint=f"see where it stands: paceline experiment status {experiment.campaign}",
        )


def _note(kind: str, order: Order, at: datetime, why: str, figures: dict[str, Json] | None = None) -> Note:
    said = why if order.reason is None else f"{why}: {order.reason}"
    return Note(
        kind=kind, actor=order.actor, why=said, at=at, figures=figures or {}, reason=order.reason, ticket=order.ticket
    )
