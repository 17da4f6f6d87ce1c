"""How many last longer, read off counts without any family: Kaplan and Meier's curve, on steps.

A time that was cut off in a step is taken to have been under observation for half of it, as in a life table. The last
step of a table is open: what ended in it says nothing of where.

References:
    Kaplan and Meier 1958, JASA 53(282); Cutler and Ederer 1958, J. Chronic Diseases 8(6), for the half step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.records.summary import Durations

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Shares that last longer.

    Attributes:
        at_s: [points] seconds, rising, 0 first.
        share: [points] that last longer, 1 first, never rising.
    """

    at_s: Floats
    share: Floats

    def mean_after(self, age_s: float) -> float:
        """Return how much longer times last on average that last longer than an age, seconds, up to the curve's end."""
        return rest_after(self.at_s, self.share, age_s)

    def age_of(self, share: float) -> float:
        """Return the first of the curve's times, seconds, that no more than a share last longer than; else its end."""
        below = np.flatnonzero(self.share <= share + 1e-12)
        return float(self.at_s[below[0]] if below.size else self.at_s[-1])


def kaplan_meier(durations: Durations) -> Curve:
    """Return the shares that last longer at the ends of steps, up to the last step in which anything ended.

    >>> import numpy as np
    >>> times = Durations(step_s=1.0, ended=np.array([2, 1, 1, 0]), censored=np.array([0, 0, 0, 0]))
    >>> kaplan_meier(times).share.tolist()
    [1.0, 0.5, 0.25, 0.0]
    """
    ended, censored = durations.ended.astype(float), durations.censored.astype(float)
    alive = (ended + censored)[::-1].cumsum()[::-1]
    at_risk = alive - censored / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        left = np.where(at_risk > 0, 1 - ended / at_risk, 1.0)
    share = np.append(1.0, np.clip(left, 0.0, 1.0).cumprod())
    seen = np.flatnonzero(ended[:-1])
    last = int(seen[-1]) + 1 if seen.size else 0
    at_s = np.arange(last + 1, dtype=np.float64) * durations.step_s
    return Curve(at_s=at_s, share=share[: last + 1])


def rest_after(at_s: Floats, share: Floats, age_s: float) -> float:
    """Return the mean of what is left after an age, seconds, for a survival curve of straight lines, up to its end."""
    begins = float(np.interp(age_s, at_s, share))
    if begins <= 0:
        return 0.0
    later = at_s > age_s
    along = np.append(age_s, at_s[later])
    left = np.append(begins, share[later])
    return float(np.trapezoid(left, along) / begins)
