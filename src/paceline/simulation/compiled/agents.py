"""The agents and the queue, compiled: who takes which call, and what becomes of one that nobody takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation import counters as c
from paceline.simulation.compiled import layout as a
from paceline.simulation.compiled.calls import again, release
from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.counting import high, lasting, low
from paceline.simulation.compiled.deciding import ended, number_of, settled
from paceline.simulation.compiled.heap import push

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

_HANDLE, _DETECTION, _PATIENCE = 2, 4, 5


@compiled
def connect(q: Ticks, s: Ticks, now: int, line: int, agent: int) -> None:
    """Give a call to an agent."""
    place = s[a.LINES_AT] + (line << a.LINE)
    if s[place + a.ENDING] == c.PERSON:
        number = number_of(s, _HANDLE, (s[place + a.RECORD] << 6) + s[place + a.ATTEMPT])
        s[c.CONNECTED] += 1
        settled(q, s, 0)
        lasts = lasting(q, q[a.TALK], high(number))
    else:
        s[c.MACHINES_CONNECTED] += 1
        lasts = q[a.MACHINE_HANDLE]
    s[place + a.STATE], s[place + a.AGENT] = c.TALKS, agent
    s[c.TALKING] += 1
    s[c.BUSY] += 1
    s[s[a.SINCE_AT] + agent] = now
    s[s[a.CALLS_AT] + agent] += 1
    push(s, now + lasts, c.CALL_END, line)


@compiled
def call_end(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """End a call: the line is free, the agent too or in wrap-up."""
    place = s[a.LINES_AT] + (line << a.LINE)
    agent, person = s[place + a.AGENT], s[place + a.ENDING] == c.PERSON
    s[c.TALKING] -= 1
    if not person:
        again(q, s, place, now)
    release(s, line)
    if person and q[a.WRAP]:
        number = number_of(s, _HANDLE, (s[place + a.RECORD] << 6) + s[place + a.ATTEMPT])
        push(s, now + lasting(q, q[a.WRAP], low(number)), c.WRAP_END, agent)
    else:
        agent_free(q, s, now, agent)


@compiled
def agent_free(q: Ticks, s: Ticks, now: int, agent: int) -> None:
    """End an agent's work on a call: who is to log out does, the others are ready."""
    s[c.BUSY] -= 1
    s[s[a.BUSY_AT] + agent] += now - s[s[a.SINCE_AT] + agent]
    if s[c.LEAVING]:
        s[c.LEAVING] -= 1
        log_out(s, agent)
    else:
        ready(q, s, now, agent)


@compiled
def ready(q: Ticks, s: Ticks, now: int, agent: int) -> None:
    """Give an agent the call that waits longest, or let him be idle."""
    if s[c.WAITING]:
        head = s[a.QUEUE_HEAD]
        line = s[s[a.QUEUE_AT] + (head & s[a.LINE_MASK])]
        while line < 0:  # its patience ended in the queue
            head += 1
            line = s[s[a.QUEUE_AT] + (head & s[a.LINE_MASK])]
        s[a.QUEUE_HEAD] = head + 1
        stop_waiting(s, now, s[a.LINES_AT] + (line << a.LINE))
        connect(q, s, now, line, agent)
    else:
        tail = s[a.IDLE_TAIL]
        s[s[a.IDLE_AT] + (tail & s[a.AGENT_MASK])] = agent
        s[a.IDLE_TAIL] = tail + 1
        s[c.IDLE] += 1


@compiled
def stop_waiting(s: Ticks, now: int, place: int) -> None:
    """Count what a call has waited."""
    s[c.WAITING] -= 1
    s[c.WAITED] += now - s[place + a.ANSWERED]


@compiled
def log_out(s: Ticks, agent: int) -> None:
    """Let an agent go; who went first comes back first."""
    tail = s[a.OUT_TAIL]
    s[s[a.OUT_AT] + (tail & s[a.AGENT_MASK])] = agent
    s[a.OUT_TAIL] = tail + 1
    s[c.STAFFED] -= 1


@compiled
def step(q: Ticks, s: Ticks, now: int, agents: int) -> None:
    """Let agents log in, first those who had not left yet; or out, first those who are idle longest."""
    for _ in range(agents):
        if s[c.LEAVING]:
            s[c.LEAVING] -= 1
        else:
            s[c.STAFFED] += 1
            head = s[a.OUT_HEAD]
            s[a.OUT_HEAD] = head + 1
            ready(q, s, now, s[s[a.OUT_AT] + (head & s[a.AGENT_MASK])])
    for _ in range(-agents):
        if s[c.IDLE]:
            log_out(s, longest_idle(s))
        else:
            s[c.LEAVING] += 1


@compiled
def longest_idle(s: Ticks) -> int:
    """Take the agent away who is idle longest; there must be one."""
    head = s[a.IDLE_HEAD]
    s[a.IDLE_HEAD] = head + 1
    s[c.IDLE] -= 1
    agent: int = s[s[a.IDLE_AT] + (head & s[a.AGENT_MASK])]
    return agent


