"""What simulated days came to: tallies, and estimates with intervals over days, never over calls."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paceline.primitives.canonical import Json
from paceline.simulation import counters as c
from paceline.simulation.controls import controlled_ratio
from paceline.simulation.distributions import TICKS_PER_S

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.simulation.controls import Floats
    from paceline.simulation.distributions import Ticks

_HOUR = 3600 * TICKS_PER_S
MEASURES = ("utilisation", "abandonment", "connects_per_agent_hour")
"""The measures that are estimated, by the names that JSON has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An estimate.

    Attributes:
        mean: ratio of the sums over all days.
        half_width: half of its 95 % interval, from leaving out one day at a time; None from a single day.
        n: days it comes from.
    """

    mean: float
    half_width: float | None
    n: int

    def document(self) -> dict[str, Json]:
        """Return the estimate as JSON has it."""
        return {"mean": self.mean, "half_width": self.half_width, "n": self.n}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merit:
    """What an estimate costs: how wide its interval would be after one CPU second, the smaller the better.

    A width falls with the root of the days, so it is the width that was reached times the root of the CPU seconds.

    Attributes:
        width_per_cpu_s: of the estimate from the days alone; None from a single day.
        controlled: the estimate with chance of known mean taken out (`controls.py`); None where nothing is known.
        controlled_width_per_cpu_s: of that estimate; None where there is none.
    """

    width_per_cpu_s: float | None
    controlled: Measured | None
    controlled_width_per_cpu_s: float | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON has it."""
        return {
            "width_per_cpu_s": self.width_per_cpu_s,
            "controlled": None if self.controlled is None else self.controlled.document(),
            "controlled_width_per_cpu_s": self.controlled_width_per_cpu_s,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """Simulated days.

    Attributes:
        tallies: [days, places of `counters`] what each day came to, its warm-up taken off.
        series: [days, minutes, places of `counters.SERIES`] counts and areas up to the end of each minute.
        hashes: [days] a number of each day that differs when its events do; 0 from an engine without identities.
        engine: which engine played them.
        seed: from which seed.
        provenance: SHA-256 of the numbers and tables they were computed from.
        wall_s: seconds it took, start and compiling excluded.
        cpu_s: seconds that all threads together computed, start and compiling excluded.
        controls: [days, controls] chance of each day with mean 0, as `controls.controls_of` gives it; None without.
    """

    tallies: Ticks
    series: Ticks
    hashes: tuple[int, ...]
    engine: str
    seed: int
    provenance: str
    wall_s: float
    cpu_s: float
    controls: Floats | None = None

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return int(self.tallies.shape[0])

    @property
    def utilisation(self) -> Measured:
        """Return the share of the time agents are logged in that they talk or wrap up."""
        return measured(*self.sums("utilisation"))

    @property
    def abandonment(self) -> Measured:
        """Return the share of the answers by a person that were abandoned, the misjudged by a detection among them.

        Answers that still greet or wait at the end of a day are in neither. Where none was abandoned, days that are all
        alike show no variation; the interval then goes up to what so many answers, taken one by one, can exclude.
        """
        found = measured(*self.sums("abandonment"))
        answers = float(self.sums("abandonment")[1].sum())
        if found.mean > 0 or found.half_width is None or answers <= 0:
            return found
        return replace(found, half_width=1.0 - (0.05 / 2) ** (1.0 / answers))

    @property
    def connects_per_agent_hour(self) -> Measured:
        """Return people connected per hour that an agent is logged in."""
        return measured(*self.sums("connects_per_agent_hour"))

    def measure(self, name: str) -> Measured:
        """Return one of `MEASURES` by its name."""
        return self.abandonment if name == "abandonment" else measured(*self.sums(name))

    def merit(self, name: str) -> Merit:
        """Return what one of `MEASURES` costs, and its estimate with control variates."""
        found = None if self.controls is None else controlled_ratio(*self.sums(name), self.controls)
        better = None if found is None else Measured(mean=found[0], half_width=found[1], n=self.days)
        return Merit(
            width_per_cpu_s=_width(self.measure(name), self.cpu_s),
            controlled=better,
            controlled_width_per_cpu_s=None if better is None else _width(better, self.cpu_s),
        )

    def sums(self, name: str) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.generic]]:
        """Return [days] what one of `MEASURES` counts, and [days] what it counts that by."""
        abandoned, connected = self.tallies[:, c.ABANDONED], self.tallies[:, c.CONNECTED]
        staffed = self.tallies[:, c.STAFFED_AREA]
        match name:
            case "utilisation":
                return self.tallies[:, c.BUSY_AREA], staffed
            case "abandonment":
                return abandoned, abandoned + connected
            case _:
                return connected, staffed / _HOUR

    @property
    def dials(self) -> int:
        """Return the dials of all days."""
        return int(self.tallies[:, c.DIALS].sum())

    @property
    def events(self) -> int:
        """Return the events of all days."""
        return int(self.tallies[:, c.EVENTS].sum())

    @property
    def dials_per_s(self) -> float:
        """Return dials per second of computing."""
        return self.dials / self.cpu_s if self.cpu_s > 0 else 0.0

    def document(self) -> dict[str, Json]:
        """Return what `paceline simulate -o json` prints."""
        return {
            **{name: self.measure(name).document() for name in MEASURES},
            "dials": self.dials,
            "events": self.events,
            "wall_s": self.wall_s,
            "dials_per_s": self.dials_per_s,
            "engine": self.engine,
            "seed": self.seed,
            "days": self.days,
            "provenance": self.provenance,
            "merit": {name: self.merit(name).document() for name in MEASURES},
        }


def _width(found: Measured, cpu_s: float) -> float | None:
    return None if found.half_width is None else 2 * found.half_width * math.sqrt(cpu_s)


def measured(above: npt.NDArray[np.generic], below: npt.NDArray[np.generic]) -> Measured:
    """Return the ratio of two sums over days with its interval.

    Args:
        above: [days] what is counted.
        below: [days] what it is counted by; a sum of 0 gives a ratio of 0.
    """
    from paceline.inference.errors import NoVariationError, TooLittleDataError
    from paceline.inference.ratio import jackknife_ratio

    days, total = int(above.size), float(below.sum())
    mean = float(above.sum()) / total if total > 0 else 0.0
    try:
        found = jackknife_ratio(above, below)
    except TooLittleDataError:
        return Measured(mean=mean, half_width=None, n=days)
    except NoVariationError:
        return Measured(mean=mean, half_width=0.0, n=days)
    return Measured(mean=mean, half_width=(found.high - found.low) / 2, n=days)


def counted(tally: Ticks, before: Ticks) -> Ticks:
    """Return a tally less what was counted and summed before the end of the warm-up; levels are as at the end."""
    left = tally.copy()
    left[: c.COUNTS] -= before[: c.COUNTS]
    left[c.BUSY_AREA : c.SAFETY] -= before[c.BUSY_AREA : c.SAFETY]
    return left
