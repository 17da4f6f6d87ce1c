"""Twins that what was measured does not tell from the one that was fitted: how little is known of a dialer.

A vector of parameters holds on all days at once, so that more days do not make its error smaller, as they do of what
days differ by. Each of these twins has one vector for all days; what is said of a change has to hold of each.

How many lines the dialer really has for those it is told is known least. Lines are whole numbers: what was measured
below a step says nothing of the step. So there is also one that has as many as it may, and one that has as few.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paceline.twin.model import Twin

DRAWN = 5
"""Draws of the bootstrap that are looked at, spread evenly from the one with the fewest lines to that with the most."""


def plausible(twin: Twin) -> tuple[Twin, ...]:
    """Return what else the twin may be, each with one vector for all days; last the gentlest and the boldest."""
    draws = sorted(twin.draws, key=lambda draw: draw.lines)
    places = range(min(DRAWN, len(draws)))
    some = [draws[(2 * at + 1) * len(draws) // (2 * len(places))] for at in places]
    told = [] if twin.told is None else [replace(twin.best, lines=twin.told)]
    known = [replace(twin, draws=(draw,)) for draw in (*some, *told)]
    return (*known, _with_lines(twin, fewest(twin)), _with_lines(twin, most(twin)))


def most(twin: Twin) -> float:
    """Return the most lines for each idle agent that the dialer may have had in the days that were fitted on.

    That is as many as it is told or as the boldest draw has, whichever is more, and beyond that by half of what the
    draws are apart: so little is known of it.
    """
    return max(*(draw.lines for draw in twin.draws), twin.told or 0.0) * (1.0 + _beyond(twin))


def fewest(twin: Twin) -> float:
    """Return the fewest, likewise."""
    lines = [draw.lines for draw in twin.draws]
    return min(*lines, twin.told if twin.told is not None else lines[0]) / (1.0 + _beyond(twin))


def boldest_of(twin: Twin) -> Twin:
    """Return the twin of a dialer that is as bold as it may be: `most` lines under each draw."""
    lines = most(twin)
    return replace(twin, draws=tuple(replace(draw, lines=lines) for draw in twin.draws))


def _with_lines(twin: Twin, lines: float) -> Twin:
    return replace(twin, draws=(replace(twin.best, lines=lines),))


def _beyond(twin: Twin) -> float:
    lines = [draw.lines for draw in twin.draws]
    return (max(lines) - min(lines)) / 2.0 / (sum(lines) / len(lines))
