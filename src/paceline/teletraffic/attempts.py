"""Attempts at a record: how many are reached, by how many dials, and why the answer rate falls through a list.

When every record answers with the same chance, the count of dials is geometric. When the chance differs between
records as a beta distribution, those that answer readily are gone first, and the answer rate falls from attempt to
attempt although nobody has changed: a tuner must not take that for drift.
"""

from __future__ import annotations

from paceline.teletraffic.bounds import answer_rate, count, quantity

MOST_ATTEMPTS = 10_000
"""More attempts at one record than that are refused."""


def reach(share_answered: float, attempts: int) -> float:
    """Return the share of records that answer within so many attempts: 1 - (1-p)^m.

    Args:
        share_answered: answer rate of each attempt, a fraction above 0.
        attempts: limit of attempts, at least 1.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(reach(0.3, 6), 6)
    0.882351
    """
    rate = answer_rate("answer_rate", share_answered)
    return 1 - (1 - rate) ** count("attempts", attempts, highest=MOST_ATTEMPTS)


def dials_per_record(share_answered: float, attempts: int) -> float:
    """Return the mean number of dials at a record, which stop at an answer or the limit: (1 - (1-p)^m) / p.

    Args:
        share_answered: answer rate of each attempt, a fraction above 0.
        attempts: limit of attempts, at least 1.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(dials_per_record(0.3, 6), 6)
    2.94117
    """
    return reach(share_answered, attempts) / share_answered


def answer_rate_at(attempt: int, *, answers: float, misses: float) -> float:
    """Return the answer rate of an attempt among records that have not answered yet: b1 / (b1 + b2 + k - 1).

    Args:
        attempt: number of the attempt, from 1.
        answers: first parameter of the beta distribution, b1, above 0.
        misses: its second parameter, b2, above 0; the first attempt's rate is b1 / (b1 + b2).

    Raises:
        ParameterError: a value is out of its bounds.

    >>> [round(answer_rate_at(attempt, answers=3.0, misses=7.0), 4) for attempt in (1, 2, 3)]
    [0.3, 0.2727, 0.25]
    """
    count("attempt", attempt, highest=MOST_ATTEMPTS)
    first = quantity("answers", answers, may_be_zero=False)
    return first / (first + quantity("misses", misses, may_be_zero=False) + attempt - 1)


def mixed_reach(attempts: int, *, answers: float, misses: float) -> float:
    """Return the share of records that answer within so many attempts, when their chances differ.

    Args:
        attempts: limit of attempts, at least 1.
        answers: first parameter of the beta distribution, above 0.
        misses: its second parameter, above 0.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(mixed_reach(2, answers=3.0, misses=7.0), 6)  # 0.3 + 0.7 x 3/11
    0.490909
    """
    silent = 1.0
    for attempt in range(1, count("attempts", attempts, highest=MOST_ATTEMPTS) + 1):
        silent *= 1 - answer_rate_at(attempt, answers=answers, misses=misses)
    return 1 - silent


def mixed_dials_per_record(attempts: int, *, answers: float, misses: float) -> float:
    """Return the mean number of dials at a record, when the chances of records differ.

    Args:
        attempts: limit of attempts, at least 1.
        answers: first parameter of the beta distribution, above 0.
        misses: its second parameter, above 0.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(mixed_dials_per_record(2, answers=3.0, misses=7.0), 6)
    1.7
    """
    silent, dials = 1.0, 0.0
    for attempt in range(1, count("attempts", attempts, highest=MOST_ATTEMPTS) + 1):
        dials += silent
        silent *= 1 - answer_rate_at(attempt, answers=answers, misses=misses)
    return dials
