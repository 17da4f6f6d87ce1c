"""The three changes of the lifecycle: pause, resume, stop.

`effective_at` is an instant at which the *platform* is to act by itself, with nobody of ours present; a change that
waits here until its hour carries None when it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self

from paceline.campaign.change import Achieved, Difference, Diverged, Lane, Rulebook, Settling, Verdict
from paceline.campaign.lifecycle.checks import guarded, sound
from paceline.campaign.lifecycle.machine import Step, step_to
from paceline.campaign.lifecycle.model import LOOK_AGAIN, Wanted
from paceline.campaign.observed import Ability, Drain, Observed, Part, Situation, State
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId

AFTER_DUE = timedelta(seconds=1)
"""How long after its instant a pending transition is looked at: the platform's clock is told in whole seconds."""

_DRAINS = {Drain.FINISH: Ability.FINISH_CALLS, Drain.DROP: Ability.DROP_CALLS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lifecycle:
    kind: ClassVar[str]
    lane: ClassVar[Lane]
    state: ClassVar[State]
    verb: ClassVar[Ability]
    part: ClassVar[Part] = Part.CAMPAIGN
    campaign: CampaignId
    effective_at: datetime | None = None

    @property
    def wanted(self) -> Wanted:
        """Return the state that is wanted, from when on and how."""
        return Wanted(state=self.state, effective_at=self.effective_at)

    @property
    def needs(self) -> frozenset[Ability]:
        """Return what a platform must be able to do for it."""
        return _needs(self.verb, None, self.effective_at)

    def validate(self, rules: Rulebook) -> Findings:  # noqa: ARG002  # no law forbids to pause, resume or stop by itself
        """Judge the instant; a state needs no judgement."""
        return sound(self.wanted)

    def guard(self, situation: Situation) -> Findings:
        """Judge the change in the situation that was found."""
        return guarded(self.wanted, self.needs, situation)

    def whole_on(self, observed: Observed) -> Self:  # noqa: ARG002  # it leaves nothing as it is
        """Return the change itself: it says all that it sends."""
        return self

    def already_so(self, observed: Observed) -> bool:
        """Return whether the state is held, or this very transition is pending, and nothing is pending against it."""
        return step_to(self.wanted, observed) is Step.NOTHING

    def verify(self, observed: Observed) -> Verdict:
        """Judge by state, queue and pending transition; a queue that nobody tells of is taken as empty."""
        return _verdict(self.wanted, observed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving(_Lifecycle):
    drain: Drain = Drain.FINISH

    @property
    def wanted(self) -> Wanted:
        """Return the state that is wanted, with the way to drain."""
        return Wanted(state=self.state, drain=self.drain, effective_at=self.effective_at)

    @property
    def needs(self) -> frozenset[Ability]:
        """Return what a platform must be able to do for it, its way to drain included."""
        return _needs(self.verb, _DRAINS[self.drain], self.effective_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(_Leaving):
    """Stop dialing for now; calls in flight end as `drain` says."""

    kind = "lifecycle.pause"
    lane = Lane.STOPPING
    state = State.PAUSED
    verb = Ability.PAUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(_Lifecycle):
    """Dial, from PAUSED or from STOPPED: to resume and to start are one thing."""

    kind = "lifecycle.resume"
    lane = Lane.CHANGING
    state = State.ACTIVE
    verb = Ability.RESUME


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(_Leaving):
    """End dialing; only a resumption leads out of it again."""

    kind = "lifecycle.stop"
    lane = Lane.STOPPING
    state = State.STOPPED
    verb = Ability.STOP


def _needs(verb: Ability, drain: Ability | None, effective_at: datetime | None) -> frozenset[Ability]:
    later = None if effective_at is None else Ability.EFFECTIVE_TIME
    return frozenset(ability for ability in (verb, drain, later) if ability is not None)


def _verdict(wanted: Wanted, observed: Observed) -> Verdict:
    if wanted.is_pending_in(observed) and wanted.effective_at is not None:
        return Settling(max(wanted.effective_at - observed.at, timedelta()) + AFTER_DUE)
    differences = []
    if observed.state is not wanted.state:
        differences.append(Difference(field="state", wanted=wanted.state.value, observed=observed.state.value))
    if observed.pending is not None:
        told = f"{observed.pending.state} at {observed.pending.effective_at.isoformat()}"
        differences.append(Difference(field="pending", wanted=None, observed=told))
    if differences:
        return Diverged(tuple(differences))
    if wanted.state is not State.ACTIVE and observed.drained is False:
        return Settling(LOOK_AGAIN)
    return Achieved()
