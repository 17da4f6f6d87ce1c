"""Who changed a campaign under an undertaking, as far as our ledger and what the platform shows tell it."""

from __future__ import annotations

from dataclasses import dataclass

from paceline.campaign.observed import Observed
from paceline.control.meanwhile import OUTSIDE, Meanwhile
from paceline.control.recorder import Recorder
from paceline.control.undertakings.standing import Undertaking
from paceline.ledger.entry import Actor, Entry
from paceline.ledger.readings import Readings
from paceline.primitives.findings import Findings, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Who made what is live, and what differs.

    Attributes:
        maker: the entry of ours that made it; None when none did.
        findings: what differs now from what was seen last.
    """

    maker: Entry | None
    findings: Findings

    @property
    def by(self) -> str:
        """Who it was, in words."""
        return OUTSIDE if self.maker is None else f"{self.maker.actor.name} (entry {self.maker.number})"

    def told(self, otherwise: str) -> str:
        """Return what differs in words; where nothing of it is known, `otherwise` and who it was."""
        return "; ".join(one.message for one in self.findings) or f"{otherwise} {self.by}"


@dataclass(frozen=True, slots=True)
class LookingForStrangers:
    """Finds out who changed the campaign of an undertaking.

    Attributes:
        actor: who notes it.
    """

    recorder: Recorder
    readings: Readings
    meanwhile: Meanwhile
    actor: Actor

    def _stranger(self, undertaking: Undertaking, observed: Observed) -> Stranger:
        named = undertaking.version
        found = (
            Findings()
            if observed.version == named
            else self.meanwhile.since(named, observed, severity=Severity.INFO, own=undertaking.entry)
        )
        return Stranger(maker=self._maker(observed), findings=found)

    def _maker(self, observed: Observed) -> Entry | None:
        """Return the entry of ours that made what is live; None when none did."""
        sightings = self.readings.sightings(observed.campaign)
        made = next((one.made_by for one in reversed(sightings) if one.revision == observed.version), None)
        return None if made is None else self.recorder.book.read(made)
