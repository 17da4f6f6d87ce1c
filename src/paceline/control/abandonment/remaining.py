"""How much of a period's allowance is left, how likely it ends above its ceiling, and where it stands; pure.

Rules:
* What is to come is foretold from whole days of 24 hours as they were measured lately, days without dialing among
  them: calls of one day hang together, so that days, and not calls, are what varies independently. The interval is
  that of the sum of so many further days by Student's t, of 95 %; the variance of a day is taken for no less than that
  of calls which come and are abandoned by themselves.
* Days of a week differ: with fewer than seven whole days the interval holds less often than it says.
* With fewer than `FEWEST_DAYS` whole days nothing is foretold, and what was counted alone is judged.
* Over is over: a period stands as breached as soon as more is abandoned than the ceiling allows for what was answered.
  Whether something is done about it by itself is another question (`cause_to_act`): of ten answers one abandoned call
  is 10 %, and says nothing yet.

References:
    dialer-science 4.3: abandoned calls come in clusters; days are the unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from paceline.compliance.abandonment import Measured, within
from paceline.compliance.rule import AbandonmentCeiling
from paceline.control.abandonment.kept import Counts
from paceline.inference.quantiles import binomial_share, t_quantile, t_share
from paceline.primitives.canonical import Json

FEWEST_DAYS = 2
"""So many whole days have to be measured before anything is foretold."""
ENOUGH = 200
"""So many answered calls are enough to act on a rate above the ceiling, and to take an approach for one."""
USED = 0.8
"""The share of the period's allowance that is an approach when it is used."""
LIKELY = 0.5
"""The probability of ending above the ceiling that is an approach."""
BY_CHANCE = 0.001
"""A rate counts as significantly above the ceiling when calls at the ceiling would show it no more often than this."""
_TAIL = 0.975


class Standing(StrEnum):
    """Where a period stands against its ceiling; the worst is last but for what is unknown."""

    OK = "ok"
    APPROACHING = "approaching"
    BREACHED = "breached"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What is to come until the end of a period, if it goes on as measured.

    Attributes:
        answers: further answered calls: expected, and the two ends of the 95 % interval; at least 0.
        remaining: further abandoned calls that the ceiling allows by the end, with so many answers, in the same order;
            at least 0.
        breach: the probability that the period ends above its ceiling.
        days: whole days that it was foretold from.
    """

    answers: tuple[float, float, float]
    remaining: tuple[int, int, int]
    breach: float
    days: int

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        mean, low, high = self.remaining
        answers, fewest, most = self.answers
        return {
            "remaining": {"mean": mean, "low": low, "high": high},
            "answers_to_come": {"mean": round(answers, 1), "low": round(fewest, 1), "high": round(most, 1)},
            "breach_probability": round(self.breach, 4),
        }


def foretold(
    ceiling: AbandonmentCeiling, counted: Counts, days: Sequence[Counts], *, days_left: float
) -> Foretold | None:
    """Return what is to come; None where too few days were measured to say.

    Args:
        ceiling: of the law.
        counted: in the period so far.
        days: whole days of 24 hours, in any order.
        days_left: until the end of the period, days, at least 0.
    """
    if len(days) < FEWEST_DAYS:
        return None
    mean, half = _sum_to_come([day.answered for day in days], days_left, _poisson)
    answers = (max(mean, 0.0), max(mean - half, 0.0), max(mean + half, 0.0))
    left = [_left(ceiling, counted, more) for more in answers]
    sure = max(_left(ceiling, counted, 0.0), 0)
    remaining = (max(left[0], sure), max(left[1], sure), max(left[2], sure))
    breach = _breach(ceiling, counted, days, days_left)
    if left[2] < 0:
        # Abandoned calls only grow in number: what so many answers do not make good is hardly made good at all.
        breach = max(breach, _TAIL)
    return Foretold(answers=answers, remaining=remaining, breach=breach, days=len(days))


def used(ceiling: AbandonmentCeiling, counted: Counts, to_come: Foretold | None) -> float:
    """Return the share of the period's allowance that is used, of all answers that it is expected to hold; 1 is all."""
    expected = counted.answered + (0.0 if to_come is None else to_come.answers[0])
    allowed = ceiling.most * expected / ceiling.per
    if counted.abandoned == 0:
        return 0.0
    return counted.abandoned / allowed if allowed > 0 else math.inf


