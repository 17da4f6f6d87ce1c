"""The reference's agents and calls: who takes which call, and what becomes of one that nobody takes."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field

from paceline.simulation import counters as c
from paceline.simulation import plan as p
from paceline.simulation.distributions import lasting
from paceline.simulation.draws import Purpose, draw, high, index_of, low, stream
from paceline.simulation.plan import Plan
from paceline.simulation.policies import PacingPolicy, policy_of

Event = tuple[int, int, int]
"""Tick, kind, and the line or agent it is about."""
RETRIES = {c.MACHINE: p.MACHINE, c.ENGAGED_LINE: p.BUSY, c.NOBODY: p.NO_ANSWER, c.FAILURE: p.FAILED}
"""The row of the table of retries for each ending that may be tried again."""
COUNTED = {
    c.PERSON: c.ANSWERS,
    c.MACHINE: c.MACHINES,
    c.ENGAGED_LINE: c.ENGAGED,
    c.NOBODY: c.UNANSWERED,
    c.FAILURE: c.FAILURES,
}
"""Where each ending is counted."""


@dataclass(slots=True)
class Line:
    """A telephone line, and the call on it."""

    number: int
    state: int = c.FREE
    record: int = 0
    attempt: int = 0
    ending: int = c.NOBODY
    launched: int = 0
    answered: int = 0
    deadline: int = 0
    agent: int = -1


@dataclass(slots=True, kw_only=True)
class Day:
    """What a day came to.

    Attributes:
        tally: counts, levels at the end, and areas, by the places of `counters`.
        series: by minute, the counts and areas of `counters.SERIES` up to its end.
        before: the tally at the end of the warm-up.
        trace: tick, kind, line or agent, and record of each event.
        busy: ticks each agent was busy.
        calls: calls each agent took.
        left: lines that at the end ring; people answered who then greet or wait.
        safety: the safety of a telescoping policy at the end, units of 2^-32.
        hash: a number that differs when the trace does.
    """

    tally: list[int] = field(default_factory=lambda: [0] * c.LENGTH)
    series: list[list[int]] = field(default_factory=list)
    before: list[int] = field(default_factory=lambda: [0] * c.LENGTH)
    trace: list[tuple[int, int, int, int]] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    left: tuple[int, int] = (0, 0)
    safety: int = 0
    hash: int = 0


class Floor:
    """Agents and the calls that reach them, the queue between, and what goes back to the list."""

    def __init__(self, plan: Plan, seed: int, replication: int) -> None:
        """Begin the day: nobody is logged in, nothing rings."""
        self.plan = plan
        self.keys = {purpose.name.lower(): stream(seed, replication, purpose) for purpose in Purpose}
        self.now = 0
        self.day = Day(busy=[0] * plan.agents, calls=[0] * plan.agents)
        self.n = self.day.tally
        self.heap: list[Event] = []
        self.free: list[int] = []
        self.queue: deque[Line] = deque()
        self.idle: deque[int] = deque()
        self.out: deque[int] = deque(range(plan.agents))
        self.since = [0] * plan.agents
        self.attempts: dict[int, int] = {}
        self.retries: list[deque[tuple[int, int]]] = [deque() for _ in plan.retry_delay]
        self.policy: PacingPolicy = policy_of(plan, 0, self.keys)

    # Agents

    def _step(self, agents: int) -> None:
        """Let agents log in, first those who had not left yet; or out, first those who are idle longest."""
        n = self.n
        for _ in range(agents):
            if n[c.LEAVING]:
                n[c.LEAVING] -= 1
            else:
                n[c.STAFFED] += 1
                self._ready(self.out.popleft())
        for _ in range(-agents):
            if self.idle:
                self._log_out(self.idle.popleft())
                n[c.IDLE] -= 1
            else:
                n[c.LEAVING] += 1

    def _log_out(self, agent: int) -> None:
        self.n[c.STAFFED] -= 1
        self.out.append(agent)

    def _agent_free(self, agent: int) -> None:
        self.n[c.BUSY] -= 1
        self.day.busy[agent] += self.now - self.since[agent]
        if self.n[c.LEAVING]:
            self.n[c.LEAVING] -= 1
            self._log_out(agent)
        else:
            self._ready(agent)

    def _ready(self, agent: int) -> None:
        if self.queue:
            line = self.queue.popleft()
            self._stop_waiting(line)
            self._connect(line, agent)
        else:
            self.idle.append(agent)
            self.n[c.IDLE] += 1

    def _connect(self, line: Line, agent: int) -> None:
        n, number = self.n, draw(self.keys["handle"], index_of(line.record, line.attempt))
        if line.ending == c.PERSON:
            n[c.CONNECTED] += 1
            self.policy.settled(dropped=False)
            lasts = lasting(self.plan.talk, high(number))
        else:
            n[c.MACHINES_CONNECTED] += 1
            lasts = self.plan.machine_handle
        line.state, line.agent = c.TALKS, agent
        n[c.TALKING] += 1
        n[c.BUSY] += 1
        self.since[agent] = self.now
        self.day.calls[agent] += 1
        heapq.heappush(self.heap, (self.now + lasts, c.CALL_END, line.number))

    def _call_end(self, line: Line) -> None:
        self.n[c.TALKING] -= 1
        agent, person = line.agent, line.ending == c.PERSON
        number = draw(self.keys["handle"], index_of(line.record, line.attempt))
        if not person:
            self._again(line)
        self._release(line)
        if person and self.plan.wrap.size > 1:
            lasts = lasting(self.plan.wrap, low(number))
            heapq.heappush(self.heap, (self.now + lasts, c.WRAP_END, agent))
        else:
            self._agent_free(agent)

    # Calls

    def _ring_end(self, line: Line) -> None:
        if line.state == c.CUT_OFF:
            self._release(line)
            return
        n = self.n
        n[COUNTED[line.ending]] += 1
        if line.ending == c.PERSON or (line.ending == c.MACHINE and self.plan.detects):
            n[c.RINGING] -= 1
            line.answered, line.state = self.now, c.GREETS
            n[c.GREETING] += 1
            if self.plan.greeting.size > 1:
                number = draw(self.keys["detection"], index_of(line.record, line.attempt))
                lasts = lasting(self.plan.greeting, low(number))
                heapq.heappush(self.heap, (self.now + lasts, c.GREETING_END, line.number))
            else:
                self._judge(line)
            return
        n[c.RINGING] -= 1
        n[c.RANG] += self.now - line.launched
        self._unsuccessful(line)

    def _greeting_end(self, line: Line) -> None:
        if line.state == c.CUT_OFF:
            self._release(line)
        else:
            self._judge(line)

    def _judge(self, line: Line) -> None:
        """Tell people from machines, as well as it can, and offer to agents what it takes for a person."""
        n = self.n
        n[c.GREETING] -= 1
        n[c.RANG] += self.now - line.launched
        person = line.ending == c.PERSON
        if self.plan.detects:
            number = draw(self.keys["detection"], index_of(line.record, line.attempt))
            right = high(number) < (self.plan.sensitivity if person else self.plan.specificity)
            if person and not right:
                n[c.MISJUDGED] += 1
                n[c.ABANDONED] += 1
                self.policy.ended(offered=False)
                self._release(line)
                return
            if right and not person:
                self._unsuccessful(line)
                return
        self.policy.ended(offered=True)
        self._offer(line)

    def _unsuccessful(self, line: Line) -> None:
        self.policy.ended(offered=False)
        self._again(line)
        self._release(line)

    def _offer(self, line: Line) -> None:
        if self.idle:
            self.n[c.IDLE] -= 1
            self._connect(line, self.idle.popleft())
        elif self.plan.patience == 0:
            self._drop(line)
        else:
            line.state, line.answered = c.WAITS, self.now
            self.queue.append(line)
            self.n[c.WAITING] += 1
            if self.plan.patience > 0:
                line.deadline = self.now + self.plan.patience
            else:
                number = draw(self.keys["patience"], index_of(line.record, line.attempt))
                line.deadline = self.now + lasting(self.plan.patience_table, high(number))
                heapq.heappush(self.heap, (line.deadline, c.EXPIRY, line.number))

    def _stop_waiting(self, line: Line) -> None:
        self.n[c.WAITING] -= 1
        self.n[c.WAITED] += self.now - line.answered

    def _expiry(self, line: Line) -> None:
        """Let a call go that has waited long enough; one that waits no more has left its expiry behind."""
        if line.state == c.WAITS and line.deadline == self.now:
            self.queue.remove(line)
            self._stop_waiting(line)
            self._drop(line)

    def _drop(self, line: Line) -> None:
        self.policy.settled(dropped=True)
        if line.ending == c.PERSON:
            self.n[c.ABANDONED] += 1
        else:
            self.n[c.MACHINES_DROPPED] += 1
            self._again(line)
        self._release(line)

    def _release(self, line: Line) -> None:
        line.state = c.FREE
        self.free.append(line.number)

    def _again(self, line: Line) -> None:
        """Put the record back for another attempt, if it may have one."""
        if self.plan.records and line.attempt < self.plan.max_attempts:
            which = int(self.plan.retry_class[RETRIES[line.ending], line.attempt])
            self.retries[which].append((self.now + int(self.plan.retry_delay[which]), line.record))
            self.attempts[line.record] = line.attempt
