"""Whether the model gives what was measured, with the pacing that is live; else it is brought there, or not believed.

1. The days measured since the live pacing is live are played again, each at its own answer rate. What was measured
   must lie where so many days of the model may be. Where nobody knows since when, all days are tried, and the last.
2. Where it does not, one factor on the lines for each idle agent brings the abandonment there. Where nobody knows since
   when the pacing is live it is never below 1, for a gentler past does not make the present gentle.
3. How long it rings nobody tells; where agents are less or more busy than in the model, all rings are made longer or
   shorter, within bounds, and longer only where it is known since when the pacing is live.
4. Even then utilisation and abandonment may not be further off than the model is allowed to err.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.campaign.forecast import Between, Effect, Fit
from paceline.campaign.statistics import Tally
from paceline.optimizer.forecast.play import DaysPlayed
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S
from paceline.twin.boldness import Boldness
from paceline.twin.measured.day import FEWEST_ANSWERS, MeasuredDay

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

NARROWEST, WIDEST = 1 / 3, 3.0
"""Bounds of the factor on the lines."""
SHORTEST_RINGS, LONGEST_RINGS = 0.5, 2.0
"""Bounds of the factor on the rings."""
ABANDONMENT_ERROR, ABANDONMENT_SHARE, UTILISATION_ERROR = 0.0025, 0.1, 0.015
"""How far the model may err: a number, and a share of what was measured; and the same of utilisation."""
_SURE = 1.96
_HALVINGS = 8
_RING_DAYS, _RING_HALVINGS = 8, 6
_BURSTS = 2.0
"""Design effect of abandoned calls, which come together (dialer-science 4.3)."""
_HOUR_TICKS = 3600 * TICKS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Measured days that a replay is compared with: what was counted, and each day's answer rate and agent time."""

    total: Tally
    logs: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def abandonment(self) -> float:
        return self.total.abandonment or 0.0

    @property
    def utilisation(self) -> float:
        return self.total.occupancy or 0.0


def model_of(measured: MeasuredDay, live: Boldness, *, seed: int, days: int) -> tuple[MeasuredDay, Fit | None]:
    """Return what was measured with rings as its utilisation tells them, and whether the model then gives it.

    Args:
        measured: what was measured.
        live: how the campaign dials now.
        seed: of the draws.
        days: how many are played at least.

    Raises:
        SimulationError: the simulator cannot play them.
    """
    model = measured.with_rings(_rings(measured, live, seed=seed))
    fit = fit_of(model, live, seed=seed, days=days)
    if fit is None or fit.holds or fit.scale == 1.0:
        return model, fit
    again = measured.with_rings(_rings(measured, live.scaled(fit.scale), seed=seed))
    return again, fit_of(again, live, seed=seed, days=days)


def _rings(measured: MeasuredDay, live: Boldness, *, seed: int) -> float:
    """Return the factor on all rings with which agents are as busy as was measured; 1 where they are, or none does.

    Longer rings make the model gentler, and so need to know since when the live pacing is live.
    """
    span = _spans(measured)[0]
    if span.total.connects < FEWEST_ANSWERS:
        return 1.0
    where = _Replay(measured, live, span, seed=seed, days=_RING_DAYS).effect(1.0).utilisation
    longer = span.utilisation < where.mean
    if _near(span.utilisation, where, UTILISATION_ERROR / 3) or (longer and measured.paced is None):
        return 1.0

    def is_there(factor: float) -> bool:
        replay = _Replay(measured.with_rings(factor), live, span, seed=seed, days=_RING_DAYS)
        busy = replay.effect(1.0).utilisation.mean
        return busy <= span.utilisation if longer else busy >= span.utilisation

    end = LONGEST_RINGS if longer else SHORTEST_RINGS
    found = _first_from_one(end, is_there, halvings=_RING_HALVINGS)
    return 1.0 if found is None else found


def fit_of(measured: MeasuredDay, live: Boldness, *, seed: int, days: int) -> Fit | None:
    """Return whether days of the model with the live pacing give what was measured, and by which factor.

    None where too few people answered since the live pacing is live to tell.

    Args:
        measured: what was measured.
        live: how the campaign dials now.
        seed: of the draws.
        days: how many are played at least.

    Raises:
        SimulationError: the simulator cannot play them.
    """
    if measured.paced is not None and sum(tally.connects for _, tally in measured.paced) < FEWEST_ANSWERS:
        return None
    replays = [_Replay(measured, live, span, seed=seed, days=days) for span in _spans(measured)]
    for replay in replays:
        if replay.agrees(effect := replay.effect(1.0), slack=False):
            return replay.fit(effect, 1.0, holds=True)
    scales = [replay.scale() for replay in replays]
    scale = max(scales) if measured.paced is not None else max(1.0, *scales)
    replay = replays[scales.index(max(scales))]
    effect = replay.effect(scale)
    return replay.fit(effect, scale, holds=NARROWEST < scale < WIDEST and replay.agrees(effect, slack=True))


