"""`--wait`: how long, what is said meanwhile, and the exit code by what was seen last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.render import exit_of, exit_of_fleet, tell
from paceline.cli.words import span
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.campaign.observed import Observed
    from paceline.control.fleet.fleet import FleetOutcome
    from paceline.control.outcome import Outcome
    from paceline.primitives.errors import PacelineError

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """The longest wait: for calls to end, by the platform's clock, and for everything, in seconds of ours."""

    platform: timedelta
    here_s: float


def longest_of(timeout: str | None, drain_timeout: str) -> Longest:
    """Return how long may be waited, as it was typed; seconds of ours without --timeout leave a platform time.

    Raises:
        UsageError: one of the two is no span of time.
    """
    platform = span(drain_timeout, option="--drain-timeout")
    if timeout is None:
        return Longest(platform=platform, here_s=max(900.0, 2 * platform.total_seconds()))
    here = span(timeout, option="--timeout")
    return Longest(platform=min(platform, here), here_s=here.total_seconds())


def waited(system: System, outcome: Outcome, longest: Longest) -> Outcome:
    """Return the outcome when its calls have ended, or the time is over; what happens is said on standard error."""
    from paceline.control.draining import Limit, due_of

    due = due_of(outcome)
    if due is not None:
        at = utc_text(due)
        tell(f"{outcome.change.campaign}: due at {at}, by the platform itself; it is not waited for")
        return outcome
    limit = Limit(platform=longest.platform, here_s=longest.here_s)
    return system.draining.waited_for(outcome, limit, told=_tell_seen, failed=_teller_of_failures(outcome))


def all_waited(system: System, fleet: FleetOutcome, longest: Longest) -> FleetOutcome:
    """Return the outcomes when all calls have ended, or the time that all of them have together is over."""
    began_ns, items, more = system.clock.running_ns(), [], 0
    for item in fleet.items:
        left_s = longest.here_s - (system.clock.running_ns() - began_ns) / _SECOND
        items.append(waited(system, item, replace(longest, here_s=max(left_s, 0.0))))
        more += items[-1].requests - item.requests
    return replace(fleet, items=tuple(items), requests=fleet.requests + more)


def exit_after(outcome: Outcome) -> int:
    """Return the exit code of one outcome that was waited for, and say what is not as it was to be."""
    unfinished = _exit_of_unfinished([outcome])
    return exit_of(outcome) if unfinished is None else unfinished


def exit_after_all(fleet: FleetOutcome) -> int:
    """Return the exit code of outcomes that were waited for, and say what is not as it was to be."""
    plain, unfinished = exit_of_fleet(fleet), _exit_of_unfinished(fleet.items)
    return plain if unfinished is None or plain != exits.DONE else unfinished


def _exit_of_unfinished(outcomes: Iterable[Outcome]) -> int | None:
    """Return the code when calls drain still, or what was so already is so no longer; None when neither is so."""
    from paceline.campaign.change import Diverged, Settling
    from paceline.control.draining import settled
    from paceline.control.outcome import Unchanged

    codes = set()
    for outcome in outcomes:
        verdict = settled(outcome)
        if isinstance(verdict, Settling):
            tell(f"paceline: {outcome.change.campaign} drains still, as far as was seen; nothing was cut")
            codes.add(exits.UNSETTLED)
        elif isinstance(verdict, Diverged) and isinstance(outcome.ending, Unchanged):
            tell(f"paceline: {outcome.change.campaign} was changed by somebody else while it drained")
            codes.add(exits.CONFLICT)
    return None if not codes else codes.pop() if len(codes) == 1 else exits.PARTLY


def _tell_seen(seen: Observed) -> None:
    queue = "not told" if seen.drained is None else "empty" if seen.drained else "draining"
    tell(f"{seen.campaign}: {seen.state}, queue {queue}")


def _teller_of_failures(outcome: Outcome) -> Callable[[PacelineError], None]:
    """Return what says why looks fail: each reason once in a row."""
    last = ""

    def failed(failure: PacelineError) -> None:
        nonlocal last
        if failure.message != last:
            last = failure.message
            tell(f"{outcome.change.campaign}: what became of it is not known yet: {failure.message}")

    return failed
