"""The parameters of a fit for people: each with its 95 % interval over the draws of the bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from paceline.twin.model import DaySpread, Draw, Fitted

if TYPE_CHECKING:
    from paceline.twin.matching import Matched


def fitted_parameters(matched: Matched, spread: DaySpread, *, rings_known: bool) -> tuple[Fitted, ...]:
    """Return what was fitted, with intervals."""
    read: list[tuple[str, str, Callable[[Draw], float]]] = [
        ("lines for each idle agent", "", lambda one: one.lines),
        ("talk, mean", "s", lambda one: one.talk.mean_s),
        ("wrap-up, mean", "s", lambda one: 0.0 if one.wrap is None else one.wrap.mean_s),
        ("ring until answered, mean", "s", lambda one: one.ring_answered.mean_s),
        ("machines, of dials that no person answered", "", lambda one: one.machine),
        ("engaged, of dials that no person answered", "", lambda one: one.busy),
    ]
    if rings_known:
        read.append(("failed, of dials that no person answered", "", lambda one: one.failed))
    found = [_fitted(name, unit, value, matched) for name, unit, value in read]
    found.append(
        Fitted(
            name="day to day, standard deviation of the answer rate, relative",
            value=spread.spread,
            low=spread.spread * _chi(0.975, spread.freedom),
            high=spread.spread * _chi(0.025, spread.freedom),
        )
    )
    if spread.slope_error > 0:
        width = 1.96 * spread.slope_error
        slope = Fitted(
            name="by day, change of the answer rate, relative",
            value=spread.slope,
            low=spread.slope - width,
            high=spread.slope + width,
        )
        found.append(slope)
    return tuple(found)


def _fitted(name: str, unit: str, value: Callable[[Draw], float], matched: Matched) -> Fitted:
    import numpy as np

    drawn = np.array([value(one) for one in matched.draws])
    low, high = (float(one) for one in np.quantile(drawn, [0.025, 0.975]))
    best = value(matched.best)
    return Fitted(name=name, value=best, low=min(low, best), high=max(high, best), unit=unit)


def _chi(share: float, freedom: int) -> float:
    """Return what a standard deviation is multiplied by for an end of its interval."""
    from math import sqrt

    from paceline.inference.quantiles import chi_square_quantile

    return sqrt(freedom / chi_square_quantile(share, freedom))
