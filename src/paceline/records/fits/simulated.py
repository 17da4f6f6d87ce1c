"""A fitted time in the simulator's words; exactly where it knows the family, else by the nearest with the same moments.

The simulator's line is given up at the time-out, and an answer that would come later is lost. Where a fit is truncated
there, the untruncated member is its truth; where almost all of that would be lost, or the simulator does not know the
family, the times that can be seen are matched instead.
"""

from __future__ import annotations

import numpy as np

from paceline.records.fits.duration_fit import DurationFit
from paceline.records.fits.families import Family, moments
from paceline.simulation.distributions import LONGEST_S, TICKS_PER_S, Duration, survivals_of, table_of
from paceline.simulation.distributions import Family as Simulated

_KNOWN = {
    Family.EXPONENTIAL: Simulated.EXPONENTIAL,
    Family.LOGNORMAL: Simulated.LOGNORMAL,
    Family.GAMMA: Simulated.GAMMA,
    Family.DETERMINISTIC: Simulated.DETERMINISTIC,
}
_MATCHED = (Simulated.GAMMA, Simulated.LOGNORMAL)
_MOSTLY = 0.9
"""Share of a truncated family that must be seen for the untruncated one to be believed."""
_SHORTEST_S = 1e-3


def is_known(fit: DurationFit) -> bool:
    """Return whether the simulator has the family itself, so that `to_duration` gives the fit and nothing like it."""
    return fit.family in _KNOWN and fit.within >= _MOSTLY


def to_duration(fit: DurationFit) -> Duration:
    """Return the time for the simulator: of the family itself, or gamma or lognormal with the same mean and spread.

    Of the two, the nearer one is taken: that with the smaller largest difference of the shares that last longer.
    """
    if is_known(fit):
        mean, cv = moments(fit.family, fit.values)
        return _duration(_KNOWN[fit.family], mean, cv)
    mean, cv = fit.moments
    at = np.linspace(0.0, mean * (1 + 4 * cv), 201)
    wanted = fit.longer(at)

    def apart(family: Simulated) -> float:
        one = _duration(family, mean, cv)
        return float(np.abs(survivals_of(table_of(one), at * TICKS_PER_S) - wanted).max())

    return _duration(min(_MATCHED, key=apart), mean, cv)


def lost_after(duration: Duration, timeout_s: float | None) -> float:
    """Return the share of such times that a time-out cuts, a fraction; 0 without one."""
    return 0.0 if timeout_s is None else duration.survival_s(timeout_s)


def _duration(family: Simulated, mean: float, cv: float) -> Duration:
    mean = min(max(mean, _SHORTEST_S), LONGEST_S / 10)
    match family:
        case Simulated.LOGNORMAL | Simulated.GAMMA:
            return Duration(family=family, mean_s=mean, cv=min(max(cv, 0.01), 10.0))
        case _:
            return Duration(family=family, mean_s=mean)
