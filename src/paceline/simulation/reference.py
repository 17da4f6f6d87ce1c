"""The dialer in slow, plain Python: the truth that the compiled engines are held against, event by event.

The day is a loop: the earliest of all that is to come happens, levels are summed over the time that passed, and the
policy looks. What happens at one instant happens in the order of `counters`: agents come and go, changes, wrap-ups
end, calls end, patience ends, rings end, greetings end, retries come due, the policy looks. `reference_floor.py` has
the agents and the queue.
"""

from __future__ import annotations

import heapq
from collections import deque

from paceline.simulation import counters as c
from paceline.simulation import plan as p
from paceline.simulation.distributions import TICKS_PER_S, lasting
from paceline.simulation.draws import MASK, draw, high, index_of, low
from paceline.simulation.plan import NEVER, WHOLE, Plan
from paceline.simulation.policies import Observation, Telescoping, policy_of
from paceline.simulation.reference_floor import Day, Event, Floor, Line


def play_day(plan: Plan, seed: int, replication: int = 0, *, safety: int | None = None) -> Day:
    """Play one day of a plan.

    Args:
        plan: the scenario in whole numbers.
        seed: any 64-bit number, at least 0.
        replication: number of the day, from 0.
        safety: safety a telescoping policy begins with instead of its own, units of 2^-32.
    """
    dialer = Dialer(plan, seed, replication)
    if safety is not None and isinstance(dialer.policy, Telescoping):
        dialer.policy.safety = safety
    return dialer.play()


