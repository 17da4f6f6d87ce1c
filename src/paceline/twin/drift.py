"""Whether the world is still that of the data: charts of what is measured against what the twin expects.

Three quantities by half-hour and by day, and one by day, each watched both ways by Page's CUSUM:
* answers, against what is expected of the dials: by hour, line type and attempt where records tell them, else by the
  half-hour of the day and the slope that days had. A list that ages is expected to, and is not called drift;
* handle time, against that of the twin's days;
* machines, as a share of the dials that no person answers;
* ring time until a person answers, by day, where records tell it; no platform does.

All charts share one budget of false alarms, and answers by day have most of it: what a person is expected to do is what
a dialer is bold by. How residuals are made, and why few days do not deceive them: `twin.drift_charts`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.inference.drift import Toward
from paceline.twin.drift_charts import (
    Look,
    Path,
    Ratios,
    Usual,
    looks_of,
    noise_of,
    path_of_days,
    path_of_half_hours,
)
from paceline.twin.halves import HALVES_OF_DAY, DaySpan, day_spans, of_days
from paceline.twin.measured.answers import USUAL_SPREAD
from paceline.twin.model import Drifted, half_hour_of, instant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from paceline.records.summary import HalfHours
    from paceline.twin.model import Twin

ANSWERS, HANDLE_TIME, MACHINES, RING_TIME = "answers", "handle_time", "machines", "ring_time"
BY_HALF_HOUR = (ANSWERS, HANDLE_TIME, MACHINES)
RUN_LENGTH_DAYS = 200.0
"""Mean days of dialing between false alarms of all charts together, at least, where days differ as is usual."""
SHARES_BY_DAY = {ANSWERS: 0.70, HANDLE_TIME: 0.05, MACHINES: 0.05, RING_TIME: 0.05}
SHARES_BY_HALF_HOUR = {ANSWERS: 0.05, HANDLE_TIME: 0.05, MACHINES: 0.05}
"""How the budget of false alarms is shared; both sides of a chart have half of its part each."""
USUAL_SPREADS = {ANSWERS: USUAL_SPREAD, HANDLE_TIME: 0.02, MACHINES: 0.02, RING_TIME: 0.02}
"""Spread of days, relative, that a quantity is taken to have until its own days tell."""
FEWEST_HALF_HOURS, FEWEST_DAYS = 40, 3
"""Of the twin's days below which nothing is watched: what is usual is not known."""
_NIGHT = 8
"""Half-hours without dialing after which another day begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingDay:
    """How long it rang until a person answered on one day: mean and its standard error, seconds."""

    start: int
    mean_s: float
    error_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """A quantity as it was charted.

    Attributes:
        quantity: `answers`, `handle_time`, `machines` or `ring_time`.
        start, end: of each point, half-hours since 1970: where what it is of begins, and where that ends.
        residuals: standardised.
        more, fewer: the charts.
        threshold: at which either alarms.
    """

    quantity: str
    start: tuple[int, ...]
    end: tuple[int, ...]
    residuals: tuple[float, ...]
    more: tuple[float, ...]
    fewer: tuple[float, ...]
    threshold: float


def charted(
    twin: Twin,
    half_hours: HalfHours,
    *,
    expected: Callable[[int], float] | None = None,
    rings: Sequence[RingDay] = (),
) -> tuple[Charted, ...]:
    """Return the charts of half-hours after the data of a twin; none where too little is known of what is usual.

    Args:
        twin: what is expected.
        half_hours: measured after its data, whole ones; earlier ones are left out.
        expected: of a half-hour since 1970, the share of its dials that a person is expected to answer by who was
            dialed; the twin's rates of the same half-hour of its days, going on as they went, where None.
        rings: of the twin's days and later ones.
    """
    before = of_days(twin.half_hours, [DaySpan(start=day.start, end=day.end) for day in twin.days])
    until = half_hour_of(twin.standing.data_until)
    now = of_days(half_hours, [one for one in day_spans(half_hours) if one.start >= until])
    if before.start.size < FEWEST_HALF_HOURS or len(twin.days) < FEWEST_DAYS or not now.start.size:
        return ()
    found = []
    for quantity in BY_HALF_HOUR:
        own = _ratios(quantity, before, _known_rates(twin))
        new = _ratios(quantity, now, expected or rates_after(twin))
        if own is None or new is None:
            continue
        noise = noise_of(own)
        usual = Usual([looks_of(own, day, noise)[-1] for day in range(own.days)], spread=USUAL_SPREADS[quantity])
        each = own.start.size / own.days
        run_length = 2 * RUN_LENGTH_DAYS * each / SHARES_BY_HALF_HOUR[quantity]
        found.append(_charted(quantity, path_of_half_hours(usual, new, noise, run_length=run_length)))
        days = [looks_of(new, day, noise) for day in range(new.days)]
        errors = [_level_error(twin, quantity, looks[0].start, known=expected is not None) for looks in days]
        found.append(_charted(quantity, path_of_days(usual, days, errors, run_length=_run_length(quantity))))
    ringing = _rings(rings, until)
    return (*found, ringing) if ringing is not None else tuple(found)


def _rings(rings: Sequence[RingDay], until: int) -> Charted | None:
    """Return the chart of ring times by day; None where they are not known of enough days."""
    looks = [
        Look(
            start=one.start,
            end=one.start + 1,
            log=math.log(max(one.mean_s, 0.1)),
            noise=(one.error_s / max(one.mean_s, 0.1)) ** 2,
        )
        for one in rings
    ]
    before, now = [one for one in looks if one.start < until], [(one,) for one in looks if one.start >= until]
    if len(before) < FEWEST_DAYS or not now:
        return None
    usual = Usual(before, spread=USUAL_SPREADS[RING_TIME])
    path = path_of_days(usual, now, [0.0] * len(now), run_length=_run_length(RING_TIME))
    return _charted(RING_TIME, path)


def _run_length(quantity: str) -> float:
    """Return the days of dialing between false alarms of one side of a chart of days."""
    return 2 * RUN_LENGTH_DAYS / SHARES_BY_DAY[quantity]


def _charted(quantity: str, path: Path) -> Charted:
    return Charted(
        quantity=quantity,
        start=path.start,
        end=path.end,
        residuals=path.residuals,
        more=path.more,
        fewer=path.fewer,
        threshold=path.threshold,
    )


def _level_error(twin: Twin, quantity: str, start: int, *, known: bool) -> float:
    """Return the standard error of where the level is by then, where it may have a slope."""
    if quantity != ANSWERS or known:
        return 0.0
    return twin.spread.slope_error * (start / HALVES_OF_DAY - twin.spread.origin)


def drift_of(charts: tuple[Charted, ...]) -> Drifted | None:
    """Return the first alarm of any chart; None where none alarmed."""
    alarms = []
    for one in charts:
        for toward, path in ((Toward.MORE, one.more), (Toward.FEWER, one.fewer)):
            at = next((place for place, value in enumerate(path) if value >= one.threshold), None)
            if at is not None:
                began = max((place + 1 for place in range(at) if path[place] <= 0.0), default=0)
                alarms.append((one.end[at], one.quantity, toward, one.start[began]))
    if not alarms:
        return None
    found, quantity, toward, began = min(alarms)
    return Drifted(
        quantity=quantity,
        toward=toward.value,
        since=instant_of(began),
        found=instant_of(found),
        run_length_days=RUN_LENGTH_DAYS,
    )


def _known_rates(twin: Twin) -> Callable[[int], float]:
    """Return the rates of the twin's own days, each with what its day was found to differ by on average."""
    rates = {day.start + place: one for day in twin.days for place, one in enumerate(day.rates)}
    spread = twin.spread

    def rate(half_hour: int) -> float:
        day = half_hour / HALVES_OF_DAY
        return rates.get(half_hour, 0.0) * math.exp(spread.level + spread.slope * (day - spread.origin))

    return rate


