"""A rate under watch whose events come in bursts: counts divided by the design effect that blocks show, at any time.

The mixture of `confidence_sequence` on fewer, effectively independent trials. What blocks show of the effect is mixed
with what is supposed before they do; the effect is never less than 1. It is an estimate, and so the error is kept
nearly, not exactly, as it is by betting on blocks (`block_evidence`), which asks for many times the data.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from paceline.inference.confidence_sequence import ABANDONMENT, Claim, Prior, edge
from paceline.inference.errors import InputError
from paceline.inference.estimate import Estimate, Sides
from paceline.inference.inputs import Series, checked_events, checked_level, checked_positive, checked_share
from paceline.inference.quantiles import log_beta, log_beta_share


def running_effect(
    events: npt.ArrayLike, trials: npt.ArrayLike, *, supposed: float = 2.0, weight: float = 6.0
) -> Series:
    """Return [blocks] the design effect after each block: what blocks show so far, mixed with what is supposed.

    Args:
        events: [blocks] whole numbers.
        trials: [blocks] whole numbers, at least the events.
        supposed: the effect before any block shows it, at least 1.
        weight: how many blocks that is worth, above 0.

    Raises:
        InputError: when a number is not as asked.

    >>> running_effect([10, 50, 20, 40], [1000] * 4, supposed=2.0, weight=6.0).round(2).tolist()
    [2.0, 5.64, 5.67, 5.15]
    """
    happened, tried = checked_events("events", events, "trials", trials)
    checked_positive("weight", weight)
    if not 1.0 <= supposed < math.inf:
        raise InputError("supposed", supposed, "finite and at least 1")
    freedom = np.arange(happened.size, dtype=np.float64)
    total, all_tried = np.cumsum(happened), np.cumsum(tried)
    rate = np.divide(total, all_tried, out=np.zeros_like(total), where=all_tried > 0.0)
    squares = np.cumsum(happened**2) - 2.0 * rate * np.cumsum(happened * tried) + rate**2 * np.cumsum(tried**2)
    single = rate * (1.0 - rate) * all_tried
    seen = np.full_like(rate, supposed)  # nothing abandoned, or everything, shows nothing of how bursts come
    np.divide(squares * (freedom + 1.0), single * freedom, out=seen, where=(single > 0.0) & (freedom > 0.0))
    mixed: Series = np.maximum(1.0, (weight * supposed + freedom * seen) / (weight + freedom))
    return mixed


def deflated_evidence(
    events: npt.ArrayLike,
    trials: npt.ArrayLike,
    *,
    effects: npt.ArrayLike,
    limit: float,
    claim: Claim,
    prior: Prior = ABANDONMENT,
) -> Series:
    """Return [blocks] the logarithm of the evidence that the rate is above, or below, a limit, after each block.

    Args:
        events: [blocks] whole numbers.
        trials: [blocks] whole numbers, at least the events.
        effects: [blocks] the design effect after each block, at least 1.
        limit: above 0 and below 1.
        claim: what the evidence is for.
        prior: chosen before looking, with weight on the side of the claim.

    Raises:
        InputError: when a number is not as asked.

    References:
        Kish 1965, Survey Sampling, section 8.2; Howard, Ramdas, McAuliffe, Sekhon 2021, Annals of Statistics 49(2).

    >>> deflated_evidence([30] * 3, [500] * 3, effects=[2.0] * 3, limit=0.03, claim=Claim.ABOVE).round(2).tolist()
    [2.21, 4.84, 7.62]
    """
    from scipy.special import betainc, betaincc, betaln

    happened, tried = checked_events("events", events, "trials", trials)
    checked_share("limit", limit)
    above = claim is Claim.ABOVE
    weight = log_beta_share(limit, prior.events, prior.others, above=above)
    if weight == -math.inf:  # dividing by it would make evidence out of nothing
        raise InputError("prior", f"Beta({prior.events:g}, {prior.others:g})", f"possible {claim} {limit:g}")
    divisor = np.asarray(effects, dtype=np.float64)
    if divisor.shape != happened.shape or not (divisor >= 1.0).all():
        raise InputError("effects", effects, f"{happened.size} numbers of at least 1")
    few = np.cumsum(happened) / divisor
    others = np.cumsum(tried) / divisor - few
    mixed = betaln(prior.events + few, prior.others + others) - log_beta(prior.events, prior.others)
    with np.errstate(divide="ignore"):  # a share too small for a double is evidence 0, which is the careful side
        share = np.log((betaincc if above else betainc)(prior.events + few, prior.others + others, limit))
    path: Series = mixed - few * math.log(limit) - others * math.log1p(-limit) + share - weight
    return path


def deflated_interval(
    events: int, trials: int, *, effect: float, level: float = 0.95, prior: Prior = ABANDONMENT
) -> Estimate:
    """Return the rates that the evidence on the divided counts does not reject, at any time; both bounds.

    Args:
        events: how many happened so far, from 0 to `trials`.
        trials: how many there were so far, at least 1.
        effect: the design effect, at least 1.
        level: above 0.5 and below 1.
        prior: chosen before looking.

    Raises:
        InputError: when a value is outside its bounds.

    >>> found = deflated_interval(300, 10_000, effect=2.0)
    >>> round(found.low, 4), round(found.high, 4)
    (0.023, 0.0383)
    """
    checked_events("events", [events], "trials", [trials])
    if not 1.0 <= effect < math.inf:
        raise InputError("effect", effect, "finite and at least 1")
    enough = -math.log(1.0 - checked_level(level))
    few, others = events / effect, (trials - events) / effect
    mixed = log_beta(prior.events + few, prior.others + others) - log_beta(prior.events, prior.others)
    rate = events / trials

    def rejected(candidate: float) -> bool:
        return mixed - few * math.log(candidate) - others * math.log1p(-candidate) >= enough

    return Estimate(
        estimate=rate,
        low=0.0 if events == 0 else edge(rejected, outside=0.0, inside=rate),
        high=1.0 if events == trials else edge(rejected, outside=1.0, inside=rate),
        level=level,
        sides=Sides.BOTH,
        n=trials,
        method=f"beta-binomial mixture on counts divided by {effect:.2f}, any time",
    )
