"""How long things last: five families of times, as tables of whole ticks that need no floating point to draw from.

A table holds the quantile function at 4,096 equal steps, the last step again in 4,096 parts; between two nodes it is a
straight line. The nodes are scaled so that the mean of the table is the mean that was asked for; what is left is the
rounding to a tick of 100 microseconds.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from paceline.simulation.errors import ScenarioError

if TYPE_CHECKING:  # numpy loads only when tables are made
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ticks = npt.NDArray[np.int64]

TICKS_PER_S = 10_000
"""Ticks of the simulated clock in a second: one is 100 microseconds."""
BIN_BITS = 12
"""Bits of a draw that choose a step of the table."""
BINS = 1 << BIN_BITS
NODES = 2 * BINS
"""Entries of a table: nodes of the coarse part, of which the last is shared, and of the last step's parts."""
LONGEST_S = 86_400.0
"""Longest time a table may hold, seconds."""


class Family(StrEnum):
    """A family of distributions of a time."""

    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    DETERMINISTIC = "deterministic"
    HYPEREXPONENTIAL = "hyperexponential"
    GAMMA = "gamma"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A random time.

    Attributes:
        family: shape of the distribution.
        mean_s: mean, seconds, above 0 (0 only when deterministic).
        cv: standard deviation over mean; for lognormal, gamma (above 0) and hyperexponential (at least 1) only.
    """

    family: Family
    mean_s: float
    cv: float = 1.0

    def survival_s(self, age_s: float) -> float:
        """Return the share of such times that last longer than `age_s` seconds, read off the table."""
        return survival_of(table_of(self), age_s * TICKS_PER_S)


def checked(field: str, duration: Duration) -> Duration:
    """Return the duration, or say which of its values is out of bounds.

    Raises:
        ScenarioError: naming the field, the value and the bound.
    """
    lowest = 0.0 if duration.family is Family.DETERMINISTIC else 1e-3
    if not lowest <= duration.mean_s <= LONGEST_S / 10:
        raise ScenarioError(f"{field}.mean_s", duration.mean_s, f"from {lowest:g} to {LONGEST_S / 10:g} seconds")
    least = 1.0 if duration.family is Family.HYPEREXPONENTIAL else 0.01
    if not least <= duration.cv <= 10:
        raise ScenarioError(f"{field}.cv", duration.cv, f"from {least:g} to 10")
    return duration


@lru_cache(maxsize=512)
def table_of(duration: Duration) -> Ticks:
    """Return the table of a duration: [8192] ticks, never falling, read only.

    Entry i of the first 4,096 is the quantile at i/4096; the rest are the quantiles in the last step.
    """
    import numpy as np

    if duration.family is Family.DETERMINISTIC:
        nodes = np.full(NODES, duration.mean_s)
    else:
        nodes = _quantiles(duration, _probabilities())
        nodes = np.minimum(nodes * (duration.mean_s / mean_of(nodes)), LONGEST_S)
        nodes = np.minimum(nodes * (duration.mean_s / mean_of(nodes)), LONGEST_S)
    ticks: Ticks = np.rint(nodes * TICKS_PER_S).astype(np.int64)
    ticks.flags.writeable = False
    return ticks


def lasting(table: Ticks, half: int) -> int:
    """Return how many ticks a time lasts, from 32 random bits: the straight line between two nodes, rounded.

    >>> lasting(table_of(Duration(family=Family.DETERMINISTIC, mean_s=1.5)), 123)
    15000
    """
    step = half >> 20
    if step < BINS - 1:
        part, bits = half & 0xFFFFF, 20
    else:
        step, part, bits = BINS - 1 + ((half >> 8) & 0xFFF), half & 0xFF, 8
    begin, end = int(table[step]), int(table[step + 1])
    return begin + (((end - begin) * part + (1 << (bits - 1))) >> bits)


def mean_of(nodes: Floats | Ticks) -> float:
    """Return the mean of what is drawn from a table, in the table's unit."""
    coarse = (nodes[: BINS - 1].sum() + nodes[1:BINS].sum()) / 2 / BINS
    fine = (nodes[BINS - 1 : -1].sum() + nodes[BINS:].sum()) / 2 / BINS**2
    return float(coarse + fine)