def rates_after(twin: Twin) -> Callable[[int], float]:
    """Return the rates of days to come, by the half-hour of the day, going on as they went."""
    sums: dict[int, list[float]] = {}
    for day in twin.days:
        for place, one in enumerate(day.rates):
            sums.setdefault((day.start + place) % HALVES_OF_DAY, []).append(one)
    means = {at: sum(rates) / len(rates) for at, rates in sums.items()}
    mean, spread = sum(means.values()) / len(means), twin.spread

    def rate(half_hour: int) -> float:
        day = half_hour / HALVES_OF_DAY
        return means.get(half_hour % HALVES_OF_DAY, mean) * math.exp(
            spread.level + spread.slope * (day - spread.origin)
        )

    return rate


def _ratios(quantity: str, part: HalfHours, rate: Callable[[int], float]) -> Ratios | None:
    """Return a quantity by half-hour; None where it was not measured."""
    import numpy as np

    dials, answered = part.dials.astype(np.float64), part.answered.astype(np.float64)
    if quantity == ANSWERS:
        above, below = answered, dials * np.maximum(np.array([rate(at) for at in part.start.tolist()]), 1e-6)
    elif quantity == HANDLE_TIME:
        above, below = part.talk_s + part.wrap_s, np.maximum(answered - part.abandoned, 0.0)
    else:
        above, below = part.machines.astype(np.float64), dials - answered
    day = np.cumsum(np.append(0, np.diff(part.start) > _NIGHT))
    if not all(float(column.sum()) > 0 for column in (above, below)):
        return None
    return Ratios(start=part.start, day=day, above=above, below=below)
