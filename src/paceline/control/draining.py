"""Waits until what the platform took has come to its end, in the platform's own time.

Rules:
* A platform's clock may run faster than ours, or stand: how fast it runs is read off its answers, and whoever waits
  says too how long that may take here.
* What the platform carries out at an instant of its own is not waited for, nor is a dry run.
* A change that found nothing to do is waited for where calls still end; it stays `unchanged`, and nothing is recorded.
* A look stops nothing: it gives way to whatever changes, and is given up like any other reading.
* No look that fails loses the outcome: it is told, and one looks again until the time is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from paceline.campaign.change import Lane, Settling, Verdict
from paceline.campaign.observed import Observed
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.outcome import Applied, Outcome, Scheduled, Unchanged
from paceline.control.recorder import Recorder
from paceline.ledger.failures import LedgerError
from paceline.primitives.clock import WaitingClock
from paceline.primitives.errors import PacelineError

SHORTEST_S = 0.2
"""The shortest wait between two looks, in seconds of ours."""
LONGEST_S = 15.0
"""The longest wait between two looks, in seconds of ours."""
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long it may take: by the platform's clock, None for ever, and in seconds of ours; one looks once at least."""

    platform: timedelta | None = None
    here_s: float = 900.0


@dataclass(slots=True, kw_only=True)
class _Watch:
    """One wait: what was seen last, and how many looks have failed since."""

    observed: Observed
    verdict: Verdict
    began_at: datetime
    began_ns: int
    looks: int = 0
    failed: int = 0

    def is_over(self, limit: Limit, here_s: float) -> bool:
        passed = self.observed.at - self.began_at
        return here_s >= limit.here_s or (limit.platform is not None and passed >= limit.platform)

    def pause_s(self, here_s: float, *, left_s: float) -> float:
        """Return how many seconds of ours to wait: what was told, by the speed that the platform's clock has shown."""
        if self.failed:
            return min(SHORTEST_S * 2.0 ** min(self.failed, 10), LONGEST_S, max(left_s, 0.0))
        speed = (self.observed.at - self.began_at).total_seconds() / here_s if here_s >= 1.0 else 1.0
        told_s = self.verdict.check_again_in.total_seconds() if isinstance(self.verdict, Settling) else 0.0
        asked_s = told_s / speed if speed > 0 else LONGEST_S
        return min(max(asked_s if here_s >= 1.0 else SHORTEST_S, SHORTEST_S), LONGEST_S, max(left_s, 0.0))


class Draining:
    """Looks again at what settles until it has."""

    def __init__(self, platform: Platform, recorder: Recorder, clock: WaitingClock) -> None:
        """Ask this platform, and keep what is found in this ledger."""
        self._platform = platform
        self._recorder = recorder
        self._clock = clock

    def waited_for(
        self,
        outcome: Outcome,
        limit: Limit,
        *,
        told: Callable[[Observed], None] = lambda _observed: None,
        failed: Callable[[PacelineError], None] = lambda _failure: None,
    ) -> Outcome:
        """Return the outcome with its last verdict; it settles still when the time was over first.

        Args:
            outcome: of a change that was carried out through this ledger.
            limit: how long it may take.
            told: hears what each look shows.
            failed: hears why a look failed, or why its verdict could not be recorded: the entry keeps the one it had.
        """
        observed = outcome.after or outcome.before
        if observed is None or not _may_settle(outcome):
            return outcome
        ending = outcome.ending
        verdict = ending.verdict if isinstance(ending, Applied) else outcome.change.verify(observed)
        if not isinstance(verdict, Settling):
            return outcome
        began_ns = self._clock.running_ns()
        watch = _Watch(observed=observed, verdict=verdict, began_at=observed.at, began_ns=began_ns)
        with self._recorder.at_work(), self._platform.metered() as meter:
            self._look_on(watch, outcome, limit, told=told, failed=failed)
        if isinstance(ending, Applied) and outcome.entry is not None and not isinstance(watch.verdict, Settling):
            try:
                self._recorder.judge_again(outcome.entry, watch.verdict, watch.observed)
                ending = Applied(watch.verdict)
            except LedgerError as unrecorded:
                failed(unrecorded)
        waited_ms = (self._clock.running_ns() - began_ns) / 1_000_000
        return replace(
            outcome,
            ending=ending,
            after=watch.observed,
            requests=outcome.requests + meter.requests,
            timings_ms={**outcome.timings_ms, "total": outcome.timings_ms.get("total", 0.0) + waited_ms},
        )

    def _look_on(
        self,
        watch: _Watch,
        outcome: Outcome,
        limit: Limit,
        *,
        told: Callable[[Observed], None],
        failed: Callable[[PacelineError], None],
    ) -> None:
        """Look until it has settled or the time is over."""
        while True:
            here_s = (self._clock.running_ns() - watch.began_ns) / _SECOND
            if watch.looks and watch.is_over(limit, here_s):
                return
            self._clock.wait(watch.pause_s(here_s, left_s=limit.here_s - here_s))
            watch.looks += 1
            try:
                watch.observed = self._platform.read(
                    outcome.change.campaign, part=outcome.change.part, lane=Lane.READING
                )
            except PlatformError as unseen:
                watch.failed += 1
                failed(unseen)
                continue
            watch.failed = 0
            watch.verdict = outcome.change.verify(watch.observed)
            told(watch.observed)
            if not isinstance(watch.verdict, Settling):
                return


def due_of(outcome: Outcome) -> datetime | None:
    """Return when the platform carries the change out by itself; None when nothing of it is to come."""
    if isinstance(outcome.ending, Scheduled):
        return outcome.ending.due
    seen = outcome.after or outcome.before
    if isinstance(outcome.ending, Unchanged) and not outcome.dry_run and seen is not None and seen.pending is not None:
        return seen.pending.effective_at
    return None


def settled(outcome: Outcome) -> Verdict | None:
    """Return what the change has come to by what was seen last; None where nothing can settle."""
    seen = outcome.after or outcome.before
    if isinstance(outcome.ending, Applied):
        return outcome.ending.verdict
    return outcome.change.verify(seen) if seen is not None and _may_settle(outcome) else None


def _may_settle(outcome: Outcome) -> bool:
    if outcome.dry_run or due_of(outcome) is not None:
        return False
    return isinstance(outcome.ending, Unchanged) or (isinstance(outcome.ending, Applied) and outcome.entry is not None)
