"""Does greater go with greater? Spearman's correlation of ranks, ties sharing theirs."""

from __future__ import annotations

from collections.abc import Sequence

from paceline.inference.errors import InputError


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Spearman's correlation of two rows of numbers; None where all of a row are equal.

    Args:
        one: at least two numbers.
        other: as many.

    Raises:
        InputError: when the lengths differ, or there are fewer than two.

    References:
        Spearman 1904, American Journal of Psychology 15(1); Kendall and Gibbons 1990, section 3.8, for ties.

    >>> rank_correlation([1.0, 2.0, 3.0], [10.0, 30.0, 20.0])
    0.5
    """
    if len(one) != len(other) or len(one) < 2:
        raise InputError("other", len(other), f"as many numbers as the first row ({len(one)}), at least 2")
    if len(set(one)) < 2 or len(set(other)) < 2:
        return None
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic)
