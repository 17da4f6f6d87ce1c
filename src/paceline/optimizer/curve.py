"""Where a smooth curve through trials meets an aim: the logit of abandonment, a parabola over the knob's scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """A trial: its place on the knob's scale, abandonment, and its standard error, both above 0."""

    at: float
    rate: float
    error: float


def logit(rate: float) -> float:
    """Return the logarithm of the odds of a rate above 0 and below 1.

    >>> logit(0.5)
    0.0
    """
    return math.log(rate / (1 - rate))


def crossing(points: Sequence[Point], aim: float, low: float, high: float) -> float:
    """Return the place between low and high where the curve through the points meets the aim.

    Points far from the bracket count for nothing: a parabola is a picture of the neighbourhood only. With a single
    place, or a curve that does not rise, it is the middle.

    Args:
        points: trials.
        aim: abandonment looked for, above 0 and below 1.
        low: lower end of the bracket, on the knob's scale.
        high: upper end of it, above low.

    >>> straight = [Point(0.0, 0.01, 0.001), Point(1.0, 0.09, 0.001)]
    >>> round(crossing(straight, 0.0306, 0.0, 1.0), 2)
    0.5
    """
    import numpy as np

    middle, width = (low + high) / 2, max(high - low, 1e-12)
    near = [one for one in points if low - width <= one.at <= high + width]
    places = sorted({one.at for one in near})
    if len(places) < 2:
        return middle
    at = np.array([one.at for one in near]) - middle
    above = np.array([logit(one.rate) - logit(aim) for one in near])
    # Standard error of the logit; a twentieth is added, for the curve itself is a picture.
    weights = 1 / np.array([one.error / (one.rate * (1 - one.rate)) + 0.05 for one in near])
    for degree in range(min(2, len(places) - 1), 0, -1):
        curve = np.polyfit(at / width, above, degree, w=weights)
        roots = [float(one.real) for one in np.roots(curve) if abs(one.imag) < 1e-9]
        rising = [root for root in roots if np.polyval(np.polyder(curve), root) > 0]
        if rising:
            return min(max(middle + width * min(rising, key=abs), low), high)
    return middle
