"""Who wants a change, why, and how far it may go."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed
from paceline.ledger.entry import Actor


class OnConflict(StrEnum):
    """What becomes of a change whose campaign has moved on since it was judged."""

    REPORT = "report"
    """It is given up, and what changed is told."""
    REJUDGE = "rejudge"
    """It is judged again on what is there now, and sent again when that judgement allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order to make a change.

    Attributes:
        actor: who gives it, and how that is known.
        reason: why, in the actor's words.
        ticket: where it is discussed.
        dry_run: checked to the end, recorded, and nothing sent.
        if_revision: the revision or tag that the actor looked at; a campaign that has moved on is a conflict.
        on_conflict: None is the change's own way: a pause or stop is judged again, everything else reported.
    """

    actor: Actor
    reason: str | None = None
    ticket: str | None = None
    dry_run: bool = False
    if_revision: str | None = None
    on_conflict: OnConflict | None = None

    def rejudges(self, lane: Lane) -> bool:
        """Return whether a change of this lane is judged again when its campaign has moved on."""
        if self.on_conflict is None:
            return lane is Lane.STOPPING
        return self.on_conflict is OnConflict.REJUDGE

    @property
    def named_revision(self) -> str | None:
        """The revision that the actor looked at, without the quotes and the mark of a tag."""
        return None if self.if_revision is None else self.if_revision.strip().removeprefix("W/").strip('"')

    def expects(self, observed: Observed) -> bool:
        """Return whether the campaign is what the actor looked at."""
        named = self.named_revision
        if named is None:
            return True
        return named in {observed.version, "*"} or (observed.revision is not None and named == str(observed.revision))
