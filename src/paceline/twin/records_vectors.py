"""What call records of days that were fitted on say of a campaign, before it is asked how boldly its dialer dials.

Who answers is a matter of the local hour, the line type and the attempt. Which of them were dialed in a half-hour is
given, also on the days that are predicted: it is what was on the list then, and not what came of it. So a list that
ages, with ever later attempts, is expected to be answered less.

Numbers and folds: whoever was dialed on both sides of a split did not answer before it, so that leaving these persons
out would leave out those who do not answer, and let the last days before a split look far better than they were. The
embargo is therefore as long as the time from the first to the last attempt at a person, where the data are long enough
for that: then nobody who is dialed on the days predicted is fitted on, and nobody had to be left out. Where they are
not, it is the longest time from one attempt to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from paceline.primitives.zones import segments
from paceline.records.calls import HALF_HOUR_S
from paceline.records.summary import Span
from paceline.twin.effort import Effort
from paceline.twin.folds import TooLittle, folds_of
from paceline.twin.halves import day_spans
from paceline.twin.model import Draw, instant_of
from paceline.twin.vectors import Vectors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.records.fits.answer_fit import AnswerFit
    from paceline.records.fits.fitted import FittedRecords
    from paceline.records.summary import Cells, HalfHours, Summary
    from paceline.twin.folds import Fold
    from paceline.twin.vectors import Fitting

    Floats = npt.NDArray[np.float64]

_DAY_S = 86_400
ALIKE_ANSWERS = 100.0
"""Answers of every attempt that are taken to have been as the fit expects."""


class CallRecords(Protocol):
    """Call records that can be asked for what is fitted from."""

    def summary(self, span: Span | None = None, *, zone: str, without: Span | None = None) -> Summary:
        """Return everything that is fitted from."""
        ...

    def reach_s(self) -> float:
        """Return the longest time from the first to the last attempt at one person, seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Embargo:
    """How long before a prediction nothing is fitted on.

    Attributes:
        seconds: so long.
        assumed: what is taken for granted by it, in words; empty where nobody is on both sides of a split.
    """

    seconds: float
    assumed: str


def embargo_of(half_hours: HalfHours, *, reach_s: float, horizon_s: float, split: float) -> Embargo:
    """Return the embargo: the reach of a person's attempts where there are days enough, else the retry horizon."""
    if not isinstance(folds_of(day_spans(half_hours), split=split, embargo_s=reach_s), TooLittle):
        return Embargo(seconds=reach_s, assumed="")
    told = (
        f"persons whose attempts reach over {reach_s / 3600:.3g} h are on both sides of a split, for the days are too "
        f"few to leave out so many; the embargo is the longest time between two attempts, {horizon_s / 3600:.3g} h"
    )
    return Embargo(seconds=horizon_s, assumed=told)


def records_fitting(records: CallRecords, whole: Summary, *, seed: int, effort: Effort | None = None) -> Fitting:
    """Return what fits on call records.

    Args:
        records: all of them.
        whole: everything that they come to; of the days that are predicted only what was dialed is looked at.
        seed: of the bootstrap.
        effort: how many vectors.
    """
    spent = effort or Effort()

    def fitting(fold: Fold) -> Vectors:
        from paceline.records.fits.fitted import fit_records

        span = Span(since=instant_of(fold.fitted[0].start), until=instant_of(fold.fitted[-1].end))
        draws = spent.draws if fold.is_last else spent.draws_of_fold
        fitted = fit_records(records.summary(span, zone=whole.zone), draws=draws, seed=seed)
        return vectors_of(fitted, whole, days=len(fold.fitted), draws=draws, seed=seed)

    return fitting


def vectors_of(fitted: FittedRecords, whole: Summary, *, days: int, draws: int, seed: int) -> Vectors:
    """Return a fit of call records as vectors of the twin.

    Args:
        fitted: on some days.
        whole: of all days: which cells were dialed when.
        days: how many were fitted on.
        draws: how many vectors.
        seed: of which days are drawn together.
    """
    import numpy as np

    chance = np.random.default_rng([seed, days])
    expected = fitted.answers.expected(whole.cells)
    others = [fitted.drawn(number) for number in range(draws)]
    level = [float(one.answers.expected(whole.cells).sum() / expected.sum()) for one in others]
    best = _draw(fitted, 1.0)
    drawn = chance.integers(0, days, (draws, days))
    return Vectors(
        best=best,
        draws=tuple(_draw(one, factor) for one, factor in zip(others, level, strict=True)),
        drawn_days=tuple(tuple(row) for row in drawn.tolist()),
        rate=rates_of(whole.cells, expected_of(fitted.answers, whole.cells), whole.zone),
        ages=False,
        rings_known=True,
        assumed=(f"later attempts are answered less because {fitted.answers.decline.value}",),
        fitted_records=replace(fitted, draws=()),
    )


def _draw(fitted: FittedRecords, answer: float) -> Draw:
    """Return a fit as a vector."""
    scenario = fitted.scenario(agents=1, hours=(9, 17))
    ring, rest = scenario.answer.ring_answered, scenario.unanswered
    return Draw(
        answer=answer,
        talk=scenario.talk,
        wrap=scenario.wrap,
        ring_answered=ring,
        ring_machine=rest.machine_ring or ring,
        ring_unanswered=scenario.answer.ring_unanswered,
        timeout_s=fitted.rings.timeout_s,
        machine=rest.machine,
        busy=rest.busy,
        failed=rest.failed,
        lines=1.0 / max(fitted.answers.mean, 0.01),
    )


def expected_of(answers: AnswerFit, cells: Cells) -> Floats:
    """Return [cells] answers that are expected, each attempt corrected by what was seen of it.

    The fit has a form for how later attempts are answered less, and where it is not that of the campaign, it errs the
    same way whenever the mix of attempts moves, which would look like drift. So each attempt has the factor that the
    days fitted on show, drawn to 1 as if `ALIKE_ANSWERS` more had been as expected.
    """
    import numpy as np

    seen = answers.attempts
    factors = np.array([(one.answered + ALIKE_ANSWERS) / (one.expected + ALIKE_ANSWERS) for one in seen])
    found: Floats = answers.expected(cells) * factors[np.clip(cells.attempt, 1, factors.size) - 1]
    return found


def rates_of(cells: Cells, expected: Floats, zone: str) -> Callable[[int], float]:
    """Return the answer rate that is expected of what was dialed in the local hour of a half-hour."""
    import numpy as np

    key = cells.day * 24 + cells.hour
    hours, place = np.unique(key, return_inverse=True)
    dials = np.bincount(place, weights=cells.dials)
    rates = dict(zip(hours.tolist(), (np.bincount(place, weights=expected) / dials).tolist(), strict=True))
    mean = float(expected.sum() / cells.dials.sum())
    first, last = (int(hours[0]) // 24 - 1) * _DAY_S, (int(hours[-1]) // 24 + 3) * _DAY_S
    parts = segments(zone, first, last)

    def rate(half_hour: int) -> float:
        at = half_hour * HALF_HOUR_S
        offset = next((one.offset_s for one in parts if one.start_s <= at < one.end_s), 0)
        return float(rates.get((at + offset) // 3600, mean))

    return rate
