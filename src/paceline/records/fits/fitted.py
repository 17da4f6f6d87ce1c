"""Everything that was fitted to call records, how sure it is, and the same as it may be instead.

Draws carry on what is not known: of answers by fitting days drawn anew, of times by the normal approximation, of shares
by their own error. These parts are drawn independently of each other; what they have in common within a day is not in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from paceline.inference.quantiles import t_quantile
from paceline.primitives.canonical import Json
from paceline.records.fits.answer_fit import AnswerFit
from paceline.records.fits.answers import DrawnAnswers, drawn_answers, fitted_answers, told_answers
from paceline.records.fits.attempts import Decline
from paceline.records.fits.duration_fit import DurationFit
from paceline.records.fits.durations import FEWEST, fit_durations
from paceline.records.fits.rings import Rings, fit_rings
from paceline.records.fits.scenarios import DayAsked, Times, scenario_of
from paceline.records.fits.shares import Shares, shares_of
from paceline.records.steps import ATTEMPTS
from paceline.records.summary import Summary
from paceline.simulation.scenario import Records, Scenario

Values = tuple[float, ...]

DRAWS = 64
"""Parameter vectors that are drawn unless told otherwise."""
_FEWEST_DRAWS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter with its 95 % interval.

    Attributes:
        name: words joined by dots.
        value: the estimate.
        low, high: bounds of the interval.
        unit: `s`, `fraction`, `ratio` or `log`.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRecords:
    """What call records say of the dialer's world.

    Attributes:
        since, until: of the records, UTC.
        zone: of local hours.
        rows, persons: of the records.
        talk: with an agent.
        wrap: after it; None where too few had any.
        rings: until an answer or the end.
        answers: who answers.
        shares: how the other dials end.
        intervals: 95 % intervals, in the order of `parameters`.
        draws: parameter vectors in the same order.
    """

    since: datetime
    until: datetime
    zone: str
    rows: int
    persons: int
    talk: DurationFit
    wrap: DurationFit | None
    rings: Rings
    answers: AnswerFit
    shares: Shares
    intervals: tuple[tuple[float, float], ...]
    draws: tuple[Values, ...]

    def times(self) -> tuple[tuple[str, DurationFit], ...]:
        """Return the times that were fitted, by name."""
        rings = self.rings
        each = (
            ("talk", self.talk),
            ("wrap", self.wrap),
            ("ring.answered", rings.answered),
            ("ring.machine", rings.machine),
            ("ring.unanswered", rings.unanswered),
        )
        return tuple((name, fit) for name, fit in each if fit is not None)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return every parameter with its interval."""
        return tuple(
            Parameter(name=name, value=value, low=low, high=high, unit=unit)
            for (name, value, unit), (low, high) in zip(self._named(), self.intervals, strict=True)
        )

    def drawn(self, draw: int) -> FittedRecords:
        """Return it with the parameters of a draw, from 0; after the last the first comes again. It has no draws."""
        if not self.draws:
            return self
        left = list(self.draws[draw % len(self.draws)])
        times: dict[str, DurationFit] = {}
        for name, fit in self.times():
            times[name] = fit.with_values(tuple(left[: len(fit.values)]))
            del left[: len(fit.values)]
        hours = len(self.answers.hours)
        answers = self.answers.with_values(tuple(left[:hours]), *left[hours : hours + 3])
        return replace(
            self,
            talk=times["talk"],
            wrap=times.get("wrap"),
            rings=replace(
                self.rings,
                answered=times["ring.answered"],
                machine=times.get("ring.machine"),
                unanswered=times.get("ring.unanswered"),
            ),
            answers=answers,
            shares=self.shares.with_values(*left[hours + 3 :]),
            draws=(),
        )

    def scenario(
        self,
        *,
        agents: int,
        hours: tuple[int, int],
        records: Records | None = None,
        days: int = 30,
        limit: float = 0.03,
    ) -> Scenario:
        """Return a day of the simulator, without a pacing.

        Args:
            agents: logged in all day.
            hours: local hours at which the day begins and ends, whole.
            records: the list; None: it never ends, and people answer as at the attempts that were seen.
            days: that are simulated.
            limit: highest abandonment, a fraction.

        Raises:
            ScenarioError: the hours are no day.
        """
        asked = DayAsked(agents=agents, hours=hours, records=records, days=days, limit=limit)
        return scenario_of(self.answers, Times(talk=self.talk, wrap=self.wrap, rings=self.rings), self.shares, asked)

    def document(self) -> dict[str, Json]:
        """Return it as JSON; no record and no person is in it."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "zone": self.zone,
            "rows": self.rows,
            "persons": self.persons,
            "talk": self.talk.document(),
            "wrap": None if self.wrap is None else self.wrap.document(),
            "rings": self.rings.document(),
            "answers": self.answers.document(),
            "shares": self.shares.document(),
            "intervals": [list(one) for one in self.intervals],
            "draws": [list(one) for one in self.draws],
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> FittedRecords:
        """Return it from its JSON."""
        kept = cast("dict[str, Any]", dict(document))
        return cls(
            since=datetime.fromisoformat(kept["since"]),
            until=datetime.fromisoformat(kept["until"]),
            zone=kept["zone"],
            rows=kept["rows"],
            persons=kept["persons"],
            talk=DurationFit.of(kept["talk"]),
            wrap=None if kept["wrap"] is None else DurationFit.of(kept["wrap"]),
            rings=Rings.of(kept["rings"]),
            answers=AnswerFit.of(kept["answers"]),
            shares=Shares.of(kept["shares"]),
            intervals=tuple((low, high) for low, high in kept["intervals"]),
            draws=tuple(tuple(one) for one in kept["draws"]),
        )

    def _named(self) -> list[tuple[str, float, str]]:
        """Return names, values and units, in the order of draws."""
        found = [
            (f"{time}.{name}", value, "s" if name.endswith("_s") else "fraction" if name == "share" else "ratio")
            for time, fit in self.times()
            for name, value in zip(fit.names, fit.values, strict=True)
        ]
        found += [(f"answers.{one.line}.{one.hour:02}h", one.rate, "fraction") for one in self.answers.hours]
        found.append(("answers.heterogeneity", self.answers.heterogeneity, "fraction"))
        found.append(("answers.ageing", self.answers.ageing, "ratio"))
        found.append(("answers.day_spread", self.answers.day_spread, "log"))
        return found + [(f"unanswered.{name}", one.share, "fraction") for name, one in self.shares.each()]


def fit_records(
    summary: Summary, *, decline: Decline = Decline.PEOPLE, draws: int = DRAWS, seed: int = 1
) -> FittedRecords:
    """Return what call records say, with intervals and draws.

    Args:
        summary: of the records.
        decline: why later attempts are answered less; counts do not tell, so it is assumed.
        draws: parameter vectors that are kept; intervals are read off 64 at least.
        seed: of the chance in them.

    Raises:
        TooFewRecordsError: with fewer than 30 talks or answers' rings, 50 answers, or two days.
    """
    chance = np.random.default_rng(seed)
    talk = fit_durations(summary.talk)
    wrap = fit_durations(summary.wrap) if int(summary.wrap.ended.sum()) >= FEWEST else None
    rings = fit_rings(summary)
    table, found = fitted_answers(summary.cells, decline=decline, open_from=ATTEMPTS)
    others = drawn_answers(table, found, decline, draws=max(draws, _FEWEST_DRAWS), chance=chance)
    fitted = FittedRecords(
        since=summary.span.since,
        until=summary.span.until,
        zone=summary.zone,
        rows=summary.rows,
        persons=summary.persons,
        talk=talk,
        wrap=wrap,
        rings=rings,
        answers=told_answers(table, found, decline),
        shares=shares_of(summary.cells),
        intervals=(),
        draws=(),
    )
    return replace(
        fitted,
        intervals=_intervals(fitted, others),
        draws=tuple(_draw(fitted, others, draw, chance) for draw in range(draws)),
    )


def _draw(fitted: FittedRecords, others: DrawnAnswers, draw: int, chance: np.random.Generator) -> Values:
    times = [value for _, fit in fitted.times() for value in fit.drawn(chance)]
    rates = np.minimum(np.exp(others.log_rates[draw]), 0.99).tolist()
    shape = [float(one[draw]) for one in (others.heterogeneity, others.ageing, others.day_spread)]
    return (*times, *rates, *shape, *(one.drawn(chance) for _, one in fitted.shares.each()))


def _intervals(fitted: FittedRecords, others: DrawnAnswers) -> tuple[tuple[float, float], ...]:
    answers, wide = fitted.answers, t_quantile(0.975, max(others.days - 1, 1))
    times = [one for _, fit in fitted.times() for one in fit.intervals()]
    rates = [
        _around(one.rate, wide * spread) for one, spread in zip(answers.hours, _spread(others.log_rates), strict=True)
    ]
    people, apart = answers.heterogeneity, wide * float(others.heterogeneity.std(ddof=1))
    shape = [
        (max(people - apart, 0.0), min(people + apart, 1.0)),
        _around(answers.ageing, wide * float(np.log(others.ageing).std(ddof=1))),
        (answers.day_spread_low, answers.day_spread_high),
    ]
    return (*times, *rates, *shape, *(one.interval() for _, one in fitted.shares.each()))


def _spread(draws: npt.NDArray[np.float64]) -> list[float]:
    found: list[float] = draws.std(axis=0, ddof=1).tolist()
    return found


def _around(value: float, wide: float) -> tuple[float, float]:
    return value * math.exp(-wide), value * math.exp(wide)
