"""Hold projections against what the emulator's dialer then does; exit 1 when they hold less often than they say.

`python -m benchmarks.forecast [--campaigns N] [--page FILE]`
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import mean, median

from benchmarks.forecast.page import page
from benchmarks.forecast.worlds import DAY_S, MEASURED_DAYS, TRUE_DAYS, World, by_day, history, played, world_of
from paceline.campaign.forecast import Between, Projection
from paceline.campaign.forecaster import ForecastAsked, LegalPeriod
from paceline.campaign.statistics import Tally
from paceline.optimizer.forecast.forecaster import SimulatedForecaster
from tests.unit.optimizer.histories import BEGAN, observed

LEAST_COVERED = 0.90
"""Share of the intervals of 95 % that must hold, in worlds as they are assumed."""
MOST_CPU_S = 1.0
"""Processor time of a projection in the median, with everything loaded."""
_CEILING = (3, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One projection beside what then was.

    Attributes:
        world: the campaign.
        found: the projection.
        abandonment, utilisation: whether the truth lies in the interval, as far as that many days show it.
        abandoned, busy: the truth, fractions.
        chance: of a breach in the days to come, as projected.
        breached: whether those days were above the ceiling.
    """

    world: World
    found: Projection
    abandonment: bool
    utilisation: bool
    abandoned: float
    busy: float
    chance: float
    breached: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Project, play, compare; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast", description=__doc__)
    parser.add_argument("--campaigns", type=int, default=30, help="of each kind")
    parser.add_argument("--page", type=Path, help="write the results to this file, as Markdown")
    chosen = parser.parse_args(argv)
    rows = []
    for strange in (False, True):
        for number in range(chosen.campaigns):
            held = _held(world_of(2 * number + strange, strange=strange))
            if held is not None:
                rows.append(held)
                sys.stdout.write(_line(held))
                sys.stdout.flush()
    machine = f"{os.cpu_count()} shared processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.0f}"
    usual = [one for one in rows if not one.world.strange]
    strangers = [one for one in rows if one.world.strange]
    text = page(machine, _figures(usual), _figures(strangers))
    if chosen.page:
        chosen.page.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    told = _figures(usual)
    kept = min(told["abandonment covered"], told["utilisation covered"]) >= LEAST_COVERED
    return 0 if kept and told["median cpu_s"] <= MOST_CPU_S else 1


def _held(world: World) -> Held | None:
    """Return a projection beside its truth; None where nothing could be projected."""
    before = played(world, world.live, MEASURED_DAYS, part=1)
    at = BEGAN + timedelta(hours=12, seconds=MEASURED_DAYS * DAY_S)
    period = LegalPeriod(
        period="30-day-blocks",
        rules=("us.abandonment",),
        start=at,
        end=at + timedelta(days=TRUE_DAYS),
        most=_CEILING[0],
        per=_CEILING[1],
        answered=0,
        abandoned=0,
    )
    asked = ForecastAsked(
        observed=observed(at, world.live),
        wanted=world.wanted,
        history=history(before, at),
        periods=(period,),
        paced_since=BEGAN,
    )
    found = SimulatedForecaster().forecast(asked)
    if not isinstance(found, Projection):
        sys.stdout.write(f"campaign {world.number}: {found.why}\n")
        return None
    days = by_day(played(world, world.wanted, TRUE_DAYS, part=2))
    total = sum(days, Tally())
    dropped = _ratio([one.abandons for one in days], [one.connects for one in days])
    busy = _ratio([one.talk_s + one.wrap_s for one in days], [one.staffed_s for one in days])
    return Held(
        world=world,
        found=found,
        abandonment=_covers(found.then.abandonment, *dropped),
        utilisation=_covers(found.then.utilisation, *busy),
        abandoned=dropped[0],
        busy=busy[0],
        chance=found.risks[0].then,
        breached=total.abandons * _CEILING[1] > _CEILING[0] * total.connects,
    )


def _ratio(above: Sequence[int], below: Sequence[int]) -> tuple[float, float]:
    """Return a ratio of sums over days and half of its 95 % interval."""
    found, count = sum(above) / sum(below), len(above)
    scatter = sum((a - found * b) ** 2 for a, b in zip(above, below, strict=True))
    return found, 2.2 * math.sqrt(scatter * count / (count - 1)) / sum(below)


def _covers(between: Between, value: float, error: float) -> bool:
    """Return whether a value that is known to an error lies in an interval."""
    side = between.mean - between.low if value < between.mean else between.high - between.mean
    return abs(value - between.mean) <= math.hypot(side, error)


def _figures(rows: Sequence[Held]) -> dict[str, float]:
    believed = [one for one in rows if one.found.fit is not None and one.found.fit.holds]
    return {
        "projections": len(rows),
        "abandonment covered": mean(one.abandonment for one in rows),
        "utilisation covered": mean(one.utilisation for one in rows),
        "abandonment covered where the fit holds": mean([one.abandonment for one in believed] or [0]),
        "utilisation covered where the fit holds": mean([one.utilisation for one in believed] or [0]),
        "fit holds": len(believed) / len(rows),
        "median error of abandonment, points": 100
        * median(abs(one.found.then.abandonment.mean - one.abandoned) for one in rows),
        "median half-width of abandonment, points": 100 * median(one.found.then.abandonment.half_width for one in rows),
        "median error of utilisation, points": 100
        * median(abs(one.found.then.utilisation.mean - one.busy) for one in rows),
        "breaches expected": sum(one.chance for one in rows),
        "breaches seen": sum(one.breached for one in rows),
        "breaches seen where the chance was told below 5 %": sum(one.breached for one in rows if one.chance <= 0.05),
        "keepings seen where the chance was told above 95 %": sum(
            not one.breached for one in rows if one.chance >= 0.95
        ),
        "median cpu_s": median(one.found.cpu_s for one in rows),
    }


def _line(held: Held) -> str:
    then, fit = held.found.then, held.found.fit
    seen = f"{100 * held.abandoned:5.2f} % abandoned, {100 * held.busy:5.2f} % busy"
    told = f"{_told(then.abandonment)}, {_told(then.utilisation)}"
    state = "no fit" if fit is None else f"fit {'holds' if fit.holds else 'fails'} at {fit.scale:.2f}"
    marks = "".join("." if held_ else "X" for held_ in (held.abandonment, held.utilisation))
    chance = f"chance of a breach {held.chance:.2f}, {'seen' if held.breached else 'not seen'}"
    return f"{held.world.number:4} {held.world.agents:3} agents {marks} {seen}; told {told}; {state}; {chance}\n"


def _told(between: Between) -> str:
    return f"{100 * between.mean:.2f} ({100 * between.low:.2f} to {100 * between.high:.2f})"


if __name__ == "__main__":
    sys.exit(main())
