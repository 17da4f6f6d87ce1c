"""How long things last: families tried on counted times, the likeliest chosen, and how well it goes with the data.

The choice is by Akaike's criterion, and the others are told with it. A family with more parameters has to be plainly
better, by 10: below that the simpler one is not yet without support (Burnham and Anderson 2002, section 2.6). It has to
lie nearer to what was seen, too: a few stray times must not buy parameters of their own. With many times every family
is wrong and a test says so; the distance to Kaplan and Meier's curve says how wrong, and is what is to be looked at.
`chance_of` is the test for those who ask.

Rings that a person or a machine ended are truncated at the time-out: later ones are not among them. Rings that nobody
ended are cut off there: they would have lasted longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from paceline.records.fits.duration_fit import DurationFit, Point, Rest, Tried
from paceline.records.fits.errors import TooFewRecordsError
from paceline.records.fits.families import Family, Values, survival
from paceline.records.fits.grouped import Seen, covariance, highest, log_likelihood, seen_of
from paceline.records.fits.survival import Curve, kaplan_meier, rest_after
from paceline.records.summary import Durations

Floats = npt.NDArray[np.float64]

TALKING = (Family.LOGNORMAL, Family.GAMMA, Family.WEIBULL, Family.EXPONENTIAL)
"""Families tried for talk and wrap-up; a time that is always the same is found anyway."""
RINGING = (*TALKING, Family.TWO_GAMMAS)
"""Families tried for rings."""
FEWEST = 30
"""Times that ended below which no family is chosen."""
_KOLMOGOROV = 1.3581
"""19 of 20 largest differences of an empirical distribution are below this over the root of how many there are."""
_PLAINLY = 10.0
"""Akaike's criterion by which a family with more parameters has to be better."""
_AGES = (1.0, 0.75, 0.5, 0.25, 0.1)
_POINTS = 120


def fit_durations(
    durations: Durations, families: Sequence[Family] = TALKING, *, truncated_s: float | None = None
) -> DurationFit:
    """Return the family that counted times are likeliest of, with its parameters.

    Args:
        durations: by step.
        families: that are tried; a time that ends in one step alone is taken to be certain, whatever they are.
        truncated_s: nothing is seen that lasts longer, seconds; None where everything is.

    Raises:
        TooFewRecordsError: fewer than 30 ended.
    """
    ended = int(durations.ended.sum())
    if ended < FEWEST:
        raise TooFewRecordsError("times that ended", found=ended, needed=FEWEST)
    curve = kaplan_meier(durations)
    seen = seen_of(durations, truncated_s)
    tried = _certain(durations) or _ordered([_tried(family, seen, curve) for family in families])
    best = tried[0]
    is_certain = best.family is Family.DETERMINISTIC
    cover = () if is_certain else covariance(best.family, best.values, seen).tolist()
    fit = DurationFit(
        family=best.family,
        values=best.values,
        covariance=tuple(tuple(row) for row in cover),
        step_s=durations.step_s,
        truncated_s=truncated_s,
        ended=ended,
        censored=int(durations.censored.sum()),
        tried=tried,
        distance=best.distance,
        chance=_KOLMOGOROV / ended**0.5,
        rests=(),
        curve=(),
    )
    return _with_curves(fit, curve)


def certain(value_s: float, *, step_s: float, censored: int) -> DurationFit:
    """Return a time that always lasts to a time-out or longer, and of which nothing else is known.

    Args:
        value_s: seconds.
        step_s: of the counts, seconds.
        censored: times that were cut off there.
    """
    return DurationFit(
        family=Family.DETERMINISTIC,
        values=(value_s,),
        covariance=(),
        step_s=step_s,
        truncated_s=None,
        ended=0,
        censored=censored,
        tried=(),
        distance=0.0,
        chance=1.0,
        rests=(),
        curve=(),
    )


def timeout_of(unanswered: Durations) -> float | None:
    """Return the time-out, seconds, that rings show which nobody ended; None where they show none.

    It is where most of them end, if hardly any (one in a hundred) end later: then the line's time was over.
    """
    ended = unanswered.ended
    if not ended.any():
        return None
    at = int(ended.argmax())
    is_end = int(ended[at + 1 :].sum()) * 100 <= int(ended.sum())
    if not is_end or ended[at] * 10 < ended.sum():
        return None
    # A time-out of whole steps is counted in the step that begins with it.
    return float(at * unanswered.step_s) or None


def cut_at(unanswered: Durations, timeout_s: float) -> Durations:
    """Return rings with those that the time-out ended as cut off there."""
    steps = unanswered.ended.size
    at = min(max(round(timeout_s / unanswered.step_s) - 1, 0), steps - 1)
    over = np.arange(steps) >= at + 1
    ended, censored = np.where(over, 0, unanswered.ended), np.where(over, 0, unanswered.censored)
    censored[at] += int(unanswered.ended[over].sum() + unanswered.censored[over].sum())
    return Durations(step_s=unanswered.step_s, ended=ended, censored=censored)


