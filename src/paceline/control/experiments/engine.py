"""One look at an experiment, and what follows: at a campaign that may be anywhere, by a process that may be new.

1. The campaign is read. Which setting is live is told by itself, whatever this process knew before.
2. Where it is neither, or somebody else made it so, the experiment ends, and tells who and what; nothing is sent.
3. Blocks that are over are closed and counted, planned looks are taken, harm is looked for (`judging`).
4. Which setting is to be live now follows from the plan; in doubt it is the old one. That is kept before it is sent.
5. It is brought about through the corridor, on the version that was looked at (`switching`), and kept where it stands.

A process may die between any two of these: whoever comes after it begins at 1, and finds what it was about to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from paceline.campaign.observed import Observed, State
from paceline.campaign.ports import Platform
from paceline.control.experiments.experiments import HOLD, Experiments
from paceline.control.experiments.judging import Judging, missed
from paceline.control.experiments.plan import Setting
from paceline.control.experiments.standing import Experiment, Going, Phase
from paceline.control.experiments.strangers import Strangers
from paceline.control.experiments.switching import Switching, again
from paceline.control.freezes import Freezes
from paceline.control.recorder import Recorder
from paceline.control.undertakings.engine import Looked, LookingEngine
from paceline.control.undertakings.sending import SOON_BACK, Arrived, MovedOn, Refusal, Waits
from paceline.control.undertakings.standing import Note, next_minute
from paceline.ledger.entry import Actor
from paceline.primitives.ids import CampaignId
from paceline.storage.leases import Claim

LATE = "late"
"""The word of what waits for one more look, for a switch that nobody saw the end of."""
CALM = timedelta(minutes=5)
"""Between two looks while the old setting is live and is to stay so."""
RESTS = timedelta(minutes=30)
"""Between two looks while no block is under way."""


class Engine(LookingEngine[Experiment]):
    """Moves experiments by one look; whoever calls has the lease of its work."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        experiments: Experiments,
        switching: Switching,
        judging: Judging,
        strangers: Strangers,
        freezes: Freezes,
        is_steered: Callable[[CampaignId], bool],
        actor: Actor,
    ) -> None:
        """Join what looks, what judges, what sends and what keeps; `actor` is who notes what was seen.

        `is_steered` tells whether a rollout or the supervisor steers a campaign.
        """
        super().__init__(experiments, actor=actor, hold=HOLD)
        self._platform = platform
        self._recorder = recorder
        self._switching = switching
        self._judging = judging
        self._strangers = strangers
        self._freezes = freezes
        self._is_steered = is_steered

    def _look(self, experiment: Experiment, claim: Claim) -> Looked[Experiment]:
        observed = self._platform.read(experiment.campaign)
        if observed.version != experiment.version:
            self._recorder.saw([observed])
        live = experiment.live_in(observed)
        if live is None or observed.state is State.ARCHIVED or self._is_anothers(experiment, live, observed):
            ended, note = self._strangers.took_over(experiment, observed)
            return Looked(stands=ended, observed=observed, notes=(note,))
        experiment = replace(_seen(experiment, live, observed), version=observed.version, looked=observed.at)
        is_frozen = self._freezes.of(experiment.campaign) is not None
        experiment, notes = self._judging.judged(experiment, observed, is_frozen=is_frozen)
        experiment = self._aimed(experiment, observed, is_frozen=is_frozen)
        going = experiment.going
        if going is None and experiment.phase is Phase.ENDING:
            return self._ended(experiment, observed, notes)
        if going is None or _not_before(going, observed.at) is not None:
            return Looked(stands=experiment, observed=observed, notes=tuple(notes))
        kept = self._intended(experiment, *notes, claim=claim)
        return self._brought(kept, going, observed)

    def _ended(self, experiment: Experiment, observed: Observed, notes: list[Note]) -> Looked[Experiment]:
        """End an experiment whose old setting is live; where something sent may come late, only at the look after."""
        if experiment.left is None or experiment.held == LATE:
            over, more = self._judging.ended(experiment, observed)
            return Looked(stands=over, observed=observed, notes=(*notes, *more))
        waits = self._switching.before(experiment)
        word, why = (
            (LATE, "a switch may come late: it is looked at once more") if waits is None else (waits.word, waits.why)
        )
        held = self._held(experiment, observed, word, why)
        return replace(held, notes=(*notes, *held.notes))

    def _due(self, experiment: Experiment, at: datetime) -> datetime:
        """Return when to look next: every minute while anything is new or on its way, at every edge of a block else."""
        soonest = next_minute(at)
        going = experiment.going
        if going is not None:
            return _not_before(going, at) or soonest
        plan = experiment.plan
        if experiment.live is Setting.NEW or experiment.left is not None or experiment.phase is Phase.ENDING:
            return soonest
        later = at + (RESTS if plan.at(at) is None else CALM)
        edge = plan.next_edge(at)
        return later if edge is None else min(later, edge)

    def _is_anothers(self, experiment: Experiment, live: Setting, observed: Observed) -> bool:
        """Return whether somebody else brought a setting about that nobody here was on the way to."""
        going = experiment.going
        if live is experiment.live or (going is not None and live is going.to):
            return False
        return self._strangers.made_it(experiment, observed, may_be_ours=live is experiment.left)

    def _aimed(self, experiment: Experiment, observed: Observed, *, is_frozen: bool) -> Experiment:
        """Return the experiment with the setting that it has to go to now, None where that is live."""
        plan, at = experiment.plan, observed.at
        block = plan.at(at)
        to, why = Setting.OLD, "no block is under way"
        if experiment.phase is Phase.ENDING:
            why = f"it ends: {experiment.outcome}"
        elif block is not None and block.number not in {one.number for one in experiment.blocks}:
            late = block.setting is not experiment.live and at > block.start + plan.latest
            if late:
                experiment = missed(experiment, at, f"its setting was not live by {plan.latest} after it began")
            why = experiment.why_missed(block) or f"block {block.number} ({block.pair})"
            may = experiment.phase is Phase.RUNNING and observed.state is State.ACTIVE and not is_frozen
            if may and not experiment.why_missed(block) and not self._is_steered(experiment.campaign):
                to = block.setting
        going = experiment.going
        if going is not None and going.to is to:
            return experiment
        left = experiment.left if going is None else going.to
        if to is experiment.live:
            return replace(experiment, going=None, left=left)
        return replace(experiment, going=Going(to=to, since=at, why=f"{to}, {why}"), left=left)

    def _brought(self, experiment: Experiment, going: Going, observed: Observed) -> Looked[Experiment]:
        """Send the switch that is kept already, and say what came of it."""
        came = self._switching.before(experiment) or self._switching.send(experiment, going, observed)
        match came:
            case Arrived(observed=after):
                # It was judged on the version that was seen: nothing that was sent before can come after it.
                arrived = replace(_seen(experiment, going.to, after), version=after.version, left=None)
                if arrived.phase is not Phase.ENDING:
                    return Looked(stands=arrived, observed=after)
                over, notes = self._judging.ended(arrived, after)
                return Looked(stands=over, observed=after, notes=tuple(notes))
            case MovedOn():
                return Looked(stands=experiment, observed=observed, moved_on=True)
            case Refusal(why=why):
                return self._refused(experiment, going, observed, why)
            case Waits(word=word, why=why):
                waits = replace(experiment, going=again(going, observed, came))
                return self._held(waits, observed, word, why)
            case _:
                assert_never(came)

    def _refused(self, experiment: Experiment, going: Going, observed: Observed, why: str) -> Looked[Experiment]:
        """Pause where the new setting was refused, for a person to say more; try again where the way back was."""
        if going.to is Setting.NEW:
            told = f"the new setting was refused, and the experiment is paused: {why}"
            paused = missed(replace(experiment, phase=Phase.PAUSED, going=None), observed.at, told)
            return self._held(paused, observed, "refused", told)
        later = replace(experiment, going=again(going, observed, Waits(entry=None, word="refused", why=why)))
        return self._held(later, observed, "refused", f"the way back was refused: {why}")


def _seen(experiment: Experiment, live: Setting, observed: Observed) -> Experiment:
    """Return the experiment with the setting that was seen to be live: from now on, where it is another than before.

    From now on too where the campaign has moved on: whoever changed it may have changed it back, or have had it rest.
    """
    if live is experiment.live:
        return experiment if observed.version == experiment.version else replace(experiment, since=observed.at)
    held = experiment.held if experiment.phase is Phase.PAUSED else None
    return replace(experiment, live=live, since=observed.at, going=None, seen=None, held=held)


def _not_before(going: Going, at: datetime) -> datetime | None:
    """Return when the next try may be, None where that is now: a clock that was set back holds nothing up for long."""
    later = going.not_before
    return later if later is not None and at < later <= at + SOON_BACK else None
