"""Shares of a few parts as columns beside each other, as SVG of the page's colours; a line is where each should end."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 240, 72
"""The picture's own units."""
_GAP, _FLOOR = 2.0, 66.0
_SHAPE = Markup(
    '<svg class="columns" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">'
    '<path class="column" d="{path}"/>'
    '<line class="asked" x1="0" y1="{even}" x2="{width}" y2="{even}"/>'
    '<line class="zero" x1="0" y1="{floor}" x2="{width}" y2="{floor}"/></svg>'
)


def columns(shares: Sequence[float], label: str) -> Markup:
    """Return the picture of shares that should all be alike; nothing without any.

    Args:
        shares: fractions that come to 1 together.
        label: what it says, for whoever cannot see it.
    """
    if not shares or sum(shares) <= 0:
        return Markup()
    even = 1 / len(shares)
    top, wide = max(*shares, 2 * even), WIDTH / len(shares)
    path = "".join(
        f"M{place * wide + _GAP / 2:.1f} {_FLOOR:g}v{-share / top * (_FLOOR - 4):.1f}h{wide - _GAP:.1f}V{_FLOOR:g}z"
        for place, share in enumerate(shares)
    )
    line = f"{_FLOOR - even / top * (_FLOOR - 4):.1f}"
    return _SHAPE.format(width=WIDTH, height=HEIGHT, label=label, path=path, even=line, floor=f"{_FLOOR:g}")


def told(shares: Sequence[float]) -> str:
    """Return shares in words.

    >>> told([0.08, 0.12])
    '8.0 %, 12.0 %'
    """
    return ", ".join(f"{share * 100:.1f} %" for share in shares)
