"""How boldly weights dial, as far as two of them can be compared: what acts, and which way each weight pulls.

The reading is the one of `docs/reference/dialer.md`: how the real platform weighs is not published.
"""

from __future__ import annotations

from decimal import Decimal

from paceline.campaign.blocks import WEIGHT_KEYS, Tuning, Weights

GENTLER_WHEN_HIGHER = frozenset({"answer_rate"})
"""Weights that make a dialer place fewer calls the higher they are: a belief in more answers."""


def acting(weights: Weights | None, tuning: Tuning | None, key: str) -> Decimal:
    """Return a weight as it acts: 0 where there is none, or while the tuning is off."""
    if weights is None or (tuning is not None and not tuning.enabled):
        return Decimal(0)
    return weights.of(key)


def redials(live: Weights | None, was: Tuning | None, wanted: Weights, becomes: Tuning) -> bool:
    """Return whether anything is dialed otherwise afterwards: another weight acts, or another algorithm.

    Args:
        live: the weights before, None where there were none.
        was: what the platform did with them.
        wanted: the weights afterwards.
        becomes: what the platform does with them then.
    """
    if live is not None and live.algorithm != wanted.algorithm:
        return True
    return any(acting(live, was, key) != acting(wanted, becomes, key) for key in WEIGHT_KEYS)


def bolder(live: Weights | None, was: Tuning | None, wanted: Weights, becomes: Tuning) -> tuple[str, ...]:
    """Return the weights by which more calls may be abandoned afterwards; its arguments are those of `redials`.

    What another algorithm does cannot be compared, and counts as bolder.
    """
    found = [key for key in WEIGHT_KEYS if pulls(key, acting(wanted, becomes, key) - acting(live, was, key))]
    is_other = live is not None and live.algorithm != wanted.algorithm
    return (*(["algorithm"] if is_other else []), *found)


def pulls(key: str, difference: Decimal) -> bool:
    """Return whether more calls may be abandoned when a weight that acts moves by this much."""
    return difference < 0 if key in GENTLER_WHEN_HIGHER else difference > 0
