"""Weeks of a campaign as the simulator plays them: days under what was live, then a change in mid-day and what follows.

A day has eight hours, starts empty, and its answer rate goes up and down by the hour; 50 agents. Lines for each idle
agent are what pacing comes to on the platform as it is read here (`docs/reference/dialer.md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from paceline.campaign.statistics import Tally
from paceline.control.rollout.evidence import Block
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S, Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.scenario import Answer, Change, Pacing, Policy, Run, Scenario

AGENTS = 50
HOURS = 8
OPENS = 9
"""Hour of the day at which dialing begins, UTC."""
CHANGED_MINUTE = 131
"""Minute of the first day's dialing in which the step becomes live; on no edge of a block."""
OLD_DAYS, NEW_DAYS = 14, 7
FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
HANDLE_S, RING_S = 180.0, 17.0
BY_HOUR = (0.95, 1.0, 1.05, 1.0, 0.95, 1.0, 1.05, 1.0)
DIALS, CONNECTS, ABANDONS, BUSY_S, STAFFED_S = range(5)
Counts = npt.NDArray[np.int64]


def campaign(lines_per_idle: float, *, by_day: tuple[float, ...] = (1.0,)) -> Scenario:
    """Return the campaign with so many lines for each idle agent, and factors on the answer rate by day."""
    return Scenario(
        agents=AGENTS,
        talk=Duration(family=Family.LOGNORMAL, mean_s=155.0, cv=1.0),
        wrap=Duration(family=Family.LOGNORMAL, mean_s=25.0, cv=0.6),
        answer=Answer(
            probability=0.3,
            ring_answered=Duration(family=Family.GAMMA, mean_s=10.0, cv=0.4),
            ring_unanswered=Duration(family=Family.GAMMA, mean_s=20.0, cv=0.3),
            by_time=BY_HOUR,
            by_day=by_day,
        ),
        pacing=_pacing(lines_per_idle),
        run=Run(days=1, hours_per_day=float(HOURS)),
    )


def _pacing(lines_per_idle: float) -> Pacing:
    return Pacing(policy=Policy.IDLE_LINES, lines_per_idle=lines_per_idle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One rollout's measurements.

    Attributes:
        old: [days before, minutes, 5] dials, connects, abandons, busy and staffed seconds.
        new: [days, minutes, 5] the same; in the first day the step is live from `CHANGED_MINUTE` on.
    """

    old: Counts
    new: Counts

    def old_minutes(self) -> list[tuple[datetime, Tally]]:
        """Return the minutes before the first day, as a platform tells them."""
        return _told(self.old, FIRST_DAY - timedelta(days=len(self.old)))

    def new_minutes(self) -> list[tuple[datetime, Tally]]:
        """Return the minutes since the step became live."""
        return [row for row in _told(self.new, FIRST_DAY) if row[0] >= BEGAN]


BEGAN = FIRST_DAY + timedelta(hours=OPENS, minutes=CHANGED_MINUTE)
"""When the step became live."""


def weeks(
    live: float,
    step: float,
    *,
    runs: int,
    seed: int,
    spread: float = 0.0,
    old_days: int = OLD_DAYS,
    batch: int = 50,
) -> Iterator[Week]:
    """Yield independent rollouts.

    Args:
        live: lines for each idle agent before the change.
        step: the same from the change on.
        runs: how many.
        seed: of the draws.
        spread: how far days differ: standard deviation of a factor on the answer rate.
        old_days: days before the first.
        batch: how many are played at once.
    """
    for first in range(0, runs, batch):
        count = min(batch, runs - first)
        draws = seed * 1_000_003 + first * 3
        by_day = _by_day(spread, count * old_days, draws)
        old = _minutes(campaign(live, by_day=by_day), count * old_days, draws).reshape(count, old_days, HOURS * 60, 5)
        by_day = _by_day(spread, count, draws + 1)
        changed = replace(
            campaign(live, by_day=by_day), changes=(Change(at_s=60.0 * CHANGED_MINUTE, pacing=_pacing(step)),)
        )
        begun = _minutes(changed, count, draws + 1).reshape(count, 1, HOURS * 60, 5)
        by_day = _by_day(spread, count * (NEW_DAYS - 1), draws + 2)
        rest = _minutes(campaign(step, by_day=by_day), count * (NEW_DAYS - 1), draws + 2)
        new = np.concatenate([begun, rest.reshape(count, NEW_DAYS - 1, HOURS * 60, 5)], axis=1)
        for at in range(count):
            yield Week(old=old[at], new=new[at])


def _by_day(spread: float, days: int, seed: int) -> tuple[float, ...]:
    """Return a factor on the answer rate for each day."""
    if not spread:
        return (1.0,)
    drawn = np.random.Generator(np.random.Philox(seed)).normal(1.0, spread, days)
    return tuple(np.clip(drawn, 0.5, 1.5).tolist())


def blocks(counts: Counts, *, first_day: datetime, since: datetime, length: int) -> tuple[Block, ...]:
    """Return the complete blocks of days of minutes, on the grid with an edge at `since`, as `complete_blocks` does."""
    edge = int((since - since.replace(hour=OPENS, minute=0)) / timedelta(minutes=1)) % length
    whole = (HOURS * 60 - edge) // length
    sums = counts[:, edge : edge + whole * length].reshape(len(counts), whole, length, 5).sum(axis=2)
    begin = first_day + timedelta(hours=OPENS, minutes=edge)
    return tuple(
        Block(
            start=begin + timedelta(days=day, minutes=at * length),
            answered=row[CONNECTS],
            abandoned=row[ABANDONS],
            busy_s=row[BUSY_S],
            staffed_s=row[STAFFED_S],
        )
        for day, rows in enumerate(sums.tolist())
        for at, row in enumerate(rows)
    )


def _minutes(scenario: Scenario, days: int, seed: int) -> Counts:
    """Return [days, minutes, 5] what each minute counted."""
    series = simulate(scenario, seed=seed, days=days).series.astype(np.int64)
    place = {name: c.SERIES.index(name) for name in (c.DIALS, c.CONNECTED, c.ABANDONED, c.BUSY_AREA, c.STAFFED_AREA)}
    counted = np.diff(series[:, : HOURS * 60], axis=1, prepend=0)
    seconds = np.diff(series[:, : HOURS * 60] // TICKS_PER_S, axis=1, prepend=0)
    return np.stack(
        [
            counted[..., place[c.DIALS]],
            counted[..., place[c.CONNECTED]] + counted[..., place[c.ABANDONED]],
            counted[..., place[c.ABANDONED]],
            seconds[..., place[c.BUSY_AREA]],
            seconds[..., place[c.STAFFED_AREA]],
        ],
        axis=-1,
    )


def _told(days: Counts, first_day: datetime) -> list[tuple[datetime, Tally]]:
    return [
        (
            first_day + timedelta(days=day, hours=OPENS, minutes=minute),
            Tally(
                dials=row[DIALS],
                connects=row[CONNECTS],
                abandons=row[ABANDONS],
                talk_s=row[BUSY_S],
                staffed_s=row[STAFFED_S],
            ),
        )
        for day, rows in enumerate(days.tolist())
        for minute, row in enumerate(rows)
    ]
