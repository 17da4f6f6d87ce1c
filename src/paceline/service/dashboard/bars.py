"""Small bars that say how much of something is used, as SVG that stands in a row; more than all is drawn as all."""

from __future__ import annotations

from markupsafe import Markup

WIDTH, HEIGHT = 96, 8
"""The picture's own units."""
HIGH = 0.8
"""From this share on a bar is drawn as high."""
_SHAPE = Markup(
    '<svg class="bar" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{label}">'
    '<rect class="whole" width="{width}" height="{height}"/>'
    '<rect class="{kind}" width="{used}" height="{height}"/></svg>'
)


def bar(share: float | None, label: str) -> Markup:
    """Return a bar of a share; nothing where nobody knows it.

    Args:
        share: a fraction, at least 0; 1 is all.
        label: what it says, for whoever cannot see it.
    """
    if share is None:
        return Markup()
    kind = "over" if share > 1 else "high" if share >= HIGH else "used"
    return _SHAPE.format(width=WIDTH, height=HEIGHT, label=label, kind=kind, used=f"{min(share, 1.0) * WIDTH:.1f}")
