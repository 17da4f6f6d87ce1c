"""Days of a twin, played: what each half-hour comes to when the dialer dials in a given way.

Staffing is given by half-hour, with parts of an agent: whole agents are there all the time, and one more for the part
that is left, next to the half-hour that has more agents. Half-hours in which nothing was dialed have nobody.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from paceline.records.calls import HALF_HOUR_S
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S, Duration
from paceline.simulation.plan import plan_of
from paceline.simulation.scenario import INFINITE, Answer, Patience, Run, Scenario, Shift, Unanswered

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.twin.boldness import Boldness
    from paceline.twin.model import Draw, Twin, TwinDay

    Floats = npt.NDArray[np.float64]

PATIENCE_S = 2.0
"""Seconds after which an answer that no agent took is abandoned (16 CFR 310.4(b)(4)(ii))."""
BUSY_S = 2.0
"""Seconds until a line knows that a number is engaged, or that a call failed."""
_HALF_HOUR_MIN = HALF_HOUR_S // 60
_MOST_HALF_HOURS = 48
_LEAST_RATE, _MOST_FACTOR, _MOST_LOST = 0.0005, 15.0, 0.95
_LEAST_PART_S = 30.0
"""A part of an agent's half-hour that is too short to matter, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlayedDay:
    """A day that was played, by half-hour; what ends after the last half-hour counts in it.

    Attributes:
        start: half-hours since 1970.
        dials, answers, abandons, connects: [half-hours] counts; answers are connects and abandons.
        busy_s, staffed_s: [half-hours] agents' time, seconds.
        wait_s: [half-hours] seconds that people waited, together.
    """

    start: int
    dials: Floats
    answers: Floats
    abandons: Floats
    connects: Floats
    busy_s: Floats
    staffed_s: Floats
    wait_s: Floats


def scenario_of(draw: Draw, day: TwinDay, *, log_factors: Sequence[float] = (0.0,)) -> Scenario:
    """Return a day of a twin for the simulator, without a pacing; half an hour follows in which calls end.

    Args:
        draw: the parameters.
        day: who is there, and who answers.
        log_factors: logarithms of how days differ from others, by replication, again from the first after the last.
    """
    tail = day.rates[-1:] if day.half_hours < _MOST_HALF_HOURS else ()
    rates = [min(max(one, _LEAST_RATE), 1.0) for one in (*day.rates, *tail)]
    mean, meant = sum(rates) / len(rates), draw.answer / (1.0 - _lost(draw.ring_answered, draw.timeout_s))
    return Scenario(
        agents=day.agents,
        talk=_bounded(draw.talk),
        wrap=None if draw.wrap is None else _bounded(draw.wrap),
        answer=Answer(
            probability=mean,
            ring_answered=_bounded(draw.ring_answered),
            ring_unanswered=_bounded(draw.ring_unanswered),
            timeout_s=INFINITE if draw.timeout_s is None else draw.timeout_s,
            by_time=tuple(min(one / mean, _MOST_FACTOR) for one in rates),
            by_day=tuple(min(meant * math.exp(one), _MOST_FACTOR) for one in log_factors),
        ),
        unanswered=Unanswered(
            machine=draw.machine,
            busy=draw.busy,
            failed=draw.failed,
            machine_ring=_bounded(draw.ring_machine),
            busy_s=BUSY_S,
            failed_s=BUSY_S,
        ),
        patience=Patience(seconds=PATIENCE_S),
        shifts=shifts_of(day),
        run=Run(days=len(log_factors), hours_per_day=len(rates) * HALF_HOUR_S / 3600.0),
    )


def shifts_of(day: TwinDay) -> tuple[Shift, ...]:
    """Return who is there as shifts of the simulator."""
    whole = [int(one / HALF_HOUR_S + 1e-9) for one in day.staffed_s]
    shifts = list(_levels(whole))
    for at, (staffed, agents) in enumerate(zip(day.staffed_s, whole, strict=True)):
        rest = staffed - agents * HALF_HOUR_S
        if rest < _LEAST_PART_S:
            continue
        before = day.staffed_s[at - 1] if at else 0.0
        after = day.staffed_s[at + 1] if at + 1 < day.half_hours else 0.0
        begin = at * HALF_HOUR_S + (HALF_HOUR_S - rest if after > before else 0.0)
        shifts.append(Shift(start_s=float(begin), end_s=float(begin + rest), agents=1))
    return tuple(shifts)


def _levels(whole: Sequence[int]) -> list[Shift]:
    """Return a shift for each layer of agents, from where it begins to where it ends."""
    found: list[Shift] = []
    for level in sorted({0, *whole})[1:]:
        below = max((one for one in {0, *whole} if one < level), default=0)
        begin: int | None = None
        for at, agents in enumerate([*whole, 0]):
            if agents >= level and begin is None:
                begin = at
            elif agents < level and begin is not None:
                span = (float(begin * HALF_HOUR_S), float(at * HALF_HOUR_S))
                found.append(Shift(start_s=span[0], end_s=span[1], agents=level - below))
                begin = None
    return found


