"""Whether the world is still that of the data: charts of what is measured against what the twin expects.

Three quantities of half-hours, and one of days, each watched both ways by Page's CUSUM on standardised residuals:
* answers, against what is expected of the dials: by hour, line type and attempt where records tell them, else by the
  half-hour of the day and the slope that days had. A list that ages is expected to, and is not called drift;
* handle time, against that of the twin's days;
* machines, as a share of the dials that no person answers;
* ring time until a person answers, by day, where records tell it; no platform does.

Days differ, and half-hours within a day have that in common. A half-hour's residual is therefore what it is off from
what the day's half-hours before it have shown, over the spread of that: independent where nothing drifts. That finds
what breaks in the course of a day. What stays from one day to the next is found by charts of whole days.

References:
    Page 1954, Biometrika 41; innovations of a local level, Harvey 1989, "Forecasting, structural time series models and
    the Kalman filter", 3.2. The run lengths are solved (`inference.run_length`) and stated for all charts together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from paceline.inference.drift import Toward, residual_cusum
from paceline.twin.halves import HALVES_OF_DAY, DaySpan, day_spans, of_days
from paceline.twin.model import Drifted, half_hour_of, instant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import numpy.typing as npt

    from paceline.inference.drift import ResidualCusum
    from paceline.records.summary import HalfHours
    from paceline.twin.model import Twin

    Floats = npt.NDArray[np.float64]

ANSWERS, HANDLE_TIME, MACHINES, RING_TIME = "answers", "handle_time", "machines", "ring_time"
BY_HALF_HOUR = (ANSWERS, HANDLE_TIME, MACHINES)
CHARTS = 14
"""Three quantities by half-hour and by day, ring time by day, both ways."""
RUN_LENGTH_DAYS = 250.0
"""Mean days of dialing between false alarms of all charts together: a year of working days."""
SHIFT, SHIFT_OF_DAY = 2.0, 2.5
"""The shift, in standard deviations of a residual, that charts of half-hours and of days are made to find soonest."""
FEWEST_HALF_HOURS = 40
"""Half-hours of the twin's days below which nothing is watched: their spread is not known."""
_USUAL_BETWEEN, _USUAL_FREEDOM = 0.02, 3
"""Spread of days, relative, that a quantity is given beside its own, and for how many days this counts."""
_FURTHEST = 3.0
"""A half-hour's residual of sums of times and of machines further out is taken for one so far: their tails are long."""
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
        quantity: one of `QUANTITIES`.
        start, end: of each residual, half-hours since 1970: where it begins, and where the next one does.
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Usual:
    """What is usual of a quantity: its level, its spread within days and between them, all of logarithms."""

    level: float
    within: float
    between: float


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
    import numpy as np

    before = of_days(twin.half_hours, [DaySpan(start=day.start, end=day.end) for day in twin.days])
    until = half_hour_of(twin.standing.data_until)
    now = of_days(half_hours, [one for one in day_spans(half_hours) if one.start >= until])
    if before.start.size < FEWEST_HALF_HOURS or not now.start.size:
        return ()
    by_day = before.start.size / max(len(twin.days), 1)
    found = []
    for quantity in BY_HALF_HOUR:
        usual_logs, logs = (
            _logs(quantity, before, _known_rates(twin)),
            _logs(quantity, now, expected or rates_after(twin)),
        )
        if usual_logs is None or logs is None:
            continue
        usual = _usual(usual_logs, before.start)
        prior = _priors(twin, quantity, now.start, usual, known=expected is not None)
        residuals = _residuals(logs - usual.level, now.start, prior, usual.within**2)
        if quantity != ANSWERS:
            residuals = np.clip(residuals, -_FURTHEST, _FURTHEST)
        wished = RUN_LENGTH_DAYS * CHARTS
        found.append(_chart(quantity, (now.start, now.start + 1), residuals, run_length=wished * by_day, shift=SHIFT))
        span, daily = _by_day(logs - usual.level, now.start, prior, usual.within**2)
        found.append(_chart(quantity, span, daily, run_length=wished, shift=SHIFT_OF_DAY))
    ringing = _rings(rings, until)
    return (*found, ringing) if ringing is not None else tuple(found)


def _rings(rings: Sequence[RingDay], until: int) -> Charted | None:
    """Return the chart of ring times by day; None where they are not known of enough days."""
    import numpy as np

    before, now = [one for one in rings if one.start < until], [one for one in rings if one.start >= until]
    if len(before) <= _USUAL_FREEDOM or not now:
        return None
    logs = np.array([math.log(max(one.mean_s, 0.1)) for one in before])
    errors = np.array([(one.error_s / max(one.mean_s, 0.1)) ** 2 for one in before])
    beyond = max(float(((logs - logs.mean()) ** 2).sum()) - float(errors.sum()), 0.0)
    spread = (_USUAL_FREEDOM * _USUAL_BETWEEN**2 + beyond) / (_USUAL_FREEDOM + logs.size - 1)
    level, unsure = float(logs.mean()), (spread + float(errors.mean())) / logs.size
    off = np.array([math.log(max(one.mean_s, 0.1)) - level for one in now])
    width = np.array([(one.error_s / max(one.mean_s, 0.1)) ** 2 + spread + unsure for one in now])
    start = np.array([one.start for one in now], dtype=np.int64)
    wished = RUN_LENGTH_DAYS * CHARTS
    return _chart(RING_TIME, (start, start + 1), off / np.sqrt(width), run_length=wished, shift=SHIFT_OF_DAY)


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


