"""Brings a campaign's pacing to a step: one change through the corridor, on the version that was looked at.

Rules:
* The change of a step is judged as every change is: by the law, by what is expected, by who else is at the campaign.
* The way back is never refused for being a long step: findings that a person may answer for are answered for by whoever
  began the rollout. Nor does it wait for approval.
* A change names the fields alone in which a step differs from what is live: what it leaves is not judged anew.
* What is not taken is tried again, each time twice as long after the one before: the way back `SOON_BACK` at most, all
  else `LONGEST`. The way back that is refused is tried again with the gentler of each field, and later as it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import WAITS_HERE, Observed
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.model import FIELDS
from paceline.control.order import OnConflict, Order
from paceline.control.outcome import Expired, Refused
from paceline.control.rollout.standing import Going, Rollout, gentler_of
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
from paceline.primitives.ids import EntryId

LONGEST = timedelta(hours=1)
"""At most between two tries of a step forwards, of the platform."""


class Stepping(Sending):
    """Sends the changes of rollouts through one corridor."""

    def before(self, rollout: Rollout, going: Going) -> Waits | Refusal | None:
        """Return why nothing is to be sent for a step now, or no more; None when it may be.

        Raises:
            PlatformError: it cannot be found out.
            LedgerUnavailableError: nobody can tell.
        """
        waits = self._under_way(rollout, going)
        if waits is not None or going.entry is None:
            return waits
        ended = self._recorder.book.read(going.entry)
        if ended.outcome not in {Refused.word, Expired.word}:
            return None
        return Refusal(entry=going.entry, why=f"the change of entry {going.entry} ended as {ended.outcome}")

    def _under_way(self, rollout: Rollout, going: Going) -> Waits | None:
        """Return the change of pacing that has not come to its end and has to, before anything else is sent.

        What a dead process left, or was never answered, is settled first as far as it can be. A step of this rollout
        that waits for approval is waited for.
        """
        for other in self._recorder.unended(campaigns=[rollout.campaign], kind=SetPacing.kind):
            if other.stage in WAITS_HERE:
                if is_back(rollout, going) or not self._is_of(rollout, other.entry):
                    continue
                why = f"the change of entry {other.entry} waits for approval by a second person"
                return Waits(entry=other.entry, word=WAITS, why=why)
            waits = self._unsettled(other)
            if waits is not None:
                return waits
        return None

    def _is_of(self, rollout: Rollout, entry: EntryId) -> bool:
        reason = self._recorder.book.read(entry).rows[0].document["reason"]
        return str(reason).startswith(_named(rollout))

    def withdraw(self, rollout: Rollout, *, by: str, why: str) -> frozenset[EntryId]:
        """End what waits for approval of the steps of a rollout, and return what did: nobody is to approve it any more.

        Raises:
            LedgerUnavailableError: it waits still.
        """
        waits = [
            other.entry
            for other in self._recorder.unended(campaigns=[rollout.campaign], kind=SetPacing.kind)
            if other.stage in WAITS_HERE and self._is_of(rollout, other.entry)
        ]
        for entry in waits:
            self._withdrawal.withdrawn(entry, cancelled(by, why))
        return frozenset(waits)

    def send(self, rollout: Rollout, going: Going, observed: Observed) -> Came:
        """Send the change of a step, and return what became of it.

        Args:
            rollout: of which it is.
            going: the step, kept already.
            observed: the campaign as it was just looked at, which names the version.
        """
        change = _what_differs(SetPacing.to(rollout.campaign, target_of(rollout, going)), observed)
        outcome = self._corridor.run(change, self._order(rollout, going, observed))
        return came_of(outcome)

    def _order(self, rollout: Rollout, going: Going, observed: Observed) -> Order:
        back = is_back(rollout, going)
        return Order(
            actor=going.actor,
            reason=f"{_named(rollout)}{going.to}/{rollout.last}: {going.why}",
            ticket=rollout.ticket,
            if_revision=observed.version,
            on_conflict=OnConflict.REPORT,
            overrides=answered_for(observed.at) if back else rollout.overrides,
            takes_back=back,
        )


def is_back(rollout: Rollout, going: Going) -> bool:
    """Return whether a rollout goes back, from where it is or from where it may have come to."""
    return going.to < rollout.step or going.left is not None


def target_of(rollout: Rollout, going: Going) -> Pacing:
    """Return the pacing that is sent: that of the step, or the gentler of each field where that was refused."""
    wanted = rollout.pacing_at(going.to)
    return gentler_of(wanted, rollout.pacing_at(rollout.step)) if going.gentler else wanted


def again(rollout: Rollout, going: Going, observed: Observed, *, entry: EntryId | None = None) -> Going:
    """Return the going with one more try counted, and when the next may be.

    Args:
        rollout: of which it is.
        going: as it was.
        observed: the campaign as it was looked at.
        entry: of a change that may have been taken all the same; None where it was not.
    """
    later = next_try(observed.at, going.tries, longest=SOON_BACK if is_back(rollout, going) else LONGEST)
    return replace(going, entry=entry, tries=going.tries + 1, not_before=later)


def _what_differs(change: SetPacing, observed: Observed) -> SetPacing:
    """Return the change without the fields that are live as it has them; whole where it would name nothing."""
    live = observed.pacing
    differs = {name for name in FIELDS if live is None or getattr(live, name) != getattr(change, name)}
    if not differs:
        return change
    return SetPacing(campaign=change.campaign, **{name: getattr(change, name) for name in differs})


def _named(rollout: Rollout) -> str:
    """Return what the reason of a change of this rollout begins with."""
    return f"rollout {rollout.entry} step "
