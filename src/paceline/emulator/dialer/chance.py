"""Chance by counting: each random number is a function of what it is for, never of what was drawn before it.

A number belongs to a campaign's key, a purpose and the number of a dial, so that the same dial ends in the same way
however the clock was moved up to it. The function is the finaliser of splitmix64 over a counter.
"""

from __future__ import annotations

import hashlib
import math
from statistics import NormalDist

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_HALF = 1 << 32
_QUANTILE = NormalDist().inv_cdf

OUTCOME, HANDLE, PARTY = 1, 2, 3
"""Purposes: how a dial ends and how long it rings; how long talk and wrap-up take; whether it was the right person."""


def key_of(text: str) -> int:
    """Return the 64-bit key that belongs to a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def pair(key: int, purpose: int, number: int) -> tuple[float, float]:
    """Return two random numbers between 0 and 1, neither of which is ever reached.

    >>> pair(1, OUTCOME, 5) == pair(1, OUTCOME, 5)
    True
    """
    value = (key ^ (purpose * 0xD1342543DE82EF95)) + number * _GOLDEN & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    value ^= value >> 31
    return ((value >> 32) + 0.5) / _HALF, ((value & (_HALF - 1)) + 0.5) / _HALF


class Lasting:
    """A random time, lognormal with this mean in seconds and this standard deviation over mean; 0: always the mean."""

    __slots__ = ("_level", "_spread")

    def __init__(self, mean_s: float, variation: float) -> None:
        """Prepare the two numbers that draws need."""
        self._spread = math.sqrt(math.log1p(variation * variation))
        self._level = math.log(mean_s) - self._spread * self._spread / 2 if mean_s > 0 else None

    def ns(self, chance: float) -> int:
        """Return the quantile at `chance`, nanoseconds; at least one, so that nothing ends before it began."""
        if self._level is None:
            return 1
        exponent = self._level if self._spread == 0 else self._level + self._spread * _QUANTILE(chance)
        return max(1, round(math.exp(exponent) * 1e9))
