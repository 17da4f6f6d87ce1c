"""The likelihood of answers by cell, and its highest place: a binomial regression with a logarithmic link.

What a cell's dials are answered is the product of the line's level, its hour's factor, its day's factor and that of its
attempt. Hours and days are drawn towards none, by how much they differ beyond chance: their variance is estimated from
the data as well. So no mean of an hour is used raw: evenings in which late attempts are dialed are not taken for bad
ones.

References:
    Schall 1991, Biometrika 78(4), for the variances; McCullagh and Nelder 1989, Generalized Linear Models.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from paceline.records.fits.attempts import ALIKE, Decline, sifted
from paceline.records.fits.cell_table import Floats, Places, Table, counted_by

_MOST_ALIKE = 0.9
_MOST_RATE = 0.95
_STEPS = 60
_NEAR = 1e-7
_MOVE = 1e-5
_HOUR_VARIANCE, _DAY_VARIANCE = 0.04, 0.01
"""Where the search for the variances begins; where it ends does not depend on it."""
_LEVEL_HELD, _REST_HELD = 1.0, 4.0
"""As much as one answer says of a line's level, and four of how attempts decline: it keeps what nothing is known of
from running away, and is nothing beside what is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where the likelihood is highest.

    Attributes:
        level: [lines] logarithm of the rate of first attempts at a usual hour.
        by_hour: [units] logarithm of the hour's factor.
        by_day: [days] logarithm of the day's factor.
        heterogeneity, ageing, beyond: as `AnswerFit` has them.
        hour_variance: [lines] of the hours' logarithms; at least what chance would have hidden.
        day_variance: of the days'; the same.
        day_beyond: of the days', as it was found.
        covariance: of [level, by_hour, by_day, rest], as far as the model goes.
        information: [days] on each day's logarithm.
    """

    level: Floats
    by_hour: Floats
    by_day: Floats
    heterogeneity: float
    ageing: float
    beyond: float
    hour_variance: Floats
    day_variance: float
    day_beyond: float
    covariance: Floats
    information: Floats

    def rates(self, table: Table) -> Floats:
        """Return [units] the share of first attempts that are answered on a usual day."""
        return np.asarray(np.exp(self.level[table.units[:, 0]] + self.by_hour))

    def history(self, table: Table) -> Floats:
        """Return [lines, attempts] the mean factor of the hours of attempts; 1 where there were none."""
        rates = self.rates(table)
        place = table.line * table.attempts + table.attempt
        size = table.lines.size * table.attempts
        dials = counted_by(place, table.dials, size).reshape(-1, table.attempts)
        rated = counted_by(place, table.dials * rates[table.unit], size).reshape(-1, table.attempts)
        means = rated.sum(axis=1) / np.maximum(dials.sum(axis=1), 1e-300)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(dials > 0, rated / dials / means[:, None], 1.0)

    def means(self, table: Table) -> Floats:
        """Return [lines] the mean rate of first attempts, at the hours that were dialed."""
        dials = counted_by(table.line, table.dials, table.lines.size)
        rated = counted_by(table.line, table.dials * self.rates(table)[table.unit], table.lines.size)
        return np.asarray(rated / np.maximum(dials, 1e-300))


def begun(table: Table) -> Found:
    """Return where to begin: each line's own rate, and nothing else."""
    size = table.lines.size
    dials = counted_by(table.line, table.dials, size)
    answered = counted_by(table.line, table.answered, size)
    return Found(
        level=np.log((answered + 0.5) / (dials + 1.0)),
        by_hour=np.zeros(table.units.shape[0]),
        by_day=np.zeros(table.days.size),
        heterogeneity=0.0,
        ageing=1.0,
        beyond=1.0,
        hour_variance=np.full(size, _HOUR_VARIANCE),
        day_variance=_DAY_VARIANCE,
        day_beyond=_DAY_VARIANCE,
        covariance=np.empty((0, 0)),
        information=np.zeros(table.days.size),
    )


def highest(table: Table, decline: Decline, begin: Found, often: Floats) -> Found:
    """Return the highest place of the likelihood, variances given.

    Args:
        table: the cells.
        decline: what is assumed of later attempts.
        begin: where to begin; its variances are kept.
        often: [days] how often each day is there.
    """
    found = begin
    for _ in range(_STEPS):
        after, moved = _step(table, decline, found, often)
        found = after
        if moved < _NEAR:
            break
    return found


