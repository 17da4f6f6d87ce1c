"""The rollouts of one tenant as they are kept: a row each, written in one transaction with the notes that tell of it.

A campaign has one rollout that is under way at most, and none while one is latched, an experiment is under way, or the
supervisor steers it: seen in the transaction in which the next would begin.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from paceline.control.rollout.standing import UNDER_WAY, Rollout, rollout_of
from paceline.control.undertakings.keeping import Undertakings, row_of
from paceline.control.undertakings.standing import Note
from paceline.control.undertakings.steering import experiment_of, is_supervised
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.pacing_tables import CONTROL_ROLLOUTS

START, STEP, PROMOTE, HOLD = "rollout.start", "rollout.step", "rollout.promote", "rollout.hold"
UNDO, ABORT, PAUSE, RESUME = "rollout.undo", "rollout.abort", "rollout.pause", "rollout.resume"
CLEAR, END = "rollout.clear", "rollout.end"
KINDS = (ABORT, CLEAR, END, HOLD, PAUSE, PROMOTE, RESUME, START, STEP, UNDO)
"""The kinds of the notes of rollouts, and the types of their news."""


class OvertakenError(PacelineError):
    """somebody else has written this rollout since it was read"""

    code = "rollout-overtaken"
    retryable = True


class NoRolloutError(PacelineError):
    """this campaign has no rollout"""

    code = "no-rollout"


class Rollouts(Undertakings[Rollout]):
    """Keeps rollouts; serves all threads, and any number of processes on one database."""

    noun = "rollout"
    room = "rollouts"
    table = CONTROL_ROLLOUTS
    states = tuple(sorted(phase.value for phase in UNDER_WAY))
    overtaken = OvertakenError

    def begin(self, rollout: Rollout, note: Note) -> tuple[Rollout, bool]:
        """Keep a rollout that begins, and return it with its entry and true; else the one that stands in its way.

        Raises:
            OvertakenError: an experiment or the supervisor steers the campaign by now.
            LedgerUnavailableError: it did not begin.
        """

        def work(connection: Connection) -> tuple[Rollout, bool]:
            self._recorder.book.hold(connection)
            other = _in_the_way(self._within(connection, rollout.campaign))
            if other is not None:
                return other, False
            self._hold_unsteered(connection, rollout.campaign)
            made = self._added(connection, rollout, note)
            self._put_work(connection, made)
            return made, True

        return self._written(work)

    def of(self, campaign: CampaignId) -> Rollout:
        """Return the last rollout of a campaign.

        Raises:
            NoRolloutError: it never had one.
            LedgerUnavailableError: it cannot be read now.
        """
        found = self.all_of(campaign)
        if not found:
            raise NoRolloutError(
                f"campaign {campaign} never had a rollout",
                hint=f"begin one: paceline rollout start {campaign} --file FILE --steps N",
            )
        return found[-1]

    def in_the_way(self, campaign: CampaignId) -> Rollout | None:
        """Return the rollout that keeps another one of this campaign from beginning: under way, or latched.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return _in_the_way(self.all_of(campaign))

    def _hold_unsteered(self, connection: Connection, campaign: CampaignId) -> None:
        """Hold a rollout that begins against a supervision or an experiment that began in the same moment."""
        if is_supervised(connection, self._tenant, campaign):
            raise OvertakenError(f"campaign {campaign} is supervised by now: two who steer undo each other")
        experiment = experiment_of(connection, self._tenant, campaign)
        if experiment is not None:
            raise OvertakenError(f"experiment {experiment} of campaign {campaign} is under way by now")

    def _hold_alone(self, connection: Connection, kept: Rollout) -> None:
        self._hold_against_others(connection, kept)

    def _of_row(self, row: Row[Any]) -> Rollout:
        return rollout_of(*row_of(row))

    def _missing(self, entry: EntryId) -> NoRolloutError:
        return NoRolloutError(f"entry {entry} began no rollout")


def _in_the_way(rollouts: list[Rollout]) -> Rollout | None:
    against = [one for one in rollouts if one.phase.is_under_way or one.latch is not None]
    return against[-1] if against else None
