"""The agents of a day that is played with identities: who takes which call, and who comes and goes when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation.compiled import trace_places as t
from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.counting import draw, high, lasting, low
from paceline.simulation.compiled.heap import push
from paceline.simulation.compiled.trace_list import key

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks


@compiled
def person_end(g: Ticks, s: Ticks, rows: Ticks, row: int, now: int) -> None:
    """Give a person who answered to who is idle longest, else let the person wait."""
    s[t.RINGING] -= 1
    if s[t.IDLE]:
        agent = s[t.IDLE_FIRST]
        unlink(s, agent)
        connect(g, s, rows, row, agent, now)
    else:
        s[s[t.QUEUE_AT] + (s[t.QUEUE_TAIL] & s[t.RING_MASK])] = row
        s[t.QUEUE_TAIL] += 1
        s[t.WAITING] += 1


@compiled
def expire(s: Ticks, rows: Ticks, row: int, now: int) -> None:
    """Let the person go who has waited longest."""
    s[t.QUEUE_HEAD] += 1
    s[t.WAITING] -= 1
    rows[row, t.ENDING] = t.ABANDONED
    rows[row, t.WAITED] = now - rows[row, t.AT] - rows[row, t.RANG]


@compiled
def connect(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, row: int, agent: int, now: int
) -> None:
    """Give a call to an agent; what lasts longer than the agent may stay is cut."""
    place = s[t.AGENTS_AT] + (agent << t.AGENT)
    number = draw(key(g, t.KEY_HANDLE), (rows[row, t.PERSON] << 6) + rows[row, t.ATTEMPT])
    talk = min(lasting(g, g[t.TALK], high(number)), g[t.TALK_CAP])
    wrap = lasting(g, g[t.WRAP], low(number))
    left = s[place + t.SHIFT_END] + g[t.OVERTIME] - now
    if talk > left:
        talk, wrap = max(left, 0), t.NOBODY
        rows[row, t.CUT] = 1
    elif talk + wrap > left:
        wrap = left - talk
        rows[row, t.CUT] = 1
    rows[row, t.WAITED] = now - rows[row, t.AT] - rows[row, t.RANG]
    rows[row, t.TALKED], rows[row, t.WRAPPED], rows[row, t.BY] = talk, wrap, agent
    s[place + t.AGENT_STATE] = t.ENGAGED
    s[t.TALKING] += 1
    push(s, now + talk, t.CALL_END, row)


@compiled
def call_end(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, logins: Ticks, row: int, now: int
) -> None:
    """End a call: the line is free, the agent too or in wrap-up."""
    s[t.TALKING] -= 1
    wrap = rows[row, t.WRAPPED]
    if wrap > 0:
        push(s, now + wrap, t.WRAP_END, row)
    else:
        agent_free(g, s, rows, logins, rows[row, t.BY], now)


@compiled
def agent_free(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, logins: Ticks, agent: int, now: int
) -> None:
    """End an agent's work on a call: who is to leave does, the others are ready."""
    place = s[t.AGENTS_AT] + (agent << t.AGENT)
    if s[place + t.LEAVING]:
        leave(s, logins, agent, now)
    else:
        ready(g, s, rows, agent, now)


@compiled
def leave(s: Ticks, logins: Ticks, agent: int, now: int) -> None:
    """Log an agent out."""
    place = s[t.AGENTS_AT] + (agent << t.AGENT)
    s[place + t.AGENT_STATE], s[place + t.LEAVING] = t.OUT, 0
    logins[s[place + t.LOGIN], 2] = now


@compiled
def ready(g: Ticks, s: Ticks, rows: Ticks, agent: int, now: int) -> None:
    """Give an agent the call that waits longest, or let the agent be idle."""
    if s[t.WAITING]:
        row = s[s[t.QUEUE_AT] + (s[t.QUEUE_HEAD] & s[t.RING_MASK])]
        s[t.QUEUE_HEAD] += 1
        s[t.WAITING] -= 1
        connect(g, s, rows, row, agent, now)
        return
    place = s[t.AGENTS_AT] + (agent << t.AGENT)
    s[place + t.AGENT_STATE], s[place + t.NEXT], s[place + t.BEFORE] = t.READY, t.NOBODY, s[t.IDLE_LAST]
    if s[t.IDLE]:
        s[s[t.AGENTS_AT] + (s[t.IDLE_LAST] << t.AGENT) + t.NEXT] = agent
    else:
        s[t.IDLE_FIRST] = agent
    s[t.IDLE_LAST] = agent
    s[t.IDLE] += 1


@compiled
def unlink(s: Ticks, agent: int) -> None:
    """Take an idle agent from among the idle."""
    place = s[t.AGENTS_AT] + (agent << t.AGENT)
    after, before = s[place + t.NEXT], s[place + t.BEFORE]
    if before == t.NOBODY:
        s[t.IDLE_FIRST] = after
    else:
        s[s[t.AGENTS_AT] + (before << t.AGENT) + t.NEXT] = after
    if after == t.NOBODY:
        s[t.IDLE_LAST] = before
    else:
        s[s[t.AGENTS_AT] + (after << t.AGENT) + t.BEFORE] = before
    s[t.IDLE] -= 1


@compiled
def step(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, logins: Ticks, steps: Ticks, number: int
) -> None:
    """Let an agent come, or go: at once when idle, else as the call at hand ends."""
    now, agent = steps[number, 0], steps[number, 1]
    place = s[t.AGENTS_AT] + (agent << t.AGENT)
    if steps[number, 2] == t.LOG_IN:
        if s[place + t.LEAVING]:
            s[place + t.LEAVING] = 0  # the call lasted longer than the break
            return
        logins[s[t.LOGINS], 0], logins[s[t.LOGINS], 1] = agent, now
        s[place + t.LOGIN] = s[t.LOGINS]
        s[t.LOGINS] += 1
        ready(g, s, rows, agent, now)
    elif s[place + t.AGENT_STATE] == t.READY:
        unlink(s, agent)
        leave(s, logins, agent, now)
    else:
        s[place + t.LEAVING] = 1