@compiled
def ring_end(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """End a ring: an answer is greeted or judged, anything else is unsuccessful."""
    place = s[a.LINES_AT] + (line << a.LINE)
    if s[place + a.STATE] == c.CUT_OFF:
        release(s, line)
        return
    ending = s[place + a.ENDING]
    s[c.RINGING] -= 1
    if ending == c.NOBODY:
        s[c.UNANSWERED] += 1
    elif ending == c.PERSON:
        s[c.ANSWERS] += 1
    elif ending == c.MACHINE:
        s[c.MACHINES] += 1
    elif ending == c.ENGAGED_LINE:
        s[c.ENGAGED] += 1
    else:
        s[c.FAILURES] += 1
    if ending == c.PERSON or (ending == c.MACHINE and q[a.DETECTS]):
        s[place + a.ANSWERED], s[place + a.STATE] = now, c.GREETS
        s[c.GREETING] += 1
        if q[a.GREETING_TIME]:
            number = number_of(s, _DETECTION, (s[place + a.RECORD] << 6) + s[place + a.ATTEMPT])
            push(s, now + lasting(q, q[a.GREETING_TIME], low(number)), c.GREETING_END, line)
        else:
            judge(q, s, now, line)
        return
    s[c.RANG] += now - s[place + a.LAUNCHED]
    unsuccessful(q, s, now, line)


@compiled
def greeting_end(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """End a greeting."""
    if s[s[a.LINES_AT] + (line << a.LINE) + a.STATE] == c.CUT_OFF:
        release(s, line)
    else:
        judge(q, s, now, line)


@compiled
def judge(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """Tell people from machines, as well as it can, and offer to agents what it takes for a person."""
    place = s[a.LINES_AT] + (line << a.LINE)
    s[c.GREETING] -= 1
    s[c.RANG] += now - s[place + a.LAUNCHED]
    if q[a.DETECTS]:
        person = s[place + a.ENDING] == c.PERSON
        number = number_of(s, _DETECTION, (s[place + a.RECORD] << 6) + s[place + a.ATTEMPT])
        right = high(number) < (q[a.SENSITIVITY] if person else q[a.SPECIFICITY])
        if person and not right:
            s[c.MISJUDGED] += 1
            s[c.ABANDONED] += 1
            ended(q, s, 0)
            release(s, line)
            return
        if right and not person:
            unsuccessful(q, s, now, line)
            return
    ended(q, s, 1)
    offer(q, s, now, line)


@compiled
def unsuccessful(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """End a dial that reached nobody."""
    ended(q, s, 0)
    again(q, s, s[a.LINES_AT] + (line << a.LINE), now)
    release(s, line)


@compiled
def offer(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """Give a call to who is idle longest, else let it wait, else drop it."""
    if s[c.IDLE]:
        connect(q, s, now, line, longest_idle(s))
    elif q[a.PATIENCE] == 0:
        drop(q, s, now, line)
    else:
        wait(q, s, now, line)


@compiled
def wait(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """Let a call wait for an agent."""
    place, tail = s[a.LINES_AT] + (line << a.LINE), s[a.QUEUE_TAIL]
    if tail - s[a.QUEUE_HEAD] > s[a.LINE_MASK]:
        s[a.STATUS] = c.LINES_FULL
        return
    s[place + a.STATE], s[place + a.ANSWERED] = c.WAITS, now
    s[s[a.QUEUE_AT] + (tail & s[a.LINE_MASK])] = line
    s[a.QUEUE_TAIL] = tail + 1
    s[c.WAITING] += 1
    if q[a.PATIENCE] > 0:
        s[place + a.DEADLINE] = now + q[a.PATIENCE]
    else:
        number = number_of(s, _PATIENCE, (s[place + a.RECORD] << 6) + s[place + a.ATTEMPT])
        s[place + a.DEADLINE] = now + lasting(q, q[a.PATIENCE_TABLE], high(number))
        push(s, s[place + a.DEADLINE], c.EXPIRY, line)


@compiled
def expiry(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """Let a call go that has waited long enough; one that waits no more has left its expiry behind."""
    place = s[a.LINES_AT] + (line << a.LINE)
    if s[place + a.STATE] != c.WAITS or s[place + a.DEADLINE] != now:
        return
    at = s[a.QUEUE_HEAD]
    while s[s[a.QUEUE_AT] + (at & s[a.LINE_MASK])] != line:
        at += 1
    if at == s[a.QUEUE_HEAD]:
        s[a.QUEUE_HEAD] = at + 1
    else:
        s[s[a.QUEUE_AT] + (at & s[a.LINE_MASK])] = -1
    stop_waiting(s, now, place)
    drop(q, s, now, line)


@compiled
def drop(q: Ticks, s: Ticks, now: int, line: int) -> None:
    """Let an answered call go without an agent."""
    place = s[a.LINES_AT] + (line << a.LINE)
    settled(q, s, 1)
    if s[place + a.ENDING] == c.PERSON:
        s[c.ABANDONED] += 1
    else:
        s[c.MACHINES_DROPPED] += 1
        again(q, s, place, now)
    release(s, line)
