"""Where agents are busiest within a limit, for knobs whose utilisation may fall again before the limit is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paceline.optimizer.root import Root

_ROUNDS = ((15, 12), (9, 24), (9, 48))
"""Values and days of the first look over the scale, and of finer ones around the best."""


def busiest(root: Root, limit: float) -> float | None:
    """Return the value of greatest utilisation among those that seem to keep the limit; None where none does.

    A grid over the scale, then twice a finer one around the best, each with twice the days. The days are the same at
    every value, so that utilisations are compared on the same calls.
    """
    low, high = root.knob.ends
    best = None
    for values, days in _ROUNDS:
        step = (high - low) / (values - 1)
        places = [low + step * number for number in range(values)]
        kept = [(utilisation, at) for at in places if (utilisation := _within(root, at, days, limit)) is not None]
        if not kept:
            return best
        _, at = max(kept)
        best = root.knob.from_scale(at)
        low, high = max(at - step, root.knob.ends[0]), min(at + step, root.knob.ends[1])
    return best


def _within(root: Root, at: float, days: int, limit: float) -> float | None:
    """Return utilisation at a place, or None where it abandons more than the limit, as far as the days tell."""
    sample = root.at_value(root.knob.from_scale(at), days)
    rate, spread = sample.pilot()
    return sample.utilisation().mean if rate + spread <= limit else None