class Dialer(Floor):
    """A campaign on one day: what happens next, who is dialled, and when the policy looks."""

    def __init__(self, plan: Plan, seed: int, replication: int) -> None:
        """Begin the day: nobody is logged in, nothing rings."""
        super().__init__(plan, seed, replication)
        self.day_factor = int(plan.by_day[replication % plan.by_day.size])
        self.dialling = True
        self.silent: deque[tuple[int, int]] = deque()
        self.lines: list[Line] = []
        self.fresh = 0
        self.in_second = (0, 0)
        self.steps = [(int(at), c.AGENT_STEP, n) for n, at in enumerate(plan.shift_at)]
        self.steps += [(int(at), c.CHANGE, n) for n, at in enumerate(plan.change_at)]
        self.steps += [(at, c.MINUTE, 0) for at in range(60 * TICKS_PER_S, plan.horizon, 60 * TICKS_PER_S)]
        self.steps += [(plan.warm_up, c.WARM, 0)] if plan.warm_up else []
        heapq.heapify(self.steps)
        self.retry_at = self.throttle_at = NEVER
        self.look_at = self._or_never(self.policy.first_look(0))

    def play(self) -> Day:
        """Let everything happen that happens before the end of the day."""
        while True:
            at, kind, number = self._next()
            self._pass(min(at, self.plan.horizon))
            if at >= self.plan.horizon:
                break
            if kind == c.MINUTE:
                self.day.series.append([self.n[place] for place in c.SERIES])
            elif kind == c.WARM:
                self.day.before = list(self.n)
            else:
                self._happen(kind, number)
        return self._ended()

    def _next(self) -> Event:
        """Take the earliest of all that is to come."""
        coming = [(self.retry_at, c.RETRY_DUE, 0), (self.throttle_at, c.THROTTLE, 0), (self.look_at, c.LOOK, 0)]
        coming += [(self.plan.horizon, c.WARM + 1, 0)]
        if self.plan.patience >= 0 and self.queue:
            coming.append((self.queue[0].deadline, c.EXPIRY, self.queue[0].number))
        if self.silent:
            coming.append((self.silent[0][0], c.RING_TIMEOUT, self.silent[0][1]))
        coming += self.heap[:1] + self.steps[:1]
        first = min(coming)
        if self.heap[:1] == [first]:
            heapq.heappop(self.heap)
        elif self.steps[:1] == [first]:
            heapq.heappop(self.steps)
        elif first[1] == c.RING_TIMEOUT:
            self.silent.popleft()
        return first

    def _pass(self, at: int) -> None:
        """Sum the levels over the time until then."""
        passed, self.now = at - self.now, at
        n = self.n
        n[c.BUSY_AREA] += passed * n[c.BUSY]
        n[c.STAFFED_AREA] += passed * n[c.STAFFED]
        n[c.WAITING_AREA] += passed * n[c.WAITING]
        n[c.RINGING_AREA] += passed * (n[c.RINGING] + n[c.GREETING])
        n[c.TALKING_AREA] += passed * n[c.TALKING]

    def _happen(self, kind: int, number: int) -> None:
        record = self._do(kind, number)
        self.n[c.EVENTS] += 1
        self.day.trace.append((self.now, kind, number, record))
        key = (self.now << 30) | (kind << 26) | number
        self.day.hash = ((self.day.hash ^ key) * 0x100000001B3 + record) & MASK
        if kind == c.LOOK or not self.policy.period:
            self._pace()

    def _do(self, kind: int, number: int) -> int:
        """Do what happens, and return the record or number it concerns."""
        line = self.lines[number] if c.CALL_END <= kind <= c.GREETING_END else Line(number)
        match kind:
            case c.AGENT_STEP:
                self._step(int(self.plan.shift_change[number]))
            case c.CHANGE:
                self._change(number)
            case c.WRAP_END:
                self._agent_free(number)
            case c.CALL_END:
                self._call_end(line)
            case c.EXPIRY:
                self._expiry(line)
            case c.RING_END | c.RING_TIMEOUT:
                self._ring_end(line)
            case c.GREETING_END:
                self._greeting_end(line)
            case c.RETRY_DUE:
                self.retry_at = NEVER
            case c.THROTTLE:
                self.throttle_at = NEVER
            case _:
                self.look_at = self._or_never(self.policy.next_look(self.now))
        return line.record

    def _contact(self) -> tuple[int, int] | None:
        """Return the next record to dial and its attempt: what is due first, then who was never called."""
        if not self.plan.records:
            return self.n[c.DIALS], 1
        heads = [(queue[0][0], n) for n, queue in enumerate(self.retries) if queue]
        if heads and min(heads)[0] <= self.now:
            _, record = self.retries[min(heads)[1]].popleft()
            return record, self.attempts[record] + 1
        if self.fresh < self.plan.records:
            self.fresh += 1
            return self.fresh - 1, 1
        if heads and not self.policy.period:
            self.retry_at = min(heads)[0]
        return None

    # Dialling

    def _pace(self) -> None:
        if not self.dialling:
            return
        n = self.n
        seen = Observation(
            now=self.now,
            idle=n[c.IDLE],
            busy=n[c.BUSY],
            staffed=n[c.STAFFED],
            waiting=n[c.WAITING],
            greeting=n[c.GREETING],
            talking=n[c.TALKING],
            launched=[line.launched for line in self.lines if line.state == c.RINGS],
            dials=n[c.DIALS],
            answers=n[c.ANSWERS],
            abandoned=n[c.ABANDONED],
        )
        in_use = n[c.RINGING] + n[c.GREETING] + n[c.WAITING] + n[c.TALKING]
        for _ in range(min(self.policy.wanted(seen), self.plan.cap - in_use)):
            if not self._may_dial() or (contact := self._contact()) is None:
                return
            self._launch(*contact)

    def _may_dial(self) -> bool:
        second, dialled = self.now // TICKS_PER_S, self.in_second[1]
        if second != self.in_second[0]:
            dialled = 0
        if dialled >= self.plan.calls_per_s:
            if not self.policy.period:
                self.throttle_at = (second + 1) * TICKS_PER_S
            return False
        self.in_second = (second, dialled)
        return True

    def _launch(self, record: int, attempt: int) -> None:
        self.in_second = (self.in_second[0], self.in_second[1] + 1)
        if self.free:
            line = self.lines[self.free.pop()]
        else:
            line = Line(len(self.lines))
            self.lines.append(line)
        line.record, line.attempt, line.launched, line.state = record, attempt, self.now, c.RINGS
        line.ending, rings = self._fate(record, attempt)
        self.n[c.DIALS] += 1
        self.n[c.RINGING] += 1
        if line.ending == c.NOBODY and rings == self.plan.ring_constant:
            self.silent.append((self.now + self.plan.ring_constant, line.number))
        else:
            heapq.heappush(self.heap, (self.now + rings, c.RING_END, line.number))

    def _fate(self, record: int, attempt: int) -> tuple[int, int]:
        """Return how an attempt ends, and after how long; nobody but this function knows before."""
        plan = self.plan
        number = draw(self.keys["dial"], index_of(record, attempt))
        outcome, rest_bits = high(number), low(number)
        answer = plan.answer
        if plan.propensity.size > 1:
            answer = lasting(plan.propensity, high(draw(self.keys["propensity"], record)))
        answer = (answer * int(plan.factors[self.now // plan.part, attempt])) >> 16
        answer = min((answer * self.day_factor) >> 16, WHOLE)
        bounds = [answer + (((int(one) >> 1) * ((WHOLE - answer) >> 1)) >> 30) for one in plan.shares]
        if outcome < answer:
            ending, rings = c.PERSON, lasting(plan.ring_answered, rest_bits)
        elif outcome < bounds[0]:
            ending, rings = c.MACHINE, lasting(plan.ring_machine, rest_bits)
        elif outcome < bounds[1]:
            ending, rings = c.ENGAGED_LINE, plan.busy
        elif outcome < bounds[2]:
            ending, rings = c.FAILURE, plan.failed
        else:
            ending, rings = c.NOBODY, lasting(plan.ring_unanswered, rest_bits)
        return (c.NOBODY, plan.timeout) if rings > plan.timeout else (ending, rings)

    # Changes, and the end

    def _change(self, number: int) -> None:
        kind = int(self.plan.change_kind[number])
        if kind == p.REPACE:
            self.policy = policy_of(self.plan, int(self.plan.change_pacing[number]), self.keys)
            self.look_at = self._or_never(self.policy.first_look(self.now))
            return
        self.dialling = kind == p.RESUME
        if kind == p.STOP_DROP:
            self._cut()

    def _cut(self) -> None:
        """Cut what rings, and drop what was answered and has no agent; drops count as abandoned."""
        for line in self.queue:
            self._stop_waiting(line)
            self._drop(line)
        self.queue.clear()
        for line in self.lines:
            if line.state == c.RINGS:
                self.n[c.RINGING] -= 1
                self.n[c.CUT] += 1
            elif line.state == c.GREETS:
                self.n[c.GREETING] -= 1
                self.n[c.ABANDONED if line.ending == c.PERSON else c.MACHINES_DROPPED] += 1
                self.policy.settled(dropped=True)
            else:
                continue
            self.n[c.RANG] += self.now - line.launched
            line.state = c.CUT_OFF  # its event is still to come; the line is free only then

    def _ended(self) -> Day:
        people = [line for line in self.lines if line.ending == c.PERSON and line.state in {c.GREETS, c.WAITS}]
        self.day.left = (sum(line.state == c.RINGS for line in self.lines), len(people))
        for line in self.lines:
            if line.state == c.TALKS:
                self.day.busy[line.agent] += self.now - self.since[line.agent]
        for _, kind, agent in self.heap:
            if kind == c.WRAP_END:
                self.day.busy[agent] += self.now - self.since[agent]
        self.day.series.append([self.n[place] for place in c.SERIES])
        self.day.safety = self.policy.safety if isinstance(self.policy, Telescoping) else 0
        return self.day

    @staticmethod
    def _or_never(at: int | None) -> int:
        return NEVER if at is None else at
