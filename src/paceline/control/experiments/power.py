"""What an experiment is likely to find, from how far the campaign's own blocks differ under what is live. Pure.

The expectation is that of a normal mean over pairs: (z of the error of a look + z of the power) times the spread of
differences between blocks of the same time on days that follow each other, over the root of the number of pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from statistics import NormalDist, stdev

from paceline.campaign.blocks import Schedule
from paceline.campaign.statistics import Tally
from paceline.control.experiments.blocks import blocks_of
from paceline.control.experiments.counts import counted
from paceline.control.experiments.plan import MINUTE, ExperimentPlan
from paceline.control.experiments.planning import Block, Terms
from paceline.primitives.canonical import Json

POWER = 0.8
"""How often the smallest gain that is told would be found."""
FEWEST_PAIRS = 3
"""Differences of blocks below which no spread is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What an experiment is likely to find.

    Attributes:
        spread: standard deviation of a difference of utilisation between two blocks of the same time, a fraction.
        seen: from how many such differences.
        smallest: the smallest gain in utilisation found in `POWER` of cases, a fraction, were the least gain 0.
        pairs: of the plan.
    """

    spread: float
    seen: int
    smallest: float
    pairs: int

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "spread": self.spread,
            "differences_seen": self.seen,
            "smallest_gain": self.smallest,
            "power": POWER,
            "pairs": self.pairs,
        }


def power_of(
    plan: ExperimentPlan,
    schedule: Schedule | None,
    terms: Terms,
    minutes: Mapping[datetime, Tally],
) -> Power | None:
    """Return what a plan is likely to find; None where too few whole blocks were measured.

    Args:
        plan: said before.
        schedule: of the campaign, by which earlier days had blocks.
        terms: by which the plan was made.
        minutes: complete minutes of earlier days under what is live, by their beginning.
    """
    found = list(_differences(_earlier(schedule, terms, minutes), plan, minutes))
    if len(found) < FEWEST_PAIRS:
        return None
    spread = stdev(found)
    quantiles = NormalDist().inv_cdf(1.0 - plan.error / 2.0) + NormalDist().inv_cdf(POWER)
    return Power(
        spread=spread,
        seen=len(found),
        smallest=quantiles * spread / math.sqrt(plan.pairs),
        pairs=plan.pairs,
    )


def _earlier(schedule: Schedule | None, terms: Terms, minutes: Mapping[datetime, Tally]) -> tuple[Block, ...]:
    if not minutes:
        return ()
    since = min(minutes)
    return blocks_of(schedule, since, replace(terms, days=1 + (max(minutes) - since).days))


def _differences(blocks: Iterable[Block], plan: ExperimentPlan, minutes: Mapping[datetime, Tally]) -> Iterable[float]:
    """Yield later less earlier utilisation, of whole staffed blocks of the same time that follow each other."""
    by_time: dict[str, list[float]] = {}
    wanted = range(plan.guard // MINUTE, plan.block // MINUTE)
    for block in blocks:
        told = [minutes.get(block.start + at * MINUTE) for at in wanted]
        kept = [(block.start, one) for one in told if one is not None and one.staffed_s]
        if len(kept) == len(wanted) and (utilisation := counted(kept).utilisation) is not None:
            by_time.setdefault(block.time, []).append(utilisation)
    for values in by_time.values():
        yield from (after - before for before, after in pairwise(values))