def standing_of(ceiling: AbandonmentCeiling, counted: Counts, to_come: Foretold | None) -> Standing:
    """Return where a period stands."""
    if not within(ceiling, _measured(counted)):
        return Standing.BREACHED
    if counted.answered < ENOUGH:
        return Standing.OK
    is_likely = to_come is not None and to_come.breach >= LIKELY
    return Standing.APPROACHING if is_likely or used(ceiling, counted, to_come) >= USED else Standing.OK


def cause_to_act(
    ceiling: AbandonmentCeiling, counted: Counts, to_come: Foretold | None, *, is_steered: bool = False
) -> str | None:
    """Return why a breach is to be acted upon by itself, in words; None where it may be chance, or nothing is breached.

    Args:
        ceiling: of the law.
        counted: in the period so far.
        to_come: until its end.
        is_steered: whether somebody brings it back anyway, minute by minute: then only what is beyond recovery, or
            cannot be chance, is acted upon.
    """
    if within(ceiling, _measured(counted)):
        return None
    if to_come is not None and to_come.answers[2] > 0:
        most = Counts(answered=counted.answered + math.floor(to_come.answers[2]), abandoned=counted.abandoned)
        if not within(ceiling, _measured(most)):
            return "no number of answers that is to be expected until the end of the period can bring it back"
    if _by_chance(ceiling, counted) <= BY_CHANCE:
        return "calls at the ceiling would not show such a rate by chance"
    if counted.answered >= ENOUGH and not is_steered:
        return f"it is over the ceiling after {counted.answered} answers"
    return None


def excess(ceiling: AbandonmentCeiling, counted: Counts) -> float:
    """Return how many abandoned calls there are above what the ceiling allows for the answers so far; below 0 under."""
    return counted.abandoned - ceiling.most * counted.answered / ceiling.per


def _left(ceiling: AbandonmentCeiling, counted: Counts, more: float) -> int:
    return math.floor(ceiling.most * (counted.answered + more) / ceiling.per + 1e-9) - counted.abandoned


def _breach(ceiling: AbandonmentCeiling, counted: Counts, days: Sequence[Counts], days_left: float) -> float:
    def over(one: Counts) -> float:
        return ceiling.per * one.abandoned - ceiling.most * one.answered

    now = over(counted)
    if days_left <= 0:
        return 1.0 if now > 0 else 0.0
    answered, abandoned = sum(day.answered for day in days), sum(day.abandoned for day in days)
    rate = abandoned / answered if answered else 0.0
    # Of calls that come and are abandoned by themselves, the variance of one call's share of the excess, twice over.
    one = ceiling.per**2 * rate * (1 - rate) + (ceiling.per * rate - ceiling.most) ** 2
    mean, deviation = _spread([over(day) for day in days], days_left, lambda _mean: one * answered / len(days))
    end = now + mean
    if deviation == 0:
        return 1.0 if end > 0 else 0.0
    return t_share(end / deviation, len(days) - 1)


def _sum_to_come(days: Sequence[float], ahead: float, least: Callable[[float], float]) -> tuple[float, float]:
    """Return the mean of the sum of so many further days, and half of its 95 % interval."""
    mean, deviation = _spread(days, ahead, least)
    return mean, t_quantile(_TAIL, len(days) - 1) * deviation if deviation else 0.0


def _spread(days: Sequence[float], ahead: float, least: Callable[[float], float]) -> tuple[float, float]:
    """Return mean and deviation of the sum of so many further days: theirs, and that of the mean of these."""
    number = len(days)
    mean = sum(days) / number
    variance = max(sum((day - mean) ** 2 for day in days) / (number - 1), least(mean))
    return ahead * mean, math.sqrt(variance * (ahead + ahead**2 / number))


def _poisson(mean: float) -> float:
    return mean


def _by_chance(ceiling: AbandonmentCeiling, counted: Counts) -> float:
    """Return how likely calls at the ceiling show at least so many abandoned ones, each call by itself."""
    answered, abandoned, rate = counted.answered, counted.abandoned, ceiling.most / ceiling.per
    if abandoned > answered or (rate == 0 and abandoned):
        return 0.0
    if abandoned <= rate * answered:
        return 1.0
    return 1.0 - binomial_share(abandoned - 1, answered, rate)


def _measured(counted: Counts) -> Measured:
    return Measured(abandoned=counted.abandoned, answered_live=counted.answered)
