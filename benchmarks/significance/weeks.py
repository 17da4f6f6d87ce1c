"""Simulated weeks of one campaign, changed over between two settings at the hours by coins thrown beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from paceline.inference.promotion import Block
from paceline.simulation import counters as c
from paceline.simulation.checks import check_scenario
from paceline.simulation.distributions import TICKS_PER_S, Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.scenario import Answer, Change, Pacing, Policy, Run, Scenario

DAYS, HOURS, HOUR_MIN = 7, 8, 60
GUARD_MIN = 12
"""Minutes dropped at the start of an hour: four mean handle times."""
BY_TIME = (0.90, 0.95, 1.00, 1.05, 1.10, 1.05, 1.00, 0.95)
"""How the answer rate goes through the hours of a day."""
DAY_SPREAD = 0.10
"""Standard deviation of the logarithm of a day's answer rate."""
_DIALS, _ANSWERS, CONNECTED, ABANDONED, BUSY, STAFFED = range(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Lines for each idle agent under the old and the new setting."""

    old: float
    new: float


def campaign(lines: float) -> Scenario:
    """Return a day of 50 agents, calls of 180 s on average, answered by 0.3 of the dials."""
    return Scenario(
        agents=50,
        talk=Duration(family=Family.LOGNORMAL, mean_s=180.0, cv=1.0),
        answer=Answer(
            probability=0.3,
            ring_answered=Duration(family=Family.EXPONENTIAL, mean_s=10.0),
            ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25.0),
            by_time=BY_TIME,
        ),
        pacing=paced(lines),
        run=Run(days=1, hours_per_day=float(HOURS)),
    )


def paced(lines: float) -> Pacing:
    """Return the policy: so many lines ring for each idle agent."""
    return Pacing(policy=Policy.IDLE_LINES, lines_per_idle=lines)


def coins(chance: np.random.Generator) -> np.ndarray:
    """Return [days, hours] whether an hour has the new setting: of two hours that follow each other, one has."""
    first = chance.random((DAYS, HOURS // 2)) < 0.5
    return np.stack([first, ~first], axis=2).reshape(DAYS, HOURS)


def week(settings: Settings, seed: int) -> list[Block]:
    """Return the hours of a week, the pacing really changed over in the middle of the dialing."""
    chance = np.random.default_rng(seed)
    thrown, factors = coins(chance), np.exp(chance.normal(0.0, DAY_SPREAD, DAYS))
    same = settings.old == settings.new
    base = campaign(settings.old)
    if same:
        days = check_scenario(replace(base, answer=replace(base.answer, by_day=tuple(factors))))
        series = simulate(days, seed=seed, days=DAYS).series
    else:
        series = np.concatenate([_day(base, settings, thrown[n], factors[n], seed * DAYS + n) for n in range(DAYS)])
    return blocks_of(series, thrown)


def swung(settings: Settings, seed: int, *, coin: bool = False) -> list[Block]:
    """Return a week whose days gain differently, and nothing on average: the spread is what `settings` gain.

    Days differ by a normal number, or by a coin: each gains all of it, or loses all of it.
    """
    chance = np.random.default_rng(seed)
    thrown, factors = coins(chance), np.exp(chance.normal(0.0, DAY_SPREAD, DAYS))
    sizes = np.clip(chance.normal(0.0, 1.0, DAYS), -2.5, 2.5)
    sizes = np.sign(sizes) if coin else sizes
    base, days = campaign(settings.old), []
    for n in range(DAYS):
        new = settings.old + (settings.new - settings.old) * float(sizes[n])
        days.append(_day(base, Settings(old=settings.old, new=new), thrown[n], factors[n], seed * DAYS + n))
    return blocks_of(np.concatenate(days), thrown)


def _day(base: Scenario, settings: Settings, thrown: np.ndarray, factor: float, seed: int) -> np.ndarray:
    lines = [settings.new if new else settings.old for new in thrown]
    changes = tuple(
        Change(at_s=3600.0 * hour, pacing=paced(lines[hour]))
        for hour in range(1, HOURS)
        if lines[hour] != lines[hour - 1]
    )
    answer = replace(base.answer, by_day=(float(factor),))
    return simulate(
        check_scenario(replace(base, answer=answer, pacing=paced(lines[0]), changes=changes)), seed=seed, days=1
    ).series


def blocks_of(series: np.ndarray, thrown: np.ndarray) -> list[Block]:
    """Return the hours of simulated days, their guards dropped."""
    begins = np.concatenate([np.zeros_like(series[:, :1]), series], axis=1)
    blocks = []
    for day in range(thrown.shape[0]):
        for hour in range(HOURS):
            end = begins[day, (hour + 1) * HOUR_MIN]
            counted = end - begins[day, hour * HOUR_MIN + GUARD_MIN]
            blocks.append(
                Block(
                    day=f"{day}",
                    stratum=f"{day} {hour // 2}",
                    new=bool(thrown[day, hour]),
                    busy_s=float(counted[BUSY]) / TICKS_PER_S,
                    available_s=float(counted[STAFFED]) / TICKS_PER_S,
                    abandoned=int(counted[ABANDONED]),
                    answered=int(counted[ABANDONED] + counted[CONNECTED]),
                    connects=int(counted[CONNECTED]),
                )
            )
    return blocks


# The places above are those of the simulator.
assert c.SERIES[CONNECTED : STAFFED + 1] == (c.CONNECTED, c.ABANDONED, c.BUSY_AREA, c.STAFFED_AREA)