def _logs(quantity: str, part: HalfHours, rate: Callable[[int], float]) -> Floats | None:
    """Return [half-hours] the logarithm of a quantity over what is expected of it; None where it was not measured."""
    import numpy as np

    dials, answered = part.dials.astype(np.float64), part.answered.astype(np.float64)
    above: Floats
    if quantity == ANSWERS:
        expected = np.array([rate(at) for at in part.start.tolist()])
        above, below = answered, dials * np.maximum(expected, 1e-6)
    elif quantity == HANDLE_TIME:
        above, below = part.talk_s + part.wrap_s, np.maximum(answered - part.abandoned, 1.0)
    else:
        above, below = part.machines.astype(np.float64), dials - answered
    if float(above.sum()) <= 0 or float(below.sum()) <= 0:
        return None
    found: Floats = np.log(np.maximum(above, 0.5) / np.maximum(below, 0.5))
    return found


def _usual(logs: Floats, start: npt.NDArray[np.int64]) -> _Usual:
    """Return what is usual, from half-hours of the twin's days."""
    import numpy as np

    day = _days(start)
    count = np.bincount(day)
    mean = np.bincount(day, weights=logs) / count
    within = float(((logs - mean[day]) ** 2).sum()) / max(logs.size - count.size, 1)
    level = float(logs.mean())
    beyond = max(float(((mean - level) ** 2).sum()) - within * float((1 / count).sum()), 0.0)
    between = (_USUAL_FREEDOM * _USUAL_BETWEEN**2 + beyond) / (_USUAL_FREEDOM + max(count.size - 1, 0))
    return _Usual(level=level, within=math.sqrt(max(within, 1e-12)), between=math.sqrt(between))


def _days(start: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return [half-hours] the number of the day that each belongs to."""
    import numpy as np

    found: npt.NDArray[np.int64] = np.cumsum(np.append(0, np.diff(start) > _NIGHT))
    return found


def _priors(twin: Twin, quantity: str, start: npt.NDArray[np.int64], usual: _Usual, *, known: bool) -> Floats:
    """Return [half-hours] the variance of a day's level before anything of it is seen."""
    import numpy as np

    between = usual.between**2 * (1 + 1 / max(len(twin.days), 1))
    if quantity != ANSWERS:
        return np.full(start.size, between)
    spread = twin.spread
    ahead = np.zeros(start.size) if known else start / HALVES_OF_DAY - spread.origin
    found: Floats = max(between, spread.spread**2) + (spread.slope_error * ahead) ** 2
    return np.broadcast_to(found, start.shape)


def _residuals(logs: Floats, start: npt.NDArray[np.int64], prior: Floats, noise: float) -> Floats:
    """Return [half-hours] what each is off from what its day has shown before it, over the spread of that."""
    import numpy as np

    found, day = np.zeros(logs.size), _days(start)
    mean = variance = 0.0
    for place in range(logs.size):
        if place == 0 or day[place] != day[place - 1]:
            mean, variance = 0.0, float(prior[place])
        off, spread = float(logs[place]) - mean, variance + noise
        found[place] = off / math.sqrt(spread)
        gain = variance / spread
        mean, variance = mean + gain * off, variance * (1 - gain)
    return found


def _by_day(
    logs: Floats, start: npt.NDArray[np.int64], prior: Floats, noise: float
) -> tuple[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], Floats]:
    """Return where days begin and end, and [days] what each is off, over the spread of that."""
    import numpy as np

    day = _days(start)
    count = np.bincount(day)
    first = np.append(0, np.cumsum(count)[:-1])
    mean = np.bincount(day, weights=logs) / count
    span = (start[first], start[first + count - 1] + 1)
    return span, mean / np.sqrt(prior[first] + noise / count)


def _chart(
    quantity: str,
    span: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    residuals: Floats,
    *,
    run_length: float,
    shift: float,
) -> Charted:
    more = _cusum(Toward.MORE, round(run_length), shift)
    fewer = _cusum(Toward.FEWER, round(run_length), shift)
    return Charted(
        quantity=quantity,
        start=tuple(span[0].tolist()),
        end=tuple(span[1].tolist()),
        residuals=tuple(residuals.tolist()),
        more=tuple(more.path(residuals).tolist()),
        fewer=tuple(fewer.path(residuals).tolist()),
        threshold=more.threshold,
    )


@lru_cache(maxsize=16)
def _cusum(toward: Toward, run_length: int, shift: float) -> ResidualCusum:
    return residual_cusum(shift, toward=toward, run_length=float(run_length))
