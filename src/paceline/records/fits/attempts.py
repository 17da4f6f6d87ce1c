"""How the answer rate falls from attempt to attempt, though nobody changes: who answers is not dialed again.

People answer with a probability of their own, Beta distributed; those who are left after an attempt answer less. With
no hours in it the k-th attempt has a / (a + b + k - 1). The hour at which the earlier attempts were made matters, too:
an evening sifts more than a morning, so each earlier attempt comes with its factor.

What cannot be told from counts by attempt: whether people differ, or whether each attempt makes the same person answer
less (ageing). Both let rates fall; only the bend of the fall differs. One of them is assumed, and it is said which.

References:
    Dialer science, section 1.9; Golub and Welsch 1969, Math. Comp. 23(106), for the means over Beta.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import linalg

Floats = npt.NDArray[np.float64]

ALIKE = 1e-6
"""A heterogeneity below which people are taken to be alike."""


class Decline(StrEnum):
    """Why later attempts are answered less: what is assumed, for counts do not tell."""

    PEOPLE = "people differ"
    """Each has a probability of their own; an attempt changes nobody."""
    AGEING = "attempts wear out"
    """All are alike; each attempt multiplies the probability of the next by the same factor."""
    BOTH = "both"
    """Fitted together, by the bend of the fall alone: intervals are wide, and should be."""


def sifted(mean: float, heterogeneity: float, history: Floats) -> Floats:
    """Return [attempts] the answer probability of who is left at each attempt, over that of all; 1 first.

    It is exact: what is averaged over people is a polynomial of their probability.

    Args:
        mean: mean probability of people, above 0 and below 1.
        heterogeneity: 1 / (a + b + 1): the variance between people over mean x (1 - mean); 0 where all are alike.
        history: [attempts] factors on the probability at which the attempts were made.

    >>> [round(float(one), 4) for one in sifted(0.25, 1 / 9, np.ones(3))]  # a = 2, b = 6
    [1.0, 0.8889, 0.8]
    """
    attempts = history.size
    if heterogeneity < ALIKE or attempts < 2:
        return np.ones(attempts)
    at, weight = _nodes(mean, 1 / heterogeneity - 1, attempts // 2 + 1)
    found = np.empty(attempts)
    for attempt in range(attempts):
        found[attempt] = (weight @ at) / (weight.sum() * mean)
        weight = weight * np.maximum(1 - history[attempt] * at, 0.0)
    return found


def _nodes(mean: float, total: float, count: int) -> tuple[Floats, Floats]:
    """Return places and weights that average polynomials over Beta(mean x total, (1 - mean) x total)."""
    alpha, beta = (1 - mean) * total - 1, mean * total - 1
    n = np.arange(1, count)
    both = alpha + beta
    diagonal = np.empty(count)
    diagonal[0] = (beta - alpha) / (both + 2)
    diagonal[1:] = (beta**2 - alpha**2) / ((2 * n + both) * (2 * n + both + 2))
    beside = np.empty(count - 1)
    if count > 1:
        beside[0] = 4 * (1 + alpha) * (1 + beta) / ((2 + both) ** 2 * (3 + both))
        m = n[1:]
        beside[1:] = (
            4
            * m
            * (m + alpha)
            * (m + beta)
            * (m + both)
            / ((2 * m + both) ** 2 * (2 * m + both + 1) * (2 * m + both - 1))
        )
    places, vectors = linalg.eigh_tridiagonal(diagonal, np.sqrt(beside))
    return (1 + places) / 2, vectors[0] ** 2
