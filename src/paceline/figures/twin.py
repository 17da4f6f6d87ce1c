"""How a twin stands to half-hours that no fit had seen: PIT histograms and held-out days, as SVG and for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paceline.figures.plot import Line, Mark, Marks, Plot, svg_of_plot
from paceline.twin.judging import NAMES, Judged, pick
from paceline.twin.results import UTILISATION, FoldResult, Scored

BARS = "▁▂▃▄▅▆▇█"
"""Letters of a small histogram, the lowest first."""


def pictures_of(judged: Sequence[Judged], result: FoldResult) -> dict[str, str]:
    """Return every picture as an SVG document, by the beginning of its file's name."""
    found = {f"pit-{one.measure.replace('_', '-')}": pit_picture(one) for one in judged}
    for one in judged:
        found[f"held-out-{one.measure.replace('_', '-')}"] = held_out_picture(pick(result, one.measure))
    return found


def pit_picture(judged: Judged) -> str:
    """Return the PIT histogram of a measure: even where predictions are right, a hill where they are too wide."""
    bins = len(judged.pit)
    edges = [(at / bins, share * bins) for at, share in enumerate(judged.pit)]
    steps = [place for (x, y) in edges for place in ((x, y), (x + 1 / bins, y))]
    name = NAMES.get(judged.measure, judged.measure)
    return svg_of_plot(
        Plot(
            title=f"{name}: where the measured value lies in what was predicted",
            told=pit_told(judged),
            x="share of the predictions below the measured value",
            y="density",
            x_span=(0.0, 1.0),
            y_span=(0.0, max(2.0, *(y for _, y in edges)) if edges else 2.0),
            lines=(
                Line(word="half-hours", kind="fitted", places=steps),
                Line(word="as it should be", kind="seen", places=[(0.0, 1.0), (1.0, 1.0)], dashed=True),
            ),
        )
    )


def pit_told(judged: Judged) -> str:
    """Return how a measure was predicted, in a sentence."""
    held = judged.held
    skill = "" if judged.skill is None else f"; skill over the same half-hour a week before {judged.skill:.2f}"
    return (
        f"{NAMES.get(judged.measure, judged.measure)}: 90 % intervals held {held.covered:.1%} (95 %: {held.low:.1%} to "
        f"{held.high:.1%}) of {held.half_hours} half-hours of {held.days} days{skill}."
    )


def held_out_picture(scored: Scored) -> str:
    """Return a measure half-hour by half-hour: 90 % intervals, and what was measured."""
    name = NAMES.get(scored.measure, scored.measure)
    many = len(scored.start)
    rows = list(zip(scored.mean, scored.low, scored.high, scored.measured, strict=True))
    predicted = [
        Mark(x=float(at), y=mean, low=low, high=high, said=f"{mean:.3g} predicted, {low:.3g} to {high:.3g}")
        for at, (mean, low, high, _) in enumerate(rows)
    ]
    measured = [
        Mark(x=float(at), y=value, low=value, high=value, said=f"{value:.3g} measured")
        for at, (*_, value) in enumerate(rows)
    ]
    values = [*scored.low, *scored.high, *scored.measured]
    lowest = min(values) if scored.measure == UTILISATION else 0.0
    return svg_of_plot(
        Plot(
            title=f"{name} of held-out half-hours",
            told=f"{name} of {many} half-hours that no fit had seen: predicted with 90 % intervals, and measured.",
            x="held-out half-hours, the oldest first",
            y=name,
            x_span=(-1.0, float(max(many, 1))),
            y_span=(lowest, max(values) if max(values) > lowest else lowest + 1.0),
            marks=(
                Marks(word="predicted, 90 %", kind="fitted", marks=predicted),
                Marks(word="measured", kind="seen", marks=measured, round=False),
            ),
        )
    )


def lines_of(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the PIT histograms for a terminal: a letter for each tenth, even where predictions are right."""
    width = max((len(NAMES.get(one.measure, one.measure)) for one in judged), default=0)
    for one in judged:
        bars = "".join(BARS[min(int(share * len(one.pit) / 2 * len(BARS)), len(BARS) - 1)] for share in one.pit)
        yield f"{NAMES.get(one.measure, one.measure):<{width}}  {bars}"
