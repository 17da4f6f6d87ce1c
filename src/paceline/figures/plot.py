"""A plot as SVG text: two axes, lines, marks and whiskers; legible on light and dark ground and without colours.

No script, no font and no address of anything else is in it; every mark says on its own what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from paceline.figures.pieces import text

WIDTH, HEIGHT = 680, 340
"""A plot's own units."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 76, 44
_LABELLED = 'role="img" aria-labelledby="title description"'
_STYLE = """
  svg { color-scheme: light dark; }
  text { font: 12px system-ui, sans-serif; fill: #1b1f24; }
  .title { font-weight: 600; font-size: 15px; }
  .ground { fill: #ffffff; }
  .grid { stroke: #d9dee3; stroke-width: 0.7; }
  .seen { stroke: #1b1f24; fill: #1b1f24; }
  .fitted { stroke: #0072b2; fill: #0072b2; }
  .other { stroke: #d55e00; fill: #d55e00; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .ground { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .seen { stroke: #e6edf3; fill: #e6edf3; }
    .fitted { stroke: #58a6e8; fill: #58a6e8; }
    .other { stroke: #ff7b52; fill: #ff7b52; }
  }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line: its word, its places, and whether it is dashed."""

    word: str
    kind: str
    places: Sequence[tuple[float, float]]
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark: where, with its interval, and what it says on its own."""

    x: float
    y: float
    low: float
    high: float
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Marks of one kind: a word, a kind (`seen`, `fitted`, `other`), and whether they are round or square."""

    word: str
    kind: str
    marks: Sequence[Mark]
    round: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is drawn.

    Attributes:
        title: of the whole.
        told: the same in words, for those who do not see it.
        x, y: what the axes are.
        x_span, y_span: from where to where they go.
        whole: whether only whole numbers are told along the axis that lies.
        share: whether the upright axis is a share, told in parts of a hundred.
        lines, marks: what is on it.
    """

    title: str
    told: str
    x: str
    y: str
    x_span: tuple[float, float]
    y_span: tuple[float, float]
    whole: bool = False
    share: bool = True
    lines: Sequence[Line] = field(default=())
    marks: Sequence[Marks] = field(default=())


def svg_of_plot(plot: Plot) -> str:
    """Return the plot, a whole SVG document."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {_LABELLED} viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}">',
        f'<title id="title">{escape(plot.title)}</title>',
        f'<desc id="description">{escape(plot.told)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        text(16, 24, plot.title, "title"),
        *_legend(plot),
        *_axes(plot),
        *(_drawn(plot, line) for line in plot.lines),
        *(one for marks in plot.marks for one in _marked(plot, marks)),
    ]
    return "\n".join([*parts, "</svg>", ""])


def steps_of(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers between two, `most` and one at most: where an axis is told.

    >>> steps_of(0.0, 0.3)
    [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
    """
    wide = high - low
    unit = next(
        size * 10.0**power for power in range(-6, 7) for size in (1, 2, 5) if wide / (size * 10.0**power) <= most + 1e-9
    )
    first = -(-low // unit)
    return [round((first + step) * unit, 9) for step in range(int((high - first * unit) / unit + 1e-9) + 1)]


def _place(plot: Plot, x: float, y: float) -> tuple[float, float]:
    (x_low, x_high), (y_low, y_high) = plot.x_span, plot.y_span
    across = (min(max(x, x_low), x_high) - x_low) / (x_high - x_low)
    up = (min(max(y, y_low), y_high) - y_low) / (y_high - y_low)
    return _LEFT + across * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM)


def _axes(plot: Plot) -> Iterator[str]:
    for value in steps_of(*plot.y_span, most=5):
        x, y = _place(plot, plot.x_span[0], value)
        yield f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#d9dee3"/>'
        yield text(x - 8, y + 4, f"{value * 100:g} %" if plot.share else f"{value:g}", anchor="end")
    for value in steps_of(*plot.x_span, most=8):
        if plot.whole and value % 1:
            continue
        x, y = _place(plot, value, plot.y_span[0])
        yield text(x, y + 18, f"{value:g}", anchor="middle")
    yield text((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 8, plot.x, anchor="middle")
    yield text(16, _TOP - 8, plot.y)


def _legend(plot: Plot) -> Iterator[str]:
    x = 220.0
    for word, kind, dashed, is_line in (
        *((line.word, line.kind, line.dashed, True) for line in plot.lines),
        *((marks.word, marks.kind, not marks.round, False) for marks in plot.marks),
    ):
        if is_line:
            yield _stroke([(x, 44), (x + 24, 44)], kind, dashed=dashed)
        else:
            yield _sign((x + 12, 44), kind, is_round=not dashed)
        yield text(x + 30, 48, word)
        x += 44 + 7 * len(word)


def _drawn(plot: Plot, line: Line) -> str:
    return _stroke([_place(plot, x, y) for x, y in line.places], line.kind, dashed=line.dashed)


def _stroke(places: Sequence[tuple[float, float]], kind: str, *, dashed: bool) -> str:
    along = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    broken = ' stroke-dasharray="6 4"' if dashed else ""
    return (
        f'<polyline class="{kind}" points="{along}" fill="none" style="fill:none" stroke="#1b1f24" '
        f'stroke-width="1.8"{broken}/>'
    )


def _marked(plot: Plot, marks: Marks) -> Iterator[str]:
    for mark in marks.marks:
        x, low = _place(plot, mark.x, mark.low)
        _, high = _place(plot, mark.x, mark.high)
        place = _place(plot, mark.x, mark.y)
        yield f'<line class="{marks.kind}" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}" stroke="#1b1f24"/>'
        yield _sign(place, marks.kind, is_round=marks.round, said=mark.said)


def _sign(place: tuple[float, float], kind: str, *, is_round: bool, said: str = "") -> str:
    x, y = place
    title = f"<title>{escape(said)}</title>" if said else ""
    if is_round:
        return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.5">{title}</circle>'
    return f'<rect class="{kind}" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7">{title}</rect>'