def with_variances(table: Table, decline: Decline, begin: Found) -> Found:
    """Return the highest place with the variances of hours and days that go with it."""
    often = np.ones(table.days.size)
    found = highest(table, decline, begin, often)
    for _ in range(30):
        after = _variances(table, found)
        change = max(
            float(np.abs(np.log(after.hour_variance / found.hour_variance)).max()),
            abs(np.log(after.day_variance / found.day_variance)),
        )
        found = highest(table, decline, after, often)
        if change < 0.01:
            break
    return found


def _variances(table: Table, found: Found) -> Found:
    size, units, days = table.lines.size, table.units.shape[0], table.days.size
    known = np.diag(found.covariance)
    weights = _weights(table, found)
    by_unit, by_day = counted_by(table.unit, weights, units), counted_by(table.day, weights, days)
    hours = np.empty(size)
    for line in range(size):
        of_it = np.flatnonzero(table.units[:, 0] == line)
        _, hours[line] = _variance(
            found.by_hour[of_it], known[size + of_it], float(found.hour_variance[line]), by_unit[of_it]
        )
    first = size + units
    beyond, variance = _variance(found.by_day, known[first : first + days], found.day_variance, by_day)
    return replace(found, hour_variance=hours, day_variance=variance, day_beyond=beyond, information=by_day)


def _variance(at: Floats, known: Floats, before: float, information: Floats) -> tuple[float, float]:
    """Return the variance of what is drawn towards none, and the same, not below what chance would have hidden."""
    freedom = max(at.size - float(known.sum()) / before, 0.1)
    beyond = float(at @ at) / freedom
    hidden = (2 / max(at.size - 1, 1)) ** 0.5 * at.size / float(information.sum() + 1e-300)
    return min(beyond, 4.0), min(max(beyond, hidden), 4.0)


def _factors(table: Table, found: Found, heterogeneity: float) -> Floats:
    """Return [lines, attempts] factors of who is left."""
    means, history = np.minimum(found.means(table), _MOST_RATE), found.history(table)
    return np.array([sifted(float(mean), heterogeneity, row) for mean, row in zip(means, history, strict=True)])


def rates_of(table: Table, found: Found) -> Floats:
    """Return [rows] the share of each row's dials that is expected to be answered."""
    factors = _factors(table, found, found.heterogeneity)[table.line, table.attempt]
    ageing = found.ageing**table.attempt * np.where(table.is_open, found.beyond, 1.0)
    return np.minimum(found.rates(table)[table.unit] * np.exp(found.by_day[table.day]) * factors * ageing, _MOST_RATE)


def _weights(table: Table, found: Found) -> Floats:
    rates = rates_of(table, found)
    return np.asarray(table.dials * rates / (1 - rates))


def _step(table: Table, decline: Decline, found: Found, often: Floats) -> tuple[Found, float]:
    """Return Fisher's next step, and how far it went."""
    counted = table.times(often)
    rates = rates_of(table, found)
    weights = counted.dials * rates / (1 - rates)
    residual = (counted.answered - counted.dials * rates) / (1 - rates)
    rest, names = _rest(table, decline, found), rest_of(table, decline)
    overall = float(np.log(table.answered.sum() / table.dials.sum()))
    drawn = np.concatenate(
        [
            np.full(table.lines.size, _LEVEL_HELD),
            1 / found.hour_variance[table.units[:, 0]],
            np.maximum(often, 1e-3) / found.day_variance,
            np.full(len(names), _REST_HELD),
        ]
    )
    where = {"heterogeneity": found.heterogeneity, "ageing": np.log(found.ageing), "beyond": np.log(found.beyond)}
    away = np.concatenate([found.level - overall, found.by_hour, found.by_day, [where[name] for name in names]])
    bread = _information(table, weights, rest) + np.diag(drawn)
    score = _score(table, residual, rest) - drawn * away
    held = np.arange(away.size)
    move, cover = _solved(bread, score, held)
    people = away.size - len(names)
    if "heterogeneity" in names and found.heterogeneity <= ALIKE and move[people] < 0:
        move, cover = _solved(bread, score, np.delete(held, people))  # nobody is more alike than alike
    move = move / max(1.0, float(np.abs(move).max()))
    return _moved(table, decline, found, move, cover), float(np.abs(move).max())


