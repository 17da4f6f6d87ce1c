"""Days of calls whose truth is known: abandoned calls that come in bursts of a known size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


def beta_binomial_days(
    chance: np.random.Generator, *, rate: float, answers: int, effect: float, shape: tuple[int, ...]
) -> Counts:
    """Return abandoned calls of days with so many answers each, at a known design effect above 1.

    A beta-binomial of n trials has a variance 1 + (n - 1) / (a + b + 1) times the binomial's.
    """
    weight = (answers - 1) / (effect - 1.0) - 1.0
    rates = chance.beta(rate * weight, (1.0 - rate) * weight, shape)
    return chance.binomial(answers, rates)
