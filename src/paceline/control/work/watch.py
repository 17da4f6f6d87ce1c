"""Returns to what is draining, in doubt or left open, and closes it with the final verdict; sees what others changed.

Rules:
* What settles is judged again by a fresh look; what was in doubt is found out; what a dead process left open is ended.
* Many are read by the list, a few one by one.
* Drift is told by every look at all campaigns (`drifts`): each field that differs, both values. What somebody here may
  have made is left to a look after his end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from paceline.campaign.observed import WAITS_HERE, Observed, Stage, Unreadable
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.drifts import Drift, Drifts
from paceline.control.kept import Unended
from paceline.control.meanwhile import Meanwhile
from paceline.control.recorder import Recorder
from paceline.control.settlement import Settlement, made_in
from paceline.ledger.entry import Actor
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId

READ_SINGLY = 3
"""Up to so many campaigns are read one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An entry that came to its end by a later look, here or by somebody else, and the last word on it.

    `verdict` is None where nothing was applied; `outcome` is how it was closed.
    """

    entry: EntryId
    campaign: CampaignId
    kind: str
    outcome: str | None
    verdict: str | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        change: dict[str, Json] = {"kind": self.kind, "campaign": self.campaign}
        return {"outcome": self.outcome, "verdict": self.verdict, "change": change, "entry": self.entry}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAgain:
    """What a look at all that had not come to its end found: what did now, and what did not."""

    settled: tuple[Settled, ...] = ()
    left: tuple[Unended, ...] = ()


class Watch:
    """Looks again at what has not come to its end, and at what nobody here changed."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        readings: Readings,
        settlement: Settlement,
        meanwhile: Meanwhile,
        actor: Actor,
    ) -> None:
        """Join what looks and what keeps; `actor` is who notes what was seen."""
        self._platform = platform
        self._recorder = recorder
        self._readings = readings
        self._settlement = settlement
        self._drifts = Drifts(recorder=recorder, readings=readings, meanwhile=meanwhile, actor=actor)

    def settle(self) -> LookedAgain:
        """Settle what can be settled now, and return that, and what is left.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nobody can tell what is left.
        """
        others = [one for one in self._recorder.unended() if one.stage not in WAITS_HERE]
        looks = self._looked_at({one.campaign for one in others if one.stage is Stage.SETTLING})
        left: list[Unended] = []
        settled: list[Settled] = []
        for other in others:
            if other.stage is Stage.SETTLING:
                observed = looks.get(other.campaign)
                still = other if observed is None else self._settlement.look_again(other, observed)
            elif other.stage is Stage.OPEN and not self._recorder.owner.is_dead(other.owner):
                still = other
            else:
                (still,) = self._settlement.settle_all([other]) or (None,)
            if still is not None:
                left.append(still)
            else:
                settled.append(self._settled(other))
        return LookedAgain(settled=tuple(settled), left=tuple(left))

    def look_for_drift(self) -> tuple[Drift, ...]:
        """Look at every campaign, note what was changed outside paceline, and return that.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nothing was noted.
        """
        shown = [one for one in self._platform.list() if isinstance(one, Observed)]
        busy = {one.campaign for one in self._recorder.unended() if self._may_have_made(one)}
        others = [one for one in shown if one.campaign not in busy]
        self._recorder.saw(others)
        # Of a thousand campaigns a few were ever changed outside: only these are walked through.
        odd = self._readings.unexplained()
        return tuple(drift for one in others if one.campaign in odd for drift in self._drifts.told(one))

    def _may_have_made(self, one: Unended) -> bool:
        """Return whether a revision may be this entry's, though it does not say so yet."""
        if one.stage in WAITS_HERE:
            return self._recorder.book.read(one.entry).intent is not None
        # What was accepted and could not be read back made a revision that nobody knows yet.
        return one.stage is not Stage.SETTLING or made_in(self._recorder.book.read(one.entry)) is None

    def _settled(self, other: Unended) -> Settled:
        entry = self._recorder.book.read(other.entry)
        return Settled(
            entry=other.entry,
            campaign=other.campaign,
            kind=other.kind,
            outcome=entry.outcome,
            verdict=entry.verdict,
        )

    def _looked_at(self, campaigns: set[CampaignId]) -> dict[CampaignId, Observed]:
        if len(campaigns) > READ_SINGLY:
            return {one.campaign: one for one in _readable(self._platform.list()) if one.campaign in campaigns}
        found: dict[CampaignId, Observed] = {}
        for campaign in campaigns:
            try:
                found[campaign] = self._platform.read(campaign)
            except PlatformError:
                continue  # what cannot be read settles another time
        return found


def _readable(shown: Iterable[Observed | Unreadable]) -> list[Observed]:
    return [one for one in shown if isinstance(one, Observed)]
