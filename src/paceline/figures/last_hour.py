"""The last hour of a campaign, minute by minute, as two pictures that a page stretches to its width.

Occupancy is a line with gaps where nothing was counted; the abandon rate is a column for each minute, with the ceiling
across. Neither has words in it: they would be stretched too. Plain SVG without a style; the page colours it by classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 600, 100
"""The pictures' own units."""
MOST_ABANDONED = 0.12
"""The fraction at the upper edge of the abandon rate; what lies above ends there."""
Values = Sequence[float | None]
"""Fractions, the oldest first, one a minute; None where nothing was counted."""


def svg_of_occupancy(values: Values, label: str) -> str:
    """Return the line of an occupancy, from nothing to all; `label` says what it shows.

    >>> svg_of_occupancy([0.5, 0.75, None, 1.0], "Occupancy").count("<polyline")
    2
    """
    step = WIDTH / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place * step:.0f},{_height(value, 1.0):.0f}")
    lines = "".join(f'<polyline points="{" ".join(run if len(run) > 1 else run * 2)}"/>' for run in runs if run)
    halves = "".join(f'<line class="grid" x1="0" y1="{at}" x2="{WIDTH}" y2="{at}"/>' for at in (25, 50, 75))
    return _framed("occupancy", label, halves + lines)


def svg_of_abandonment(values: Values, label: str, *, ceiling: float) -> str:
    """Return a column of abandoned calls for each minute, with the ceiling, a fraction, across.

    >>> "M75 100V75M375 100V50M525 100V0" in svg_of_abandonment([0.03, None, 0.06, 0.5], "a", ceiling=0.03)
    True
    """
    step = WIDTH / max(len(values), 1)
    columns = "".join(
        f"M{(place + 0.5) * step:.0f} {HEIGHT}V{_height(value, MOST_ABANDONED):.0f}"
        for place, value in enumerate(values)
        if value
    )
    across = _height(ceiling, MOST_ABANDONED)
    drawn = f'<path d="{columns}"/><line class="limit" x1="0" y1="{across:.0f}" x2="{WIDTH}" y2="{across:.0f}"/>'
    return _framed("abandoned", label, drawn)


def _framed(kind: str, label: str, inside: str) -> str:
    return (
        f'<svg class="hour {kind}" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{inside}</svg>'
    )


def _height(value: float, top: float) -> float:
    return HEIGHT * (1 - min(max(value / top, 0.0), 1.0))
