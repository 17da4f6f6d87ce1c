"""Has the world changed? Page's CUSUM, each with the run length it has, computed and not remembered.

* `answer_cusum` looks at single answers (yes or no): its run lengths are exact, from a Markov chain on its lattice.
* `residual_cusum` looks at standardised residuals of blocks: its run lengths solve Page's integral equation.

Lists age: the share of answers falls with every attempt although nobody has changed. Give the residuals against what is
expected at this hour and attempt, or the alarm is for the calendar. Answers to dials are nearly independent; abandoned
calls are not, they come in bursts: look at them as residuals of blocks, with their design effect in the error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InputError
from paceline.inference.inputs import Series, checked_pairs, checked_positive, checked_series, checked_share
from paceline.inference.run_length import lattice_run_length, normal_run_length

FINEST = 100
"""Largest denominator of an answer CUSUM's reference; finer ones detect no better and cost more to solve."""
_LONGEST = 1e9


class Toward(StrEnum):
    """Which way a change is watched for; to watch both, run one of each, at twice the run length."""

    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCusum:
    """A chart of single answers: up by `up` at an event, down by `down` else, never below 0, alarm at `threshold`.

    An event is an answer when more are watched for, and the lack of one when fewer are. All three are whole numbers of
    lattice steps.

    Attributes:
        toward: which way a change is watched for.
        rate: the rate without change.
        shifted_rate: the rate it is made to find.
        up: steps up at an event, at least 1.
        down: steps down at anything else, at least 1.
        threshold: steps at which it alarms, above 0.
        run_length: mean number of trials to a false alarm, from 0, while the rate is `rate`; exact.
        delay: mean number of trials to the alarm, from 0, once the rate is `shifted_rate`; exact.
    """

    toward: Toward
    rate: float
    shifted_rate: float
    up: int
    down: int
    threshold: int
    run_length: float
    delay: float

    def path(self, outcomes: npt.ArrayLike) -> Series:
        """Return [n] the chart after each trial, from 0, not started again after an alarm.

        Args:
            outcomes: [n] 1 for an answer, 0 for none.

        Raises:
            InputError: when an outcome is neither.
        """
        row = checked_series("outcomes", outcomes)
        if not np.isin(row, (0.0, 1.0)).all():
            raise InputError("outcomes", "other values", "0 or 1 each")
        event = row if self.toward is Toward.MORE else 1.0 - row
        return _climbed(np.where(event == 1.0, self.up, -self.down).astype(np.float64))

    def first_alarm(self, outcomes: npt.ArrayLike) -> int | None:
        """Return the number of the trial, from 0, at which it first alarms; None when it does not."""
        return _first(self.path(outcomes), float(self.threshold))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualCusum:
    """A chart of standardised residuals: S = max(0, S + z - reference), alarm at S >= threshold.

    Attributes:
        toward: which way a change is watched for; for fewer, z is turned round.
        reference: half of the shift it is made to find, in standard deviations of a residual.
        threshold: in the same unit.
        run_length: mean number of residuals to a false alarm, from 0, if they are independent and standard normal.
        delay: mean number of residuals to the alarm, from 0, once their mean is twice the reference.
    """

    toward: Toward
    reference: float
    threshold: float
    run_length: float
    delay: float

    def path(self, residuals: npt.ArrayLike) -> Series:
        """Return [n] the chart after each residual, from 0, not started again after an alarm.

        Args:
            residuals: [n] standardised.

        Raises:
            InputError: when one is not finite.
        """
        row = checked_series("residuals", residuals, below_zero=True)
        return _climbed((row if self.toward is Toward.MORE else -row) - self.reference)

    def first_alarm(self, residuals: npt.ArrayLike) -> int | None:
        """Return the number of the residual, from 0, at which it first alarms; None when it does not."""
        return _first(self.path(residuals), self.threshold)


def answer_cusum(rate: float, shifted_rate: float, *, run_length: float) -> AnswerCusum:
    """Return the chart that finds a change from one rate to another soonest, at no less than the wished run length.

    Its steps are those of the log-likelihood ratio, rounded to a lattice; what is stated holds for the rounded chart.

    Args:
        rate: without change, above 0 and below 1.
        shifted_rate: after it, above 0 and below 1; above `rate` to watch for more, below to watch for fewer.
        run_length: mean number of trials between false alarms, from 10 to a thousand million.

    Raises:
        InputError: when a value is outside its bounds, or the two rates are too close to tell apart on the lattice.

    References:
        Page 1954, Biometrika 41; Reynolds, Stoumbos 1999, Journal of Quality Technology 31(1).

    >>> chart = answer_cusum(0.3, 0.2, run_length=20_000)
    >>> chart.up, chart.down, chart.threshold, round(chart.run_length), round(chart.delay)
    (1, 3, 48, 21181, 210)
    """
    toward = Toward.MORE if shifted_rate > rate else Toward.FEWER
    _check_wish(run_length)
    if shifted_rate == rate:
        raise InputError("shifted_rate", shifted_rate, "another than rate")
    event, shifted = (
        (checked_share(field, one) if toward is Toward.MORE else 1.0 - checked_share(field, one))
        for field, one in (("rate", rate), ("shifted_rate", shifted_rate))
    )
    reference = _reference(event, shifted)
    up, down = reference.denominator - reference.numerator, reference.numerator

    def length(threshold: int) -> float:
        return lattice_run_length(event, up=up, down=down, threshold=threshold)

    threshold = _smallest(length, run_length)
    return AnswerCusum(
        toward=toward,
        rate=rate,
        shifted_rate=shifted_rate,
        up=up,
        down=down,
        threshold=threshold,
        run_length=length(threshold),
        delay=lattice_run_length(shifted, up=up, down=down, threshold=threshold),
    )