def _solved(bread: Floats, score: Floats, held: Places) -> tuple[Floats, Floats]:
    """Return the step and the covariance where only some parameters may move."""
    inverse = np.linalg.inv(bread[np.ix_(held, held)])
    cover = np.zeros_like(bread)
    cover[np.ix_(held, held)] = inverse
    return cover @ score, cover


def rest_of(table: Table, decline: Decline) -> tuple[str, ...]:
    """Return what is fitted beside levels, hours and days, in the order of the covariance's last rows."""
    is_many = table.attempts - int(table.is_open.any()) > 1
    has = (
        ("heterogeneity", is_many and decline is not Decline.AGEING),
        ("ageing", is_many and decline is not Decline.PEOPLE),
        ("beyond", bool(table.is_open.any())),
    )
    return tuple(name for name, is_fitted in has if is_fitted)


def _rest(table: Table, decline: Decline, found: Found) -> Floats:
    """Return [rows, parameters] how the logarithm of the rate moves with each of `rest_of`."""
    columns = []
    for name in rest_of(table, decline):
        if name == "heterogeneity":
            here = max(found.heterogeneity, 2 * _MOVE)
            above, below = (np.log(_factors(table, found, here + way)) for way in (_MOVE, -_MOVE))
            columns.append(((above - below) / (2 * _MOVE))[table.line, table.attempt])
        else:
            columns.append(table.attempt.astype(float) if name == "ageing" else table.is_open.astype(float))
    return np.column_stack(columns) if columns else np.empty((table.unit.size, 0))


def _information(table: Table, weights: Floats, rest: Floats) -> Floats:
    size, units, days = table.lines.size, table.units.shape[0], table.days.size
    first, total = size + units, size + units + days
    found = np.zeros((total + rest.shape[1],) * 2)
    both = counted_by(table.unit * days + table.day, weights, units * days).reshape(units, days)
    to_line = np.equal.outer(np.arange(size), table.units[:, 0]).astype(float)
    by_unit = both.sum(axis=1)
    found[:size, :size] = np.diag(to_line @ by_unit)
    found[:size, size:first] = to_line * by_unit
    found[:size, first:total] = to_line @ both
    found[size:first, size:first] = np.diag(by_unit)
    found[size:first, first:total] = both
    found[first:total, first:total] = np.diag(both.sum(axis=0))
    for at, column in enumerate(rest.T):
        scaled = weights * column
        of_unit = counted_by(table.unit, scaled, units)
        found[:size, total + at] = to_line @ of_unit
        found[size:first, total + at] = of_unit
        found[first:total, total + at] = counted_by(table.day, scaled, days)
        found[total : total + at + 1, total + at] = rest[:, : at + 1].T @ scaled
    return np.triu(found) + np.triu(found, 1).T


def _score(table: Table, residual: Floats, rest: Floats) -> Floats:
    by_unit = counted_by(table.unit, residual, table.units.shape[0])
    by_line = counted_by(table.units[:, 0], by_unit, table.lines.size)
    return np.concatenate([by_line, by_unit, counted_by(table.day, residual, table.days.size), rest.T @ residual])


def _moved(table: Table, decline: Decline, found: Found, move: Floats, cover: Floats) -> Found:
    size, units, days = table.lines.size, table.units.shape[0], table.days.size
    level, by_hour, by_day, rest = np.split(move, [size, size + units, size + units + days])
    moved = dict(zip(rest_of(table, decline), rest.tolist(), strict=True))
    people = found.heterogeneity + moved.get("heterogeneity", 0.0)
    return replace(
        found,
        level=found.level + level,
        by_hour=found.by_hour + by_hour,
        by_day=found.by_day + by_day,
        heterogeneity=min(max(people, 0.0), _MOST_ALIKE),
        ageing=found.ageing * float(np.exp(moved.get("ageing", 0.0))),
        beyond=found.beyond * float(np.exp(moved.get("beyond", 0.0))),
        covariance=cover,
    )
