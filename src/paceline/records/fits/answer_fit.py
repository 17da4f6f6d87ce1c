"""Who answers, as it was fitted: by local hour, line type and attempt, and how days and people differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from paceline.primitives.canonical import Json
from paceline.records.calls import LineType
from paceline.records.fits.attempts import Decline, sifted
from paceline.records.summary import Cells

Floats = npt.NDArray[np.float64]

_MOST = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRate:
    """What a line type answers in a local hour.

    Attributes:
        line: the line type.
        hour: local, 0 to 23.
        rate: share of first attempts that a person answers on a usual day; drawn towards the line's other hours.
        own: how much of the hour's difference from the others is its own, a fraction; the rest is drawn in.
        dials, answered: what was seen, all attempts.
        expected: answers that the fit expects of these dials.
    """

    line: LineType
    hour: int
    rate: float
    own: float
    dials: int
    answered: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRate:
    """What an attempt is answered; the last may stand for all after it.

    Attributes:
        attempt: from 1.
        dials, answered: what was seen.
        expected: answers that the fit expects of these dials.
        level: answers over those that first attempts at the same hours and lines would have: the factor seen.
    """

    attempt: int
    dials: int
    answered: int
    expected: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFit:
    """Who answers.

    Attributes:
        hours: by line type and hour, in that order.
        decline: why later attempts are answered less: what was assumed.
        heterogeneity: how people of a line differ: variance over mean x (1 - mean), 0 to 1.
        ageing: factor on the probability for each earlier attempt.
        beyond: factor on top for the attempt that stands for all after it.
        open_from: that attempt; None where there is none.
        history: by line type, the mean factor of the hours at which each attempt was made.
        day_spread: standard deviation of the logarithm of a day's factor, beyond chance.
        day_spread_low, day_spread_high: its 95 % interval.
        days: that were fitted.
        attempts: what was seen of each.
    """

    hours: tuple[HourRate, ...]
    decline: Decline
    heterogeneity: float
    ageing: float
    beyond: float
    open_from: int | None
    history: tuple[tuple[LineType, tuple[float, ...]], ...]
    day_spread: float
    day_spread_low: float
    day_spread_high: float
    days: int
    attempts: tuple[AttemptRate, ...]

    @property
    def concentration(self) -> float:
        """Return the sum of the parameters of the Beta distribution over people; infinite where all are alike."""
        return 1 / self.heterogeneity - 1 if self.heterogeneity > 0 else float("inf")

    def mean_of(self, line: LineType) -> float:
        """Return the share of a line type's first attempts that a person answers, at the hours that were dialed."""
        of_it = [one for one in self.hours if one.line is line]
        dials = sum(one.dials for one in of_it)
        return sum(one.rate * one.dials for one in of_it) / dials if dials else self.mean

    @property
    def mean(self) -> float:
        """Return the share of first attempts that a person answers, at the hours and lines that were dialed."""
        return sum(one.rate * one.dials for one in self.hours) / sum(one.dials for one in self.hours)

    def rate(self, line: LineType, hour: int, attempt: int) -> float:
        """Return the share of such dials that a person answers on a usual day.

        An hour that was never dialed has what the line type has otherwise, and a line type what all have.
        """
        found = [one.rate for one in self.hours if one.line is line and one.hour == hour]
        base = found[0] if found else self.mean_of(line)
        factors = self.factors(line)
        return min(base * float(factors[min(max(attempt, 1), factors.size) - 1]), _MOST)

    def factors(self, line: LineType) -> Floats:
        """Return [attempts] factors on the rate of first attempts; the last holds for all after it."""
        history = np.array(dict(self.history).get(line, (1.0,) * len(self.attempts)))
        found = sifted(min(self.mean_of(line), _MOST), self.heterogeneity, history)
        found = found * self.ageing ** np.arange(found.size)
        if self.open_from is not None and found.size >= self.open_from:
            found[self.open_from - 1 :] *= self.beyond
        return np.asarray(found)

    def expected(self, cells: Cells) -> Floats:
        """Return [cells] answers that the fit expects of the cells' dials on usual days."""
        rates = np.zeros((len(LineType), 24))
        lines = list(LineType)
        factors = [self.factors(line) for line in lines]
        for at, line in enumerate(lines):
            rates[at] = self.mean_of(line)
        for one in self.hours:
            rates[lines.index(one.line), one.hour] = one.rate
        longest = max(one.size for one in factors)
        table = np.array([np.append(one, np.full(longest - one.size, one[-1])) for one in factors])
        attempt = np.clip(cells.attempt, 1, longest) - 1
        return np.asarray(cells.dials * np.minimum(rates[cells.line, cells.hour] * table[cells.line, attempt], _MOST))

    def with_values(self, rates: tuple[float, ...], heterogeneity: float, ageing: float, spread: float) -> AnswerFit:
        """Return it with other parameters; rates in the order of `hours`."""
        hours = tuple(replace(one, rate=rate) for one, rate in zip(self.hours, rates, strict=True))
        return replace(self, hours=hours, heterogeneity=heterogeneity, ageing=ageing, day_spread=spread)

    def document(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "hours": [
                [one.line.value, one.hour, one.rate, one.own, one.dials, one.answered, one.expected]
                for one in self.hours
            ],
            "decline": self.decline.value,
            "heterogeneity": self.heterogeneity,
            "ageing": self.ageing,
            "beyond": self.beyond,
            "open_from": self.open_from,
            "history": [[line.value, list(factors)] for line, factors in self.history],
            "day_spread": [self.day_spread, self.day_spread_low, self.day_spread_high],
            "days": self.days,
            "attempts": [[one.attempt, one.dials, one.answered, one.expected, one.level] for one in self.attempts],
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> AnswerFit:
        """Return it from its JSON."""
        return _read(cast("dict[str, Any]", dict(document)))


def _read(kept: dict[str, Any]) -> AnswerFit:
    hours = tuple(
        HourRate(line=LineType(line), hour=hour, rate=rate, own=own, dials=dials, answered=answered, expected=expected)
        for line, hour, rate, own, dials, answered, expected in kept["hours"]
    )
    attempts = tuple(
        AttemptRate(attempt=attempt, dials=dials, answered=answered, expected=expected, level=level)
        for attempt, dials, answered, expected, level in kept["attempts"]
    )
    spread, low, high = kept["day_spread"]
    return AnswerFit(
        hours=hours,
        decline=Decline(kept["decline"]),
        heterogeneity=kept["heterogeneity"],
        ageing=kept["ageing"],
        beyond=kept["beyond"],
        open_from=kept["open_from"],
        history=tuple((LineType(line), tuple(factors)) for line, factors in kept["history"]),
        day_spread=spread,
        day_spread_low=low,
        day_spread_high=high,
        days=kept["days"],
        attempts=attempts,
    )
