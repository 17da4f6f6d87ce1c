"""The trade-off of a pacing as SVG for a page: occupancy against abandonment, live, wanted, and the ceiling.

Plain text without a style, a script or a font: the page's own style sheet colours it by its classes. No mark stands by
its colour alone: each has a form and a word, and the whole has a title and a description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

from paceline.campaign.forecast import Between

WIDTH, HEIGHT = 680, 400
"""The picture's own units."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 28, 52
_STEPS = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_TICKS = 7
_MARK = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a pacing lies: its word, and both rates as fractions with their intervals."""

    word: str
    abandonment: Between
    utilisation: Between


@dataclass(frozen=True, slots=True, kw_only=True)
class Tradeoff:
    """What the picture shows; all rates are fractions.

    Attributes:
        campaign: whose picture it is.
        live, wanted: where they lie; None where there is none.
        curve: abandonment and utilisation of the pacings along an aim that rises.
        ceiling: of the law, None where none binds.
        optimum: the highest utilisation that is possible at the ceiling, None where nobody knows.
        others: other pacings to be held beside, each with its word.
        name: of the picture; pictures of one page have different ones.
    """

    campaign: str
    live: Spot | None
    wanted: Spot | None
    curve: tuple[tuple[float, float], ...]
    ceiling: float | None
    optimum: float | None
    others: tuple[Spot, ...] = ()
    name: str = "tradeoff"

    @property
    def spots(self) -> tuple[Spot, ...]:
        """All spots, the live one first."""
        return (*(spot for spot in (self.live, self.wanted) if spot is not None), *self.others)


@dataclass(frozen=True, slots=True)
class _Frame:
    """From fractions to places."""

    right: float
    low: float
    high: float

    def x(self, abandonment: float) -> float:
        share = min(max(abandonment / self.right, 0.0), 1.0)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, utilisation: float) -> float:
        share = min(max((utilisation - self.low) / (self.high - self.low), 0.0), 1.0)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def svg_of_tradeoff(picture: Tradeoff) -> str:
    """Return the picture; every text in it is escaped."""
    frame = _frame(picture)
    labelled = f'role="img" aria-labelledby="{picture.name}-title {picture.name}-told"'
    parts = [
        f'<svg class="tradeoff" viewBox="0 0 {WIDTH} {HEIGHT}" {labelled}>',
        f'<title id="{picture.name}-title">Occupancy against abandonment of {escape(picture.campaign)}</title>',
        f'<desc id="{picture.name}-told">{escape(told(picture))}</desc>',
        *_axes(frame),
        *_limits(picture, frame),
        *_line(picture.curve, frame),
        *(mark for spot in picture.spots for mark in _spot(spot, picture, frame)),
        "</svg>",
    ]
    return "\n".join(parts)


def told(picture: Tradeoff) -> str:
    """Return what the picture shows, for whoever cannot see it.

    >>> one = Between(mean=0.02, low=0.018, high=0.022)
    >>> spot = Spot(word="live", abandonment=one, utilisation=Between(mean=0.8, low=0.79, high=0.81))
    >>> told(Tradeoff(campaign="C", live=spot, wanted=None, curve=(), ceiling=0.03, optimum=None))
    'live: occupancy 80.0 %, abandonment 2.0 % (1.8 to 2.2). The ceiling of the law is 3 %.'
    """
    said = [
        f"{spot.word}: occupancy {_share(spot.utilisation.mean)}, abandonment {_share(spot.abandonment.mean)} "
        f"({spot.abandonment.low * 100:.1f} to {spot.abandonment.high * 100:.1f})."
        for spot in picture.spots
    ]
    said += [] if picture.ceiling is None else [f"The ceiling of the law is {picture.ceiling * 100:g} %."]
    said += [] if picture.optimum is None else [f"At it no dialer keeps agents busier than {_share(picture.optimum)}."]
    return " ".join(said)


def _frame(picture: Tradeoff) -> _Frame:
    spots = picture.spots
    across = [one for one, _ in picture.curve] + [spot.abandonment.high for spot in spots]
    up = [one for _, one in picture.curve] + [
        end for spot in spots for end in (spot.utilisation.low, spot.utilisation.high)
    ]
    up += [] if picture.optimum is None else [picture.optimum]
    right = max([*across, (picture.ceiling or 0.02) * 1.3])
    low, high = min(up, default=0.0), max(up, default=1.0)
    edge = max((high - low) * 0.12, 0.01)
    return _Frame(min(right * 1.05, 1.0), max(low - edge, 0.0), min(high + edge, 1.0))


def _axes(frame: _Frame) -> Iterator[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    for value in _ticks(0.0, frame.right):
        x = frame.x(value)
        yield f'<line class="grid" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}"/>'
        yield _text(x, bottom + 18, _percent(value, frame.right), anchor="middle")
    for value in _ticks(frame.low, frame.high):
        y = frame.y(value)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>'
        yield _text(_LEFT - 8, y + 4, _percent(value, frame.high - frame.low), anchor="end")
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>'
    yield _text((_LEFT + right) / 2, HEIGHT - 12, "abandoned, of the calls that a person answered", "dim", "middle")
    yield _text(12, 16, "occupancy of agents", "dim")


def _limits(picture: Tradeoff, frame: _Frame) -> Iterator[str]:
    if picture.ceiling is not None:
        x = frame.x(picture.ceiling)
        width, height = WIDTH - _RIGHT - x, HEIGHT - _TOP - _BOTTOM
        yield f'<rect class="over" x="{x:.1f}" y="{_TOP}" width="{width:.1f}" height="{height}"/>'
        yield f'<line class="ceiling" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{HEIGHT - _BOTTOM}"/>'
        yield _text(x, _TOP - 8, f"ceiling {picture.ceiling * 100:g} %", "ceiling-word", "middle")
    if picture.optimum is not None:
        y = frame.y(picture.optimum)
        yield f'<line class="optimum" x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"/>'
        yield _text(_LEFT + 6, y - 6, f"best possible at the ceiling {_share(picture.optimum)}", "dim")


def _line(curve: Sequence[tuple[float, float]], frame: _Frame) -> Iterator[str]:
    if len(curve) > 1:
        points = " ".join(f"{frame.x(across):.1f},{frame.y(up):.1f}" for across, up in curve)
        yield f'<polyline class="curve" points="{points}"/>'


def _spot(spot: Spot, picture: Tradeoff, frame: _Frame) -> Iterator[str]:
    x, y = frame.x(spot.abandonment.mean), frame.y(spot.utilisation.mean)
    left, right = frame.x(spot.abandonment.low), frame.x(spot.abandonment.high)
    low, high = frame.y(spot.utilisation.low), frame.y(spot.utilisation.high)
    kind = "live" if spot is picture.live else "wanted" if spot is picture.wanted else "other"
    side = _MARK + 2
    yield f'<g class="spot {kind}">'
    yield f'<path class="bars" d="M{left:.1f} {y:.1f}H{right:.1f}M{x:.1f} {low:.1f}V{high:.1f}"/>'
    if kind == "live":
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_MARK:g}"/>'
    elif kind == "other":
        yield f'<rect x="{x - _MARK:.1f}" y="{y - _MARK:.1f}" width="{2 * _MARK:g}" height="{2 * _MARK:g}"/>'
    else:
        yield f'<path d="M{x:.1f} {y - side:.1f}l{side:g} {side:g}l-{side:g} {side:g}l-{side:g} -{side:g}z"/>'
    below = 20 if kind == "live" else -12
    is_far = x > WIDTH * 0.8
    yield _text(x - 10 if is_far else x + 10, y + below, spot.word, "name", "end" if is_far else "start")
    yield "</g>"


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _ticks(low: float, high: float) -> list[float]:
    span = high - low
    step = next((one for one in _STEPS if span / one <= _TICKS), _STEPS[-1])
    return [place * step for place in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def _percent(value: float, span: float) -> str:
    return f"{value * 100:.{1 if span < 0.04 else 0}f} %"


def _share(value: float) -> str:
    return f"{value * 100:.1f} %"
