"""Blocks of settings from the platform's words to ours; what nobody here knows in them is kept, at every depth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from paceline.campaign.blocks import (
    DAY_S,
    WEIGHT_KEYS,
    DialingRules,
    Pacing,
    Schedule,
    Tuning,
    Weights,
    Window,
)
from paceline.campaign.observed import Document
from paceline.cxone.outbound_v2.wire import (
    WEEKDAYS,
    DialingRulesAnswer,
    MisfitError,
    PacingAnswer,
    ScheduleAnswer,
    TuningAnswer,
    WeightsAnswer,
    parsed,
)

_Read = TypeVar("_Read")
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)", re.ASCII)
_FILLED_IN = frozenset({"campaignId", "status"})
"""Fields of a schedule's answer that no request holds."""


def schedule_shown(shown: ScheduleAnswer) -> Schedule | None:
    """Return the schedule that an answer shows, None when there never was one.

    Raises:
        ValueError: a part of it is missing, or a time is none.
    """
    zone, directive, most = shown.timezone, shown.business_hours_directive, shown.max_concurrent_calls
    if zone is None and directive is None and most is None and not shown.time_windows:
        return None
    if zone is None or directive is None or most is None:
        raise ValueError("its schedule lacks a zone, a directive or a limit of calls")
    windows = tuple(
        sorted(
            Window(
                weekday=WEEKDAYS.index(window.day_of_week),
                start_s=_second_of_day(window.start_time),
                end_s=_second_of_day(window.end_time),
            )
            for window in shown.time_windows
        )
    )
    beside = {name: value for name, value in (shown.model_extra or {}).items() if name not in _FILLED_IN}
    return Schedule(
        zone=zone,
        directive=directive,
        windows=windows,
        max_calls=most,
        schedule_id=shown.schedule_id,
        beside=beside,
    )


def _second_of_day(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is no time of day")
    hour, minute, second = (int(part) for part in found.groups())
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY_S:
        raise ValueError(f"{text[:20]!r} is no time of day")
    return seconds


def rules_read(document: Document) -> DialingRules | None:
    """Return the dialing rules of a campaign's document, None when it never had any.

    Raises:
        MisfitError: when they are there in another form.
    """
    told = document.get("dialingRules")
    if told is None:
        return None
    shown = parsed(DialingRulesAnswer, json.dumps(told))
    inner = {"retrySettings": shown.retry_settings, "abandonmentRateThreshold": shown.abandonment_rate_threshold}
    return DialingRules(
        mode=shown.dialing_method,
        attempt_limit=shown.retry_settings.max_attempts,
        retry_intervals_min=shown.retry_settings.interval_minutes,
        abandonment_threshold=shown.abandonment_rate_threshold.max_rate,
        cool_down_s=shown.abandonment_rate_threshold.cool_down_sec,
        calls_per_agent=shown.max_calls_per_agent,
        beside={
            **(shown.model_extra or {}),
            **{name: block.model_extra for name, block in inner.items() if block.model_extra},
        },
    )


def pacing_read(document: Document) -> Pacing | None:
    """Return the pacing of a campaign's document, None when it never had any.

    Raises:
        MisfitError: when it is there in another form.
    """
    told = document.get("predictiveDialer")
    if told is None:
        return None
    shown = parsed(PacingAnswer, json.dumps(told))
    return Pacing(
        answer_rate=shown.answer_rate,
        abandonment_aim=shown.abandon_rate,
        max_calls=shown.max_concurrent_calls,
        call_interval_ms=shown.call_interval,
        warm_up_s=shown.warm_up_period,
        strategy=shown.strategy,
        beside=dict(shown.model_extra or {}),
    )


def weights_read(document: Document) -> Weights | None:
    """Return the weights of a campaign's document, None when it never had any.

    Raises:
        MisfitError: when they are there in another form.
    """
    told = document.get("predictiveDialerSettings")
    if told is None:
        return None
    shown = parsed(WeightsAnswer, json.dumps(told))
    inner = shown.parameter_weights
    each = {key: getattr(inner, key) for key in WEIGHT_KEYS}
    beside = {"parameterWeights": inner.model_extra} if inner.model_extra else {}
    return Weights(
        algorithm=shown.algorithm_id,
        parameters={key: value for key, value in each.items() if value is not None},
        validation_split=shown.validation_split,
        deviation_limit=shown.max_deviation_limit,
        convergence=shown.convergence_threshold,
        beside={**(shown.model_extra or {}), **beside},
    )


def tuning_read(document: Document) -> Tuning | None:
    """Return what the platform does with weights, None when nobody ever said.

    Raises:
        MisfitError: when it is there in another form.
    """
    told = document.get("configuration")
    if told is None:
        return None
    shown = parsed(TuningAnswer, json.dumps(told))
    return Tuning(
        enabled=shown.enable_predictive_tuning,
        trigger=shown.simulation_trigger,
        drift_protection=shown.drift_protection,
        beside=dict(shown.model_extra or {}),
    )


@dataclass(slots=True)
class BlocksRead:
    """The blocks of a document that can be read, and the names of those that cannot."""

    document: Document
    unknown: set[str] = field(default_factory=set)

    def read(self, name: str, made: Callable[[Document], _Read | None]) -> _Read | None:
        """Return a block; None where there is none, or none that can be read."""
        # What is wrong with its settings must not keep anybody from stopping the campaign.
        try:
            return made(self.document)
        except MisfitError:
            self.unknown.add(name)
            return None
