"""Unanswered calls that were given up before the law lets them be.

Rules:
* A record tells seconds from the dial, and no rings. Where the law is content with a number of rings instead, a call
  that was given up earlier only may have broken it.
* A call whose ring time is not told is judged by nobody, and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from paceline.compliance.rule import RingTime
from paceline.records.calls import Ending
from paceline.records.judging.findings import Bound, Broken, examples, shown

if TYPE_CHECKING:
    from paceline.records.judging.placing import Placed
    from paceline.records.judging.rows import Marks


def rang_too_briefly(placed: Placed, rules: Sequence[Bound], chosen: Marks) -> tuple[Broken, ...]:
    """Return which of the chosen calls were given up too early by which rule."""
    rows = placed.rows
    unanswered = rows.ended(Ending.NO_ANSWER) & chosen
    found = []
    for one in rules:
        terms = one.rule.terms
        if not isinstance(terms, RingTime):
            continue
        # A comparison with what is not told is False.
        places = np.flatnonzero(unanswered & one.perhaps & (rows.ring_s < terms.least_s))
        certain = one.surely[places] & (terms.least_rings is None)
        first = shown(places, certain)
        rings = "" if terms.least_rings is None else f", unless it rang {terms.least_rings} times"
        whys = [
            f"given up after {seconds:g} s; the law wants {terms.least_s} s{rings}"
            for seconds in rows.ring_s[places[first]].tolist()
        ]
        told = examples(placed, places[first], certain[first], whys)
        found.append(Broken(rule=one.rule, places=places, certain=certain, examples=told))
    return tuple(one for one in found if one.places.size)


def rings_untold(placed: Placed, rules: Sequence[Bound], chosen: Marks) -> int:
    """Return how many of the chosen calls some rule wants to have rung, and nobody told how long they did."""
    bound = np.zeros(len(placed.rows), dtype=np.bool_)
    for one in rules:
        if isinstance(one.rule.terms, RingTime):
            bound |= one.perhaps
    return int((placed.rows.ended(Ending.NO_ANSWER) & chosen & bound & np.isnan(placed.rows.ring_s)).sum())