def _spans(measured: MeasuredDay) -> list[_Span]:
    """Return what was measured since the live pacing is live; where that is unknown all days, and the last ones."""
    logs = dict(measured.rates.measured)
    if measured.paced is not None:
        return [_span(measured.paced, logs)]
    told = tuple((number, tally) for number, tally in measured.days if number in logs) or measured.days
    last, answers = len(told), 0
    while last > 0 and answers < FEWEST_ANSWERS:
        last -= 1
        answers += told[last][1].connects
    return [_span(told[begin:], logs) for begin in dict.fromkeys((0, last))]


def _span(days: tuple[tuple[int, Tally], ...], logs: dict[int, float]) -> _Span:
    return _Span(
        total=sum((tally for _, tally in days), Tally()),
        logs=tuple(logs.get(number, 0.0) for number, _ in days),
        weights=tuple(float(tally.staffed_s) for _, tally in days),
    )


class _Replay:
    """Plays a span again at factors on the lines."""

    def __init__(self, measured: MeasuredDay, live: Boldness, span: _Span, *, seed: int, days: int) -> None:
        import numpy as np

        self.span, self._live, self._seed = span, live, seed
        self._scenario = measured.with_days(span.logs)
        self._days = len(span.logs) * max(2, math.ceil(days / len(span.logs)))
        self._weights = np.resize(np.array(span.weights), self._days)
        self._usual = span.total.staffed_s / (measured.roster.agent_hours * 3600.0)

    def effect(self, scale: float) -> Effect:
        """Return where the model, with so many times the lines, says that so many days are."""
        played = self._played(scale)
        connected, staffed = played.column(c.CONNECTED), played.column(c.STAFFED_AREA)
        return Effect(
            utilisation=self._where(played.column(c.BUSY_AREA), staffed, least=0.0),
            abandonment=self._where(played.abandoned, played.answered, least=1 / max(self.span.total.connects, 1)),
            connects_per_agent_hour=self._where(connected, staffed / _HOUR_TICKS, least=0.0, most=math.inf),
        )

    def scale(self) -> float:
        """Return the factor nearest to 1, within its bounds, with which as much is abandoned as was measured.

        As much is within one standard error, for few agents abandon in steps of whole lines. It is 1 where too few
        answered to tell.
        """
        answers, told = self.span.total.connects, self.span.abandonment
        if answers < FEWEST_ANSWERS:
            return 1.0
        error = math.sqrt(_BURSTS * max(told, 1 / answers) / answers)
        if self._abandonment(1.0) < told:
            found = _first_from_one(WIDEST, lambda scale: self._abandonment(scale) >= told - error)
            return WIDEST if found is None else found
        found = _first_from_one(NARROWEST, lambda scale: self._abandonment(scale) <= told + error)
        return NARROWEST if found is None else found

    def agrees(self, effect: Effect, *, slack: bool) -> bool:
        """Return whether what was measured lies where the model says; with slack, as far off as it may err."""
        span = self.span
        off = ABANDONMENT_ERROR + ABANDONMENT_SHARE * span.abandonment if slack else 0.0
        more = UTILISATION_ERROR if slack else UTILISATION_ERROR / 3
        return _near(span.abandonment, effect.abandonment, off) and _near(span.utilisation, effect.utilisation, more)

    def fit(self, effect: Effect, scale: float, *, holds: bool) -> Fit:
        """Return what is told of it."""
        return Fit(
            measured_abandonment=self.span.abandonment,
            measured_utilisation=self.span.utilisation,
            simulated=effect,
            scale=scale,
            holds=holds,
        )

    def _played(self, scale: float) -> DaysPlayed:
        played = DaysPlayed(self._live.scaled(scale).on(self._scenario), self._seed)
        played.grow(self._days)
        return played

    def _abandonment(self, scale: float) -> float:
        played = self._played(scale)
        answered = float(self._weights @ played.answered)
        return float(self._weights @ played.abandoned) / answered if answered else 0.0

    def _where(self, above: Floats, below: Floats, *, least: float, most: float = 1.0) -> Between:
        """Return a ratio of the played days, and where it may be in as many days as were measured.

        Days of one answer rate differ by chance; `least` is what one count more or less comes to.
        """
        weights = self._weights
        mean = float(weights @ above) / max(float(weights @ below), 1e-9)
        rest = ((above - mean * below) / max(float(below.mean()), 1e-9)).reshape(-1, len(self.span.logs))
        inner = rest - rest.mean(axis=0)
        variance = float((inner**2).sum()) / max(rest.size - rest.shape[1], 1)
        error = math.sqrt(variance * (1 / max(self._usual, 1e-9) + 1 / rest.size) + mean * least + least**2)
        return Between(mean=mean, low=max(mean - _SURE * error, 0.0), high=min(mean + _SURE * error, most))


def _first_from_one(end: float, is_there: Callable[[float], bool], *, halvings: int = _HALVINGS) -> float | None:
    """Return the first factor on the way from 1 to the end that is there; None where the end is not."""
    if not is_there(end):
        return None
    near, far = 0.0, math.log(end)
    for _ in range(halvings):
        middle = (near + far) / 2
        if is_there(math.exp(middle)):
            far = middle
        else:
            near = middle
    return math.exp(far)


def _near(value: float, where: Between, off: float) -> bool:
    return where.low - off <= value <= where.high + off
