"""The pieces of which a picture inside a page is drawn: SVG as text, coloured by the page's style sheet.

No style, no script, no font and no address of anything else is in them, and every word is escaped. A page that shows
them colours the kinds that the modules beside this one name.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

Size = tuple[float, float]
"""Width and height in a picture's own units."""
Box = tuple[float, float, float, float]
"""Left, top, width and height."""


def picture(name: str, title: str, told: str, size: Size, parts: Iterable[str]) -> str:
    """Return a whole picture.

    Args:
        name: differs from those of all other pictures on the page; letters and strokes.
        title: of the whole, for those who do not see it.
        told: what it shows, in words, for the same.
        size: its own units; it is shown as wide as the page lets it.
        parts: what is drawn, in order.
    """
    named = f'role="img" aria-labelledby="{name}-title {name}-told"'
    return "\n".join(
        [
            f'<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]:g} {size[1]:g}" {named}>',
            f'<title id="{name}-title">{escape(title)}</title>',
            f'<desc id="{name}-told">{escape(told)}</desc>',
            *parts,
            "</svg>",
        ]
    )


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Return words that start, have their middle, or end at a place."""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named} text-anchor="{anchor}">{escape(words)}</text>'


def box(place: Box, kind: str, said: str = "", *, corner: float = 0.0) -> str:
    """Return a rectangle that says on its own what it is."""
    x, y, width, height = place
    rounded = f' rx="{corner:g}"' if corner else ""
    where = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"{rounded}'
    return f'<rect class="{kind}" {where}>{_title(said)}</rect>'


def line(start: tuple[float, float], end: tuple[float, float], kind: str) -> str:
    """Return a straight line."""
    return f'<line class="{kind}" x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"/>'


def dot(x: float, y: float, radius: float, kind: str, said: str = "") -> str:
    """Return a round mark that says on its own what it is."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}">{_title(said)}</circle>'


def _title(said: str) -> str:
    return f"<title>{escape(said)}</title>" if said else ""
