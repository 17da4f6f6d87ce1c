"""How often 95 % intervals of fitted parameters hold what is true, set by set."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from benchmarks.fits.sampler import HOURS, LINES, World, sampled
from paceline.records.fits.attempts import Decline
from paceline.records.fits.fitted import FittedRecords, fit_records

ASSUMED = {Decline.PEOPLE: "answers.ageing", Decline.AGEING: "answers.heterogeneity"}
"""What is taken for granted where the other is fitted."""


@dataclass(kw_only=True)
class Held:
    """How often intervals of one kind of parameter held the truth.

    Attributes:
        hits, asked: intervals.
        widths: of the intervals, over the truth.
        errors: of the estimates, over the truth.
    """

    hits: int = 0
    asked: int = 0
    widths: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Return the share of intervals that held the truth."""
        return self.hits / self.asked


def truths(world: World) -> dict[str, float]:
    """Return every parameter that is fitted, as it is, by its name."""
    found = {
        "talk.mean_s": world.talk[0],
        "talk.cv": world.talk[1],
        "wrap.mean_s": world.wrap[0],
        "wrap.cv": world.wrap[1],
        "ring.machine.mean_s": world.machine_ring[0],
        "ring.machine.cv": world.machine_ring[1],
        "ring.unanswered.mean_s": world.timeout_s,
        "answers.heterogeneity": _heterogeneity(world),
        "answers.ageing": world.ageing,
        "answers.day_spread": world.day_spread,
        "unanswered.machine": world.machine,
        "unanswered.busy": world.busy,
        "unanswered.failed": world.failed,
    }
    names = ("share", "mean_s", "cv", "second_mean_s", "second_cv")
    found.update({f"ring.answered.{name}": value for name, value in zip(names, world.ring, strict=True)})
    for place, line in enumerate(LINES):
        for hour, factor in zip(HOURS.tolist(), world.by_hour[place].tolist(), strict=True):
            found[f"answers.{line}.{hour:02}h"] = world.means[place] * factor
    return found


def _heterogeneity(world: World) -> float:
    return 1 / (1 + world.concentration) if np.isfinite(world.concentration) else 0.0


def kind_of(name: str) -> str:
    """Return the kind of parameter a name is of: hours of a line type are one."""
    return f"{name[:-4]}, by hour" if name.endswith("h") and name[-3:-1].isdigit() else name


def covered(world: World, sets: int, *, first_seed: int = 1, decline: Decline = Decline.PEOPLE) -> dict[str, Held]:
    """Return how often intervals held, by kind of parameter, over so many sampled sets.

    A set of which another family was chosen counts against each parameter of the true one.
    """
    found: dict[str, Held] = defaultdict(Held)
    for seed in range(first_seed, first_seed + sets):
        summary = sampled(world, seed)
        _count(found, fit_records(summary, decline=decline, seed=seed), truths(world))
    return dict(found)


def _count(found: dict[str, Held], fitted: FittedRecords, true: dict[str, float]) -> None:
    told = {one.name: one for one in fitted.parameters()}
    for name, value in true.items():
        if name == ASSUMED.get(fitted.answers.decline):
            continue  # it is not fitted
        held, one = found[kind_of(name)], told.get(name)
        held.asked += 1
        if one is not None:
            held.hits += one.low <= value <= one.high
            held.widths.append((one.high - one.low) / value)
            held.errors.append(one.value / value - 1)
