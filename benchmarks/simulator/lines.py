"""Cases of lines that ring and calls that last: Little's law, Poisson counts and waves; groups 13 and 15."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from benchmarks.simulator.cases import (
    ANSWER,
    DAY,
    RING_S,
    TALK_S,
    Case,
    campaign,
    constant,
    exponential,
    fixed,
    place,
    seconds,
)
from paceline.simulation import counters as c
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.scenario import Answer, Change, Pacing, Policy, Run, Scenario
from paceline.teletraffic.ringing import mean_ring_s, mean_ringing_at, mean_ringing_under_wave

WAVE_S, SWING, PER_S = 600.0, 0.5, 5.0
"""A wave in the dials or the answers: its period in seconds, its swing over the mean, and the mean per second."""
STEP_S = 5.0
"""Seconds of a step of the wave: a sine in such steps is a sine of 0.9999 of the swing."""


def line_cases() -> Iterator[Case]:
    """Yield every case of this module, by group."""
    yield from littles_law()
    yield from ringing_lines()
    yield from waves()


def uneven(*, agents: int, load: float) -> Scenario:
    """Return an open loop whose rings last 10 s when answered, 25 s when not."""
    answer = Answer(probability=ANSWER, ring_answered=exponential(10.0), ring_unanswered=exponential(25.0))
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=1000 * 60.0 * ANSWER / load, even=False)
    return campaign(pacing, agents=agents, talk=exponential(60.0), answer=answer)


def littles_law() -> Iterator[Case]:
    """Yield group 13: time spent per call is what a call lasts, on lines and with agents; the queue is in group 2."""
    answer = Answer(probability=ANSWER, ring_answered=exponential(10.0), ring_unanswered=exponential(25.0))
    for name, scenario, area, count, exact in (
        ("lines, open loop", uneven(agents=20, load=15.0), c.RINGING_AREA, c.DIALS, mean_ring_s(ANSWER, 10.0, 25.0)),
        ("lines, fixed", fixed(20, 24, answer=answer), c.RINGING_AREA, c.DIALS, mean_ring_s(ANSWER, 10.0, 25.0)),
        ("agents, fixed lines", fixed(20, 24, answer=answer), c.BUSY_AREA, c.CONNECTED, TALK_S),
    ):
        yield Case(
            group=13,
            name=f"Little's law: {name}, s",
            scenario=scenario,
            above=seconds(area),
            below=place(count),
            exact=exact,
            days=1,
        )


def ringing_lines() -> Iterator[Case]:
    """Yield group 15: lines that ring are Poisson, and follow a wave damped and late."""
    scenario = uneven(agents=20, load=15.0)
    mean = 15.0 / 60.0 / ANSWER * mean_ring_s(ANSWER, 10.0, 25.0)
    span_s = 3600.0 * DAY.hours_per_day - DAY.warm_up_s
    yield Case(
        group=15,
        name="M/G/infinity: lines that ring",
        scenario=scenario,
        above=seconds(c.RINGING_AREA),
        below=constant(span_s),
        exact=mean,
        days=1,
    )
    ring = Duration(family=Family.LOGNORMAL, mean_s=2.0, cv=1.0)
    answer = Answer(probability=ANSWER, ring_answered=ring, ring_unanswered=ring)
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=200.0, even=False)
    yield Case(
        group=15,
        name="M/G/infinity: square of the lines that ring, lognormal",
        scenario=campaign(pacing, agents=20, talk=exponential(3.0), answer=answer, run=Run(days=1, hours_per_day=0.02)),
        above=lambda rows, _: rows[:, c.RINGING] ** 2,
        below=constant(1.0),
        exact=10.0 + 10.0**2,
        days=1000,
    )


def waves() -> Iterator[Case]:
    """Yield the rest of group 15: the mean over the minute before the trough, the crest, and in a wave of answers."""
    for name, end_s, days in (("trough", 450.0, 130), ("crest", 750.0, 60)):
        steps = [STEP_S * number for number in range(round(end_s / STEP_S))]
        pacings = [Pacing(policy=Policy.INTERVAL, interval_ms=1000 / wave(at_s), even=False) for at_s in steps]
        changes = tuple(Change(at_s=at_s, pacing=pacing) for at_s, pacing in zip(steps, pacings, strict=True))
        exact = minute_before(
            end_s,
            lambda at_s: mean_ringing_under_wave(at_s, dials_per_s=PER_S, swing=SWING, period_s=WAVE_S, ring_s=RING_S),
        )
        yield Case(
            group=15,
            name=f"Mt/G/infinity: lines that ring, {name} of dials",
            scenario=campaign(pacings[0], agents=400, changes=changes[1:], run=until(end_s)),
            above=seconds(c.RINGING_AREA),
            below=constant(60.0),
            exact=exact,
            days=days,
        )
    end_s, ring_s = 750.0, 1.0
    talk = Duration(family=Family.LOGNORMAL, mean_s=40.0, cv=1.0)
    ring = Duration(family=Family.DETERMINISTIC, mean_s=ring_s)
    factors = tuple(wave(STEP_S * number) / PER_S for number in range(round(end_s / STEP_S)))
    answer = Answer(probability=0.5, ring_answered=ring, ring_unanswered=ring, by_time=factors)
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=1000 * 0.5 / PER_S, even=False)

    def answers_per_s(at_s: float) -> float:
        return PER_S * (1 + SWING * math.sin(2 * math.pi * (at_s - ring_s) / WAVE_S)) if at_s >= ring_s else 0.0

    exact = minute_before(end_s, lambda at_s: mean_ringing_at(at_s, answers_per_s, talk.survival_s, longest_s=end_s))
    yield Case(
        group=15,
        name="Mt/G/infinity: lines that talk, crest of answers",
        scenario=campaign(pacing, agents=600, talk=talk, answer=answer, run=until(end_s)),
        above=seconds(c.TALKING_AREA),
        below=constant(60.0),
        exact=exact,
        days=12,
    )


def wave(at_s: float) -> float:
    """Return the rate per second in the step that begins at an instant."""
    return PER_S * (1 + SWING * math.sin(2 * math.pi * (at_s + STEP_S / 2) / WAVE_S))


def until(end_s: float) -> Run:
    """Return a day that ends at an instant and counts its last minute only."""
    return Run(days=1, hours_per_day=end_s / 3600.0, warm_up_s=end_s - 60.0)


def minute_before(end_s: float, at: Callable[[float], float]) -> float:
    """Return the mean of a function of the instant over a minute, by the midpoints of 12 parts."""
    return sum(at(end_s - 60.0 + 5.0 * (part + 0.5)) for part in range(12)) / 12
