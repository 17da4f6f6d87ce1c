"""Small bars that say how much of something is used, and the forms of states, as SVG that stands in a row."""

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


def bar(share: float | None, label: str, *, is_over: bool = False) -> Markup:
    """Return a bar of a share; nothing where nobody knows it.

    Args:
        share: a fraction, at least 0; 1 is all.
        label: what it says, for whoever cannot see it.
        is_over: whether more is used already than may be by now, however much is to come.
    """
    if share is None:
        return Markup()
    kind = "over" if is_over or share > 1 else "high" if share >= HIGH else "used"
    return _SHAPE.format(width=WIDTH, height=HEIGHT, label=label, kind=kind, used=f"{min(share, 1.0) * WIDTH:.1f}")


_FORMS = {
    "ACTIVE": "M2 1 11 6 2 11Z",
    "PAUSED": "M2 1H5V11H2ZM7 1H10V11H7Z",
    "STOPPED": "M2 2H10V10H2Z",
    "ARCHIVED": "M1 1H11V4H1ZM2 5H10V11H2Z",
}
_FORM = Markup('<svg class="form" viewBox="0 0 12 12" aria-hidden="true"><path d="{path}"/></svg>')


def form_of(state: str) -> Markup:
    """Return a state as a form that is known across a room: it runs, it waits, it stands; the word stands beside it.

    Raises:
        KeyError: there is no such state.
    """
    return _FORM.format(path=_FORMS[state])
