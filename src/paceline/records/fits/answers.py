"""Who answers, fitted to counts by day, hour, line type and attempt; and fitted again to days drawn anew.

Days are what is drawn: calls of one day have the day in common, so that calls drawn one by one would make intervals too
narrow. With fewer than ten days that shows too little, and the model's own covariance, days in it, is drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from paceline.inference.clusters import FEWEST_RESAMPLED
from paceline.records.calls import LineType
from paceline.records.fits.answer_fit import AnswerFit, AttemptRate, HourRate
from paceline.records.fits.attempts import ALIKE, Decline
from paceline.records.fits.cell_table import Table, table_of
from paceline.records.fits.errors import TooFewRecordsError
from paceline.records.fits.propensity import Found, begun, highest, rates_of, rest_of, with_variances
from paceline.records.steps import ATTEMPTS
from paceline.records.summary import Cells

Floats = npt.NDArray[np.float64]

FEWEST_ANSWERS = 50
"""Answers below which nothing is fitted."""
FEWEST_DAYS = 2
_LEAST_OWN = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnAnswers:
    """Parameters as they may be instead.

    Attributes:
        log_rates: [draws, hours] logarithms of the rates, in the order of `AnswerFit.hours`.
        heterogeneity, ageing, day_spread: [draws].
        days: that were drawn from.
    """

    log_rates: Floats
    heterogeneity: Floats
    ageing: Floats
    day_spread: Floats
    days: int


def fit_answers(cells: Cells, *, decline: Decline = Decline.PEOPLE, open_from: int = ATTEMPTS) -> AnswerFit:
    """Return who answers.

    Args:
        cells: counts.
        decline: why later attempts are answered less; counts do not tell, so it is assumed.
        open_from: the attempt that stands for all after it; it gets a factor of its own.

    Raises:
        TooFewRecordsError: fewer than 50 answers, or fewer than two days.
    """
    table, found = fitted_answers(cells, decline=decline, open_from=open_from)
    return told_answers(table, found, decline)


def fitted_answers(cells: Cells, *, decline: Decline, open_from: int) -> tuple[Table, Found]:
    """Return the cells by number, and the highest place of their likelihood, to draw from.

    Raises:
        TooFewRecordsError: fewer than 50 answers, or fewer than two days.
    """
    answered = int(cells.answered.sum())
    if answered < FEWEST_ANSWERS:
        raise TooFewRecordsError("answers", found=answered, needed=FEWEST_ANSWERS)
    table = table_of(cells, open_from)
    if table.days.size < FEWEST_DAYS:
        raise TooFewRecordsError("days with dials", found=table.days.size, needed=FEWEST_DAYS)
    return table, with_variances(table, decline, begun(table))


def told_answers(table: Table, found: Found, decline: Decline) -> AnswerFit:
    """Return the fit in words that outlive its arithmetic."""
    names = list(LineType)
    low, high = _spread_bounds(found)
    return AnswerFit(
        hours=_hours(table, found),
        decline=decline,
        heterogeneity=found.heterogeneity if found.heterogeneity > ALIKE else 0.0,
        ageing=found.ageing,
        beyond=found.beyond,
        open_from=table.attempts if table.is_open.any() else None,
        history=tuple(
            (names[line], tuple(row))
            for line, row in zip(table.lines.tolist(), found.history(table).tolist(), strict=True)
        ),
        day_spread=found.day_beyond**0.5,
        day_spread_low=low,
        day_spread_high=high,
        days=table.days.size,
        attempts=_attempts(table, found),
    )


def drawn_answers(
    table: Table, found: Found, decline: Decline, *, draws: int, chance: np.random.Generator
) -> DrawnAnswers:
    """Return parameters fitted to days drawn anew, a line for each draw; variances stay those of the fit.

    An hour's factor that is drawn towards none moves too little from draw to draw; it is moved on by the root of what
    of it is its own, which gives it the spread of what is not known of it.
    """
    days = table.days.size
    if days < FEWEST_RESAMPLED:
        return _by_model(table, found, decline, draws=draws, chance=chance)
    wider = (days / (days - 1)) ** 0.5
    own = _own(table, found) ** 0.5
    lines = table.units[:, 0]
    log_rates, rest = np.empty((draws, table.units.shape[0])), np.empty((draws, 2))
    for draw in range(draws):
        often = chance.multinomial(days, np.full(days, 1 / days)).astype(float)
        one = highest(table, decline, found, often)
        moved = (one.level - found.level)[lines] + (one.by_hour - found.by_hour) / own
        log_rates[draw] = found.level[lines] + found.by_hour + wider * moved
        rest[draw] = (
            max(found.heterogeneity + wider * (one.heterogeneity - found.heterogeneity), 0.0),
            found.ageing * (one.ageing / found.ageing) ** wider,
        )
    return DrawnAnswers(
        log_rates=log_rates,
        heterogeneity=rest[:, 0],
        ageing=rest[:, 1],
        day_spread=_spreads(found, draws, chance),
        days=days,
    )


def _by_model(table: Table, found: Found, decline: Decline, *, draws: int, chance: np.random.Generator) -> DrawnAnswers:
    size, units, days = table.lines.size, table.units.shape[0], table.days.size
    cover = found.covariance
    moved = chance.multivariate_normal(np.zeros(cover.shape[0]), cover, size=draws, method="svd", check_valid="ignore")
    rest = moved[:, size + units + days :]
    log_rates = (found.level + moved[:, :size])[:, table.units[:, 0]] + found.by_hour + moved[:, size : size + units]
    by_name = dict(zip(rest_of(table, decline), rest.T, strict=True))
    people = found.heterogeneity + by_name.get("heterogeneity", np.zeros(draws))
    wear = found.ageing * np.exp(by_name.get("ageing", np.zeros(draws)))
    return DrawnAnswers(
        log_rates=log_rates,
        heterogeneity=np.clip(people, 0.0, 0.9),
        ageing=wear,
        day_spread=_spreads(found, draws, chance),
        days=days,
    )


def _own(table: Table, found: Found) -> Floats:
    """Return [units] how much of an hour's factor is its own."""
    size = table.lines.size
    known = np.diag(found.covariance)[size : size + table.units.shape[0]]
    return np.clip(1 - known / found.hour_variance[table.units[:, 0]], _LEAST_OWN, 1.0)


