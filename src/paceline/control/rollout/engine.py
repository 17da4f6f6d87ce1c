"""One look at a rollout, and what follows from it: at a campaign that may be anywhere, by a process that may be new.

1. The campaign is read. Which step is live is told by its pacing alone, whatever this process knew before.
2. Where it is none of those that it can be, somebody else changed it: the rollout ends, and tells who and what.
3. What was measured is judged (`judging`); what follows is kept, with its reason and numbers, before anything is sent.
4. The step is brought about through the corridor, on the version that was looked at (`stepping`).
5. Where it stands now is kept, and it is looked at again in the next minute of the platform.

A process may die between any two of these: whoever comes after it begins at 1, and finds what it was about to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import Observed, State
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Platform
from paceline.control.freezes import Freezes
from paceline.control.recorder import Recorder
from paceline.control.rollout.judging import Judging
from paceline.control.rollout.rollouts import END, HOLD, STEP, Rollouts
from paceline.control.rollout.standing import Going, Phase, Rollout
from paceline.control.rollout.stepping import Stepping, again, is_back, target_of
from paceline.control.rollout.strangers import Strangers
from paceline.control.settings_shown import pacing_shown
from paceline.control.undertakings.engine import Looked, LookingEngine
from paceline.control.undertakings.sending import WAITS, Arrived, MovedOn, Refusal, Waits
from paceline.control.undertakings.standing import Note, next_minute
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.storage.leases import Claim


class Engine(LookingEngine[Rollout]):
    """Moves rollouts by one look; whoever calls has the lease of its work."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        rollouts: Rollouts,
        stepping: Stepping,
        judging: Judging,
        strangers: Strangers,
        freezes: Freezes,
        live_since: Callable[[Observed], datetime],
        actor: Actor,
    ) -> None:
        """Join what looks, what judges, what sends and what keeps; `actor` is who notes what was seen.

        `live_since` tells since when nothing else was seen of a campaign's pacing.
        """
        super().__init__(rollouts, actor=actor, hold=HOLD)
        self._platform = platform
        self._recorder = recorder
        self._stepping = stepping
        self._judging = judging
        self._strangers = strangers
        self._freezes = freezes
        self._live_since = live_since

    def _look(self, rollout: Rollout, claim: Claim) -> Looked[Rollout]:
        observed = self._platform.read(rollout.campaign)
        if observed.version != rollout.version:
            self._recorder.saw([observed])
        live = live_step(rollout, observed)
        if live is None or observed.state is State.ARCHIVED:
            return self._left(rollout, observed)
        rollout = replace(self._withdrawn(rollout), version=observed.version, looked=observed.at)
        going, notes = rollout.going, []
        if going is not None and live == going.to:
            rollout, note = self._arrived(rollout, going, observed)
            notes.append(note)
        elif going is not None and live != rollout.step:
            # What was on its way when something else was decided has come all the same.
            rollout = replace(rollout, step=live, began=self._began(going, observed))
        if rollout.phase.is_under_way:
            rollout, judged = self._judging.judged(rollout, observed, is_frozen=self._is_frozen(rollout))
            notes += judged
        if rollout.going is None or not self._may_send(rollout, rollout.going, observed):
            return Looked(stands=rollout, observed=observed, notes=tuple(notes))
        kept = self._intended(rollout, *notes, claim=claim)
        return self._brought(kept, observed)

    def _left(self, rollout: Rollout, observed: Observed) -> Looked[Rollout]:
        """End a rollout whose campaign is not its own any more, and what waits for approval of it."""
        is_archived = observed.state is State.ARCHIVED
        took = self._strangers.archived if is_archived else self._strangers.took_over
        ended, note = took(rollout, observed)
        self._stepping.withdraw(rollout, by=self._actor.name, why=note.why)
        return Looked(stands=ended, observed=observed, notes=(note,))

    def _withdrawn(self, rollout: Rollout) -> Rollout:
        """Return the rollout without the change that waits for approval of a step that it is not to go to now."""
        going = rollout.going
        if going is None:
            return rollout
        if is_back(rollout, going):
            self._stepping.withdraw(rollout, by=going.actor.name, why=going.why)
            return rollout
        if rollout.phase is not Phase.PAUSED:
            return rollout
        ended = self._stepping.withdraw(rollout, by=self._actor.name, why=f"rollout {rollout.entry} is paused")
        return replace(rollout, going=replace(going, entry=None)) if going.entry in ended else rollout

    def _may_send(self, rollout: Rollout, going: Going, observed: Observed) -> bool:
        if going.not_before is not None and observed.at < going.not_before:
            return False
        if is_back(rollout, going) or rollout.phase is Phase.UNDOING:
            return True
        dials = observed.state is State.ACTIVE and not self._is_frozen(rollout)
        return rollout.phase is Phase.RUNNING and dials

    def _brought(self, rollout: Rollout, observed: Observed) -> Looked[Rollout]:
        """Send the change of the step that the rollout goes to, which is kept already, and say what came of it."""
        going = rollout.going
        if going is None:
            return Looked(stands=rollout, observed=observed)
        came = self._stepping.before(rollout, going) or self._stepping.send(rollout, going, observed)
        match came:
            case Arrived(entry=entry, observed=after):
                arrived, note = self._arrived(rollout, replace(going, entry=entry), after)
                return Looked(stands=replace(arrived, version=after.version), observed=after, notes=(note,))
            case MovedOn():
                return Looked(stands=rollout, observed=observed, moved_on=True)
            case Refusal(why=why):
                return self._refused(rollout, going, observed, why)
            case Waits(entry=entry, word=word, why=why):
                later = replace(going, entry=entry)
                if word != WAITS:
                    later = again(rollout, going, observed, entry=entry)
                return self._held(replace(rollout, going=later), observed, word, why)
            case _:
                assert_never(came)

    def _refused(self, rollout: Rollout, going: Going, observed: Observed, why: str) -> Looked[Rollout]:
        """Stay where a step was refused, for a person to say more; take the gentler way back where the way back was."""
        if going.to > rollout.step:
            stayed = replace(rollout, phase=Phase.PAUSED, going=None)
            return self._held(stayed, observed, "refused", f"step {going.to} was refused: {why}")
        if not going.gentler:
            return Looked(
                stands=replace(rollout, going=replace(going, gentler=True, entry=None)),
                observed=observed,
                moved_on=True,
            )
        # What stood against what was live before may be gone by then.
        later = replace(rollout, going=replace(again(rollout, going, observed), gentler=False))
        return self._held(later, observed, "refused", f"the way back was refused: {why}")

    def _arrived(self, rollout: Rollout, going: Going, observed: Observed) -> tuple[Rollout, Note]:
        """Return the rollout at its new step, and what is noted of that."""
        arrived = replace(
            rollout,
            step=going.to,
            began=self._began(going, observed),
            phase=going.then,
            going=None,
            held=None,
            seen=None,
        )
        live = target_of(rollout, going)
        figures: dict[str, Json] = {"pacing": pacing_shown(live), "entry": going.entry}
        if arrived.phase.is_under_way:
            why = f"step {going.to} of {rollout.last} is live: {going.why}"
            return arrived, Note(kind=STEP, actor=self._actor, why=why, at=observed.at, figures=figures)
        left = "what was live before is live again"
        if going.gentler:
            left = "what was live before was refused; the gentler of each field is live"
        why = f"{left}: {going.why}"
        return arrived, Note(kind=END, actor=self._actor, why=why, at=observed.at, figures=figures)

    def _began(self, going: Going, observed: Observed) -> datetime:
        """Return since when a step is live: when it was first seen, whoever sent it and did not live to say so."""
        return max(going.since, self._live_since(observed))

    def _due(self, rollout: Rollout, at: datetime) -> datetime:
        soonest = next_minute(at)
        waits = None if rollout.going is None else rollout.going.not_before
        goes_back = rollout.going is not None and is_back(rollout, rollout.going)
        return max(soonest, waits) if waits is not None and goes_back else soonest

    def _is_frozen(self, rollout: Rollout) -> bool:
        return self._freezes.of(rollout.campaign) is not None


def live_step(rollout: Rollout, observed: Observed) -> int | None:
    """Return which step of a rollout is live, of those that it can be; None when somebody else changed what is live."""
    mode = None if observed.rules is None else observed.rules.mode.value
    if mode != rollout.mode:
        return None
    going = rollout.going
    if going is not None and _is(target_of(rollout, going), rollout, observed):
        return going.to
    may_be = [rollout.step] if going is None or going.left is None else [rollout.step, going.left]
    return next((step for step in may_be if _is(rollout.pacing_at(step), rollout, observed)), None)


def _is(pacing: Pacing, rollout: Rollout, observed: Observed) -> bool:
    return SetPacing.to(rollout.campaign, pacing).already_so(observed)
