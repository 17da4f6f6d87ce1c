"""The settings of a campaign as outcomes, the ledger and messages show them: what the platform held, in our words.

* `rules` for a change of dialing rules, `pacing` for one of pacing, `schedule` for one of a schedule, `weights` and
  `tuning` for one of weights; nothing for a change of the lifecycle.
* None says that the campaign has none, or shows none that can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from paceline.campaign.blocks import DialingRules, Pacing, Schedule, Tuning, Weights
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Observed
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.schedule.model import written
from paceline.campaign.weights.changes import SetWeights
from paceline.primitives.canonical import Json


def settings_shown(observed: Observed, change: AnyChange) -> dict[str, Json]:
    """Return the settings that a change is about, as they were seen, under the name of their block."""
    match change:
        case SetDialingRules():
            return {"rules": None if observed.rules is None else rules_shown(observed.rules)}
        case SetPacing():
            return {"pacing": None if observed.pacing is None else pacing_shown(observed.pacing)}
        case SetSchedule():
            return {"schedule": None if observed.schedule is None else schedule_shown(observed.schedule)}
        case SetWeights():
            return {
                "weights": None if observed.weights is None else weights_shown(observed.weights),
                "tuning": None if observed.tuning is None else tuning_shown(observed.tuning),
            }
        case _:
            return {}


def rules_shown(rules: DialingRules) -> dict[str, Json]:
    """Return dialing rules in our words; the threshold keeps its digits as text."""
    return {
        "mode": rules.mode.value,
        "attempt_limit": rules.attempt_limit,
        "retry_intervals_min": [*rules.retry_intervals_min],
        "abandonment_threshold": str(rules.abandonment_threshold),
        "cool_down_s": rules.cool_down_s,
        "calls_per_agent": rules.calls_per_agent,
    }


def pacing_shown(pacing: Pacing) -> dict[str, Json]:
    """Return pacing in our words; rates keep their digits as text."""
    return {
        "answer_rate": str(pacing.answer_rate),
        "abandonment_aim": str(pacing.abandonment_aim),
        "max_calls": pacing.max_calls,
        "call_interval_ms": pacing.call_interval_ms,
        "warm_up_s": pacing.warm_up_s,
        "strategy": pacing.strategy,
    }


def pacing_from(shown: Mapping[str, Json]) -> Pacing:
    """Return the pacing that `pacing_shown` described.

    Raises:
        ValueError: it describes none.
    """
    calls, interval, warm_up = (shown.get(name) for name in ("max_calls", "call_interval_ms", "warm_up_s"))
    rate, aim, strategy = (shown.get(name) for name in ("answer_rate", "abandonment_aim", "strategy"))
    if not (isinstance(calls, int) and isinstance(interval, int) and isinstance(warm_up, int)):
        raise ValueError("a count of the pacing is no whole number")  # noqa: TRY004  # of a record, not of an argument
    try:
        return Pacing(
            answer_rate=Decimal(str(rate)),
            abandonment_aim=Decimal(str(aim)),
            max_calls=calls,
            call_interval_ms=interval,
            warm_up_s=warm_up,
            strategy=str(strategy),
        )
    except InvalidOperation:
        raise ValueError("a rate of the pacing is no number") from None


def schedule_shown(schedule: Schedule) -> dict[str, Json]:
    """Return a schedule in our words, its windows in the order of the week."""
    return {
        "zone": schedule.zone,
        "directive": schedule.directive.value,
        "windows": [written(window) for window in sorted(schedule.windows)],
        "max_calls": schedule.max_calls,
        "schedule_id": schedule.schedule_id,
    }


def weights_shown(weights: Weights) -> dict[str, Json]:
    """Return weights in our words; numbers keep their digits as text."""
    return {
        "algorithm": weights.algorithm,
        "parameters": {key: str(value) for key, value in sorted(weights.parameters.items())},
        "validation_split": str(weights.validation_split),
        "deviation_limit": str(weights.deviation_limit),
        "convergence": str(weights.convergence),
    }


def weights_from(shown: Mapping[str, Json]) -> Weights:
    """Return the weights that `weights_shown` described.

    Raises:
        ValueError: it describes none.
    """
    parameters = shown.get("parameters")
    if not isinstance(parameters, Mapping) or not isinstance(shown.get("algorithm"), str):
        raise ValueError("the weights have no algorithm or no map")  # noqa: TRY004  # of a record, not of an argument
    try:
        return Weights(
            algorithm=str(shown["algorithm"]),
            parameters={str(key): Decimal(str(value)) for key, value in parameters.items()},
            validation_split=Decimal(str(shown.get("validation_split"))),
            deviation_limit=Decimal(str(shown.get("deviation_limit"))),
            convergence=Decimal(str(shown.get("convergence"))),
        )
    except InvalidOperation:
        raise ValueError("a number of the weights is none") from None


def tuning_shown(tuning: Tuning) -> dict[str, Json]:
    """Return what the platform does with weights in our words."""
    return {"enabled": tuning.enabled, "trigger": tuning.trigger, "drift_protection": tuning.drift_protection}


def tuning_from(shown: Mapping[str, Json]) -> Tuning:
    """Return what `tuning_shown` described.

    Raises:
        ValueError: it describes nothing of the kind.
    """
    enabled, trigger, protection = (shown.get(name) for name in ("enabled", "trigger", "drift_protection"))
    if not (isinstance(enabled, bool) and isinstance(trigger, str) and isinstance(protection, bool)):
        raise ValueError("the tuning has no switch, or no trigger")  # noqa: TRY004  # of a record, not of an argument
    return Tuning(enabled=enabled, trigger=trigger, drift_protection=protection)
