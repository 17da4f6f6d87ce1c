"""Half-hours of a campaign whose truth is known, played by the simulator's own entrance and not by the twin's."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np

from paceline.records.summary import HalfHours
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S, Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.scenario import Answer, Lines, Pacing, Patience, Policy, Run, Scenario, Shift, Unanswered

FIRST_DAY = 20_700
"""Days since 1970 of the first day; dialing begins at 14:00 UTC."""
OPENS = 28
"""The half-hour of the UTC day at which dialing begins."""


def lognormal(mean_s: float, cv: float) -> Duration:
    """Return a lognormal time."""
    return Duration(family=Family.LOGNORMAL, mean_s=mean_s, cv=cv)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A world.

    Attributes:
        day_spread: standard deviation of the logarithm of a day's factor.
        drift_day, drift_factor: from which day on, counted from 0, the answer rate is another, and what of it.
        ageing: factor on the answer rate by day.
    """

    agents: int = 12
    hours: float = 8.0
    answer: float = 0.3
    talk_s: float = 150.0
    wrap_s: float = 25.0
    ring_s: float = 10.0
    lines: float = 2.6
    day_spread: float = 0.04
    drift_day: int = 10_000
    drift_factor: float = 1.0
    ageing: float = 1.0
    calls_per_s: int = 20
    cap: int = 150


def scenario_of(truth: Truth, agents: int, factor: float) -> Scenario:
    """Return a day: all agents, and two of them only for the first six hours."""
    half_day = truth.hours * 2700.0
    return Scenario(
        agents=agents,
        talk=lognormal(truth.talk_s, 1.0),
        wrap=lognormal(truth.wrap_s, 0.6),
        answer=Answer(
            probability=min(truth.answer * factor, 1.0),
            ring_answered=lognormal(truth.ring_s, 0.4),
            ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=2.5 * truth.ring_s),
        ),
        unanswered=Unanswered(machine=0.3, busy=0.05, machine_ring=lognormal(truth.ring_s, 0.4), busy_s=2.0),
        patience=Patience(seconds=2.0),
        pacing=Pacing(policy=Policy.IDLE_LINES, lines_per_idle=truth.lines),
        lines=Lines(cap=truth.cap, calls_per_s=truth.calls_per_s),
        shifts=(
            Shift(start_s=0.0, end_s=truth.hours * 3600.0, agents=agents - 2),
            Shift(start_s=0.0, end_s=half_day, agents=2),
        ),
        run=Run(days=1, hours_per_day=truth.hours + 0.5),
    )


def half_hours(truth: Truth, days: int, seed: int, *, weekends: bool = False) -> HalfHours:
    """Return what was measured on so many days; some days one agent or two are missing.

    Args:
        truth: the world.
        days: of dialing.
        seed: of everything.
        weekends: whether two days of each seven are without dialing.
    """
    chance = np.random.default_rng(seed)
    parts, at = [], FIRST_DAY
    for number in range(days):
        if weekends and number and number % 5 == 0:
            at += 2
        factor = math.exp(truth.day_spread * chance.standard_normal()) * truth.ageing**number
        factor *= truth.drift_factor if number >= truth.drift_day else 1.0
        agents = truth.agents - int(chance.integers(0, 3))
        result = simulate(scenario_of(truth, agents, factor), seed=int(chance.integers(1 << 40)), days=1)
        parts.append(_rows(result.series[0], at * 48 + OPENS))
        at += 1
    return HalfHours(
        **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(HalfHours)}
    )


def _rows(series: np.ndarray[tuple[int, ...], np.dtype[np.int64]], start: int) -> HalfHours:
    whole = np.diff(series[29::30], axis=0, prepend=np.zeros((1, series.shape[1]), dtype=np.int64))

    def column(place: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return whole[:, c.SERIES.index(place)]

    dials, answers = column(c.DIALS), column(c.CONNECTED) + column(c.ABANDONED)
    others = np.maximum(dials - answers, 0)
    machines, busies = np.rint(0.3 * others).astype(np.int64), np.rint(0.05 * others).astype(np.int64)
    busy_s = column(c.BUSY_AREA) / TICKS_PER_S
    return HalfHours(
        start=np.arange(start, start + whole.shape[0]),
        dials=dials,
        answered=answers,
        abandoned=column(c.ABANDONED),
        machines=machines,
        no_answers=others - machines - busies,
        busies=busies,
        failed=np.zeros_like(dials),
        talk_s=busy_s * (150.0 / 175.0),
        wrap_s=busy_s * (25.0 / 175.0),
        staffed_s=column(c.STAFFED_AREA) / TICKS_PER_S,
        wait_s=np.zeros(whole.shape[0]),
    )


def changed(truth: Truth, **values: float) -> Truth:
    """Return a world with other values."""
    return replace(truth, **values)  # type: ignore[arg-type]  # names and kinds are those of Truth
