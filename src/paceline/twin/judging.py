"""Whether a twin has earned its say: its intervals must hold what they should, and it must beat last week.

Of each measure, in all half-hours that no fit had seen, folds and held-out days together:
* at least `FEWEST_HELD` half-hours of `FEWEST_DAYS_HELD` days were predicted;
* the 90 % intervals held at least `LEAST_COVERED` of them;
* what they held is compatible with 90 %: its 95 % interval, the days being independent, reaches from 87 % to 93 %;
* where there was such a half-hour a week before, the predictions are better than it.
Intervals that hold too much are as wrong as those that hold too little: they would call nothing significant, or all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paceline.campaign.evidence import Coverage
from paceline.twin.results import FoldResult, Scored
from paceline.twin.scores import BINS, Held, covered_of, held_of, histogram_of

FEWEST_HELD, FEWEST_DAYS_HELD = 60, 5
LEAST_COVERED = 0.85
TARGET_LOW, TARGET_HIGH = 0.87, 0.93
"""What intervals of 90 % are to hold (dialer-science 5.1)."""
NAMES = {
    "answers": "answers",
    "abandons": "abandoned calls",
    "utilisation": "utilisation",
    "mean_wait": "mean wait",
}
"""What people call the measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a measure was predicted.

    Attributes:
        measure: which.
        held: how often its intervals held.
        skill: as in `campaign.evidence.Coverage`.
        why: what it failed, in words; empty when it passed.
        pit: share of the half-hours in each tenth of what was predicted.
    """

    measure: str
    held: Held
    skill: float | None
    why: str
    pit: tuple[float, ...]

    def coverage(self) -> Coverage:
        """Return it as evidence has it."""
        return Coverage(
            measure=self.measure, covered=self.held.covered, half_hours=self.held.half_hours, skill=self.skill
        )


def judged(results: Sequence[FoldResult]) -> tuple[Judged, ...]:
    """Return how each measure was predicted over all folds; none where there is no result."""
    names = [one.measure for one in results[0].scored] if results else []
    return tuple(judged_of(name, [pick(result, name) for result in results]) for name in names)


def pick(result: FoldResult, measure: str) -> Scored:
    """Return what a fold says of a measure.

    Raises:
        KeyError: it was not predicted.
    """
    for one in result.scored:
        if one.measure == measure:
            return one
    raise KeyError(measure)


def judged_of(measure: str, parts: Sequence[Scored]) -> Judged:
    """Return how one measure was predicted in all parts together."""
    import numpy as np

    low = np.array([one for part in parts for one in part.pit_low], dtype=np.float64)
    high = np.array([one for part in parts for one in part.pit_high], dtype=np.float64)
    days = [one for part in parts for one in part.day]
    if not days:
        held = Held(covered=0.0, low=0.0, high=1.0, half_hours=0, days=0)
        return Judged(measure=measure, held=held, skill=None, why=_why(measure, held, None), pit=(0.0,) * BINS)
    held, skill = held_of(covered_of(low, high).tolist(), days), skill_of(parts)
    return Judged(
        measure=measure,
        held=held,
        skill=skill,
        why=_why(measure, held, skill),
        pit=tuple(histogram_of(low, high).tolist()),
    )


def skill_of(parts: Sequence[Scored]) -> float | None:
    """Return 1 less the mean CRPS over the mean error of the naive forecast, where there was one; None where not."""
    pairs = [
        (crps, naive) for part in parts for crps, naive in zip(part.crps, part.naive, strict=True) if naive is not None
    ]
    below = sum(naive for _, naive in pairs)
    return 1.0 - sum(crps for crps, _ in pairs) / below if below > 0 else None


def _why(measure: str, held: Held, skill: float | None) -> str:
    name = NAMES.get(measure, measure)
    if held.half_hours < FEWEST_HELD or held.days < FEWEST_DAYS_HELD:
        return (
            f"{name}: {held.half_hours} half-hours of {held.days} days were predicted, and {FEWEST_HELD} of "
            f"{FEWEST_DAYS_HELD} days are needed"
        )
    told = f"{held.covered:.1%} (95 %: {held.low:.1%} to {held.high:.1%}) of {held.half_hours} half-hours"
    if held.covered < LEAST_COVERED or held.high < TARGET_LOW:
        return f"{name}: the 90 % intervals held only {told}"
    if held.low > TARGET_HIGH:
        return f"{name}: the 90 % intervals are too wide, they held {told}"
    if skill is not None and skill <= 0:
        return f"{name}: the same half-hour a week before was as good (skill {skill:.2f})"
    return ""
