"""A rate under watch: bounds and evidence that hold however often, and whenever, one looks.

The beta-binomial mixture. It supposes that each event has the same rate whatever came before: answers to dials of one
hour nearly do. Abandoned calls do not, they come in bursts; for those use `block_evidence`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InputError
from paceline.inference.estimate import Estimate, Sides
from paceline.inference.inputs import Series, checked_count, checked_level, checked_positive, checked_share
from paceline.inference.quantiles import log_beta, log_beta_share

_HALVINGS = 80


class Claim(StrEnum):
    """What evidence is gathered for."""

    ABOVE = "above"
    """That the rate is above the limit: it was broken. Holds against every rate up to the limit."""
    BELOW = "below"
    """That the rate is below the limit: it is kept. Holds against every rate from the limit on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Where the mixture puts its weight: Beta(events, others); bounds are short there, and hold everywhere.

    Attributes:
        events: above 0; `events / (events + others)` is where the rate is expected.
        others: above 0; `events + others` is how firmly, counted in trials.
    """

    events: float = 3.0
    others: float = 97.0

    def __post_init__(self) -> None:
        """Refuse weights that are not positive."""
        checked_positive("prior.events", self.events)
        checked_positive("prior.others", self.others)


ABANDONMENT = Prior()
"""Around three in a hundred, with the weight of a hundred calls."""


def log_evidence(events: SupportsIndex, trials: SupportsIndex, *, rate: float, prior: Prior = ABANDONMENT) -> float:
    """Return the logarithm of the evidence against a rate; log(1/0.05), about 3, rejects it at 5 %, at any time.

    Under the rate the evidence is a martingale that starts at 1: its chance ever to reach 1/d is at most d.

    Args:
        events: how many happened so far, from 0 to `trials`.
        trials: how many there were so far, from 0.
        rate: above 0 and below 1.
        prior: chosen before looking.

    Raises:
        InputError: when a value is outside its bounds.

    References:
        Robbins 1970, Annals of Mathematical Statistics 41(5); Howard, Ramdas, McAuliffe, Sekhon 2021, Annals of
        Statistics 49(2).

    >>> round(log_evidence(0, 0, rate=0.03), 6), round(log_evidence(50, 1000, rate=0.03), 3)
    (0.0, 3.847)
    """
    tried = checked_count("trials", trials)
    happened = checked_count("events", events, most=tried)
    checked_share("rate", rate)
    others = tried - happened
    mixed = log_beta(prior.events + happened, prior.others + others) - log_beta(prior.events, prior.others)
    return mixed - happened * math.log(rate) - others * math.log1p(-rate)


def limit_evidence(
    events: SupportsIndex, trials: SupportsIndex, *, limit: float, claim: Claim, prior: Prior = ABANDONMENT
) -> float:
    """Return the logarithm of the evidence that the rate is above, or below, a limit, at any time.

    The mixture runs only over the rates of the claim, so the evidence holds against every rate on the other side.

    Args:
        events: how many happened so far, from 0 to `trials`.
        trials: how many there were so far, from 0.
        limit: above 0 and below 1.
        claim: what the evidence is for.
        prior: chosen before looking.

    Raises:
        InputError: when a value is outside its bounds, or the prior has no weight on the side of the claim.

    >>> round(limit_evidence(50, 1000, limit=0.03, claim=Claim.ABOVE), 3)
    4.698
    >>> limit_evidence(50, 1000, limit=0.03, claim=Claim.BELOW) < 0
    True
    """
    plain = log_evidence(events, trials, rate=limit, prior=prior)
    happened = prior.events + checked_count("events", events)
    others = prior.others + checked_count("trials", trials) - checked_count("events", events)
    above = claim is Claim.ABOVE
    weight = log_beta_share(limit, prior.events, prior.others, above=above)
    if weight == -math.inf:  # dividing by it would make evidence out of nothing
        raise InputError("prior", f"Beta({prior.events:g}, {prior.others:g})", f"possible {claim} {limit:g}")
    return plain + log_beta_share(limit, happened, others, above=above) - weight


def mixture_interval(
    events: SupportsIndex,
    trials: SupportsIndex,
    *,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    prior: Prior = ABANDONMENT,
) -> Estimate:
    """Return the rates the evidence does not reject; true at all looks together as often as the level says.

    A one-sided statement is the same bound at the same level: the mixture spends its error where the data are.

    Args:
        events: how many happened so far, from 0 to `trials`.
        trials: how many there were so far, at least 1.
        level: above 0.5 and below 1.
        sides: which bounds to state.
        prior: chosen before looking.

    Raises:
        InputError: when a value is outside its bounds.

    >>> found = mixture_interval(300, 10_000)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0248, 0.0359)
    """
    tried = checked_count("trials", trials, least=1)
    happened = checked_count("events", events, most=tried)
    enough = -math.log(1.0 - checked_level(level))
    rate = happened / tried

    def rejected(candidate: float) -> bool:
        return log_evidence(happened, tried, rate=candidate, prior=prior) >= enough

    return Estimate(
        estimate=rate,
        low=0.0 if sides is Sides.UPPER or happened == 0 else edge(rejected, outside=0.0, inside=rate),
        high=1.0 if sides is Sides.LOWER or happened == tried else edge(rejected, outside=1.0, inside=rate),
        level=level,
        sides=sides,
        n=tried,
        method=f"beta-binomial mixture, Beta({prior.events:g}, {prior.others:g}), any time",
    )


def edge(rejected: Callable[[float], bool], *, outside: float, inside: float) -> float:
    """Return where rejection begins between a rate that is rejected and one that is not; on the rejected side.

    Args:
        rejected: whether a rate is rejected; changes once between the two.
        outside: the end of the range, taken as rejected, never asked.
        inside: a rate that is not rejected, never asked.
    """
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2.0
        if middle in {outside, inside}:
            break
        if rejected(middle):
            outside = middle
        else:
            inside = middle
    return outside


def evidence_path(outcomes: npt.ArrayLike, *, rate: float, prior: Prior = ABANDONMENT) -> Series:
    """Return the logarithm of the evidence against a rate after each trial.

    Args:
        outcomes: [..., n] 1 where the event happened, 0 where not, in their order.
        rate: above 0 and below 1.
        prior: chosen before looking.

    Returns:
        [..., n] as `log_evidence` after 1, 2, ... n trials.

    Raises:
        InputError: when an outcome is neither 0 nor 1, or the rate is outside its bounds.

    >>> evidence_path([0, 1, 0], rate=0.02).round(3).tolist()
    [-0.01, 0.385, 0.365]
    """
    from scipy.special import betaln

    row = np.asarray(outcomes, dtype=np.float64)
    if row.ndim == 0 or not np.isin(row, (0.0, 1.0)).all():
        raise InputError("outcomes", "other values", "0 or 1 each, in a row")
    checked_share("rate", rate)
    happened = np.cumsum(row, axis=-1)
    others = np.arange(1, row.shape[-1] + 1) - happened
    mixed = betaln(prior.events + happened, prior.others + others) - log_beta(prior.events, prior.others)
    path: Series = mixed - happened * math.log(rate) - others * math.log1p(-rate)
    return path


def chance_to_see(log_peak: float) -> float:
    """Return the greatest chance that evidence ever gets as high as it got, if what it is against were true.

    An anytime-valid p-value (Ville 1939).

    Args:
        log_peak: logarithm of the highest evidence so far.

    >>> round(chance_to_see(2.995732), 4), chance_to_see(-1.0)
    (0.05, 1.0)
    """
    return min(1.0, math.exp(-log_peak)) if log_peak > 0.0 else 1.0
