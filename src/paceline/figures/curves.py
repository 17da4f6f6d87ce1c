"""Curves as SVG and PNG: the trade-off of utilisation against abandonment, and a day's idle agents and abandonment.

The same numbers give the same bytes with the same version of matplotlib: no date, no chance in it. Colours are those of
Okabe and Ito, told apart by every kind of eye; line styles and marks tell the same without colour.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Any

from paceline.figures.frontier import Frontier
from paceline.simulation.dayparts import Band, abandonment, idle_agents
from paceline.simulation.result import Measured, Result

if TYPE_CHECKING:  # matplotlib loads only when something is drawn
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, DARK, PALE = "#0072B2", "#D55E00", "#00795a", "#1b1f24", "#d9dee3"
_STYLE: dict[Any, Any] = {  # matplotlib types each key alone
    "svg.hashsalt": "paceline",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.edgecolor": "#57606a",
    "axes.labelcolor": DARK,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "text.color": DARK,
    "xtick.color": DARK,
    "ytick.color": DARK,
    "figure.facecolor": "#ffffff",
    "axes.facecolor": "#ffffff",
}


class Form(StrEnum):
    """The form of a picture, by the end of its file's name."""

    SVG = "svg"
    PNG = "png"


def can_draw() -> str:
    """Return the version of matplotlib that draws.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    import matplotlib as mpl

    return mpl.__version__


def frontier_picture(frontier: Frontier, form: Form) -> bytes:
    """Return the picture of the trade-off: the policy's curve, the optimum, the scenario's own point, the limit."""
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        figure, (axes,) = _figure(1, (8.0, 5.4))
        _draw_frontier(axes, frontier)
        _legend(figure, 2)
        return _written(figure, form, _told_frontier(frontier))


def day_picture(result: Result, *, limit: float, policy: str, form: Form) -> bytes:
    """Return the picture of a day: idle agents and abandonment over its hours, with a band over the days played.

    Args:
        result: the days.
        limit: highest abandonment, a fraction.
        policy: what the campaign dials by, in a word.
        form: SVG or PNG.
    """
    import matplotlib as mpl

    hours = result.series.shape[1] / 60
    idle, dropped = idle_agents(result, minutes=5), abandonment(result, minutes=15 if hours <= 12 else 30)
    with mpl.rc_context(_STYLE):
        figure, (above, below) = _figure(2, (8.0, 6.4))
        _draw_band(above, idle, BLUE, "idle agents")
        above.set_ylabel("idle agents")
        above.set_title(f"A day of {policy}: {result.days} days played, seed {result.seed}", loc="left")
        _draw_band(below, dropped, ORANGE, "abandonment")
        below.axhline(limit, color=DARK, linestyle="--", linewidth=1.2, label=f"limit {limit:.1%}")
        below.set_ylabel("abandoned, % of answers by a person")
        below.set_xlabel("hours since the day began")
        _percent(below, "y")
        for axes in (above, below):
            axes.set_ylim(bottom=0)
            axes.set_xlim(0, hours)
        _legend(figure, 3)
        return _written(figure, form, _told_day(result, idle, dropped, limit))


def _figure(rows: int, size: tuple[float, float]) -> tuple[Figure, Sequence[Axes]]:
    from matplotlib.figure import Figure as Drawn

    figure = Drawn(figsize=size, layout="constrained")
    found: Sequence[Axes] = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0].tolist()
    for axes in found:
        axes.grid(visible=True, color=PALE, linewidth=0.7)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    return figure, found


def _legend(figure: Figure, columns: int) -> None:
    """Say what is what below the axes, where it hides nothing."""
    figure.legend(loc="outside lower center", ncols=columns, frameon=False)


def _draw_frontier(axes: Axes, frontier: Frontier) -> None:
    if frontier.optimum:
        axes.plot(
            [one[0] for one in frontier.optimum],
            [one[1] for one in frontier.optimum],
            color=GREEN,
            linestyle="-.",
            linewidth=1.8,
            label="best possible, exact, long run",
        )
    if frontier.curve.points:
        points = frontier.curve.points
        along = [point.abandonment.mean for point in points], [point.utilisation.mean for point in points]
        axes.plot(*along, color=BLUE, marker="o", markersize=5, linewidth=1.5, label=f"{frontier.policy}, by its knob")
        seen = [at for at, abandoned in enumerate(along[0]) if abandoned <= _right_edge(frontier)]
        for at in sorted({*seen[:1], *seen[len(seen) // 2 :][:1], *seen[-1:]}):
            place = along[0][at], along[1][at]
            told = f"{points[at].value:.4g}"
            axes.annotate(told, place, (7, -13), textcoords="offset points", color=BLUE, size=9, annotation_clip=True)
    own = frontier.utilisation, frontier.abandonment
    axes.errorbar(
        own[1].mean,
        own[0].mean,
        xerr=own[1].half_width or 0.0,
        yerr=own[0].half_width or 0.0,
        color=ORANGE,
        marker="D",
        markersize=8,
        capsize=4,
        linewidth=1.8,
        linestyle="none",
        zorder=5,
        label=f"this scenario, 95 % interval of {frontier.days} days",
    )
    axes.axvline(frontier.limit, color=DARK, linestyle="--", linewidth=1.2, label=f"limit {frontier.limit:.1%}")
    axes.set_xlim(left=min(0.0, -0.02 * frontier.limit), right=_right_edge(frontier))
    axes.set_xlabel("abandoned, % of answers by a person")
    axes.set_ylabel("agents' utilisation, % of the time logged in")
    knob = f"; numbers at the curve: {frontier.knob}" if frontier.knob else ""
    axes.set_title(f"{frontier.agents} agents, {frontier.policy}{knob}", loc="left")
    _percent(axes, "x")
    _percent(axes, "y")


def _right_edge(frontier: Frontier) -> float:
    """Show what matters: three times the limit, and the scenario's own point wherever it is."""
    own = frontier.abandonment.mean + 2 * (frontier.abandonment.half_width or 0.0)
    return max(3 * frontier.limit, 1.15 * own, 0.001)


