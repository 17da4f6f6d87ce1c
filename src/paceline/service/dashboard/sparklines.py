"""Small pictures of a rate over the last hour, as SVG that stands in a row; a gap is where nothing was counted."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 96, 24
"""The picture's own units."""
MOST = 24
"""So many points are drawn at most: what a screen shows of an hour."""
_SHAPE = Markup(
    '<svg class="spark" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{label}">'
    "{limit}{lines}</svg>"
)
_LINE = Markup('<polyline points="{points}"/>')
_LIMIT = Markup('<line class="limit" x1="0" y1="{y}" x2="{width}" y2="{y}"/>')


def sparkline(values: Sequence[float | None], label: str, *, top: float = 1.0, limit: float | None = None) -> Markup:
    """Return a picture of rates, the oldest first; nothing where nothing was counted.

    Args:
        values: fractions; None where nothing was counted.
        label: what it shows, for whoever cannot see it.
        top: the fraction at the upper edge, above 0; what lies above is drawn there.
        limit: where a line is drawn across, as a fraction.
    """
    drawn = thinned(values)
    if all(value is None for value in drawn):
        return Markup()
    step = WIDTH / max(len(drawn) - 1, 1)
    runs: list[list[str]] = [[]]
    for place, value in enumerate(drawn):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place * step:.0f},{_height(value, top):.0f}")
    lines = Markup().join(_LINE.format(points=" ".join(_wide(run))) for run in runs if run)
    across = Markup() if limit is None else _LIMIT.format(y=f"{_height(limit, top):.0f}", width=WIDTH)
    return _SHAPE.format(width=WIDTH, height=HEIGHT, label=label, limit=across, lines=lines)


def thinned(values: Sequence[float | None], most: int = MOST) -> list[float | None]:
    """Return at most so many values: the mean of each run of neighbours, None where none of them was counted.

    >>> thinned([0.0, 1.0, None, None, 0.5], most=3)
    [0.5, None, 0.5]
    """
    run = max(-(-len(values) // most), 1)
    groups = [[one for one in values[at : at + run] if one is not None] for at in range(0, len(values), run)]
    return [sum(group) / len(group) if group else None for group in groups]


def _height(value: float, top: float) -> float:
    return 1 + (HEIGHT - 2) * (1 - min(max(value / top, 0.0), 1.0))


def _wide(run: list[str]) -> list[str]:
    """Return a run that can be seen: a single point becomes a short line."""
    if len(run) > 1:
        return run
    x, _, y = run[0].partition(",")
    return [run[0], f"{int(x) + 2},{y}"]
