"""The answer of every inference: a number, between which bounds, how surely, from how many, by which method."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sides(StrEnum):
    """Which bounds a statement makes; the other bound of a one-sided one is the end of the possible range."""

    BOTH = "both"
    """Between low and high; half of the permitted error on each side."""
    UPPER = "upper"
    """Not above high."""
    LOWER = "lower"
    """Not below low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its bounds; unit and range are those of what was estimated.

    Attributes:
        estimate: the point estimate.
        low: lower bound; the least possible value (0 for a rate, else -inf) when only the upper one is stated.
        high: upper bound; the greatest possible value (1 for a rate, else inf) when only the lower one is stated.
        level: how often such bounds hold, over repeated use; above 0.5 and below 1.
        sides: which of the bounds are stated.
        n: how many independent things it rests on: calls, or days when calls of a day depend on each other.
        method: how it was computed, in a few words.
        standard_error: of the estimate, None where the method has none.
    """

    estimate: float
    low: float
    high: float
    level: float
    sides: Sides
    n: int
    method: str
    standard_error: float | None = None

    def shows_at_most(self, limit: float) -> bool:
        """Return whether the upper bound is stated and not above the limit.

        >>> one = Estimate(estimate=0.02, low=0.0, high=0.03, level=0.95, sides=Sides.UPPER, n=9, method="told")
        >>> one.shows_at_most(0.03), one.shows_at_least(0.0)
        (True, False)
        """
        return self.sides is not Sides.LOWER and self.high <= limit

    def shows_at_least(self, limit: float) -> bool:
        """Return whether the lower bound is stated and not below the limit."""
        return self.sides is not Sides.UPPER and self.low >= limit


def tail(level: float, sides: Sides) -> float:
    """Return the error permitted on each stated side: half of 1 - level when both are stated.

    >>> round(tail(0.95, Sides.BOTH), 6), round(tail(0.95, Sides.UPPER), 6)
    (0.025, 0.05)
    """
    return (1.0 - level) / (2.0 if sides is Sides.BOTH else 1.0)


def around(
    centre: float, standard_error: float, quantile: float, *, level: float, sides: Sides, n: int, method: str
) -> Estimate:
    """Return the symmetric statement centre +- quantile x standard error, open at the side that is not stated."""
    reach = quantile * standard_error
    return Estimate(
        estimate=centre,
        low=float("-inf") if sides is Sides.UPPER else centre - reach,
        high=float("inf") if sides is Sides.LOWER else centre + reach,
        level=level,
        sides=sides,
        n=n,
        method=method,
        standard_error=standard_error,
    )