def residual_cusum(shift: float, *, toward: Toward, run_length: float) -> ResidualCusum:
    """Return the chart that finds a shift of the mean of standardised residuals soonest, at the wished run length.

    What is stated holds for independent standard normal residuals. Where the standard error is itself estimated from
    few blocks, false alarms come sooner.

    Args:
        shift: the shift to find, in standard deviations of one residual, from 0.1 to 5.
        toward: which way to watch.
        run_length: mean number of residuals between false alarms, from 10 to a thousand million.

    Raises:
        InputError: when a value is outside its bounds.

    References:
        Page 1954, Biometrika 41; Brook, Evans 1972, Biometrika 59(3).

    >>> chart = residual_cusum(1.0, toward=Toward.MORE, run_length=1000)
    >>> round(chart.threshold, 3), round(chart.run_length), round(chart.delay, 2)
    (5.071, 1000, 10.52)
    """
    if not 0.1 <= shift <= 5.0:
        raise InputError("shift", shift, "from 0.1 to 5 standard deviations")
    _check_wish(run_length)
    reference = shift / 2.0
    low, high = 0.0, 1.0
    while normal_run_length(reference, high, mean=0.0) < run_length:
        low, high = high, 2.0 * high
    while high - low > 1e-7 * high:
        middle = (low + high) / 2.0
        if normal_run_length(reference, middle, mean=0.0) < run_length:
            low = middle
        else:
            high = middle
    return ResidualCusum(
        toward=toward,
        reference=reference,
        threshold=high,
        run_length=normal_run_length(reference, high, mean=0.0),
        delay=normal_run_length(reference, high, mean=shift),
    )


def standardised(
    events: npt.ArrayLike, expected: npt.ArrayLike, variances: npt.ArrayLike, *, design_effect: float = 1.0
) -> Series:
    """Return [blocks] how many standard deviations each block is from what was expected of it.

    Args:
        events: [blocks] what happened.
        expected: [blocks] sum of the expected rates of its trials, by hour and attempt.
        variances: [blocks] sum of rate x (1 - rate) of its trials, above 0.
        design_effect: how many times the variance is that of independent trials, above 0; measured on blocks of this
            length.

    Raises:
        InputError: when a number is outside its bounds, or the lengths differ.

    >>> standardised([33, 20], [27.0, 27.0], [18.9, 18.9]).round(2).tolist()
    [1.38, -1.61]
    """
    happened, hoped = checked_pairs("events", events, "expected", expected)
    _, spread = checked_pairs("events", events, "variances", variances)
    if not spread.all():
        raise InputError("variances", 0.0, "above 0")
    checked_positive("design_effect", design_effect)
    residuals: Series = (happened - hoped) / np.sqrt(spread * design_effect)
    return residuals


def _check_wish(run_length: float) -> None:
    if not 10.0 <= run_length <= _LONGEST:
        raise InputError("run_length", run_length, f"from 10 to {_LONGEST:g}")


def _reference(event: float, shifted: float) -> Fraction:
    """Return the reference of the log-likelihood ratio as the simplest fraction near it, well between the rates."""
    ratio = math.log((1.0 - event) / (1.0 - shifted))
    exact = ratio / (ratio + math.log(shifted / event))
    near = 0.1 * (shifted - event)
    for denominator in range(2, FINEST + 1):
        numerator = round(exact * denominator)
        if 0 < numerator < denominator and abs(numerator / denominator - exact) <= near:
            return Fraction(numerator, denominator)
    bound = f"further from rate; no fraction with a denominator of up to {FINEST} lies well between them"
    raise InputError("shifted_rate", shifted, bound, hint="count blocks instead, and use residual_cusum")


def _smallest(length: Callable[[int], float], wished: float) -> int:
    """Return the smallest threshold whose run length is at least the wished one."""
    low, high = 0, 1
    while length(high) < wished:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if length(middle) < wished:
            low = middle
        else:
            high = middle
    return high


def _climbed(steps: Series) -> Series:
    """Return the sums of the steps, lifted so that they never go below 0."""
    sums = np.cumsum(steps)
    lifted: Series = sums - np.minimum(np.minimum.accumulate(sums), 0.0)
    return lifted


def _first(path: Series, threshold: float) -> int | None:
    over = np.flatnonzero(path >= threshold)
    return int(over[0]) if over.size else None
