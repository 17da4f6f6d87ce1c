"""Which days are fitted on and which are predicted: by time, with an embargo between, and the last days once.

The days are split by time. Within the first part there are five rolling origins: each fits on what lies before it and
predicts the days up to the next. Then everything before the split is fitted on, and what lies after it is predicted
once. Days that end less than one retry horizon before a prediction begins are fitted on by nobody: who was dialed then
may still be due (docs/decisions/0008: by the embargo, and not by leaving people out).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from paceline.records.calls import HALF_HOUR_S
from paceline.twin.halves import HALVES_OF_DAY, DaySpan

ORIGINS = 5
"""Rolling origins before the held-out days."""
FEWEST_DAYS = 10
"""Days of dialing below which nothing is fitted: three to begin with, a day for each origin, and two held out."""
FEWEST_FITTED = 2
"""Days that a fit needs at least."""
MOST_DAYS = 400
"""Days beyond which nobody is told to go on measuring."""
_FIRST, _FEWEST_FIRST = 0.4, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Days that are fitted on, and days that are predicted by that.

    Attributes:
        fitted: the oldest first.
        predicted: the oldest first, all after the embargo.
        is_last: whether these are the held-out days.
    """

    fitted: tuple[DaySpan, ...]
    predicted: tuple[DaySpan, ...]
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLittle:
    """That there are too few days, why, and how many are needed."""

    why: str
    days: int
    needed: int


def folds_of(days: Sequence[DaySpan], *, split: float, embargo_s: float) -> tuple[Fold, ...] | TooLittle:
    """Return the five rolling origins and, as the last, the held-out days; or why there are too few days.

    Args:
        days: of dialing, the oldest first.
        split: share of the days that is fitted on in the end, 0.1 to 0.9.
        embargo_s: the retry horizon, seconds.
    """
    found = _folds(days, split=split, embargo_s=embargo_s)
    if not isinstance(found, str):
        return found
    return TooLittle(why=found, days=len(days), needed=_needed(days, split=split, embargo_s=embargo_s))


def _folds(days: Sequence[DaySpan], *, split: float, embargo_s: float) -> tuple[Fold, ...] | str:
    """Return the folds, or why there are too few days."""
    count = len(days)
    needed = fewest_days(split)
    if count < needed:
        return f"{_days(count, 'was', 'were')} measured, and {needed} are needed to fit on {split:.0%} of them"
    cut = min(math.floor(count * split + 1e-9), count - 1)
    first = max(_FEWEST_FIRST, round(cut * _FIRST))
    edges = [first + round((cut - first) * at / ORIGINS) for at in range(ORIGINS + 1)]
    spans = [*pairwise(edges), (cut, count)]
    found = []
    for begin, end in spans:
        latest = days[begin].start - math.ceil(embargo_s / HALF_HOUR_S - 1e-9)
        fitted = tuple(day for day in days[:begin] if day.end <= latest)
        if len(fitted) < FEWEST_FITTED:
            left = "no day is" if not fitted else _days(len(fitted), "is", "are", of="")
            hours = embargo_s / 3600
            return f"{left} left to fit on before the first prediction, for retries reach {hours:.3g} h"
        found.append(Fold(fitted=fitted, predicted=tuple(days[begin:end]), is_last=begin == cut))
    return tuple(found)


def _needed(days: Sequence[DaySpan], *, split: float, embargo_s: float) -> int:
    """Return how many days there will have to be, where days to come follow each other as those so far."""
    longer = list(days)
    gaps = [after.start - before.start for before, after in pairwise(days)] or [HALVES_OF_DAY]
    while len(longer) < MOST_DAYS:
        if len(longer) >= fewest_days(split) and not isinstance(_folds(longer, split=split, embargo_s=embargo_s), str):
            break
        start = longer[-1].start + gaps[len(longer) % len(gaps)] if longer else 0
        length = days[len(longer) % len(days)].end - days[len(longer) % len(days)].start if days else 1
        longer.append(DaySpan(start=start, end=start + length))
    return len(longer)


def _days(count: int, one: str, more: str, *, of: str = " of dialing") -> str:
    return f"{count} day{'' if count == 1 else 's'}{of} {one if count == 1 else more}"


def fewest_days(split: float) -> int:
    """Return how many days are needed at least for a split.

    >>> fewest_days(0.8), fewest_days(0.5)
    (10, 16)
    """
    days = FEWEST_DAYS
    while min(math.floor(days * split + 1e-9), days - 1) < _FEWEST_FIRST + ORIGINS:
        days += 1
    return days
