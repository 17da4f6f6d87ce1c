"""What days that were fitted on say of a campaign, before it is asked how boldly its dialer dials.

From the platform's statistics: sums by half-hour, which tell means and shares; the shapes of times are usual ones and
how long it rings is not told. Each draw of the bootstrap is of as many days, drawn with replacement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.simulation.distributions import Duration, Family
from paceline.twin.effort import Effort
from paceline.twin.halves import HALVES_OF_DAY, DaySpan, of_days, sums_of
from paceline.twin.measured.day import RING, RING_UNANSWERED_S
from paceline.twin.model import Draw

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.records.fits.fitted import FittedRecords
    from paceline.records.summary import HalfHours
    from paceline.twin.folds import Fold
    from paceline.twin.halves import DaySums

    Floats = npt.NDArray[np.float64]

TALK_CV, WRAP_CV = 1.0, 0.6
"""Standard deviation over mean of talk and wrap-up where nothing tells it."""
_SHORTEST_WRAP_S = 0.5
_STEEPEST = 4.0
_LEAST_ALIKE, _MOST_ALIKE = 20.0, 1e5


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """What was fitted on some days.

    Attributes:
        best: the best vector; its lines are not known yet, and are a first guess.
        draws: of the bootstrap; the same of theirs.
        drawn_days: of each draw, the places of the days that it is of.
        rate: of a half-hour since 1970, the share of dials that a person is to be expected to answer.
        ages: whether the answer rate may go down or up by days, for attempts are not known.
        rings_known: whether rings were measured; else they are told by how busy agents are.
        assumed: what was taken for granted, in words.
        fitted_records: what was fitted to call records, without its draws; None from statistics.
    """

    best: Draw
    draws: tuple[Draw, ...]
    drawn_days: tuple[tuple[int, ...], ...]
    rate: Callable[[int], float]
    ages: bool
    rings_known: bool
    assumed: tuple[str, ...]
    fitted_records: FittedRecords | None = None


Fitting = Callable[["Fold"], Vectors]
"""Fits on the days of a fold; it may learn nothing from those that will be predicted."""


def platform_fitting(half_hours: HalfHours, *, seed: int, effort: Effort | None = None) -> Fitting:
    """Return what fits on a platform's statistics."""
    spent = effort or Effort()

    def fitting(fold: Fold) -> Vectors:
        draws = spent.draws if fold.is_last else spent.draws_of_fold
        return platform_vectors(half_hours, fold.fitted, seed=seed, draws=draws)

    return fitting


def platform_vectors(half_hours: HalfHours, fitted: Sequence[DaySpan], *, seed: int, draws: int) -> Vectors:
    """Return what the platform's statistics say of days.

    Args:
        half_hours: what was measured; nothing but the days is looked at.
        fitted: the days.
        seed: of the bootstrap.
        draws: how many vectors.
    """
    import numpy as np

    sums = sums_of(half_hours, fitted)
    chance = np.random.default_rng([seed, fitted[0].start, len(fitted)])
    drawn = chance.integers(0, len(fitted), (draws, len(fitted)))
    everything = np.arange(len(fitted))
    expected = float(sums.answered.sum() / sums.dials.sum())
    return Vectors(
        best=_draw(sums, everything, expected),
        draws=tuple(_draw(sums, chosen, expected) for chosen in drawn),
        drawn_days=tuple(tuple(row) for row in drawn.tolist()),
        rate=_rates(half_hours, fitted),
        ages=True,
        rings_known=False,
        assumed=(
            f"talk times are lognormal and as spread as their mean, wrap-up times {WRAP_CV:g} times as much",
            (
                f"people answer after {RING.mean_s:g} s on average and other dials ring for {RING_UNANSWERED_S:g} s, "
                "longer or shorter as the agents' idle time tells"
            ),
            "who is not known by number: retries of one person may lie on both sides of a split, but for the embargo",
        ),
    )


def _draw(sums: DaySums, days: npt.NDArray[np.int64], expected: float) -> Draw:
    """Return the vector of some days, each as often as it is named."""
    answered, dials = float(sums.answered[days].sum()), float(sums.dials[days].sum())
    connected = max(answered - float(sums.abandoned[days].sum()), 1.0)
    wrap_s = float(sums.wrap_s[days].sum()) / connected
    others = max(dials - answered, 1.0)
    return Draw(
        answer=answered / dials / expected,
        talk=Duration(family=Family.LOGNORMAL, mean_s=max(float(sums.talk_s[days].sum()) / connected, 1.0), cv=TALK_CV),
        wrap=Duration(family=Family.LOGNORMAL, mean_s=wrap_s, cv=WRAP_CV) if wrap_s >= _SHORTEST_WRAP_S else None,
        ring_answered=RING,
        ring_machine=RING,
        ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=RING_UNANSWERED_S),
        timeout_s=None,
        machine=min(float(sums.machines[days].sum()) / others, 1.0),
        busy=min(float(sums.busies[days].sum()) / others, 1.0 - min(float(sums.machines[days].sum()) / others, 1.0)),
        failed=0.0,
        lines=dials / max(answered, 1.0),
    )


def _alike(answered: Floats, dials: Floats, mean: float) -> float:
    """Return how many dials of every half-hour are taken to have been answered like all: the fewer, the more differ."""
    import numpy as np

    seen = dials > 0
    count, total = int(seen.sum()), float(dials.sum())
    rates, chance = answered[seen] / dials[seen], mean * (1 - mean)
    beyond = float(dials[seen] @ (rates - mean) ** 2) - (count - 1) * chance
    spread = beyond / max(total - float((dials**2).sum()) / total, 1.0)
    return float(np.clip(chance / spread, _LEAST_ALIKE, _MOST_ALIKE)) if spread > 0 else _MOST_ALIKE


def _rates(half_hours: HalfHours, fitted: Sequence[DaySpan]) -> Callable[[int], float]:
    """Return the answer rate by the half-hour of the day, each drawn towards that of all as far as it is chance.

    References:
        How far is Efron and Morris 1975, JASA 70(350), with the moments' variance of DerSimonian and Laird 1986.
    """
    import numpy as np

    part = of_days(half_hours, fitted)
    at = part.start % HALVES_OF_DAY
    dials = np.bincount(at, weights=part.dials, minlength=HALVES_OF_DAY).astype(np.float64)
    answered = np.bincount(at, weights=part.answered, minlength=HALVES_OF_DAY).astype(np.float64)
    mean = float(answered.sum() / dials.sum())
    alike = _alike(answered, dials, mean)
    factors = np.clip((answered + alike * mean) / (dials + alike) / mean, 1 / _STEEPEST, _STEEPEST)
    rates = np.minimum(mean * factors, 1.0).tolist()

    def rate(half_hour: int) -> float:
        return float(rates[half_hour % HALVES_OF_DAY])

    return rate