def chance_of(durations: Durations, fit: DurationFit, *, repeats: int = 99, seed: int = 1) -> float:
    """Return how often so large a distance comes about where the family is true: a parametric bootstrap's p-value.

    With many times any family is rejected, for none is quite true; look at the distance then.

    Args:
        durations: that were fitted.
        fit: of these.
        repeats: data sets that are made and fitted, some milliseconds each.
        seed: of the chance in it.

    References:
        Stute, Gonzalez Manteiga, Presedo Quindimil 1993, Metrika 40.
    """
    if fit.family is Family.DETERMINISTIC:
        return 1.0
    made = _made(durations, fit, repeats, np.random.default_rng(seed))
    beyond = 0
    for one in made:
        if int(one.ended.sum()) < FEWEST:
            beyond += 1  # nothing can be said of it, so it does not speak against the family
            continue
        values = highest(fit.family, seen_of(one, fit.truncated_s), near=fit.values)
        beyond += _distance(fit.family, values, fit.truncated_s, kaplan_meier(one)) >= fit.distance
    return (1 + beyond) / (1 + repeats)


def _made(durations: Durations, fit: DurationFit, repeats: int, chance: np.random.Generator) -> list[Durations]:
    """Return data of the fitted family, cut off as the real ones were."""
    steps, step_s = durations.ended.size, durations.step_s
    left = fit.longer(np.arange(steps, dtype=np.float64) * step_s)
    hazard = 1 - np.append(left[1:], 0.0) / np.maximum(left, 1e-15)
    alive = (durations.ended + durations.censored)[::-1].cumsum()[::-1]
    cutting = durations.censored / np.maximum(alive - durations.ended, 1)
    there = np.full(repeats, int(alive[0]))
    ended, censored = np.zeros((repeats, steps), np.int64), np.zeros((repeats, steps), np.int64)
    for step in range(steps):
        if not there.any():
            break
        ended[:, step] = chance.binomial(there, min(max(float(hazard[step]), 0.0), 1.0))
        rest = there - ended[:, step]
        censored[:, step] = chance.binomial(rest, min(float(cutting[step]), 1.0))
        there = rest - censored[:, step]
    return [Durations(step_s=step_s, ended=one, censored=cut) for one, cut in zip(ended, censored, strict=True)]


def _certain(durations: Durations) -> tuple[Tried, ...]:
    """Return the deterministic family where everything that ended did so in one step, and nothing outlasted it."""
    at = np.flatnonzero(durations.ended)
    if at.size > 1 or durations.censored[at[0] + 1 :].any():
        return ()
    value = (int(at[0]) + 0.5) * durations.step_s
    return (Tried(family=Family.DETERMINISTIC, values=(value,), aic=2.0, distance=0.0),)


def _ordered(tried: list[Tried]) -> tuple[Tried, ...]:
    """Return the chosen one first, the others by Akaike's criterion."""
    left = sorted(tried, key=lambda one: one.aic)
    chosen = min(left, key=lambda one: len(one.values))
    for size in sorted({len(one.values) for one in left}):
        best = next(one for one in left if len(one.values) == size)
        if best.aic < chosen.aic - _PLAINLY and best.distance < chosen.distance:
            chosen = best
    return chosen, *(one for one in left if one is not chosen)


def _tried(family: Family, seen: Seen, curve: Curve) -> Tried:
    values = highest(family, seen)
    return Tried(
        family=family,
        values=values,
        aic=2.0 * len(values) - 2.0 * log_likelihood(family, values, seen),
        distance=_distance(family, values, seen.truncated_s, curve),
    )


def _distance(family: Family, values: Values, truncated_s: float | None, curve: Curve) -> float:
    left = survival(family, values, curve.at_s)
    if truncated_s is not None:
        within = 1.0 - float(survival(family, values, np.array([truncated_s]))[0])
        left = np.where(curve.at_s >= truncated_s, 0.0, 1 - (1 - left) / max(within, 1e-15))
    return float(np.abs(left - curve.share).max())


def _with_curves(fit: DurationFit, curve: Curve) -> DurationFit:
    end = float(curve.at_s[-1])
    fine = np.linspace(0.0, end, 4001)
    left = fit.longer(fine)
    ages = sorted({curve.age_of(share) for share in _AGES if curve.age_of(share) < end} | {0.0})
    some = np.unique(np.linspace(0, curve.at_s.size - 1, _POINTS).astype(int))
    fitted = fit.longer(curve.at_s[some])
    return replace(
        fit,
        rests=tuple(
            Rest(age_s=age, seen_s=curve.mean_after(age), fitted_s=rest_after(fine, left, age)) for age in ages
        ),
        curve=tuple(
            Point(at_s=at, seen=seen, fitted=by_fit)
            for at, seen, by_fit in zip(
                curve.at_s[some].tolist(), curve.share[some].tolist(), fitted.tolist(), strict=True
            )
        ),
    )
