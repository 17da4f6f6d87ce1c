"""What every inference asks of its data before it judges them; the first thing wrong is told by name."""

from __future__ import annotations

import operator
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InputError, TooLittleDataError

Series = npt.NDArray[np.float64]
"""Numbers in a row, one per day, block or call."""


def checked_level(level: float) -> float:
    """Return a confidence level above one half and below 1; a statement that is wrong more often than right is none.

    Raises:
        InputError: for anything else, NaN too.
    """
    if not 0.5 < level < 1.0:
        raise InputError("level", level, "above 0.5 and below 1")
    return float(level)


def checked_share(field: str, value: float) -> float:
    """Return a fraction strictly between 0 and 1.

    Raises:
        InputError: for anything else, NaN too.
    """
    if not 0.0 < value < 1.0:
        raise InputError(field, value, "above 0 and below 1")
    return float(value)


def checked_positive(field: str, value: float) -> float:
    """Return a finite number above 0.

    Raises:
        InputError: for anything else, NaN too.
    """
    if not 0.0 < value < float("inf"):
        raise InputError(field, value, "finite and above 0")
    return float(value)


def checked_count(field: str, value: SupportsIndex, *, least: int = 0, most: int | None = None) -> int:
    """Return a whole number of at least `least` and, when given, at most `most`.

    Raises:
        InputError: for anything else, a float that happens to be whole too.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise InputError(field, value, "a whole number") from None
    if number < least or (most is not None and number > most):
        raise InputError(field, number, f"at least {least}" if most is None else f"from {least} to {most}")
    return number


def checked_series(field: str, values: npt.ArrayLike, *, fewest: int = 1, below_zero: bool = False) -> Series:
    """Return finite numbers in one row, at least `fewest`; negative ones only where `below_zero` says so.

    Raises:
        InputError: when they are not one row of finite numbers, or one is negative and must not be.
        TooLittleDataError: when there are fewer.
    """
    row = np.asarray(values, dtype=np.float64)
    if row.ndim != 1:
        raise InputError(field, row.shape, "one row of numbers")
    if row.size < fewest:
        raise TooLittleDataError(field, int(row.size), fewest)
    wrong = row[~np.isfinite(row)] if below_zero else row[~(np.isfinite(row) & (row >= 0.0))]
    if wrong.size:
        raise InputError(field, float(wrong[0]), "finite" if below_zero else "finite and at least 0")
    return row


def checked_pairs(
    first_field: str,
    first: npt.ArrayLike,
    second_field: str,
    second: npt.ArrayLike,
    *,
    fewest: int = 1,
    below_zero: bool = False,
) -> tuple[Series, Series]:
    """Return two rows of the same length, each as `checked_series` asks.

    Raises:
        InputError: when the lengths differ, or a number is not as asked.
        TooLittleDataError: when there are fewer than `fewest`.
    """
    one = checked_series(first_field, first, fewest=fewest, below_zero=below_zero)
    other = checked_series(second_field, second, fewest=fewest, below_zero=below_zero)
    if one.size != other.size:
        raise InputError(second_field, int(other.size), f"as many as {first_field}, which are {one.size}")
    return one, other


def checked_events(
    events_field: str, events: npt.ArrayLike, trials_field: str, trials: npt.ArrayLike, *, fewest: int = 1
) -> tuple[Series, Series]:
    """Return whole numbers of events and of trials, never more events than trials, and not all trials 0.

    Raises:
        InputError: when that does not hold.
        TooLittleDataError: when there are fewer than `fewest` of them.
    """
    happened, tried = checked_pairs(events_field, events, trials_field, trials, fewest=fewest)
    for field, row in ((events_field, happened), (trials_field, tried)):
        broken = row[row != np.floor(row)]
        if broken.size:
            raise InputError(field, float(broken[0]), "whole numbers")
    over = np.flatnonzero(happened > tried)
    if over.size:
        where = int(over[0])
        raise InputError(
            f"{events_field}[{where}]", int(happened[where]), f"at most {trials_field}, {int(tried[where])}"
        )
    if not tried.any():
        raise InputError(trials_field, 0, "above 0 somewhere")
    return happened, tried


def generator(seed: SupportsIndex) -> np.random.Generator:
    """Return a generator of random numbers that the seed alone decides (Philox, counter-based).

    Raises:
        InputError: when the seed is no whole number of at least 0.

    >>> generator(4).integers(0, 1000, 3).tolist() == generator(4).integers(0, 1000, 3).tolist()
    True
    """
    return np.random.Generator(np.random.Philox(checked_count("seed", seed)))
