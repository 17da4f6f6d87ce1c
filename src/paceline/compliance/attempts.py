"""Whether settings of retries can ever call a person more often than a rule allows; exact, and pure.

Rules:
* The first call is an attempt: three retries after it make four. An attempt that nobody answers counts.
* An interval runs from one attempt to the next. It is the least time between them: hours that are closed, and busy
  lines, only make it longer, so the attempts as early as possible are the worst case.
* What follows when there are more attempts than intervals is nowhere written. A cap has to hold both when the last
  interval repeats and when the list starts over; where there is no interval at all, all attempts fall together.
* Rolling periods are closed: two attempts exactly 24 hours apart are both in 24 hours, the stricter reading.
* Legal days are local calendar days, whole ones; a day may have 25 hours, and the first attempt any time of its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, chain, cycle, islice, repeat

from paceline.compliance.call import Call
from paceline.compliance.rule import AttemptCap, Counted, Rule
from paceline.compliance.rulebook import Rulebook

_MINUTE = timedelta(minutes=1)
_CLOCK_CHANGE_MIN = 60
"""How much longer than 24 hours each some consecutive local days may be: one hour is put back at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """A worst case in which a cap does not hold.

    Attributes:
        attempts: how many fall in one period.
        minutes: when each of them is placed, in minutes from the first call of all.
    """

    cap: AttemptCap
    attempts: int
    minutes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlawfulAttempts:
    """A rule whose cap some settings can exceed, and how."""

    rule: Rule
    exceeded: Exceeded

    @property
    def message(self) -> str:
        """One sentence for people, without a full stop."""
        cap = self.exceeded.cap
        return (
            f"{self.exceeded.attempts} attempts can fall within {period_words(cap)}, at minutes "
            f"{', '.join(map(str, self.exceeded.minutes[: cap.most + 1]))} from the first call; "
            f"at most {cap.most} for one {cap.per} are lawful"
        )


def period_words(cap: AttemptCap) -> str:
    """Return the period of a cap for people: `24 hours`, `7 calendar days`."""
    if cap.counted is Counted.LEGAL_DAYS:
        return f"{cap.period.days} calendar days"
    hours = cap.period // timedelta(hours=1)
    return f"{hours} hours" if hours <= 72 else f"{cap.period.days} days"


def attempts_at(attempt_limit: int, intervals_min: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return when the attempts are placed, in minutes from the first, in each way that the settings may be read.

    Args:
        attempt_limit: how often one contact is tried at most, the first call included; at least 1.
        intervals_min: minutes from one attempt to the next, each at least 0.

    >>> attempts_at(4, [15, 60, 240])
    ((0, 15, 75, 315),)
    """
    if attempt_limit < 1 or any(minutes < 0 for minutes in intervals_min):
        raise ValueError("there is at least one attempt, and no interval is negative")
    gaps = tuple(intervals_min) or (0,)
    readings = (chain(gaps, repeat(gaps[-1])), cycle(gaps))
    placed = (tuple(accumulate(islice(reading, attempt_limit - 1), initial=0)) for reading in readings)
    return tuple(dict.fromkeys(placed))


def worst_case(attempt_limit: int, intervals_min: Sequence[int], cap: AttemptCap) -> Exceeded | None:
    """Return the most attempts that can fall in one period of the cap; None when the cap always holds.

    Args:
        attempt_limit: how often one contact is tried at most, the first call included; at least 1.
        intervals_min: minutes from one attempt to the next, each at least 0.
        cap: the cap that has to hold.

    >>> from datetime import timedelta
    >>> cap = AttemptCap(most=3, period=timedelta(hours=24), counted=Counted.ROLLING, per="subject")
    >>> worst_case(4, [15, 60, 240], cap).attempts, worst_case(3, [15, 60, 240], cap)
    (4, None)
    """
    together = [
        within
        for placed in attempts_at(attempt_limit, intervals_min)
        for within in _together(placed, _longest_apart_min(cap))
    ]
    worst = max(together, key=len)
    return Exceeded(cap=cap, attempts=len(worst), minutes=worst) if len(worst) > cap.most else None


def lawful_attempts(
    rulebook: Rulebook,
    jurisdictions: Iterable[str],
    call: Call,
    *,
    attempt_limit: int,
    intervals_min: Sequence[int],
    on: date,
) -> tuple[UnlawfulAttempts, ...]:
    """Return each rule in force on this date whose cap these settings can exceed; none when all of them hold.

    Args:
        rulebook: the rules.
        jurisdictions: every one that a contact may be in, the countries too.
        call: the kind of calls.
        attempt_limit: how often one contact is tried at most, the first call included; at least 1.
        intervals_min: minutes from one attempt to the next, each at least 0.
        on: the local date.
    """
    found = []
    for rule in rulebook.binding(call, jurisdictions):
        if isinstance(rule.terms, AttemptCap) and rule.in_force(on):
            exceeded = worst_case(attempt_limit, intervals_min, rule.terms)
            if exceeded is not None:
                found.append(UnlawfulAttempts(rule=rule, exceeded=exceeded))
    return tuple(found)


def _longest_apart_min(cap: AttemptCap) -> int:
    """Return how far apart, in whole minutes, two attempts may be and still fall in one period."""
    minutes = cap.period // _MINUTE
    # The last whole minute before the end of the days: the midnight that ends them is the next day's.
    return minutes if cap.counted is Counted.ROLLING else minutes + _CLOCK_CHANGE_MIN - 1


def _together(placed: Sequence[int], apart_min: int) -> Iterator[tuple[int, ...]]:
    """Yield, for each attempt, those that fall in one period with it as the last."""
    first = 0
    for last, at in enumerate(placed):
        while at - placed[first] > apart_min:
            first += 1
        yield tuple(placed[first : last + 1])
