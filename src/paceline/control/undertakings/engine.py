"""One look at an undertaking: at a campaign that may be anywhere, by a process that may be new.

What follows from a look is for each kind to say. Said here is what all keep to: a campaign that moves on under a look
is looked at anew, and a look that finds a reason not to go on notes it once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from paceline.campaign.observed import Observed
from paceline.control.undertakings.keeping import Undertakings
from paceline.control.undertakings.standing import Note, Undertaking
from paceline.ledger.entry import Actor
from paceline.storage.leases import Claim

MOST_LOOKS = 4
"""So often a campaign that moves on under a look is looked at anew, before that is left to the next minute."""
U = TypeVar("U", bound=Undertaking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Generic[U]):
    """What a look led to: where it stands, what is to be noted, and whether to look again at once."""

    stands: U
    observed: Observed
    notes: tuple[Note, ...] = ()
    moved_on: bool = False


class LookingEngine(ABC, Generic[U]):
    """Moves undertakings of one kind by one look; whoever calls has the lease of its work."""

    def __init__(self, kept: Undertakings[U], *, actor: Actor, hold: str) -> None:
        """Keep where each stands here; `actor` notes what was seen, under the kind `hold` where it does not go on."""
        self._kept = kept
        self._actor = actor
        self._hold = hold

    @abstractmethod
    def _look(self, undertaking: U, claim: Claim) -> Looked[U]:
        """Look once, and do what follows."""

    @abstractmethod
    def _due(self, undertaking: U, at: datetime) -> datetime:
        """Return when to look next, by the platform's time; `at` is when it was looked at."""

    def look(self, undertaking: U, claim: Claim) -> U:
        """Look once, do what follows, and give the claim back; return where it stands then.

        Raises:
            PacelineError: as `overtaken`: somebody else has written it since it was read; the claim is ours still.
            PlatformError: the campaign cannot be looked at; the claim is ours still, and nothing is lost.
            LedgerUnavailableError: nothing was kept.
        """
        looked = self._look(undertaking, claim)
        for _ in range(MOST_LOOKS - 1):
            if not looked.moved_on:
                break
            looked = self._look(self._kept.keep(looked.stands, *looked.notes, claim=claim), claim)
        due = self._due(looked.stands, looked.observed.at)
        return self._kept.keep(looked.stands, *looked.notes, claim=claim, due=due)

    def _intended(self, undertaking: U, *notes: Note, claim: Claim) -> U:
        """Return it as it is kept before anything is sent for it; raises as `look` does."""
        kept = self._kept.keep(undertaking, *notes, claim=claim)
        if claim.is_over():
            # A process that was suspended here: whoever took over may have gone back without sending anything.
            raise self._kept.overtaken(f"the turn at {self._kept.noun} {undertaking.entry} is over")
        return kept

    def _held(self, undertaking: U, observed: Observed, word: str, why: str) -> Looked[U]:
        """Return that it is held, with a note when the reason is another one than before."""
        if undertaking.held == word:
            return Looked(stands=undertaking, observed=observed)
        note = Note(kind=self._hold, actor=self._actor, why=why, at=observed.at, figures={"held": word})
        return Looked(stands=replace(undertaking, held=word), observed=observed, notes=(note,))
