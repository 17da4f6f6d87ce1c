"""The search itself, within one deviation of the live weights: each key alone, then CMA-ES over all that can act.

What one key does alone is preferred to what several do together, unless the days of the fit show that these do better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from paceline.campaign.blocks import WEIGHT_KEYS, Weights
from paceline.campaign.forecast import Between
from paceline.campaign.weights.steps import farthest
from paceline.optimizer.tuner.told import QUIET, STEP, Generation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.optimizer.tuner.trials import Trials, Tried

    Floats = npt.NDArray[np.float64]

_SIGMA = 0.2
"""Standard deviation of the first round, as a share of the box."""
_POINTS = 12
"""Steps from one end of the box to the other in which a key is tried alone; then finer ones about the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search came to.

    Attributes:
        best: the best weights, and what they come to; as few keys as do.
        path: round by round.
        converged: whether `QUIET` rounds in a row showed no gain.
    """

    best: Tried
    path: tuple[Generation, ...]
    converged: bool

    @property
    def gap(self) -> float:
        """Return the upper bound of what any of the last rounds may have gained, in utilisation."""
        return max(one.gain.high for one in self.path[-QUIET:])


def box_of(live: Weights) -> dict[str, tuple[Decimal, Decimal]]:
    """Return how far one change may take each weight, to either side, in whole steps of `STEP`."""
    found = {}
    for key in WEIGHT_KEYS:
        low = farthest(live.of(key), live.deviation_limit, upwards=False)
        high = farthest(live.of(key), live.deviation_limit, upwards=True)
        found[key] = (low.quantize(STEP, ROUND_CEILING), high.quantize(STEP, ROUND_FLOOR))
    return found


def acting_keys(trials: Trials, live: Weights, start: Tried) -> tuple[str, ...]:
    """Return the keys that change anything on the days of the fit when they go as far as one change may."""
    found = []
    for key, ends in box_of(live).items():
        tried = [trials.tried({key: end}) for end in ends]
        if any(one.fit != start.fit for one in tried):
            found.append(key)
    return tuple(found)


def searched(trials: Trials, live: Weights, keys: tuple[str, ...], start: Tried, *, seed: int, most: int) -> Searched:
    """Return the best of at most about so many weights, or of fewer where rounds show no gain any more.

    Args:
        trials: tries them.
        live: where it begins, and what it may not go far from.
        keys: what may change; at least one.
        start: what the live weights come to.
        seed: the same seed finds the same.
        most: weights that are tried at most, those tried before included; the keys alone are tried in any case.

    References:
        Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv 1604.00772.
    """
    box = box_of(live)
    first = min(start, _plainest(trials, live, [_alone(trials, key, *box[key]) for key in keys]), key=_loss)
    path = [_generation(trials, 1, start, first)]
    best, converged = _together(trials, live, keys, first, seed=seed, most=most, path=path)
    if best is not first:
        is_better = trials.gain(first, best).low > 0.0 or first.is_lawful != best.is_lawful
        best = _fewer(trials, live, best) if is_better else first
    return Searched(best=best, path=tuple(path), converged=converged)


def _alone(trials: Trials, key: str, low: Decimal, high: Decimal) -> Tried:
    """Return the best of one key, all others as live."""
    step = (high - low) / _POINTS
    found = min((trials.tried({key: _on(low + step * at, low, high)}) for at in range(_POINTS + 1)), key=_loss)
    while step > STEP:
        step /= 2
        about = [found.parameters[key] + step, found.parameters[key] - step]
        found = min([found, *(trials.tried({key: _on(one, low, high)}) for one in about)], key=_loss)
    return found


def _plainest(trials: Trials, live: Weights, alone: list[Tried]) -> Tried:
    """Return the best of single keys; of those that days cannot tell from it, the one that leaves least weight at all.

    A weight that was set badly is so set back, rather than outweighed by another one.
    """
    best = min(alone, key=_loss)
    alike = [one for one in alone if one.is_lawful == best.is_lawful and trials.gain(one, best).low <= 0.0]
    return min(
        [best, *alike], key=lambda one: sum(abs(value) for value in {**live.parameters, **one.parameters}.values())
    )


def _together(
    trials: Trials,
    live: Weights,
    keys: tuple[str, ...],
    first: Tried,
    *,
    seed: int,
    most: int,
    path: list[Generation],
) -> tuple[Tried, bool]:
    """Return the best of all keys together, adding each round to the path, and whether the rounds have converged."""
    import cmaes
    import numpy as np

    box = box_of(live)
    dimensions = max(len(keys), 2)  # the covariance of one number is none; the second one is not used
    places = [_place(first.parameters.get(key, live.of(key)), *box[key]) for key in keys]
    optimizer = cmaes.CMA(
        mean=np.array([*places, *[0.5] * (dimensions - len(keys))]),
        sigma=_SIGMA,
        bounds=np.array([[0.0, 1.0]] * dimensions),
        seed=seed % (1 << 32),
    )
    best, quiet = first, 0
    while quiet < QUIET and trials.evaluated + optimizer.population_size <= most and not optimizer.should_stop():
        before = best
        told: list[tuple[Floats, float]] = []
        for _ in range(optimizer.population_size):
            place = optimizer.ask()
            one = trials.tried(_weights(place, keys, box))
            told.append((place, one.loss))
            best = min(best, one, key=_loss)
        optimizer.tell(told)
        path.append(_generation(trials, len(path) + 1, before, best))
        quiet = quiet + 1 if path[-1].is_quiet else 0
    return best, quiet >= QUIET


def _fewer(trials: Trials, live: Weights, best: Tried) -> Tried:
    """Return the best without what changes nothing that the days can tell: one key after another back as live."""
    kept = {key: value for key, value in best.parameters.items() if value != live.of(key)}
    found = trials.tried(kept)
    for key in sorted(kept, key=lambda name: abs(kept[name] - live.of(name))):
        if len(found.parameters) == 1:
            break
        without = trials.tried({name: value for name, value in found.parameters.items() if name != key})
        if without.loss <= found.loss or (without.is_lawful and trials.gain(without, found).low <= 0.0):
            found = without
    return found


def _generation(trials: Trials, number: int, before: Tried, best: Tried) -> Generation:
    gain = trials.gain(before, best) if best is not before else Between(mean=0.0, low=0.0, high=0.0)
    is_quiet = gain.low <= 0.0 and before.is_lawful == best.is_lawful
    return Generation(number=number, best=best.parameters, fit=best.fit, gain=gain, is_quiet=is_quiet)


def _place(value: Decimal, low: Decimal, high: Decimal) -> float:
    return 0.5 if high <= low else float((value - low) / (high - low))


def _weights(place: Floats, keys: tuple[str, ...], box: Mapping[str, tuple[Decimal, Decimal]]) -> dict[str, Decimal]:
    found = {}
    for at, key in enumerate(keys):
        low, high = box[key]
        found[key] = _on(low + (high - low) * Decimal(repr(float(place[at]))), low, high)
    return found


def _on(wanted: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Return a weight in whole steps within its ends."""
    return min(max(wanted.quantize(STEP), low), high)


def _loss(one: Tried) -> float:
    return one.loss
