"""How well fits go with call records: pictures as SVG, and the same in a terminal.

Seen is what the records say: Kaplan and Meier's curve of a time; the answers of an hour or an attempt over those that
the fit expects of the same dials, times its rate, so that an hour of late attempts is not taken for a bad one.
"""

from __future__ import annotations

from collections.abc import Iterator

from paceline.figures.plot import Line, Mark, Marks, Plot, svg_of_plot
from paceline.records.calls import LineType
from paceline.records.fits.answer_fit import AnswerFit, HourRate
from paceline.records.fits.duration_fit import DurationFit
from paceline.records.fits.fitted import FittedRecords

BARS = "▁▂▃▄▅▆▇█"
"""Letters of a small curve, the lowest first."""
_LETTERS = 48
_NORMAL = 1.96


def pictures_of(fitted: FittedRecords) -> dict[str, str]:
    """Return every picture as an SVG document, by the beginning of its file's name."""
    found = {name.replace(".", "-"): duration_picture(name, fit) for name, fit in fitted.times() if fit.curve}
    found.update({f"answers-{line}": hours_picture(fitted, line) for line in lines_of_types(fitted.answers)})
    found["answers-by-attempt"] = attempts_picture(fitted.answers)
    return found


def lines_of_types(answers: AnswerFit) -> tuple[LineType, ...]:
    """Return the line types that were dialed, in their order."""
    return tuple(dict.fromkeys(one.line for one in answers.hours))


def duration_picture(name: str, fit: DurationFit) -> str:
    """Return how many times of a kind last longer: as they were seen, and by the fit."""
    end = next((point.at_s for point in fit.curve if point.seen <= 0.01), fit.curve[-1].at_s)
    shown = [point for point in fit.curve if point.at_s <= end] or list(fit.curve)
    return svg_of_plot(
        Plot(
            title=f"{name}: how many last longer",
            told=told_of(name, fit),
            x="seconds",
            y="share that lasts longer",
            x_span=(0.0, max(shown[-1].at_s, fit.step_s)),
            y_span=(0.0, 1.0),
            lines=(
                Line(word="seen", kind="seen", places=[(point.at_s, point.seen) for point in shown]),
                Line(
                    word=fit.family.value,
                    kind="fitted",
                    places=[(point.at_s, point.fitted) for point in shown],
                    dashed=True,
                ),
            ),
        )
    )


def told_of(name: str, fit: DurationFit) -> str:
    """Return what was fitted to a time, in a sentence."""
    mean, cv = fit.moments
    if not fit.tried:
        return f"{name}: always {mean:.4g} s or longer, where {fit.censored} were cut off."
    return (
        f"{name}: {fit.family.value}, mean {mean:.4g} s, spread {cv:.2f} of it; {fit.ended} ended, {fit.censored} cut "
        f"off; largest distance {fit.distance:.4f}, by chance up to {fit.chance:.4f}."
    )


def hours_picture(fitted: FittedRecords, line: LineType) -> str:
    """Return what a line type answers by local hour: the fit with its 95 % interval, and what was seen."""
    bounds = {one.name: (one.low, one.high) for one in fitted.parameters()}
    of_it = [one for one in fitted.answers.hours if one.line is line]
    fits = [
        Mark(x=one.hour - 0.12, y=one.rate, low=low, high=high, said=f"{one.hour:02}h: {one.rate:.1%} by the fit")
        for one in of_it
        for low, high in (bounds[f"answers.{line}.{one.hour:02}h"],)
    ]
    seen = [_seen(one) for one in of_it]
    top = max(mark.high for mark in (*fits, *seen))
    hours = [one.hour for one in of_it]
    return svg_of_plot(
        Plot(
            title=f"{line}: first attempts that a person answers, by local hour",
            told=(
                f"{line}: from {min(one.rate for one in of_it):.1%} to {max(one.rate for one in of_it):.1%} over "
                f"{len(of_it)} hours; {sum(one.dials for one in of_it)} dials, "
                f"{sum(one.answered for one in of_it)} answered."
            ),
            x="local hour",
            y="share answered",
            x_span=(min(hours) - 0.5, max(hours) + 0.5),
            whole=True,
            y_span=(0.0, max(top, 0.01)),
            marks=(
                Marks(word="fit", kind="fitted", marks=fits),
                Marks(word="seen, other things being equal", kind="seen", marks=seen, round=False),
            ),
        )
    )


