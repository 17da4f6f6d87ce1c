"""Shares of the dials that no person answered: machines, engaged lines, failures; a beta-binomial over days.

References:
    Skellam 1948, J. Royal Statistical Society B 10(2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from paceline.inference.quantiles import t_quantile
from paceline.primitives.canonical import Json
from paceline.records.fits.errors import TooFewRecordsError
from paceline.records.summary import Cells

Floats = npt.NDArray[np.float64]

_BOUNDS = ((-16.0, 16.0), (-16.0, -0.05))
_STEP = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFit:
    """A share that differs from day to day.

    Attributes:
        share: its mean, a fraction.
        likeness: correlation of two dials of a day, 0 to 1; 0 is chance alone.
        error: standard error of the logarithm of the share's odds.
        days: that were fitted.
    """

    share: float
    likeness: float
    error: float
    days: int

    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the share."""
        if not 0 < self.share < 1:
            return 0.0, min(max(self.error, self.share), 1.0)
        odds, wide = math.log(self.share / (1 - self.share)), t_quantile(0.975, max(self.days - 1, 1)) * self.error
        return _share(odds - wide), _share(odds + wide)

    def drawn(self, chance: np.random.Generator) -> float:
        """Return a share as it may be instead."""
        if not 0 < self.share < 1:
            return self.share
        odds = math.log(self.share / (1 - self.share))
        return _share(odds + self.error * float(chance.standard_t(max(self.days - 1, 3))))

    def document(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {"share": self.share, "likeness": self.likeness, "error": self.error, "days": self.days}

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> ShareFit:
        """Return it from its JSON."""
        kept = cast("dict[str, float]", dict(document))
        return cls(share=kept["share"], likeness=kept["likeness"], error=kept["error"], days=int(kept["days"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How dials end that no person answers, as shares of those; what is left is not answered at all."""

    machine: ShareFit
    busy: ShareFit
    failed: ShareFit

    def each(self) -> tuple[tuple[str, ShareFit], ...]:
        """Return them with their names, in their order."""
        return ("machine", self.machine), ("busy", self.busy), ("failed", self.failed)

    def with_values(self, machine: float, busy: float, failed: float) -> Shares:
        """Return it with other shares."""
        return Shares(
            machine=replace(self.machine, share=machine),
            busy=replace(self.busy, share=busy),
            failed=replace(self.failed, share=failed),
        )

    def document(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {name: one.document() for name, one in self.each()}

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Shares:
        """Return it from its JSON."""
        machine, busy, failed = (
            ShareFit.of(cast("Mapping[str, Json]", document[name])) for name in ("machine", "busy", "failed")
        )
        return cls(machine=machine, busy=busy, failed=failed)


def fit_share(counted: npt.ArrayLike, of: npt.ArrayLike) -> ShareFit:
    """Return the share of `counted` in `of`, by day.

    Where none, or all, are counted, there is no spread to see: `error` is then the highest share that 95 of 100 such
    days would have shown one of (the rule of three).

    Raises:
        TooFewRecordsError: fewer than two days have dials.
    """
    happened, tried = np.asarray(counted, float), np.asarray(of, float)
    happened, tried = happened[tried > 0], tried[tried > 0]
    if tried.size < 2:
        raise TooFewRecordsError("days with dials that no person answered", found=tried.size, needed=2)
    share = float(happened.sum() / tried.sum())
    if not 0 < share < 1:
        return ShareFit(share=share, likeness=0.0, error=min(3.0 / float(tried.sum()), 1.0), days=tried.size)

    def lost(at: Floats) -> float:
        return -_log_likelihood(_share(float(at[0])), math.exp(float(at[1])), happened, tried)

    begin = np.array([math.log(share / (1 - share)), math.log(_rough(happened, tried, share))])
    found = optimize.minimize(
        lost, begin, method="Nelder-Mead", bounds=_BOUNDS, options={"xatol": 1e-5, "fatol": 1e-8, "maxiter": 400}
    )
    at = np.asarray(found.x)
    move = np.array([_STEP, 0.0])
    curve = (lost(at + move) - 2 * lost(at) + lost(at - move)) / _STEP**2
    return ShareFit(
        share=_share(float(at[0])),
        likeness=math.exp(float(at[1])),
        error=1 / math.sqrt(max(curve, 1e-6)),
        days=tried.size,
    )


def shares_of(cells: Cells) -> Shares:
    """Return machines, engaged lines and failures, as shares of the dials that no person answered.

    Raises:
        TooFewRecordsError: fewer than two days have such dials.
    """
    days, at = np.unique(cells.day, return_inverse=True)
    rest = np.bincount(at, cells.dials - cells.answered, days.size)
    machine, busy, failed = (
        fit_share(np.bincount(at, one, days.size), rest) for one in (cells.machines, cells.busies, cells.failed)
    )
    return Shares(machine=machine, busy=busy, failed=failed)


def _log_likelihood(share: float, likeness: float, happened: Floats, tried: Floats) -> float:
    total = 1 / likeness - 1
    one, other = share * total, (1 - share) * total
    return float((special.betaln(happened + one, tried - happened + other) - special.betaln(one, other)).sum())


def _rough(happened: Floats, tried: Floats, share: float) -> float:
    """Return the likeness by moments, to begin with."""
    apart = float(((happened - tried * share) ** 2 / (tried * share * (1 - share))).sum() / (tried.size - 1))
    return min(max((apart - 1) / max(float(tried.mean()) - 1, 1.0), 1e-6), 0.5)


def _share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
