"""Seconds counted by bucket, as Prometheus reads them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""The upper bounds of the buckets, in seconds; what is above the last is in the bucket without a bound."""


@dataclass(slots=True)
class Histogram:
    """One series; whoever shares it between threads holds a lock of his own.

    >>> seen = Histogram((1.0, 2.0))
    >>> for seconds in (0.5, 1.0, 3.0):
    ...     seen.count(seconds)
    >>> seen.cumulative(), seen.sum_s
    ([('1.0', 2), ('2.0', 2), ('+Inf', 3)], 4.5)
    """

    bounds_s: Sequence[float] = BOUNDS_S
    sum_s: float = 0.0
    _counts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._counts = [0] * (len(self.bounds_s) + 1)

    def count(self, seconds: float) -> None:
        """Count one more; a bound belongs to its own bucket, and a negative time is none."""
        spent = max(seconds, 0.0)
        self._counts[bisect_left(self.bounds_s, spent)] += 1
        self.sum_s += spent

    def cumulative(self) -> list[tuple[str, int]]:
        """Return how many were at most each bound, and all under `+Inf`."""
        told, so_far = [], 0
        for bound, number in zip([*(str(one) for one in self.bounds_s), "+Inf"], self._counts, strict=True):
            so_far += number
            told.append((bound, so_far))
        return told
