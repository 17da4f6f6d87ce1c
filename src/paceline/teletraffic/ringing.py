"""Lines that ring: M/G/infinity, its mean when the dial rate moves, and Little's law on all lines."""

from __future__ import annotations

import math
from collections.abc import Callable

from paceline.teletraffic.bounds import answer_rate, count, limit, quantity, seconds
from paceline.teletraffic.errors import ParameterError


def mean_ring_s(share_answered: float, ring_answered_s: float, ring_unanswered_s: float) -> float:
    """Return how long a dial rings on average, seconds: p R_a + (1-p) R_na.

    Args:
        share_answered: answer rate, a fraction above 0.
        ring_answered_s: mean ringing of a dial that is answered, seconds.
        ring_unanswered_s: mean ringing of one that is not, seconds.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> mean_ring_s(0.25, 10.0, 26.0)
    22.0
    """
    rate = answer_rate("answer_rate", share_answered)
    answered = seconds("ring_answered_s", ring_answered_s, may_be_zero=True)
    return rate * answered + (1 - rate) * seconds("ring_unanswered_s", ring_unanswered_s, may_be_zero=True)


def lines_in_use(agents: int, utilisation: float, dials_per_s: float, ring_s: float) -> float:
    """Return the mean number of lines that ring or talk, by Little's law: u N + dials per second x mean ringing.

    Holds for every policy and every shape of the times; wrap-up counts as talk here, so it is an upper estimate where
    lines are released before it.

    Args:
        agents: at least 1.
        utilisation: share of the agents' time that is talk or wrap-up, from 0 to 1.
        dials_per_s: dials per second, at least 0.
        ring_s: mean ringing of a dial, seconds, at least 0.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Little 1961.

    >>> lines_in_use(50, 0.94, 0.9, 20.0)
    65.0
    """
    if not 0 <= utilisation <= 1:
        raise ParameterError("utilisation", utilisation, "a fraction from 0 to 1")
    dialled = quantity("dials_per_s", dials_per_s) * seconds("ring_s", ring_s, may_be_zero=True)
    return utilisation * count("agents", agents) + dialled


def ringing_at_most(dials_per_s: float, ring_s: float, exceeded: float) -> int:
    """Return the smallest count of ringing lines that is exceeded for at most a share of the time.

    Lines that ring under dials at random, whatever the agents do, are Poisson, with mean dials per second x mean
    ringing, for ringing times of any shape.

    Args:
        dials_per_s: dials per second, at least 0.
        ring_s: mean ringing of a dial, seconds, at least 0.
        exceeded: share of the time, above 0 to below 1.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> ringing_at_most(0.9, 20.0, 0.01)
    29
    """
    mean = quantity("dials_per_s", dials_per_s) * seconds("ring_s", ring_s, may_be_zero=True)
    limit("exceeded", exceeded)
    quantity("exceeded", exceeded, may_be_zero=False)
    least = 0 if mean < 700 else max(0, math.floor(mean - 30 * math.sqrt(mean)))
    chance = math.exp(least * math.log(mean) - mean - math.lgamma(least + 1)) if mean > 0 else 1.0
    held, ringing = chance, least
    while held < 1 - exceeded and (chance > 0 or ringing < mean):
        ringing += 1
        chance *= mean / ringing
        held += chance
    return ringing


def mean_ringing_at(
    at_s: float, dials_per_s: Callable[[float], float], survival: Callable[[float], float], *, longest_s: float
) -> float:
    """Return the mean number of lines ringing at an instant when the dial rate moves (Mt/G/infinity).

    The integral of dials_per_s(at - age) x survival(age) over the ages, by Simpson's rule in 4,000 steps.

    Args:
        at_s: the instant, seconds.
        dials_per_s: dial rate by instant, dials per second.
        survival: share of dials that ring longer than an age in seconds.
        longest_s: age that no ringing exceeds, seconds, above 0.

    Raises:
        ParameterError: `longest_s` is out of its bounds.

    References:
        Eick, Massey, Whitt 1993, Operations Research 41.

    >>> round(mean_ringing_at(0.0, lambda at: 2.0, lambda age: 1.0 if age < 12 else 0.0, longest_s=12.0), 2)
    24.0
    """
    steps = 4_000
    step = seconds("longest_s", longest_s) / steps
    total = 0.0
    for number in range(steps + 1):
        share = 1 if number in {0, steps} else 4 if number % 2 else 2
        total += share * dials_per_s(at_s - number * step) * survival(number * step)
    return total * step / 3


def mean_ringing_under_wave(at_s: float, *, dials_per_s: float, swing: float, period_s: float, ring_s: float) -> float:
    """Return the mean number of lines ringing when the dial rate is a sine and the ringing exponential.

    The rate is dials_per_s (1 + swing sin(2 pi t / period)); the mean follows it, damped and late.

    Args:
        at_s: the instant, seconds; the wave has gone on for ever.
        dials_per_s: mean dial rate, dials per second, at least 0.
        swing: amplitude over the mean, from 0 to 1.
        period_s: period of the wave, seconds, above 0.
        ring_s: mean ringing, seconds, above 0.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Eick, Massey, Whitt 1993, Management Science 39.

    >>> round(mean_ringing_under_wave(0.0, dials_per_s=2.0, swing=0.0, period_s=60.0, ring_s=12.0), 6)
    24.0
    """
    if not 0 <= swing <= 1:
        raise ParameterError("swing", swing, "a fraction from 0 to 1")
    turn = 2 * math.pi / seconds("period_s", period_s)
    lag = turn * seconds("ring_s", ring_s)
    wave = (math.sin(turn * at_s) - lag * math.cos(turn * at_s)) / (1 + lag * lag)
    return quantity("dials_per_s", dials_per_s) * ring_s * (1 + swing * wave)