def play_day(
    draw: Draw, day: TwinDay, bold: Boldness, *, seed: int, replication: int = 0, log_factor: float = 0.0
) -> PlayedDay:
    """Play a day once.

    Args:
        draw: the parameters.
        day: who is there, and who answers.
        bold: how the dialer really dials.
        seed: the same seed and replication meet the same calls, however boldly is dialed.
        replication: number of the day of chance.
        log_factor: logarithm of how the day differs from others.

    Raises:
        SimulationError: the simulator cannot play it.
    """
    return play_days(draw, day, bold, seed=seed, first=replication, log_factors=(log_factor,))[0]


def play_days(
    draw: Draw, day: TwinDay, bold: Boldness, *, seed: int, log_factors: Sequence[float], first: int = 0
) -> list[PlayedDay]:
    """Play a day several times, each with a chance of its own and its factor; `first` numbers the first of them."""
    from paceline.simulation.compiled.fast import Prepared

    count = len(log_factors)
    turned = tuple(log_factors[(at - first) % count] for at in range(count))  # by the number of the replication
    scenario = bold.on(scenario_of(draw, day, log_factors=turned))
    series = Prepared(plan_of(scenario)).play(seed, first, count).series
    return [_by_half_hour(day, one) for one in series]


def _by_half_hour(day: TwinDay, series: npt.NDArray[np.int64]) -> PlayedDay:
    import numpy as np

    ends = [min(at * _HALF_HOUR_MIN, series.shape[0]) - 1 for at in range(1, day.half_hours + 1)]
    ends[-1] = series.shape[0] - 1
    rows = np.diff(series[ends].astype(np.float64), axis=0, prepend=np.zeros((1, series.shape[1])))

    def column(place: int) -> Floats:
        found: Floats = rows[:, c.SERIES.index(place)]
        return found

    connects, abandons = column(c.CONNECTED), column(c.ABANDONED)
    return PlayedDay(
        start=day.start,
        dials=column(c.DIALS),
        answers=connects + abandons,
        abandons=abandons,
        connects=connects,
        busy_s=column(c.BUSY_AREA) / TICKS_PER_S,
        staffed_s=column(c.STAFFED_AREA) / TICKS_PER_S,
        wait_s=column(c.WAITING_AREA) / TICKS_PER_S,
    )


def wandered(day: TwinDay, wander: float, seed: Sequence[int]) -> TwinDay:
    """Return a day whose half-hours differ beyond chance by this standard deviation, the same for the same seed."""
    import numpy as np

    if wander <= 0:
        return day
    logs = np.random.default_rng(seed).standard_normal(day.half_hours) * wander - wander**2 / 2
    return replace(day, rates=tuple(min(one, 1.0) for one in (np.array(day.rates) * np.exp(logs)).tolist()))


def replayed(
    twin: Twin,
    told: Callable[[int], Boldness],
    days: Sequence[TwinDay],
    *,
    seed: int,
    live: Callable[[int], Boldness] | None = None,
) -> tuple[PlayedDay, ...]:
    """Play days of a twin once each, every one with a draw of the parameters and a factor of its own.

    The same seed has the same draws, factors and calls whatever is told, so that what two settings differ by is theirs.

    Args:
        twin: whose.
        told: what the dialer is told, by the number of agents.
        days: which; `twin.held_out` for evidence.
        seed: of draws, factors and calls.
        live: what it was told in the days that were fitted on, where the twin does not know it.

    Raises:
        SimulationError: the simulator cannot play them.
    """
    import numpy as np

    found = []
    for day in days:
        chance = np.random.default_rng([seed, day.start])
        draw = twin.draws[int(chance.integers(len(twin.draws)))]
        log_factor = twin.spread.at(day.start / 48, float(chance.uniform(0.005, 0.995)))
        before = None if live is None else live(day.agents)
        bold = twin.effective(told(day.agents), draw, before)
        moved = wandered(day, twin.spread.wander, (seed, day.start, 2))
        found.append(play_day(draw, moved, bold, seed=seed, replication=day.start, log_factor=log_factor))
    return tuple(found)


@lru_cache(maxsize=256)
def _lost(ring: Duration, timeout_s: float | None) -> float:
    """Return the share of answers that the simulator loses at the time-out; rates are of those that it does not."""
    return 0.0 if timeout_s is None else min(_bounded(ring).survival_s(timeout_s), _MOST_LOST)


def _bounded(duration: Duration) -> Duration:
    """Return a time within the simulator's bounds."""
    return replace(duration, mean_s=min(max(duration.mean_s, 0.01), 8000.0), cv=min(max(duration.cv, 0.02), 10.0))
