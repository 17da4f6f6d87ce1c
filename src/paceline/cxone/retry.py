"""Whether to ask once more, and after how long: a pure decision over the error, the attempt and the time so far.

Rules:
* What is certain not to have happened may be asked again; what may have happened only if a repeat has no second effect.
* The platform's own word on when to come back counts before our schedule. Where it is longer than the time that is
  left, there is no waiting at all: the caller is told.
* Our schedule doubles and is spread by chance, so that many who failed together do not come back together.
"""

from __future__ import annotations

from dataclasses import dataclass

from paceline.campaign.ports import NoAnswerError, PlatformError, RateLimitedError, UnavailableError
from paceline.cxone.exchange import Repeat

_MOST_DOUBLINGS = 60
"""More would be longer than any wait, and in the end than any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often and how long: `attempts` in all, at least 1; `total_s` from the first to the end of the last wait."""

    attempts: int = 5
    total_s: float = 60.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 15.0


WITHOUT_END = Schedule(attempts=10**9, total_s=10.0**9)
"""For what must not be given up: a person ends it, or a success."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not ask again; `why` in words."""

    why: str


def decision(
    error: PlatformError, *, attempt: int, elapsed_s: float, repeat: Repeat, schedule: Schedule, chance: float
) -> Wait | GiveUp:
    """Decide what to do after a failed attempt.

    Args:
        error: how the attempt failed.
        attempt: its number, from 1.
        elapsed_s: seconds since the first attempt began.
        repeat: when this request may be sent again.
        schedule: how often and how long.
        chance: from 0 to 1, what the wait is spread by; no meaning where the platform said when to come back.
    """
    if not _passing(error):
        return GiveUp("it would fail again")
    if error.may_have_happened and repeat is Repeat.NEVER:
        return GiveUp("it may have happened, and a repeat could have a second effect")
    if attempt >= schedule.attempts:
        return GiveUp(f"{attempt} attempts failed")
    wait_s = _asked_wait_s(error)
    if wait_s is None:
        wait_s = _own_wait_s(attempt, schedule, chance)
    if elapsed_s + wait_s >= schedule.total_s:
        return GiveUp(f"the next attempt would come after the {schedule.total_s:g} s that it may take")
    return Wait(wait_s)


def _passing(error: PlatformError) -> bool:
    """Return whether the cause may be gone the next time; that of a lost answer always may be."""
    return error.retryable or (isinstance(error, NoAnswerError) and error.request_sent)


def _asked_wait_s(error: PlatformError) -> float | None:
    return error.retry_after_s if isinstance(error, RateLimitedError | UnavailableError) else None


def _own_wait_s(attempt: int, schedule: Schedule, chance: float) -> float:
    """Return between half of the doubled wait and the whole of it."""
    whole = min(schedule.longest_wait_s, schedule.first_wait_s * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS))
    return whole * (0.5 + 0.5 * chance)
