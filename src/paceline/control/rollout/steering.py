"""What persons do with a rollout: pause, resume, promote, abort, undo, clear.

Rules:
* What is decided here is kept first, with who and why; whoever is at the rollout right now finds it, and looks again.
* An abort latches, as evidence does: no other rollout of the campaign begins before a person clears it.
* An undo of what is live restores what was live before the rollout; where somebody changed that since, it is told, and
  nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from paceline.control.order import Order
from paceline.control.rollout.rollouts import ABORT, CLEAR, END, PAUSE, PROMOTE, RESUME, UNDO, OvertakenError, Rollouts
from paceline.control.rollout.standing import Going, Latch, Phase, Rollout
from paceline.control.undertakings.standing import Note
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId

MOST_TRIES = 5
"""So often what a person wants is decided anew when somebody writes the rollout at the same time."""
Decided = tuple[Rollout, Note]


class RolloutStateError(PacelineError):
    """the rollout is not where this could be done to it"""

    code = "rollout-state"


class Steering:
    """Keeps what persons decide of rollouts."""

    def __init__(self, rollouts: Rollouts) -> None:
        """Keep it here."""
        self._rollouts = rollouts

    def pause(self, campaign: CampaignId, order: Order, *, at: datetime) -> Rollout:
        """Have a rollout stay at its step; what harms is undone all the same.

        Raises:
            NoRolloutError: the campaign never had one.
            RolloutStateError: it is not running.
        """

        def paused(rollout: Rollout) -> Decided:
            _hold(rollout, Phase.RUNNING)
            going = None if rollout.going is None else replace(rollout.going, then=_paused(rollout.going))
            stays = replace(rollout, phase=Phase.PAUSED, going=going, held=Phase.PAUSED.value)
            return stays, _note(PAUSE, order, at, f"paused at step {rollout.step} of {rollout.last}")

        return self._decided(campaign, paused)

    def resume(self, campaign: CampaignId, order: Order, *, at: datetime) -> Rollout:
        """Have a paused rollout go on; one that is where it began sets out for its first step.

        Raises:
            NoRolloutError: the campaign never had one.
            RolloutStateError: it is not paused.
        """

        def resumed(rollout: Rollout) -> Decided:
            _hold(rollout, Phase.PAUSED)
            going = rollout.going
            if going is not None:
                going = replace(going, then=Phase.RUNNING if going.to else Phase.PAUSED)
            elif rollout.step == 0:
                going = _onward(rollout, order, at, "it goes on")
            goes = replace(rollout, phase=Phase.RUNNING, going=going, held=None)
            return goes, _note(RESUME, order, at, f"it goes on from step {rollout.step} of {rollout.last}")

        return self._decided(campaign, resumed)

    def promote(self, campaign: CampaignId, order: Order, *, at: datetime, step: int | None = None) -> Rollout:
        """Have a rollout go to its next step on a person's word; the step is judged as any change is.

        After the last step it is over: what was wanted stays. `step` is the one that the person looked at, None where
        it does not matter.

        Raises:
            NoRolloutError: the campaign never had one.
            RolloutStateError: it is not under way, on its way to a step already, or past the step looked at.
        """

        def promoted(rollout: Rollout) -> Decided:
            _hold(rollout, Phase.RUNNING, Phase.PAUSED)
            if rollout.going is not None:
                raise RolloutStateError(
                    f"rollout {rollout.entry} is on its way to step {rollout.going.to} already",
                    hint=f"see what it waits for: paceline rollout status {campaign}",
                )
            if step is not None and step != rollout.step:
                raise RolloutStateError(
                    f"rollout {rollout.entry} is at step {rollout.step}, not at {step} any more",
                    hint="look at what is live now, then decide again",
                )
            word = f"promoted by {order.actor.name} without waiting for evidence"
            if rollout.step == rollout.last:
                return replace(rollout, phase=Phase.COMPLETED, held=None), _note(END, order, at, word)
            overrides = (*rollout.overrides, *order.overrides)
            going = _onward(rollout, order, at, word)
            goes = replace(rollout, phase=Phase.RUNNING, going=going, held=None, overrides=overrides)
            return goes, _note(PROMOTE, order, at, word)

        return self._decided(campaign, promoted)

    def abort(self, campaign: CampaignId, order: Order, *, at: datetime) -> Rollout:
        """Take a rollout back, and let no other begin before a person clears that.

        Raises:
            NoRolloutError: the campaign never had one.
            RolloutStateError: it is over.
        """

        def aborted(rollout: Rollout) -> Decided:
            _hold(rollout, Phase.RUNNING, Phase.PAUSED, Phase.UNDOING)
            why = order.reason or f"aborted by {order.actor.name}"
            latch = Latch(by=order.actor.name, why=why, at=at)
            going = _back(rollout, order, at, f"aborted by {order.actor.name}", Phase.ABORTED)
            back = replace(rollout, phase=Phase.UNDOING, going=going, latch=rollout.latch or latch, held=None)
            return back, _note(ABORT, order, at, f"aborted at step {rollout.step} of {rollout.last}")

        return self._decided(campaign, aborted)

    def undo(self, campaign: CampaignId, order: Order, *, at: datetime) -> Rollout:
        """Take back a rollout that is under way or completed: what was live before is to be live again.

        Raises:
            NoRolloutError: the campaign never had one.
            RolloutStateError: it was taken back already, or is being.
        """

        def undone(rollout: Rollout) -> Decided:
            _hold(rollout, Phase.RUNNING, Phase.PAUSED, Phase.COMPLETED)
            word = f"undone by {order.actor.name}"
            going = _back(rollout, order, at, word, Phase.UNDONE)
            back = replace(rollout, phase=Phase.UNDOING, going=going, held=None)
            return back, _note(UNDO, order, at, f"{word} at step {rollout.step} of {rollout.last}")

        # A newer one that begins meanwhile is not meant.
        return self._decided(campaign, undone, of=self._rollouts.of(campaign))

    def clear(self, campaign: CampaignId, order: Order, *, at: datetime) -> Rollout:
        """Let rollouts of the campaign begin again.

        Raises:
            NoRolloutError: the campaign never had one.
            RolloutStateError: nothing is latched, or it is still being taken back.
        """
        standing = self._rollouts.in_the_way(campaign) or self._rollouts.of(campaign)

        def cleared(rollout: Rollout) -> Decided:
            if rollout.phase.is_under_way:
                raise RolloutStateError(
                    f"rollout {rollout.entry} is {rollout.phase.value}",
                    hint="it can be cleared when it has come to its end",
                )
            latch = rollout.latch
            if latch is None:
                raise RolloutStateError(
                    f"rollout {rollout.entry} is {rollout.phase.value}: nothing keeps another one from beginning"
                )
            why = f"cleared by {order.actor.name}: it was ended by {latch.by}, {latch.why}"
            return replace(rollout, latch=None), _note(CLEAR, order, at, why)

        return self._decided(campaign, cleared, of=standing)

    def _decided(
        self, campaign: CampaignId, decide: Callable[[Rollout], Decided], *, of: Rollout | None = None
    ) -> Rollout:
        for _ in range(MOST_TRIES):
            rollout = self._rollouts.of(campaign) if of is None else self._rollouts.read(of.entry)
            decided, note = decide(rollout)
            try:
                return self._rollouts.keep(decided, note)
            except OvertakenError:
                continue
        raise OvertakenError(
            f"the rollout of {campaign} is being written by others again and again", hint="try it once more"
        )


def _hold(rollout: Rollout, *phases: Phase) -> None:
    """Hold a rollout against the phases in which something may be done to it.

    Raises:
        RolloutStateError: it is in another one.
    """
    if rollout.phase not in phases:
        told = " or ".join(phase.value for phase in phases)
        hint = rollout.way_back if rollout.latch is not None and not rollout.phase.is_under_way else None
        raise RolloutStateError(f"rollout {rollout.entry} is {rollout.phase.value}, not {told}", hint=hint)


def _onward(rollout: Rollout, order: Order, at: datetime, why: str) -> Going:
    return Going(to=rollout.step + 1, since=at, actor=order.actor, why=why, then=Phase.RUNNING)


def _back(rollout: Rollout, order: Order, at: datetime, why: str, then: Phase) -> Going:
    left, gentler = None, False
    if rollout.going is not None:
        is_back = rollout.phase is Phase.UNDOING
        left, gentler = (rollout.going.left if is_back else rollout.going.to), is_back and rollout.going.gentler
    said = why if order.reason is None else f"{why}: {order.reason}"
    return Going(to=0, left=left, since=at, actor=order.actor, why=said, then=then, gentler=gentler)


def _paused(going: Going) -> Phase:
    return Phase.PAUSED if going.then is Phase.RUNNING else going.then


def _note(kind: str, order: Order, at: datetime, why: str) -> Note:
    said = why if order.reason is None else f"{why}: {order.reason}"
    return Note(kind=kind, actor=order.actor, why=said, at=at, reason=order.reason, ticket=order.ticket)
