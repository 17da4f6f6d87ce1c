"""Erlang's formulas: B, where nobody waits, and C, where everybody does.

A dialer that launches at a fixed interval whatever its agents do is nearly B: an answer that finds all agents busy is
abandoned at once. B does not depend on the shape of the handle time, only on its mean; C wants it exponential.
"""

from __future__ import annotations

import math

from paceline.teletraffic.bounds import MOST_AGENTS, answer_rate, count, quantity, seconds
from paceline.teletraffic.errors import ParameterError, UnstableQueueError

_STEPS = 200


def erlang_b(agents: int, load: float) -> float:
    """Return the share of answers that find all agents busy, where nobody waits.

    The recursion B(m) = a B(m-1) / (m + a B(m-1)) adds and divides positive numbers only, so it loses no digits at any
    size; below 1e-308 it is 0.

    Args:
        agents: from 0; 0 agents abandon everything.
        load: offered load, answers per second times mean handle time, erlangs, at least 0.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Erlang 1917; docs/background/queueing.md, "Nobody waits".

    >>> erlang_b(2, 1.0), round(erlang_b(100, 90.0), 8)
    (0.2, 0.02695738)
    """
    count("agents", agents, lowest=0)
    quantity("load", load)
    blocking = 1.0
    for busy in range(1, agents + 1):
        offered = load * blocking
        blocking = offered / (busy + offered)
    return blocking


def load_for_blocking(agents: int, blocking: float) -> float:
    """Return the offered load at which `erlang_b` is `blocking`, erlangs: its inverse in the load.

    Newton's steps on the logarithms, kept inside a bracket: (B N!)^(1/N) <= a <= N/(1-B). Relative error below 1e-12.

    Args:
        agents: at least 1.
        blocking: share of answers that are abandoned, from 1e-200 to below 1.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(load_for_blocking(50, 0.03), 3)
    41.933
    """
    count("agents", agents)
    wanted = math.log(_blocking(blocking))
    low = (wanted + math.lgamma(agents + 1)) / agents
    high = math.log(agents) - math.log1p(-blocking)
    at = 0.5 * (low + high)
    for _ in range(_STEPS):
        load = math.exp(at)
        found = erlang_b(agents, load)
        off = math.log(found) - wanted if found > 0 else -math.inf
        low, high = (at, high) if off < 0 else (low, at)
        slope = agents - load * (1 - found)
        then = at - off / slope if math.isfinite(off) and slope > 0 else math.inf
        if abs(then - at) < 1e-15 * max(1.0, abs(at)):
            break
        at = then if low <= then <= high else 0.5 * (low + high)
    return math.exp(at)


def agents_for_blocking(load: float, blocking: float) -> int:
    """Return the fewest agents for whom `erlang_b` is at most `blocking`.

    Args:
        load: offered load, erlangs, at least 0.
        blocking: share of answers that may be abandoned, from 1e-200 to below 1.

    Raises:
        ParameterError: a value is out of its bounds, or more agents would be needed than any campaign has.

    >>> agents_for_blocking(108.0, 0.03)
    118
    """
    quantity("load", load)
    _blocking(blocking)
    found = 1.0
    for agents in range(1, MOST_AGENTS + 1):
        found = load * found / (agents + load * found)
        if found <= blocking:
            return agents
    raise ParameterError("load", load, f"one that {MOST_AGENTS} agents can carry")


def erlang_c(agents: int, load: float) -> float:
    """Return the share of callers who wait, where everybody waits as long as it takes.

    Args:
        agents: at least 1.
        load: offered load, erlangs, at least 0 and below the number of agents.

    Raises:
        ParameterError: a value is out of its bounds.
        UnstableQueueError: the load is at least the number of agents.

    References:
        Erlang 1917; C = N B / (N - a (1 - B)).

    >>> round(erlang_c(2, 1.5), 8)
    0.64285714
    """
    count("agents", agents)
    quantity("load", load)
    if load >= agents:
        raise UnstableQueueError(
            f"{load:g} erlangs for {agents} agents: the queue grows without limit",
            hint=f"offer less than {agents} erlangs, or let callers leave (Erlang A)",
        )
    blocking = erlang_b(agents, load)
    return agents * blocking / (agents - load * (1 - blocking))


def mean_wait_s(agents: int, load: float, handle_s: float) -> float:
    """Return the mean wait of all callers where everybody waits, seconds: C T / (N - a).

    Args:
        agents: at least 1.
        load: offered load, erlangs, at least 0 and below the number of agents.
        handle_s: mean talk plus wrap-up, seconds, above 0.

    Raises:
        ParameterError: a value is out of its bounds.
        UnstableQueueError: the load is at least the number of agents.

    >>> round(mean_wait_s(10, 8.0, 1.0), 6)
    0.20459
    """
    return erlang_c(agents, load) * seconds("handle_s", handle_s) / (agents - load)


def load_of_interval(interval_s: float, share_answered: float, handle_s: float) -> float:
    """Return the load that dials at a fixed interval offer to the agents, erlangs: p T / interval.

    Args:
        interval_s: seconds from dial to dial, above 0.
        share_answered: answer rate, a fraction above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(load_of_interval(0.120, 0.72, 180.0))
    1080
    """
    rate = answer_rate("answer_rate", share_answered)
    return rate * seconds("handle_s", handle_s) / seconds("interval_s", interval_s)


def interval_of_load_s(load: float, share_answered: float, handle_s: float) -> float:
    """Return the mean interval between dials that offers a load, seconds: p T / load.

    Args:
        load: erlangs, above 0; where nobody is abandoned, the mean number of busy agents.
        share_answered: answer rate, a fraction above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(interval_of_load_s(0.94 * 50, 0.3, 180.0), 3)
    1.149
    """
    rate = answer_rate("answer_rate", share_answered)
    return rate * seconds("handle_s", handle_s) / quantity("load", load, may_be_zero=False)


def _blocking(found: float) -> float:
    if not 1e-200 <= found < 1:
        raise ParameterError("blocking", found, "a fraction from 1e-200 to below 1")
    return found
