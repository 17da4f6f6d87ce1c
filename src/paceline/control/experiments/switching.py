"""Changes a campaign over to a setting: one change through the corridor, on the version that was looked at.

Rules:
* A switch is judged as every change is, by the law, by how far it goes, by who else is at the campaign; only what data
  say of the new setting is what the experiment is for.
* The way back to the old setting waits for no approval; findings that a person may answer for are answered for by
  whoever planned the experiment: what it leads to was live before.
* A switch waits for nobody's approval: one that a policy has wait by now is withdrawn, and counts as refused. Whoever
  approved it hours later would make the new setting live outside its blocks.
* What is not taken is tried again, each time twice as long after the one before, `SOON_BACK` at most.
"""

from __future__ import annotations

from dataclasses import replace

from paceline.campaign.catalogue import change_of
from paceline.campaign.observed import WAITS_HERE, Observed
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.model import Ground
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.settings import based
from paceline.control.experiments.standing import Experiment, Going
from paceline.control.order import OnConflict, Order
from paceline.control.settlement import change_in
from paceline.control.told import cancelled
from paceline.control.undertakings.sending import (
    SOON_BACK,
    WAITS,
    Came,
    Refusal,
    Sending,
    Waits,
    answered_for,
    came_of,
    next_try,
)
from paceline.ledger.entry import Entry
from paceline.primitives.ids import EntryId


class Switching(Sending):
    """Sends the changes of experiments through one corridor."""

    def before(self, experiment: Experiment) -> Waits | None:
        """Return the change that has to come to its end before anything else is sent; None where none has.

        What a dead process left, or was never answered, is settled first as far as it can be.

        Raises:
            PlatformError: it cannot be found out.
            LedgerUnavailableError: nobody can tell.
        """
        for other in self._recorder.unended(campaigns=[experiment.campaign], kind=experiment.old.kind):
            if other.stage in WAITS_HERE:
                if is_of(experiment, self._recorder.book.read(other.entry)):
                    self._withdraw(experiment, other.entry)
                continue
            waits = self._unsettled(other)
            if waits is not None:
                return waits
        return None

    def send(self, experiment: Experiment, going: Going, observed: Observed) -> Came:
        """Send the change of a switch, and return what became of it.

        Args:
            experiment: of which it is.
            going: the setting, kept already.
            observed: the campaign as it was just looked at, which names the version.
        """
        back = going.to is Setting.OLD
        order = Order(
            actor=experiment.actor,
            reason=f"{_named(experiment)}{going.why}",
            ticket=experiment.ticket,
            if_revision=observed.version,
            on_conflict=OnConflict.REPORT,
            overrides=answered_for(observed.at) if back else experiment.overrides,
            takes_back=back,
        )
        change = based(experiment.switch_to(going.to), experiment.entry, is_back=back)
        came = came_of(self._corridor.run(change, order))
        if isinstance(came, Waits) and came.word == WAITS and came.entry is not None:
            self._withdraw(experiment, came.entry)
            return Refusal(entry=came.entry, why="the policy wants a second person for it by now, and it cannot wait")
        return came

    def _withdraw(self, experiment: Experiment, entry: EntryId) -> None:
        why = "a switch of an experiment cannot wait for approval"
        self._withdrawal.withdrawn(entry, cancelled(experiment.actor.name, why))


def again(going: Going, observed: Observed, came: Waits) -> Going:
    """Return the going with one more try counted, and when the next may be."""
    later = next_try(observed.at, going.tries, longest=SOON_BACK)
    return replace(going, entry=came.entry, tries=going.tries + 1, not_before=later)


def is_of(experiment: Experiment, entry: Entry) -> bool:
    """Return whether a change was a switch of an experiment: of weights by the ground, which nobody else may name."""
    change = change_of(change_in(entry)) if entry.kind == SetWeights.kind else None
    if isinstance(change, SetWeights):
        return change.basis.ground in {Ground.EXPERIMENT, Ground.RETURN} and change.basis.entry == experiment.entry
    return str(entry.rows[0].document["reason"]).startswith(_named(experiment))


def _named(experiment: Experiment) -> str:
    """Return what the reason of a switch of this experiment begins with."""
    return f"experiment {experiment.entry}: "
