"""Evidence from blocks of time, for events that come in bursts: betting on A - limit x L, block by block.

Call by call the chance of an abandonment follows the state of the dialer: with all agents busy it is near one. Evidence
from single calls grows on that, whatever the long-run rate, and so proves nothing. A block of some handle times
averages the state out. What is supposed, and all that is supposed: given the past, a block is expected to have no more
than limit x L abandoned calls (or no fewer). Take at least five mean handle times: half an hour for calls of minutes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from paceline.inference.confidence_sequence import Claim, chance_to_see, edge
from paceline.inference.errors import InputError
from paceline.inference.estimate import Estimate, Sides, tail
from paceline.inference.inputs import Series, checked_count, checked_events, checked_level, checked_share

STAKES = np.geomspace(0.002, 0.98, 28)
"""Shares of what may be staked so that no block can ruin; the bet is split evenly over them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockEvidence:
    """What blocks say about a limit, at any time.

    Attributes:
        claim: what the evidence is for.
        limit: the rate in question.
        estimate: sum of events over sum of answers.
        log_evidence: logarithm of the evidence now.
        log_peak: logarithm of the highest evidence so far, at least 0.
        p_value: the greatest chance of that peak if the claim is false; holds however often one looks.
        n: how many blocks.
        method: how it was computed.
    """

    claim: Claim
    limit: float
    estimate: float
    log_evidence: float
    log_peak: float
    p_value: float
    n: int
    method: str

    def shown(self, level: float = 0.95) -> bool:
        """Return whether the claim is shown at a level above 0.5 and below 1."""
        return self.p_value <= 1.0 - checked_level(level)


def block_evidence(
    events: npt.ArrayLike, answers: npt.ArrayLike, *, limit: float, claim: Claim, most_answers: SupportsIndex
) -> BlockEvidence:
    """Return the evidence that the rate is above, or below, a limit, from blocks in their order.

    Args:
        events: [blocks] abandoned calls, whole numbers.
        answers: [blocks] live answers, whole numbers, at most `most_answers`.
        limit: above 0 and below 1.
        claim: what the evidence is for.
        most_answers: more answers than a block can have, said before the blocks were seen. Above it nothing is valid;
            far above it the evidence grows slowly.

    Raises:
        InputError: when a number is not as asked, a block above `most_answers` among them.

    References:
        Waudby-Smith, Ramdas 2024, "Estimating means of bounded random variables by betting", Journal of the Royal
        Statistical Society B 86(1).

    >>> found = block_evidence([30] * 40, [470] * 40, limit=0.03, claim=Claim.ABOVE, most_answers=600)
    >>> found.shown(), found.n
    (True, 40)
    """
    happened, answered = _checked_blocks(events, answers, most_answers)
    path = _path(happened, answered, limit=checked_share("limit", limit), claim=claim, most=float(most_answers))
    peak = max(0.0, float(path.max()))
    return BlockEvidence(
        claim=claim,
        limit=limit,
        estimate=float(happened.sum() / answered.sum()),
        log_evidence=float(path[-1]),
        log_peak=peak,
        p_value=chance_to_see(peak),
        n=happened.size,
        method="betting on blocks, even mixture of stakes",
    )


def evidence_by_block(
    events: npt.ArrayLike, answers: npt.ArrayLike, *, limit: float, claim: Claim, most_answers: SupportsIndex
) -> Series:
    """Return [blocks] the logarithm of the evidence after each block; arguments and errors as `block_evidence`.

    >>> evidence_by_block([9, 2], [100, 100], limit=0.03, claim=Claim.ABOVE, most_answers=200).round(3).tolist()
    [0.157, 0.119]
    """
    happened, answered = _checked_blocks(events, answers, most_answers)
    return _path(happened, answered, limit=checked_share("limit", limit), claim=claim, most=float(most_answers))


def block_interval(
    events: npt.ArrayLike,
    answers: npt.ArrayLike,
    *,
    most_answers: SupportsIndex,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
) -> Estimate:
    """Return the rates that the bets of both directions have never rejected so far; true at all looks together.

    Once the bounds have excluded the present estimate (the rate has drifted, say) the lower may be above the upper:
    then no single rate explains all blocks, and the statement says so by its bounds.

    Args:
        events: [blocks] abandoned calls, whole numbers.
        answers: [blocks] live answers, whole numbers, at most `most_answers`.
        most_answers: more answers than a block can have, said before the blocks were seen.
        level: above 0.5 and below 1.
        sides: which bounds to state.

    Raises:
        InputError: when a number is not as asked.

    >>> found = block_interval([14] * 160, [470] * 160, most_answers=600)
    >>> found.low < 14 / 470 < found.high
    True
    """
    happened, answered = _checked_blocks(events, answers, most_answers)
    enough = -math.log(tail(checked_level(level), sides))

    def rejected(rate: float, claim: Claim) -> bool:
        return float(_path(happened, answered, limit=rate, claim=claim, most=float(most_answers)).max()) >= enough

    low = edge(lambda rate: rejected(rate, Claim.ABOVE), outside=0.0, inside=1.0)
    high = edge(lambda rate: rejected(rate, Claim.BELOW), outside=1.0, inside=0.0)
    return Estimate(
        estimate=float(happened.sum() / answered.sum()),
        low=0.0 if sides is Sides.UPPER else low,
        high=1.0 if sides is Sides.LOWER else high,
        level=level,
        sides=sides,
        n=happened.size,
        method="betting on blocks, any time",
    )


def _checked_blocks(
    events: npt.ArrayLike, answers: npt.ArrayLike, most_answers: SupportsIndex
) -> tuple[Series, Series]:
    happened, answered = checked_events("events", events, "answers", answers)
    most = checked_count("most_answers", most_answers, least=1)
    over = np.flatnonzero(answered > most)
    if over.size:
        where = int(over[0])
        raise InputError(f"answers[{where}]", int(answered[where]), f"at most most_answers, {most}")
    return happened, answered


def _path(events: Series, answers: Series, *, limit: float, claim: Claim, most: float) -> Series:
    """Return the log evidence after each block.

    A factor 1 + stake x gain / worst stays above 0, for no block can lose more than `worst`: all answers and nothing
    abandoned when betting on more, all abandoned when betting on fewer.
    """
    gain = events - limit * answers
    scaled = gain / (limit * most) if claim is Claim.ABOVE else -gain / ((1.0 - limit) * most)
    wealth = np.cumsum(np.log1p(STAKES[:, None] * scaled), axis=1)
    top = wealth.max(axis=0)
    path: Series = top + np.log(np.mean(np.exp(wealth - top), axis=0))
    return path