def _chance(found: Found) -> float:
    """Return the variance of a day's logarithm that chance alone gives."""
    return float(np.mean(1 / np.maximum(found.information, 1e-12)))


def _spread_bounds(found: Found) -> tuple[float, float]:
    """Return a 95 % interval of the standard deviation of days, as if their factors were normal."""
    freedom, chance = found.by_day.size - 1, _chance(found)
    whole = (found.day_beyond + chance) * freedom
    low, high = (whole / float(special.chdtri(freedom, tail)) - chance for tail in (0.025, 0.975))
    return max(low, 0.0) ** 0.5, max(high, 0.0) ** 0.5


def _spreads(found: Found, draws: int, chance: np.random.Generator) -> Floats:
    freedom, by_chance = found.by_day.size - 1, _chance(found)
    whole = (found.day_beyond + by_chance) * freedom / chance.chisquare(freedom, draws)
    return np.sqrt(np.clip(whole - by_chance, 0.0, 1.0))


def _hours(table: Table, found: Found) -> tuple[HourRate, ...]:
    names, size = list(LineType), table.units.shape[0]
    dials, answered = (np.bincount(table.unit, one, size) for one in (table.dials, table.answered))
    expected = np.bincount(table.unit, table.dials * rates_of(table, found), size)
    own, rates = _own(table, found), found.rates(table)
    return tuple(
        HourRate(
            line=names[int(table.lines[line])],
            hour=int(hour),
            rate=float(rates[unit]),
            own=float(own[unit]),
            dials=int(dials[unit]),
            answered=int(answered[unit]),
            expected=float(expected[unit]),
        )
        for unit, (line, hour) in enumerate(table.units.tolist())
    )


def _attempts(table: Table, found: Found) -> tuple[AttemptRate, ...]:
    size = table.attempts
    first = found.rates(table)[table.unit] * np.exp(found.by_day[table.day])
    base = np.bincount(table.attempt, table.dials * first, size)
    dials, answered = (np.bincount(table.attempt, one, size) for one in (table.dials, table.answered))
    expected = np.bincount(table.attempt, table.dials * rates_of(table, found), size)
    return tuple(
        AttemptRate(
            attempt=at + 1,
            dials=int(dials[at]),
            answered=int(answered[at]),
            expected=float(expected[at]),
            level=float(answered[at] / base[at]) if base[at] > 0 else 0.0,
        )
        for at in range(size)
    )
