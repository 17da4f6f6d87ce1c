"""Summaries of call records made by plain sampling from a known truth: no dialer, no kernel, nothing of the fits.

Each person has a probability of their own and is dialed until they answer or have had all attempts; hours are drawn by
attempt, so that late attempts may lie in other hours than first ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from paceline.records import steps
from paceline.records.calls import LineType
from paceline.records.summary import Cells, Durations, HalfHours, Span, Summary

Floats = npt.NDArray[np.float64]

SINCE = datetime(2026, 9, 7, tzinfo=UTC)
FIRST_DAY = 20703
"""Days from 1970 to that date."""
HOURS = np.arange(9, 21)
LINES = (LineType.LANDLINE, LineType.CELL)


def _steep() -> Floats:
    return np.array([np.linspace(0.8, 1.2, HOURS.size), np.linspace(0.96, 1.04, HOURS.size)])


@dataclass(frozen=True, kw_only=True)
class World:
    """What is true.

    Attributes:
        means: share of first attempts that people of each line type answer.
        by_hour: [lines, hours] factors.
        concentration: of the Beta distribution over people; infinite where all are alike.
        ageing: factor for each earlier attempt.
        day_spread: of the logarithm of the day's factor.
        persons, days, attempts: how many.
        late_evening: how much likelier than first ones later attempts are in the last four hours.
        talk, wrap: mean, seconds, and spread over mean, lognormal.
        longest_s: talk is cut at a time uniform up to this.
        ring: share, mean and spread of the first gamma, mean and spread of the second.
        machine_ring: mean and spread, gamma.
        timeout_s: of all rings.
        machine, busy, failed: shares of the dials that no person answers.
    """

    means: tuple[float, float] = (0.16, 0.22)
    by_hour: Floats = field(default_factory=_steep)
    concentration: float = 6.0
    ageing: float = 1.0
    day_spread: float = 0.05
    persons: int = 12_000
    days: int = 24
    attempts: int = 4
    late_evening: float = 4.0
    talk: tuple[float, float] = (268.7, 1.167)
    wrap: tuple[float, float] = (25.0, 0.6)
    longest_s: float = 14_400.0
    ring: tuple[float, float, float, float, float] = (0.7, 8.0, 0.35, 19.0, 0.15)
    machine_ring: tuple[float, float] = (18.0, 0.2)
    timeout_s: float = 25.0
    machine: float = 0.45
    busy: float = 0.04
    failed: float = 0.03


def sampled(world: World, seed: int) -> Summary:
    """Return a summary of sampled records."""
    chance = np.random.default_rng(seed)
    cells = sampled_cells(world, chance)
    answered, machines = int(cells.answered.sum()), int(cells.machines.sum())
    rest = int(cells.dials.sum()) - answered - machines - int(cells.busies.sum()) - int(cells.failed.sum())
    share, *parts = world.ring
    first = chance.random(answered) < share
    rings = np.where(first, _gamma(chance, parts[0], parts[1], answered), _gamma(chance, parts[2], parts[3], answered))
    machine_rings = _gamma(chance, *world.machine_ring, machines)
    talk, ends = _lognormal(chance, *world.talk, answered), chance.uniform(0, world.longest_s, answered)
    wrap = _lognormal(chance, *world.wrap, answered)
    none = np.empty(0)
    return Summary(
        span=Span(since=SINCE, until=SINCE + timedelta(days=world.days)),
        zone="UTC",
        rows=int(cells.dials.sum()),
        ring_answered=_rings(rings[rings < world.timeout_s]),
        ring_machine=_rings(machine_rings[machine_rings < world.timeout_s]),
        ring_unanswered=_rings(np.full(rest, world.timeout_s)),
        talk=counted(talk[talk <= ends], ends[talk > ends], steps.TALK_STEP_S, steps.TALK_STEPS),
        wrap=counted(wrap, none, steps.WRAP_STEP_S, steps.WRAP_STEPS),
        cells=cells,
        half_hours=_no_half_hours(),
        persons=world.persons,
        retry_horizon_s=2 * 86_400.0,
    )


def _no_half_hours() -> HalfHours:
    """Return no half-hours: nothing is fitted from them."""
    counts, sums = np.empty(0, np.int64), np.empty(0)
    return HalfHours(
        start=counts,
        dials=counts,
        answered=counts,
        abandoned=counts,
        machines=counts,
        no_answers=counts,
        busies=counts,
        failed=counts,
        talk_s=sums,
        wrap_s=sums,
        staffed_s=sums,
        wait_s=sums,
    )


def sampled_cells(world: World, chance: np.random.Generator) -> Cells:
    """Return who answered, person by person."""
    line = chance.integers(0, 2, world.persons)
    mean = np.array(world.means)[line]
    own = mean
    if np.isfinite(world.concentration):
        own = chance.beta(mean * world.concentration, (1 - mean) * world.concentration)
    by_day = np.exp(chance.normal(0.0, world.day_spread, world.days))
    day, waiting = chance.integers(0, world.days, world.persons), np.ones(world.persons, np.bool_)
    rows = []
    for attempt in range(world.attempts):
        who = np.flatnonzero(waiting & (day < world.days))
        likely = np.where(np.arange(HOURS.size) >= HOURS.size - 4, world.late_evening if attempt else 1.0, 1.0)
        hour = chance.choice(HOURS.size, who.size, p=likely / likely.sum())
        rate = own[who] * world.by_hour[line[who], hour] * world.ageing**attempt * by_day[day[who]]
        answers = chance.random(who.size) < rate
        rows.append(
            np.column_stack([day[who], HOURS[hour], line[who], np.full(who.size, attempt + 1), answers.astype(int)])
        )
        waiting[who[answers]] = False
        day = day + chance.integers(0, 3, world.persons)
    return _cells(np.concatenate(rows), world, chance)


def _cells(rows: npt.NDArray[np.int64], world: World, chance: np.random.Generator) -> Cells:
    keys, at = np.unique(rows[:, :4], axis=0, return_inverse=True)
    dials = np.bincount(at, minlength=len(keys))
    answered = np.bincount(at, rows[:, 4], len(keys)).astype(np.int64)
    shares = [world.machine, world.busy, world.failed, 1 - world.machine - world.busy - world.failed]
    machines, busies, failed, _ = chance.multinomial(dials - answered, shares).T
    places = np.array([list(LineType).index(one) for one in LINES])
    return Cells(
        day=keys[:, 0] + FIRST_DAY,
        hour=keys[:, 1],
        line=places[keys[:, 2]],
        attempt=keys[:, 3],
        dials=dials,
        answered=answered,
        machines=machines,
        busies=busies,
        failed=failed,
    )


def counted(ended: Floats, cut: Floats, step_s: float, count: int) -> Durations:
    """Return times by step: those that ended, and those that were cut off."""

    def of(times: Floats) -> npt.NDArray[np.int64]:
        return np.bincount(np.minimum((times / step_s).astype(np.int64), count - 1), minlength=count)

    return Durations(step_s=step_s, ended=of(ended), censored=of(cut))


def _rings(times: Floats) -> Durations:
    return counted(times, np.empty(0), steps.RING_STEP_S, steps.RING_STEPS)


def _gamma(chance: np.random.Generator, mean: float, cv: float, count: int) -> Floats:
    return chance.gamma(1 / cv**2, mean * cv**2, count)


def _lognormal(chance: np.random.Generator, mean: float, cv: float, count: int) -> Floats:
    spread = np.log1p(cv * cv)
    return np.exp(chance.normal(np.log(mean) - spread / 2, spread**0.5, count))
