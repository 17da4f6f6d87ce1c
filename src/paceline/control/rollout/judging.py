"""What a look at a step leads to: promote, hold, undo, or step back after a time without sight.

Rules:
* What harms is undone in every phase; what is paused, does not dial, is frozen, or whose legal periods nobody can tell,
  is not promoted.
* Without sight for longer than the plan allows, while calls were made: back by one step at the first contact, and the
  minutes that were missed are judged all the same. Who is back where he began waits for a person.
* A hold is noted when its reason is another one than before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from paceline.campaign.observed import Observed, State
from paceline.campaign.ports import PlatformError
from paceline.control.rollout.decision import Decision, Judgement, decide
from paceline.control.rollout.measuring import MINUTE, Measured, Measuring
from paceline.control.rollout.rollouts import END, HOLD, PROMOTE, UNDO
from paceline.control.rollout.standing import Going, Latch, Phase, Rollout
from paceline.control.undertakings.standing import Note
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

EVIDENCE = "the evidence"
"""Who latches a rollout that is undone without a person."""


class Judging:
    """Judges the step that is live by what was measured."""

    def __init__(self, measuring: Measuring, *, actor: Actor) -> None:
        """Ask this; `actor` is who notes what was decided."""
        self._measuring = measuring
        self._actor = actor

    def judged(self, rollout: Rollout, observed: Observed, *, is_frozen: bool) -> tuple[Rollout, list[Note]]:
        """Return where a rollout stands after its step was judged, and what is noted of it.

        Raises:
            LedgerUnavailableError: what was declared cannot be read.
        """
        going = rollout.going
        if rollout.phase is Phase.UNDOING or (going is not None and going.to < rollout.step):
            return rollout, []
        if rollout.step == 0:
            return rollout, []
        measured, judgement, is_unlawful = self._asked(rollout, observed)
        unseen = _unseen(rollout, measured, observed)
        rollout = _seen(rollout, measured, observed)
        if judgement is not None:
            rollout = replace(rollout, judgement=_document(judgement, observed.at))
            if judgement.decision is Decision.UNDO:
                return self._undo(rollout, observed, judgement)
        if unseen > rollout.plan.blind:
            return self._back(rollout, observed, unseen)
        against = _against(rollout, observed, is_frozen=is_frozen, is_unknown=is_unlawful)
        if judgement is None:
            return self._held(rollout, observed, "not-measured", "what was measured cannot be read now", {})
        if judgement.decision is Decision.PROMOTE and against is None and going is None:
            return self._promote(rollout, observed, judgement)
        if against is not None:
            return self._held(rollout, observed, *against, {**judgement.numbers})
        if going is not None:
            return rollout, []
        return self._held(rollout, observed, judgement.why.value, judgement.reason, {**judgement.numbers})

    def _asked(self, rollout: Rollout, observed: Observed) -> tuple[Measured | None, Judgement | None, bool]:
        """Return what was measured, what is decided by it, and whether nobody can tell of the legal periods."""
        try:
            measured, baseline = self._measuring.step(rollout), self._measuring.baseline(rollout)
        except PlatformError:
            return None, None, False
        periods = self._measuring.periods(observed)
        judgement = decide(
            rollout.plan,
            step=rollout.step - 1,
            baseline=[one for one in baseline if one[1].staffed_s],
            minutes=[one for one in measured.minutes if one[1].staffed_s],
            periods=periods or (),
            now=max(measured.at, observed.at),
            began=rollout.began,
        )
        return measured, judgement, periods is None

    def _undo(self, rollout: Rollout, observed: Observed, judgement: Judgement) -> tuple[Rollout, list[Note]]:
        at, why = observed.at, judgement.reason
        going = Going(to=0, left=_on_its_way(rollout), since=at, actor=rollout.actor, why=why, then=Phase.UNDONE)
        latch = Latch(by=EVIDENCE, why=why, at=at)
        undoing = replace(rollout, phase=Phase.UNDOING, going=going, latch=latch, held=None)
        return undoing, [
            self._note(UNDO, why, at, {"to": 0, "kind": judgement.why.value, "numbers": {**judgement.numbers}})
        ]

    def _back(self, rollout: Rollout, observed: Observed, unseen: timedelta) -> tuple[Rollout, list[Note]]:
        at, to = observed.at, rollout.step - 1
        then = Phase.RUNNING if to > 0 and rollout.phase is Phase.RUNNING else Phase.PAUSED
        minutes = int(unseen / MINUTE)
        allowed = int(rollout.plan.blind / MINUTE)
        why = f"nobody saw for {minutes} minutes what it did, more than {allowed}: back to step {to}"
        going = Going(to=to, left=_on_its_way(rollout), since=at, actor=rollout.actor, why=why, then=then)
        figures: dict[str, Json] = {"to": to, "kind": "blind", "unseen_s": round(unseen.total_seconds())}
        return replace(rollout, going=going, held=None), [self._note(UNDO, why, at, figures)]

    def _promote(self, rollout: Rollout, observed: Observed, judgement: Judgement) -> tuple[Rollout, list[Note]]:
        at = observed.at
        figures: dict[str, Json] = {"numbers": {**judgement.numbers}}
        if rollout.step == rollout.last:
            why = f"what was wanted is live, and was found good: {judgement.reason}"
            return replace(rollout, phase=Phase.COMPLETED, held=None), [self._note(END, why, at, figures)]
        going = Going(to=rollout.step + 1, since=at, actor=rollout.actor, why=judgement.reason, then=Phase.RUNNING)
        return replace(rollout, going=going, held=None), [self._note(PROMOTE, judgement.reason, at, figures)]

    def _held(
        self, rollout: Rollout, observed: Observed, word: str, why: str, numbers: Json
    ) -> tuple[Rollout, list[Note]]:
        if rollout.held == word:
            return rollout, []
        # That a person paused it is noted already.
        notes = [] if word == Phase.PAUSED else [self._note(HOLD, why, observed.at, {"held": word, "numbers": numbers})]
        return replace(rollout, held=word), notes

    def _note(self, kind: str, why: str, at: datetime, figures: dict[str, Json]) -> Note:
        return Note(kind=kind, actor=self._actor, why=why, at=at, figures=figures)


def _on_its_way(rollout: Rollout) -> int | None:
    """Return the step that something may be on its way to, which then may be live."""
    return None if rollout.going is None else rollout.going.to


def _against(rollout: Rollout, observed: Observed, *, is_frozen: bool, is_unknown: bool) -> tuple[str, str] | None:
    """Return why a rollout goes no further now, whatever the evidence says: as a word, and in words."""
    if is_frozen:
        return "frozen", f"campaign {rollout.campaign} is frozen"
    if observed.state is not State.ACTIVE:
        return "not-dialing", f"campaign {rollout.campaign} is {observed.state}"
    if rollout.phase is Phase.PAUSED:
        return Phase.PAUSED.value, "a person paused it"
    if is_unknown:
        return "law-unknown", "nobody can tell what was measured in the legal period that is running"
    return None


def _unseen(rollout: Rollout, measured: Measured | None, observed: Observed) -> timedelta:
    """Return for how long calls were made that nobody looked at before this look."""
    since = rollout.began if rollout.seen is None else rollout.seen
    is_active = observed.state is State.ACTIVE
    if measured is None:
        return observed.at - since if is_active else timedelta()
    missed = [start for start, tally in measured.minutes if start >= since and (tally.dials or tally.connects)]
    if missed:
        # One that rests by now dialed all the same, up to the last of them.
        return (observed.at if is_active else missed[-1] + MINUTE) - missed[0]
    return observed.at - since if is_active and measured.dials else timedelta()


def _seen(rollout: Rollout, measured: Measured | None, observed: Observed) -> Rollout:
    """Return the rollout with how far its minutes were read."""
    if measured is None:
        return rollout
    is_at_rest = observed.state is not State.ACTIVE or not measured.dials
    until = measured.at.replace(second=0, microsecond=0) if is_at_rest else measured.until
    since = rollout.began if rollout.seen is None else rollout.seen
    return rollout if until is None else replace(rollout, seen=max(since, until))


def _document(judgement: Judgement, at: datetime) -> dict[str, Json]:
    return {
        "decision": judgement.decision.value,
        "why": judgement.why.value,
        "reason": judgement.reason,
        "numbers": {**judgement.numbers},
        "at": utc_text(at),
    }
