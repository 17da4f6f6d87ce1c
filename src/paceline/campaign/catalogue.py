"""The closed list of changes: a dialect that forgets one does not type-check, and a record of one can be read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import assert_never

from paceline.campaign.blocks import DialingMode, Directive, Window
from paceline.campaign.change import Lane
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Document, Drain
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.model import Basis
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, campaign_id

LifecycleChange = Pause | Resume | Stop
"""The changes of what a campaign is doing."""
SettingsChange = SetDialingRules | SetPacing | SetSchedule | SetWeights
"""The changes of a block of settings: they leave as it is what they do not name."""
AnyChange = LifecycleChange | SettingsChange
"""Every change that there is."""

CATALOGUE: Mapping[str, type[AnyChange]] = MappingProxyType(
    {made.kind: made for made in (Pause, Resume, Stop, SetDialingRules, SetPacing, SetSchedule, SetWeights)}
)
"""Each kind of change and its class."""


_WEIGHT_RATES = ("validation_split", "deviation_limit", "convergence")
_WEIGHT_SWITCHES = ("enabled", "drift_protection")
_LONGEST = 100
_LARGEST = 10**15


def ends_dialing(kind: str) -> bool:
    """Return whether changes of this kind make a campaign dial no more; what is no kind does not."""
    return kind in CATALOGUE and CATALOGUE[kind].lane is Lane.STOPPING


def aspect_of(kind: str) -> str:
    """Return what changes of this kind change of a campaign, such as `lifecycle`."""
    return kind.partition(".")[0]


class UnknownChangeError(PacelineError):
    """this is no record of a change"""

    code = "unknown-change"


def document_of(change: AnyChange) -> dict[str, Json]:
    """Return the change as JSON, from which `change_of` makes it again; what it leaves as it is, is not there."""
    plain: dict[str, Json] = {"kind": change.kind, "campaign": change.campaign}
    match change:
        case Pause() | Stop():
            return {**plain, "effective_at": _text(change.effective_at), "drain": change.drain.value}
        case Resume():
            return {**plain, "effective_at": _text(change.effective_at)}
        case SetDialingRules():
            return {**plain, **_named(_rules(change))}
        case SetPacing():
            return {**plain, **_named(_pacing(change))}
        case SetSchedule():
            return {**plain, **_named(_schedule(change))}
        case SetWeights():
            return {**plain, **_named(_weights(change))}
        case _:
            assert_never(change)


def change_of(document: Document) -> AnyChange:
    """Return the change that `document_of` described.

    Raises:
        UnknownChangeError: when it describes none.
    """
    try:
        made = CATALOGUE[str(document["kind"])]
        campaign = campaign_id(str(document["campaign"]))
        if made is SetDialingRules:
            return _rules_of(campaign, document)
        if made is SetPacing:
            return _pacing_of(campaign, document)
        if made is SetSchedule:
            return _schedule_of(campaign, document)
        if made is SetWeights:
            return _weights_of(campaign, document)
        written = document.get("effective_at")
        instant = None if written is None else datetime.fromisoformat(str(written))
        if made is Resume:
            return Resume(campaign=campaign, effective_at=instant)
        drain = Drain(str(document["drain"]))
        draining: type[Pause | Stop] = Pause if made is Pause else Stop
        return draining(campaign=campaign, effective_at=instant, drain=drain)
    except (KeyError, ValueError, TypeError, ArithmeticError, PacelineError) as wrong:
        raise UnknownChangeError(f"this is no record of a change: {wrong}") from wrong


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _named(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value is not None}


def _rules(change: SetDialingRules) -> dict[str, Json]:
    intervals, threshold = change.retry_intervals_min, change.abandonment_threshold
    return {
        "mode": None if change.mode is None else change.mode.value,
        "attempt_limit": change.attempt_limit,
        "retry_intervals_min": None if intervals is None else list(intervals),
        "abandonment_threshold": None if threshold is None else str(threshold),
        "cool_down_s": change.cool_down_s,
        "calls_per_agent": change.calls_per_agent,
    }


def _rules_of(campaign: CampaignId, document: Document) -> SetDialingRules:
    mode, intervals = document.get("mode"), document.get("retry_intervals_min")
    threshold = document.get("abandonment_threshold")
    return SetDialingRules(
        campaign=campaign,
        mode=None if mode is None else DialingMode(str(mode)),
        attempt_limit=_count(document.get("attempt_limit")),
        retry_intervals_min=None if intervals is None else tuple(_counts(intervals)),
        abandonment_threshold=None if threshold is None else Decimal(str(threshold)),
        cool_down_s=_count(document.get("cool_down_s")),
        calls_per_agent=_count(document.get("calls_per_agent")),
    )


def _pacing(change: SetPacing) -> dict[str, Json]:
    rate, aim = change.answer_rate, change.abandonment_aim
    return {
        "answer_rate": None if rate is None else _text_of(rate),
        "abandonment_aim": None if aim is None else _text_of(aim),
        "max_calls": _count_of(change.max_calls),
        "call_interval_ms": _count_of(change.call_interval_ms),
        "warm_up_s": _count_of(change.warm_up_s),
        "strategy": None if change.strategy is None else _text_of(change.strategy),
    }


def _pacing_of(campaign: CampaignId, document: Document) -> SetPacing:
    strategy = document.get("strategy")
    return SetPacing(
        campaign=campaign,
        answer_rate=_rate(document.get("answer_rate")),
        abandonment_aim=_rate(document.get("abandonment_aim")),
        max_calls=_count(document.get("max_calls")),
        call_interval_ms=_count(document.get("call_interval_ms")),
        warm_up_s=_count(document.get("warm_up_s")),
        strategy=None if strategy is None else str(strategy),
    )


def _schedule(change: SetSchedule) -> dict[str, Json]:
    windows = change.windows
    return {
        "zone": change.zone,
        "directive": None if change.directive is None else change.directive.value,
        "windows": None if windows is None else [[one.weekday, one.start_s, one.end_s] for one in windows],
        "max_calls": change.max_calls,
    }


def _schedule_of(campaign: CampaignId, document: Document) -> SetSchedule:
    zone, directive, windows = document.get("zone"), document.get("directive"), document.get("windows")
    return SetSchedule(
        campaign=campaign,
        zone=None if zone is None else str(zone),
        directive=None if directive is None else Directive(str(directive)),
        windows=None if windows is None else tuple(_windows(windows)),
        max_calls=_count(document.get("max_calls")),
    )


def _weights(change: SetWeights) -> dict[str, Json]:
    rates = {name: getattr(change, name) for name in _WEIGHT_RATES}
    words = {"algorithm": change.algorithm, "trigger": change.trigger}
    switches = {name: getattr(change, name) for name in _WEIGHT_SWITCHES}
    return {
        "parameters": None if change.parameters is None else _map_of(change.parameters),
        "adjusted": _map_of(change.adjusted) or None,
        **{name: None if value is None else _text_of(value) for name, value in (rates | words).items()},
        **{n: value if value is None or isinstance(value, bool) else _text_of(value) for n, value in switches.items()},
        "basis": None if change.basis.wants_evidence else change.basis.document(),
    }


def _weights_of(campaign: CampaignId, document: Document) -> SetWeights:
    parameters, adjusted = document.get("parameters"), document.get("adjusted")
    algorithm, trigger = document.get("algorithm"), document.get("trigger")
    split, limit, convergence = (_rate(document.get(name)) for name in _WEIGHT_RATES)
    enabled, drift_protection = (_switch(document.get(name)) for name in _WEIGHT_SWITCHES)
    return SetWeights(
        campaign=campaign,
        algorithm=None if algorithm is None else str(algorithm),
        parameters=None if parameters is None else _map_from(parameters),
        adjusted={} if adjusted is None else _map_from(adjusted),
        validation_split=split,
        deviation_limit=limit,
        convergence=convergence,
        enabled=enabled,
        drift_protection=drift_protection,
        trigger=None if trigger is None else str(trigger),
        basis=Basis.of(document.get("basis")),
    )


def _map_of(weights: Mapping[str, Decimal]) -> dict[str, Json]:
    return {_text_of(key): _text_of(value) for key, value in weights.items()}


def _map_from(told: Json) -> dict[str, Decimal]:
    if not isinstance(told, Mapping):
        raise TypeError("weights are a table")
    return {str(key): Decimal(str(value)) for key, value in told.items()}


def _switch(told: Json) -> bool | None:
    if told is not None and not isinstance(told, bool):
        raise TypeError("on or off")
    return told


def _windows(told: Json) -> list[Window]:
    if not isinstance(told, list):
        raise TypeError("windows are a list")
    found = []
    for one in told:
        weekday, start_s, end_s = _counts(one)
        found.append(Window(weekday=weekday, start_s=start_s, end_s=end_s))
    return found


def _counts(told: Json) -> list[int]:
    if not isinstance(told, list) or not all(type(one) is int for one in told):
        raise TypeError("a list of integers")
    return [one for one in told if isinstance(one, int)]


def _rate(told: Json) -> Decimal | None:
    return None if told is None else Decimal(str(told))


def _text_of(value: object) -> str:
    """Return what was wanted as a record of it; what is refused for its type or its size is recorded all the same."""
    if type(value) is int and abs(value) > _LARGEST:
        return f"{'-' if value < 0 else ''}a number of {value.bit_length()} bits"
    told = str(value) if isinstance(value, str | Decimal | int | float) else type(value).__name__
    return told[:_LONGEST]


def _count_of(value: object) -> Json:
    """Return a count as a record of it, and as text what is none, so that it is refused and not failed on."""
    return value if value is None or (type(value) is int and abs(value) <= _LARGEST) else _text_of(value)


def _count(told: Json) -> int | None:
    if told is not None and type(told) is not int:
        raise TypeError("an integer")
    return told
