"""The same campaign in SimPy, in its natural style: a process for each call, a resource of agents."""

from __future__ import annotations

import random  # noqa: TID251 - the twin draws as its users do; it repeats itself through its own seed
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import simpy

from paceline.simulation.distributions import Duration, Family
from paceline.simulation.scenario import Scenario

Process = Generator[simpy.Event, Any, None]


@dataclass(slots=True)
class Counts:
    """What is counted."""

    dials: int = 0
    answers: int = 0
    connected: int = 0
    abandoned: int = 0
    busy_s: float = 0.0


class Twin:
    """A campaign's day."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Begin the day with every agent idle and nobody called."""
        assert scenario.pacing is not None
        self.scenario, self.table = scenario, scenario.pacing.table
        self.env = simpy.Environment()
        self.agents = simpy.Resource(self.env, capacity=scenario.agents)
        self.chance = random.Random(seed)  # noqa: S311 - for repeatable runs, not for secrets
        self.counts = Counts()
        self.ringing = 0
        self.fresh = 0
        self.due: deque[tuple[int, int]] = deque()

    def run(self) -> Counts:
        """Play the day and return what was counted."""
        self.pace()
        self.env.run(until=self.scenario.day_s)
        self.counts.busy_s += self.scenario.day_s * self.agents.count  # who is busy now has begun and not ended
        return self.counts

    def pace(self) -> None:
        """Let so many lines ring as the table has for the idle agents, as far as the list goes."""
        idle, waiting = int(self.agents.capacity) - self.agents.count, len(self.agents.queue)
        for _ in range(self.table[min(idle, len(self.table) - 1)] - self.ringing - waiting):
            if self.due:
                record, attempt = self.due.popleft()
            elif self.fresh < self.scenario.records.count:
                record, attempt = self.fresh, 1
                self.fresh += 1
            else:
                return
            self.counts.dials += 1
            self.ringing += 1
            self.env.process(self.call(record, attempt))

    def call(self, record: int, attempt: int) -> Process:
        """Ring; be answered by a person, or come back to the list later."""
        answer, rest = self.scenario.answer, self.scenario.unanswered
        share = answer.probability * answer.by_time[int(self.env.now / self.scenario.day_s * len(answer.by_time))]
        outcome = self.chance.random()
        other = (outcome - share) / (1 - share)
        if outcome < share:
            yield self.env.timeout(self.lasts(answer.ring_answered))
            self.ringing -= 1
            self.counts.answers += 1
            yield from self.person()
            return
        if other < rest.machine:
            assert rest.machine_ring is not None
            ring, delay = self.lasts(rest.machine_ring), self.scenario.records.machine_retry_s[0]
        elif other < rest.machine + rest.busy:
            ring, delay = rest.busy_s, self.scenario.records.busy_retry_s[0]
        else:
            ring, delay = answer.ring_unanswered.mean_s, self.scenario.records.no_answer_retry_s[0]
        yield self.env.timeout(ring)
        self.ringing -= 1
        self.pace()
        if attempt < self.scenario.records.max_attempts:
            yield self.env.timeout(delay)
            self.due.append((record, attempt + 1))

    def person(self) -> Process:
        """Be connected at once or within the patience, or be abandoned; as in SimPy's own example of a bank."""
        with self.agents.request() as agent:
            self.pace()
            connected = yield agent | self.env.timeout(self.scenario.patience.seconds)
            if agent in connected:
                self.counts.connected += 1
                self.counts.busy_s -= self.env.now
                self.pace()
                yield self.env.timeout(self.lasts(self.scenario.talk))
                self.pace()
                assert self.scenario.wrap is not None
                yield self.env.timeout(self.lasts(self.scenario.wrap))
                self.counts.busy_s += self.env.now
            else:
                self.counts.abandoned += 1
        self.pace()

    def lasts(self, duration: Duration) -> float:
        """Return a random time."""
        match duration.family:
            case Family.EXPONENTIAL:
                return self.chance.expovariate(1 / duration.mean_s)
            case Family.GAMMA:
                return self.chance.gammavariate(1 / duration.cv**2, duration.mean_s * duration.cv**2)
            case _:
                spread = sqrt(log(1 + duration.cv**2))
                return exp(self.chance.gauss(log(duration.mean_s) - spread**2 / 2, spread))
