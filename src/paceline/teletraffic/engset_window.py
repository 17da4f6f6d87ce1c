"""A fixed number of lines whose answers may wait for an agent a fixed time, such as two seconds.

Engset's system with a window: the number of lines that are connected or waiting, n, is a chain with arrivals
(M - n) a / T. Beyond N the steady state is that of N times a product of the arrivals, over the service rate, times the
chance that a Poisson count of mean N window / T reaches n - N. Here the shapes of the times do matter: the time to a
line's next answer and the handle time are taken as exponential.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from paceline.teletraffic.bounds import MOST_LINES, count, limit, quantity, seconds
from paceline.teletraffic.engset import time_congestion


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowedLines:
    """How a fixed number of lines does when answers may wait.

    Attributes:
        lines: how many.
        utilisation: share of the agents' time that is talk or wrap-up.
        abandonment: share of the live answers that have no agent by the end of the window.
        late: share of the live answers that are connected later than asked about.
    """

    lines: int
    utilisation: float
    abandonment: float
    late: float


def fixed_lines_with_window(
    agents: int, lines: int, load: float, *, handle_s: float, window_s: float, late_s: float | None = None
) -> WindowedLines:
    """Return how a fixed number of lines does when an answer may wait for an agent.

    Args:
        agents: at least 1.
        lines: at least 1.
        load: load per free line, erlangs, above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        window_s: longest wait, seconds, at least 0; 0 is Engset's own system.
        late_s: from when on a connection is late, seconds; nothing is late when None, or not below the window.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Movaghar 1998, Queueing Systems 29; Brandt and Brandt 1999, Performance Evaluation 35.

    >>> done = fixed_lines_with_window(50, 57, 4.5, handle_s=180.0, window_s=2.0)
    >>> round(done.utilisation, 4), round(done.abandonment, 4)
    (0.9251, 0.0409)
    """
    count("agents", agents)
    count("lines", lines, highest=MOST_LINES)
    quantity("load", load, may_be_zero=False)
    seconds("handle_s", handle_s)
    seconds("window_s", window_s, may_be_zero=True)
    late_s = window_s if late_s is None else min(seconds("late_s", late_s, may_be_zero=True), window_s)
    congestion = time_congestion(lines, agents, load)
    if lines <= agents or congestion == 0:
        return WindowedLines(lines=lines, utilisation=lines * load / (1 + load) / agents, abandonment=0.0, late=0.0)
    window, until_late = agents * window_s / handle_s, agents * late_s / handle_s
    ways = _log_arrivals(agents, lines, load, window)
    reached, soon = log_poisson_tails(window, len(ways)), log_poisson_tails(until_late, len(ways))
    top = max(-math.log(congestion), *(way + chance for way, chance in zip(ways, reached, strict=False)))
    weight, left, late = math.exp(-math.log(congestion) - top), 0.0, 0.0
    # Arrivals are counted by the free lines that bring them; first, those while nobody waits.
    arriving = weight * lines / (1 + load * (1 - time_congestion(lines - 1, agents, load)))
    for place, way in enumerate(ways):
        free = lines - agents - place
        here = math.exp(way + reached[place] - top)
        weight += here if place else 0.0
        arriving += free * here if place else 0.0
        beyond = math.exp(way + reached[place + 1] - top)
        left += free * (here - beyond)
        late += free * (beyond - math.exp(way + soon[place + 1] - top))
    abandonment = left / arriving
    utilisation = min(1.0, load * arriving * (1 - abandonment) / (agents * weight))
    return WindowedLines(lines=lines, utilisation=utilisation, abandonment=abandonment, late=max(late / arriving, 0.0))


def _log_arrivals(agents: int, lines: int, load: float, window: float) -> list[float]:
    """Return, for each number waiting, the logarithm of the product of the arrival rates that lead to it from none.

    In units of the service rate of all agents; as far as the state is ever worth counting.
    """
    mean = (lines - agents) * load / agents * window
    places = min(lines - agents, math.ceil(mean + 12 * math.sqrt(mean) + window + 60))
    ways = [0.0]
    for place in range(places):
        ways.append(ways[-1] + math.log((lines - agents - place) * load / agents))
    return ways


def best_lines_with_window(
    agents: int, load: float, abandonment: float, *, handle_s: float, window_s: float, late_s: float | None = None
) -> WindowedLines:
    """Return the largest whole number of lines that abandons, or connects late, at most a limit; and how it does.

    Args:
        agents: at least 1.
        load: load per free line, erlangs, above 0.
        abandonment: the limit, a fraction from 0 to below 1, on those abandoned and those late together.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        window_s: longest wait, seconds, at least 0.
        late_s: from when on a connection is late, seconds; None when none is.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> best_lines_with_window(50, 4.5, 0.03, handle_s=180.0, window_s=2.0).lines
    56
    """
    limit("abandonment", abandonment)

    def tried(lines: int) -> WindowedLines:
        return fixed_lines_with_window(agents, lines, load, handle_s=handle_s, window_s=window_s, late_s=late_s)

    def fits(lines: int) -> bool:
        done = tried(lines)
        return done.abandonment + done.late <= abandonment

    low, high = count("agents", agents), 2 * agents
    while high < MOST_LINES and fits(high):
        low, high = high, min(2 * high, MOST_LINES)
    while high - low > 1:
        lines = (low + high) // 2
        low, high = (lines, high) if fits(lines) else (low, lines)
    return tried(low)


def log_poisson_tails(mean: float, most: int) -> list[float]:
    """Return the logarithms of the chances that a Poisson count reaches 0, 1, ... `most`: [most + 1].

    Each is the chance of that count itself times a series that is summed backwards in logarithms, so that chances far
    below the smallest floating-point number keep their digits.

    Args:
        mean: at least 0.
        most: at least 0.

    >>> import math
    >>> [round(math.exp(chance), 6) for chance in log_poisson_tails(1.0, 2)]
    [1.0, 0.632121, 0.264241]
    """
    if mean == 0:
        return [0.0] + [-math.inf] * most
    logarithm, series = math.log(mean), 0.0
    tails = [0.0] * (most + 1)
    for count_ in range(max(most, math.ceil(mean)) + math.ceil(20 * math.sqrt(mean)) + 60, 0, -1):
        if count_ <= most:
            tails[count_] = min(0.0, count_ * logarithm - mean - math.lgamma(count_ + 1) + series)
        # series(k - 1) = 1 + mean/k x series(k), in logarithms
        step = logarithm - math.log(count_) + series
        series = step + math.log1p(math.exp(-step)) if step > 0 else math.log1p(math.exp(step))
    return tails
