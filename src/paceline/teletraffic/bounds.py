"""What the parameters of the formulas may be: each check names the parameter, the value and the bound."""

from __future__ import annotations

import math

from paceline.teletraffic.errors import ParameterError

MOST_AGENTS = 100_000
"""More agents than that are refused: no campaign has them, and the recursions walk over every one."""
MOST_LINES = 10_000_000
"""More lines than that are refused, as for agents."""
LONGEST_S = 86_400.0
"""Longest time that is taken for one, seconds."""


def count(field: str, found: object, *, lowest: int = 1, highest: int = MOST_AGENTS) -> int:
    """Return a whole number, or say what it must be.

    Raises:
        ParameterError: it is no whole number, or outside its bounds.
    """
    if isinstance(found, bool) or not isinstance(found, int) or not lowest <= found <= highest:
        raise ParameterError(field, found, f"a whole number from {lowest} to {highest}")
    return found


def seconds(field: str, found: float, *, may_be_zero: bool = False) -> float:
    """Return a time in seconds, above 0 (or 0 where that makes sense) and at most a day, or say what it must be.

    Raises:
        ParameterError: it is none, or outside its bounds.
    """
    if not math.isfinite(found) or not 0 <= found <= LONGEST_S or (found == 0 and not may_be_zero):
        least = "from" if may_be_zero else "above"
        raise ParameterError(field, found, f"{least} 0 to {LONGEST_S:g} seconds")
    return float(found)


def quantity(field: str, found: float, *, may_be_zero: bool = True) -> float:
    """Return a finite number that is not negative (above 0 where zero makes no sense), or say what it must be.

    Raises:
        ParameterError: it is none, or outside its bounds.
    """
    if not math.isfinite(found) or found < 0 or (found == 0 and not may_be_zero):
        raise ParameterError(
            field, found, "a finite number of at least 0" if may_be_zero else "a finite number above 0"
        )
    return float(found)


def answer_rate(field: str, found: float) -> float:
    """Return a share of dials that a person answers, above 0 to 1, or say what it must be.

    Raises:
        ParameterError: it is none; the hint is for whoever wrote 30 for 0.3.
    """
    if not math.isfinite(found) or not 0 < found <= 1:
        hint = f"a rate is a fraction: {found / 100:g}, not {found:g}" if 1 < found <= 100 else None
        raise ParameterError(field, found, "a fraction above 0 to 1", hint=hint)
    return float(found)


def limit(field: str, found: float) -> float:
    """Return an upper limit of a share, from 0 to below 1, or say what it must be.

    Raises:
        ParameterError: it is none.
    """
    if not math.isfinite(found) or not 0 <= found < 1:
        raise ParameterError(field, found, "a fraction from 0 to below 1")
    return float(found)
