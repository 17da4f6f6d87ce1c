"""What was predicted against what was measured as SVG for a page: a dot for each change, and the line of equality.

Plain text without a style, a script or a font: the page's own style sheet colours it by its classes. A dot whose
interval held is round, one whose did not is a square: no mark stands by its colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from paceline.campaign.forecast import Between
from paceline.figures.plot import steps_of

SIDE = 360
"""The picture's own units: it is a square."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 14, 26, 46
_MARK = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One change.

    Attributes:
        said: what it says on its own, such as its entry.
        predicted, measured: the difference with its interval of 95 %.
        held: whether prediction and measuring error together let it be so.
    """

    said: str
    predicted: Between
    measured: Between
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What is drawn.

    Attributes:
        name: a short word for the ids of the picture; the pictures of one page have different ones.
        title: what was predicted.
        unit: of both axes.
        factor: by which the numbers are told, such as 100 for points of a share.
        dots: each change, at least one.
    """

    name: str
    title: str
    unit: str
    factor: float
    dots: Sequence[Dot]


def svg_of_agreement(picture: Agreement) -> str:
    """Return the picture; every text in it is escaped."""
    low, high = _span(picture)
    name = escape(picture.name)
    labelled = f'role="img" aria-labelledby="{name}-title {name}-told"'
    corners = (_across(low, low, high), _up(low, low, high), _across(high, low, high), _up(high, low, high))
    left, floor, right, top = (f"{one:.1f}" for one in corners)
    parts = [
        f'<svg class="agreement" viewBox="0 0 {SIDE} {SIDE}" {labelled}>',
        f'<title id="{name}-title">{escape(picture.title)}: predicted and measured</title>',
        f'<desc id="{name}-told">{escape(told(picture))}</desc>',
        *_axes(picture, low, high),
        f'<path class="equal" d="M{left} {floor}L{right} {top}"/>',
        *(part for dot in picture.dots for part in _dot(dot, picture.factor, low, high)),
        "</svg>",
    ]
    return "\n".join(parts)


def told(picture: Agreement) -> str:
    """Return what the picture shows, for whoever cannot see it.

    >>> one = Between(mean=0.01, low=0.0, high=0.02)
    >>> dot = Dot(said="entry 7", predicted=one, measured=one, held=True)
    >>> told(Agreement(name="u", title="Occupancy", unit="points", factor=100, dots=[dot]))
    '1 change, 1 of them within what was predicted. entry 7: predicted +1.00, measured +1.00 points.'
    """
    held = sum(dot.held for dot in picture.dots)
    changes = "1 change" if len(picture.dots) == 1 else f"{len(picture.dots)} changes"
    each = [
        f"{dot.said}: predicted {dot.predicted.mean * picture.factor:+.2f}, "
        f"measured {dot.measured.mean * picture.factor:+.2f} {picture.unit}."
        for dot in picture.dots
    ]
    return " ".join([f"{changes}, {held} of them within what was predicted.", *each])


def _span(picture: Agreement) -> tuple[float, float]:
    """Return from where to where both axes go: the same, so that equality is the diagonal; zero is within."""
    ends = [end for dot in picture.dots for one in (dot.predicted, dot.measured) for end in (one.low, one.high)]
    low, high = min(0.0, *ends) * picture.factor, max(0.0, *ends) * picture.factor
    edge = (high - low) * 0.06 or 1.0
    return low - edge, high + edge


def _across(value: float, low: float, high: float) -> float:
    return _LEFT + (value - low) / (high - low) * (SIDE - _LEFT - _RIGHT)


def _up(value: float, low: float, high: float) -> float:
    return SIDE - _BOTTOM - (value - low) / (high - low) * (SIDE - _TOP - _BOTTOM)


def _axes(picture: Agreement, low: float, high: float) -> Iterator[str]:
    bottom, right = SIDE - _BOTTOM, SIDE - _RIGHT
    for value in steps_of(low, high, most=5):
        x, y, kind = _across(value, low, high), _up(value, low, high), "axis" if value == 0 else "grid"
        yield f'<path class="{kind}" d="M{x:.1f} {_TOP}V{bottom}M{_LEFT} {y:.1f}H{right}"/>'
        yield _text(x, bottom + 18, f"{value:g}", "middle")
        yield _text(_LEFT - 8, y + 4, f"{value:g}", "end")
    yield _text((_LEFT + right) / 2, SIDE - 8, f"predicted, {picture.unit}", "middle")
    yield _text(6, 14, f"measured, {picture.unit}", "start")


def _dot(dot: Dot, factor: float, low: float, high: float) -> Iterator[str]:
    x, y = _across(dot.predicted.mean * factor, low, high), _up(dot.measured.mean * factor, low, high)
    left, right = (_across(end * factor, low, high) for end in (dot.predicted.low, dot.predicted.high))
    floor, top = (_up(end * factor, low, high) for end in (dot.measured.low, dot.measured.high))
    kind = "held" if dot.held else "missed"
    yield f'<path class="bars {kind}" d="M{left:.1f} {y:.1f}H{right:.1f}M{x:.1f} {floor:.1f}V{top:.1f}"/>'
    said = f"<title>{escape(dot.said)}</title>"
    if dot.held:
        yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{_MARK}">{said}</circle>'
    else:
        side = 2 * _MARK
        place = f'x="{x - _MARK:.1f}" y="{y - _MARK:.1f}" width="{side}" height="{side}"'
        yield f'<rect class="{kind}" {place}>{said}</rect>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
