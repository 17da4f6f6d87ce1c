"""Days of a campaign under the controller, played before it begins: the answer rate drifts between half and 1.5 times.

A small model in plain Python, with the controller's own functions in it: calls ring, people wait two seconds, agents
talk; once a minute the controller looks. It shares no code with the emulator, and is made of what was measured.

* Each day has an answer rate of its own, which wanders and leaps; within the day it swings by two fifths.
* All of it stays between half the measured rate and 1.5 times.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist

from paceline.campaign.blocks import Pacing
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.control.supervision.controller import (
    KNOWN_OVERNIGHT,
    Account,
    Bounds,
    Counts,
    Running,
    Terms,
    asked,
    doubted,
    updated,
)
from paceline.primitives.canonical import Json

LEAST, MOST = 0.5, 1.5
"""Between these times the measured answer rate it drifts."""
SWING, WANDER, LEAPS = 0.4, 0.05, 0.1
"""Of the day, from day to day (of the logarithm), and the chance of a leap overnight."""
RING_S, UNANSWERED_S, PATIENCE_S = 10.0, 25.0, 2.0
"""Means that no statistics tell, and how long a person waits."""
DAYS = 30
MOST_DIALS = 1_000_000
"""Days are fewer where so many dials are reached: some seconds of computing."""
_ANSWERED, _NOBODY, _ENDED, _GONE = range(4)
_WORD = (1 << 64) - 1
_GRAIN = 2.0**-53
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What was measured of a campaign.

    Attributes:
        agents: mean of those who were there while it dialed, at least 1.
        answer_rate: of the dials, those that a person answered.
        handle_s: talk and wrap-up of a call, mean, seconds.
        hours: of dialing in a day.
        answers_a_day: people who answered on a day of dialing.
        days: of dialing in 30 days.
    """

    agents: int
    answer_rate: float
    handle_s: float
    hours: float
    answers_a_day: float
    days: float

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "agents": self.agents,
            "answer_rate": round(self.answer_rate, 4),
            "handle_s": round(self.handle_s, 1),
            "hours": round(self.hours, 2),
            "answers_a_day": round(self.answers_a_day),
            "days_in_30": round(self.days, 1),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlayed:
    """What one day came to: people who answered, those of them who were abandoned, and seconds of talk and wrap-up."""

    answered: int
    abandoned: int
    busy_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What the days came to.

    Attributes:
        days: how many were played.
        answered, abandoned: in all of them, which are one block.
        worst_day: abandonment of the day that had most, a fraction.
        utilisation: talk and wrap-up over agents' time, a fraction.
        at_once: the most calls that were abandoned from one look to the next.
        seed: of the draws.
        by_day: what each day came to.
    """

    days: int
    answered: int
    abandoned: int
    worst_day: float
    utilisation: float
    at_once: int
    seed: int
    by_day: tuple[DayPlayed, ...] = ()

    @property
    def abandonment(self) -> float:
        """Abandoned over answered, a fraction."""
        return self.abandoned / self.answered if self.answered else 0.0

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "days": self.days,
            "answered": self.answered,
            "abandoned": self.abandoned,
            "abandonment": round(self.abandonment, 6),
            "worst_day": round(self.worst_day, 6),
            "utilisation": round(self.utilisation, 4),
            "at_once": self.at_once,
            "seed": self.seed,
        }


class _Draws:
    """Draws that follow from a seed: the generator splitmix64 (Steele, Lea, Flood 2014)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _WORD

    def uniform(self) -> float:
        """Return a number above 0 and below 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _WORD
        mixed = ((self._state ^ (self._state >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
        return (((mixed ^ (mixed >> 31)) >> 11) + 0.5) * _GRAIN

    def normal(self) -> float:
        """Return a standard normal number."""
        return _NORMAL.inv_cdf(self.uniform())

    def lasting(self, mean_s: float, shape: tuple[float, float]) -> float:
        """Return a lognormal time of this mean, seconds; `shape` is of `_shape`."""
        deviation, half = shape
        return mean_s * math.exp(deviation * _NORMAL.inv_cdf(self.uniform()) - half)


def _shape(variation: float) -> tuple[float, float]:
    """Return what a lognormal time needs to have this standard deviation over mean: of its logarithm."""
    spread = math.log1p(variation * variation)
    return math.sqrt(spread), spread / 2


_RINGING, _HANDLING = _shape(0.4), _shape(1.0)


@dataclass(slots=True)
class _Floor:
    """The agents and the calls of one day."""

    agents: int
    cap: int
    handle_s: float
    chance: _Draws
    idle: int = 0
    ringing: int = 0
    talking: int = 0
    serial: int = 0
    lines: float = 1.0
    rate: float = 0.3
    waiting: deque[int] = field(default_factory=deque)
    events: list[tuple[float, int, int]] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0, 0, 0])
    busy_s: float = 0.0

    def play(self, at: float, until: float) -> None:
        """Carry the day on, seconds."""
        events, waiting, soonest = self.events, self.waiting, heapq.heappop
        self._fill(at)
        while events and events[0][0] <= until:
            now, number, kind = soonest(events)
            self._happen(now, number, kind)
            if int(self.lines * self.idle) > self.ringing + len(waiting):
                self._fill(now)

    def _fill(self, now: float) -> None:
        open_calls = self.ringing + len(self.waiting)
        wanted = int(self.lines * self.idle) - open_calls
        room = self.cap - open_calls - self.talking
        uniform = self.chance.uniform
        for _ in range(min(wanted, room)):
            self.serial += 1
            self.ringing += 1
            answers = uniform() < self.rate
            lasts = self.chance.lasting(RING_S, _RINGING) if answers else UNANSWERED_S
            heapq.heappush(self.events, (now + lasts, self.serial, _ANSWERED if answers else _NOBODY))

    def _happen(self, now: float, number: int, kind: int) -> None:
        if kind <= _NOBODY:
            self.ringing -= 1
            self.counts[0] += 1
            if kind == _ANSWERED:
                self.counts[1] += 1
                if self.idle:
                    self._connect(now, number)
                else:
                    self.waiting.append(number)
                    heapq.heappush(self.events, (now + PATIENCE_S, number, _GONE))
        elif kind == _ENDED:
            self.talking -= 1
            self.idle += 1
            if self.waiting:
                self._connect(now, self.waiting.popleft())
        elif self.waiting and self.waiting[0] == number:
            self.waiting.popleft()
            self.counts[2] += 1

    def _connect(self, now: float, number: int) -> None:
        self.idle -= 1
        self.talking += 1
        lasts = self.chance.lasting(self.handle_s, _HANDLING)
        self.busy_s += lasts
        heapq.heappush(self.events, (now + lasts, number, _ENDED))

    def taken(self) -> Counts:
        """Return what was counted since the last look."""
        ended, answered, abandoned = self.counts
        self.counts = [0, 0, 0]
        return Counts(ended=ended, answered=answered, abandoned=abandoned)


def drifting_rates(world: World, *, days: int = DAYS, seed: int = 1) -> tuple[float, ...]:
    """Return the answer rates of days of drift, for several plays of the same days; the same seed draws the same."""
    return tuple(_rates(world.answer_rate, days, _Draws(seed)))


def rehearse(
    world: World,
    terms: Terms,
    bounds: Bounds,
    account: Account,
    running: Running,
    *,
    days: int = DAYS,
    seed: int = 1,
    rates: Sequence[float] | None = None,
    fixed: Pacing | None = None,
) -> Rehearsed:
    """Return what days of drift come to under the controller, from an account and an empty legal period on.

    Args:
        world: what was measured.
        terms: of the controller.
        bounds: of the controller.
        account: as it would begin.
        running: the strictest legal period, whose counts begin anew.
        days: at most; fewer where `MOST_DIALS` are reached.
        seed: the same one plays the same days.
        rates: answer rates of the days; None draws them as they come.
        fixed: a pacing that is left alone all the time, to be held beside the controller; None steers.
    """
    chance, minutes = _Draws(seed), max(1, round(world.hours * 60))
    counted, at_once, dials = replace(running, answered=0, abandoned=0), 0, 0
    by_day: list[DayPlayed] = []
    for rate in _rates(world.answer_rate, days, chance) if rates is None else rates:
        floor = _Floor(
            agents=world.agents, cap=bounds.max_calls, handle_s=world.handle_s, chance=chance, idle=world.agents
        )
        live: Pacing | None = None
        account, before = doubted(account, KNOWN_OVERNIGHT), counted
        for minute in range(minutes):
            live = fixed or asked(terms, account, (counted,), bounds, live) or live
            floor.lines = 1.0 if live is None else lines_per_idle(live)
            floor.rate = _swung(rate, world.answer_rate, (minute + 0.5) / minutes)
            floor.play(minute * 60.0, (minute + 1) * 60.0)
            counts = floor.taken()
            account, counted = updated(terms, account, counts), _with(counted, counts)
            at_once = max(at_once, counts.abandoned)
        by_day.append(_day(before, counted, floor.busy_s))
        dials += floor.serial
        if dials >= MOST_DIALS:
            break
    return _told(by_day, agents_s=world.agents * minutes * 60.0, at_once=at_once, seed=seed)


def _told(by_day: list[DayPlayed], *, agents_s: float, at_once: int, seed: int) -> Rehearsed:
    """Return what days came to together; each has so many seconds of agents."""
    return Rehearsed(
        days=len(by_day),
        answered=sum(one.answered for one in by_day),
        abandoned=sum(one.abandoned for one in by_day),
        worst_day=max((one.abandoned / max(1, one.answered) for one in by_day), default=0.0),
        utilisation=min(1.0, sum(one.busy_s for one in by_day) / (len(by_day) * agents_s)),
        at_once=at_once,
        seed=seed,
        by_day=tuple(by_day),
    )


def _with(counted: Running, counts: Counts) -> Running:
    """Return a legal period with what was counted since the last look."""
    return replace(
        counted, answered=counted.answered + counts.answered, abandoned=counted.abandoned + counts.abandoned
    )  # fmt: skip


def _day(before: Running, after: Running, busy_s: float) -> DayPlayed:
    return DayPlayed(
        answered=after.answered - before.answered, abandoned=after.abandoned - before.abandoned, busy_s=busy_s
    )  # fmt: skip


def _swung(rate: float, measured: float, part: float) -> float:
    """Return the answer rate at a part of the day, 0 to 1, within what it may drift."""
    swung = rate * (1 + SWING * math.sin(2 * math.pi * part))
    return min(max(swung, LEAST * measured), MOST * measured, 1.0)


def _rates(measured: float, days: int, chance: _Draws) -> Iterator[float]:
    """Yield the answer rate of each day: it wanders, and leaps now and then."""
    at = 0.0
    for _ in range(days):
        at = 0.97 * at + WANDER * chance.normal()
        if chance.uniform() < LEAPS:
            at = math.log(0.6) + chance.uniform() * math.log(1.4 / 0.6)
        yield measured * math.exp(at)
