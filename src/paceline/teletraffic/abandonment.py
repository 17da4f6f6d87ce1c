"""Answers that wait, and leave when they have waited long enough: Erlang A, and a fixed window.

Erlang A (M/M/N+M) gives each caller an exponential patience. The window (M/M/N+D) gives every answer the same time,
such as the two seconds of the abandonment rules: who has no agent by then is abandoned. Both want exponential handle
times and answers that arrive at random (Poisson).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from paceline.teletraffic.bounds import count, limit, quantity, seconds
from paceline.teletraffic.erlang import erlang_b

_LARGE = 1e250


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What becomes of answers that may wait.

    Attributes:
        abandonment: share of answers that leave without an agent.
        waits: share of answers that find all agents busy.
        mean_wait_s: mean wait of all answers, those who leave included, seconds.
        utilisation: share of the agents' time that is talk or wrap-up.
    """

    abandonment: float
    waits: float
    mean_wait_s: float
    utilisation: float


def erlang_a(agents: int, answers_per_s: float, handle_s: float, patience_s: float) -> Waiting:
    """Return what becomes of answers whose patience is exponential (M/M/N+M).

    The number present is a birth-death chain: deaths at min(n, N)/T + max(n - N, 0)/patience; P(abandon) =
    E[waiting] / (patience x answers per second). The chain is summed outwards from N, rescaled before it overflows.

    Args:
        agents: at least 1.
        answers_per_s: live answers per second, above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        patience_s: mean patience, seconds, above 0.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Palm 1957; Garnett, Mandelbaum, Reiman 2002; docs/background/queueing.md, "Those who wait".

    >>> round(erlang_a(50, 48 / 60, 60.0, 120.0).abandonment, 8)
    0.03091225
    """
    count("agents", agents)
    quantity("answers_per_s", answers_per_s, may_be_zero=False)
    seconds("handle_s", handle_s)
    seconds("patience_s", patience_s)
    load = answers_per_s * handle_s
    blocking = erlang_b(agents, load)
    # Weights relative to that of N present; `below` is the weight of fewer than N.
    below = 1 / blocking - 1 if blocking > 0 else math.inf
    if math.isinf(below):
        return Waiting(abandonment=0.0, waits=0.0, mean_wait_s=0.0, utilisation=load / agents)
    below, busy, queued = _weights_beyond(agents / handle_s, answers_per_s, patience_s, below)
    mean_queued = queued / (below + busy)
    abandonment = mean_queued / (patience_s * answers_per_s)
    return Waiting(
        abandonment=abandonment,
        waits=busy / (below + busy),
        mean_wait_s=mean_queued / answers_per_s,
        utilisation=load * (1 - abandonment) / agents,
    )


def wait_window(agents: int, answers_per_s: float, handle_s: float, window_s: float) -> Waiting:
    """Return what becomes of answers that all wait the same time for an agent (M/M/N+D).

    The wait that an answer meets has density proportional to e^(d t) in the window, d = answers per second - N/T, and
    e^(d window - N (t - window)/T) beyond it. A window of 0 is Erlang B.

    Args:
        agents: at least 1.
        answers_per_s: live answers per second, above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        window_s: longest wait, seconds, at least 0.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Barrer 1957; docs/background/queueing.md, "Those who wait".

    >>> round(wait_window(50, 42.390 / 180, 180.0, 2.0).abandonment, 4)
    0.03
    """
    count("agents", agents)
    quantity("answers_per_s", answers_per_s, may_be_zero=False)
    seconds("handle_s", handle_s)
    seconds("window_s", window_s, may_be_zero=True)
    load = answers_per_s * handle_s
    blocking = erlang_b(agents - 1, load)
    drift = (answers_per_s - agents / handle_s) * window_s
    # Relative to the weight of N - 1 busy agents, all times e^-drift where that grows, so that nothing overflows.
    scale = math.exp(-max(drift, 0.0))
    inside = answers_per_s * window_s * _mean_power(drift, 0)
    beyond = load / agents * math.exp(min(drift, 0.0))
    area = answers_per_s * window_s**2 * _mean_power(drift, 1) + window_s * beyond
    whole = scale + blocking * (inside + beyond)
    abandonment = blocking * beyond / whole
    return Waiting(
        abandonment=abandonment,
        waits=blocking * (inside + beyond) / whole,
        mean_wait_s=blocking * area / whole,
        utilisation=load * (1 - abandonment) / agents,
    )


