"""Two scenarios on the same calls: what differs between them, with an interval that knows that the days were the same.

A record rings and answers alike under every policy (common random numbers), and talks alike too in the exact engine; in
the fast one the first connection of a day talks as long in both, the second, and so on. So much of what chance does to
one day it does to both, and the difference is known better than either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from paceline.primitives.canonical import Json
from paceline.simulation.errors import ScenarioError
from paceline.simulation.result import Measured, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one measure differs by.

    Attributes:
        measured: the new scenario less the old one, over the same days; its interval is of 95 %, by leaving out a day.
        half_width_apart: half of the interval if each had had days of its own; None from a single day.
        width_per_cpu_s: width of the interval after one CPU second for both together; None from a single day.
    """

    measured: Measured
    half_width_apart: float | None
    width_per_cpu_s: float | None

    def document(self) -> dict[str, Json]:
        """Return it as JSON has it."""
        return {
            **self.measured.document(),
            "half_width_apart": self.half_width_apart,
            "width_per_cpu_s": self.width_per_cpu_s,
        }


def difference(new: Result, old: Result, name: str) -> Difference:
    """Return by how much one of `result.MEASURES` is higher under the new scenario than under the old one.

    Args:
        new: days of one scenario.
        old: as many days of the other, from the same seed.
        name: the measure.

    Raises:
        ScenarioError: when the days are not the same.
    """
    from paceline.inference.comparison import paired_ratio_difference
    from paceline.inference.errors import NoVariationError, TooLittleDataError

    if (new.seed, new.days) != (old.seed, old.days):
        raise ScenarioError("days and seed", (old.days, old.seed), f"those of the other: {(new.days, new.seed)}")
    ours, theirs = new.measure(name), old.measure(name)
    half: float | None
    try:
        found = paired_ratio_difference(old.sums(name), new.sums(name))
        half = (found.high - found.low) / 2
    except TooLittleDataError:
        half = None
    except NoVariationError:
        half = 0.0
    apart = None
    if ours.half_width is not None and theirs.half_width is not None:
        apart = math.hypot(ours.half_width, theirs.half_width)
    return Difference(
        measured=Measured(mean=ours.mean - theirs.mean, half_width=half, n=new.days),
        half_width_apart=apart,
        width_per_cpu_s=None if half is None else 2 * half * math.sqrt(new.cpu_s + old.cpu_s),
    )
