"""The end of an experiment whose setting somebody else changed: who, and what. It stays as he made it."""

from __future__ import annotations

from dataclasses import replace

from paceline.campaign.change import Diverged, Verdict
from paceline.campaign.observed import Observed, State
from paceline.control.experiments.experiments import END
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.standing import Experiment, Phase
from paceline.control.experiments.switching import is_of
from paceline.control.undertakings.standing import Note
from paceline.control.undertakings.strangers import LookingForStrangers
from paceline.primitives.canonical import Json


class Strangers(LookingForStrangers):
    """Tells who changed the setting of an experiment's campaign."""

    def made_it(self, experiment: Experiment, observed: Observed, *, may_be_ours: bool) -> bool:
        """Return whether somebody else made what is live, though it is one of the two settings.

        Args:
            experiment: whose settings they are.
            observed: the campaign as it was looked at.
            may_be_ours: whether a switch of it may have come late, whose end nobody saw.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        maker = self._maker(observed)
        return not may_be_ours if maker is None else not is_of(experiment, maker)

    def took_over(self, experiment: Experiment, observed: Observed) -> tuple[Experiment, Note]:
        """Return the experiment at its end, and what is noted of it: what differs now, and who made it so.

        Raises:
            LedgerUnavailableError: nobody can tell who it was.
        """
        stranger = self._stranger(experiment, observed)
        maker, by = stranger.maker, stranger.by
        if observed.state is State.ARCHIVED:
            told = f"campaign {experiment.campaign} is {observed.state} and takes no change at all"
        else:
            told = stranger.told("its settings were changed by")
        why = f"somebody else changed it, and nothing was sent: {told}{_still_new(experiment, observed)}"
        figures: dict[str, Json] = {
            "by": by,
            "findings": [dict(one.document()) for one in stranger.findings],
            "entry": None if maker is None else maker.number,
            "blocks": [one.document() for one in experiment.blocks],
        }
        ended = replace(
            experiment,
            phase=Phase.CONFLICTED,
            going=None,
            held=None,
            looked=observed.at,
            version=observed.version,
            outcome=why,
        )
        return ended, Note(kind=END, actor=self.actor, why=why, at=observed.at, figures=figures)


def _still_new(experiment: Experiment, observed: Observed) -> str:
    """Return, in words, what is live still of the new setting where somebody changed a part of it alone."""
    if experiment.live_in(observed) is not None:
        return ""
    off = {setting: _off(experiment.switch_to(setting).verify(observed)) for setting in Setting}
    left = sorted(off[Setting.OLD] - off[Setting.NEW])
    return f"; of the new setting {', '.join(left)} is live still, which nobody has judged by data" if left else ""


def _off(verdict: Verdict) -> set[str]:
    return {one.field for one in verdict.differences} if isinstance(verdict, Diverged) else set()
