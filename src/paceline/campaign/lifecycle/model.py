"""What a lifecycle change wants: a state, from an instant on, with a named way to drain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.campaign.observed import Drain, Observed, State

LOOK_AGAIN = timedelta(seconds=15)
"""How long to wait before looking again at a queue that drains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A state that is wanted at once, or by the platform itself at `effective_at`; `drain` says nothing for ACTIVE."""

    state: State
    drain: Drain = Drain.FINISH
    effective_at: datetime | None = None

    def is_pending_in(self, observed: Observed) -> bool:
        """Return whether the platform holds exactly this transition for later."""
        pending = observed.pending
        if pending is None or self.effective_at is None:
            return False
        same = (pending.state, pending.effective_at) == (self.state, self.effective_at)
        return same and (self.state is State.ACTIVE or pending.drain is self.drain)

    def lies_ahead_of(self, at: datetime) -> bool:
        """Return whether it is wanted only after this instant."""
        return self.effective_at is not None and self.effective_at > at