def _draw_band(axes: Axes, band: Band, colour: str, name: str) -> None:
    axes.fill_between(
        band.hours, band.low, band.high, color=colour, alpha=0.2, linewidth=0, label=f"{name}, eight days of ten"
    )
    axes.plot(band.hours, band.mean, color=colour, linewidth=1.8, label=f"{name}, all days together")


def _percent(axes: Axes, which: str) -> None:
    from matplotlib.ticker import PercentFormatter

    (axes.xaxis if which == "x" else axes.yaxis).set_major_formatter(PercentFormatter(xmax=1))


def _written(figure: Figure, form: Form, told: tuple[str, str]) -> bytes:
    buffer = io.BytesIO()
    title, description = told
    if form is Form.PNG:
        figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None, "Title": title})
        return buffer.getvalue()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    head, begin, rest = buffer.getvalue().decode("utf-8").partition("<svg ")
    attributes, end, body = rest.partition(">")
    words = f'<title id="title">{escape(title)}</title>\n<desc id="description">{escape(description)}</desc>'
    labelled = f'{begin}role="img" aria-labelledby="title description" {attributes}{end}\n {words}'
    return f"{head}{labelled}{body}".encode()


def _told_frontier(frontier: Frontier) -> tuple[str, str]:
    where = "within" if frontier.abandonment.mean <= frontier.limit else "above"
    return (
        f"Utilisation against abandonment, {frontier.agents} agents, {frontier.policy}",
        (
            f"This scenario: utilisation {_share(frontier.utilisation)}, abandonment {_share(frontier.abandonment)}, "
            f"{where} the limit of {frontier.limit:.2%}; {frontier.days} days, seed {frontier.seed}."
        ),
    )


def _told_day(result: Result, idle: Band, dropped: Band, limit: float) -> tuple[str, str]:
    most = max(dropped.mean, default=0.0)
    agents = sum(idle.mean) / len(idle.mean) if idle.mean else 0.0
    return (
        "Idle agents and abandonment over a day",
        (
            f"{result.days} days: {agents:.1f} agents idle on average; the part of the day with the highest "
            f"abandonment has {most:.2%}, the limit is {limit:.2%}."
        ),
    )


def _share(measured: Measured) -> str:
    wide = "" if measured.half_width is None else f" +- {measured.half_width:.2%}"
    return f"{measured.mean:.2%}{wide}"
