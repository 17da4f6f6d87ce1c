"""Intervals as small pictures that stand in a row: a bar from end to end, a mark at the estimate, lines beside.

All is SVG of the page's own colours, by its classes; no mark stands by its colour alone, and the whole says what it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 240, 24
"""The picture's own units."""
_EDGE, _MARK = 6.0, 4.0
_SHAPE = Markup(
    '<svg class="whisker" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{grounds}{lines}'
    '<path class="{kind}" d="M{low} {middle}H{high}M{low} {top}v8M{high} {top}v8"/>'
    '<circle class="{kind}" cx="{mean}" cy="{middle}" r="{mark}"/></svg>'
)
_LINE = Markup('<line class="{kind}" x1="{x}" y1="1" x2="{x}" y2="{y}"/>')
_GROUND = Markup('<rect class="band" x="{x}" y="3" width="{width}" height="{height}"/>')
Ends = tuple[float, float]
"""Where something begins and ends."""


def whisker(
    told: tuple[float, float, float],
    label: str,
    *,
    span: Ends,
    zero: float = 0.0,
    asked: float | None = None,
    band: Ends | None = None,
    kind: str = "plain",
) -> Markup:
    """Return the picture of an interval; an end that lies outside is drawn at the edge.

    Args:
        told: low end, estimate, high end.
        label: what it says, for whoever cannot see it.
        span: what the picture shows, from left to right; the second is above the first.
        zero: where the line stands that it is compared with.
        asked: where a second line is drawn, dashed; None for none.
        band: what is drawn as ground, such as a target; None for none.
        kind: the class of the interval: `plain`, `good` or `bad`.
    """
    low, mean, high = (_place(one, span) for one in told)
    lines = [_LINE.format(kind="zero", x=_text(_place(zero, span)), y=HEIGHT - 1)]
    if asked is not None:
        lines.append(_LINE.format(kind="asked", x=_text(_place(asked, span)), y=HEIGHT - 1))
    grounds = Markup()
    if band is not None:
        left, right = (_place(one, span) for one in band)
        grounds = _GROUND.format(x=_text(left), width=_text(right - left), height=HEIGHT - 6)
    return _SHAPE.format(
        width=WIDTH, height=HEIGHT, label=label, grounds=grounds, lines=Markup().join(lines), kind=kind,
        low=_text(low), high=_text(high), mean=_text(mean), middle=HEIGHT // 2, top=HEIGHT // 2 - 4, mark=_MARK,
    )  # fmt: skip


def around_zero(told: Sequence[float]) -> Ends:
    """Return a span that has zero in its middle, and all of these numbers within.

    >>> around_zero([-0.25, 0.5])
    (-0.55, 0.55)
    """
    most = max((abs(one) for one in told), default=0.0) * 1.1 or 1.0
    return (-most, most)


def _place(value: float, span: Ends) -> float:
    low, high = span
    return _EDGE + min(max((value - low) / (high - low), 0.0), 1.0) * (WIDTH - 2 * _EDGE)


def _text(place: float) -> str:
    return f"{place:.1f}"
