"""A fixed ratio of lines to agents, every freed line dialled again at once: exactly Engset's loss system.

A free line is a source that brings a live answer after a random time; a line with a connected call is busy for the
handle time; an answer that finds all agents busy is abandoned at once, and its line is free again. The shapes of both
times do not matter, only their means.
"""

from __future__ import annotations

from dataclasses import dataclass

from paceline.teletraffic.bounds import MOST_LINES, count, limit, quantity, seconds
from paceline.teletraffic.progressive import seconds_to_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedLines:
    """How a fixed number of lines does.

    Attributes:
        lines: how many.
        utilisation: share of the agents' time that is talk or wrap-up.
        abandonment: share of the live answers that find no agent.
    """

    lines: int
    utilisation: float
    abandonment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedLines:
    """Two neighbouring numbers of lines, each kept for long stretches.

    Attributes:
        lines: the smaller of the two.
        share_of_next: share of the time for which one line more is used, from 0 to below 1.
        utilisation: share of the agents' time that is talk or wrap-up, over both.
        abandonment: share of all live answers that find no agent.
    """

    lines: int
    share_of_next: float
    utilisation: float
    abandonment: float


def load_per_line(
    share_answered: float, handle_s: float, ring_answered_s: float, ring_unanswered_s: float | None = None
) -> float:
    """Return the load a free line offers, erlangs: handle time over the mean time from free to its next live answer.

    Args:
        share_answered: answer rate, a fraction above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        ring_answered_s: mean ringing of a dial that is answered, seconds.
        ring_unanswered_s: mean ringing of one that is not, seconds; as the answered when None.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> load_per_line(0.3, 180.0, 12.0)
    4.5
    """
    return seconds("handle_s", handle_s) / seconds_to_answer(share_answered, ring_answered_s, ring_unanswered_s)


def time_congestion(sources: int, servers: int, load: float) -> float:
    """Return the share of time for which all servers are busy, in Engset's system.

    A recursion over the servers that adds and divides positive numbers only; what the last source but one leaves of it
    is the share of answers that are abandoned (the call congestion of one source more).

    Args:
        sources: lines, at least 0.
        servers: agents, at least 0.
        load: load per free line, erlangs, at least 0.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Engset 1918.

    >>> round(time_congestion(2, 1, 1.0), 12)  # states 0 and 1 with weights 1 and 2
    0.666666666667
    """
    count("sources", sources, lowest=0, highest=MOST_LINES)
    count("servers", servers, lowest=0)
    quantity("load", load)
    if servers > sources:
        return 0.0
    congestion = 1.0
    for busy in range(1, servers + 1):
        offered = (sources - busy + 1) * load * congestion
        congestion = offered / (busy + offered)
    return congestion


def fixed_lines(agents: int, lines: int, load: float) -> FixedLines:
    """Return how a fixed number of lines does for a number of agents.

    Args:
        agents: at least 1.
        lines: at least 1; not more than the agents are progressive dialing, or less.
        load: load per free line, erlangs, above 0; see `load_per_line`.

    Raises:
        ParameterError: a value is out of its bounds.

    References:
        Engset 1918; docs/background/queueing.md, "A fixed number of lines".

    >>> done = fixed_lines(50, 55, 4.5)
    >>> round(done.utilisation, 6), round(done.abandonment, 6)
    (0.897468, 0.01528)
    """
    count("agents", agents)
    count("lines", lines, highest=MOST_LINES)
    quantity("load", load, may_be_zero=False)
    abandonment = time_congestion(lines - 1, agents, load)
    # Each busy agent is paid for by free lines: busy = (lines - busy) x load x (1 - abandonment).
    carried = load * (1 - abandonment)
    return FixedLines(lines=lines, utilisation=lines * carried / (1 + carried) / agents, abandonment=abandonment)


def best_lines(agents: int, load: float, abandonment: float) -> FixedLines:
    """Return the largest whole number of lines whose abandonment is at most a limit, and how it does.

    Args:
        agents: at least 1.
        load: load per free line, erlangs, above 0.
        abandonment: the limit, a fraction from 0 to below 1; at 0 there are as many lines as agents.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> best_lines(50, 4.5, 0.03).lines
    55
    """
    limit("abandonment", abandonment)
    low, high = count("agents", agents), 2 * agents
    while high < MOST_LINES and fixed_lines(agents, high, load).abandonment <= abandonment:
        low, high = high, min(2 * high, MOST_LINES)
    while high - low > 1:
        lines = (low + high) // 2
        if fixed_lines(agents, lines, load).abandonment <= abandonment:
            low = lines
        else:
            high = lines
    return fixed_lines(agents, low, load)


def mixed_lines(agents: int, load: float, abandonment: float) -> MixedLines:
    """Return the mixture of two neighbouring numbers of lines that abandons exactly the limit.

    Each number is to be kept for stretches much longer than a call, so that both are in their steady state; the shares
    of time are then weighed by the answers in each.

    Args:
        agents: at least 1.
        load: load per free line, erlangs, above 0.
        abandonment: the limit, a fraction from 0 to below 1.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> mixed = mixed_lines(10, 4.5, 0.03)
    >>> mixed.lines, round(mixed.share_of_next, 3), round(mixed.abandonment, 6)
    (10, 0.189, 0.03)
    """
    fewer = best_lines(agents, load, abandonment)
    more = fixed_lines(agents, fewer.lines + 1, load)
    # Answers per handle time and agent: those connected (the utilisation) over the share connected.
    answers = fewer.utilisation / (1 - fewer.abandonment)
    next_answers = more.utilisation / (1 - more.abandonment)
    room = (abandonment - fewer.abandonment) * answers
    excess = (more.abandonment - abandonment) * next_answers
    share = room / (room + excess) if excess > 0 else 0.0
    abandoned = (1 - share) * fewer.abandonment * answers + share * more.abandonment * next_answers
    return MixedLines(
        lines=fewer.lines,
        share_of_next=share,
        utilisation=(1 - share) * fewer.utilisation + share * more.utilisation,
        abandonment=abandoned / ((1 - share) * answers + share * next_answers),
    )
