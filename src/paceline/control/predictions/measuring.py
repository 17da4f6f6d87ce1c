"""What came of a change, from the platform's minutes before and after it, in blocks of the same time of day.

Rules:
* Blocks of half an hour, complete, with agents and dialing in them; the first half hour after the change is left out.
* Each block after is compared with blocks of the same time of day before; days that differ, and blocks of a day that go
  together, are in the error (`inference.paired_blocks`).
* Of a level only what came after counts, day by day: a prediction of what the days to come have needs no days before.
* Before is compared with after: what else changed in the world with the change is taken for its doing, and that is why
  an experiment is the better measure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION
from paceline.campaign.forecast import Between
from paceline.campaign.statistics import Tally
from paceline.control.predictions.prediction import Realised
from paceline.inference.estimate import Sides

BLOCK = timedelta(minutes=30)
SETTLE = timedelta(minutes=30)
"""Left out after a change: what was called before it is still under way."""
FEWEST_BLOCKS, FEWEST_DAYS = 20, 5
"""After a change, and before it, below which nothing is said."""
_BLOCK_S = int(BLOCK.total_seconds())
_DAY_S = 86_400
_BLOCK_MINUTES = _BLOCK_S // 60
_SURE = 0.975

_ALIKE = "the blocks before the change do not show how far blocks differ"
_BURSTS = 2.0
"""Design effect of abandoned calls that is supposed where blocks show none: they come together."""

Minutes = Iterable[tuple[datetime, Tally]]

_Part = Callable[[Tally], float]
_PARTS: dict[str, tuple[_Part, _Part]] = {
    UTILISATION: (lambda one: float(one.talk_s + one.wrap_s), lambda one: float(one.staffed_s)),
    ABANDONMENT: (lambda one: float(one.abandons), lambda one: float(one.connects)),
    CONNECTS: (lambda one: (one.connects - one.abandons) * 3600.0, lambda one: float(one.staffed_s)),
}
"""Each metric as a ratio of what a block or a day counts; each of these has answers and agents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A complete block of half an hour."""

    start: datetime
    tally: Tally

    @property
    def day(self) -> int:
        """Days since 1970, UTC."""
        return int(self.start.timestamp()) // _DAY_S

    @property
    def time_of_day(self) -> int:
        """Seconds since midnight, UTC."""
        return int(self.start.timestamp()) % _DAY_S


def blocks_of(minutes: Minutes, *, since: datetime, until: datetime) -> tuple[Block, ...]:
    """Return the complete blocks between two instants, in which somebody answered and agents were there."""
    gathered: dict[int, list[Tally]] = {}
    for start, tally in minutes:
        if since <= start and start + timedelta(minutes=1) <= until and tally.staffed_s > 0:
            gathered.setdefault(int(start.timestamp()) // _BLOCK_S, []).append(tally)
    found = []
    for place in sorted(gathered):
        rows = gathered[place]
        total = sum(rows, Tally())
        if len(rows) == _BLOCK_MINUTES and total.connects > 0:
            found.append(Block(start=datetime.fromtimestamp(place * _BLOCK_S, tz=since.tzinfo), tally=total))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is missing yet, in words."""

    why: str


def realised(before: tuple[Block, ...], after: tuple[Block, ...], metric: str) -> Realised | Missing:
    """Return what came of one metric, after less before, or what is missing.

    Args:
        before: blocks under what was live before.
        after: blocks since the change.
        metric: such as `utilisation`.
    """
    from paceline.inference.paired_blocks import old_blocks, running_gain
    from paceline.inference.quantiles import t_quantile

    days_before = len({one.day for one in before})
    if days_before < FEWEST_DAYS:
        return Missing(why=f"{days_before} days before the change were measured, and {FEWEST_DAYS} are needed")
    above, below = _PARTS[metric]

    def read(one: Tally) -> float:
        return above(one) / below(one)

    old = old_blocks(
        [one.day for one in before], [one.time_of_day for one in before], [read(one.tally) for one in before]
    )
    if old is None:
        return _pooled(before, after) if metric == ABANDONMENT else Missing(why=_ALIKE)
    paired = [one for one in after if one.time_of_day in old.means]
    days = len({one.day for one in paired})
    if len(paired) < FEWEST_BLOCKS or days < FEWEST_DAYS:
        return _too_few(len(paired), days)
    found = running_gain(old, [one.time_of_day for one in paired], [read(one.tally) for one in paired])
    mean, error = float(found.gains[-1]), float(found.errors[-1])
    wide = t_quantile(_SURE, min(days, days_before) - 1) * error
    return Realised(value=Between(mean=mean, low=mean - wide, high=mean + wide), blocks=len(paired), days=days)


def _pooled(before: tuple[Block, ...], after: tuple[Block, ...]) -> Realised | Missing:
    """Return what came of the abandonment where no block before differed, as where nothing was abandoned at all."""
    days = len({one.day for one in after})
    if len(after) < FEWEST_BLOCKS or days < FEWEST_DAYS:
        return _too_few(len(after), days)
    old, new = _rate(before), _rate(after)
    mean = new.mean - old.mean
    low = mean - math.hypot(new.mean - new.low, old.high - old.mean)
    high = mean + math.hypot(new.high - new.mean, old.mean - old.low)
    return Realised(value=Between(mean=mean, low=low, high=high), blocks=len(after), days=days)


TOLD_FROM_DAYS = 2
"""Days after a change from which a level is told as it is so far; on fewer nobody sees how days differ."""


def level(after: tuple[Block, ...], metric: str) -> Realised | None:
    """Return the level of one metric over the days since a change, as far as it can be told; None where it cannot.

    The days are the independent things: a ratio of sums with the error that leaving out one day at a time shows.

    Args:
        after: blocks since the change.
        metric: such as `utilisation`.
    """
    from paceline.inference.errors import NoVariationError
    from paceline.inference.ratio import jackknife_ratio

    days = sorted({one.day for one in after})
    if len(days) < TOLD_FROM_DAYS:
        return None
    above, below = _PARTS[metric]
    sums = [sum((one.tally for one in after if one.day == day), Tally()) for day in days]
    try:
        found = jackknife_ratio([above(one) for one in sums], [below(one) for one in sums])
        value = Between(mean=found.estimate, low=found.low, high=found.high)
    except NoVariationError:
        if metric != ABANDONMENT:
            return None
        value = _rate(after)
    return Realised(value=value, blocks=len(after), days=len(days), is_level=True)


def lacking(after: tuple[Block, ...]) -> str | None:
    """Return in words what is missing before a level is measured; None where nothing is."""
    days = len({one.day for one in after})
    return _too_few(len(after), days).why if len(after) < FEWEST_BLOCKS or days < FEWEST_DAYS else None


def _rate(blocks: tuple[Block, ...]) -> Between:
    """Return the abandonment of blocks taken together, where they do not show how they differ."""
    from paceline.inference.rate_bounds import beta_bounds

    answered = sum(one.tally.connects for one in blocks) / _BURSTS
    abandoned = min(sum(one.tally.abandons for one in blocks) / _BURSTS, answered)
    low, high = beta_bounds(abandoned, answered, level=0.95, sides=Sides.BOTH)
    return Between(mean=abandoned / answered, low=low, high=high)


def _too_few(blocks: int, days: int) -> Missing:
    told = f"{blocks} blocks on {days} days since the change can be compared"
    return Missing(why=f"{told}, and {FEWEST_BLOCKS} on {FEWEST_DAYS} are needed")
