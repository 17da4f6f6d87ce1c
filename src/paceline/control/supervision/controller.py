"""The controller: an account of abandoned calls against a target, and the lines that are to ring by it. Pure.

The account holds `owed`, abandoned calls beyond the target: after a look that counted `dL` answers by a person, `dA` of
them abandoned, it is `owed + dA - target dL`, and no less than `-most_saved`. Lines for each idle agent are
`exp(-gain owed)` over the tracked answer rate: as many answers as agents where nothing is owed, fewer where much is.
From `most_owed` on one line rings for each idle agent, and nobody is abandoned whom nothing called before.

Theorem. Let each interval in which the account was below `most_owed` at its beginning abandon at most `d` calls,
those included that are abandoned after it, by what still rings, until the account is below `most_owed` again. Then
after `n` answers, `A` of them abandoned, whatever the answer rates, the agents and the calls did,

    A <= target n + (most_owed + d - owed_1),    that is    A/n <= target + (s_max + gain d - s_1) / (gain n)

with `s = gain owed`. Proof: the account is a sum that telescopes, or is above it where it was held at `-most_saved`; so
`A - target n <= owed_(n+1) - owed_1`. It rises to `most_owed` or above only in an interval that began below, and by `d`
at most until it is below again. `tests/unit/control/supervision` plays adversaries against it.

The second account is the law's own: a running period that has `over = A - ceiling L` of -`reserve` or more draws the
lines towards one for each idle agent, which they reach at 0. So what happened before the supervisor began counts too,
and a period that is over gets nothing bolder before it is back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from paceline.campaign.blocks import Pacing
from paceline.campaign.pacing.boldness import ANSWERS_PER_AIM, FEWEST_ANSWERS, GENTLEST, lines_per_idle

BELIEF_GRAIN, AIM_GRAIN = Decimal("0.01"), Decimal("0.0001")
"""Digits that are told to the platform."""
FAINTEST = 0.01
"""No answer rate is tracked below this: the lines by it would be far beyond any bound."""
KNOWN_OVERNIGHT = 0.25
"""Share of what the answer rate was learned from that still counts after nobody dialed."""
STILL = 0.03
"""Lines that differ by less than this share from the live ones are left as they are: a request for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the supervisor may set; within the contract, and within what was declared.

    Attributes:
        least_answer_rate, most_answer_rate: of the belief.
        most_abandonment_aim: of the aim; the least is 0.
        max_calls, call_interval_ms, warm_up_s: set to these, and left there.
    """

    least_answer_rate: Decimal
    most_answer_rate: Decimal
    most_abandonment_aim: Decimal
    max_calls: int
    call_interval_ms: int
    warm_up_s: int

    def hold(self, pacing: Pacing) -> bool:
        """Return whether a pacing is within."""
        return (
            self.least_answer_rate <= pacing.answer_rate <= self.most_answer_rate
            and 0 <= pacing.abandonment_aim <= self.most_abandonment_aim
            and pacing.max_calls <= self.max_calls
            and pacing.call_interval_ms >= self.call_interval_ms
            and pacing.warm_up_s >= self.warm_up_s
        )

    @property
    def boldest(self) -> float:
        """The most lines for each idle agent."""
        return float((FEWEST_ANSWERS + ANSWERS_PER_AIM * self.most_abandonment_aim) / self.least_answer_rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the controller steers.

    Attributes:
        target: abandonment aimed at, a fraction below the ceiling.
        gain: by which share fewer answers are called up for each abandoned call that is owed, above 0.
        most_owed: abandoned calls beyond the target from which one line rings for each idle agent, above 0.
        most_saved: how many below the target are kept; what is saved beyond is not spent later.
        memory_dials: dials over which the answer rate is tracked.
    """

    target: Decimal
    gain: float
    most_owed: Decimal
    most_saved: Decimal
    memory_dials: int = 600

    def worst(self, owed: Decimal, at_once: int) -> Decimal:
        """Return how many calls beyond the target may ever be abandoned from an account on, by the theorem.

        Args:
            owed: the account at the beginning.
            at_once: the `d` of the theorem.
        """
        return self.most_owed + at_once - owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the controller stands.

    Attributes:
        owed: abandoned calls beyond the target; below 0 is saved.
        answer_rate: tracked: of the dials that ended, those that a person answered.
        dials: how many dials that was learned from, at most the memory.
    """

    owed: Decimal
    answer_rate: float
    dials: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted in one interval: dials that ended, answers by a person, abandoned ones among them."""

    ended: int
    answered: int
    abandoned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A legal period that is running, with what was measured in it so far.

    Attributes:
        most, per: the ceiling, `most` in `per`.
        reserve: calls below the ceiling from which on the lines are drawn in, above 0.
    """

    answered: int
    abandoned: int
    most: int
    per: int
    reserve: float

    @property
    def over(self) -> float:
        """Abandoned calls beyond the ceiling; below 0 is what it may still hold."""
        return (self.abandoned * self.per - self.most * self.answered) / self.per

    @property
    def pressure(self) -> float:
        """How far the lines are drawn in, 0 to 1.

        >>> Running(answered=1000, abandoned=20, most=3, per=100, reserve=20.0).pressure
        0.5
        """
        return min(max((self.over + self.reserve) / self.reserve, 0.0), 1.0)


def updated(terms: Terms, account: Account, counts: Counts) -> Account:
    """Return the account after an interval was counted."""
    owed = account.owed + counts.abandoned - terms.target * counts.answered
    rate, dials = account.answer_rate, account.dials
    if counts.ended > 0:
        kept = min(dials, float(terms.memory_dials))
        rate = (rate * kept + counts.answered) / (kept + counts.ended)
        dials = min(kept + counts.ended, float(terms.memory_dials))
    return Account(owed=max(owed, -terms.most_saved), answer_rate=min(max(rate, FAINTEST), 1.0), dials=dials)


def doubted(account: Account, left: float) -> Account:
    """Return the account when only this share of what its answer rate was learned from still counts, 0 to 1."""
    return replace(account, dials=account.dials * left)


def is_progressive(terms: Terms, account: Account, periods: Iterable[Running]) -> bool:
    """Return whether one line has to ring for each idle agent, and no more."""
    return account.owed >= terms.most_owed or any(one.over >= 0 and one.answered for one in periods)


def lines_asked(terms: Terms, account: Account, periods: Iterable[Running]) -> float:
    """Return the lines that are to ring for each idle agent; 1 and above."""
    running = tuple(periods)
    if is_progressive(terms, account, running):
        return 1.0
    pressure = max((one.pressure for one in running), default=0.0)
    owed = float(account.owed)
    drawn = owed + max(float(terms.most_owed) - owed, 0.0) * pressure
    return max(1.0, math.exp(-terms.gain * drawn) / account.answer_rate)


def pacing_of(lines: float, answer_rate: float, bounds: Bounds) -> Pacing:
    """Return the pacing whose lines for each idle agent are these, or the nearest below that the bounds hold.

    Args:
        lines: at least 1.
        answer_rate: tracked; the belief is the nearest to it that the bounds and the lines allow.
        bounds: of the supervisor.
    """
    if lines <= 1.0:
        belief, aim = GENTLEST
        belief = min(max(belief, bounds.least_answer_rate), bounds.most_answer_rate)
    else:
        rate = min(max(Decimal(str(answer_rate)), bounds.least_answer_rate), bounds.most_answer_rate)
        belief = rate.quantize(BELIEF_GRAIN, ROUND_CEILING)
        told = (Decimal(str(lines)) * belief - FEWEST_ANSWERS) / ANSWERS_PER_AIM
        aim = min(max(told.quantize(AIM_GRAIN, ROUND_FLOOR), Decimal(0)), bounds.most_abandonment_aim)
        if told < 0:
            # The gentlest aim calls up too many for this belief: a higher one calls up fewer.
            belief = (FEWEST_ANSWERS / Decimal(str(lines))).quantize(BELIEF_GRAIN, ROUND_CEILING)
        belief = min(max(belief, bounds.least_answer_rate), bounds.most_answer_rate)
    return Pacing(
        answer_rate=belief,
        abandonment_aim=aim.normalize() + 0,
        max_calls=bounds.max_calls,
        call_interval_ms=bounds.call_interval_ms,
        warm_up_s=bounds.warm_up_s,
    )


def asked(
    terms: Terms, account: Account, periods: Iterable[Running], bounds: Bounds, live: Pacing | None
) -> Pacing | None:
    """Return the pacing that is to be set; None where the live one does as well."""
    running = tuple(periods)
    wanted = pacing_of(lines_asked(terms, account, running), account.answer_rate, bounds)
    if live is None or not bounds.hold(live):
        return wanted
    now, then = lines_per_idle(live), lines_per_idle(wanted)
    if is_progressive(terms, account, running):
        return None if now <= then else wanted
    return None if abs(now - then) <= STILL * now else wanted
