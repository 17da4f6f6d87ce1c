"""A twin is fitted, checked on days that no fit has seen, and handed over with what came of that.

Every fold fits on its own days alone: parameters, lines and how days differ. The last fold is that of the held-out
days; its fit is the twin's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from paceline.campaign.evidence import Lack, NoEvidence, TwinStanding
from paceline.primitives.ids import CampaignId
from paceline.twin.boldness import Boldness
from paceline.twin.day_factors import day_spread, log_factors, wander_of
from paceline.twin.effort import Effort
from paceline.twin.folds import FEWEST_FITTED, Fold, TooLittle, folds_of
from paceline.twin.halves import HALVES_OF_DAY, DaySpan, day_spans, digest_of, of_days, staffed_of, sums_of
from paceline.twin.judging import judged
from paceline.twin.matching import Matched, Matching
from paceline.twin.model import MadeOf, Twin, TwinDay, instant_of
from paceline.twin.parameters import fitted_parameters
from paceline.twin.predicting import misfit_of, predicted_days, scored, widened
from paceline.twin.results import ABANDONS, ANSWERS, MEAN_WAIT, UTILISATION, FoldResult

if TYPE_CHECKING:
    from paceline.records.summary import HalfHours
    from paceline.twin.model import DaySpread
    from paceline.twin.vectors import Fitting, Vectors

FEWEST_ANSWERS = 300
"""Answers of the first fit below which nothing is fitted."""
_LOOKED_AGAIN, _DRAWS_AGAIN = 8, 16
"""Days that were fitted on, and draws, that tell how much wider half-hours are than any parameter explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a twin is fitted from.

    Attributes:
        campaign: whose.
        made_of: records, or statistics.
        half_hours: what was measured, whole.
        fitting: fits on some days.
        embargo_s: the longest time from one attempt at a person to the next, seconds.
        zone: of local hours.
        told: what the dialer is told, by the number of agents; None where nobody knows.
        data: SHA-256 of the data; that of the half-hours where None.
        assumed: what was taken for granted, in words.
        effort: how much is drawn and played.
    """

    campaign: CampaignId
    made_of: MadeOf
    half_hours: HalfHours
    fitting: Fitting
    embargo_s: float
    zone: str = "UTC"
    told: Callable[[int], Boldness] | None = None
    data: str | None = None
    assumed: tuple[str, ...] = ()
    effort: Effort = field(default_factory=Effort)

    def bold(self, day: TwinDay, lines: float) -> Boldness:
        """Return how a day is dialed with so many lines for each idle agent."""
        if self.told is None:
            return Boldness(lines=lines, cap=0, calls_per_s=0, warm_up_s=0.0)
        return replace(self.told(day.agents), lines=lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FoldFit:
    """What was fitted on the days of a fold."""

    vectors: Vectors
    matched: Matched
    spread: DaySpread
    misfit: dict[str, float]


def fit_twin(
    material: Material, *, split: float = 0.8, seed: int = 0, tell: Callable[[str], None] = lambda _: None
) -> Twin | NoEvidence:
    """Return the twin with its standing, passed or failed; or why there are too few data for any.

    Args:
        material: what it is fitted from.
        split: share of the days that is fitted on, 0.1 to 0.9.
        seed: of everything that is drawn; the same question has the same answer.
        tell: is told how far it is.

    Raises:
        SimulationError: the simulator cannot play the days.
    """
    days = day_spans(material.half_hours)
    folds = folds_of(days, split=split, embargo_s=material.embargo_s)
    if isinstance(folds, TooLittle):
        advice = f"go on measuring until {folds.needed} days of dialing are there, then: paceline twin fit"
        return NoEvidence(lack=Lack.TOO_LITTLE_DATA, why=folds.why, advice=f"{advice} {material.campaign}")
    answers = float(sums_of(material.half_hours, folds[0].fitted).answered.sum())
    if answers < FEWEST_ANSWERS:
        why = f"{answers:.0f} people answered on the days of the first fit, and {FEWEST_ANSWERS} are needed"
        advice = f"go on measuring, or name more days: paceline twin fit {material.campaign} --days N"
        return NoEvidence(lack=Lack.TOO_LITTLE_DATA, why=why, advice=advice)
    fits: list[_FoldFit] = []
    results: list[FoldResult] = []
    for number, fold in enumerate(folds, start=1):
        tell(f"fold {number} of {len(folds)}: fitting on {len(fold.fitted)} days, predicting {len(fold.predicted)}")
        fits.append(_fitted(material, fold, seed=seed))
        results.append(_predicted(material, fold, fits[-1], seed=seed))
    return _twin(material, days, folds[-1], fits[-1], tuple(results), split=split, seed=seed)


def unchecked_twin(material: Material, *, seed: int = 0) -> Twin | NoEvidence:
    """Return a twin of all days that nobody checked: it has no say, and drift can be watched for by it.

    Its lines are a first guess. It takes `FEWEST_FITTED` days, fewer than a check does.

    Args:
        material: what it is fitted from.
        seed: of what is drawn.
    """
    days = day_spans(material.half_hours)
    answers = float(sums_of(material.half_hours, days).answered.sum()) if days else 0.0
    if len(days) < FEWEST_FITTED or answers < FEWEST_ANSWERS:
        why = f"{len(days)} days of dialing with {answers:.0f} answers were measured, and {FEWEST_ANSWERS} are needed"
        return NoEvidence(lack=Lack.TOO_LITTLE_DATA, why=why, advice="go on measuring")
    fold = Fold(fitted=tuple(days), predicted=(), is_last=False)
    vectors = material.fitting(fold)
    standing = TwinStanding(
        passed=False,
        why="it was not checked",
        coverage=(),
        folds=0,
        fitted_until=instant_of(days[-1].end),
        data_until=instant_of(days[-1].end),
        split=1.0,
    )
    own = twin_days(material.half_hours, days, vectors.rate)
    return Twin(
        campaign=material.campaign,
        made_of=material.made_of,
        data=material.data or digest_of(material.half_hours),
        zone=material.zone,
        parameters=(),
        best=vectors.best,
        draws=vectors.draws,
        spread=_spread(material, days, own, vectors),
        told=None,
        cap=0,
        calls_per_s=0,
        days=own,
        half_hours=material.half_hours,
        results=(),
        standing=standing,
        seed=seed,
        fitted_records=vectors.fitted_records,
        assumed=(*material.assumed, *vectors.assumed),
    )


def _spread(material: Material, spans: Sequence[DaySpan], days: Sequence[TwinDay], vectors: Vectors) -> DaySpread:
    import numpy as np

    sums = sums_of(material.half_hours, spans)
    found = day_spread(
        np.array([day.start / HALVES_OF_DAY for day in days]),
        np.array([day.log_factor for day in days]),
        (1.0 - sums.answered / np.maximum(sums.dials, 1.0)) / np.maximum(sums.answered, 1.0),
        ages=vectors.ages,
    )
    return replace(found, wander=_wander(material, spans, days))


def _wander(material: Material, spans: Sequence[DaySpan], days: Sequence[TwinDay]) -> float:
    import numpy as np

    answered, expected, rates = [], [], []
    for span, day in zip(spans, days, strict=True):
        part = of_days(material.half_hours, (span,))
        rate = np.array([day.rates[at - day.start] for at in part.start.tolist()]) * math.exp(day.log_factor)
        answered.append(part.answered.astype(np.float64))
        expected.append(part.dials * rate)
        rates.append(np.minimum(rate, 1.0))
    return wander_of(*(np.concatenate(one) for one in (answered, expected, rates)), days=len(days))


def _fitted(material: Material, fold: Fold, *, seed: int) -> _FoldFit:
    vectors = material.fitting(fold)
    days = twin_days(material.half_hours, fold.fitted, vectors.rate)
    sums = sums_of(material.half_hours, fold.fitted)
    guess = vectors.best.lines if material.told is None else material.told(days[-1].agents).lines
    matching = Matching(days, sums, material.bold, seed=seed, rings_known=vectors.rings_known, effort=material.effort)
    matched = matching.matched(vectors.best, vectors.draws, vectors.drawn_days, guess=guess)
    spread = _spread(material, fold.fitted, days, vectors)
    again = days[:: max(1, len(days) // _LOOKED_AGAIN)]
    draws = matched.draws[:_DRAWS_AGAIN]
    replications = max(_DRAWS_AGAIN, material.effort.replications // 4)
    played = predicted_days(again, draws, spread, material.bold, seed=seed, replications=replications)
    misfit = misfit_of(again, played, material.half_hours)
    return _FoldFit(vectors=vectors, matched=matched, spread=spread, misfit=misfit)


def _predicted(material: Material, fold: Fold, fit: _FoldFit, *, seed: int) -> FoldResult:
    days = twin_days(material.half_hours, fold.predicted, fit.vectors.rate)
    predicted = predicted_days(
        days,
        fit.matched.draws,
        fit.spread,
        material.bold,
        seed=seed,
        replications=material.effort.replications,
    )
    predicted = widened(predicted, fit.misfit)
    measures = [ANSWERS, ABANDONS, UTILISATION]
    if float(material.half_hours.wait_s.sum()) > 0:
        measures.append(MEAN_WAIT)
    return FoldResult(
        fitted_until=instant_of(fold.fitted[-1].end),
        since=instant_of(fold.predicted[0].start),
        until=instant_of(fold.predicted[-1].end),
        is_last=fold.is_last,
        scored=tuple(scored(one, days, predicted, material.half_hours) for one in measures),
    )


def twin_days(half_hours: HalfHours, spans: Sequence[DaySpan], rate: Callable[[int], float]) -> tuple[TwinDay, ...]:
    """Return days as they were staffed and dialed, with what was to be expected of them.

    Args:
        half_hours: what was measured.
        spans: the days.
        rate: of a half-hour since 1970, the share of its dials that a person is to be expected to answer.
    """
    import numpy as np

    found = []
    for span in spans:
        part = of_days(half_hours, (span,))
        rates = tuple(rate(at) for at in range(span.start, span.end))
        expected = sum(
            dials * rates[at - span.start] for at, dials in zip(part.start.tolist(), part.dials.tolist(), strict=True)
        )
        answers = int(part.answered.sum())
        log = float(log_factors(np.array([float(answers)]), np.array([expected]))[0])
        staffed = staffed_of(half_hours, span)
        found.append(TwinDay(start=span.start, staffed_s=staffed, rates=rates, log_factor=log, answers=answers))
    return tuple(found)


def _twin(
    material: Material,
    days: Sequence[DaySpan],
    fold: Fold,
    fit: _FoldFit,
    results: tuple[FoldResult, ...],
    *,
    split: float,
    seed: int,
) -> Twin:
    found = judged(results)
    failed = [one.why for one in found if one.why]
    standing = TwinStanding(
        passed=not failed,
        why="; ".join(failed),
        coverage=tuple(one.coverage() for one in found),
        folds=len(results) - 1,
        fitted_until=instant_of(fold.predicted[0].start),
        data_until=instant_of(days[-1].end),
        split=split,
    )
    told = None if material.told is None else material.told(max(1, round(_agents(material, fold))))
    return Twin(
        campaign=material.campaign,
        made_of=material.made_of,
        data=material.data or digest_of(material.half_hours),
        zone=material.zone,
        parameters=fitted_parameters(fit.matched, fit.spread, rings_known=fit.vectors.rings_known),
        best=fit.matched.best,
        draws=fit.matched.draws,
        spread=fit.spread,
        told=None if told is None else told.lines,
        cap=0 if told is None else told.cap,
        calls_per_s=0 if told is None else told.calls_per_s,
        days=twin_days(material.half_hours, days, fit.vectors.rate),
        half_hours=material.half_hours,
        results=results,
        standing=standing,
        seed=seed,
        misfit=tuple(sorted(fit.misfit.items())),
        fitted_records=fit.vectors.fitted_records,
        assumed=(*material.assumed, *fit.vectors.assumed),
    )


def _agents(material: Material, fold: Fold) -> float:
    part = of_days(material.half_hours, fold.fitted)
    return float(part.staffed_s.sum()) / (1800.0 * max(part.start.size, 1))
