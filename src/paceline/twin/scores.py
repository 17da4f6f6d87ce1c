"""How good predicted distributions were: where the measured value lies in each, how often intervals held it, CRPS.

Counts are whole numbers and often equal, so that a value lies between two shares of what was predicted, and not at
one. An interval then holds a part of it (Czado, Gneiting and Held 2009): the mean of what throwing a coin would give,
without the coin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

LEVEL = 0.90
"""Of the intervals that are checked."""
BINS = 10
"""Of a PIT histogram."""


def pit_of(measured: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    """Return between which shares of the predictions, and itself, each measured value lies.

    Args:
        measured: [half-hours].
        predicted: [draws, half-hours].

    References:
        Czado, Gneiting, Held 2009, "Predictive model assessment for count data", Biometrics 65(4), section 2.1; the
        measured value itself is counted among the draws, so that a calibrated forecast of few draws is called so.
    """
    draws = predicted.shape[0]
    below = (predicted < measured).sum(axis=0)
    equal = (predicted == measured).sum(axis=0)
    return below / (draws + 1), (below + equal + 1) / (draws + 1)


def covered_of(pit_low: Floats, pit_high: Floats, *, level: float = LEVEL) -> Floats:
    """Return [half-hours] which part of each lies in the central interval of a level, 0 to 1."""
    import numpy as np

    edge = (1 - level) / 2
    inside = np.minimum(pit_high, 1 - edge) - np.maximum(pit_low, edge)
    found: Floats = np.clip(inside, 0.0, None) / (pit_high - pit_low)
    return found


def histogram_of(pit_low: Floats, pit_high: Floats, *, bins: int = BINS) -> Floats:
    """Return [bins] the share of the half-hours in each part of the PIT; all alike for a calibrated forecast."""
    import numpy as np

    edges = np.linspace(0.0, 1.0, bins + 1)
    width = pit_high - pit_low
    inside = np.minimum(pit_high[:, None], edges[1:]) - np.maximum(pit_low[:, None], edges[:-1])
    found: Floats = (np.clip(inside, 0.0, None) / width[:, None]).mean(axis=0)
    return found


def crps_of(measured: Floats, predicted: Floats) -> Floats:
    """Return [half-hours] the continuous ranked probability score, fair to few draws, in the measure's unit.

    References:
        Gneiting, Raftery 2007, JASA 102(477), equation 21; Ferro 2014, QJRMS 140, for the fair form.
    """
    import numpy as np

    draws = predicted.shape[0]
    ranked = np.sort(predicted, axis=0)
    weights = (2 * np.arange(1, draws + 1) - draws - 1).astype(np.float64)
    spread = (weights @ ranked) * 2 / (draws * (draws - 1))
    found: Floats = np.abs(predicted - measured).mean(axis=0) - spread / 2
    return np.maximum(found, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How often intervals held what was measured.

    Attributes:
        covered: share of the half-hours.
        low, high: its 95 % interval, the days being independent and their half-hours not.
        half_hours: how many.
        days: how many.
    """

    covered: float
    low: float
    high: float
    half_hours: int
    days: int


def held_of(covered: Sequence[float], days: Sequence[int]) -> Held:
    """Return how often intervals held, with the error that days show.

    Args:
        covered: [half-hours] part of each that its interval held.
        days: [half-hours] the day that each belongs to.
    """
    import math

    import numpy as np

    from paceline.inference.quantiles import t_quantile

    value = np.array(covered, dtype=np.float64)
    _, place = np.unique(np.array(days, dtype=np.int64), return_inverse=True)
    count = np.bincount(place).astype(np.float64)
    total = np.bincount(place, weights=value)
    share, number = float(value.mean()), count.size
    if number < 2:
        return Held(covered=share, low=0.0, high=1.0, half_hours=value.size, days=number)
    residuals = total - share * count
    between = float((residuals**2).sum()) * number / (number - 1) / value.size**2
    alone = share * (1 - share) / value.size  # days that happen to be alike do not show more than chance allows
    width = t_quantile(0.975, number - 1) * math.sqrt(max(between, alone))
    return Held(
        covered=share, low=max(share - width, 0.0), high=min(share + width, 1.0), half_hours=value.size, days=number
    )
