"""When to try again, and when to give up: pure decisions, after the example of Standard Webhooks.

Rules:
1. A message is tried at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h: three days in all.
2. Each wait is shortened by chance, by a tenth at most: many that failed together do not come back together, and none
   comes later than the schedule says.
3. What a receiver asks for by Retry-After, with 429 or 503, counts instead, from 1 s to a day; it uses up no attempt.
4. What fails when it is three days old, and its receiver has taken nothing for three days, is not tried again; but
   everything is tried once. After three days Retry-After counts no more.
5. What was not tried, because its receiver does not answer at all, waits as long again as that has lasted, from 5 s to
   an hour; it uses up no attempt either.
"""

from __future__ import annotations

import math
import re
from datetime import UTC
from email.utils import parsedate_to_datetime

WAITS_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds from each failed attempt to the next."""
LIFETIME_S = sum(WAITS_S)
"""How long a message is tried at a receiver that takes nothing, in seconds."""
LONGEST_ASKED_S = 86_400
"""The longest wait that a receiver may ask for, in seconds."""
LONGEST_UNTRIED_S = 3600
"""The longest wait of what was not tried, because its receiver does not answer, in seconds."""
SPREAD = 0.1
"""The largest part of a wait that chance takes away."""
_SECOND = 1_000_000_000
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


def next_attempt(attempt: int, chance: float) -> float | None:
    """Return the seconds to wait after a failed attempt, None when it was the last.

    Args:
        attempt: its number, from 1.
        chance: from 0 to 1.

    >>> next_attempt(1, 0.0), next_attempt(10, 0.0)
    (5.0, None)
    """
    if attempt > len(WAITS_S):
        return None
    return WAITS_S[attempt - 1] * (1 - SPREAD * chance)


def next_ns(
    *, attempt: int, put_ns: int, failing_since_ns: int | None, now_ns: int, chance: float, asked_s: float | None
) -> int | None:
    """Return the instant of the next attempt, nanoseconds since 1970; None when it is time to give up.

    Args:
        attempt: the number of the attempt that failed, from 1.
        put_ns: when the message was put.
        failing_since_ns: since when its receiver takes nothing at all, None when it takes other messages.
        now_ns: when the attempt failed.
        chance: from 0 to 1.
        asked_s: what the receiver asked for.
    """
    wait_s = next_attempt(attempt, chance) if asked_s is None else min(max(asked_s, 1.0), LONGEST_ASKED_S)
    is_hopeless = failing_since_ns is not None and is_old(max(put_ns, failing_since_ns), now_ns=now_ns)
    if wait_s is None or is_hopeless:
        return None
    return now_ns + round(wait_s * _SECOND)


def is_old(since_ns: int, *, now_ns: int) -> bool:
    """Return whether this was three days ago."""
    return now_ns - since_ns >= LIFETIME_S * _SECOND


def next_untried_ns(*, silent_since_ns: int, now_ns: int) -> int:
    """Return when to try what was not tried, because its receiver has not answered since `silent_since_ns`."""
    shortest_ns, longest_ns = WAITS_S[0] * _SECOND, LONGEST_UNTRIED_S * _SECOND
    return now_ns + min(max(now_ns - silent_since_ns, shortest_ns), longest_ns)


def asked_wait_s(retry_after: str | None, *, now_ns: int) -> float | None:
    """Return what a Retry-After header asks for: seconds, or a date of HTTP; None when it says neither.

    >>> asked_wait_s("120", now_ns=0)
    120.0
    """
    if retry_after is None:
        return None
    said = retry_after.strip()
    if _WHOLE.fullmatch(said):
        return float(said)
    try:
        date = parsedate_to_datetime(said)
        # A date without a zone is meant in UTC, as all dates of HTTP are.
        asked_s = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now_ns / _SECOND
    except (ValueError, OverflowError):
        return None
    return max(0.0, asked_s) if math.isfinite(asked_s) else None
