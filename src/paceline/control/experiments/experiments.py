"""The experiments of one tenant as they are kept: a row each, written in one transaction with the notes of it.

A campaign has one experiment that is under way at most, and none while a rollout is, or the supervisor steers it: seen
in the transaction in which it would start. One that is only planned has no work that is due.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from paceline.control.experiments.standing import UNDER_WAY, Experiment, Phase, experiment_of
from paceline.control.undertakings.keeping import Undertakings, row_of
from paceline.control.undertakings.standing import Note
from paceline.control.undertakings.steering import is_supervised, rollout_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.weights_tables import CONTROL_EXPERIMENTS

PLAN, START, LOOK, HOLD = "experiment.plan", "experiment.start", "experiment.look", "experiment.hold"
PAUSE, ABORT, END = "experiment.pause", "experiment.abort", "experiment.end"
KINDS = (ABORT, END, HOLD, LOOK, PAUSE, PLAN, START)
"""The kinds of the notes of experiments, and the types of their news."""


class OvertakenError(PacelineError):
    """somebody else has written this experiment since it was read"""

    code = "experiment-overtaken"
    retryable = True


class NoExperimentError(PacelineError):
    """this campaign has no experiment"""

    code = "no-experiment"


class Experiments(Undertakings[Experiment]):
    """Keeps experiments; serves all threads, and any number of processes on one database."""

    noun = "experiment"
    room = "experiments"
    table = CONTROL_EXPERIMENTS
    states = tuple(sorted(phase.value for phase in UNDER_WAY))
    overtaken = OvertakenError

    def plan(self, experiment: Experiment, note: Note) -> Experiment:
        """Keep an experiment that is planned, and return it with its entry; an older plan that never began ends.

        Raises:
            LedgerUnavailableError: it was not kept.
        """

        def work(connection: Connection) -> Experiment:
            self._recorder.book.hold(connection)
            for other in self._within(connection, experiment.campaign):
                if other.phase is Phase.PLANNED:
                    gone = replace(other, phase=Phase.ABORTED, outcome="another one was planned", fence=other.fence + 1)
                    self._rewritten(connection, other, gone)
            return self._added(connection, experiment, note)

        return self._written(work)

    def of(self, campaign: CampaignId) -> Experiment:
        """Return the last experiment of a campaign: the one that is under way, else the one that was planned last.

        Raises:
            NoExperimentError: it never had one.
            LedgerUnavailableError: it cannot be read now.
        """
        found = self.all_of(campaign)
        if not found:
            raise NoExperimentError(
                f"campaign {campaign} never had an experiment",
                hint=f"plan one: paceline experiment plan {campaign} KEY=VALUE",
            )
        return next((one for one in found if one.phase.is_under_way), found[-1])

    def _hold_alone(self, connection: Connection, kept: Experiment) -> None:
        self._hold_against_others(connection, kept)
        rollout = rollout_of(connection, self._tenant, kept.campaign)
        if rollout is not None:
            raise OvertakenError(f"rollout {rollout} of campaign {kept.campaign} is under way by now")
        if is_supervised(connection, self._tenant, kept.campaign):
            raise OvertakenError(f"campaign {kept.campaign} is supervised by now: two who steer undo each other")

    def _of_row(self, row: Row[Any]) -> Experiment:
        return experiment_of(*row_of(row))

    def _missing(self, entry: EntryId) -> NoExperimentError:
        return NoExperimentError(f"entry {entry} planned no experiment")
