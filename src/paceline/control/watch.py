"""Returns to what is draining, in doubt or left open, and closes it with the final verdict; sees what others changed.

Rules:
* What settles is judged again by a fresh look; what was in doubt is found out; what a dead process left open is ended.
* Many are read by the list, a few one by one.
* Drift: a campaign shows another revision than the last that was seen here, and no entry made it. It is noted with
  every field that differs, both values, and told as done outside paceline. What was never seen before is no drift.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from paceline.campaign.observed import Observed, Stage, Unreadable
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.announcing import DRIFTED
from paceline.control.kept import Unended
from paceline.control.meanwhile import Meanwhile
from paceline.control.recorder import Recorder
from paceline.control.settlement import Settlement
from paceline.ledger.entry import Actor, Deed
from paceline.ledger.readings import Readings
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import CampaignId, EntryId, Version

READ_SINGLY = 3
"""Up to so many campaigns are read one by one."""
DRIFT = "campaign.drift"
"""The kind of the note of a change that was made outside paceline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A campaign that somebody changed outside paceline: its note, and what differs."""

    campaign: CampaignId
    entry: EntryId
    findings: Findings


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
        self._meanwhile = meanwhile
        self._actor = actor

    def settle(self) -> tuple[Unended, ...]:
        """Settle what can be settled now, and return what is left.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nobody can tell what is left.
        """
        others = [one for one in self._recorder.unended() if one.stage is not Stage.WAITING]
        looks = self._looked_at({one.campaign for one in others if one.stage is Stage.SETTLING})
        left: list[Unended] = []
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
        return tuple(left)

    def look_for_drift(self) -> tuple[Drift, ...]:
        """Look at every campaign, note what was changed outside paceline, and return that.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nothing was noted.
        """
        shown = [one for one in self._platform.list() if isinstance(one, Observed)]
        busy = {one.campaign for one in self._recorder.unended() if self._may_have_made(one)}
        # What somebody here may have made is judged, and kept, at a look after his end.
        others = [one for one in shown if one.campaign not in busy]
        found = [self._drifted(one) for one in others]
        self._recorder.saw(others)
        return tuple(one for one in found if one is not None)

    def _may_have_made(self, one: Unended) -> bool:
        """Return whether a revision may be this entry's, though it does not say so yet."""
        if one.stage is Stage.WAITING:
            return self._recorder.book.read(one.entry).intent is not None
        return one.stage is not Stage.SETTLING

    def _drifted(self, observed: Observed) -> Drift | None:
        sightings = self._readings.sightings(observed.campaign)
        if not sightings or any(seen.revision == observed.version for seen in sightings):
            return None
        last = sightings[-1]
        number = int(last.revision) if last.revision.isdecimal() else None
        judged = replace(observed, document=last.settings, version=Version(last.revision), revision=number)
        findings = self._meanwhile.told(judged, observed, severity=Severity.REVIEW, own=EntryId(0))
        details = {"findings": [found.document() for found in findings], "revision": observed.revision}
        deed = Deed(kind=DRIFT, actor=self._actor, campaign=observed.campaign, details=details)
        return Drift(campaign=observed.campaign, entry=self._recorder.note(deed, kind=DRIFTED), findings=findings)

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