def _seen(one: HourRate) -> Mark:
    """Return an hour as it was seen, at the level of first attempts, with what chance alone makes of it."""
    rate = one.rate * one.answered / one.expected if one.expected > 0 else 0.0
    wide = _NORMAL * rate / max(one.answered, 1) ** 0.5
    said = f"{one.hour:02}h: {one.answered} of {one.dials} dials were answered"
    return Mark(x=one.hour + 0.12, y=rate, low=max(rate - wide, 0.0), high=rate + wide, said=said)


def attempts_picture(answers: AnswerFit) -> str:
    """Return what attempts are answered over first attempts at the same hours: seen, and by the fit."""
    seen, fits = [], []
    for one in answers.attempts:
        wide = _NORMAL * one.level / max(one.answered, 1) ** 0.5
        low, high = max(one.level - wide, 0.0), one.level + wide
        said = f"attempt {one.attempt}: {one.answered} of {one.dials} dials were answered"
        seen.append(Mark(x=one.attempt, y=one.level, low=low, high=high, said=said))
        if one.answered > 0:
            fits.append((float(one.attempt), one.level * one.expected / one.answered))
    last = answers.attempts[-1].attempt
    beyond = ", and later ones" if answers.open_from is not None else ""
    return svg_of_plot(
        Plot(
            title="What later attempts are answered, over first ones at the same hours",
            told=(
                f"Attempts 1 to {last}{beyond}; assumed: {answers.decline.value}; heterogeneity "
                f"{answers.heterogeneity:.3f}, factor of an attempt {answers.ageing:.3f}."
            ),
            x=f"attempt{beyond}",
            y="over first attempts",
            x_span=(0.5, last + 0.5),
            whole=True,
            y_span=(0.0, max(1.05, *(mark.high for mark in seen))),
            lines=(Line(word="fit", kind="fitted", places=fits, dashed=True),),
            marks=(Marks(word="seen", kind="seen", marks=seen),),
        )
    )


def lines_of_fits(fitted: FittedRecords) -> Iterator[str]:
    """Yield the fits for a terminal: a sentence and two small curves for each time, bars for hours and attempts."""
    for name, fit in fitted.times():
        yield told_of(name, fit)
        if fit.curve:
            end = next((at for at, point in enumerate(fit.curve) if point.seen <= 0.01), len(fit.curve) - 1)
            yield f"  seen   {bars([point.seen for point in fit.curve[: end + 1]])}"
            yield f"  fitted {bars([point.fitted for point in fit.curve[: end + 1]])}  0 to {fit.curve[end].at_s:.4g} s"
    for line in lines_of_types(fitted.answers):
        of_it = [one for one in fitted.answers.hours if one.line is line]
        rates, top = [one.rate for one in of_it], max(one.rate for one in of_it)
        span = f"{of_it[0].hour:02}h to {of_it[-1].hour:02}h, {min(rates):.1%} to {top:.1%}"
        yield f"answers, {line}: {bars(rates, top=top)}  {span}"
    levels = [one.level for one in fitted.answers.attempts]
    told = " ".join(f"{level:.2f}" for level in levels)
    yield f"answers by attempt, over first ones: {bars(levels, top=max(1.0, *levels))}  {told}"


def bars(values: list[float], *, top: float = 1.0) -> str:
    """Return a letter for each value, 48 at most, from 0 to `top`.

    >>> bars([0.0, 0.5, 1.0])
    '▁▅█'
    """
    if len(values) > _LETTERS:
        values = [values[round(at * (len(values) - 1) / (_LETTERS - 1))] for at in range(_LETTERS)]
    most = len(BARS) - 1
    return "".join(
        BARS[min(max(round(value / top * most + 1e-9), 0), most)] if top > 0 else BARS[0] for value in values
    )
