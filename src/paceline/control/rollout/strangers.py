"""The end of a rollout whose pacing somebody else changed: who, what, and whether it was eased off.

Rules:
* Nothing is sent: what somebody else made stays as he made it. So does a campaign that somebody archived.
* Where one of ours only eased off, a guard or a person, the rollout is undone by that; all else is a conflict.
"""

from __future__ import annotations

from dataclasses import replace

from paceline.campaign.blocks import DialingMode
from paceline.campaign.observed import Observed
from paceline.campaign.pacing.boldness import bolder
from paceline.control.rollout.rollouts import END
from paceline.control.rollout.standing import Phase, Rollout
from paceline.control.settings_shown import pacing_shown
from paceline.control.undertakings.standing import Note
from paceline.control.undertakings.strangers import LookingForStrangers
from paceline.primitives.canonical import Json

_GENTLE = frozenset({DialingMode.PROGRESSIVE, DialingMode.PREVIEW})


class Strangers(LookingForStrangers):
    """Tells who changed the pacing of a rollout's campaign."""

    def took_over(self, rollout: Rollout, observed: Observed) -> tuple[Rollout, Note]:
        """Return the rollout at its end, and what is noted of it: what differs now, and who made it so.

        Raises:
            LedgerUnavailableError: nobody can tell who it was.
        """
        self.recorder.saw([observed])
        stranger = self._stranger(rollout, observed)
        maker, by = stranger.maker, stranger.by
        is_eased = maker is not None and _only_eases(rollout, observed)
        told = stranger.told("its pacing was changed by")
        why = f"eased off by {by}: {told}" if is_eased else f"somebody else changed it, and nothing was sent: {told}"
        live = None if observed.pacing is None else pacing_shown(observed.pacing)
        figures: dict[str, Json] = {
            "by": by,
            "findings": [dict(one.document()) for one in stranger.findings],
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


def _only_eases(rollout: Rollout, observed: Observed) -> bool:
    mode = None if observed.rules is None else observed.rules.mode
    if mode is not None and mode.value != rollout.mode:
        return mode in _GENTLE
    return observed.pacing is not None and not bolder(rollout.pacing_at(rollout.step), observed.pacing)
