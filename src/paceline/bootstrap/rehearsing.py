"""Supervision held beside the live pacing: both on the same days of drift, in the model by which it is certified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import Between, Effect
from paceline.control.supervision.controller import Running
from paceline.control.supervision.envelope import Certificate
from paceline.control.supervision.rehearsal import DAYS, DayPlayed, Rehearsed, World, drifting_rates, rehearse
from paceline.control.supervision.standing import reserve_of
from paceline.primitives.canonical import Json

_SEED = 2
"""Other days than those of the certificate: what was chosen on days is not judged by them."""
Part = Callable[[DayPlayed, World], float]
_PARTS: dict[str, tuple[Part, Part]] = {
    "utilisation": (lambda one, _: one.busy_s, lambda _, world: world.agents * world.hours * 3600.0),
    "abandonment": (lambda one, _: float(one.abandoned), lambda one, _: float(one.answered)),
    "connects_per_agent_hour": (
        lambda one, _: float(one.answered - one.abandoned),
        lambda _, world: world.agents * world.hours,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """What supervision and the live pacing come to on days whose answer rate drifts between half and 1.5 times.

    Attributes:
        steered: under supervision.
        fixed: with the live pacing left alone.
        difference: the first less the second, on the same days.
        days: how many were played.
        worst: abandonment of the worst day under supervision, and with the live pacing, fractions.
    """

    steered: Effect
    fixed: Effect
    difference: Effect
    days: int
    worst: tuple[float, float]

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "steered": self.steered.document(),
            "fixed": self.fixed.document(),
            "difference": self.difference.document(),
            "days": self.days,
            "worst_day": {"steered": self.worst[0], "fixed": self.worst[1]},
        }


def drifted(certificate: Certificate, live: Pacing, *, days: int = DAYS) -> Drifted | None:
    """Return what both come to; None where the days do not show how they differ.

    Args:
        certificate: under which the controller steers.
        live: the pacing that is left alone beside it.
        days: that are played at most.
    """
    from paceline.inference.errors import InferenceError

    world, (most, per) = certificate.world, certificate.ceiling
    reserve = reserve_of(round(world.answers_a_day * world.days), most, per)
    running = Running(answered=0, abandoned=0, most=most, per=per, reserve=reserve)
    rates = drifting_rates(world, days=days, seed=_SEED)
    steered, fixed = (
        rehearse(
            world, certificate.terms, certificate.bounds, certificate.account, running,
            seed=_SEED, rates=rates, fixed=pacing,
        )
        for pacing in (None, live)
    )  # fmt: skip
    both = min(steered.days, fixed.days)
    try:
        return Drifted(
            steered=_effect(steered.by_day[:both], world),
            fixed=_effect(fixed.by_day[:both], world),
            difference=_difference(steered.by_day[:both], fixed.by_day[:both], world),
            days=both,
            worst=(_worst(steered, both), _worst(fixed, both)),
        )
    except InferenceError:
        return None


def _effect(days: tuple[DayPlayed, ...], world: World) -> Effect:
    from paceline.inference.errors import NoVariationError
    from paceline.inference.ratio import jackknife_ratio

    found = {}
    for name, (above, below) in _PARTS.items():
        tops, bottoms = [above(one, world) for one in days], [below(one, world) for one in days]
        try:
            told = jackknife_ratio(tops, bottoms)
            found[name] = Between(mean=told.estimate, low=max(told.low, 0.0), high=told.high)
        except NoVariationError:  # one line for each idle agent: nothing is abandoned on any day
            mean = sum(tops) / max(sum(bottoms), 1.0)
            found[name] = Between(mean=mean, low=mean, high=mean)
    return Effect(**found)


def _difference(steered: tuple[DayPlayed, ...], fixed: tuple[DayPlayed, ...], world: World) -> Effect:
    from paceline.inference.comparison import paired_ratio_difference

    found = {}
    for name, (above, below) in _PARTS.items():
        old, new = (
            ([above(one, world) for one in days], [below(one, world) for one in days]) for days in (fixed, steered)
        )
        told = paired_ratio_difference(old, new)
        found[name] = Between(mean=told.estimate, low=told.low, high=told.high)
    return Effect(**found)


def _worst(played: Rehearsed, days: int) -> float:
    return max(one.abandoned / max(1, one.answered) for one in played.by_day[:days])