def survival_of(table: Ticks, age: float) -> float:
    """Return the share of times drawn from a table that are above `age`, in the table's unit."""
    import numpy as np

    return float(survivals_of(table, np.array([age]))[0])


def survivals_of(table: Ticks, ages: Floats) -> Floats:
    """Return [ages] the shares of times drawn from a table that are above each age, in the table's unit."""
    import numpy as np

    at = _shares()
    after = np.clip(np.searchsorted(table, ages, side="right"), 1, NODES - 1)
    begin, end = table[after - 1], table[after]
    part = np.clip((ages - begin) / np.maximum(end - begin, 1), 0.0, 1.0)
    left = 1.0 - (at[after - 1] + (at[after] - at[after - 1]) * part)
    return np.asarray(np.where(ages < table[0], 1.0, np.where(ages >= table[-1], 0.0, left)))


@cache
def _shares() -> Floats:
    """Return [8192] the shares of times that are at most the entries of a table, read only."""
    import numpy as np

    at = np.append(np.arange(BINS) / BINS, (BINS - 1 + np.arange(1, BINS + 1) / BINS) / BINS)
    at.flags.writeable = False
    return at


@lru_cache(maxsize=8)
def propensities(mean: float, concentration: float) -> Ticks:
    """Return the table of how likely records answer: [8192] in units of 2^-32, Beta distributed, read only.

    Args:
        mean: mean answer probability, a fraction.
        concentration: sum of the two parameters of the Beta distribution, above 0; the larger, the more alike.
    """
    import numpy as np
    from scipy import special

    nodes = special.betaincinv(mean * concentration, (1 - mean) * concentration, _probabilities())
    nodes = np.minimum(nodes * (mean / mean_of(nodes)), 1.0)
    table: Ticks = np.rint(nodes * 2.0**32).astype(np.int64)
    table.flags.writeable = False
    return table


def digest_of(tables: list[Ticks]) -> str:
    """Return the SHA-256 of tables, hexadecimal, the same on every machine."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(table.astype("<i8").tobytes())
    return digest.hexdigest()


def _probabilities() -> Floats:
    import numpy as np

    coarse = np.arange(BINS) / BINS
    fine = (BINS - 1 + np.arange(1, BINS + 1) / BINS) / BINS
    fine[-1] = 1 - 2.0**-25  # half a part before the end: the end itself may be infinite
    return np.append(coarse, fine)


def _quantiles(duration: Duration, at: Floats) -> Floats:
    import numpy as np
    from scipy import special

    mean, cv = duration.mean_s, duration.cv
    match duration.family:
        case Family.EXPONENTIAL:
            return np.asarray(-mean * np.log1p(-at))
        case Family.LOGNORMAL:
            spread = math.sqrt(math.log1p(cv * cv))
            with np.errstate(divide="ignore"):
                return np.asarray(np.exp(math.log(mean) - spread * spread / 2 + spread * special.ndtri(at)))
        case Family.GAMMA:
            return np.asarray(special.gammaincinv(1 / cv**2, at) * mean * cv**2)
        case Family.HYPEREXPONENTIAL:
            return _hyperexponential(mean, cv, at)
        case Family.DETERMINISTIC:
            return np.full(at.size, mean)


def _hyperexponential(mean: float, cv: float, at: Floats) -> Floats:
    """Two phases with balanced means, inverted by halving."""
    import numpy as np

    share = (1 + math.sqrt((cv * cv - 1) / (cv * cv + 1))) / 2
    quick, slow = 2 * share / mean, 2 * (1 - share) / mean
    below, above = np.zeros(at.size), np.full(at.size, 40 / slow)
    for _ in range(80):
        middle = (below + above) / 2
        left = share * np.exp(-quick * middle) + (1 - share) * np.exp(-slow * middle) > 1 - at
        below, above = np.where(left, middle, below), np.where(left, above, middle)
    return np.asarray((below + above) / 2)
