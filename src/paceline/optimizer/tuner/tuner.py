"""A tuner: looks for better weights on the days of the fit, and asks the held-out days once what they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from paceline.campaign.weigher import WeighAsked
from paceline.optimizer.tuner.search import Searched, acting_keys, searched
from paceline.optimizer.tuner.told import QUIET, Fit, TuneAsked, Tuned
from paceline.optimizer.tuner.trials import Trials
from paceline.primitives.clock import computed_ns
from paceline.twin.weighing import dialers

if TYPE_CHECKING:
    from paceline.campaign.blocks import Weights
    from paceline.campaign.evidence import Evidence, NoEvidence
    from paceline.campaign.weigher import Weigher
    from paceline.optimizer.tuner.trials import Tried


def tuned(asked: TuneAsked, weigher: Weigher) -> Tuned | str:
    """Return the best weights that were found, certified once by the weigher, or in words why none can be looked for.

    Args:
        asked: what is in question.
        weigher: who tells what data say; it is asked once, when the search is over.

    Raises:
        SimulationError: the twin cannot be played.
    """
    began, live = computed_ns(), asked.observed.weights
    why = _untunable(asked)
    if why is not None or live is None:
        return why or "the campaign has no weights"
    trials = Trials(asked, live)
    start = trials.tried({})
    keys = acting_keys(trials, live, start)
    if not keys:
        return "no weight changes anything on the days of the fit"
    found = searched(trials, live, keys, start, seed=asked.seed, most=asked.most_trials)
    best = found.best
    changed = {key: value for key, value in best.parameters.items() if value != live.of(key)}
    why = _no_proposal(start, best, trials, changed)
    weights = live if why else replace(live, parameters={**live.parameters, **changed})
    return Tuned(
        campaign=asked.observed.campaign,
        weights=weights,
        live=live,
        changed={} if why else changed,
        searched=keys,
        live_fit=start.fit,
        fit=start.fit if why else best.fit,
        evidence=None if why else _certified(asked, weigher, weights),
        converged=found.converged,
        convergence=_converged(found, trials.evaluated),
        path=found.path,
        evaluated=trials.evaluated,
        days=len(trials.days),
        seed=asked.seed,
        cpu_s=(computed_ns() - began) / 1e9,
        why=why,
    )


def _untunable(asked: TuneAsked) -> str | None:
    observed = asked.observed
    if observed.weights is None:
        return "the campaign has no weights: set them whole first"
    if observed.tuning is not None and not observed.tuning.enabled:
        return "its tuning is off, so that weights do not act: switch it on first"
    question = WeighAsked(observed=observed, wanted=observed.weights, tuning=observed.tuning, ceiling=asked.ceiling)
    if dialers(question)[0] is None:
        return "it was told no pacing, so that nobody knows what weights would act on"
    if len(asked.twin.training) < 2:  # how days differ cannot be told from one
        return "its twin was fitted on fewer than two days"
    return None


def _no_proposal(start: Tried, best: Tried, trials: Trials, changed: Mapping[str, Decimal]) -> str:
    """Return why nothing is to be proposed; empty where something is."""
    if not best.is_lawful:
        return f"no weights within one deviation keep abandonment below the ceiling: {_bound(best.fit)}"
    if not changed:
        return "no weights within one deviation of the live ones are better"
    if start.is_lawful and trials.gain(start, best).low <= 0.0:
        return "no weights within one deviation of the live ones are shown to be better"
    return ""


def _bound(fit: Fit) -> str:
    return f"at the least it may be {fit.bound:.2%}"


def _certified(asked: TuneAsked, weigher: Weigher, weights: Weights) -> Evidence | NoEvidence:
    return weigher.weigh(
        WeighAsked(
            observed=asked.observed,
            wanted=weights,
            tuning=asked.observed.tuning,
            ceiling=asked.ceiling,
            least_gain=asked.least_gain,
            level=asked.level,
        )
    )


def _converged(found: Searched, evaluated: int) -> str:
    if found.converged:
        return (
            f"the last {QUIET} rounds of {len(found.path)} showed no gain on the days of the fit: "
            f"{found.gap * 100:.2f} points at most, at 95 %"
        )
    return f"the search ended after {evaluated} trials, while rounds still gained or too few had shown no gain"
