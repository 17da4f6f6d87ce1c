"""A time as it was fitted: its family, its parameters, how sure they are, and how well it goes with the data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from paceline.primitives.canonical import Json
from paceline.records.fits.families import Family, Values, free, moments, names_of, natural, slopes, survival

Floats = npt.NDArray[np.float64]

_NORMAL = 1.959963984540054
_FINE = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A family that was tried.

    Attributes:
        family: which.
        values: its likeliest parameters, as `families.names_of` names them.
        aic: Akaike's criterion; the least is the best.
        distance: largest difference of the shares that last longer, to Kaplan and Meier's curve; a fraction.
    """

    family: Family
    values: Values
    aic: float
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place of the curves: seconds, the share that was seen to last longer, and that of the fit."""

    at_s: float
    seen: float
    fitted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """How much longer times last on average that lasted to an age, up to the longest seen: seen, and by the fit."""

    age_s: float
    seen_s: float
    fitted_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationFit:
    """A time as it was fitted.

    Attributes:
        family: that was chosen.
        values: its parameters, as `families.names_of` names them.
        covariance: of the free parameters' estimates, row by row; empty where a time is taken to be certain.
        step_s: the steps that were counted in, seconds.
        truncated_s: nothing is seen that lasts longer, seconds; None where everything is.
        ended, censored: times that were fitted.
        tried: every family that was tried, the chosen one first.
        distance: of the chosen one.
        chance: the largest distance that chance gives 19 of 20 times so many times of a known family.
        rests: mean residual life at quantiles of age.
        curve: for pictures.
    """

    family: Family
    values: Values
    covariance: tuple[Values, ...]
    step_s: float
    truncated_s: float | None
    ended: int
    censored: int
    tried: tuple[Tried, ...]
    distance: float
    chance: float
    rests: tuple[Rest, ...]
    curve: tuple[Point, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        return names_of(self.family)

    @property
    def within(self) -> float:
        """Return the share of the family that ends before the truncation; 1 where nothing is truncated."""
        if self.truncated_s is None:
            return 1.0
        return 1.0 - float(survival(self.family, self.values, np.array([self.truncated_s]))[0])

    def longer(self, at_s: Floats) -> Floats:
        """Return [times] the shares, of what can be seen, that last longer than each of the times, seconds."""
        left = survival(self.family, self.values, at_s)
        if self.truncated_s is None:
            return left
        return np.where(at_s >= self.truncated_s, 0.0, 1 - (1 - left) / max(self.within, 1e-15))

    @property
    def moments(self) -> tuple[float, float]:
        """Return mean, seconds, and standard deviation over mean, of what can be seen."""
        if self.truncated_s is None or self.family is Family.DETERMINISTIC:
            return moments(self.family, self.values)
        at = np.linspace(0.0, self.truncated_s, _FINE + 1)
        left = self.longer(at)
        mean = float(np.trapezoid(left, at))
        square = 2 * float(np.trapezoid(left * at, at))
        return mean, math.sqrt(max(square / mean**2 - 1, 0.0))

    def intervals(self) -> tuple[tuple[float, float], ...]:
        """Return a 95 % interval of each parameter; the value itself where it is taken to be certain.

        They are normal on the free scale. They know of the times alone, not of what all times of a day have in common.
        """
        if not self.covariance:
            return tuple((value, value) for value in self.values)
        turned = slopes(self.family, self.values) @ np.array(self.covariance) @ slopes(self.family, self.values).T
        # Each on its own logarithm, and a share on that of its odds.
        found = []
        for name, value, variance in zip(self.names, self.values, np.diag(turned), strict=True):
            error = math.sqrt(max(float(variance), 0.0))
            if name == "share":
                odds, wide = math.log(value / (1 - value)), _NORMAL * error / (value * (1 - value))
                found.append((1 / (1 + math.exp(wide - odds)), 1 / (1 + math.exp(-wide - odds))))
            else:
                wide = min(_NORMAL * error / value, 50.0)
                found.append((value * math.exp(-wide), value * math.exp(wide)))
        return tuple(found)

    def drawn(self, chance: np.random.Generator) -> Values:
        """Return parameters as they may be instead, normal on the free scale."""
        if not self.covariance:
            return self.values
        cover = np.array(self.covariance)
        at = free(self.family, self.values)
        moved = chance.multivariate_normal(np.zeros(at.size), cover, method="svd", check_valid="ignore")
        return natural(self.family, at + np.clip(moved, -3.0, 3.0))

    def with_values(self, values: Values) -> DurationFit:
        """Return it with other parameters, as certain; the curves stay those of the fit."""
        return replace(self, values=values, covariance=())

    def document(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "family": self.family.value,
            "values": list(self.values),
            "covariance": [list(row) for row in self.covariance],
            "step_s": self.step_s,
            "truncated_s": self.truncated_s,
            "ended": self.ended,
            "censored": self.censored,
            "tried": [[one.family.value, list(one.values), one.aic, one.distance] for one in self.tried],
            "distance": self.distance,
            "chance": self.chance,
            "rests": [[one.age_s, one.seen_s, one.fitted_s] for one in self.rests],
            "curve": [[one.at_s, one.seen, one.fitted] for one in self.curve],
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> DurationFit:
        """Return it from its JSON."""
        return _read(cast("dict[str, Any]", dict(document)))


def _read(kept: dict[str, Any]) -> DurationFit:
    return DurationFit(
        family=Family(kept["family"]),
        values=tuple(kept["values"]),
        covariance=tuple(tuple(row) for row in kept["covariance"]),
        step_s=kept["step_s"],
        truncated_s=kept["truncated_s"],
        ended=kept["ended"],
        censored=kept["censored"],
        tried=tuple(
            Tried(family=Family(family), values=tuple(values), aic=aic, distance=distance)
            for family, values, aic, distance in kept["tried"]
        ),
        distance=kept["distance"],
        chance=kept["chance"],
        rests=tuple(Rest(age_s=age, seen_s=seen, fitted_s=fitted) for age, seen, fitted in kept["rests"]),
        curve=tuple(Point(at_s=at, seen=seen, fitted=fitted) for at, seen, fitted in kept["curve"]),
    )
