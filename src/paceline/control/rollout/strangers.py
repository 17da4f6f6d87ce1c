"""The end of a rollout whose pacing somebody else changed: who, what, and whether it was eased off.

Rules:
* Nothing is sent: what somebody else made stays as he made it. So does a campaign that somebody archived.
* Where one of ours only eased off, a guard or a person, the rollout is undone by that; all else is a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from paceline.campaign.blocks import DialingMode
from paceline.campaign.observed import Observed
from paceline.campaign.pacing.boldness import bolder
from paceline.control.meanwhile import OUTSIDE, Meanwhile
from paceline.control.recorder import Recorder
from paceline.control.rollout.rollouts import END, Note
from paceline.control.rollout.standing import Phase, Rollout
from paceline.control.settings_shown import pacing_shown
from paceline.ledger.entry import Actor, Entry
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings, Severity

_GENTLE = frozenset({DialingMode.PROGRESSIVE, DialingMode.PREVIEW})


@dataclass(frozen=True, slots=True)
class Strangers:
    """Tells who changed the pacing of a rollout's campaign.

    Attributes:
        actor: who notes it.
    """

    recorder: Recorder
    readings: Readings
    meanwhile: Meanwhile
    actor: Actor

    def took_over(self, rollout: Rollout, observed: Observed) -> tuple[Rollout, Note]:
        """Return the rollout at its end, and what is noted of it: what differs now, and who made it so.

        Raises:
            LedgerUnavailableError: nobody can tell who it was.
        """
        self.recorder.saw([observed])
        named = rollout.version
        found = (
            Findings()
            if observed.version == named
            else self.meanwhile.since(named, observed, severity=Severity.INFO, own=rollout.entry)
        )
        maker = self._maker(observed)
        is_eased = maker is not None and _only_eases(rollout, observed)
        by = OUTSIDE if maker is None else f"{maker.actor.name} (entry {maker.number})"
        told = "; ".join(one.message for one in found) or f"its pacing was changed by {by}"
        why = f"eased off by {by}: {told}" if is_eased else f"somebody else changed it, and nothing was sent: {told}"
        live = None if observed.pacing is None else pacing_shown(observed.pacing)
        figures: dict[str, Json] = {
            "by": by,
            "findings": [dict(one.document()) for one in found],
            "pacing": live,
            "entry": None if maker is None else maker.number,
        }
        ended = replace(
            rollout,
            phase=Phase.UNDONE if is_eased else Phase.CONFLICTED,
            going=None,
            held=None,
            looked=observed.at,
            version=observed.version,
        )
        return ended, Note(kind=END, actor=self.actor, why=why, at=observed.at, figures=figures)

    def archived(self, rollout: Rollout, observed: Observed) -> tuple[Rollout, Note]:
        """Return the rollout at its end, and what is noted of it: the campaign takes no change any more."""
        why = f"campaign {rollout.campaign} is {observed.state} and takes no change at all: nothing can be sent"
        ended = replace(
            rollout,
            phase=Phase.CONFLICTED,
            going=None,
            held=None,
            looked=observed.at,
            version=observed.version,
        )
        return ended, Note(kind=END, actor=self.actor, why=why, at=observed.at, figures={"state": observed.state.value})

    def _maker(self, observed: Observed) -> Entry | None:
        """Return the entry of ours that made what is live; None when none did."""
        sightings = self.readings.sightings(observed.campaign)
        made = next((one.made_by for one in reversed(sightings) if one.revision == observed.version), None)
        return None if made is None else self.recorder.book.read(made)


def _only_eases(rollout: Rollout, observed: Observed) -> bool:
    mode = None if observed.rules is None else observed.rules.mode
    if mode is not None and mode.value != rollout.mode:
        return mode in _GENTLE
    return observed.pacing is not None and not bolder(rollout.pacing_at(rollout.step), observed.pacing)
