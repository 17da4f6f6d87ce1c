"""Student's t for whole degrees of freedom, in closed form: without a library that takes longer to load than to use.

References:
    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
"""

from __future__ import annotations

import math

_NARROWINGS = 200


def probability_below(t: float, degrees: int) -> float:
    """Return the probability that a value of Student's t is below `t`.

    Args:
        t: any number, infinite too.
        degrees: of freedom, at least 1.

    >>> round(probability_below(2.0, 3), 4)
    0.9303
    """
    if math.isinf(t):
        return 1.0 if t > 0 else 0.0
    angle = math.atan(t / math.sqrt(degrees))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    term = 1.0 if degrees % 2 == 0 else math.cos(angle)
    total = term if degrees > 1 else 0.0
    for place in range(2 if degrees % 2 == 0 else 3, degrees, 2):
        term *= square * (place - 1) / place
        total += term
    middle = sine * total if degrees % 2 == 0 else 2 / math.pi * (angle + sine * total)
    return min(max(0.5 + middle / 2, 0.0), 1.0)


def quantile(probability: float, degrees: int) -> float:
    """Return below which value a share of Student's t lies.

    Args:
        probability: above 0.5 and below 1.
        degrees: of freedom, at least 1.

    >>> round(quantile(0.975, 9), 3)
    2.262
    """
    low, high = 0.0, 1.0
    while probability_below(high, degrees) < probability:
        high *= 2
    for _ in range(_NARROWINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if probability_below(middle, degrees) < probability else (low, middle)
    return high
