"""What a look shows when the model behind its blocks is in doubt: statements that hold under each that may be true.

How days differ makes an interval narrower with each day. What is wrong with a model is wrong on all days, and no day
takes it away: so the interval is that of every model together, each as wide as days make it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paceline.inference.promotion import Block, Judged, Metric, Shown, abandonment_high, fraction


def doubted(judged: Judged, models: Sequence[Sequence[Block]]) -> Judged:
    """Return a look whose statements hold under each of some models, too.

    Args:
        judged: the look, by the model that is thought best.
        models: of each other one the blocks of either setting; none leaves the look as it is.

    Raises:
        InputError: when a number of a block is not as asked.
    """
    shown = tuple(_widened(one, models) for one in judged.metrics)
    gain = shown[0]
    each = 1.0 - (1.0 - judged.level) / judged.looks
    high = max([judged.abandonment_high, *(abandonment_high(blocks, level=each) for blocks in models)])
    half = (gain.high - gain.low) / 2.0
    return replace(
        judged,
        metrics=shown,
        worth_having=gain.significant and gain.low > gain.least_worth,
        abandonment_high=high,
        lawful=high < judged.ceiling,
        half_width=half / gain.old if gain.old > 0.0 else half,
    )


def _widened(one: Shown, models: Sequence[Sequence[Block]]) -> Shown:
    apart = [found for blocks in models if (found := _difference(blocks, one.metric)) is not None]
    low = min([one.low, *(found - (one.difference - one.low) for found in apart)])
    high = max([one.high, *(found + (one.high - one.difference) for found in apart)])
    return replace(one, low=low, high=high, significant=one.significant and (low > 0.0 or high < 0.0))


def _difference(blocks: Sequence[Block], metric: Metric) -> float | None:
    """Return new less old, pooled over blocks; None where either has nothing below its line."""
    sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for block in blocks:
        above, below = fraction(block, metric)
        sums[block.new][0] += above
        sums[block.new][1] += below
    new, old = sums[True], sums[False]
    return new[0] / new[1] - old[0] / old[1] if new[1] > 0.0 and old[1] > 0.0 else None
