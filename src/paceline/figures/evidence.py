"""What data say of a change, as a picture: each metric's difference with its interval, and zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW = 680, 46
"""A picture's own units: its width, and the height of each metric."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 190, 24, 48, 30
_STYLE = """
  svg { color-scheme: light dark; }
  text { font: 12px system-ui, sans-serif; fill: #1b1f24; }
  .title { font-weight: 600; font-size: 15px; }
  .ground { fill: #ffffff; }
  .zero { stroke: #59636e; stroke-width: 1; stroke-dasharray: 4 3; }
  .shown { stroke: #0072b2; fill: #0072b2; stroke-width: 2; }
  .unclear { stroke: #59636e; fill: #ffffff; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .ground { fill: #0d1117; }
    .zero { stroke: #9198a1; }
    .shown { stroke: #58a6e8; fill: #58a6e8; }
    .unclear { stroke: #9198a1; fill: #0d1117; }
  }
"""
_IN_PERCENT = ("utilisation", "abandonment")
"""Metrics that are shares, and told in points of a hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric's difference, new less old.

    Attributes:
        metric: such as `utilisation`.
        mean, low, high: in the metric's own unit.
        significant: whether chance is no explanation.
    """

    metric: str
    mean: float
    low: float
    high: float
    significant: bool

    @property
    def told(self) -> str:
        """The difference in words, with its interval of 95 %."""
        factor, unit = (100.0, " points") if self.metric in _IN_PERCENT else (1.0, "")
        numbers = f"{self.mean * factor:+.2f} ({self.low * factor:+.2f} to {self.high * factor:+.2f}){unit}"
        return numbers if self.significant else f"{numbers}, may be chance"


def differences_in(evidence: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return the differences that a document of evidence holds; what is not of that form is left out."""
    rows = evidence.get("metrics")
    found = []
    for one in rows if isinstance(rows, list) else []:
        told = one.get("difference") if isinstance(one, Mapping) else None
        if isinstance(one, Mapping) and isinstance(told, Mapping):
            numbers = [told.get(name) for name in ("mean", "low", "high")]
            if all(isinstance(number, int | float) for number in numbers):
                mean, low, high = (float(number) for number in numbers if isinstance(number, int | float))
                significant = one.get("significant") is True
                name = str(one.get("metric"))
                found.append(Difference(metric=name, mean=mean, low=low, high=high, significant=significant))
    return tuple(found)


def svg_of_differences(title: str, differences: Sequence[Difference]) -> str:
    """Return each difference with its interval around zero, each on a scale of its own; a whole SVG document."""
    height = _TOP + ROW * len(differences) + _BOTTOM
    told = "; ".join(f"{one.metric}: {one.told}" for one in differences) or "nothing was compared"
    middle = _LEFT + (WIDTH - _LEFT - _RIGHT) / 2
    box = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title description" {box}>',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(told)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" class="title">{escape(title)}</text>',
        f'<line class="zero" x1="{middle:.1f}" y1="{_TOP}" x2="{middle:.1f}" y2="{height - _BOTTOM}"/>',
        f'<text x="{middle:.1f}" y="{height - 10}" text-anchor="middle">no difference</text>',
    ]
    for place, one in enumerate(differences):
        parts += _row(one, _TOP + ROW * place + ROW / 2)
    return "\n".join([*parts, "</svg>", ""])


def _row(one: Difference, y: float) -> list[str]:
    wide = (WIDTH - _LEFT - _RIGHT) / 2
    most = max(abs(one.low), abs(one.high), 1e-12)
    low, mean, high = (_LEFT + wide + wide * 0.92 * value / most for value in (one.low, one.mean, one.high))
    kind = "shown" if one.significant else "unclear"
    return [
        f'<text x="16" y="{y - 4:.1f}">{escape(one.metric.replace("_", " "))}</text>',
        f'<text x="16" y="{y + 12:.1f}">{escape(one.told.partition(" (")[0])}</text>',
        f'<line class="{kind}" x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}"/>',
        f'<circle class="{kind}" cx="{mean:.1f}" cy="{y:.1f}" r="5"><title>{escape(one.told)}</title></circle>',
    ]