def connected_late(agents: int, answers_per_s: float, handle_s: float, window_s: float, late_s: float) -> float:
    """Return the share of answers that wait longer than `late_s` and are connected all the same (M/M/N+D).

    Args:
        agents: at least 1.
        answers_per_s: live answers per second, above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        window_s: longest wait before an answer is abandoned, seconds, at least 0.
        late_s: from when on a connection is late, seconds, at least 0; nothing is late when it is not below the window.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> connected_late(50, 0.25, 180.0, 2.0, 2.0)
    0.0
    >>> round(connected_late(1, 0.5, 1.0, 2.0, 0.0), 6)
    0.348072
    """
    seconds("late_s", late_s, may_be_zero=True)
    whole = wait_window(agents, answers_per_s, handle_s, window_s)
    if late_s >= window_s or whole.waits == 0:
        return 0.0
    drift = answers_per_s - agents / handle_s
    served = whole.waits - whole.abandonment
    before = late_s * _mean_power(drift * late_s, 0) * math.exp(max(drift * late_s, 0.0) - max(drift * window_s, 0.0))
    return served * (1 - before / (window_s * _mean_power(drift * window_s, 0)))


def load_for_window(agents: int, handle_s: float, window_s: float, abandonment: float) -> float:
    """Return the offered load at which `wait_window` abandons a given share, erlangs: its inverse in the load.

    Args:
        agents: at least 1.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        window_s: longest wait, seconds, at least 0.
        abandonment: share of answers, above 0 to below 1.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(load_for_window(10, 180.0, 2.0, 0.03), 3)
    5.591
    """
    count("agents", agents)
    seconds("handle_s", handle_s)
    quantity("abandonment", abandonment, may_be_zero=False)
    limit("abandonment", abandonment)
    low, high = 0.0, agents / (1 - abandonment)
    while True:
        load = 0.5 * (low + high)
        if not low < load < high:
            return low
        if wait_window(agents, load / handle_s, handle_s, window_s).abandonment <= abandonment:
            low = load
        else:
            high = load


def _weights_beyond(
    served_per_s: float, answers_per_s: float, patience_s: float, below: float
) -> tuple[float, float, float]:
    """Return, in one scale: `below`, the weight of all agents busy, and that weight times the answers that wait."""
    weight, busy, queued, places = 1.0, 1.0, 0.0, 0
    while True:
        places += 1
        ratio = answers_per_s / (served_per_s + places / patience_s)
        weight *= ratio
        busy += weight
        queued += places * weight
        # Past its peak the rest is less than a geometric series, and its mean place less than twice as far.
        if ratio < 1 and weight * (places + 1 / (1 - ratio)) < 1e-17 * (1 - ratio) * queued:
            break
        if busy > _LARGE or queued > _LARGE:
            weight, busy, queued, below = (part / _LARGE for part in (weight, busy, queued, below))
    return below, busy, queued


def _mean_power(drift: float, power: int) -> float:
    """Return the integral of x^power e^(drift x) over 0 to 1, divided by e^drift where drift is positive."""
    if abs(drift) < 1:
        series, term = 0.0, 1.0
        for step in range(25):
            series += term / (step + power + 1)
            term *= drift / (step + 1)
        return series * math.exp(-max(drift, 0.0))
    if power == 0:
        return -math.expm1(-abs(drift)) / abs(drift)
    if drift > 0:
        return (drift - 1 + math.exp(-drift)) / drift**2
    return (math.exp(drift) * (drift - 1) + 1) / drift**2
