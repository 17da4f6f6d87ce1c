"""What the platform's answers must look like: strict about the fields that are used, and every other one is kept.

A number is a number, never its text; `true` is no 1. Fields that nobody here knows stay in the raw document, which the
typed views only sit on.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from paceline.campaign.blocks import DialingMode, Directive
from paceline.campaign.observed import State

_MOST_TOLD = 5
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
"""The platform's words for the days of the week, Monday first."""
Count = Annotated[int, Field(ge=0)]
"""An integer of at least 0."""


class _Wire(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="allow",
        frozen=True,
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
    )


class PendingAnswer(_Wire):
    """A transition that waits on the platform."""

    status: State
    effective_time: AwareDatetime
    drain_queue: bool


class CampaignAnswer(_Wire):
    """A campaign, in the fields that are used here; those that may be absent mean nothing when they are."""

    id: str
    status: State
    is_locked: bool
    revision: Count
    name: str | None = None
    active_agents: Count | None = None
    total_calls_attempted: Count | None = None
    transition_time: AwareDatetime | None = None
    queue_drained: bool | None = None
    pending_transition: PendingAnswer | None = None


class CampaignPage(_Wire):
    """A page of the list, each campaign of it still to be judged, and where the next page begins."""

    campaigns: tuple[dict[str, Any], ...]
    next_cursor: str | None = None


class SoundPage(_Wire):
    """A page of the list whose campaigns are all of the agreed form."""

    campaigns: tuple[CampaignAnswer, ...]
    next_cursor: str | None = None


class RetryAnswer(_Wire):
    """How often, and how far apart."""

    max_attempts: int
    interval_minutes: tuple[int, ...]


class ThresholdAnswer(_Wire):
    """When the platform cools down, and for how long."""

    max_rate: Decimal
    cool_down_sec: int


class DialingRulesAnswer(_Wire):
    """The block of dialing rules."""

    dialing_method: DialingMode
    retry_settings: RetryAnswer
    abandonment_rate_threshold: ThresholdAnswer
    max_calls_per_agent: int


class PacingAnswer(_Wire):
    """The block of predictive parameters."""

    answer_rate: Decimal
    abandon_rate: Decimal
    max_concurrent_calls: int
    call_interval: int
    strategy: str
    warm_up_period: int


Signed = Annotated[Decimal, Field(allow_inf_nan=False)]
"""A finite number."""


class ParameterWeightsAnswer(_Wire):
    """The map of weights; one that is absent counts as 0."""

    model_config = ConfigDict(alias_generator=None)
    answer_rate: Signed | None = None
    call_rate: Signed | None = None
    predictive_factor: Signed | None = None
    max_concurrent: Signed | None = None
    agent_efficiency: Signed | None = None


class WeightsAnswer(_Wire):
    """The block of algorithm weights."""

    algorithm_id: str
    parameter_weights: ParameterWeightsAnswer
    validation_split: Signed
    max_deviation_limit: Signed
    convergence_threshold: Signed


class TuningAnswer(_Wire):
    """The block of what the platform does with weights."""

    enable_predictive_tuning: bool
    simulation_trigger: str
    drift_protection: bool


class SimulationAccepted(_Wire):
    """That a simulation was taken."""

    id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._:-]+$")]
    campaign_id: str
    duration_seconds: Count


class WebhookAnswer(_Wire):
    """A webhook of the platform's own; the secret stands in the first answer alone."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    secret: Annotated[str | None, Field(repr=False)] = None


class IntervalAnswer(_Wire):
    """A number with its interval of 95 %."""

    value: float
    low: float
    high: float


class SimulationResult(_Wire):
    """What a simulation came to."""

    answer_rate: IntervalAnswer
    abandonment_rate: IntervalAnswer
    agent_utilisation: IntervalAnswer
    calls: Count


class SimulationAnswer(_Wire):
    """How a simulation stands."""

    id: str
    campaign_id: str
    duration_seconds: Count
    status: Literal["RUNNING", "COMPLETED", "FAILED"]
    result: SimulationResult | None = None


class WindowAnswer(_Wire):
    """One window of a schedule, in the words of the platform."""

    day_of_week: Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    start_time: str
    end_time: str


class ScheduleAnswer(_Wire):
    """A schedule; one that was never set has windows and nothing else."""

    schedule_id: str | None = None
    timezone: str | None = None
    business_hours_directive: Directive | None = None
    time_windows: tuple[WindowAnswer, ...]
    max_concurrent_calls: int | None = None


class LiveAnswer(_Wire):
    """Calls, and agents where they are told, by what they are doing."""

    calls_ringing: Count
    calls_waiting: Count
    calls_connected: Count
    agents_available: Count = 0
    agents_talking: Count = 0
    agents_wrap_up: Count = 0
    agents_unavailable: Count = 0


class SecondsAnswer(_Wire):
    """Agent time, seconds."""

    talk: Count = 0
    wrap: Count = 0
    idle: Count = 0
    staffed: Count = 0


class TallyAnswer(_Wire):
    """What was counted over a span."""

    dials: Count
    connects: Count
    abandons: Count
    right_party_connects: Count = 0
    machines: Count = 0
    no_answers: Count = 0
    busies: Count = 0
    agent_seconds: SecondsAnswer = SecondsAnswer()


class MinuteAnswer(TallyAnswer):
    """What was counted in one minute."""

    minute: AwareDatetime


class RecordsAnswer(_Wire):
    """How far a contact list is."""

    total: Count
    dialable: Count
    exhausted: Count


class CampaignStatisticsAnswer(TallyAnswer):
    """What the dialer of one campaign measured and does."""

    campaign_id: str
    live: LiveAnswer
    records: RecordsAnswer | None = None
    buckets: list[MinuteAnswer] = []
    server_time: AwareDatetime | None = None


class AllStatisticsAnswer(_Wire):
    """What the dialers of all campaigns measured and do."""

    campaigns: list[CampaignStatisticsAnswer]
    server_time: AwareDatetime | None = None


class StatisticsAnswer(_Wire):
    """What the dialer measured, in the fields that are used here."""

    live: LiveAnswer
    dials: Count
    connects: Count
    abandons: Count
    server_time: AwareDatetime | None = None


class MisfitError(ValueError):
    """this text is not of the agreed form"""


_Model = TypeVar("_Model", bound=BaseModel)


def parsed(model: type[_Model], body: bytes | str) -> _Model:
    """Return what the JSON says in the fields that are used.

    Raises:
        MisfitError: with where it does not fit, and how; no value of it is told.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as wrong:
        faults = wrong.errors(include_url=False, include_context=False, include_input=False)
        told = [f"{'.'.join(str(part) for part in fault['loc']) or 'the body'}: {fault['msg']}" for fault in faults]
        raise MisfitError("; ".join(told[:_MOST_TOLD])) from None


def raw(body: bytes) -> dict[str, Any]:
    """Return the JSON object as it came, unknown fields and all.

    Raises:
        MisfitError: when it is none, or holds numbers that JSON has not.
    """
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise MisfitError(f"it is no JSON: {type(wrong).__name__}") from None
    if not isinstance(found, dict):
        raise MisfitError("it is no JSON object")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
