"""Waits until what the platform took has come to its end, in the platform's own time.

A platform's clock may run faster than ours, or stand: how fast it runs is read off its answers, and whoever waits says
too how long that may take here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from paceline.campaign.change import Settling
from paceline.campaign.observed import Observed
from paceline.campaign.ports import Platform
from paceline.control.outcome import Applied, Outcome, Scheduled
from paceline.control.recorder import Recorder
from paceline.primitives.clock import WaitingClock

SHORTEST_S = 0.2
"""The shortest wait between two looks, in seconds of ours."""
LONGEST_S = 15.0
"""The longest wait between two looks, in seconds of ours."""
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long it may take: by the platform's clock, None for ever, and in seconds of ours."""

    platform: timedelta | None = None
    here_s: float = 900.0


class Draining:
    """Looks again at what settles until it has."""

    def __init__(self, platform: Platform, recorder: Recorder, clock: WaitingClock) -> None:
        """Ask this platform, and keep what is found in this ledger."""
        self._platform = platform
        self._recorder = recorder
        self._clock = clock

    def waited_for(
        self, outcome: Outcome, limit: Limit, *, told: Callable[[Observed], None] = lambda _observed: None
    ) -> Outcome:
        """Return the outcome with its last verdict; it settles still when the time was over first.

        Raises:
            PlatformError: the campaign cannot be read; the entry keeps the verdict that it had.
        """
        observed = outcome.after or outcome.before
        if not isinstance(outcome.ending, Applied | Scheduled) or outcome.entry is None or observed is None:
            return outcome
        verdict, began_at, began_ns = outcome.ending.verdict, observed.at, self._clock.running_ns()
        requests = 0
        with self._recorder.at_work():
            while isinstance(verdict, Settling):
                passed = observed.at - began_at
                here_s = (self._clock.running_ns() - began_ns) / _SECOND
                if here_s >= limit.here_s or (limit.platform is not None and passed >= limit.platform):
                    return replace(outcome, after=observed, requests=outcome.requests + requests)
                self._clock.wait(_pause_s(verdict, passed, here_s, left_s=limit.here_s - here_s))
                observed = self._platform.read(outcome.change.campaign, lane=outcome.change.lane)
                requests += 1
                verdict = outcome.change.verify(observed)
                told(observed)
        if requests:
            self._recorder.judge_again(outcome.entry, verdict, observed)
        return replace(outcome, ending=Applied(verdict), after=observed, requests=outcome.requests + requests)


def _pause_s(verdict: Settling, passed: timedelta, here_s: float, *, left_s: float) -> float:
    """Return how many seconds of ours to wait: what was told, by the speed that the platform's clock has shown."""
    speed = passed.total_seconds() / here_s if here_s >= 1.0 else 1.0
    asked_s = verdict.check_again_in.total_seconds() / speed if speed > 0 else LONGEST_S
    return min(max(asked_s if here_s >= 1.0 else SHORTEST_S, SHORTEST_S), LONGEST_S, max(left_s, 0.0))
